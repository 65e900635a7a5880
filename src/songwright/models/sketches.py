"""Sketches: what a bar is going to be, said before its first note.

Bars are of kinds: the same again, the same rhythm elsewhere, a repeated note, a broken chord. A
network that decides note by note wavers between kinds and writes what is of none. So each bar
begins with two tokens that say its kind: which earlier bar it returns to and how closely, and how
it moves. They are drawn like all others, from what people do, and the notes then follow one plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from songwright.models.echoes import ECHOES, LEVELS, Bar

RETURNS = ("new", *(f"{echo}_{level}" for echo in ECHOES for level in LEVELS))
_WIDTHS = ("steps", "thirds", "leaps")
_REPEATS = ("seldom", "often", "mostly")
FIGURES = ("silent", "first", *(f"{w}_{r}" for w in _WIDTHS for r in _REPEATS))
"""How wide the moves are that are no repeats, and how often a pitch is repeated."""
SKETCH_FEATURES = {"returns": len(RETURNS) + 1, "figure": len(FIGURES) + 1}
_STEP, _THIRD = 2.5, 5.0  # mean semitones that divide the widths


class Sketch(NamedTuple):
    """The kind of a bar, as numbers of `RETURNS` and `FIGURES`."""

    returns: int
    figure: int


def sketch_of(bar: Bar) -> Sketch:
    """The sketch that a finished bar fulfils."""
    level = max(bar.kept)
    returns = 1 + bar.kept.index(level) * len(LEVELS) + level - 1 if level else 0
    return Sketch(returns, _figure(bar))


def _figure(bar: Bar) -> int:
    tops = [onset.pitches[-1] for onset in bar.onsets if onset.pitches]
    if not tops:
        return 0
    moves = [abs(b - a) for a, b in pairwise([*bar.before[-1:], *tops])]
    if not moves:
        return 1
    real = [move for move in moves if move]
    repeated = 1 - len(real) / len(moves)
    mean = sum(real) / len(real) if real else 0.0
    width = (mean > _STEP) + (mean > _THIRD)
    return 2 + width * len(_REPEATS) + (repeated > 1 / 4) + (repeated > 2 / 3)


def possible(heard: Sequence[bool]) -> list[int]:
    """The numbers of the returns there can be; ``heard`` says which of `ECHOES` there are."""
    each = len(LEVELS)
    return [0, *(1 + i * each + level for i, is_heard in enumerate(heard) if is_heard
                 for level in range(each))]  # fmt: skip
