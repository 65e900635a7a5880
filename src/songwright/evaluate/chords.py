"""The chords of a piece: heard in its accompaniment, pulse by pulse, or else as written.

Chord symbols are taken only where the notes do not say the harmony (a lead sheet, tune and bass):
what is judged is what sounds, and generated music must be read like the human music of the bands.

Inference matches duration-weighted pitch classes of the accompaniment with chord templates and
finds the cheapest path through the pulses, a change costing less on strong pulses (Viterbi). The
tune takes no part where other notes sound, so that the fit of tune and chords is not circular.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from songwright.evaluate.notes import Floats, Notes, Ticks
from songwright.evaluate.piece import Piece, once
from songwright.evaluate.tune import tune_of

TEMPLATES: tuple[tuple[tuple[int, ...], float], ...] = (
    # semitones above the root, price (rarer chords must explain more)
    ((0, 4, 7), 0.0),
    ((0, 3, 7), 0.0),
    ((0, 4, 7, 10), 0.06),
    ((0, 3, 7, 10), 0.08),
    ((0, 4, 7, 11), 0.10),
    ((0, 3, 6), 0.10),
    ((0, 3, 6, 9), 0.12),
    ((0, 3, 6, 10), 0.12),
    ((0, 5, 7), 0.12),
    ((0, 4, 8), 0.14),
    ((0, 7), 0.10),
)
_CHANGE = 0.35
_WEAK_PULSE = 0.15
_SPOKEN_SHARE = 0.5


@dataclass(frozen=True)
class Chords:
    """Chords in order, without gaps unless the source has them; all arrays share a length.

    ``member`` (n, 12) is True for the chord's pitch classes; ``inferred`` is True when the piece
    did not say its chords.
    """

    onset: Ticks
    end: Ticks
    root: Ticks
    bass: Ticks
    member: np.ndarray[tuple[int, int], np.dtype[np.bool_]]
    inferred: bool

    @property
    def count(self) -> int:
        return len(self.onset)

    def at(self, ticks: Ticks) -> Ticks:
        """Index of the chord that sounds at each tick, -1 where there is none."""
        if self.count == 0:
            return np.full(len(ticks), -1, np.int64)
        found = np.searchsorted(self.onset, ticks, side="right") - 1
        inside = (found >= 0) & (ticks < self.end[np.maximum(found, 0)])
        return np.where(inside, found, -1).astype(np.int64)


@once
def chords_of(piece: Piece) -> Chords:
    """Chords of a piece; none (count 0) when only a tune sounds."""
    notes = accompaniment_of(piece)
    if piece.given_chords and not _says_its_harmony(piece, notes):
        rows = piece.given_chords
        member = np.zeros((len(rows), 12), bool)
        for i, row in enumerate(rows):
            member[i, list(row[4])] = True
        table = np.array([row[:4] for row in rows], np.int64)
        return Chords(table[:, 0], table[:, 1], table[:, 2], table[:, 3], member, False)
    if notes.size < max(4, piece.bars // 4):
        nothing = np.zeros(0, np.int64)
        return Chords(nothing, nothing, nothing, nothing, np.zeros((0, 12), bool), True)
    return _inferred(piece, notes)


def _says_its_harmony(piece: Piece, accompaniment: Notes) -> bool:
    """True when most sounding bars hold at least three pitch classes besides the tune."""
    if accompaniment.size == 0:
        return False
    held = chroma_of(accompaniment, piece.bar_starts) > 0
    sounding = np.unique(piece.notes["bar"]).size
    return int(np.count_nonzero(held.sum(axis=1) >= 3)) >= _SPOKEN_SHARE * sounding


@once
def accompaniment_of(piece: Piece) -> Notes:
    """Pitched notes that are not in the tune."""
    tune, notes = tune_of(piece), piece.notes
    if notes.size in (tune.size, 0):
        return notes[:0]
    code = notes["onset"] * 4096 + notes["pitch"].astype(np.int64) * 32 + notes["part"] % 32
    tune_code = tune["onset"] * 4096 + tune["pitch"].astype(np.int64) * 32 + tune["part"] % 32
    rest: Notes = notes[~np.isin(code, tune_code)]
    return rest


def chroma_of(notes: Notes, edges: Ticks) -> Floats:
    """Sounding beats of each pitch class in each span between edges, shape (len(edges)-1, 12)."""
    spans = len(edges) - 1
    chroma = np.zeros((spans, 12))
    if notes.size == 0 or spans <= 0:
        return chroma
    first = np.clip(np.searchsorted(edges, notes["onset"], side="right") - 1, 0, spans - 1)
    last = np.clip(np.searchsorted(edges, notes["end"], side="left") - 1, 0, spans - 1)
    reach = np.maximum(last - first + 1, 1)
    note = np.repeat(np.arange(notes.size), reach)
    step = np.arange(note.size) - np.repeat(np.cumsum(reach) - reach, reach)
    span = np.minimum(first[note] + step, spans - 1)
    sounding = np.minimum(notes["end"][note], edges[span + 1]) - np.maximum(
        notes["onset"][note], edges[span]
    )
    np.add.at(chroma, (span, notes["pitch"][note] % 12), np.maximum(sounding, 0) / 480.0)
    return chroma


@once
def pulse_edges(piece: Piece) -> tuple[Ticks, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Tick of every felt pulse and the end, and which pulses begin a bar or its half."""
    edges: list[int] = []
    strong: list[bool] = []
    for start, stop, meter in zip(
        piece.bar_starts[:-1].tolist(), piece.bar_starts[1:].tolist(), piece.meters, strict=True
    ):
        for onset in meter.pulse_onsets_ticks:
            if start + onset < stop:
                edges.append(start + onset)
                strong.append(meter.strength(onset) >= 3)
    edges.append(piece.end)
    return np.array(edges, np.int64), np.array(strong, bool)


