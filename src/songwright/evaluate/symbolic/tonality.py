"""Key, scale and pitch-class entropy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from songwright.evaluate.chords import accompaniment_of, chords_of
from songwright.evaluate.model import NotDefined
from songwright.evaluate.notes import Floats, Notes
from songwright.evaluate.piece import Piece, once
from songwright.evaluate.registry import Finding, Findings, measures
from songwright.evaluate.tune import tune_of
from songwright.theory import MODES
from songwright.theory.key_profiles import TONAL_PROFILES

_SCALES = ("major", "minor", "harmonic minor", "melodic minor")
_LONGEST_BEATS = 4.0
_WINDOW, _HOP = 8, 4
_FINAL_BASS, _FINAL_THIRD = 0.04, 0.04
_TABLE = np.array(
    [np.roll(profile, tonic) for profile in TONAL_PROFILES.values() for tonic in range(12)]
)
_CENTRED = _TABLE - _TABLE.mean(axis=1, keepdims=True)
_CENTRED /= np.linalg.norm(_CENTRED, axis=1, keepdims=True)


@dataclass(frozen=True, slots=True)
class KeyReading:
    """The best key of some music: correlation with its profile and the lead on the next key."""

    tonic_pc: int
    is_minor: bool
    r: float
    margin: float

    @property
    def major_pc(self) -> int:
        """Tonic of the major key with the same signature."""
        return (self.tonic_pc + 3) % 12 if self.is_minor else self.tonic_pc


def weights_of(notes: Notes) -> Floats:
    """Summed beats of each pitch class, a single note counting at most four; shape (12,)."""
    beats = np.minimum((notes["end"] - notes["onset"]) / 480.0, _LONGEST_BEATS)
    weights: Floats = np.bincount(notes["pitch"] % 12, beats, 12).astype(np.float64)
    return weights


def read_key(weights: Floats, favour: Floats | None = None) -> KeyReading | None:
    """Key by Albrecht and Shanahan's profiles: nearest by distance, reported as correlation.

    ``favour`` (24,) is taken off the distances of the twelve major and then the minor keys.
    """
    total = float(weights.sum())
    if total <= 0 or np.count_nonzero(weights) < 2:
        return None
    share = weights / total
    distance = np.linalg.norm(_TABLE - share, axis=1)
    if favour is not None:
        distance = distance - favour
    best = int(np.argmin(distance))
    centred = share - share.mean()
    spread = float(np.linalg.norm(centred))
    if spread <= 1e-9:
        return None
    r = _CENTRED @ centred / spread
    others = np.delete(r, best)
    return KeyReading(best % 12, best >= 12, float(r[best]), float(r[best] - others.max()))


def weights_between(piece: Piece, first: int, stop: int) -> Floats:
    """Pitch-class weights of some bars: notes, and the chords of a lead sheet at half weight."""
    notes = piece.notes
    weights = weights_of(notes[(notes["bar"] >= first) & (notes["bar"] < stop)])
    if accompaniment_of(piece).size == 0:
        chords = chords_of(piece)
        start, end = piece.bar_starts[first], piece.bar_starts[min(stop, piece.bars)]
        beats = np.clip(np.minimum(chords.end, end) - np.maximum(chords.onset, start), 0, None)
        weights = weights + 0.5 * (beats / 480.0) @ chords.member
    return weights


@once
def key_of(piece: Piece) -> KeyReading | None:
    """The key of the whole piece as its notes (and written chords) say it.

    The last chord has a say: it tells a key from its dominant and major from minor, which on songs
    that change mode makes the difference (88 to 93 % of signatures of lieder).
    """
    if piece.notes.size == 0:
        return None
    return read_key(weights_between(piece, 0, piece.bars), _ending(piece))


def _ending(piece: Piece) -> Floats:
    """Favour of each key for ending on its tonic, and on its third."""
    notes = piece.notes
    last = notes[notes["end"] >= int(notes["end"].max()) - 240]
    bass = int(last["pitch"].min()) % 12
    above = set(((last["pitch"] - bass) % 12).tolist())
    favour = np.zeros(24)
    favour[[bass, 12 + bass]] += _FINAL_BASS
    if (4 in above) != (3 in above):
        favour[bass if 4 in above else 12 + bass] += _FINAL_THIRD
    return favour


def need_key(piece: Piece) -> KeyReading:
    """The key, or `NotDefined`."""
    key = key_of(piece)
    if key is None:
        raise NotDefined("there are fewer than two pitch classes")
    return key


@measures("key_clarity", "key_margin")
def key_clarity(piece: Piece) -> Findings:
    if piece.notes.size < 8:
        raise NotDefined("there are fewer than eight pitched notes")
    key = need_key(piece)
    yield Finding("key_clarity", key.r)
    yield Finding("key_margin", key.margin)


@measures("key_stability")
def key_stability(piece: Piece) -> Findings:
    """Share of windows of eight bars whose key is the piece's or its relative."""
    key = need_key(piece)
    last = int(piece.notes["bar"].max()) + 1
    spans = [(a, a + _WINDOW) for a in range(0, max(1, last - _WINDOW + 1), _HOP)]
    away, heard = [], 0
    for first, stop in spans:
        inside = (piece.notes["bar"] >= first) & (piece.notes["bar"] < stop)
        here = read_key(weights_between(piece, first, stop)) if inside.sum() >= 8 else None
        if here is None:
            continue
        heard += 1
        if here.major_pc != key.major_pc:
            away.append((first, min(stop, piece.bars)))
    if heard < 2:
        raise NotDefined("the piece is shorter than twelve bars")
    yield Finding("key_stability", 1.0 - len(away) / heard, away[:8], "windows in another key")


