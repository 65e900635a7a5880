"""Risers into drops and choruses, impacts on them, downlifters out of them: parts of the score.

They are written like any other part, so that MIDI, stems and a session show them where they sound.
A section holds a riser when the next one lifts, an impact when it is the one that lifts, and a
downlifter when it begins lower than the drop or chorus before it, or breaks down.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from songwright import palette
from songwright.brief.model import Brief
from songwright.composition.plan import Decision, PartPlan, Plan, SectionPlan
from songwright.score import Instrument, Note, instrument
from songwright.seeds import rng
from songwright.styles import Style
from songwright.units import ticks_to_beats

RISER, IMPACT, FALL = "riser", "impact", "fall"


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of transition: the tag of its sounds, who plays it in MIDI, how loud, how high."""

    name: str
    tag: str
    instrument: str
    level_db: float
    centre: int


_KINDS = {
    RISER: _Kind("Riser", "riser", "reverse_cymbal", -8.0, 60),
    IMPACT: _Kind("Impact", "impact", "synth_drum", -5.0, 48),
    FALL: _Kind("Downlifter", "downlifter", "seashore", -10.0, 60),
}
PATTERNS = tuple(_KINDS)
"""Playing patterns of these parts."""

_LIFTED = ("drop", "chorus", "post-chorus")
_HIGH_POINTS = (*_LIFTED, "B", "C", "D")
"""Functions that may be the goal of a lift; those without a name of their own need a plain one."""

_LIFT, _PLAIN_LIFT = 0.08, 0.15
_LOUD = 0.55
_SINK = 0.15
"""Fall of energy that a downlifter fills."""

_CALM = ("breakdown", "bridge", "interlude", "outro")
_ELSEWHERE = 0.4
"""How often a downlifter leads into a section that is no rest: a verse after a chorus."""

_FALL_SECONDS = 5.0
_UNWANTED = re.compile(
    r"\b(?:no|without|avoid|not)\b[^.;,]*"
    r"\b(?:effects?|fx|risers?|impacts?|sweeps?|downlifters?|transitions?)\b"
)


def with_transitions(
    sections: tuple[SectionPlan, ...],
    parts: tuple[PartPlan, ...],
    brief: Brief,
    style: Style,
    seed: int,
) -> tuple[tuple[SectionPlan, ...], tuple[PartPlan, ...], tuple[Decision, ...]]:
    """Add the transitions that a style uses, where the form has a place and nobody minds."""
    if not style.transitions or not welcome(brief, parts):
        return sections, parts, ()
    joins = range(1, len(sections))
    lifts = [i for i in joins if _lifts(sections[i - 1], sections[i])]
    falls = [i for i in joins if _sinks(sections[i - 1], sections[i], seed)]
    barred = {i for avoid in brief.avoid for i in avoid.instruments}
    added: list[PartPlan] = []
    decisions: list[Decision] = []
    told = list(sections)
    for kind, facts in _KINDS.items():
        goals = falls if kind == FALL else lifts
        if kind == RISER:  # nothing rises while the band winds down
            goals = [i for i in lifts if not sections[i - 1].tape_stop]
        sounds = [name for name in style.transitions if facts.tag in palette.get(name).texture]
        if not sounds or not goals or facts.instrument in barred:
            continue
        sound = rng(seed, "transitions", kind).choice(sounds)
        player = instrument(facts.instrument)
        compass = _compass(brief, parts, player)
        if compass is None:
            continue
        added.append(
            PartPlan(
                kind, facts.name, "percussion", player.id, (kind,), *compass,
                density=0.05, level_db=facts.level_db, reverb=0.3, sound=sound,
            )
        )  # fmt: skip
        for i in goals:
            place = i - 1 if kind == RISER else i
            told[place] = replace(told[place], parts=(*told[place].parts, kind))
        decisions.append(Decision(f"sound of {kind}", sound, _reason(kind, sections, goals)))
    return tuple(told), (*parts, *added), tuple(decisions)


