"""Swing: where the second note of a written pair is played.

Only binary pairs swing. A pair in which the part writes triplets is left alone (it already says
where its notes go), and so are compound metres and pulses that pairs do not fill, such as the long
last pulse of 7/8.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from songwright.score import Note, TimeMap

STRAIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Swing:
    """Maps written ticks of one part to swung ticks.

    Attributes
    ----------
    share
        Share of the pair that its first note takes: 0.5 straight, 2/3 triplet swing.
    unit_ticks
        Length of one note of the pair: 240 for eighths, 120 for sixteenths.
    times
        Time map of the score: pairs are counted from each pulse of each bar.
    triplet_pairs
        First ticks of the pairs in which this part writes triplets.
    """

    share: float
    unit_ticks: int
    times: TimeMap
    triplet_pairs: frozenset[int]

    @staticmethod
    def of(notes: Iterable[Note], times: TimeMap, share: float, unit_ticks: int) -> Swing:
        """Swing for the notes of one part."""
        if share == STRAIGHT or unit_ticks <= 0:
            return Swing(STRAIGHT, max(1, unit_ticks), times, frozenset())
        triplets = set()
        for note in notes:
            pair = _pair(note.onset_ticks, times, unit_ticks)
            if pair is None:
                continue
            rest = note.onset_ticks - pair
            if rest % unit_ticks and rest * 3 % unit_ticks == 0:
                triplets.add(pair)
        return Swing(share, unit_ticks, times, frozenset(triplets))

    def swung(self, tick: int) -> float:
        """Tick (with fraction) at which a written tick is played.

        Both halves of the pair are stretched evenly, so the order of notes never changes.
        """
        if self.share == STRAIGHT:
            return tick
        pair = _pair(tick, self.times, self.unit_ticks)
        if pair is None or pair in self.triplet_pairs:
            return tick
        unit, rest = self.unit_ticks, tick - pair
        if rest <= unit:
            return pair + rest * 2.0 * self.share
        return pair + 2.0 * unit * self.share + (rest - unit) * 2.0 * (1.0 - self.share)


def _pair(tick: int, times: TimeMap, unit_ticks: int) -> int | None:
    """First tick of the pair that holds ``tick``, or None where nothing swings."""
    meter = times.meter(tick)
    if meter.is_compound:
        return None
    _, in_bar = times.position(tick)
    start = 0
    for length in meter.pulses_ticks:
        if in_bar < start + length:
            if length % (2 * unit_ticks):
                return None
            return tick - (in_bar - start) % (2 * unit_ticks)
        start += length
    return None
