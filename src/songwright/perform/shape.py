"""The large shape that every player follows: energy, sections and phrases over time."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from math import cos, pi

from songwright.composition.plan import Plan
from songwright.score import TimeMap

PHRASE_PEAK = 0.62
"""Where in a phrase its arc peaks; players of tonal music peak late (Todd, JASA 91, 1992)."""


@dataclass(frozen=True)
class Shape:
    """Energy and phrase arcs of a plan, by tick. Build it with `Shape.of`."""

    bar_ticks: tuple[int, ...]
    energy_at_bar: tuple[float, ...]
    joined: tuple[bool, ...]  # the bar's energy moves smoothly on to the next bar's
    phrase_ticks: tuple[int, ...]  # first tick of each phrase, then the end of the last one

    @staticmethod
    def of(plan: Plan, times: TimeMap, bars: int) -> Shape:
        """Shape of a plan over the bars of its score."""
        starts = {section.start_bar for section in plan.sections}
        last = len(plan.energy) - 1
        energy = tuple(plan.energy[min(bar, last)] if last >= 0 else 0.5 for bar in range(bars))
        joined = tuple(bar + 1 < bars and bar + 1 not in starts for bar in range(bars))
        phrases = {0, times.bar_start(bars)}
        for section in plan.sections:
            bar = section.start_bar
            for length in (*section.phrases, 0):
                if bar < bars:
                    phrases.add(times.bar_start(bar))
                bar += length
        return Shape(
            tuple(times.bar_start(bar) for bar in range(bars + 1)),
            energy,
            joined,
            tuple(sorted(phrases)),
        )

    def energy(self, tick: int) -> float:
        """Energy 0..1; it glides from bar to bar inside a section and steps between sections."""
        bar = min(max(0, bisect_right(self.bar_ticks, tick) - 1), len(self.energy_at_bar) - 1)
        here = self.energy_at_bar[bar]
        if not self.joined[bar]:
            return here
        start, end = self.bar_ticks[bar], self.bar_ticks[bar + 1]
        share = min(1.0, (tick - start) / (end - start))
        return here + (self.energy_at_bar[bar + 1] - here) * share

    def phrase(self, tick: int) -> tuple[int, int]:
        """First tick and end tick of the phrase that holds ``tick``."""
        i = min(max(1, bisect_right(self.phrase_ticks, tick)), len(self.phrase_ticks) - 1)
        return self.phrase_ticks[i - 1], self.phrase_ticks[i]

    def arc(self, tick: int) -> float:
        """Phrase arc -1..1: low at both ends of a phrase, 1 at its peak."""
        start, end = self.phrase(tick)
        x = min(1.0, (tick - start) / max(1, end - start))
        # Two half cosines that meet at the peak.
        angle = x / PHRASE_PEAK if x <= PHRASE_PEAK else (1.0 - x) / (1.0 - PHRASE_PEAK)
        return -cos(pi * angle)

    def breath(self, tick: int) -> float:
        """0..1: how near a phrase boundary lies, where players of free time wait a little.

        It rises over the last eighth of a phrase and falls over the first of the next, so the
        whole ensemble breathes together.
        """
        start, end = self.phrase(tick)
        margin = max(1.0, (end - start) / 8.0)
        rising = 1.0 - (end - tick) / margin
        falling = 1.0 - (tick - start) / margin if start > 0 else 0.0
        return max(0.0, rising, falling)
