"""Edits of larger things: themes, endings, introductions, joins, players, styles."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from songwright.brief.vocabulary import vocabulary
from songwright.composition.ensemble import choose_parts
from songwright.composition.entries import assign_sections
from songwright.composition.plan import PartPlan, Plan, SectionPlan
from songwright.composition.roles import roles, usual_role
from songwright.composition.uses import use_of
from songwright.errors import ProjectError, StyleError
from songwright.perform.takes import perform_marked
from songwright.score import Note, Part, instrument, instruments
from songwright.seeds import rng
from songwright.session.refine.model import Edit, Scope, Take
from songwright.session.refine.pitches import _instrument_id, _within
from songwright.session.refine.scope import Place, Span, parts_of, resolve
from songwright.session.refine.splice import tidy
from songwright.session.refine.state import Piece, fitted, free, locked_spans, rewritten
from songwright.session.refine.writing import another_seed, compose_again, write_parts
from songwright.styles import style, style_ids

ENDINGS = ("final", "ring", "fade", "hard", "loop")


def theme(piece: Piece, edit: Edit, number: int) -> Piece:
    """A new theme for the letters in the scope, everywhere they occur, developed the same way.

    ``value`` "strong": of eight themes the one with the shortest returning pattern and one leap.
    A motif that was given to develop is given up.
    """
    piece = replace(piece, song=replace(piece.song, brief=replace(piece.brief, motif=())))
    plan = piece.plan
    letters = {
        s.letter for s in plan.sections
        if not edit.scope.sections or s.id in {x.id for x in _named(edit.scope, plan)}
    }  # fmt: skip
    bar = piece.bar_ticks
    spans = tuple(
        (s.start_bar * bar, s.end_bar * bar) for s in plan.sections if s.letter in letters
    )
    lead = [p.id for p in plan.parts if p.role == "lead"]
    if not lead:
        raise ProjectError("this piece has no tune; add a lead first")
    where = free(piece, Place(tuple(lead), spans), "theme")
    tries = 8 if edit.value == "strong" else 1
    best: tuple[float, Plan] | None = None
    for attempt in range(tries):
        acting = replace(plan, seed=another_seed(piece, number, "theme", attempt))
        if tries == 1:
            return compose_again(piece, where, acting)
        kept = {p.id: p.notes for p in piece.score.parts}
        notes, _, _ = write_parts(piece, acting, set(where), kept)
        value = _hook(notes[lead[0]], bar)
        if best is None or value > best[0]:
            best = value, acting
    assert best is not None
    return compose_again(piece, where, best[1])


def _named(scope: Scope, plan: Plan) -> tuple[SectionPlan, ...]:
    from songwright.session.refine.scope import sections_of  # noqa: PLC0415 (only here)

    return sections_of(scope, plan)


def _hook(notes: tuple[Note, ...], bar: int) -> float:
    """How much a tune holds on to few bars of rhythm and interval, with a leap among steps."""
    by_bar: dict[int, list[Note]] = {}
    for note in notes:
        by_bar.setdefault(note.onset_ticks // bar, []).append(note)
    shapes = [
        tuple((n.onset_ticks % bar, n.pitch - group[0].pitch) for n in group)
        for group in by_bar.values()
    ]
    if not shapes:
        return 0.0
    most = max(shapes.count(s) for s in shapes) / len(shapes)
    steps = [abs(a.pitch - b.pitch) for a, b in pairwise(notes)]
    leaps = sum(s >= 5 for s in steps) / max(1, len(steps))
    return most - abs(leaps - 0.12)


def more_returns(piece: Piece, edit: Edit, number: int) -> Piece:
    """The strongest bars of the tune come back at the start of each section that has others."""
    del edit, number
    plan, bar = piece.plan, piece.bar_ticks
    lead = next((p.id for p in plan.parts if p.role == "lead"), None)
    if lead is None:
        raise ProjectError("this piece has no tune")
    source = max(
        (s for s in plan.sections if lead in s.parts), key=lambda s: (s.energy, -s.start_bar)
    )
    span = min(4, source.bars)
    head = [n for n in piece.notes(lead)
            if source.start_bar <= n.onset_ticks // bar < source.start_bar + span]  # fmt: skip
    spans: list[Span] = []
    notes: list[Note] = []
    from songwright.session.refine.variation import chord_pcs, nearest  # noqa: PLC0415

    planned = plan.part(lead)
    for section in plan.sections:
        if section.letter == source.letter or section.bars < span or lead not in section.parts:
            continue
        shift = (section.start_bar - source.start_bar) * bar
        spans.append((section.start_bar * bar, (section.start_bar + span) * bar))
        for note in head:
            tick = note.onset_ticks + shift
            pcs = chord_pcs(piece, tick)
            strong = plan.meter.strength(tick % bar) >= 2
            pitch = note.pitch
            if strong and pcs:
                pitch = nearest(pitch, pcs, planned.low, planned.high)
            notes.append(replace(note, onset_ticks=tick, pitch=pitch))
    if not spans:
        raise ProjectError("the theme is in every section already")
    where = free(piece, Place((lead,), tuple(spans)), "theme")
    return rewritten(piece, where, {lead: tuple(notes)})


def ending(piece: Piece, edit: Edit, number: int) -> Piece:
    """Another ending: ``value`` is one of `ENDINGS`; the last two bars are written for it."""
    kind = edit.value or "final"
    if kind not in ENDINGS:
        raise ProjectError(f"{kind!r} is not an ending; choose from {', '.join(ENDINGS)}")
    plan, bar = piece.plan, piece.bar_ticks
    first = max(0, plan.bars - 2) * bar
    where = free(
        piece, Place(tuple(p.id for p in plan.parts), ((first, plan.bars * bar),)), "ending"
    )
    key = plan.sections[-1].key
    closes = kind in ("final", "ring", "hard")
    chords = piece.score.chords
    new_plan = replace(plan, ending=kind)
    if closes and (chords[-1].chord.root_pc != key.tonic_pc if chords else False):
        from songwright.score import ChordSpan  # noqa: PLC0415
        from songwright.theory import chord_from_roman  # noqa: PLC0415

        name = "i" if key.is_minor else "I"
        last = ChordSpan((plan.bars - 1) * bar, bar, chord_from_roman(name, key), name)
        chords = (*(c if c.end_ticks <= last.onset_ticks
                    else replace(c, duration_ticks=last.onset_ticks - c.onset_ticks)
                    for c in chords if c.onset_ticks < last.onset_ticks), last)  # fmt: skip
    acting = replace(new_plan, chords=chords)
    if kind == plan.ending:  # the same kind again: other notes
        acting = replace(acting, seed=another_seed(piece, number))
    kept = {p.id: p.notes for p in piece.score.parts}
    notes, _, _ = write_parts(piece, acting, set(where), kept)
    after = rewritten(piece, where, notes, plan=new_plan, acting=acting, chords=chords,
                      chord_spans=((first, plan.bars * bar),))  # fmt: skip
    performance = replace(after.take.performance, ending=kind)
    return replace(after, take=replace(after.take, performance=performance))


def intro(piece: Piece, edit: Edit, number: int) -> Piece:
    """The first section written again; a piece that begins with another one gets a new one."""
    first = piece.plan.sections[0]
    if first.function == "intro":
        scope = Scope((first.id,), edit.scope.parts)
        where = free(piece, resolve(scope, piece.plan), "intro")
        return compose_again(piece, where, replace(piece.plan, seed=another_seed(piece, number)))
    from songwright.session.refine.order import Block, rearranged  # noqa: PLC0415 (a circle)

    bars = min(4, first.bars)
    new = replace(first, function="intro", id="intro", letter="intro", bars=bars, phrases=(bars,),
                  occurrence=0, energy=max(0.1, first.energy - 0.2), stop=False)  # fmt: skip
    blocks = [Block(new, first.start_bar, bars),
              *(Block(s, s.start_bar, s.bars) for s in piece.plan.sections)]  # fmt: skip
    after = rearranged(piece, blocks, "intro")
    scope = Scope((after.plan.sections[0].id,))
    lead = {p.id for p in after.plan.parts if p.role == "lead"}
    place = resolve(scope, after.plan)
    where = free(after, place, "intro")
    acting = replace(after.plan, seed=another_seed(piece, number))
    cast = tuple(p for p in acting.sections[0].parts if p not in lead) or acting.sections[0].parts
    opened = replace(acting.sections[0], parts=cast)
    acting = replace(acting, sections=(opened, *acting.sections[1:]))
    return compose_again(after, where, acting)


def transition(piece: Piece, edit: Edit, number: int) -> Piece:
    """The last bar before each section of the scope, written again with a fill into it."""
    from songwright.session.refine.scope import sections_of  # noqa: PLC0415 (only here)

    bar = piece.bar_ticks
    targets = [s for s in sections_of(edit.scope, piece.plan) if s.start_bar > 0]
    if not targets:
        raise ProjectError("nothing leads into the first section; name a later one")
    spans = tuple(((s.start_bar - 1) * bar, s.start_bar * bar) for s in targets)
    parts = parts_of(Scope(parts=edit.scope.parts), piece.plan)
    if not edit.scope.parts:
        parts = tuple(p for p in parts if piece.plan.part(p).role != "lead")
    where = free(piece, Place(parts, spans), "transition")
    ids = {piece.plan.section_at(a // bar).id for a, _ in spans}
    sections = tuple(replace(s, fill=True) if s.id in ids else s for s in piece.plan.sections)
    acting = replace(piece.plan, sections=sections, seed=another_seed(piece, number))
    return compose_again(piece, where, acting)


def add(piece: Piece, edit: Edit, number: int) -> Piece:
    """One more part: ``value`` is an instrument or a role; it plays in the scope's sections."""
    plan = piece.plan
    word = edit.value.strip().lower()
    role, name = "", _instrument_id(word)
    known = vocabulary().phrases.get(word)
    if word in roles():
        role = word
        facts = [f for f in piece.style.parts if f.role == role]
        name = facts[0].instruments[0] if facts else _usual(role)
    elif known is not None:
        role = known.role or known.part
    if name not in instruments():
        raise ProjectError(f"{edit.value!r} is neither an instrument nor a role")
    player = instrument(name)
    by_style = next((f.role for f in piece.style.parts if name in f.instruments), "")
    taken = {p.role for p in plan.parts}
    role = role or by_style
    if not role or (role in ("lead", "bass", "drums") and role in taken):
        role = usual_role(player, taken)
    if player.is_kit != (role in ("drums", "percussion")):
        raise ProjectError(f"{player.name} cannot play a part of the role {role}")
    if role in ("lead", "bass") and role in taken:
        role = "counter" if role == "lead" else "riff"
    habits = roles()[role]
    names = {p.id for p in plan.parts}
    part_id = next(
        i for i in (role, name, *(f"{name}_{n}" for n in range(2, 99))) if i not in names
    )
    low, high = (35, 81) if player.is_kit else (
        max(habits.window[0], player.low), min(habits.window[1], player.high)
    )  # fmt: skip
    if high - low < 12:
        low, high = player.comfort_low, player.comfort_high
    fresh = PartPlan(
        part_id, player.name, role, name, habits.patterns, low, high, 0.5, 0.0, habits.level_db,
        habits.pan, habits.reverb, requested=True,
    )  # fmt: skip
    place = resolve(replace(edit.scope, parts=()), plan)
    bar = piece.bar_ticks
    sections = tuple(
        replace(s, parts=(*s.parts, part_id))
        if any(a < s.end_bar * bar and s.start_bar * bar < b for a, b in place.spans) else s
        for s in plan.sections
    )  # fmt: skip
    new_plan = replace(plan, parts=(*plan.parts, fresh), sections=sections)
    kept = {p.id: p.notes for p in piece.score.parts}
    acting = replace(new_plan, seed=another_seed(piece, number, part_id))
    notes, _, dynamics = write_parts(piece, acting, {part_id}, kept)
    where = {part_id: place.spans}
    empty = Part(part_id, player.name, role, name)
    score = replace(piece.score, parts=(*piece.score.parts, empty))
    played = Take(*perform_marked(score, fitted(new_plan, score), piece.style))
    silent = next(p for p in played.performance.parts if p.id == part_id)
    performance = replace(piece.take.performance, parts=(*piece.take.performance.parts, silent))
    take = Take(performance, {**piece.take.ticks, part_id: ()})
    grown = replace(piece, plan=new_plan, score=score, take=take)
    return rewritten(grown, where, notes, acting=acting, dynamics=dynamics)


