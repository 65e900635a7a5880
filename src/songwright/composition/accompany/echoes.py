"""Echoes: the end of a phrase of the tune comes back, softer, where the tune is silent."""

from __future__ import annotations

from collections.abc import Sequence

from songwright.composition.accompany.answers import bar_at, gaps, never_idle
from songwright.composition.accompany.lines import guide_line, nearest_scale_pitch
from songwright.composition.accompany.patterns import Pattern
from songwright.composition.accompany.register import place_any, scale_of
from songwright.composition.accompany.stage import Bar, Stage
from songwright.score import Note

_LEAST_NOTES = 2
"""One note is no echo: nobody would know of what."""

_MOST_NOTES = 4
_LOOKS_BACK = 2400
_LONGEST_RING = 960


def echo(stage: Stage, pattern: Pattern, bars: Sequence[Bar]) -> list[Note]:
    """Repeat the last notes before each gap of the tune, with their rhythm, over the new chord.

    Where the tune leaves little room for that, silent bars get long guide tones.
    """
    if not stage.tune.notes:
        return guide_line(stage, pattern, bars)
    notes: list[Note] = []
    for start, end in gaps(stage, bars, 480):
        notes += _repeated(stage, pattern, bars, start, end)
    return never_idle(stage, pattern, bars, notes)


def _repeated(
    stage: Stage, pattern: Pattern, bars: Sequence[Bar], start: int, end: int
) -> list[Note]:
    tail = _tail(stage.tune.between(max(0, start - _LOOKS_BACK), start), end - start)
    if len(tail) < _LEAST_NOTES:
        return []
    shift = start - tail[0].onset_ticks
    notes: list[Note] = []
    for k, sung in enumerate(tail):
        at = sung.onset_ticks + shift
        last = k == len(tail) - 1
        stop = min(end, at + _LONGEST_RING) if last else tail[k + 1].onset_ticks + shift
        length = min(stop - at, sung.duration_ticks + 240 * last)
        here = bar_at(bars, at)
        pitch = _pitch(stage, here, sung.pitch, at, last)
        level = max(30, sung.velocity - 18)
        notes.append(Note(at, max(30, round(length * pattern.gate)), pitch, level, "legato"))
    return notes


def _tail(before: Sequence[Note], room: int) -> list[Note]:
    """The last few notes whose rhythm, up to the onset of the last, leaves it an eighth to ring."""
    tail: list[Note] = []
    for note in reversed(before):
        if len(tail) == _MOST_NOTES or before[-1].onset_ticks - note.onset_ticks > room - 240:
            break
        tail.append(note)
    return tail[::-1]


def _pitch(stage: Stage, bar: Bar, sung: int, at: int, last: bool) -> int:
    """The sung pitch bent to the scale, in the player's octave, clear of a note still held."""
    low, high = stage.part.low, stage.part.high
    chord = bar.span_at(at).chord
    pitch = nearest_scale_pitch(sung, scale_of(chord, bar.key))
    over = stage.tune.at(at)
    if over is not None:
        pitch -= 12  # the tune still stands: its echo comes from below
    while pitch > high:
        pitch -= 12
    while pitch < low:
        pitch += 12
    pitch = min(pitch, high)
    if last or (over is not None and abs(over.pitch - pitch) < 3):
        near = sorted(chord.pcs, key=lambda pc: min((pc - pitch) % 12, (pitch - pc) % 12))
        if over is not None:
            near = [pc for pc in near if abs((pc - over.pitch + 6) % 12 - 6) not in (1, 2)] or near
        pitch = place_any(tuple(near), pitch, low, high)
    return pitch
