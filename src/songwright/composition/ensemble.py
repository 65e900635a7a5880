"""Who plays: parts with instruments, roles, patterns and ranges.

The style proposes an ensemble. Requests replace or join it, negatives remove from it, and every
part gets the range in which all its notes must lie.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from songwright.brief.model import Brief, InstrumentRequest
from songwright.composition.plan import Decision, PartPlan, SectionPlan
from songwright.composition.roles import roles, usual_role
from songwright.composition.uses import Use
from songwright.errors import BriefError
from songwright.score import Instrument, instrument, instruments
from songwright.styles import PartFacts, Style
from songwright.theory.pitch import pitch_name

_REGISTER_SHIFT = {"low": -12, "middle": 0, "high": 12}
_UNPITCHED = ("drums", "percussion")
_NEAR_SYNONYMS = 3  # a request with more instruments than these names a family
_LEAST_ROOM = 4  # semitones that a part needs to make music
_HARMONIC = ("chords", "pad", "arp", "riff", "inner", "stabs")


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
        for one in _players(request, style, barred, alone):
            parts = _grant(one, parts, style, barred, decisions)
    if brief.only_these:
        parts = _complete_small(parts, style, barred_roles)
    parts = _one_of_each(parts)
    if not parts:
        raise BriefError(
            "nothing is left to play: every instrument is excluded; allow at least one "
            "(for example --instruments piano)"
        )
    parts = _ranged(parts, brief, use, decisions)
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


def _players(
    request: InstrumentRequest, style: Style, barred: set[str], alone: bool
) -> list[InstrumentRequest]:
    """Two players for a whole family of wind players ("woodwinds"); one for all other requests.

    Where nothing else is asked for, the family has the tune.
    """
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


def _grant(
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
        allowed = allowed[
            :1
        ]  # one instrument was named; the others only stand in when it is barred
    taken = {p.role for p in parts if p.requested}
    by_style = {i: facts.role for facts in reversed(style.parts) for i in facts.instruments}
    # Already there? Then it only becomes a requested part with its adjectives and pattern.
    present = [
        (allowed.index(part.instrument), k)
        for k, part in enumerate(parts)
        if part.instrument in allowed and not part.requested and request.role in ("", part.role)
    ]
    if present:
        k = min(present)[1]
        return [*parts[:k], _asked(parts[k], request), *parts[k + 1 :]]
    allowed.sort(key=lambda i: i not in by_style)  # of a family what the style knows
    first = instrument(allowed[0])
    role = request.role or by_style.get(allowed[0], "")
    if not role or (role in taken and not request.role):
        role = usual_role(first, taken)
    if (role in _UNPITCHED) is not first.is_kit:
        role = usual_role(first, taken)
    fitting = [k for k, p in enumerate(parts) if p.role == role and not p.requested]
    if fitting:
        k = fitting[0]
        # A choice that the style also knows is the more idiomatic one.
        known = [i for facts in style.parts if facts.role == role for i in facts.instruments]
        chosen = next((i for i in allowed if i in known), allowed[0])
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


def _complete_small(parts: list[PartPlan], style: Style, barred_roles: set[str]) -> list[PartPlan]:
    """A soloist or small group covers tune and harmony between them."""
    if "lead" in barred_roles:
        return parts  # "just kick, hats and an acid bass, no melody"
    pitched = [p for p in parts if p.role not in _UNPITCHED]
    if not pitched:
        return parts
    if not any(p.role == "lead" for p in pitched):
        best = max(pitched, key=lambda p: instrument(p.instrument).comfort_high)
        polyphonic = instrument(best.instrument).polyphonic
        k = parts.index(best)
        if polyphonic and not any(p.role in _HARMONIC for p in pitched if p is not best):
            parts = _two_hands(parts, k, style)
        elif best.role != "bass" or len(pitched) == 1:
            parts[k] = replace(best, role="lead", patterns=(), level_db=0.0, enters_at=0.0)
    elif len(pitched) == 1 and instrument(pitched[0].instrument).polyphonic:
        parts = _two_hands(parts, parts.index(pitched[0]), style)
    return [replace(p, enters_at=0.0 if p.role == "lead" else min(p.enters_at, 0.3)) for p in parts]


def _two_hands(parts: list[PartPlan], k: int, style: Style) -> list[PartPlan]:
    """Split a solo polyphonic instrument into a tune and its accompaniment."""
    solo = parts[k]
    known = [f for f in style.parts if f.role == "chords" and solo.instrument in f.instruments]
    plucked = "guitar" in solo.instrument or solo.instrument in ("banjo", "koto", "shamisen")
    usual = ("travis",) if plucked else ("ballad", "arpeggio_up", "broken_triplets")
    patterns = known[0].patterns if known else usual
    if len(solo.patterns) == 1 and solo.patterns[0] not in roles()["chords"].patterns:
        patterns = solo.patterns
    upper = replace(
        solo, id=f"{solo.id}_upper", role="lead", patterns=(), enters_at=0.0, level_db=0.0,
        staff_group=solo.id, pan=0.0,
    )  # fmt: skip
    lower = replace(
        solo, id=f"{solo.id}_lower", role="chords", patterns=patterns, enters_at=0.0,
        level_db=-3.0, staff_group=solo.id, pan=0.0,
    )  # fmt: skip
    return [*parts[:k], upper, lower, *parts[k + 1 :]]


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


def _ranged(
    parts: list[PartPlan], brief: Brief, use: Use, decisions: list[Decision]
) -> list[PartPlan]:
    """Give every pitched part the range that role, instrument and brief allow together."""
    low, high = _pitch_bounds(parts, brief, decisions)
    parts = _with_room(parts, low, high, decisions)
    ranged = []
    for part in parts:
        player = instrument(part.instrument)
        if player.is_kit:
            ranged.append(replace(part, low=35, high=81))
            continue
        bottom, top = _window(part, player, brief, use)
        bottom, top = _meet((bottom, top), (low, high), (player.low, player.high))
        ranged.append(replace(part, low=bottom, high=top))
    return ranged


def _window(part: PartPlan, player: Instrument, brief: Brief, use: Use) -> tuple[int, int]:
    window_low, window_high = roles()[part.role].window
    if part.staff_group and part.role == "chords":
        window_low, window_high = 31, 67  # a left hand is bass and harmony in one
    if (part.low, part.high) != (0, 127) and not brief.register:  # the style's own compass
        window_low, window_high = part.low, part.high
        part = replace(part, register="mid")
    shift = 0 if part.role == "bass" else {"low": -7, "high": 4}.get(part.register, 0)
    if part.role in ("lead", "counter") and brief.register:
        shift = _REGISTER_SHIFT[brief.register]
    if "high" in part.adjectives:
        shift += 12
    if "low" in part.adjectives or "deep" in part.adjectives:
        shift -= 12
    if part.role not in ("lead", "counter", "bass") and not use.lead:
        window_high = min(window_high, 67)  # the register of a voice stays free
    window = (window_low + shift, window_high + shift)
    comfort = (player.comfort_low, player.comfort_high)
    least = 17 if part.role in ("lead", "counter") else 12  # a tune needs an octave and a half
    return _meet(window, comfort, (player.low, player.high), least)


def _meet(
    wanted: tuple[int, int], inside: tuple[int, int], hard: tuple[int, int], least: int = 12
) -> tuple[int, int]:
    """``wanted`` cut to ``inside``, or the nearest ``least`` semitones if too little is left."""
    low, high = max(wanted[0], inside[0]), min(wanted[1], inside[1])
    if high - low < least:
        low, high = max(inside[0], hard[0]), min(inside[1], hard[1])
        if high - low > least:
            centre = (wanted[0] + wanted[1]) / 2
            low = round(min(max(centre - least / 2, low), high - least))
            high = low + least
    return max(low, hard[0]), min(high, hard[1])


def _pitch_bounds(
    parts: list[PartPlan], brief: Brief, decisions: list[Decision]
) -> tuple[int, int]:
    """Bounds for all pitched parts from the brief.

    Raises
    ------
    BriefError
        If an instrument that must sound cannot play inside the bounds.
    """
    low = 0 if brief.pitch_low is None else brief.pitch_low
    high = 127 if brief.pitch_high is None else brief.pitch_high
    pitched = [p for p in parts if p.role not in _UNPITCHED]
    asked = [p for p in pitched if p.requested]
    if brief.pitch_octaves is not None and brief.pitch_low is None and pitched:
        span = 12 * brief.pitch_octaves
        players = [instrument(p.instrument) for p in asked or pitched]

        def room(base: int) -> tuple[int, int, int]:
            overlaps = [min(i.high, base + span) - max(i.low, base) for i in players]
            return min(12, *overlaps), min(sum(overlaps), 12 * len(overlaps)), -abs(base - 48)

        low = max(range(24, 97), key=room)
        high = low + span
        decisions.append(
            Decision("range", f"{pitch_name(low)}–{pitch_name(high)}", "where all parts can play")
        )
    for part in asked:
        player = instrument(part.instrument)
        if _room(player, low, high) < _LEAST_ROOM:
            raise BriefError(
                f"{player.name} plays {pitch_name(player.low)} to {pitch_name(player.high)} and "
                f"has no room in {pitch_name(low)} to {pitch_name(high)}; widen the range or "
                "leave it out"
            )
    return low, high


def _room(player: Instrument, low: int, high: int) -> int:
    """Semitones of an instrument's range inside bounds."""
    return min(high, player.high) - max(low, player.low)