def _usual(role: str) -> str:
    return {"pad": "pad_2_warm", "counter": "cello", "arp": "electric_piano_1",
            "stabs": "brass_section", "percussion": "standard_kit", "drums": "standard_kit",
            "bass": "electric_bass_finger", "riff": "electric_guitar_clean",
            "inner": "viola", "chords": "acoustic_grand_piano",
            "lead": "flute"}.get(role, "acoustic_grand_piano")  # fmt: skip


def restyle(piece: Piece, edit: Edit, number: int) -> Piece:
    """Another style under the same tune: its ensemble, patterns, feel, sound and manner.

    Form, key, chords and tempo stay; the tune keeps every note (in another octave where the new
    player needs it). Locked parts stay in the band as they are.
    """
    name = edit.value.strip().lower().replace(" ", "_").replace("-", "_")
    if name not in style_ids():
        word = vocabulary().phrases.get(edit.value.strip().lower())
        name = word.style if word is not None and word.style else name
    if name not in style_ids():
        raise StyleError(f"there is no style {edit.value!r}; `songwright styles` lists them")
    plan = piece.plan
    facts = style(name)
    brief = replace(piece.brief, style=name, instruments=(), avoid=())
    parts, _ = choose_parts(
        brief, facts, use_of(piece.brief.use, facts.family),
        rng(plan.seed, "refine", number, "ensemble"),
    )  # fmt: skip
    held = set(locked_spans(piece))
    old_lead = next((p for p in plan.parts if p.role == "lead"), None)
    fresh: list[PartPlan] = []
    for proposed in parts:
        part = proposed
        if part.role == "lead" and old_lead is not None:
            part = replace(part, id=old_lead.id) if old_lead.id not in held else old_lead
        elif any(p.id == part.id and p.id in held for p in plan.parts):
            continue
        fresh.append(part)
    ids = {p.id for p in fresh}
    stay = [p for p in plan.parts if p.id in held and p.id not in ids]
    if old_lead is not None and old_lead.id not in ids:
        stay = [old_lead, *(p for p in stay if p.id != old_lead.id)]
    chosen = (*stay, *fresh)
    sections = assign_sections(plan.sections, chosen, facts)
    new_plan = replace(
        plan, style=name, parts=chosen,
        sections=tuple(replace(s, late=(), stop=False) for s in sections),
        swing=facts.swing if plan.meter.denominator == 4 else 0.5,
        swing_unit_ticks=480 // (facts.swing_unit // 4) if facts.swing_unit >= 8 else 240,
    )  # fmt: skip
    fixed = held | ({old_lead.id} if old_lead is not None else set())
    kept = {p.id: p.notes for p in piece.score.parts if p.id in fixed}
    if old_lead is not None and old_lead.id not in held:
        player = instrument(new_plan.part(old_lead.id).instrument)
        kept[old_lead.id] = tidy(
            [replace(n, pitch=_within(n.pitch, player)) for n in kept[old_lead.id]]
        )
    acting = replace(new_plan, seed=another_seed(piece, number))
    notes, _, dynamics = write_parts(piece, acting, {p.id for p in chosen} - fixed, kept)
    score = replace(
        piece.score, dynamics=dynamics,
        themes=tuple(t for t in piece.score.themes if t.part_id in {p.id for p in chosen}),
        parts=tuple(
            Part(p.id, p.name, p.role, p.instrument, {**kept, **notes}.get(p.id, ()),
                 p.staff_group, p.sound)
            for p in chosen
        ),
    )  # fmt: skip
    new_plan = fitted(new_plan, score)
    from songwright.composition.check import check_score  # noqa: PLC0415 (only here)

    check_score(score, new_plan)
    take = Take(*perform_marked(score, new_plan, facts))
    return replace(piece, plan=new_plan, score=score, take=_with_held(piece, take, held))


def _with_held(piece: Piece, take: Take, held: set[str]) -> Take:
    """Locked parts keep their playing through a change of style."""
    old = {p.id: p for p in piece.take.performance.parts}
    parts = tuple(old[p.id] if p.id in held and p.id in old else p
                  for p in take.performance.parts)  # fmt: skip
    ticks = {p: (piece.take.ticks[p] if p in held and p in old else t)
             for p, t in take.ticks.items()}  # fmt: skip
    return Take(replace(take.performance, parts=parts), ticks)
