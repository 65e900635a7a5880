"""The bars of a score as notation needs them: where each one starts, how long it is, its metre."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

from songwright.errors import ScoreError
from songwright.score.model import Score
from songwright.score.timemap import TimeMap
from songwright.theory import Meter

SHORTEST_TICKS = 60
"""The shortest written value, a thirty-second; every bar is a whole number of them."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its number (0-based), extent in ticks, and metre."""

    number: int
    start: int
    length: int
    meter: Meter

    @property
    def end(self) -> int:
        return self.start + self.length


class BarLine:
    """All bars of a score in order, and which bar holds a tick.

    A bar that a metre change cuts short keeps its metre and has a smaller ``length``. Notes that
    start after the last planned bar add bars, so that nothing of the music is lost.

    Raises
    ------
    ScoreError
        If a metre change cuts a bar off the grid of thirty-seconds.
    """

    def __init__(self, score: Score) -> None:
        time_map = TimeMap.of(score)
        last_onset = max((n.onset_ticks for p in score.parts for n in p.notes), default=0)
        count = max(1, score.bars, time_map.position(last_onset)[0] + 1)
        starts = [time_map.bar_start(i) for i in range(count + 1)]
        self.bars: tuple[Bar, ...] = tuple(
            Bar(i, start, end - start, time_map.meter(start))
            for i, (start, end) in enumerate(pairwise(starts))
        )
        for bar in self.bars:
            if bar.length <= 0 or bar.length % SHORTEST_TICKS:
                raise ScoreError(
                    f"bar {bar.number + 1} is {bar.length} ticks long because the metre changes "
                    f"inside it; move the change to a bar line ({bar.meter.bar_ticks} ticks)"
                )
        self._starts = starts[:-1]
        self.end = starts[-1]

    def at(self, tick: int) -> Bar:
        """The bar that holds a tick (the last one for ticks past the end)."""
        return self.bars[max(0, bisect_right(self._starts, tick) - 1)]

    def nearest_start(self, tick: int) -> int:
        """Number of the bar whose start is nearest to a tick."""
        bar = self.at(tick)
        late = tick - bar.start > bar.length // 2 and bar.number + 1 < len(self.bars)
        return bar.number + 1 if late else bar.number
