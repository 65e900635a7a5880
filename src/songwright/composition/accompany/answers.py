"""Answers: figures of their own that speak when the tune is silent."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from random import Random

from songwright.composition.accompany.lines import guide_line, nearest_scale_pitch
from songwright.composition.accompany.patterns import Pattern
from songwright.composition.accompany.register import home, place_any, scale_of, up_scale, velocity
from songwright.composition.accompany.rhythm import triplet_pulse
from songwright.composition.accompany.stage import Bar, Stage
from songwright.score import Note

_BREATH = 240
_ROOM_TO_BREATHE = 960
"""In a gap of two beats or more the answer waits for an eighth; shorter ones it fills."""

_HOLD = 720
"""A long note of the tune is answered once it has stood for a beat and a half."""
_CELLS = ((1, 1, 2), (1, 1, 1, 1, 2), (1, 1, 2, 2), (1, 1, 1, 3), (1, 2, 1, 2))
"""Rhythms of an answer, in halves of a beat (thirds in compound metres)."""
_SHAPES = ((0, 1, 2, 1, 0), (2, 1, 0, 1, 0), (0, 2, 1, 0, -1), (0, -1, 0, 2, 1), (4, 3, 2, 1, 0))


def answer(stage: Stage, pattern: Pattern, bars: Sequence[Bar]) -> list[Note]:
    """Reply in the gaps of the tune with a figure that belongs to the section letter.

    Without a tune the answer comes in the second half of every four bars.
    """
    low, high = home(stage, pattern)
    idea = stage.idea(bars[0], "answer")
    cell, shape = idea.choice(_CELLS), idea.choice(_SHAPES)
    least = 480 if stage.density >= 0.25 else 960
    notes: list[Note] = []
    for start, end in gaps(stage, bars, least):
        notes += _reply(stage, pattern, bars, start, end, cell, shape, (low, high))
    return never_idle(stage, pattern, bars, notes)


def never_idle(
    stage: Stage, pattern: Pattern, bars: Sequence[Bar], notes: list[Note]
) -> list[Note]:
    """Where a phrase leaves little to answer in, its silent bars get long guide tones."""
    length = stage.meter.bar_ticks
    sounding = {
        at // length for n in notes for at in range(n.onset_ticks, n.end_ticks, min(480, length))
    }
    for _, group in groupby(bars, key=lambda bar: bar.phrase):
        phrase = list(group)
        silent = [bar for bar in phrase if bar.index not in sounding]
        if 2 * len(silent) > len(phrase):
            notes = [*notes, *guide_line(stage, pattern, silent)]
    return sorted(notes, key=lambda n: (n.onset_ticks, n.pitch))


def gaps(stage: Stage, bars: Sequence[Bar], least: int) -> list[tuple[int, int]]:
    """Where the tune of some bars rests or stands for at least ``least`` ticks.

    A long silence is not filled throughout: a bar of answer, then a bar of space. Without a tune
    every second bar is a gap.
    """
    first, last = bars[0].start, bars[-1].end
    if not stage.tune.notes:
        return [(b.start, b.end) for b in bars if b.phrase_place % 4 in (1, 3)]
    found = []
    held = [
        (n.onset_ticks + _HOLD, min(n.end_ticks, last))
        for n in stage.tune.between(first, last)
        if n.duration_ticks >= _HOLD + least
    ]
    for silence, end in sorted([*stage.tune.gaps(first, last, least), *held]):
        breathes = silence != first and end - silence >= _ROOM_TO_BREATHE
        start = -(-(silence + _BREATH * breathes) // 240) * 240
        while end - start >= 480:
            stop = min(end, start + stage.meter.bar_ticks)
            found.append((start, stop))
            start = stop + stage.meter.bar_ticks
    return found


def _reply(
    stage: Stage, pattern: Pattern, bars: Sequence[Bar], start: int, end: int,
    cell: tuple[int, ...], shape: tuple[int, ...], register: tuple[int, int],
) -> list[Note]:  # fmt: skip
    low, high = register
    unit = stage.meter.unit_ticks if triplet_pulse(stage.meter) else 240
    bar = bar_at(bars, start)
    rng = stage.chance(bar, "answer")
    heard = stage.tune.sounding(max(0, start - 960), start)
    around = heard[-1].pitch - 3 if heard else (low + high) / 2
    around = min(max(around, low + 4), high - 4)
    anchor = place_any(bar.span_at(start).chord.pcs, around, low, high)
    wish = _fitted(cell, (end - start) // unit, rng)
    shape = _developed(shape, bar)
    notes: list[Note] = []
    at = start
    for k, units in enumerate(wish):
        here = bar_at(bars, at)
        span = here.span_at(at)
        scale = scale_of(span.chord, here.key)
        base = nearest_scale_pitch(anchor, scale)
        pitch = up_scale(base, shape[k % len(shape)], scale)
        final = k == len(wish) - 1
        if final or here.start == at:
            pitch = place_any(_by_nearness(span.chord.pcs, pitch), pitch, low, high)
        length = min(units * unit, end - at)
        if not low <= pitch <= high:
            pitch = place_any((pitch % 12, *span.chord.pcs), around, low, high)
        level = velocity(stage, here, stage.meter.strength(at - here.start)) - 3
        notes.append(
            Note(at, max(30, round(length * pattern.gate)), pitch, level, pattern.articulation)
        )
        at += length
    return notes


def _developed(shape: tuple[int, ...], bar: Bar) -> tuple[int, ...]:
    """The figure, its sequel a step higher, and its inversion, in turn along a section."""
    turn = bar.place // 2 % 4
    if turn == 1:
        return (*shape[:2], *(step + 1 for step in shape[2:]))
    return tuple(-step for step in shape) if turn == 3 else shape


def _fitted(cell: tuple[int, ...], room: int, rng: Random) -> list[int]:
    """As much of the cell as there is room for; the last note may ring a little longer."""
    wish: list[int] = []
    for units in cell:
        if sum(wish) + units > room:
            break
        wish.append(units)
    if not wish:
        return [max(1, room)]
    if len(wish) == 1 and room >= 2:  # one note says nothing
        return [1, min(3, room - 1)]
    spare = room - sum(wish)
    if spare > 0:
        wish[-1] += min(spare, rng.choice((1, 2, 2)))
    return wish


def _by_nearness(pcs: tuple[int, ...], pitch: int) -> tuple[int, ...]:
    return tuple(sorted(pcs, key=lambda pc: min((pc - pitch) % 12, (pitch - pc) % 12)))


def bar_at(bars: Sequence[Bar], tick: int) -> Bar:
    length = bars[0].end - bars[0].start
    k = (tick - bars[0].start) // length
    return bars[min(max(k, 0), len(bars) - 1)]
