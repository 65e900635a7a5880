"""The plan of a piece: everything decided before notes are written.

A plan is complete: nothing in it is open. It can be printed, edited and composed again.
"""

from __future__ import annotations

from dataclasses import dataclass

from songwright.score import ChordSpan, SectionMark, TempoChange
from songwright.theory import Key, Meter


@dataclass(frozen=True, slots=True)
class SectionPlan:
    """One section.

    ``letter`` names its material: equal letters share theme and progression. ``occurrence`` counts
    from 0 how often the letter was heard before. ``energy`` 0..1 is the section's mean level.
    ``parts`` are the ids that play; ``fill`` asks for a fill in the last bar; ``phrases`` are the
    lengths in bars of its phrases and add up to ``bars``; ``late`` are those of the ``parts`` that
    join only half-way; ``stop`` silences the band after the first beat of the last bar; with
    ``tape_stop`` it winds down like a stopped tape in the last half bar.
    """

    id: str
    function: str
    letter: str
    occurrence: int
    start_bar: int
    bars: int
    phrases: tuple[int, ...]
    energy: float
    key: Key
    parts: tuple[str, ...] = ()
    fill: bool = True
    late: tuple[str, ...] = ()
    stop: bool = False
    tape_stop: bool = False

    @property
    def end_bar(self) -> int:
        return self.start_bar + self.bars

    @property
    def mark(self) -> SectionMark:
        return SectionMark(self.id, self.function, self.letter, self.start_bar, self.bars)


@dataclass(frozen=True, slots=True)
class PartPlan:
    """One part: who plays, what it does, where, how densely and how loud.

    ``patterns`` names playing patterns from calm to busy (see `songwright.composition.patterns`);
    ``low``/``high`` bound every note; ``density`` 0..1 scales how much it plays; ``enters_at`` is
    the section energy from which it plays; ``level_db``, ``pan`` (-1 left … 1 right), ``reverb``
    (0..1 send) and ``adjectives`` go on to performance and mix; ``sound`` names a patch of the
    sound palette ("": the instrument's own).
    """

    id: str
    name: str
    role: str
    instrument: str
    patterns: tuple[str, ...]
    low: int
    high: int
    density: float = 0.5
    enters_at: float = 0.0
    level_db: float = 0.0
    pan: float = 0.0
    reverb: float = 0.2
    adjectives: tuple[str, ...] = ()
    staff_group: str = ""
    register: str = "mid"
    requested: bool = False
    sound: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """Why something was chosen: ``control``, the value, and the reason in words."""

    control: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class DrawnCurve:
    """A curve drawn by hand (``density``, ``register``, ``tension``): a level 0..1 for each bar."""

    name: str
    levels: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PartRest:
    """Bars ``start_bar`` until ``end_bar`` in which a part is silent because somebody asked."""

    part: str
    start_bar: int
    end_bar: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A piece before its notes. ``energy`` has one value 0..1 for each bar."""

    title: str
    seed: int
    style: str
    use: str
    key: Key
    tempo_bpm: float
    meter: Meter
    feel: str
    swing: float  # share of a swung pair that the first note takes: 0.5 straight, 0.667 triplet
    swing_unit_ticks: int  # length of one note of the swung pair: 240 eighths, 120 sixteenths
    bars: int
    sections: tuple[SectionPlan, ...]
    energy: tuple[float, ...]
    parts: tuple[PartPlan, ...]
    tempos: tuple[TempoChange, ...]
    ending: str  # "final", "ring", "fade", "hard", "loop"
    chords: tuple[ChordSpan, ...] = ()
    dynamics_low: int = 40  # velocity at energy 0
    dynamics_high: int = 112  # velocity at energy 1
    production: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()
    maker: str = "mixed"  # "rules", "learned", or "mixed": learned where it reads better
    curves: tuple[DrawnCurve, ...] = ()
    silent_voices: tuple[str, ...] = ()  # of drum kits, such as "hat"; see `drum_voices`
    rests: tuple[PartRest, ...] = ()  # of parts that enter or leave where it was asked for

    def section_at(self, bar: int) -> SectionPlan:
        """The section that holds a bar (the last one for bars past the end)."""
        for section in self.sections:
            if section.start_bar <= bar < section.end_bar:
                return section
        return self.sections[-1]

    def drawn(self, name: str) -> tuple[float, ...]:
        """The levels of a curve that was drawn by hand; empty if it was not."""
        return next((c.levels for c in self.curves if c.name == name), ())

    def part(self, part_id: str) -> PartPlan:
        return next(part for part in self.parts if part.id == part_id)