def _inferred(piece: Piece, notes: Notes) -> Chords:
    edges, strong = pulse_edges(piece)
    chroma = chroma_of(notes, edges)
    silent = chroma.sum(axis=1) <= 0
    chroma[silent] = chroma_of(tune_of(piece), edges)[silent]
    bass = _lowest(notes, edges)
    shapes = np.zeros((len(TEMPLATES) * 12, 12))
    price = np.zeros(len(TEMPLATES) * 12)
    for t, (steps, cost) in enumerate(TEMPLATES):
        for root in range(12):
            shapes[t * 12 + root, [(root + s) % 12 for s in steps]] = 1.0
            price[t * 12 + root] = cost
    weight = chroma / np.maximum(chroma.sum(axis=1, keepdims=True), 1e-9)
    inside = weight @ shapes.T
    present = (weight > 0.04).astype(float) @ shapes.T / shapes.sum(axis=1)
    score = inside + 0.35 * present - price
    rooted = np.where(bass[:, None] == np.tile(np.arange(12), len(TEMPLATES))[None, :], 0.2, 0.0)
    score = np.where(weight.sum(axis=1, keepdims=True) > 0, score + rooted, 0.0)
    path = _path(score, np.where(strong, _CHANGE, _CHANGE + _WEAK_PULSE))
    begins = np.flatnonzero(np.diff(path, prepend=-1) != 0)
    chosen = path[begins]
    return Chords(
        edges[begins],
        edges[np.append(begins[1:], len(path))],
        chosen % 12,
        bass[begins],
        shapes[chosen] > 0,
        True,
    )


def _lowest(notes: Notes, edges: Ticks) -> Ticks:
    """Pitch class of the lowest note that sounds in each span, -1 without one."""
    spans = len(edges) - 1
    lowest = np.full(spans, 999, np.int64)
    first = np.clip(np.searchsorted(edges, notes["onset"], side="right") - 1, 0, spans - 1)
    last = np.clip(np.searchsorted(edges, notes["end"] - 30, side="left") - 1, 0, spans - 1)
    for step in range(int(np.max(last - first, initial=0)) + 1):
        reach = first + step <= last
        np.minimum.at(lowest, first[reach] + step, notes["pitch"][reach].astype(np.int64))
    return np.where(lowest < 999, lowest % 12, -1)


def _path(score: Floats, change: Floats) -> Ticks:
    """Best sequence of states when every change of state costs ``change`` at that pulse."""
    pulses = len(score)
    came = np.zeros((pulses, score.shape[1]), bool)
    leader = np.zeros(pulses, np.int64)
    total = score[0].copy()
    for i in range(1, pulses):
        leader[i] = int(np.argmax(total))
        jump = total[leader[i]] - change[i]
        came[i] = jump > total
        total = np.where(came[i], jump, total) + score[i]
    path = np.zeros(pulses, np.int64)
    path[-1] = int(np.argmax(total))
    for i in range(pulses - 1, 0, -1):
        path[i - 1] = leader[i] if came[i, path[i]] else path[i]
    return path
