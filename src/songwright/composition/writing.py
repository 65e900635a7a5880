"""From a complete plan to a score: melody first, then what accompanies it."""

from __future__ import annotations

import math

from songwright.brief.model import Brief
from songwright.composition.accompany import accompany
from songwright.composition.articulation import articulated
from songwright.composition.check import check_score
from songwright.composition.drums import drum_part
from songwright.composition.layering import joined_late
from songwright.composition.learned.tunes import Rank, sampled_tunes
from songwright.composition.melody import compose_melody
from songwright.composition.melody.doubling import doubled
from songwright.composition.part_turns import in_turn, themes_in_turn, unbroken
from songwright.composition.plan import Decision, PartPlan, Plan
from songwright.composition.stops import stopped
from songwright.score import (
    DynamicMark,
    KeyChange,
    MeterChange,
    Note,
    Part,
    Score,
    ThemeUse,
)
from songwright.styles import style

# Parts are written in this order; each may listen to those before it.
_ORDER = ("lead", "drums", "bass", "chords", "inner", "riff", "pad", "arp", "stabs", "counter",
          "percussion")  # fmt: skip
_MARKS = ((0.18, "pp"), (0.33, "p"), (0.48, "mp"), (0.65, "mf"), (0.85, "f"), (math.inf, "ff"))


def write_score(
    plan: Plan,
    brief: Brief,
    rank: Rank | None = None,
    decisions: list[Decision] | None = None,
) -> Score:
    """Write every part of a plan; ``rank`` judges sampled tunes, if given.

    Who wrote the parts that a model was to accompany with is added to ``decisions``, if given.

    Raises
    ------
    ScoreError
        If a maker broke a hard constraint (range, bar length, section); a fault of the program.
    """
    facts = style(plan.style)
    written: dict[str, tuple[Note, ...]] = {}
    themes: tuple[ThemeUse, ...] = ()
    for part in sorted(plan.parts, key=lambda p: _ORDER.index(p.role)):
        if part.role == "lead":
            sampled = sampled_tunes(plan, part, brief, rank).themes
            written[part.id], themes = compose_melody(plan, part, brief, facts, sampled)
        elif part.role in ("drums", "percussion"):
            written[part.id] = drum_part(part, plan)
        else:
            written[part.id] = accompany(part, plan, facts, written, decisions)
        played = joined_late(part.id, written[part.id], plan.sections, plan.meter.bar_ticks)
        played = stopped(part.role, played, plan.sections, plan.meter)
        written[part.id] = in_turn(part, played, plan)
    written = unbroken(written, plan)
    score = Score(
        title=plan.title,
        bars=plan.bars,
        meters=(MeterChange(0, plan.meter),),
        tempos=plan.tempos,
        keys=_keys(plan),
        sections=tuple(section.mark for section in plan.sections),
        chords=plan.chords,
        parts=tuple(
            _part(part, articulated(part, _played(part, plan, written))) for part in plan.parts
        ),
        themes=themes_in_turn(themes, plan),
        dynamics=_dynamics(plan, written),
    )
    check_score(score, plan)
    return score


def _played(part: PartPlan, plan: Plan, written: dict[str, tuple[Note, ...]]) -> tuple[Note, ...]:
    """A part's notes; a pianist's right hand doubles the tune once the left hand is known."""
    if part.role != "lead":
        return written[part.id]
    hands = [p for p in plan.parts if p.staff_group == part.staff_group and p is not part]
    left = [note for hand in hands for note in written[hand.id]] if part.staff_group else []
    return doubled(written[part.id], plan, part, left)


def _part(part: PartPlan, notes: tuple[Note, ...]) -> Part:
    ordered = tuple(sorted(notes, key=lambda n: (n.onset_ticks, n.pitch)))
    return Part(
        part.id, part.name, part.role, part.instrument, ordered, part.staff_group, part.sound
    )


def _keys(plan: Plan) -> tuple[KeyChange, ...]:
    changes: list[KeyChange] = []
    for section in plan.sections:
        if not changes or changes[-1].key != section.key:
            changes.append(KeyChange(section.start_bar * plan.meter.bar_ticks, section.key))
    return tuple(changes)


def _dynamics(plan: Plan, written: dict[str, tuple[Note, ...]]) -> tuple[DynamicMark, ...]:
    """A written dynamic at each part's entry and wherever its section's level changes."""
    marks: list[DynamicMark] = []
    bar = plan.meter.bar_ticks
    for part in plan.parts:
        last = ""
        for section in plan.sections:
            if part.id not in section.parts:
                last = ""
                continue
            start, end = section.start_bar * bar, section.end_bar * bar
            onsets = [n.onset_ticks for n in written[part.id] if start <= n.onset_ticks < end]
            if not onsets:
                continue
            level = _level(section.energy, plan)
            if level != last:
                marks.append(DynamicMark(max(start, min(onsets) // bar * bar), part.id, level))
                last = level
    return tuple(marks)


def _level(energy: float, plan: Plan) -> str:
    """Dynamic mark of an energy within the plan's dynamic range."""
    velocity = plan.dynamics_low + energy * (plan.dynamics_high - plan.dynamics_low)
    share = (velocity - 28) / (124 - 28)
    return next(mark for limit, mark in _MARKS if share < limit)
