"""Playing: swing, micro-timing and spread of velocity. A robot and a drunk must both show.

Timing is taken from the performance where one is known, else from the ticks of the file, which an
unquantised recording fills with human deviations.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from songwright.evaluate.model import NotDefined
from songwright.evaluate.notes import Floats, Notes, Ticks
from songwright.evaluate.piece import SLOT_TICKS, Piece, once
from songwright.evaluate.registry import Finding, Findings, measures

_TRIPLET_TICKS = 160
_FEWEST_PAIRS = 8


@once
def everything(piece: Piece) -> Notes:
    """Pitched notes and drum strokes together, by onset."""
    table = np.concatenate([piece.notes, piece.drums])
    ordered: Notes = table[np.argsort(table["onset"], kind="stable")]
    return ordered


def seconds_per_tick(piece: Piece, notes: Notes) -> Floats:
    """Mean seconds of a tick in the bar of each note."""
    rate = np.diff(piece.bar_lines_seconds) / np.diff(piece.bar_starts)
    here: Floats = rate[notes["bar"]]
    return here


@measures("swing_ratio")
def swing(piece: Piece) -> Findings:
    """Length of the first eighth of a beat over that of the second, median over beats.

    Only beats that hold an onset on the beat and exactly one more, between 40 % and 80 % of the
    way, take part (beat-upbeat ratio after A. Friberg, A. Sundström, 2002).
    """
    notes = everything(piece)
    late = np.nan_to_num(notes["late"], nan=0.0)
    tick = notes["onset"] + late / np.maximum(seconds_per_tick(piece, notes), 1e-9)
    beat = np.floor((tick + 30) / 480.0)
    place = tick / 480.0 - beat
    # Onsets of one beat that lie within a 64th are one onset.
    coarse = np.unique(np.stack([beat, np.round(place * 24)], axis=1), axis=0)
    beats, first, count = np.unique(coarse[:, 0], return_index=True, return_counts=True)
    two = first[count == 2]
    if beats.size == 0 or two.size < _FEWEST_PAIRS:
        raise NotDefined("too few beats are divided in two")
    good = (np.abs(coarse[two, 1]) <= 1) & (coarse[two + 1, 1] >= 9) & (coarse[two + 1, 1] <= 19)
    if good.sum() < _FEWEST_PAIRS:
        raise NotDefined("too few beats are divided in two")
    chosen = beats[count == 2][good]
    inside = np.isin(beat, chosen) & (place > 0.3)
    on = np.isin(beat, chosen) & (np.abs(place) < 0.1)
    share = float(np.median(place[inside]) - np.median(place[on]))
    yield Finding("swing_ratio", share / max(1e-6, 1.0 - share))


@measures("microtiming_ms")
def microtiming(piece: Piece) -> Findings:
    """Spread of onsets about the grid, in milliseconds.

    What is the same for all notes of a line at one place in the beat (swing, a laid-back snare) is
    taken away first. The spread of the rest is the interquartile range as the standard deviation of
    a normal distribution, so that ornaments between the grid points do not count, averaged over
    lines by notes. Every drum of a kit is a line of its own.
    """
    notes = everything(piece)
    if notes.size < 16:
        raise NotDefined("there are fewer than sixteen notes")
    if piece.was_performed:
        known = np.isfinite(notes["late"])
        notes = notes[known]
        if notes.size < 16:
            raise NotDefined("the performance does not match the notes")
        deviation = notes["late"].copy()
        slot = np.round(notes["onset"] / 40.0).astype(np.int64) % 12
    else:
        ticks, slot = _off_grid(notes)
        deviation = ticks * seconds_per_tick(piece, notes)
    line = lines_of(piece, notes)
    group = line * 16 + slot
    for value in np.unique(group):
        mine = group == value
        deviation[mine] -= np.median(deviation[mine])
    yield Finding("microtiming_ms", 1000.0 * _mean_spread(deviation, line, _robust))


def _off_grid(notes: Notes) -> tuple[Floats, Ticks]:
    """Ticks from the nearest sixteenth or triplet eighth, and its twelfth of the beat."""
    onset = notes["onset"].astype(np.float64)
    straight = onset - np.round(onset / SLOT_TICKS) * SLOT_TICKS
    triplet = onset - np.round(onset / _TRIPLET_TICKS) * _TRIPLET_TICKS
    beat = np.floor((onset + 30) / 480.0).astype(np.int64)
    beat -= beat.min()
    cost_straight = np.bincount(beat, np.abs(straight))
    cost_triplet = np.bincount(beat, np.abs(triplet))
    swung = (cost_triplet < 0.7 * cost_straight)[beat]
    slot = np.round((onset - np.where(swung, triplet, straight)) / 40.0).astype(np.int64) % 12
    return np.where(swung, triplet, straight), slot


@measures("velocity_spread")
def velocity_spread(piece: Piece) -> Findings:
    """Standard deviation of velocity within a line, mean over lines by notes.

    Every drum of a kit is a line of its own: a soft hi-hat under a loud snare is no dynamics.
    """
    notes = everything(piece)
    if notes.size < 16:
        raise NotDefined("there are fewer than sixteen notes")
    velocity = notes["velocity"].astype(np.float64)
    line = lines_of(piece, notes)
    yield Finding("velocity_spread", _mean_spread(velocity, line, lambda v: float(np.std(v))))


def lines_of(piece: Piece, notes: Notes) -> Ticks:
    """A number for the line of each note: its part, and for kits its drum too."""
    kits = np.array([part.is_kit or part.role == "drums" for part in piece.parts], bool)
    drum = np.where(kits[notes["part"]], notes["pitch"].astype(np.int64) + 1, 0)
    lines: Ticks = notes["part"].astype(np.int64) * 256 + drum
    return lines


def _mean_spread(values: Floats, line: Ticks, spread: Callable[[Floats], float]) -> float:
    """Spread within each line, averaged by notes."""
    groups = [values[line == number] for number in np.unique(line)]
    return float(sum(spread(group) * group.size for group in groups) / values.size)


def _robust(values: Floats) -> float:
    """Standard deviation of a normal distribution with the same quartiles."""
    low, high = (float(v) for v in np.percentile(values, (25.0, 75.0)))
    return (high - low) / 1.349
