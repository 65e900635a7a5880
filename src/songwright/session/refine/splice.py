"""The old piece outside, the new one inside: nothing beyond a scope may change by a byte.

A note belongs to the bar in which it is written to begin. What begins outside stays as it was,
with its tie into the scope; what begins inside gives way where both would use one key at once.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from songwright.perform.model import ControlPoint, PlayedNote, PlayedPart
from songwright.perform.sounding import DIGITS, SAME_KEY_GAP_SECONDS, SHORTEST_SECONDS
from songwright.score import (
    ChordSpan,
    DynamicMark,
    Note,
    ThemeUse,
    TimeMap,
    instrument,
)
from songwright.session.refine.model import Take
from songwright.session.refine.scope import Span

_SHORTEST_TICKS = 60
_ONE_VOICE = ("lead", "counter", "bass")
_SUSTAIN = 64

Spans = dict[str, tuple[Span, ...]]
"""For each part that may change, where it may."""


def inside(tick: int, spans: Sequence[Span]) -> bool:
    """Whether a tick lies in one of the spans."""
    return any(a <= tick < b for a, b in spans)


def spliced_notes(
    old: Sequence[Note], new: Sequence[Note], spans: Sequence[Span], role: str, player: str
) -> tuple[Note, ...]:
    """Notes of a part: ``old`` outside the spans, ``new`` inside.

    New notes end by the end of their span when an old one follows there, and wait for or give way
    to an old one that rings into the span.
    """
    outer = [n for n in old if not inside(n.onset_ticks, spans)]
    inner: list[Note] = []
    alone = role in _ONE_VOICE or not instrument(player).polyphonic
    for note in new:
        span = next((s for s in spans if s[0] <= note.onset_ticks < s[1]), None)
        if span is None:
            continue
        start, end = note.onset_ticks, note.end_ticks
        for other in outer:
            if other.pitch != note.pitch and not alone:
                continue
            if other.onset_ticks < start < other.end_ticks:
                start = other.end_ticks
            elif start <= other.onset_ticks < end:
                end = other.onset_ticks
        if end > span[1] and any(n.onset_ticks >= span[1] for n in outer):
            end = span[1]
        if end - start >= min(_SHORTEST_TICKS, note.duration_ticks) and start < span[1]:
            inner.append(replace(note, onset_ticks=start, duration_ticks=end - start))
    return tidy((*outer, *inner), frozenset(id(n) for n in outer))


def tidy(notes: Sequence[Note], fixed: frozenset[int] = frozenset()) -> tuple[Note, ...]:
    """Notes in order, no key struck while it sounds; notes in ``fixed`` are never touched."""
    ordered = sorted(notes, key=lambda n: (n.onset_ticks, n.pitch, id(n) not in fixed))
    result: list[Note] = []
    last: dict[int, int] = {}
    for note in ordered:
        index = last.get(note.pitch)
        if index is not None and result[index].end_ticks > note.onset_ticks:
            before = result[index]
            if before.onset_ticks == note.onset_ticks and id(note) not in fixed:
                continue
            if id(before) not in fixed and before.onset_ticks < note.onset_ticks:
                room = note.onset_ticks - before.onset_ticks
                result[index] = replace(before, duration_ticks=room)
            elif id(note) not in fixed:
                continue
        last[note.pitch] = len(result)
        result.append(note)
    return tuple(result)


def spliced_spans(
    old: Sequence[ChordSpan], new: Sequence[ChordSpan], spans: Sequence[Span], end: int
) -> tuple[ChordSpan, ...]:
    """Chords: ``old`` outside the spans of ticks, ``new`` inside; cut at the seams."""
    pieces: list[ChordSpan] = []
    edges = sorted({0, end, *(edge for span in spans for edge in span)})
    for a, b in pairwise(edges):
        source = new if inside(a, spans) else old
        for chord in source:
            start, stop = max(a, chord.onset_ticks), min(b, chord.end_ticks)
            if start < stop:
                pieces.append(replace(chord, onset_ticks=start, duration_ticks=stop - start))
    result: list[ChordSpan] = []
    whole = {(c.onset_ticks, c.duration_ticks) for c in (*old, *new)}
    for chord in pieces:
        before = result[-1] if result else None
        if (
            before is not None
            and before.chord == chord.chord
            and ((before.onset_ticks, before.duration_ticks + chord.duration_ticks) in whole)
        ):
            length = before.duration_ticks + chord.duration_ticks
            result[-1] = replace(before, duration_ticks=length)
        else:
            result.append(chord)
    return tuple(result)


def spliced_marks(
    old: Sequence[DynamicMark], new: Sequence[DynamicMark], where: Spans
) -> tuple[DynamicMark, ...]:
    """Written dynamics: the old ones outside, the new ones inside."""
    kept = [m for m in old if not inside(m.tick, where.get(m.part_id, ()))]
    fresh = [m for m in new if inside(m.tick, where.get(m.part_id, ()))]
    return tuple(sorted((*kept, *fresh), key=lambda m: (m.part_id, m.tick)))


def spliced_themes(
    old: Sequence[ThemeUse], new: Sequence[ThemeUse], where: Spans
) -> tuple[ThemeUse, ...]:
    """Theme statements: the old ones that begin outside, the new ones that begin inside."""
    kept = [t for t in old if not inside(t.onset_ticks, where.get(t.part_id, ()))]
    fresh = [t for t in new if inside(t.onset_ticks, where.get(t.part_id, ()))]
    return tuple(sorted((*kept, *fresh), key=lambda t: (t.onset_ticks, t.part_id)))


def spliced_take(
    old: Take, new: Take, where: Spans, times: TimeMap, order: Sequence[str] | None = None
) -> Take:
    """Playing: the old notes outside, the new ones inside; parts not in ``where`` are the old.

    Parameters
    ----------
    old, new
        Takes of one time map; ``new`` needs only the parts that may change.
    where
        For each part that may change, the spans of ticks in which it may.
    times
        Their time map.
    order
        Ids of the parts of the result; those of ``old`` when None.
    """
    before = {part.id: part for part in old.performance.parts}
    after = {part.id: part for part in new.performance.parts}
    parts: list[PlayedPart] = []
    ticks: dict[str, tuple[int, ...]] = {}
    for name in order if order is not None else before:
        spans = where.get(name, ())
        was, part = before.get(name), after.get(name)
        if was is None or part is None or not spans:
            chosen, source = (part, new) if was is None else (was, old)
            assert chosen is not None
            parts.append(chosen)
            ticks[name] = source.ticks[name]
            continue
        pairs = _played(was, old.ticks[name], part, new.ticks[name], spans)
        ticks[name] = tuple(tick for _, tick in pairs)
        controls = _controls(was.controls, part.controls, spans, times)
        parts.append(replace(part, notes=tuple(n for n, _ in pairs), controls=controls))
    performance = replace(new.performance, parts=tuple(parts))
    return Take(performance, ticks)


def _played(
    was: PlayedPart, was_ticks: Sequence[int], part: PlayedPart, part_ticks: Sequence[int],
    spans: Sequence[Span],
) -> list[tuple[PlayedNote, int]]:  # fmt: skip
    outer = [(n, t) for n, t in zip(was.notes, was_ticks, strict=True) if not inside(t, spans)]
    by_pitch: dict[int, list[tuple[float, float]]] = {}
    for note, _ in outer:
        span = (note.onset_seconds, note.onset_seconds + note.duration_seconds)
        by_pitch.setdefault(note.pitch, []).append(span)
    fresh: list[tuple[PlayedNote, int]] = []
    for note, tick in zip(part.notes, part_ticks, strict=True):
        if not inside(tick, spans):
            continue
        start, end = note.onset_seconds, note.onset_seconds + note.duration_seconds
        for on, off in by_pitch.get(note.pitch, ()):
            if on <= start < off + SAME_KEY_GAP_SECONDS:
                start = off + SAME_KEY_GAP_SECONDS
            elif start < on < end + SAME_KEY_GAP_SECONDS:
                end = on - SAME_KEY_GAP_SECONDS
        start, length = round(start, DIGITS), round(end - start, DIGITS)
        if length >= min(SHORTEST_SECONDS, note.duration_seconds):
            fresh.append((replace(note, onset_seconds=start, duration_seconds=length), tick))
    return sorted((*outer, *fresh), key=lambda pair: (pair[0].onset_seconds, pair[0].pitch))


def _controls(
    was: Sequence[ControlPoint], now: Sequence[ControlPoint], spans: Sequence[Span], times: TimeMap
) -> tuple[ControlPoint, ...]:
    """Controller curves, with the value of each curve restated on both sides of a seam."""
    seams = [(times.seconds(a), times.seconds(b)) for a, b in spans]
    result = [p for p in was if not any(a <= p.seconds < b for a, b in seams)]
    taken = {(p.seconds, p.controller) for p in result}
    for a, b in seams:
        last = round(b - 10.0**-DIGITS, DIGITS)
        for controller in sorted({p.controller for p in (*was, *now)}):
            fresh = [p for p in now if p.controller == controller and a <= p.seconds < last]
            first = value_at(now, controller, a)
            if first is not None and not (fresh and fresh[0].seconds == a):
                at = math.ceil(a * 10.0**DIGITS) / 10.0**DIGITS  # never before the seam
                fresh.insert(0, ControlPoint(round(at, DIGITS), controller, first))
            back = value_at(was, controller, last)
            if back is not None and any(n >= b for n in _times(was, controller)):
                fresh.append(ControlPoint(last, controller, back))
            result += [p for p in fresh if (p.seconds, p.controller) not in taken]
    return tuple(sorted(result, key=lambda p: (p.seconds, p.controller)))


def _times(points: Sequence[ControlPoint], controller: int) -> list[float]:
    return [p.seconds for p in points if p.controller == controller]


def value_at(points: Sequence[ControlPoint], controller: int, seconds: float) -> int | None:
    """Value of a controller curve at a time; None before its first point and without one."""
    own = [p for p in points if p.controller == controller]
    at = bisect_right([p.seconds for p in own], seconds)
    if at == 0:
        return None
    before = own[at - 1]
    if at == len(own) or controller == _SUSTAIN:  # the pedal is up or down, never between
        return before.value
    after = own[at]
    share = (seconds - before.seconds) / max(1e-9, after.seconds - before.seconds)
    return round(before.value + share * (after.value - before.value))
