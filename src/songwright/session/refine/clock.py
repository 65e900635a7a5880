"""Edits of time: tempo, swing, and how far players stray from the beat.

Nothing is played anew when time is stretched: each played note keeps its place in its bar, so that
what a player did stays what a player did.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from songwright.composition.check import check_score
from songwright.composition.plan import Plan
from songwright.errors import ProjectError
from songwright.perform.takes import perform_marked, retimed
from songwright.score import Score, TempoChange, TimeMap
from songwright.session.refine.model import Edit, Take
from songwright.session.refine.scope import resolve
from songwright.session.refine.splice import spliced_take
from songwright.session.refine.state import Piece, fitted, free
from songwright.units import TICKS_PER_BEAT

_SLOWEST_BPM, _FASTEST_BPM = 20.0, 320.0


def tempo(piece: Piece, edit: Edit) -> Piece:
    """Another tempo; the notes stay as they are written.

    ``amount`` is the new tempo in bpm, or by ``value``: ``"factor"`` times the old one, ``"more"``
    bpm more than it (less if negative), ``"percent"`` more than it.

    Scoped to sections or bars it holds there only. Rubato and ritardandi keep their shape.
    """
    plan, score = piece.plan, piece.score
    place = resolve(replace(edit.scope, parts=()), plan)
    base = plan.tempo_bpm
    factor = _factor(edit, base)
    if not (factor > 0.0 and _SLOWEST_BPM <= base * factor <= _FASTEST_BPM):
        raise ProjectError(
            f"a tempo of {base * factor:.0f} bpm is outside {_SLOWEST_BPM:.0f}-{_FASTEST_BPM:.0f}"
        )
    times = TimeMap.of(score)
    edges = {e for span in place.spans for e in span if e < plan.bars * piece.bar_ticks}
    changes: list[TempoChange] = []
    for tick in sorted({t.tick for t in score.tempos} | edges):
        inner = any(a <= tick < b for a, b in place.spans)
        bpm = round(times.bpm(tick) * (factor if inner else 1.0), 6)
        if not changes or changes[-1].bpm != bpm:
            changes.append(TempoChange(tick, bpm))
    whole = place.spans == ((0, plan.bars * piece.bar_ticks),)
    new_plan = replace(
        plan, tempos=tuple(changes), tempo_bpm=round(base * factor, 6) if whole else base
    )
    return retaken(piece, new_plan, replace(score, tempos=tuple(changes)))


def _factor(edit: Edit, base_bpm: float) -> float:
    match edit.value:
        case "factor":
            return edit.amount
        case "more":
            return (base_bpm + edit.amount) / base_bpm
        case "percent":
            return 1.0 + edit.amount / 100.0
        case _:
            return edit.amount / base_bpm


def _same(tick: int) -> tuple[int, ...]:
    return (tick,)


def retaken(
    piece: Piece, plan: Plan, score: Score, moves: Callable[[int], tuple[int, ...]] = _same
) -> Piece:
    """The piece on another time map: nothing is played anew, each note keeps its place.

    ``moves`` are the new ticks of an old one; it must move whole bars.
    """
    take = Take(*retimed(
        piece.take.performance, piece.take.ticks, TimeMap.of(piece.score), TimeMap.of(score),
        moves, plan.bars * plan.meter.bar_ticks, plan.ending,
    ))  # fmt: skip
    plan = fitted(replace(plan, chords=score.chords), score)
    check_score(score, plan)
    return replace(piece, plan=plan, score=score, take=take)


def swing(piece: Piece, edit: Edit) -> Piece:
    """Swing of the scope: ``amount`` is the share of a pair that its first note takes."""
    if not 0.5 <= edit.amount <= 0.75:
        raise ProjectError("swing is the share of the first of two notes: 0.5 straight … 0.75")
    plan = replace(
        piece.plan, swing=edit.amount,
        swing_unit_ticks=piece.plan.swing_unit_ticks or TICKS_PER_BEAT // 2,
    )  # fmt: skip
    place = resolve(edit.scope, piece.plan)
    where = free(piece, place, "swing")
    fresh = Take(*perform_marked(piece.score, plan, piece.style, set(where)))
    take = spliced_take(piece.take, fresh, where, TimeMap.of(piece.score))
    everything = not (edit.scope.parts or edit.scope.sections or edit.scope.bars)
    return replace(piece, plan=plan if everything else piece.plan, take=take)


def humanise(piece: Piece, edit: Edit, number: int) -> Piece:
    """Play the scope again: ``amount`` scales how far players stray (1 the style's own).

    ``value`` ``"again"`` draws other chances.
    """
    facts = piece.style.performance
    scale = max(0.0, edit.amount)
    style = replace(
        piece.style,
        performance=replace(
            facts, timing_ms=max(facts.timing_ms, 4.0 if scale else 0.0) * scale,
            velocity_spread=max(facts.velocity_spread, 3.0 if scale else 0.0) * scale,
        ),
    )  # fmt: skip
    plan = piece.plan
    if edit.value == "again":
        plan = replace(plan, seed=(plan.seed + 7919 * (number + 1)) % 2**63)
    where = free(piece, resolve(edit.scope, piece.plan), "humanise")
    fresh = Take(*perform_marked(piece.score, plan, style, set(where)))
    return replace(piece, take=spliced_take(piece.take, fresh, where, TimeMap.of(piece.score)))
