"""Echoes: what a line itself did a bar ago, two bars ago and in what it is like.

Music returns far more often than a network that reads token by token finds out for itself. So each
row of features also says what stood at this place of the bar in three earlier bars: whether a note
began there, when the next one comes, which pitch is the next of that onset as it was and as it
would be over the present chord, how long it was, and whether the present bar has followed that one
so far. Copying, copying onto another chord and breaking off thus are single steps to learn. The
bars of a reference count as the bars before.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from songwright.models.chords import QUALITIES, carried, shaped
from songwright.models.features import Row
from songwright.models.grid import DURATIONS, HIGHEST, LOWEST, POSITION_INDEX, POSITIONS

ECHOES = ("bar_ago", "two_bars_ago", "model")
"""The last, however many bars a line has, are the bars of its reference one after the other."""

_PITCHES = HIGHEST - LOWEST + 3
_FIELDS = {
    "state": 4,  # silent, held, begins
    "next": len(POSITIONS) + 2,  # none left, or the place of the next onset
    "moved": 13,  # semitones from the root of then to the root of now
    "pitch": _PITCHES,  # no more, or the next pitch of the onset
    "carried": _PITCHES,  # the same, as it would be over the chord of now
    "shaped": _PITCHES,  # as many scale steps from the note before as it was then
    "duration": len(DURATIONS) + 1,
    "follows": 5,  # in nothing, in rhythm, in pitch as carried, to the letter
}
ECHO_FEATURES = {f"{echo}_{name}": size for echo in ECHOES for name, size in _FIELDS.items()}
WIDTH = len(ECHO_FEATURES)
_EACH = len(_FIELDS)
_TOLD, _MOVED, _PITCH, _CARRIED, _SHAPED, _DURATION, _FOLLOWS = 2, 2, 3, 4, 5, 6, 7
_SILENT, _HELD, _BEGINS = 1, 2, 3
_NOTHING, _RHYTHM, _AS_CARRIED, _EXACTLY = 1, 2, 3, 4
LEVELS = ("rhythm", "contour", "carried", "exactly")
"""How closely a whole bar follows another one, the closest last."""
_LEAST_CONTOUR = 3  # onsets: two make no contour
_B = TypeVar("_B")


def three_before(earlier: Sequence[_B], own: Sequence[_B]) -> tuple[_B | None, ...]:
    """The bars of `ECHOES` for the bar that comes after its ``own`` line's bars.

    ``earlier`` are the bars of the reference; None where there is no such bar.
    """
    past = [*earlier, *own]
    model = earlier[len(own) % len(earlier)] if earlier else None
    return past[-1] if past else None, past[-2] if len(past) > 1 else None, model


class Ground(NamedTuple):
    """What a line is written over, as features at every step: roots and qualities of its chords
    (0 not told, else 1 + number), and whether the key is minor (None: not told)."""

    roots: Row
    qualities: Row
    minor: bool | None

    def between(self, start: int, end: int) -> Ground:
        return Ground(self.roots[start:end], self.qualities[start:end], self.minor)

    def root(self, step: int) -> int | None:
        """Root at a step; None where there is no chord."""
        root = int(self.roots[step])
        return root - 1 if root else None

    def chord(self, step: int) -> tuple[int, str] | None:
        """Root and quality at a step; None where there is no chord."""
        root, quality = int(self.roots[step]), int(self.qualities[step])
        return (root - 1, QUALITIES[quality - 1]) if root and quality else None


@dataclass(slots=True)
class _Onset:
    position: int
    pitches: list[int] = field(default_factory=list)
    durations: list[int] = field(default_factory=list)  # one for each pitch: index + 1


@dataclass(frozen=True, slots=True)
class Bar:
    """A finished bar.

    ``places`` are the steps of its onsets; ``told`` is (steps, 2): the first fields.
    """

    onsets: tuple[_Onset, ...]
    places: tuple[int, ...]
    told: Row
    ground: Ground
    before: tuple[int, ...]  # pitches of the onset before the bar; they rise
    kept: tuple[int, ...]  # for each of `ECHOES` 1 + the number of its level; 0 for none

    def lowest_before(self, position: int) -> int | None:
        """The lowest pitch of the onset before a step."""
        place = bisect_left(self.places, position)
        if place:
            return self.onsets[place - 1].pitches[0]
        return self.before[0] if self.before else None

    def at(self, position: int) -> _Onset | None:
        place = bisect_right(self.places, position) - 1
        return self.onsets[place] if place >= 0 and self.places[place] == position else None


class Echoes:
    """The echoes of a line that grows note by note.

    Parameters
    ----------
    ground
        Chords and mode of the line.
    bar_steps
        Length of a bar.
    earlier
        The bars of the reference.
    """

    def __init__(self, ground: Ground, bar_steps: int, earlier: Sequence[Bar] = ()) -> None:
        self._ground, self._steps = ground, bar_steps
        self._earlier = tuple(bar for bar in earlier if len(bar.told) == bar_steps)
        self.bars: list[Bar] = []
        self._onsets: list[_Onset] = []
        self._until = 0  # how far into this bar something sounds from before
        self._before: tuple[int, ...] = ()  # pitches of the last onset of the bars before
        self._begin()

    def onset(self, position: int) -> None:
        """A note begins at this step of the bar."""
        before = self._onsets[-1].position if self._onsets else -1
        self._onsets.append(_Onset(position))
        for i, bar in enumerate(self._heard):
            if bar is not None:
                place = bisect_right(bar.places, before)
                if bar.places[place : place + 1] != (position,):
                    self._follows[i] = _NOTHING

    def pitch(self, pitch: int) -> None:
        """A pitch of the onset that has begun; they rise."""
        now = self._onsets[-1]
        number = len(now.pitches)
        now.pitches.append(pitch)
        for i, bar in enumerate(self._heard):
            if bar is None or self._follows[i] <= _RHYTHM:
                continue
            then = bar.at(now.position)
            before = then.pitches[number] if then and number < len(then.pitches) else None
            if before is None or self._carried(bar, before, now.position) != pitch:
                self._follows[i] = _RHYTHM
            elif before != pitch:
                self._follows[i] = _AS_CARRIED

    def duration(self, index: int) -> None:
        """The length of the pitches since the last one."""
        now = self._onsets[-1]
        now.durations += [index + 1] * (len(now.pitches) - len(now.durations))

    def bar_line(self) -> None:
        """The bar is complete."""
        first = len(self.bars) * self._steps
        onsets, told = tuple(self._onsets), self._told()
        places = tuple(onset.position for onset in onsets)
        ground = self._ground.between(first, first + self._steps)
        kept = tuple(
            0 if bar is None else self._level(bar, onsets, places, follows)
            for bar, follows in zip(self._heard, self._follows, strict=True)
        )
        self.bars.append(Bar(onsets, places, told, ground, self._before, kept))
        if onsets:
            self._before = tuple(onsets[-1].pitches)
        self._onsets = []
        if first + self._steps < len(self._ground.roots):
            self._begin()

    def tell(self, row: Row, position: int) -> None:
        """Write the echoes of a step of the present bar into the last columns of a row."""
        row[-WIDTH:] = self._block[position]
        now = self._onsets[-1] if self._onsets else None
        number = len(now.pitches) if now is not None and now.position == position else 0
        for i, bar in enumerate(self._heard):
            if bar is None:
                continue
            at = i * _EACH - WIDTH
            row[at + _FOLLOWS] = self._follows[i]
            then = bar.at(position)
            if then is None or not then.pitches:
                continue
            row[at + _DURATION] = then.durations[min(max(0, number - 1), len(then.durations) - 1)]
            if number >= len(then.pitches):
                row[at + _PITCH] = row[at + _CARRIED] = row[at + _SHAPED] = 1
                continue
            pitch = then.pitches[number]
            row[at + _PITCH] = _place(pitch)
            moved = self._carried(bar, pitch, position)
            row[at + _CARRIED] = _place(moved)
            own_before = now.pitches[0] if now is not None and number else self._lowest_before()
            then_before = then.pitches[0] if number else bar.lowest_before(position)
            if own_before is not None and then_before is not None:
                minor = self._ground.minor
                row[at + _SHAPED] = _place(shaped(own_before, then_before, pitch, minor))

    def _lowest_before(self) -> int | None:
        """The lowest pitch of the last onset that has any."""
        begun = [o for o in self._onsets[-2:] if o.pitches]
        if begun:
            return begun[-1].pitches[0]
        return self._before[0] if self._before else None

    def _carried(self, bar: Bar, pitch: int, position: int) -> int:
        """A pitch of an earlier bar over the chord of now."""
        then = bar.ground.chord(position)
        now = self._ground.chord(len(self.bars) * self._steps + position)
        if then is None or now is None or then == now:
            return pitch
        return carried(pitch, then, now, self._ground.minor)

    @staticmethod
    def _level(bar: Bar, onsets: Sequence[_Onset], places: tuple[int, ...], follows: int) -> int:
        """How closely the complete bar has followed another one: 1 + a number of `LEVELS`."""
        if not onsets or places != bar.places:
            return 0
        now, then = [[o.pitches for o in several] for several in (onsets, bar.onsets)]
        if now == then:
            return 4
        if follows >= _AS_CARRIED and list(map(len, now)) == list(map(len, then)):
            return 3
        like = len(onsets) >= _LEAST_CONTOUR and _contour(onsets) == _contour(bar.onsets)
        return 2 if like else 1

    @property
    def heard(self) -> tuple[bool, ...]:
        """Which of `ECHOES` there are in the present bar."""
        return tuple(bar is not None for bar in self._heard)

    def _begin(self) -> None:
        first = len(self.bars) * self._steps
        self._heard = three_before(self._earlier, self.bars)
        self._follows = [0 if bar is None else _EXACTLY for bar in self._heard]
        roots = self._ground.roots[first : first + self._steps].astype(np.int16)
        self._block = np.zeros((self._steps, WIDTH), np.uint8)
        for i, bar in enumerate(self._heard):
            if bar is None:
                continue
            own = self._block[:, i * _EACH : (i + 1) * _EACH]
            own[:, :_TOLD] = bar.told
            known = (roots > 0) & (bar.ground.roots > 0)
            own[:, _MOVED] = np.where(known, 1 + (roots - bar.ground.roots) % 12, 0)

    def _told(self) -> NDArray[np.uint8]:
        told = np.zeros((self._steps, _TOLD), np.uint8)
        told[:, 0] = _SILENT
        told[: self._until, 0] = _HELD
        told[:, 1] = 1
        previous, end = 0, self._until
        for onset in self._onsets:
            at = onset.position
            told[previous:at, 1] = 2 + POSITION_INDEX[at]
            previous = at
            end = at + (DURATIONS[max(onset.durations) - 1] if onset.durations else 1)
            told[at:end, 0] = _HELD
            told[at, 0] = _BEGINS
        self._until = max(0, end - self._steps)
        return told


def _contour(onsets: Sequence[_Onset]) -> list[int]:
    tops = [onset.pitches[-1] for onset in onsets]
    return [(b > a) - (b < a) for a, b in pairwise(tops)]


def _place(pitch: int) -> int:
    return 2 + min(max(pitch, LOWEST), HIGHEST) - LOWEST