def _with_room(
    parts: list[PartPlan], low: int, high: int, decisions: list[Decision]
) -> list[PartPlan]:
    """Leave out parts that nobody asked for and that cannot play inside the bounds.

    Raises
    ------
    BriefError
        If no part is left.
    """
    kept = []
    for part in parts:
        player = instrument(part.instrument)
        if player.is_kit or part.requested or _room(player, low, high) >= _LEAST_ROOM:
            kept.append(part)
        else:
            decisions.append(
                Decision(
                    "instruments", f"no {player.name}", "it cannot play in the range asked for"
                )
            )
    if not any(p.role not in _UNPITCHED for p in kept):
        raise BriefError(
            f"no instrument of this style plays between {pitch_name(low)} and {pitch_name(high)}; "
            "widen the range or name an instrument that does"
        )
    return kept


def _adjusted(part: PartPlan, brief: Brief, use: Use) -> PartPlan:
    density = part.density + 0.5 * use.density_shift + 0.2 * brief.affect.density
    density += {"sparse": -0.3, "dense": 0.3}.get(brief.note_density, 0.0)
    if part.requested and set(part.adjectives) & {"sparse", "minimal"}:
        density = min(density, 0.2)
    return replace(part, density=round(min(1.0, max(0.05, density)), 3))


