"""Links: the bass runs along the scale into the next phrase while the tune stands still.

After a half or full close the tune rests or holds its last note; strings do not leave that hole
open. The run ends a step away from the bass of the coming bar, so that phrases grow together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from songwright.composition.accompany.register import place, scale_of, up_scale, velocity
from songwright.composition.accompany.stage import Bar, Stage
from songwright.score import Note

_OFTEN = 0.6
_UNIT = 240
_FEWEST, _MOST = 3, 7
"""Notes of a run; seven make the way through the octave."""


def linked(
    stage: Stage, bars: Sequence[Bar], notes: Sequence[Note], register: tuple[int, int]
) -> list[Note]:
    """``notes`` of a bass with runs at the ends of phrases where the tune leaves room.

    ``register`` bounds where the coming bass note is sought, in MIDI pitches.
    """
    result = list(notes)
    for bar in bars:
        if not bar.phrase_ends or bar.last or stage.chance(bar, "link").random() >= _OFTEN:
            continue
        start = _free_from(stage, bar)
        run = _run(stage, bar, start, result, register)
        if not run:
            continue
        start = run[0].onset_ticks
        kept = [n for n in result if not start <= n.onset_ticks < bar.end]
        kept = [
            replace(n, duration_ticks=start - n.onset_ticks)
            if n.onset_ticks < start < n.end_ticks else n
            for n in kept
        ]  # fmt: skip
        result = sorted([*kept, *run], key=lambda n: n.onset_ticks)
    return result


def _free_from(stage: Stage, bar: Bar) -> int:
    """The eighth after the last move of the tune in a bar; an upbeat leaves no room."""
    moves = stage.tune.between(bar.start, bar.end)
    last = moves[-1].onset_ticks if moves else bar.start
    return bar.start + -(-(last + 1 - bar.start) // _UNIT) * _UNIT


def _run(
    stage: Stage, bar: Bar, start: int, notes: Sequence[Note], register: tuple[int, int]
) -> list[Note]:
    """Eighths along the scale up to the bar line, from ``start`` on; none where room is scarce."""
    count = min((bar.end - start) // _UNIT, _MOST)
    before = [n for n in notes if n.onset_ticks < bar.end - count * _UNIT]
    if count < _FEWEST or not before or before[-1].end_ticks <= bar.start:
        return []
    low, high = register
    goal = place(bar.following.bass_pc, (low + high) / 2, low, high)
    if goal is None:
        return []
    span = bar.spans[-1]
    scale = scale_of(span.chord, bar.key)
    # Up from below or down from above: whichever begins nearer to where the bass is.
    ways = [[up_scale(goal, way * k, scale) for k in range(count, 0, -1)] for way in (-1, 1)]
    inside = [w for w in ways if all(stage.part.low <= p <= stage.part.high for p in w)]
    if not inside:
        return []
    here = before[-1].pitch
    pitches = min(inside, key=lambda w: (w[0] == here, abs(w[0] - here)))
    first = bar.end - count * _UNIT
    level = velocity(stage, bar, 1) - 4
    return [
        Note(first + k * _UNIT, _UNIT, pitch, level + k, "legato")
        for k, pitch in enumerate(pitches)
    ]
