"""Motion: what a line has just done, and how far it is from what is wished of it.

A network that reads token by token must count for itself how often a pitch has come again, which
way a line has been going, how near it is to its bounds, and how many onsets are still wished. Where
it counts badly, lines drift: they repeat themselves, stay small, thin out. So these facts are
features too. They speak of complete onsets: while the notes of one are being written, of those
before it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from songwright.models.features import Row, bucket
from songwright.models.grid import DURATIONS, HIGHEST, LOWEST, STEPS_PER_QUARTER, duration_index

DENSITY_EDGES = (0.2, 0.35, 0.5, 0.7, 0.95, 1.25, 1.6, 2.0, 2.5, 3.2, 4.0)
"""Onsets to the quarter note that divide the density buckets."""

_WIDEST, _MOST_REPEATS, _LONGEST_RUN, _MOST_NOTES, _ROOM = 12, 7, 4, 6, 15
_PITCHES = HIGHEST - LOWEST + 2
_MOVES = 2 * _WIDEST + 2
MOTION_FEATURES = {
    "last_low": _PITCHES,
    "last_high": _PITCHES,
    "low_above_root": 13,  # of the chord of now
    "high_above_root": 13,
    "notes": _MOST_NOTES + 1,
    "move": _MOVES,  # of the highest notes, in semitones
    "move_before": _MOVES,
    "repeats": _MOST_REPEATS + 2,
    "run": 2 * _LONGEST_RUN + 2,  # moves the same way, up or down
    "spacing": len(DURATIONS) + 1,  # between the last two onsets
    "spacing_before": len(DURATIONS) + 1,
    "room_below": _ROOM + 2,  # from the lowest note so far to the bound
    "room_above": _ROOM + 2,
    "pace": len(DENSITY_EDGES) + 2,  # onsets to the quarter that would still fulfil the wish
}
WIDTH = len(MOTION_FEATURES)
_LEAST_QUARTERS = 0.25


class Bounds(NamedTuple):
    """What is wished of a line in numbers; None leaves it open."""

    low: int | None = None
    high: int | None = None
    density: float | None = None


class Motion:
    """The motion of a line that grows note by note.

    Parameters
    ----------
    steps
        Length of the line.
    bounds
        What is wished.
    root
        Semitones from the tonic to the root of the chord at a step; None where there is none.
    """

    def __init__(self, steps: int, bounds: Bounds, root: Callable[[int], int | None]) -> None:
        self._steps, self._bounds, self._root = steps, bounds, root
        self._onset = 0  # step of the onset that is being written
        self._pitches: list[int] = []  # its pitches; they rise
        self._last: list[int] = []  # pitches of the onset before
        self._last_onset: int | None = None
        self._moves: list[int] = []  # the last ones of the highest notes, the latest first
        self._spacings: list[int] = []
        self._repeats = self._run = self._onsets = 0
        self._lowest, self._highest = HIGHEST, LOWEST

    def onset(self, step: int) -> None:
        """A note begins at this step of the line."""
        self.complete()
        self._onset = step
        self._onsets += 1

    def pitch(self, pitch: int) -> None:
        """A pitch of the onset that has begun; they rise."""
        self._pitches.append(pitch)

    def complete(self) -> None:
        """The onset that is being written, if any, has all its notes."""
        now, before = self._pitches, self._last
        if not now:
            return
        if before:
            move = now[-1] - before[-1]
            self._moves = [move, *self._moves[:1]]
            self._repeats = self._repeats + 1 if now == before else 0
            if move:
                same_way = (move > 0) == (self._run > 0)
                self._run = (self._run if same_way else 0) + (1 if move > 0 else -1)
        if self._last_onset is not None:
            self._spacings = [self._onset - self._last_onset, *self._spacings[:1]]
        self._lowest, self._highest = min(self._lowest, now[0]), max(self._highest, now[-1])
        self._last, self._last_onset, self._pitches = now, self._onset, []

    def tell(self, row: Row, first: int, step: int) -> None:
        """Write the motion at a step into the columns of a row from ``first`` on."""
        row[first : first + WIDTH] = self._values(step)

    def _values(self, step: int) -> tuple[int, ...]:
        last, root = self._last, self._root(step)
        low = high = above_low = above_high = 0
        if last:
            low, high = 1 + last[0] - LOWEST, 1 + last[-1] - LOWEST
            if root is not None:
                above_low, above_high = 1 + (last[0] - root) % 12, 1 + (last[-1] - root) % 12
        move, move_before = (_signed(m, _WIDEST) for m in _two(self._moves))
        spacing, spacing_before = (
            0 if s is None else 1 + duration_index(s) for s in _two(self._spacings)
        )
        return (
            low, high, above_low, above_high, min(len(last), _MOST_NOTES), move, move_before,
            1 + min(self._repeats, _MOST_REPEATS) if self._moves else 0,
            _signed(self._run, _LONGEST_RUN) if self._moves else 0,
            spacing, spacing_before, *self._rooms(), self._pace(step),
        )  # fmt: skip

    def _rooms(self) -> tuple[int, int]:
        """How far the line has stayed from its bounds: 1 for touched."""
        low, high = self._bounds.low, self._bounds.high
        if not self._last:
            return 0, 0
        below = None if low is None else self._lowest - low
        above = None if high is None else high - self._highest
        return _room(below), _room(above)

    def _pace(self, step: int) -> int:
        if self._bounds.density is None:
            return 0
        wished = self._bounds.density * self._steps / STEPS_PER_QUARTER
        left = max(_LEAST_QUARTERS, (self._steps - step) / STEPS_PER_QUARTER)
        return bucket((wished - self._onsets) / left, DENSITY_EDGES)


def _two(latest: list[int]) -> tuple[int | None, int | None]:
    return latest[0] if latest else None, latest[1] if len(latest) > 1 else None


def _signed(value: int | None, most: int) -> int:
    return 0 if value is None else 1 + most + min(max(value, -most), most)


def _room(semitones: int | None) -> int:
    return 0 if semitones is None else 1 + min(max(semitones, 0), _ROOM)
