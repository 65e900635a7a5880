"""Swing in sixteenths and half time, written so that they fit the grid.

Two habits of programmed music lie off the grid of the normal form and are brought onto it: swung
sixteenths (the second of each eighth at two thirds) are straightened, and music in thirty-seconds
at a slow tempo is written in double time. What was done is kept as a tag of the piece.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from songwright.score import Score
from training.corpora.grid import MOST_OFF, Ticks, off_grid_share, snap

_NEAR = 20
_SWUNG_SHARE = 0.05
_SLOW_BPM = 110.0


def fitted(score: Score) -> tuple[Score, tuple[str, ...]]:
    """The score on the grid, and tags of what was changed; unchanged if it fits or cannot."""
    onsets = _onsets(score)
    if off_grid_share(onsets) <= MOST_OFF:
        return score, ()
    if is_swung(onsets):
        straight = _with_ticks(score, 1)
        if off_grid_share(_onsets(straight)) <= MOST_OFF:
            return straight, ("swung sixteenths",)
    slow = all(change.bpm <= _SLOW_BPM for change in score.tempos)
    if slow and off_grid_share(2 * onsets) <= MOST_OFF:
        return _with_ticks(score, 2), ("double time",)
    return score, ()


def is_swung(onsets: Ticks) -> bool:
    """True if the off-beat sixteenths stand at two thirds of their eighths.

    Triplets of eighths have as many notes at one third.
    """
    place = np.unique(onsets) % 240
    late, early, even = (
        float(np.mean(np.abs(place - at) <= _NEAR)) if place.size else 0.0 for at in (160, 80, 120)
    )
    return late >= _SWUNG_SHARE and early < 0.25 * late and even < 0.5 * late


def straightened(ticks: Ticks) -> Ticks:
    """Ticks with what lies around two thirds of an eighth moved to its half."""
    place = ticks % 240
    straight: Ticks = np.where(np.abs(place - 160) <= _NEAR, ticks - place + 120, ticks)
    return straight


def _onsets(score: Score) -> Ticks:
    return np.array([n.onset_ticks for p in score.parts for n in p.notes], np.int64)


def _with_ticks(score: Score, factor: int) -> Score:
    """The score straightened (factor 1) or in double time (factor 2)."""
    parts = []
    for part in score.parts:
        onsets = np.array([n.onset_ticks for n in part.notes], np.int64)
        ends = np.array([n.onset_ticks + n.duration_ticks for n in part.notes], np.int64)
        if factor == 1:
            onsets, ends = straightened(onsets), straightened(ends)
        else:
            onsets, ends = factor * onsets, factor * ends
        ends = np.where(ends > onsets, ends, snap(onsets + 121))
        parts.append(
            part.with_notes(
                tuple(
                    replace(n, onset_ticks=int(on), duration_ticks=int(end - on))
                    for n, on, end in zip(part.notes, onsets, ends, strict=True)
                )
            )
        )
    return replace(
        score, parts=tuple(parts), bars=score.bars * factor,
        tempos=tuple(replace(c, tick=c.tick * factor, bpm=c.bpm * factor) for c in score.tempos),
        meters=tuple(replace(c, tick=c.tick * factor) for c in score.meters),
        keys=tuple(replace(c, tick=c.tick * factor) for c in score.keys), sections=(), chords=(),
    )  # fmt: skip
