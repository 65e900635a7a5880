"""The time grid of the models: sixteenths and triplet eighths, and the durations between them.

A step is a twelfth of a quarter note (40 ticks). Onsets lie on six steps of each quarter; anything
finer is performance, not score.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from songwright.units import TICKS_PER_BEAT

STEPS_PER_QUARTER = 12
TICKS_PER_STEP = TICKS_PER_BEAT // STEPS_PER_QUARTER
ONSETS = (0, 3, 4, 6, 8, 9)
"""Steps of a quarter on which a note may begin."""

MOST_QUARTERS = 6
"""Longest bar in quarters that the models know (12/8, 6/4)."""

POSITIONS = tuple(
    quarter * STEPS_PER_QUARTER + onset for quarter in range(MOST_QUARTERS) for onset in ONSETS
)
POSITION_INDEX = {step: index for index, step in enumerate(POSITIONS)}

DURATIONS = (1, 2, 3, 4, 6, 8, 9, 12, 15, 16, 18, 20, 24, 30, 32, 36, 42, 48, 60, 72, 96, 144)
"""Steps that a note may last; longer notes are tied by the caller."""

LOWEST, HIGHEST = 21, 108
"""MIDI pitches that the models write: those of a piano."""

METERS = ((4, 4), (3, 4), (2, 4), (6, 8), (2, 2), (12, 8), (9, 8), (3, 8), (6, 4), (5, 4), (7, 8),
          (3, 2), (4, 2))  # fmt: skip
"""Metres that have a token of their own; order is part of the format."""


def nearest_onset(step: float, bar: int) -> int:
    """The grid step nearest to a time in steps; quarters are counted from each bar line."""
    number, within = divmod(step, bar)
    quarter, rest = divmod(within, STEPS_PER_QUARTER)
    best = min((*ONSETS, STEPS_PER_QUARTER), key=lambda onset: (abs(onset - rest), onset))
    return int(number) * bar + min(int(quarter) * STEPS_PER_QUARTER + best, bar)


def duration_index(steps: float) -> int:
    """Index of the duration nearest to a length in steps (the shorter one of two)."""
    right = min(bisect_left(DURATIONS, steps), len(DURATIONS) - 1)
    left = max(0, right - 1)
    return left if steps - DURATIONS[left] <= DURATIONS[right] - steps else right


def meter_index(numerator: int, denominator: int) -> int:
    """Index of a metre, 1-based; 0 for one that the models do not know."""
    try:
        return METERS.index((numerator, denominator)) + 1
    except ValueError:
        return 0


def bar_steps(numerator: int, denominator: int) -> int:
    """Length of a bar in steps."""
    return 4 * STEPS_PER_QUARTER * numerator // denominator


@dataclass(frozen=True, slots=True)
class Bars:
    """A stretch of bars of one metre: what everything that is sampled is written into."""

    numerator: int
    denominator: int
    bars: int

    @property
    def bar_steps(self) -> int:
        return bar_steps(self.numerator, self.denominator)

    @property
    def steps(self) -> int:
        return self.bars * self.bar_steps
