"""When a player really plays: push and pull, slow drift, and a little unevenness.

Onsets of good players lie 5 to 25 ms (standard deviation) around the beat, and successive
deviations are correlated: a player who is early stays early for a while (Hennig et al., "The
nature and perception of fluctuations in human musical rhythms", PLoS ONE 6, 2011). Most of the
spread is therefore a slow drift and only the rest is independent from note to note.

People who play together listen: they drift together, and what is left between them stays below
30 to 50 ms, the asynchrony of good ensembles (Rasch, "Synchronization in performed ensemble music",
Acustica 43, 1979). A quarter of the variance of the drift is therefore the ensemble's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import sqrt

from songwright.perform.chance import Chance
from songwright.perform.facts import RoleFacts
from songwright.perform.shape import Shape
from songwright.styles import PerformanceFacts
from songwright.units import TICKS_PER_BEAT

DRIFT_SHARE = 0.6  # of the variance; the rest is jitter
TOGETHER = 0.25  # of the variance of the drift; the rest is each player's own
CHORD_JITTER = 0.2  # unevenness of the fingers within one chord, in standard deviations
LARGEST = 2.5  # standard deviations; rarer deviations would be heard as mistakes
MOST_OF_ROOM = 0.2  # of the distance to the nearest other onset
BREATH_SECONDS = 0.03  # wait at a phrase boundary when the style's rubato is 1
LIMB_JITTER = 0.3  # unevenness of a drummer's limbs within one stroke, in standard deviations
_SLOW, _FAST, _HIT, _FINGER, _LIMB = 1, 2, 3, 4, 5  # addresses of the random curves


@dataclass(frozen=True, slots=True)
class Wander:
    """Slow and less slow wandering with about unit variance, remembered.

    A note's end is most often the next one's beginning, and all parts ask for the ensemble's.
    """

    chance: Chance
    known: dict[int, float] = field(default_factory=dict, compare=False, repr=False)

    def at(self, tick: int) -> float:
        """Standard deviations at a tick, within ±`LARGEST`."""
        found = self.known.get(tick)
        if found is None:
            slow = self.chance.drift(tick, 8 * TICKS_PER_BEAT, _SLOW)
            fast = self.chance.drift(tick, 2 * TICKS_PER_BEAT, _FAST)
            found = min(LARGEST, max(-LARGEST, sqrt(0.5) * (slow + fast)))
            self.known[tick] = found
        return found


@dataclass(frozen=True, slots=True)
class Timing:
    """Deviations from the written time for one part, in seconds."""

    spread_seconds: float
    push_seconds: float
    rubato: float
    role: RoleFacts
    chance: Chance
    own: Wander
    ensemble: Wander
    shape: Shape

    @staticmethod
    def of(
        style: PerformanceFacts, role: str, facts: RoleFacts, chance: Chance, ensemble: Wander,
        shape: Shape,
    ) -> Timing:  # fmt: skip
        """Timing of a part that plays ``role`` in a style; all parts share ``ensemble``."""
        return Timing(
            style.timing_ms / 1000.0,
            style.push_ms.get(role, 0.0) / 1000.0,
            style.rubato,
            facts,
            chance,
            Wander(chance),
            ensemble,
            shape,
        )

    def drift(self, tick: int) -> float:
        """Slow part of the deviation: push, breath at phrase ends, and wandering."""
        seconds = self.push_seconds + self.rubato * BREATH_SECONDS * self.shape.breath(tick)
        return seconds + self._wander(tick)

    def onset(self, tick: int, strength: int, room_seconds: float) -> float:
        """Deviation of everything the part plays at ``tick``.

        Parameters
        ----------
        tick
            Written onset.
        strength
            Metrical strength 0..4; steady roles are tighter on strong beats.
        room_seconds
            Distance to the part's nearest other onset. Fast figures are played more evenly, and
            their notes never change places.
        """
        if self.spread_seconds == 0.0:
            return self.drift(tick)
        tightness = 1.0 - self.role.steady * strength / 4.0
        jitter = sqrt(1.0 - DRIFT_SHARE) * self.role.jitter * tightness
        bound = min(LARGEST * self.spread_seconds, room_seconds * MOST_OF_ROOM)
        own = self.spread_seconds * jitter * self.chance.gauss(_HIT, tick)
        return self.drift(tick) + min(bound, max(-bound, own))

    def finger(self, tick: int, pitch: int) -> float:
        """Deviation of one note of a chord from the chord."""
        if self.spread_seconds == 0.0:
            return 0.0
        deviate = min(LARGEST, max(-LARGEST, self.chance.gauss(_FINGER, tick, pitch)))
        return CHORD_JITTER * self.spread_seconds * deviate

    def limb(self, tick: int, key: int) -> float:
        """Deviation of one drum from the stroke that a drummer's hands and feet play together."""
        if self.spread_seconds == 0.0:
            return 0.0
        deviate = min(LARGEST, max(-LARGEST, self.chance.gauss(_LIMB, tick, key)))
        return LIMB_JITTER * self.spread_seconds * deviate

    def _wander(self, tick: int) -> float:
        if self.spread_seconds == 0.0:
            return 0.0
        apart = sqrt(1.0 - TOGETHER) * self.role.drift * self.own.at(tick)
        together = sqrt(TOGETHER) * self.ensemble.at(tick)
        return self.spread_seconds * sqrt(DRIFT_SHARE) * (apart + together)
