"""Scopes resolved against a piece: which parts, and which ticks of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from songwright.brief.vocabulary import vocabulary
from songwright.composition.plan import Plan, SectionPlan
from songwright.errors import ProjectError
from songwright.session.refine.model import LEVELS, Scope

Span = tuple[int, int]

_BARS = re.compile(r"^bars? +(\d+)(?: *(?:-|to) *(\d+))?$")
_NUMBERED = re.compile(r"^(.*?)#(-?\d+)$")


@dataclass(frozen=True)
class Place:
    """A scope made exact: part ids in score order, and spans of ticks, ascending and apart."""

    parts: tuple[str, ...]
    spans: tuple[Span, ...]

    def holds(self, part_id: str, tick: int) -> bool:
        """Whether a written onset of a part lies inside."""
        return part_id in self.parts and any(a <= tick < b for a, b in self.spans)


def parse_scope(text: str, plan: Plan) -> Scope:
    """Read ``"chorus#2:bass:bars 17-24:melody"``; the fields may stand in any order.

    Raises
    ------
    ProjectError
        If a word is neither a section, a part, bars nor a level of this piece.
    """
    sections: list[str] = []
    parts: list[str] = []
    bars: list[Span] = []
    levels: list[str] = []
    for field in text.split(":"):
        for word in (w.strip() for w in field.split(",")):
            if not word or word == "everything":
                continue
            found = _BARS.match(word.lower()) or (
                re.match(r"^(\d+) *- *(\d+)$", word) if bars or "bar" in field.lower() else None
            )
            if found:
                first = int(found[1])
                bars.append((first - 1, int(found[2] or first)))
            elif _sections(word, plan):
                sections.append(word)
            elif parts_called(word, plan):  # before levels: "melody" may be both
                parts.append(word)
            elif word.lower() in LEVELS:
                levels.append(word.lower())
            else:
                raise ProjectError(f"{word!r} is not a section, part, bars or level of this piece; "
                                   + known_names(plan))  # fmt: skip
    scope = Scope(tuple(sections), tuple(parts), tuple(bars), tuple(levels))
    resolve(scope, plan)
    return scope


def known_names(plan: Plan) -> str:
    """The sections, parts and levels that a scope may name, for messages."""
    return (
        f"sections: {', '.join(s.id for s in plan.sections)}; "
        f"parts: {', '.join(p.id for p in plan.parts)}; "
        f"bars 1-{plan.bars}; levels: {', '.join(LEVELS)}"
    )


def resolve(scope: Scope, plan: Plan) -> Place:
    """Make a scope exact.

    Raises
    ------
    ProjectError
        If it names something that the piece does not have, or is empty.
    """
    bar = plan.meter.bar_ticks
    chosen = sections_of(scope, plan)
    spans: Sequence[Span] = joined((s.start_bar, s.end_bar) for s in chosen)
    if scope.bars:
        for first, last in scope.bars:
            if not 0 <= first < last or last > plan.bars:
                raise ProjectError(
                    f"bars {first + 1}-{last} lie outside the piece, which has bars 1-{plan.bars}"
                )
        spans = joined(
            (max(a, c), min(b, d)) for a, b in scope.bars for c, d in spans if max(a, c) < min(b, d)
        )
        if not spans:
            raise ProjectError(f"{scope}: the bars do not lie in the sections named")
    return Place(parts_of(scope, plan), tuple((a * bar, b * bar) for a, b in spans))


def sections_of(scope: Scope, plan: Plan) -> tuple[SectionPlan, ...]:
    """The sections that a scope names or that its bars touch, in order.

    Raises
    ------
    ProjectError
        If a name is unknown.
    """
    chosen = plan.sections
    if scope.sections:
        ids: set[str] = set()
        for name in scope.sections:
            found = _sections(name, plan)
            if not found:
                raise ProjectError(f"there is no section {name!r}; {known_names(plan)}")
            ids |= {s.id for s in found}
        chosen = tuple(s for s in plan.sections if s.id in ids)
    if scope.bars:
        chosen = tuple(
            s for s in chosen if any(a < s.end_bar and s.start_bar < b for a, b in scope.bars)
        )
    return chosen


def parts_of(scope: Scope, plan: Plan) -> tuple[str, ...]:
    """Ids of the parts that a scope names, in score order.

    Raises
    ------
    ProjectError
        If a name is unknown.
    """
    if not scope.parts:
        return tuple(p.id for p in plan.parts)
    ids: set[str] = set()
    for name in scope.parts:
        found = parts_called(name, plan)
        if not found:
            raise ProjectError(f"there is no part {name!r}; {known_names(plan)}")
        ids |= found
    return tuple(p.id for p in plan.parts if p.id in ids)


def _sections(name: str, plan: Plan) -> tuple[SectionPlan, ...]:
    wanted = name.lower()
    exact = tuple(s for s in plan.sections if s.id.lower() == wanted)
    if exact:
        return exact
    numbered = _NUMBERED.match(wanted)
    if numbered:
        among = _sections(numbered[1], plan)
        number = int(numbered[2])
        index = number - 1 if number > 0 else len(among) + number
        return (among[index],) if number and 0 <= index < len(among) else ()
    return tuple(s for s in plan.sections if wanted in (s.function.lower(), s.letter.lower()))


def parts_called(name: str, plan: Plan) -> set[str]:
    """Ids of the parts that a word stands for: an id, role, instrument, name or word of prompts."""
    wanted = name.lower().replace(" ", "_")
    exact = {p.id for p in plan.parts if p.id.lower() == wanted}
    if exact:
        return exact
    of_role = {
        p.id for p in plan.parts
        if wanted in (p.role, p.instrument) or name.lower() == p.name.lower()
    }  # fmt: skip
    if of_role:
        return of_role
    if wanted in ("melody", "tune", "vocal", "lead_line"):
        return {p.id for p in plan.parts if p.role == "lead"}
    word = vocabulary().phrases.get(name.lower().replace("_", " "))
    if word is None and name.lower().endswith("s"):
        word = vocabulary().phrases.get(name.lower()[:-1])
    if word is None:
        return set()
    return {
        p.id for p in plan.parts
        if p.instrument in word.instruments or (word.part and p.role == word.part)
    }  # fmt: skip


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order, touching ones made one."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return tuple(result)


def without(spans: Iterable[Span], holes: Iterable[Span]) -> tuple[Span, ...]:
    """What of ``spans`` is left outside ``holes``."""
    left = list(joined(spans))
    for a, b in holes:
        left = [
            piece for start, end in left
            for piece in ((start, min(end, a)), (max(start, b), end)) if piece[0] < piece[1]
        ]  # fmt: skip
    return joined(left)
