"""Metres: how a bar divides into beat groups and how strong each position is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from songwright.units import TICKS_PER_BEAT, bar_ticks

# Beat groups, counted in denominator units. Metres that are not listed are split into twos with
# one three at the end (odd), or into threes (compound).
_GROUPS: dict[tuple[int, int], tuple[int, ...]] = {
    (5, 4): (3, 2),
    (7, 4): (4, 3),
    (5, 8): (3, 2),
    (7, 8): (2, 2, 3),
    (8, 8): (3, 3, 2),
    (10, 8): (3, 3, 2, 2),
    (11, 8): (3, 3, 3, 2),
}


@dataclass(frozen=True, slots=True)
class Meter:
    """A time signature."""

    numerator: int
    denominator: int

    def __post_init__(self) -> None:
        if not 1 <= self.numerator <= 32 or self.denominator not in (1, 2, 4, 8, 16, 32):
            raise ValueError(
                f"{self.numerator}/{self.denominator} is not a metre; the lower number must be "
                "1, 2, 4, 8, 16 or 32 and the upper 1 to 32"
            )

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"

    @property
    def bar_ticks(self) -> int:
        return bar_ticks(self.numerator, self.denominator)

    @property
    def unit_ticks(self) -> int:
        """Length of one denominator unit."""
        return TICKS_PER_BEAT * 4 // self.denominator

    @property
    def is_compound(self) -> bool:
        """True for 6/8, 9/8, 12/8 and the like: the pulse is three units long."""
        return self.numerator > 3 and self.numerator % 3 == 0 and self.denominator >= 8

    @property
    def pulses_ticks(self) -> tuple[int, ...]:
        """Length in ticks of each felt pulse of the bar.

        4/4 has four of 480; 6/8 two of 720; 7/8 three of 480, 480 and 720; 5/4 five of 480.
        """
        return _pulses(self.numerator, self.denominator)

    @property
    def pulse_onsets_ticks(self) -> tuple[int, ...]:
        """Onset in ticks of each felt pulse of the bar."""
        onsets, at = [], 0
        for length in self.pulses_ticks:
            onsets.append(at)
            at += length
        return tuple(onsets)

    def strength(self, tick_in_bar: int) -> int:
        """Metrical strength: 4 downbeat, 3 main division, 2 pulse, 1 half pulse, 0 the rest."""
        return _strengths(self.numerator, self.denominator).get(tick_in_bar, 0)


@cache
def _pulses(numerator: int, denominator: int) -> tuple[int, ...]:
    unit = TICKS_PER_BEAT * 4 // denominator
    if denominator < 8:
        return (unit,) * numerator
    groups = _GROUPS.get((numerator, denominator))
    if groups is None:
        if numerator % 3 == 0:
            groups = (3,) * (numerator // 3)
        elif numerator % 2 == 0:
            groups = (2,) * (numerator // 2)
        else:
            groups = (2,) * ((numerator - 3) // 2) + (3,) if numerator > 1 else (1,)
    return tuple(unit * g for g in groups)


@cache
def _strengths(numerator: int, denominator: int) -> dict[int, int]:
    pulses = _pulses(numerator, denominator)
    strength: dict[int, int] = {}
    at = 0
    onsets = []
    for length in pulses:
        onsets.append(at)
        strength[at] = 2
        if length % 3 == 0 and length // 3 >= 120 and denominator >= 8 and length % 720 == 0:
            strength[at + length // 3] = 1
            strength[at + 2 * length // 3] = 1
        else:
            strength[at + length // 2] = 1
        at += length
    main = _GROUPS.get((numerator, denominator))
    if main is not None and denominator < 8:
        strength[onsets[main[0]]] = 3
    elif main is None and len(pulses) % 2 == 0 and len(pulses) > 2:
        strength[onsets[len(pulses) // 2]] = 3
    strength[0] = 4
    return strength
