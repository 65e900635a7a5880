"""Curves drawn by hand over a finished piece: energy, density, register and tension by points."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from songwright.brief.curves import CURVES, parse_points
from songwright.composition.drawn import levels_of, tense
from songwright.composition.plan import DrawnCurve, Plan
from songwright.composition.shaping import shaped
from songwright.errors import BriefError, ProjectError
from songwright.session.refine import harmony
from songwright.session.refine.model import Edit, Scope
from songwright.session.refine.scope import Place, resolve
from songwright.session.refine.state import Piece, free, rewritten
from songwright.session.refine.writing import compose_again
from songwright.units import seconds_of_bar

if TYPE_CHECKING:
    from songwright.session.song import Song

_UNPITCHED = ("drums", "percussion")


def levels_drawn(plan: Plan, edit: Edit) -> tuple[float, ...]:
    """The level 0..1 of each bar of the piece that the points of an edit ask for.

    Raises
    ------
    ProjectError
        If they are no points, or one lies after the end.
    """
    try:
        points = parse_points(edit.value)
        if points is None:
            raise ProjectError(
                f"{edit.value!r} is no curve; write points of bar and level, such as "
                "“0:0.2 16:0.9 24:0.5”"
            )
        seconds = seconds_of_bar(plan.meter.bar_ticks, plan.tempo_bpm)
        return tuple(round(x, 4) for x in levels_of(points, plan.bars, seconds))
    except BriefError as error:
        raise ProjectError(str(error)) from error


def draw(piece: Piece, edit: Edit) -> Piece:
    """Follow a curve: ``kind`` is ``draw energy`` (or density, register, tension), ``value`` its
    points, such as ``"0:0.2 16:0.9 24:0.5"``.

    Energy and density: accompaniments are written again, calmer or busier bar by bar, tunes keep
    their notes but for what must go. Register: lines move by octaves, chords turn over. Tension:
    chords gain or lose colours. In a scope only its bars and parts change.
    """
    name = edit.kind.removeprefix("draw ")
    if name not in CURVES:
        raise ProjectError(f"there is no curve {name!r}; draw one of {', '.join(CURVES)}")
    levels = levels_drawn(piece.plan, edit)
    curves = tuple(c for c in piece.plan.curves if c.name != name)
    acting = replace(piece.plan, curves=(DrawnCurve(name, levels),))
    place = resolve(edit.scope, piece.plan)
    if name == "tension":
        after = _tense(piece, edit, acting, place)
    elif name == "register":
        after = piece
    else:
        after, acting = _written(piece, acting, place, name)
    if edit.scope != Scope():
        return _shaped(after, acting, place, edit.kind)
    # What was drawn before is obeyed still, and the report measures all of it.
    kept = tuple(sorted((*curves, *acting.curves), key=lambda c: c.name))
    after = _shaped(after, replace(acting, curves=kept), place, edit.kind)
    return replace(after, plan=replace(after.plan, curves=kept))


def _written(piece: Piece, acting: Plan, place: Place, name: str) -> tuple[Piece, Plan]:
    """Accompaniments written again under the curve; tunes stay for `_shaped`."""
    levels = acting.drawn(name)
    if name == "energy":
        bar = piece.bar_ticks
        inside = [any(a <= b * bar < c for a, c in place.spans) for b in range(piece.plan.bars)]
        energy = tuple(
            level if drawn else old
            for level, old, drawn in zip(levels, piece.plan.energy, inside, strict=True)
        )
        sections = []
        for section in piece.plan.sections:
            mean = sum(energy[section.start_bar : section.end_bar]) / section.bars
            cast = tuple(
                p.id
                for p in piece.plan.parts
                if p.id in section.parts
                or (mean > section.energy and p.id in place.parts and p.enters_at <= mean)
            )
            sections.append(replace(section, energy=round(mean, 4), parts=cast))
        acting = replace(acting, energy=energy, sections=tuple(sections))
    others = tuple(p for p in place.parts if piece.plan.part(p).role != "lead")
    where = free(piece, replace(place, parts=others), f"draw {name}") if others else {}
    if not where:
        return piece, acting
    lasting = None
    if name == "energy" and place.spans == ((0, piece.plan.bars * piece.bar_ticks),):
        lasting = replace(acting, curves=piece.plan.curves)
    return compose_again(piece, where, acting, plan=lasting), acting


def _tense(piece: Piece, edit: Edit, acting: Plan, place: Place) -> Piece:
    levels = acting.drawn("tension")
    track = tense(piece.plan, piece.score.chords, levels)
    return harmony.follow(piece, edit, track, place.spans, 0, tune=False)


def _shaped(piece: Piece, acting: Plan, place: Place, what: str) -> Piece:
    """What is left of the curve, done to the notes themselves."""
    plan = replace(piece.plan, curves=acting.curves, chords=piece.score.chords)
    where = free(piece, place, what)
    bar = piece.bar_ticks
    bars = [b for b in range(plan.bars) if any(a <= b * bar < c for a, c in place.spans)]
    notes = {p.id: p.notes for p in piece.score.parts}
    fresh = shaped(plan, notes, bars)
    changed = {p: s for p, s in where.items() if fresh[p] != notes[p]}
    acted = replace(acting, chords=piece.score.chords, sections=piece.plan.sections,
                    parts=piece.plan.parts)  # fmt: skip
    return rewritten(piece, changed, fresh, acting=acted)


def likeness(song: Song, edit: Edit) -> float | None:
    """Rank correlation of a curve that was drawn and what is heard of it, in the edit's bars.

    Measured in the MIDI file of the song as played; None where a curve is flat.
    """
    from songwright.evaluate.curves import heard_curves, rank_correlation  # noqa: PLC0415 (NumPy)
    from songwright.score.midi import read_midi, write_midi  # noqa: PLC0415 (only here)

    heard = heard_curves(read_midi(write_midi(song.score, song.perform())))
    levels = levels_drawn(song.plan, edit)
    place = resolve(edit.scope, song.plan)
    bar = song.plan.meter.bar_ticks
    bars = [b for b in range(song.plan.bars) if any(a <= b * bar < c for a, c in place.spans)]
    own = heard[edit.kind.removeprefix("draw ")]
    return rank_correlation([levels[b] for b in bars], own[bars])
