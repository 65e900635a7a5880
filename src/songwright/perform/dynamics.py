"""How hard each note is struck: energy, metre, phrase, contour, touch and human spread.

The rules and their sizes follow the KTH rule system for music performance (Friberg, Bresin and
Sundberg, "Overview of the KTH rule system for musical performance", Advances in Cognitive
Psychology 2, 2006): phrase arch, metric accent, and louder with rising pitch.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt, tanh

from songwright.composition.plan import PartPlan, Plan
from songwright.perform.chance import Chance
from songwright.perform.facts import PlayingFacts, RoleFacts
from songwright.perform.shape import Shape
from songwright.score import Note
from songwright.styles import PerformanceFacts
from songwright.units import TICKS_PER_BEAT

NEUTRAL_VELOCITY = 80
"""The written velocity that is played exactly at the level of the section's energy."""

ACCENT_BY_STRENGTH = (-6.0, -3.0, 1.0, 4.0, 8.0)
"""Velocity added at metrical strength 0..4 when the style's accent is 1."""

PHRASE_DEPTH = 9.0  # velocity between the middle and the peak of a phrase at phrasing 1
CONTOUR_LIMIT = 6.0
TOP_NOTE, INNER_NOTE = 1.04, 0.95  # a chord's top voice sings, its inside steps back
LOUD_EXPONENT = 0.7  # written accents are scaled down a little: there is less room above
LARGEST = 2.5  # standard deviations
_KNEE = 96.0  # above it velocities approach 127 instead of piling up there
_WAVE, _NOTE = 11, 12


FADE_BARS, FADE_FLOOR = 6, 0.3
"""Where a piece fades, the players fade too: over so many bars, to this share of the level."""


def fade_share(plan: Plan, tick: int) -> float:
    """Share of the level that a fade leaves at ``tick``: 1 before it, `FADE_FLOOR` at the end."""
    if plan.ending != "fade":
        return 1.0
    bar = plan.meter.bar_ticks
    span = min(FADE_BARS, max(1, plan.bars // 2)) * bar
    left = (plan.bars * bar - tick) / span
    return FADE_FLOOR + (1.0 - FADE_FLOOR) * min(1.0, max(0.0, left))


@dataclass(frozen=True, slots=True)
class Moment:
    """Level (velocity of a neutral note) and unevenness at one onset of one part."""

    level: float
    wave: float


@dataclass(frozen=True, slots=True)
class Dynamics:
    """Velocities of one part."""

    style: PerformanceFacts
    role: RoleFacts
    plan: Plan
    shape: Shape
    chance: Chance
    middle_pitch: float
    touch: float

    @staticmethod
    def of(
        style: PerformanceFacts,
        facts: PlayingFacts,
        role: str,
        plan: Plan,
        part: PartPlan | None,
        shape: Shape,
        chance: Chance,
    ) -> Dynamics:
        """Dynamics of a part; ``part`` is None for a part that the plan does not know."""
        touch = 1.0
        for adjective in part.adjectives if part else ():
            touch *= facts.touch.get(adjective, 1.0)
        middle = (part.low + part.high) / 2.0 if part else 60.0
        return Dynamics(style, facts.role(role), plan, shape, chance, middle, touch)

    def moment(self, tick: int, strength: int) -> Moment:
        """What holds for all notes that begin at ``tick``, at metrical strength 0..4."""
        plan, style = self.plan, self.style
        level = plan.dynamics_low + (plan.dynamics_high - plan.dynamics_low) * self.shape.energy(
            tick
        )
        level += style.accent * self.role.accent * ACCENT_BY_STRENGTH[strength]
        level *= fade_share(plan, tick)
        level += style.phrasing * self.role.phrasing * PHRASE_DEPTH * self.shape.arc(tick)
        wave = self.chance.drift(tick, 4 * TICKS_PER_BEAT, _WAVE) if style.velocity_spread else 0.0
        return Moment(level, wave)

    def velocity(self, note: Note, moment: Moment, factor: float, added: float = 0.0) -> int:
        """Velocity 1..127 of a note.

        Parameters
        ----------
        note
            The written note; `NEUTRAL_VELOCITY` is played at the moment's level.
        moment
            From `moment` for the note's onset.
        factor
            Product of the factors of its articulation and of its place in a chord.
        added
            Velocity that a pianist's finger adds (`songwright.perform.keyboard`).
        """
        contour = self.role.contour * (note.pitch - self.middle_pitch)
        level = moment.level + max(-CONTOUR_LIMIT, min(CONTOUR_LIMIT, contour)) + added
        weight = note.velocity / NEUTRAL_VELOCITY
        if weight > 1.0:
            weight **= LOUD_EXPONENT
        value = level * weight * factor * self.touch
        if self.style.velocity_spread:
            # Half of the spread is a wave (the arm), half is single notes (the fingers).
            own = self.chance.gauss(_NOTE, note.onset_ticks, note.pitch)
            spread = max(-LARGEST, min(LARGEST, sqrt(0.5) * (moment.wave + own)))
            # Soft notes vary less than loud ones.
            value += self.style.velocity_spread * spread * min(1.0, value / NEUTRAL_VELOCITY)
        if value > _KNEE:
            value = _KNEE + (127.0 - _KNEE) * tanh((value - _KNEE) / (127.0 - _KNEE))
        return max(1, min(127, round(value)))
