"""Random numbers that belong to a place in the piece instead of to an order of drawing.

A stream of draws would move every later note's humanisation when one note is added. Here the
number for (part, tick, pitch) is computed from those values alone, so editing bar 20 leaves all
other bars as they were. This is a counter-based generator (Salmon, Moraes, Dror and Shaw,
"Parallel random numbers: as easy as 1, 2, 3", SC 2011) with the SplitMix64 finaliser (Steele, Lea
and Flood, OOPSLA 2014) as its mixing function.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import cos, pi
from statistics import NormalDist

from songwright.seeds import rng

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_NORMAL = NormalDist()


def _mix(z: int) -> int:
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


@dataclass(frozen=True, slots=True)
class Chance:
    """Random values addressed by whole numbers, from one named node of the seed."""

    key: int

    @staticmethod
    def of(seed: int, *names: object) -> Chance:
        """The node ``names`` of a seed."""
        return Chance(rng(seed, *names).getrandbits(64))

    def uniform(self, *address: int) -> float:
        """Evenly spread over 0..1 (both excluded)."""
        z = self.key
        for value in address:
            z = _mix((z + _GOLDEN + value) & _MASK)
        return ((z >> 11) + 0.5) / (1 << 53)

    def gauss(self, *address: int) -> float:
        """Standard normal deviate."""
        return _NORMAL.inv_cdf(self.uniform(*address))

    def drift(self, tick: int, period_ticks: int, salt: int) -> float:
        """A smooth random curve over time with about unit variance.

        One normal deviate every ``period_ticks``, joined by cosine arcs.
        """
        knot, rest = divmod(tick, period_ticks)
        share = (1.0 - cos(pi * rest / period_ticks)) / 2.0
        here, there = _knot(self.key, salt, knot), _knot(self.key, salt, knot + 1)
        # Interpolation averages neighbours, which takes a quarter of the variance on average.
        return 1.15 * (here + (there - here) * share)


@lru_cache(maxsize=4096)
def _knot(key: int, salt: int, knot: int) -> float:
    """One knot of a drift; neighbouring notes ask for the same ones again and again."""
    return Chance(key).gauss(salt, knot)
