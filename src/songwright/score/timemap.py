"""Ticks to seconds, ticks to bars, and back, through tempo and metre changes."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from songwright.score.model import MeterChange, Score, TempoChange
from songwright.theory import Meter
from songwright.units import TICKS_PER_BEAT


@dataclass(frozen=True)
class TimeMap:
    """Precomputed anchors of a score's tempo and metre changes.

    Build it once with `TimeMap.of` and pass it on; every lookup is a binary search.
    """

    tempo_ticks: tuple[int, ...]
    tempo_seconds: tuple[float, ...]
    seconds_per_tick: tuple[float, ...]
    meter_ticks: tuple[int, ...]
    meter_bars: tuple[int, ...]
    meters: tuple[Meter, ...]

    @staticmethod
    def of(score: Score) -> TimeMap:
        """Time map of a score."""
        return TimeMap.build(score.tempos, score.meters)

    @staticmethod
    def build(tempos: tuple[TempoChange, ...], meters: tuple[MeterChange, ...]) -> TimeMap:
        """Time map of tempo and metre changes; the first of each must stand at tick 0."""
        ticks: list[int] = []
        seconds: list[float] = []
        rates: list[float] = []
        for change in tempos:
            if ticks:
                seconds.append(seconds[-1] + (change.tick - ticks[-1]) * rates[-1])
            else:
                seconds.append(0.0)
            ticks.append(change.tick)
            rates.append(60.0 / (change.bpm * TICKS_PER_BEAT))
        meter_ticks: list[int] = []
        bars: list[int] = []
        previous: MeterChange | None = None
        for change_m in meters:
            if previous is None:
                bars.append(0)
            else:
                span = change_m.tick - previous.tick
                bars.append(bars[-1] + -(-span // previous.meter.bar_ticks))
            meter_ticks.append(change_m.tick)
            previous = change_m
        return TimeMap(
            tuple(ticks), tuple(seconds), tuple(rates),
            tuple(meter_ticks), tuple(bars), tuple(c.meter for c in meters),
        )  # fmt: skip

    def seconds(self, tick: float) -> float:
        """Time in seconds of a tick (fractions allowed)."""
        i = max(0, bisect_right(self.tempo_ticks, tick) - 1)
        return self.tempo_seconds[i] + (tick - self.tempo_ticks[i]) * self.seconds_per_tick[i]

    def tick(self, seconds: float) -> float:
        """Tick (with fraction) at a time in seconds."""
        i = max(0, bisect_right(self.tempo_seconds, seconds) - 1)
        return self.tempo_ticks[i] + (seconds - self.tempo_seconds[i]) / self.seconds_per_tick[i]

    def bpm(self, tick: int) -> float:
        """Tempo in force at a tick."""
        i = max(0, bisect_right(self.tempo_ticks, tick) - 1)
        return 60.0 / (self.seconds_per_tick[i] * TICKS_PER_BEAT)

    def tempos_by_second(self) -> tuple[tuple[float, float], ...]:
        """Each tempo as (second from which it holds, bpm), rounded to a microsecond."""
        return tuple(
            (round(at, 6), round(60.0 / (rate * TICKS_PER_BEAT), 6))
            for at, rate in zip(self.tempo_seconds, self.seconds_per_tick, strict=True)
        )

    def meter(self, tick: int) -> Meter:
        """Metre in force at a tick."""
        return self.meters[max(0, bisect_right(self.meter_ticks, tick) - 1)]

    def bar_start(self, bar: int) -> int:
        """Tick at which a bar (0-based) begins."""
        i = max(0, bisect_right(self.meter_bars, bar) - 1)
        return self.meter_ticks[i] + (bar - self.meter_bars[i]) * self.meters[i].bar_ticks

    def position(self, tick: int) -> tuple[int, int]:
        """Bar (0-based) and tick within it."""
        i = max(0, bisect_right(self.meter_ticks, tick) - 1)
        bars, rest = divmod(tick - self.meter_ticks[i], self.meters[i].bar_ticks)
        return self.meter_bars[i] + bars, rest
