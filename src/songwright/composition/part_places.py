"""Where in a plan an entry that somebody asked for lies: places become bars."""

from __future__ import annotations

from collections.abc import Sequence

from songwright.brief.model import Brief, EntryPlayer, PartEntry, PartPlace, SectionPlace
from songwright.composition.plan import PartPlan, Plan, SectionPlan
from songwright.composition.transitions import PATTERNS
from songwright.score import MeterChange
from songwright.score.timemap import TimeMap

_LIKE = {
    "chorus": ("drop", "B", "post-chorus", "C"), "verse": ("A",), "drop": ("chorus", "B"),
    "bridge": ("breakdown", "interlude", "solo", "C"), "breakdown": ("bridge", "interlude"),
    "build": ("pre-chorus",), "pre-chorus": ("build",), "solo": ("bridge", "C", "B"),
    "interlude": ("bridge", "breakdown"), "A": ("verse",), "B": ("chorus", "drop"),
    "C": ("bridge", "solo", "drop"), "post-chorus": ("chorus", "drop"),
}  # fmt: skip
"""Functions that serve where a form has no section of the one that was named."""

_LONGEST_OPENING = 8
_AFTER_ENTRY = 1.6  # length of a piece, if nothing else says it, against its last entry
_AFTER_SECTION = 1.25  # and against the start of its last placed section


def bars_of(entry: PartEntry, plan: Plan) -> tuple[tuple[tuple[int, int], ...], str]:
    """The bars, from and to, of an entry in a plan, and what had to give way ("" if nothing).

    Empty where the place lies outside of the piece.
    """
    each = entry.start
    if each is not None and each.section and each.ordinal == 0 and entry.until is not None:
        sections, note = _sections(each, plan)
        return tuple((s.start_bar, s.end_bar) for s in sections), note
    start, note = _bar(entry.start, plan, 0)
    until, other = _bar(entry.until, plan, plan.bars)
    said = " and ".join(dict.fromkeys(n for n in (note, other) if n))
    first, end = max(0, start), min(plan.bars, until)
    return (((first, end),) if first < end else ()), said


def parts_of(players: tuple[EntryPlayer, ...], plan: Plan, brief: Brief) -> tuple[str, ...]:
    """Ids of the parts that some players of an entry are."""
    found = [part for player in players for part in _parts(player, plan, brief)]
    groups = {p.staff_group for p in found if p.staff_group}
    return tuple(p.id for p in plan.parts if p in found or p.staff_group in groups)


def is_effect(part: PartPlan) -> bool:
    """True for risers, impacts and downlifters, which are nobody's playing."""
    return part.patterns[:1] != () and part.patterns[0] in PATTERNS


def _parts(player: EntryPlayer, plan: Plan, brief: Brief) -> list[PartPlan]:
    parts = [p for p in plan.parts if not is_effect(p)]
    if player.role == "drums":
        own = any(r.role == "percussion" for r in brief.instruments)
        return [p for p in parts if p.role == "drums" or (p.role == "percussion" and not own)]
    if player.role == "percussion":
        own = any(r.role == "drums" for r in brief.instruments)
        return [p for p in parts if p.role == "percussion" or (p.role == "drums" and not own)]
    same = [p for p in parts if p.instrument in player.instruments]
    fitting = [p for p in same if player.role in ("", p.role)]
    by_role = [p for p in parts if player.role == p.role]
    return fitting or same or (by_role if player.role else [])


def _bar(place: PartPlace | None, plan: Plan, default: int) -> tuple[int, str]:
    """The bar line nearest to a place."""
    if place is None:
        return default, ""
    if place.position is not None:
        return _phrase_start(plan, round(place.position * plan.bars)), ""
    if place.bar is not None:
        return place.bar if place.bar >= 0 else plan.bars + place.bar, ""
    if place.seconds is not None:
        lines = bar_lines(plan)
        wanted = place.seconds if place.seconds >= 0 else lines[-1] + place.seconds
        if wanted > lines[-1]:
            return plan.bars, ""
        return min(range(plan.bars + 1), key=lambda b: (abs(lines[b] - wanted), b)), ""
    sections, note = _sections(place, plan)
    if place.section == "opening" or (place.section == "intro" and note):
        return (opening_bars(plan) if place.after else 0), note if place.section == "intro" else ""
    chosen = sections[0]
    return (chosen.end_bar if place.after else chosen.start_bar), note


def _sections(place: PartPlace, plan: Plan) -> tuple[list[SectionPlan], str]:
    """The sections that a place means: one, or each of a function; never none."""
    note = ""
    found = [s for s in plan.sections if s.function == place.section]
    for like in _LIKE.get(place.section, ()):
        if found:
            break
        found = [s for s in plan.sections if s.function == like]
        note = f"the form has no {place.section}; {like} stands for it" if found else ""
    if not found:
        last = place.section == "outro" or place.ordinal == -1
        found = [plan.sections[-1] if last else plan.sections[0]]
        note = f"the form has no {place.section}" if place.section != "opening" else ""
    if place.ordinal == 0:
        return found, note
    if place.ordinal > len(found):
        some = f"the form has {len(found)} {place.section} only"
        return [found[-1]], some if not note else f"{note}, {len(found)} times only"
    return [found[place.ordinal - 1 if place.ordinal > 0 else place.ordinal]], note


def bar_lines(plan: Plan) -> list[float]:
    """The time in seconds of each bar line of a plan, and of its end."""
    times = TimeMap.build(plan.tempos, (MeterChange(0, plan.meter),))
    return [times.seconds(b * plan.meter.bar_ticks) for b in range(plan.bars + 1)]


def opening_bars(plan: Plan) -> int:
    """Bars of what the piece begins with: its first section, or of a long one the first phrases."""
    first = plan.sections[0]
    most = min(_LONGEST_OPENING, max(1, plan.bars // 2))
    if first.bars <= most:
        return first.bars
    end = 0
    for length in first.phrases:
        if end and end + length > most:
            break
        end += length
    return end if end <= most else most


def _phrase_start(plan: Plan, bar: int) -> int:
    """The phrase that begins nearest to a bar."""
    starts = [0]
    for section in plan.sections:
        at = section.start_bar
        for length in section.phrases:
            starts.append(at)
            at += length
    return min(starts, key=lambda b: (abs(b - bar), b))


def seconds_for(brief: Brief, bar_seconds: float) -> float:
    """How long a piece must be for what comes in last to be heard for a while; 0 if nothing does.

    That is an entry of players or a section with a place of its own.
    """
    entries = [p for entry in brief.entries for p in (entry.start, entry.until) if p is not None]

    def last(places: Sequence[PartPlace | SectionPlace]) -> float:
        return max((max(p.seconds or 0.0, (p.bar or 0) * bar_seconds) for p in places), default=0.0)

    return max(_AFTER_ENTRY * last(entries), _AFTER_SECTION * last(brief.places))


def is_missing(note: str) -> bool:
    """Whether a note of `bars_of` says that the place itself is not in the form."""
    return any(
        ("has no" in said and "stands for" not in said) or " only" in said
        for said in note.split(" and ")
    )


def named(entry: PartEntry) -> str:
    """The players of an entry in words."""
    return " and ".join(p.word for p in entry.players) or "everybody else"
