"""What a rule needs of its clause: a part, a player, a chart, a key, a metre, a new section."""

from __future__ import annotations

import re
from itertools import pairwise

from songwright.brief.vocabulary import vocabulary
from songwright.composition.plan import Plan
from songwright.composition.roles import roles
from songwright.errors import BriefError
from songwright.score import instruments
from songwright.session.refine.clauses import Clause, Rule, claim_scope, rules_and_names
from songwright.session.refine.scope import _sections
from songwright.styles import style_ids
from songwright.theory import Meter

OF_THE_TEXT = ("instrument", "chart", "meter", "insertion")
"""Needs that the text of a clause meets, not its scope."""


def meets(rule: Rule, reading: Clause, value: str) -> bool:
    """Whether a clause has what a rule needs; ``value`` is the rule's text in it."""
    match rule.needs:
        case "part":
            return bool(reading.parts)
        case "section":
            return bool(reading.sections or reading.bars) and not reading.parts
        case "part or section":
            return bool(reading.parts or reading.sections or reading.bars)
        case "instrument":
            return _is_player(value)
        case "chart":
            return _is_chart(value)
        case "key":
            return _is_key(value)
        case "meter":
            return meter_of(value) is not None
        case "style":
            word = vocabulary().phrases.get(value.lower())
            return value.lower().replace(" ", "_") in style_ids() or bool(word and word.style)
        case _:
            return True


def _is_player(text: str) -> bool:
    name = text.lower().strip()
    word = vocabulary().phrases.get(name)
    slug = name.replace(" ", "_")
    return slug in instruments() or slug in roles() or bool(word and word.instruments)


def _is_chart(text: str) -> bool:
    from songwright.brief.chart import parse_chart  # noqa: PLC0415 (seldom)

    try:
        return bool(parse_chart(text))
    except (BriefError, ValueError):
        return False


def _is_key(text: str) -> bool:
    from songwright.brief import understand  # noqa: PLC0415 (seldom)

    try:
        return understand("", {"key": text}).key is not None
    except BriefError:
        return False


_NEW_SECTION = re.compile(
    r"^(?:(?:an?|another|one more|the|new|of|some) )*(?:(?P<n>\d+)[- ]bars?(?: of)? )?"
    r"(?P<head>.*?)(?: of (?P<m>\d+) bars?)?"
    r"(?: (?P<side>right after|just before|after|before|at the (?:very )?(?:end|beginning|start)"
    r"|between)(?: (?P<place>.+))?)?$"
)


_ELSEWHERE = (
    "in", "to", "on", "for", "during", "over", "under", "into", "at", "from", "with", "more",
    "less",
)  # fmt: skip


def insertion_of(text: str, plan: Plan) -> tuple[str, list[str]] | None:
    """A new section as `songwright.session.refine.insertions` reads it, and words left over.

    None if the words name no kind of section, or a place that is no section of the piece.
    """
    from songwright.brief.model import SECTION_FUNCTIONS  # noqa: PLC0415 (only a table)

    found = _NEW_SECTION.match(text.lower().strip())
    if found is None:
        return None
    names = {f.lower(): f for f in SECTION_FUNCTIONS if len(f) > 1} | rules_and_names()[1].sections
    head = found["head"].split()
    said = next((" ".join(head[i:]) for i in range(len(head)) if " ".join(head[i:]) in names), None)
    if said is None or any(w in _ELSEWHERE or w.endswith("er") for w in head[:-1]):
        return None  # strings in the chorus, or a bigger one: it is there already
    left = [w for w in head if w not in said.split() and w not in rules_and_names()[1].filler]
    bars = found["n"] or found["m"]
    value = (f"{bars}-bar " if bars else "") + names[said]
    side = (found["side"] or "").split()
    if side[-1:] in (["end"], ["beginning"], ["start"]):
        return f"{value} at the {'end' if side[-1] == 'end' else 'beginning'}", left
    if not side:
        return value, left
    reading = Clause(found["place"] or "")
    claim_scope(reading, plan)
    if not reading.sections:
        return None
    anchor, word = reading.sections[0], "before" if side[-1] == "before" else "after"
    if side[-1] == "between" and len(reading.sections) > 1:
        groups = [_sections(name, plan) for name in reading.sections[:2]]
        joins = [a.id for a, b in pairwise(plan.sections)
                 if any(a in x and b in y for x, y in (groups, groups[::-1]))]  # fmt: skip
        if not joins:
            return None
        anchor = joins[0]
    return f"{value} {word} {anchor}", [*left, *reading.missing]


_COUNTS = ("3", "three", "5", "five", "6", "six", "7", "seven")


def meter_of(text: str) -> Meter | None:
    """A metre as people say it: "3/4", "6/8 time", "in three", "a waltz"; None for other words."""
    from songwright.brief import understand  # noqa: PLC0415 (seldom)

    said = re.sub(r" (?:time|metre|meter)$", "", text.lower().strip())
    if said in _COUNTS:
        return understand(f"in {said} time").meter
    try:
        return understand("", {"meter": said}).meter
    except BriefError:
        return None
