"""Upbeats before the phrases of a sampled theme: what leads into a first note."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

from songwright.composition.melody.cells import moved
from songwright.composition.melody.idioms import Spans
from songwright.composition.melody.theme import Setting
from songwright.score import Note

_LEAST = 240  # ticks that the note before an upbeat keeps


def with_upbeats(
    notes: Sequence[Note], upbeats: Mapping[int, Spans], setting: Setting, stream: Random
) -> list[Note]:
    """The notes with upbeats before some bar lines.

    ``upbeats`` are rhythms (negative ticks before the bar line) by the tick of the bar line. An
    upbeat of one note comes from the fifth of the key below or from the step below; a longer one
    climbs the scale. The same way is taken before every phrase. An upbeat needs a note on its bar
    line; what is not free before it is left out.
    """
    result = list(notes)
    leaps = stream.random() < 0.4
    for line in sorted(upbeats):
        goal = next((n for n in result if n.onset_ticks == line), None)
        if goal is None:
            continue
        before = [n for n in result if n.onset_ticks < line]
        free = -10_000 if not before else before[-1].onset_ticks + min(
            before[-1].duration_ticks, _LEAST)  # fmt: skip
        spans = [s for s in upbeats[line] if line + s[0] >= free]
        if not spans:
            continue
        pitches = _pitches(goal.pitch, len(spans), leaps, setting)
        if before and before[-1].end_ticks > line + spans[0][0]:
            kept = line + spans[0][0] - before[-1].onset_ticks
            result[len(before) - 1] = replace(before[-1], duration_ticks=kept)
        fresh = [Note(line + o, d, p, 74) for (o, d), p in zip(spans, pitches, strict=True)]
        result[len(before) : len(before)] = fresh
    return result


def _pitches(goal: int, count: int, leaps: bool, setting: Setting) -> list[int]:
    """Pitches that lead to a goal, inside the compass."""
    key = setting.key
    if count == 1 and leaps:
        fifth = next(p for p in range(goal - 1, goal - 13, -1) if (p - key.tonic_pc) % 12 == 7)
        if goal - fifth <= 7 and fifth >= setting.low:
            return [fifth]
    climb = [moved(goal, key, i - count) for i in range(count)]
    if climb[0] >= setting.low:
        return climb
    return [moved(goal, key, count - i) for i in range(count)]
