"""Tune against chords: chord tones, resolutions, consonance, and whether they need each other.

Source: Y.-C. Yeh et al., "Automatic melody harmonization with triad chords" (JNMR 50, 2021) for
CTnCTR, PCS and MCTD, written from the definitions; tonal centroids after C. Harte et al. (2006).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from songwright.evaluate.chords import Chords, chords_of
from songwright.evaluate.model import NotDefined
from songwright.evaluate.notes import Floats, Ticks
from songwright.evaluate.piece import SLOT_TICKS, Piece, once
from songwright.evaluate.registry import Finding, Findings, measures
from songwright.evaluate.tune import tune_of

_CONSONANCE = np.array([1.0, -1.0, -1.0, 1.0, 1.0, 0.0, -1.0, 1.0, 1.0, 1.0, -1.0, -1.0])
_SHIFT_BARS = 2


@dataclass(frozen=True)
class Meeting:
    """Every sixteenth at which tune and chord sound together (arrays of equal length)."""

    tick: Ticks
    bar: Ticks
    pc: Ticks
    chord: Ticks


def _need_both(piece: Piece) -> Chords:
    chords = chords_of(piece)
    if tune_of(piece).size < 8:
        raise NotDefined("the tune has fewer than eight notes")
    if chords.count < 2:
        raise NotDefined("nothing but the tune sounds")
    return chords


@once
def meeting_of(piece: Piece) -> Meeting:
    """Tune and chords sampled in the middle of each sixteenth."""
    tune, chords = tune_of(piece), chords_of(piece)
    first = np.round(tune["onset"] / SLOT_TICKS).astype(np.int64)
    last = np.maximum(np.round(tune["end"] / SLOT_TICKS).astype(np.int64), first + 1)
    length = last - first
    note = np.repeat(np.arange(tune.size), length)
    step = np.arange(note.size) - np.repeat(np.cumsum(length) - length, length)
    tick = (first[note] + step) * SLOT_TICKS
    inside = tick < piece.end
    note, tick = note[inside], tick[inside]
    chord = chords.at(tick + SLOT_TICKS // 2)
    both = chord >= 0
    pc = (tune["pitch"][note] % 12).astype(np.int64)
    return Meeting(tick[both], piece.bars_of(tick[both]), pc[both], chord[both])


@measures("chord_tone_ratio", "chord_tone_ratio_beats", "harmonic_coupling")
def chord_tones(piece: Piece) -> Findings:
    chords = _need_both(piece)
    meet = meeting_of(piece)
    if meet.tick.size == 0:
        raise NotDefined("tune and chords never sound together")
    hit = chords.member[meet.chord, meet.pc]
    by_bar = np.bincount(meet.bar, ~hit, piece.bars)
    worst = np.sort(np.argsort(-by_bar, kind="stable")[:4])
    bars = [(int(b), int(b) + 1) for b in worst if by_bar[b] > 0]
    ratio = float(hit.mean())
    yield Finding("chord_tone_ratio", ratio, bars, "longest time off the chord")
    place = meet.tick - piece.bar_starts[meet.bar]
    on_beat = place % _pulse_ticks(piece)[meet.bar] == 0
    if on_beat.any():
        yield Finding("chord_tone_ratio_beats", float(hit[on_beat].mean()))
    if piece.bars < 4 * _SHIFT_BARS:
        yield Finding("harmonic_coupling", None, why="there are fewer than eight bars")
        return
    later = (meet.bar + _SHIFT_BARS) % piece.bars
    moved = chords.at(piece.bar_starts[later] + place + SLOT_TICKS // 2)
    there = moved >= 0
    shifted = chords.member[moved[there], meet.pc[there]]
    if shifted.size:
        yield Finding("harmonic_coupling", ratio - float(shifted.mean()))


@once
def _pulse_ticks(piece: Piece) -> Ticks:
    """Length of the first felt pulse of each bar."""
    return np.array([m.pulses_ticks[0] for m in piece.meters], np.int64)


@measures("nonchord_resolution", "ctnctr")
def nonchord_tones(piece: Piece) -> Findings:
    chords = _need_both(piece)
    tune = tune_of(piece)
    at = chords.at(tune["onset"] + np.minimum(SLOT_TICKS // 2, (tune["end"] - tune["onset"]) // 2))
    pitch = tune["pitch"].astype(np.int64)
    known = at >= 0
    inside = chords.member[at, pitch % 12] & known
    target = _next_different(pitch)
    stepped = (target >= 0) & (np.abs(target - pitch) <= 2)
    outside = known & ~inside
    foreign = int(outside.sum())
    proper = int((outside & stepped).sum())
    if int(known.sum()) == 0:
        raise NotDefined("tune and chords never sound together")
    if foreign:
        left = tune["bar"][outside & ~stepped]
        bars = [(int(b), int(b) + 1) for b in np.unique(left)[:8]]
        yield Finding("nonchord_resolution", proper / foreign, bars, "left by leap")
    else:
        yield Finding("nonchord_resolution", None, why="every note of the tune is a chord tone")
    total = int(inside.sum())
    yield Finding("ctnctr", (total + proper) / (total + foreign))


def _next_different(pitch: Ticks) -> Ticks:
    """The next pitch of another height after each note, -1 at the end."""
    target = np.full(pitch.size, -1, np.int64)
    for i in range(pitch.size - 2, -1, -1):
        target[i] = pitch[i + 1] if pitch[i + 1] != pitch[i] else target[i + 1]
    return target


@measures("consonance_pcs", "tonal_distance")
def consonance(piece: Piece) -> Findings:
    chords = _need_both(piece)
    meet = meeting_of(piece)
    if meet.tick.size == 0:
        raise NotDefined("tune and chords never sound together")
    member = chords.member[meet.chord]
    interval = (meet.pc[:, None] - np.arange(12)[None, :]) % 12
    total = np.sum(_CONSONANCE[interval] * member, axis=1)
    yield Finding("consonance_pcs", float(total.sum() / member.sum()))
    of_chord = centroids(chords.member.astype(np.float64))
    of_note = centroids(np.eye(12))
    apart = np.linalg.norm(of_chord[meet.chord] - of_note[meet.pc], axis=1)
    yield Finding("tonal_distance", float(apart.mean()))


def centroids(weights: Floats) -> Floats:
    """Tonal centroids of pitch-class weights: (n, 12) to (n, 6).

    Circles of fifths (radius 1), minor thirds (1) and major thirds (0.5).
    """
    pc = np.arange(12)
    angles = np.stack([pc * 7 * np.pi / 6, pc * 3 * np.pi / 2, pc * 2 * np.pi / 3])
    radius = np.array([1.0, 1.0, 0.5])[:, None]
    basis = np.concatenate([radius * np.sin(angles), radius * np.cos(angles)])
    total = weights.sum(axis=1, keepdims=True)
    mean: Floats = (weights / np.where(total > 0, total, 1.0)) @ basis.T
    return mean
