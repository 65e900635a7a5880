"""Who plays: parts with instruments, roles, patterns and ranges.

The style proposes an ensemble. Requests replace or join it, negatives remove from it, and every
part gets the range in which all its notes must lie.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from songwright.brief.model import Brief
from songwright.composition.compass import ranged
from songwright.composition.hands import parted_hands, two_hands
from songwright.composition.plan import Decision, PartPlan
from songwright.composition.requested import granted, players
from songwright.composition.roles import HARMONIC, UNPITCHED, roles
from songwright.composition.uses import Use
from songwright.errors import BriefError
from songwright.score import instrument, instruments
from songwright.styles import PartFacts, Style


def choose_parts(
    brief: Brief, style: Style, use: Use, rng: Random
) -> tuple[tuple[PartPlan, ...], tuple[Decision, ...]]:
    """Parts of the piece, lead first, drums last.

    Raises
    ------
    BriefError
        If what was asked for leaves nothing that can sound.
    """
    decisions: list[Decision] = []
    barred = {i for avoid in brief.avoid for i in avoid.instruments}
    barred_roles = {r for avoid in brief.avoid for r in avoid.roles}
    parts = [] if brief.only_these else _proposed(style, use, brief, barred, barred_roles, rng)
    alone = not brief.style and len(brief.instruments) == 1
    for request in brief.instruments:
        for one in players(request, style, barred, alone):
            parts = granted(one, parts, style, barred, decisions)
    if brief.only_these:
        parts = _complete_small(parts, style, barred_roles)
    parts = _one_of_each(parts)
    if not parts:
        raise BriefError(
            "nothing is left to play: every instrument is excluded; allow at least one "
            "(for example --instruments piano)"
        )
    parts = ranged(parted_hands(parts), brief, use, decisions)
    order = ("lead", "counter", "inner", "riff", "stabs", "arp", "chords", "pad", "bass")
    parts.sort(key=lambda p: order.index(p.role) if p.role in order else len(order))
    return tuple(_adjusted(part, brief, use) for part in parts), tuple(decisions)


def _proposed(
    style: Style, use: Use, brief: Brief, barred: set[str], barred_roles: set[str], rng: Random
) -> list[PartPlan]:
    """The style's own ensemble, as large as the density asked for."""
    size = style.parts_typical + round(1.5 * (brief.affect.density))
    size += {"sparse": -1, "dense": 1}.get(brief.note_density, 0)
    size = max(size, sum(part.priority <= 2 for part in style.parts))  # the core stays whole
    parts: list[PartPlan] = []
    for facts in sorted(style.parts, key=lambda p: p.priority):
        if facts.role in barred_roles or (facts.role in ("lead", "counter") and not use.lead):
            continue
        if len(parts) >= size:
            break
        allowed = [i for i in facts.instruments if i not in barred]
        if not allowed:
            allowed = _stand_ins(facts.instruments[0], barred, style)
        if not allowed:
            continue
        # The first instrument is the usual one; others are chosen now and then.
        weights = [2.5 if i == 0 else 1.0 for i in range(len(allowed))]
        parts.append(_from_facts(facts, rng.choices(allowed, weights)[0]))
    return parts


def _stand_ins(instrument_id: str, barred: set[str], style: Style) -> list[str]:
    """Other instruments of the same family that are not barred, those of the style first."""
    model = instrument(instrument_id)
    family = [
        other.id for other in instruments().values()
        if other.family == model.family and other.id not in barred and other.is_kit is model.is_kit
    ]  # fmt: skip
    known = {i for part in style.parts for i in part.instruments}
    return sorted(family, key=lambda i: i not in known)[:2]


def _from_facts(facts: PartFacts, instrument_id: str) -> PartPlan:
    low, high = facts.compass or (0, 127)
    return PartPlan(
        facts.id, instrument(instrument_id).name, facts.role, instrument_id,
        facts.patterns or roles()[facts.role].patterns, low, high, facts.density, facts.enters_at,
        facts.level_db, facts.pan, facts.reverb, facts.adjectives, facts.staff_group,
        facts.register,
    )  # fmt: skip


def _complete_small(parts: list[PartPlan], style: Style, barred_roles: set[str]) -> list[PartPlan]:
    """A soloist or small group covers tune and harmony between them."""
    if "lead" in barred_roles:
        return parts  # "just kick, hats and an acid bass, no melody"
    pitched = [p for p in parts if p.role not in UNPITCHED]
    if not pitched:
        return parts
    if not any(p.role == "lead" for p in pitched):
        best = max(pitched, key=lambda p: instrument(p.instrument).comfort_high)
        polyphonic = instrument(best.instrument).polyphonic
        k = parts.index(best)
        if polyphonic and not any(p.role in HARMONIC for p in pitched if p is not best):
            parts = two_hands(parts, k, style)
        elif best.role != "bass" or len(pitched) == 1:
            parts[k] = replace(best, role="lead", patterns=(), level_db=0.0, enters_at=0.0)
    elif len(pitched) == 1 and instrument(pitched[0].instrument).polyphonic:
        parts = two_hands(parts, parts.index(pitched[0]), style)
    return [replace(p, enters_at=0.0 if p.role == "lead" else min(p.enters_at, 0.3)) for p in parts]


def _one_of_each(parts: list[PartPlan]) -> list[PartPlan]:
    """Only one lead and one bass speak at a time; others of the kind answer or double."""
    seen: set[str] = set()
    result = []
    for part in sorted(parts, key=lambda p: not p.requested):
        if part.role not in seen or part.role not in ("lead", "bass"):
            result.append(part)
        elif part.requested:
            role = "counter" if part.role == "lead" else "riff"
            result.append(replace(part, role=role, patterns=roles()[role].patterns))
        seen.add(part.role)
    return result


def _adjusted(part: PartPlan, brief: Brief, use: Use) -> PartPlan:
    density = part.density + 0.5 * use.density_shift + 0.2 * brief.affect.density
    density += {"sparse": -0.3, "dense": 0.3}.get(brief.note_density, 0.0)
    if part.requested and set(part.adjectives) & {"sparse", "minimal"}:
        density = min(density, 0.2)
    return replace(part, density=round(min(1.0, max(0.05, density)), 3))
