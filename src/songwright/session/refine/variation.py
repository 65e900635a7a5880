"""Small changes to a line that leave it recognisable."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from songwright.composition.plan import Plan
from songwright.score import ChordSpan, Note
from songwright.session.refine.scope import Span
from songwright.session.refine.splice import inside, tidy
from songwright.session.refine.state import Piece

_HEADS_STAY = 0.7
_EIGHTH = 240


def chord_at(piece: Piece, tick: int) -> ChordSpan | None:
    """The chord that holds at a tick; None before the first."""
    starts = [c.onset_ticks for c in piece.score.chords]
    index = bisect_right(starts, tick) - 1
    return piece.score.chords[index] if index >= 0 else None


def chord_pcs(piece: Piece, tick: int) -> tuple[int, ...]:
    """Pitch classes of the chord that holds at a tick; empty where there is none."""
    span = chord_at(piece, tick)
    return span.chord.pcs if span is not None else ()


def scale_at(plan: Plan, tick: int) -> tuple[int, ...]:
    """Scale of the section that holds a tick."""
    return plan.section_at(tick // plan.meter.bar_ticks).key.diatonic_pcs


def nearest(pitch: int, pcs: Sequence[int], low: int, high: int, not_same: bool = False) -> int:
    """The nearest pitch of some classes within bounds; the pitch itself when there is none."""
    options = [p for p in range(low, high + 1) if p % 12 in pcs and not (not_same and p == pitch)]
    return min(options, key=lambda p: (abs(p - pitch), p), default=pitch)


def varied_line(
    piece: Piece, part: str, spans: Sequence[Span], amount: float, stream: Random
) -> tuple[Note, ...]:
    """About the share ``amount`` of a line's notes changed in pitch or rhythm.

    Strong notes move within the chord, weak ones within the scale; long notes may be divided by a
    neighbour, short ones joined with the one before.
    """
    plan, planned = piece.plan, piece.plan.part(part)
    meter, bar = plan.meter, piece.bar_ticks
    notes = list(piece.notes(part))
    heads = {s.start_bar * bar for s in plan.sections}
    result: list[Note] = []
    for i, note in enumerate(notes):
        gap = note.onset_ticks - notes[i - 1].end_ticks if i else bar
        is_head = note.onset_ticks in heads or gap >= 2 * _EIGHTH
        if (
            not inside(note.onset_ticks, spans)
            or stream.random() >= amount
            or (is_head and amount < _HEADS_STAY)
        ):
            result.append(note)
            continue
        chord = chord_pcs(piece, note.onset_ticks)
        scale = scale_at(plan, note.onset_ticks)
        strong = meter.strength(note.onset_ticks % bar) >= 2
        low, high = max(planned.low, note.pitch - 5), min(planned.high, note.pitch + 5)
        choice = stream.random()
        if choice < 0.3 and note.duration_ticks >= 2 * _EIGHTH:
            half = note.duration_ticks // 2 // 120 * 120
            step = nearest(note.pitch + stream.choice((-2, 2)), scale, low, high, not_same=True)
            result += [
                replace(note, duration_ticks=half),
                replace(note, onset_ticks=note.onset_ticks + half, pitch=step,
                        duration_ticks=note.duration_ticks - half),
            ]  # fmt: skip
        elif (
            choice < 0.5
            and result
            and not strong
            and note.duration_ticks <= _EIGHTH
            and (
                result[-1].onset_ticks // bar == note.onset_ticks // bar
                and inside(result[-1].onset_ticks, spans)
            )
        ):
            before = result[-1]
            result[-1] = replace(before, duration_ticks=note.end_ticks - before.onset_ticks)
        else:
            pcs = chord if strong and chord else scale
            aim = note.pitch + stream.choice((-4, -3, -2, 2, 3, 4))
            result.append(replace(note, pitch=nearest(aim, pcs, low, high, not_same=True)))
    return tidy(result)
