"""Risers into drops and choruses, and impacts on them, as parts of the score.

They are written like any other part, so that MIDI, stems and a session show them where they sound.
A section holds a riser when the next one lifts, and an impact when it is the one that lifts.
"""

from __future__ import annotations

import re
from dataclasses import replace

from songwright import palette
from songwright.brief.model import Brief
from songwright.composition.plan import Decision, PartPlan, Plan, SectionPlan
from songwright.score import Note, instrument
from songwright.seeds import rng
from songwright.styles import Style

RISER, IMPACT = "riser", "impact"
PATTERNS = (RISER, IMPACT)
"""Playing patterns of these parts."""

_INSTRUMENTS = {RISER: "reverse_cymbal", IMPACT: "synth_drum"}
_LEVEL_DB = {RISER: -7.0, IMPACT: -5.0}
_NAMES = {RISER: "Riser", IMPACT: "Impact"}
_LIFTED = ("drop", "chorus", "post-chorus")
_LIFT = 0.08
_LOUD = 0.55
_UNWANTED = re.compile(
    r"\b(?:no|without|avoid|not)\b[^.;,]*\b(?:effects?|fx|risers?|impacts?|sweeps?|transitions?)\b"
)
_CENTRE = {RISER: 60, IMPACT: 48}


def with_transitions(
    sections: tuple[SectionPlan, ...],
    parts: tuple[PartPlan, ...],
    brief: Brief,
    style: Style,
    seed: int,
) -> tuple[tuple[SectionPlan, ...], tuple[PartPlan, ...], tuple[Decision, ...]]:
    """Add the transitions that a style uses, if the form has a lift and nobody minds."""
    lifts = [i for i in range(1, len(sections)) if _lifts(sections[i - 1], sections[i])]
    if not lifts or not style.transitions or not _welcome(brief, parts):
        return sections, parts, ()
    added: list[PartPlan] = []
    decisions: list[Decision] = []
    told = list(sections)
    for kind in PATTERNS:
        sounds = [name for name in style.transitions if kind in palette.get(name).texture]
        if not sounds:
            continue
        sound = rng(seed, "transitions", kind).choice(sounds)
        player = instrument(_INSTRUMENTS[kind])
        added.append(
            PartPlan(
                kind, _NAMES[kind], "percussion", player.id, (kind,), player.low, player.high,
                density=0.05, level_db=_LEVEL_DB[kind], reverb=0.3, sound=sound,
            )
        )  # fmt: skip
        for i in lifts:
            place = i - 1 if kind == RISER else i
            told[place] = replace(told[place], parts=(*told[place].parts, kind))
        where = ", ".join(sections[i].id for i in lifts)
        why = f"leads into {where}" if kind == RISER else f"marks the arrival of {where}"
        decisions.append(Decision(f"sound of {kind}", sound, why))
    return tuple(told), (*parts, *added), tuple(decisions)


def transition_notes(part: PartPlan, plan: Plan) -> tuple[Note, ...]:
    """Notes of a riser or impact part, on the tonic of the section that it leads to."""
    bar = plan.meter.bar_ticks
    notes = []
    for section in plan.sections:
        if part.id not in section.parts:
            continue
        if part.patterns[0] == RISER:
            bars = _riser_bars(section)
            after = plan.section_at(section.end_bar)
            start, energy = section.end_bar - bars, after.energy
            velocity = 62 + round(40 * energy)
        else:
            bars, after = min(2, section.bars), section
            start, velocity = section.start_bar, 72 + round(44 * section.energy)
        pitch = _near(after.key.tonic_pc, _CENTRE[part.patterns[0]], part)
        notes.append(Note(start * bar, bars * bar, pitch, velocity))
    return tuple(notes)


def _lifts(before: SectionPlan, after: SectionPlan) -> bool:
    rises = after.energy >= before.energy + _LIFT and after.energy >= _LOUD
    return after.function in _LIFTED and before.function not in _LIFTED and rises


def _welcome(brief: Brief, parts: tuple[PartPlan, ...]) -> bool:
    """False where the words leave no room for effects: soloists, quiet music, "no effects"."""
    if brief.only_these or brief.note_density == "sparse" or brief.intensity == "low":
        return False
    barred = {role for avoid in brief.avoid for role in avoid.roles}
    has_drums = any(part.role == "drums" for part in parts)
    return has_drums and "percussion" not in barred and not _UNWANTED.search(brief.prompt.lower())


def _riser_bars(section: SectionPlan) -> int:
    if section.function == "build":
        return min(section.bars, 8)
    return 2 if section.bars >= 4 else 1


def _near(pitch_class: int, centre: int, part: PartPlan) -> int:
    """The pitch of a class that lies nearest to a centre inside the part's range."""
    inside = [p for p in range(part.low, part.high + 1) if p % 12 == pitch_class]
    return min(inside, key=lambda p: (abs(p - centre), p))