@measures("scale_consistency")
def scale_consistency(piece: Piece) -> Findings:
    """Best share of notes in any major or minor scale (three forms)."""
    notes = piece.notes
    if notes.size < 8:
        raise NotDefined("there are fewer than eight pitched notes")
    counts = np.bincount(notes["pitch"] % 12, minlength=12).astype(np.float64)
    best, scale = -1.0, tuple[int, ...]()
    for mode in _SCALES:
        for tonic in range(12):
            pcs = tuple((tonic + step) % 12 for step in MODES[mode])
            inside = float(counts[list(pcs)].sum())
            if inside > best:
                best, scale = inside, pcs
    foreign = notes[~np.isin(notes["pitch"] % 12, scale)]["bar"]
    bars, often = np.unique(foreign, return_counts=True)
    worst = sorted(bars[np.argsort(-often, kind="stable")][:6].tolist())
    yield Finding(
        "scale_consistency", best / notes.size, [(b, b + 1) for b in worst],
        "most notes outside the scale" if worst else "",
    )  # fmt: skip


@measures("pitch_entropy_1", "pitch_entropy_4")
def pitch_entropy(piece: Piece) -> Findings:
    tune = tune_of(piece)
    if tune.size < 8:
        raise NotDefined("the tune has fewer than eight notes")
    counts = np.zeros((piece.bars, 12))
    np.add.at(counts, (tune["bar"], tune["pitch"] % 12), 1.0)
    for width in (1, 4):
        if piece.bars < width:
            yield Finding(f"pitch_entropy_{width}", None, why=f"there are fewer than {width} bars")
            continue
        summed = np.cumsum(np.vstack([np.zeros(12), counts]), axis=0)
        windows = summed[width:] - summed[:-width]
        windows = windows[windows.sum(axis=1) > 0]
        yield Finding(f"pitch_entropy_{width}", float(entropy_bits(windows).mean()))


def entropy_bits(counts: npt.NDArray[Any]) -> Floats:
    """Entropy in bits along the last axis of non-negative counts."""
    total = counts.sum(axis=-1, keepdims=True)
    p = counts / np.where(total > 0, total, 1.0)
    bits: Floats = -np.sum(p * np.log2(np.where(p > 0, p, 1.0)), axis=-1)
    return bits
