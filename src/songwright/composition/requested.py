"""What a brief asks of the players: an instrument, its role, how it plays."""

from __future__ import annotations

from dataclasses import replace

from songwright.brief.model import InstrumentRequest
from songwright.composition.massed import (
    MASSED_ROLE,
    are_massed,
    best_player,
    massed,
    plays_massed,
)
from songwright.composition.plan import Decision, PartPlan
from songwright.composition.roles import UNPITCHED, roles, usual_role
from songwright.score import instrument
from songwright.styles import Style

_NEAR_SYNONYMS = 3  # a request with more instruments than these names a family


def players(
    request: InstrumentRequest, style: Style, barred: set[str], alone: bool
) -> list[InstrumentRequest]:
    """Two players for a whole family of wind players ("woodwinds"); one for all other requests.

    Where nothing else is asked for, the family has the tune.
    """
    if massed(request) is not None:
        return [request]
    known = {i for facts in style.parts for i in facts.instruments}
    allowed = sorted(
        (i for i in request.instruments if i not in barred), key=lambda i: i not in known
    )
    whole_family = request.word.endswith("s") and len(request.instruments) > _NEAR_SYNONYMS
    if not whole_family or request.role or len(allowed) < 2 or instrument(allowed[0]).polyphonic:
        return [request]
    roles_of_both = ("lead", "counter") if alone else ("", "")
    return [
        replace(request, instruments=(player,), role=role)
        for player, role in zip(allowed[:2], roles_of_both, strict=True)
    ]


def granted(
    request: InstrumentRequest,
    parts: list[PartPlan],
    style: Style,
    barred: set[str],
    decisions: list[Decision],
) -> list[PartPlan]:
    """Make sure that a requested instrument is among the parts."""
    allowed = [i for i in request.instruments if i not in barred]
    if not allowed:
        return parts
    if len(allowed) <= _NEAR_SYNONYMS:
        # one instrument was named; the others only stand in when it is barred
        allowed = allowed[:1]
    body = massed(request)
    if body is not None and are_massed(parts, request):
        return [
            _asked(p, request) if p.instrument in request.instruments and not p.requested else p
            for p in parts
        ]
    if body is not None:
        allowed = [i for i in body.players if i in allowed] or allowed
    taken = {p.role for p in parts if p.requested}
    by_style = {i: facts.role for facts in reversed(style.parts) for i in facts.instruments}
    # Already there? Then it only becomes a requested part with its adjectives and pattern.
    present = [
        (allowed.index(part.instrument), k)
        for k, part in enumerate(parts)
        if part.instrument in allowed and not part.requested and request.role in ("", part.role)
        and (body is None or plays_massed(part, body, style))
    ]  # fmt: skip
    if present:
        k = min(present)[1]
        part = parts[k] if body is None else best_player(parts[k], allowed, style)
        return [*parts[:k], _asked(part, request), *parts[k + 1 :]]
    allowed.sort(key=lambda i: i not in by_style)  # of a family what the style knows
    first = instrument(allowed[0])
    role = request.role or (by_style.get(allowed[0], "") if body is None else MASSED_ROLE)
    if not role or (role in taken and not request.role):
        role = usual_role(first, taken)
    if (role in UNPITCHED) is not first.is_kit:
        role = usual_role(first, taken)
    fitting = [k for k, p in enumerate(parts) if p.role == role and not p.requested]
    if fitting:
        k = fitting[0]
        # A choice that the style also knows is the more idiomatic one.
        known = [i for facts in style.parts if facts.role == role for i in facts.instruments]
        chosen = next((i for i in allowed if i in known and body is None), allowed[0])
        decisions.append(
            Decision("instruments", chosen, f"takes the {role} from {parts[k].instrument}")
        )
        part = replace(parts[k], instrument=chosen, name=instrument(chosen).name)
        return [*parts[:k], _asked(part, request), *parts[k + 1 :]]
    facts_role = roles()[role]
    part = PartPlan(
        _fresh_id(allowed[0], parts), first.name, role, allowed[0], facts_role.patterns,
        0, 127, 0.5, 0.0, facts_role.level_db, facts_role.pan, facts_role.reverb,
    )  # fmt: skip
    return [*parts, _asked(part, request)]


def _asked(part: PartPlan, request: InstrumentRequest) -> PartPlan:
    """Mark a part as requested and apply its pattern and adjectives."""
    patterns = part.patterns
    if request.pattern:
        patterns = (request.pattern,)
    density = part.density
    words = set(request.adjectives)
    if words & {"sparse", "minimal", "light", "simple", "gentle", "subtle"}:
        density = min(density, 0.25)
        patterns = patterns[:1] if not request.pattern else patterns
    if words & {"dense", "busy", "heavy", "driving", "fast"}:
        density = max(density, 0.8)
        patterns = patterns[-2:] if not request.pattern else patterns
    if "evolving" in words and part.role == "pad":
        patterns = ("evolving",)
    level = part.level_db
    level += 2.0 if words & {"loud", "prominent", "heavy"} else 0.0
    level -= 2.5 if words & {"soft", "quiet", "gentle", "subtle", "distant"} else 0.0
    return replace(
        part, patterns=patterns, density=density, level_db=level, requested=True,
        enters_at=min(part.enters_at, 0.3),
        adjectives=tuple(dict.fromkeys((*part.adjectives, *request.adjectives))),
    )  # fmt: skip


def _fresh_id(stem: str, parts: list[PartPlan]) -> str:
    used = {p.id for p in parts}
    if stem not in used:
        return stem
    return next(f"{stem}_{n}" for n in range(2, 100) if f"{stem}_{n}" not in used)
