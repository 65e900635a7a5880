"""Bar lines of MIDI files made from ABC: upbeats and cut bars, read off the velocities."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from songwright.score import MeterChange, Score
from songwright.theory import Meter

_MOST_BARS = 0.5
_SLACK_TICKS = 20
_NEAR_TICKS = 60
_MOST_MARKED = 0.6


def with_marked_bars(score: Score) -> Score:
    """The score with a bar line before each of the loudest notes of its first part.

    abc2midi plays the first note of a bar loudest (its ``beat`` levels). Bars that begin with a
    rest or a tie have no mark, so whole bars between marks are counted on; shorter rests of a bar
    become short bars. Without such marks the score is returned as it is.
    """
    if not score.parts or not score.parts[0].notes:
        return score
    notes = score.parts[0].notes
    loudest = max(n.velocity for n in notes)
    marks = [_even(n.onset_ticks) for n in notes if n.velocity == loudest]
    if len(marks) > _MOST_MARKED * len(notes):
        return score
    meters = {_even(change.tick): change.meter for change in score.meters}
    if len(meters) == 1:
        meters[0] = _metre_of(marks, meters[0])
    changes = [MeterChange(0, meters[0])]
    for tick in sorted({*marks, *meters} - {0}):
        last = changes[-1]
        meter = meters.get(tick, last.meter)
        off = (tick - last.tick + _NEAR_TICKS) % meter.bar_ticks > 2 * _NEAR_TICKS
        if meter != last.meter or off:
            changes.append(MeterChange(tick, meter))
    return replace(score, meters=tuple(changes), bars=score.bars + len(changes))


def _metre_of(marks: list[int], written: Meter) -> Meter:
    """The metre of most bars; some hymns write 4/4 above bars of three quarters."""
    lengths = np.diff(marks)
    values, counts = np.unique(lengths[lengths > 0], return_counts=True)
    if values.size == 0:
        return written
    common = int(values[np.argmax(counts)])
    odd = common % written.bar_ticks and written.bar_ticks % common
    if not odd or counts.max() < _MOST_BARS * lengths.size or common % written.unit_ticks:
        return written
    return Meter(common // written.unit_ticks, written.denominator)


def _even(tick: int) -> int:
    """The place meant by a tick: abc2midi writes everything one tick late."""
    return round(tick / _SLACK_TICKS) * _SLACK_TICKS