def transition_notes(part: PartPlan, plan: Plan) -> tuple[Note, ...]:
    """Notes of a transition part, on the tonic of the section that it leads to."""
    bar = plan.meter.bar_ticks
    kind = part.patterns[0]
    notes = []
    for section in plan.sections:
        if part.id not in section.parts:
            continue
        start, goal = section.start_bar, section
        if kind == RISER:
            bars = _riser_bars(section)
            start, goal = section.end_bar - bars, plan.section_at(section.end_bar)
            velocity = 62 + round(40 * goal.energy)
        elif kind == IMPACT:
            bars, velocity = min(2, section.bars), 72 + round(44 * section.energy)
        else:
            before = plan.section_at(section.start_bar - 1)
            bars, velocity = _fall_bars(section, plan), 56 + round(40 * before.energy)
        pitch = _near(goal.key.tonic_pc, _KINDS[kind].centre, part)
        notes.append(Note(start * bar, bars * bar, pitch, velocity))
    return tuple(notes)


def welcome(brief: Brief, parts: tuple[PartPlan, ...]) -> bool:
    """False where the words leave no room for effects: soloists, quiet music, "no effects"."""
    if brief.only_these or brief.note_density == "sparse" or brief.intensity == "low":
        return False
    barred = {role for avoid in brief.avoid for role in avoid.roles}
    has_drums = any(part.role == "drums" for part in parts)
    return has_drums and "percussion" not in barred and not _UNWANTED.search(brief.prompt.lower())


def _compass(
    brief: Brief, parts: tuple[PartPlan, ...], player: Instrument
) -> tuple[int, int] | None:
    """The player's own; where a range was asked for, what it has of the other parts'.

    None where that does not hold a pitch for every key.
    """
    if brief.pitch_low is None and brief.pitch_high is None and brief.pitch_octaves is None:
        return player.low, player.high
    pitched = [part for part in parts if part.role not in ("drums", "percussion")]
    low = max(player.low, min(part.low for part in pitched))
    high = min(player.high, max(part.high for part in pitched))
    return (low, high) if high - low >= 11 else None


def _lifts(before: SectionPlan, after: SectionPlan) -> bool:
    if after.function not in _HIGH_POINTS or before.function in _LIFTED or after.energy < _LOUD:
        return False
    least = _LIFT if after.function in _LIFTED else _PLAIN_LIFT
    return after.energy >= before.energy + least


def _sinks(before: SectionPlan, after: SectionPlan, seed: int) -> bool:
    """True where a downlifter leads out of a high point; less often into what goes on playing."""
    leaves = before.function in _HIGH_POINTS or after.function == "breakdown"
    if not leaves or after.function in _LIFTED or before.energy < _LOUD:
        return False
    often = 1.0 if after.function in _CALM else _ELSEWHERE
    chosen = rng(seed, "transitions", FALL, after.id).random() < often
    return chosen and after.energy <= before.energy - _SINK and after.bars >= 2


def _reason(kind: str, sections: tuple[SectionPlan, ...], goals: list[int]) -> str:
    where = ", ".join(sections[i].id for i in goals)
    if kind == FALL:
        return f"the energy sinks out of {sections[goals[0] - 1].id} into {where}"
    return f"leads into {where}" if kind == RISER else f"marks the arrival of {where}"


def _riser_bars(section: SectionPlan) -> int:
    if section.function == "build":
        return min(section.bars, 8)
    return 2 if section.bars >= 4 else 1


def _fall_bars(section: SectionPlan, plan: Plan) -> int:
    """Whole bars, as near to five seconds as a power of two comes, within half the section."""
    bar_seconds = ticks_to_beats(plan.meter.bar_ticks) * 60.0 / plan.tempo_bpm
    bars = 1
    while 2 * bars * bar_seconds <= _FALL_SECONDS * 1.5 and 4 * bars <= section.bars:
        bars *= 2
    return bars


def _near(pitch_class: int, centre: int, part: PartPlan) -> int:
    """The pitch of a class that lies nearest to a centre inside the part's range."""
    inside = [p for p in range(part.low, part.high + 1) if p % 12 == pitch_class]
    return min(inside, key=lambda p: (abs(p - centre), p))
