"""Echoes of drums: what was struck a bar ago, two bars ago and in the reference, and how.

The same idea as `songwright.models.echoes`: each row of features tells where the next stroke of
three earlier bars stood, which voice it was, with what touch, and whether the present bar has
followed that one so far; and how the voice that is struck now was struck last.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from songwright.models.echoes import ECHOES, three_before
from songwright.models.features import Row
from songwright.models.grid import POSITION_INDEX, POSITIONS

_FIELDS = {
    "next": len(POSITIONS) + 2,  # none left, or the place of the next stroke
    "voice": 14,  # no more here, or the next voice at this place
    "velocity": 10,  # not struck, or how loud the voice that is struck now was
    "lateness": 11,
    "follows": 3,  # not the same strokes, the same strokes
}
GROOVE_ECHO_FEATURES = {
    **{f"{echo}_{name}": size for echo in ECHOES for name, size in _FIELDS.items()},
    "last_velocity": 9,
    "last_lateness": 10,
}
WIDTH = len(GROOVE_ECHO_FEATURES)


class Hit(NamedTuple):
    """A stroke in numbers: step of the bar, voice, steps of velocity and lateness."""

    position: int
    voice: int
    velocity: int
    lateness: int


Bar = tuple[Hit, ...]
"""The strokes of a bar by place and voice."""


class GrooveEchoes:
    """The echoes of drums that grow stroke by stroke; ``earlier`` are the bars of the reference."""

    def __init__(self, earlier: Sequence[Bar] = ()) -> None:
        self._earlier = tuple(earlier)
        self.bars: list[Bar] = []
        self._last: dict[int, Hit] = {}
        for bar in self._earlier:
            self._last |= {hit.voice: hit for hit in bar}
        self._begin()

    def place(self, position: int) -> None:
        """Strokes at this step of the bar come next."""
        self._position, self._voice, self._struck = position, -1, False

    def strike(self, voice: int) -> None:
        """A voice is struck at the present place; its touch comes next."""
        self._voice, self._struck = voice, True
        number = len(self._hits)
        for i, bar in enumerate(self._heard):
            if bar is not None and self._follows[i]:
                same = number < len(bar) and bar[number][:2] == (self._position, voice)
                self._follows[i] = same

    def feel(self, velocity: int, lateness: int) -> None:
        """The touch of the stroke."""
        hit = Hit(self._position, self._voice, velocity, lateness)
        self._hits.append(hit)
        self._last[self._voice] = hit
        self._struck = False

    def bar_line(self) -> None:
        """The bar is complete."""
        self.bars.append(tuple(self._hits))
        self._begin()

    def tell(self, row: Row) -> None:
        """Write the echoes of what has just been heard into the last columns of a row."""
        at, here = -WIDTH, (self._position, self._voice)
        for bar, follows in zip(self._heard, self._follows, strict=True):
            if bar is not None:
                after = bisect_left(bar, (self._position + 1,))
                row[at] = 2 + POSITION_INDEX[bar[after].position] if after < len(bar) else 1
                found = bisect_left(bar, here)
                if self._struck:
                    struck = found < len(bar) and bar[found][:2] == here
                    row[at + 2] = 2 + bar[found].velocity if struck else 1
                    row[at + 3] = 2 + bar[found].lateness if struck else 1
                elif self._position >= 0:
                    found += found < len(bar) and bar[found][:2] == here
                    is_here = found < len(bar) and bar[found].position == self._position
                    row[at + 1] = 2 + bar[found].voice if is_here else 1
                row[at + 4] = 1 + follows
            at += len(_FIELDS)
        last = self._last.get(self._voice) if self._struck else None
        if last is not None:
            row[-2], row[-1] = 1 + last.velocity, 1 + last.lateness

    def _begin(self) -> None:
        self._hits: list[Hit] = []
        self._heard = three_before(self._earlier, self.bars)
        self._follows = [bar is not None for bar in self._heard]
        self._position = self._voice = -1
        self._struck = False
