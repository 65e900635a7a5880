"""Composing again inside a scope, around everything that stays."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from songwright.composition.accompany import accompany
from songwright.composition.articulation import articulated
from songwright.composition.drums import drum_part
from songwright.composition.layering import joined_late
from songwright.composition.learned.tunes import sampled_tunes
from songwright.composition.melody import compose_melody
from songwright.composition.melody.doubling import doubled
from songwright.composition.part_turns import in_turn, themes_in_turn
from songwright.composition.plan import Plan, SectionPlan
from songwright.composition.stops import stopped
from songwright.composition.writing import _ORDER, _dynamics
from songwright.score import DynamicMark, Note, ThemeUse
from songwright.seeds import MAX_SEED, rng
from songwright.session.ranking import rank_tunes
from songwright.session.refine.model import Edit
from songwright.session.refine.scope import Place, resolve, sections_of
from songwright.session.refine.splice import Spans, inside
from songwright.session.refine.state import Piece, free, rewritten
from songwright.session.refine.variation import varied_line
from songwright.styles import style

Written = tuple[dict[str, tuple[Note, ...]], tuple[ThemeUse, ...], tuple[DynamicMark, ...]]


def another_seed(piece: Piece, number: int, *names: object) -> int:
    """A seed of its own for an edit, by the piece's seed and the edit's number in its history."""
    return rng(piece.plan.seed, "refine", number, *names).randrange(MAX_SEED)


def write_parts(
    piece: Piece, plan: Plan, parts: Collection[str], kept: Mapping[str, tuple[Note, ...]]
) -> Written:
    """Write some parts of a plan; they listen to ``kept`` for the notes of all others.

    The same makers as those of a new piece, in the same order: learned ones where the plan's maker
    says so.
    """
    facts = style(plan.style)
    written = {p.id: kept.get(p.id, ()) for p in plan.parts}
    themes: tuple[ThemeUse, ...] = ()
    for part in sorted(plan.parts, key=lambda p: _ORDER.index(p.role)):
        if part.id not in parts or not any(part.id in s.parts for s in plan.sections):
            continue
        if part.role == "lead":
            sampled = sampled_tunes(plan, part, piece.brief, rank_tunes).themes
            notes, themes = compose_melody(plan, part, piece.brief, facts, sampled)
        elif part.role in ("drums", "percussion"):
            notes = drum_part(part, plan)
        else:
            notes = accompany(part, plan, facts, written)
        played = joined_late(part.id, notes, plan.sections, plan.meter.bar_ticks)
        played = stopped(part.role, played, plan.sections, plan.meter)
        written[part.id] = in_turn(part, played, plan)
    result = {}
    for part in plan.parts:
        if part.id not in parts:
            continue
        notes = written[part.id]
        if part.role == "lead" and part.staff_group:
            hands = [p for p in plan.parts if p.staff_group == part.staff_group and p is not part]
            notes = doubled(notes, plan, part, [n for h in hands for n in written[h.id]])
        notes = articulated(part, notes)
        result[part.id] = tuple(sorted(notes, key=lambda n: (n.onset_ticks, n.pitch)))
    return result, themes_in_turn(themes, plan), _dynamics(plan, written)


def compose_again(
    piece: Piece, where: Spans, acting: Plan, plan: Plan | None = None, play: bool = True
) -> Piece:
    """New notes inside ``where`` by the plan ``acting``; ``plan`` is what stays of it."""
    kept = {p.id: p.notes for p in piece.score.parts}
    notes, themes, dynamics = write_parts(piece, acting, set(where), kept)
    lead = {p.id for p in acting.parts if p.role == "lead"} & set(where)
    return rewritten(
        piece, where, notes, plan=plan, acting=acting, dynamics=dynamics,
        themes=themes if lead else None, play=play,
    )  # fmt: skip


def chosen_place(piece: Piece, edit: Edit) -> Place:
    """The place of an edit, narrowed by the levels that name parts."""
    place = resolve(edit.scope, piece.plan)
    levels = set(edit.scope.levels)
    if levels and levels <= {"melody"}:
        leads = {p.id for p in piece.plan.parts if p.role == "lead"}
        place = replace(place, parts=tuple(p for p in place.parts if p in leads))
    elif levels and levels <= {"rhythm"} and not edit.scope.parts:
        beats = {p.id for p in piece.plan.parts if p.role in ("drums", "percussion")}
        place = replace(place, parts=tuple(p for p in place.parts if p in beats))
    elif levels and levels <= {"voicing"}:
        chordal = {p.id for p in piece.plan.parts if p.role in ("chords", "pad", "inner", "stabs")}
        place = replace(place, parts=tuple(p for p in place.parts if p in chordal))
    return place


def regenerate(piece: Piece, edit: Edit, number: int) -> Piece:
    """Write the scope again from another seed; chords, form and all else stay."""
    where = free(piece, chosen_place(piece, edit), "regenerate")
    acting = replace(piece.plan, seed=another_seed(piece, number))
    return compose_again(piece, where, acting)


def vary(piece: Piece, edit: Edit, number: int) -> Piece:
    """Change about the share ``amount`` (0..1) of the scope.

    Tunes are varied note by note (neighbours, passing notes, divided and joined notes, never the
    first note of a phrase below 0.7); accompaniments and drums take whole bars of another writing.
    """
    amount = max(0.0, min(1.0, edit.amount))
    where = free(piece, chosen_place(piece, edit), "vary")
    acting = replace(piece.plan, seed=another_seed(piece, number))
    bar = piece.bar_ticks
    lines = {p for p in where if piece.plan.part(p).role in ("lead", "counter")}
    narrowed: dict[str, tuple[tuple[int, int], ...]] = {}
    for part in set(where) - lines:
        stream = rng(piece.plan.seed, "refine", number, "vary", part)
        bars = [(b, b + bar) for a, end in where[part] for b in range(a, end, bar)]
        count = max(1, round(amount * len(bars))) if amount > 0 else 0
        narrowed[part] = tuple(sorted(stream.sample(bars, min(count, len(bars)))))
    narrowed = {p: s for p, s in narrowed.items() if s}
    if narrowed:
        piece = compose_again(piece, narrowed, acting)
    if lines and amount > 0:
        inner = {p: where[p] for p in lines}
        notes = {
            p: varied_line(
                piece, p, inner[p], amount, rng(piece.plan.seed, "refine", number, "line", p)
            )
            for p in inner
        }
        piece = rewritten(piece, inner, notes)
    return piece


def energised(plan: Plan, sections: Collection[str], by: float) -> Plan:
    """A plan with more or less energy in some sections, and the cast that goes with it.

    Parts join where the energy has reached them and leave where it has fallen below; requested
    parts and whoever carries tune and harmony stay.
    """
    energy = list(plan.energy)
    changed: list[SectionPlan] = []
    for section in plan.sections:
        if section.id not in sections:
            changed.append(section)
            continue
        level = max(0.05, min(1.0, section.energy + by))
        for bar in range(section.start_bar, min(section.end_bar, len(energy))):
            energy[bar] = max(0.02, min(1.0, energy[bar] + by))
        cast = set(section.parts)
        for part in plan.parts:
            if by > 0 and part.enters_at <= level:
                cast.add(part.id)
            elif by < 0 and part.enters_at > level and not part.requested:
                cast.discard(part.id)
        if not any(p.id in cast and p.role in ("chords", "pad", "arp", "lead", "inner")
                   for p in plan.parts):  # fmt: skip
            cast = set(section.parts)
        changed.append(replace(
            section, energy=round(level, 4), late=() if by > 0 else section.late,
            stop=section.stop and by > 0, parts=tuple(p.id for p in plan.parts if p.id in cast),
        ))  # fmt: skip
    return replace(plan, sections=tuple(changed), energy=tuple(energy))


def energy(piece: Piece, edit: Edit) -> Piece:
    """More or less energy (``amount`` -1..1): who plays, how busily and how loudly.

    The tune keeps its notes; it is only played louder or softer, and rests where it leaves.
    """
    plan = piece.plan
    place = resolve(edit.scope, plan)
    ids = {s.id for s in sections_of(edit.scope, plan)}
    lasting = energised(plan, ids, edit.amount)
    # Where the energy is at its limit already, the writing still grows busier or calmer.
    acting = replace(lasting, parts=tuple(
        replace(p, density=max(0.05, min(1.0, p.density + 0.6 * edit.amount)))
        for p in lasting.parts
    ))  # fmt: skip
    where = free(piece, place, "energy")
    lead = [p.id for p in plan.parts if p.role == "lead" and p.id in where]
    others = {p: s for p, s in where.items() if p not in lead}
    whole = not edit.scope.parts and not edit.scope.bars
    after = piece
    if others:
        after = compose_again(piece, others, acting, plan=lasting if whole else None)
    if lead:
        tune = {p: where[p] for p in lead}
        notes = {p: piece.notes(p) for p in lead}
        if edit.amount < 0:
            notes = {p: _cast(piece, p, acting) for p in lead}
        after = rewritten(after, tune, notes, acting=acting)
    return after


def _cast(piece: Piece, part: str, acting: Plan) -> tuple[Note, ...]:
    """The notes of the sections in which a part still plays."""
    bar = piece.bar_ticks
    spans = [(s.start_bar * bar, s.end_bar * bar) for s in acting.sections if part in s.parts]
    return tuple(n for n in piece.notes(part) if inside(n.onset_ticks, spans))


def curve(piece: Piece, edit: Edit) -> Piece:
    """Levels of energy by name: ``value`` is ``"intro 0.2, verse 0.4, chorus 0.8"``.

    A name that comes several times goes to the occurrences in order; the last stands for the rest.
    """
    wanted: dict[str, list[float]] = {}
    for entry in edit.value.split(","):
        name, _, level = entry.strip().rpartition(" ")
        try:
            wanted.setdefault(name.strip().lower(), []).append(float(level))
        except ValueError:
            continue
    seen: dict[str, int] = {}
    for section in piece.plan.sections:
        levels = wanted.get(section.id.lower()) or wanted.get(section.function.lower())
        if not levels:
            continue
        index = seen.get(section.function, 0)
        seen[section.function] = index + 1
        by = levels[min(index, len(levels) - 1)] - section.energy
        if abs(by) > 0.02:
            scope = replace(edit.scope, sections=(section.id,))
            piece = energy(piece, replace(edit, scope=scope, amount=by))
    return piece


def remove(piece: Piece, edit: Edit) -> Piece:
    """Take parts out of the scope; a part without any note left leaves the piece."""
    place = resolve(edit.scope, piece.plan)
    where = free(piece, place, f"lose {', '.join(edit.scope.parts)}")
    after = rewritten(piece, where, dict.fromkeys(where, ()))
    bar = piece.bar_ticks
    cleared = []
    for section in after.plan.sections:
        span = (section.start_bar * bar, section.end_bar * bar)
        out = {
            p for p, spans in where.items()
            if any(a <= span[0] and span[1] <= b for a, b in spans)
        }  # fmt: skip
        cast = tuple(p for p in section.parts if p not in out) or section.parts
        cleared.append(replace(section, parts=cast))
    empty = {p.id for p in after.score.parts if not p.notes and p.id in where}
    if len(empty) == len(after.plan.parts):
        from songwright.errors import ProjectError  # noqa: PLC0415 (only here)

        raise ProjectError("that would leave nobody to play")
    parts = tuple(p for p in after.plan.parts if p.id not in empty)
    sections = tuple(
        replace(s, parts=tuple(p for p in s.parts if p not in empty),
                late=tuple(p for p in s.late if p not in empty)) for s in cleared
    )  # fmt: skip
    return rewritten(after, {}, {}, plan=replace(after.plan, parts=parts, sections=sections))