def assign_sections(
    sections: tuple[SectionPlan, ...], parts: tuple[PartPlan, ...], style: Style
) -> tuple[SectionPlan, ...]:
    """Decide which parts play in which section.

    A part plays where the section's energy has reached its own threshold. A requested part sounds
    in most of the piece, and no section is without harmony or a tune.
    """
    facts = {f.id: f for f in style.parts}
    energies = sorted(s.energy for s in sections)
    median = energies[len(energies) // 2]
    assigned = []
    for section in sections:
        playing = []
        for part in parts:
            fact = facts.get(part.id)
            if fact is not None and not part.requested:
                if section.function in fact.not_in or section.energy >= fact.leaves_at:
                    continue
                if fact.only_in and section.function not in fact.only_in:
                    continue
            threshold = min(part.enters_at, median) if part.requested else part.enters_at
            if section.energy + 1e-9 >= threshold:
                playing.append(part.id)
        assigned.append(replace(section, parts=_never_empty(playing, parts)))
    return _all_heard(tuple(assigned), parts)


def _never_empty(playing: list[str], parts: tuple[PartPlan, ...]) -> tuple[str, ...]:
    chosen = set(playing)
    sounding = [p for p in parts if p.id in chosen]
    if not any(p.role in _HARMONIC for p in sounding):
        spare = [p for p in parts if p.role in _HARMONIC] or [p for p in parts if p.role == "lead"]
        chosen |= {p.id for p in spare[:1]}
    if len(chosen) < 2 and len(parts) > 1:
        spare = sorted((p for p in parts if p.id not in chosen), key=lambda p: p.enters_at)
        chosen |= {p.id for p in spare[:1]}
    return tuple(p.id for p in parts if p.id in chosen)


def _all_heard(
    sections: tuple[SectionPlan, ...], parts: tuple[PartPlan, ...]
) -> tuple[SectionPlan, ...]:
    """Every part sounds somewhere; requested ones in at least a quarter of the bars."""
    result = list(sections)
    total = sum(s.bars for s in sections)
    for part in parts:
        share = 0.25 if part.requested else 0.0
        by_energy = sorted(range(len(result)), key=lambda i: (-result[i].energy, i))
        for i in by_energy:
            heard = sum(s.bars for s in result if part.id in s.parts)
            if heard > 0 and heard >= share * total:
                break
            if part.id not in result[i].parts:
                ids = {*result[i].parts, part.id}
                result[i] = replace(result[i], parts=tuple(p.id for p in parts if p.id in ids))
    return tuple(result)
