"""The last bar of the piece: held, cut short, or leading back."""

from __future__ import annotations

from dataclasses import replace

from songwright.composition.accompany.bass import BassLine
from songwright.composition.accompany.comping import Comper
from songwright.composition.accompany.left_hand import in_one_hand
from songwright.composition.accompany.patterns import Pattern
from songwright.composition.accompany.register import home, place_any, velocity
from songwright.composition.accompany.rhythm import Hit
from songwright.composition.accompany.stage import Bar, Span, Stage
from songwright.score import Note

HELD = ("final", "ring")
SHORT = ("hard",)
_SHORT_TICKS = 240
_LINES = ("riff", "arp", "counter", "inner")


def last_bar(stage: Stage, pattern: Pattern, bar: Bar) -> list[Note]:
    """Notes of the last bar for the endings ``final``, ``ring`` and ``hard``."""
    spans = bar.spans if stage.plan.ending in HELD else bar.spans[:1]
    notes: list[Note] = []
    for number, span in enumerate(spans):
        pitches = _pitches(stage, pattern, bar, span)
        level = velocity(stage, bar, 4, accent=stage.plan.ending == "hard")
        if stage.plan.ending in HELD:
            length, articulation = span.end - span.start, "tenuto"
            level -= 4 * (number + 1 < len(spans))
        else:
            length = min(_SHORT_TICKS, span.end - span.start)
            articulation = "marcato"
        notes += [Note(span.start, length, p, level, articulation) for p in pitches]
    return notes


def held_out(stage: Stage, notes: list[Note], bar: Bar) -> list[Note]:
    """Let the notes struck with the chords of the last bar stand (or cut them short)."""
    stands = {span.start: span.end - span.start for span in bar.spans}
    result = []
    for note in notes:
        if note.onset_ticks < bar.start:
            result.append(note)
        elif note.onset_ticks in stands:
            length = stands[note.onset_ticks]
            if stage.plan.ending in SHORT:
                length = min(_SHORT_TICKS, length)
                if note.onset_ticks > bar.start:
                    continue
            result.append(replace(note, duration_ticks=length, articulation="tenuto"))
    return result


def _pitches(stage: Stage, pattern: Pattern, bar: Bar, span: Span) -> tuple[int, ...]:
    low, high = home(stage, pattern)
    if pattern.role == "bass":
        line = BassLine(low, high, stage.hand.pitch)
        return (line.place_root(span.chord.bass_pc),)
    if pattern.role in _LINES and pattern.voicing != "power":
        around = stage.hand.pitch if stage.hand.pitch is not None else (low + high) / 2
        if stage.hand.voicing:
            around = stage.hand.voicing[0]
        ceiling = stage.tune.lowest(span.start, span.end)
        top = high if ceiling is None or ceiling - 1 < low + 7 else min(high, ceiling - 1)
        chord = span.chord
        order = chord.pcs if pattern.role in ("riff", "arp") else (chord.pcs[1], *chord.pcs)
        return (place_any(order, around, low, max(low, top)),)
    player = Comper(stage, pattern, [bar])
    voicing = player.voicing(span.chord, bar)
    if player.two_hands or (pattern.role == "chords" and not player.has_bass):
        hit = Hit(span.start, span.end, "b", strength=4)
        bass = player.strike(hit, span.chord, bar, tied=True)
        pitches = tuple(sorted({n.pitch for n in bass} | set(voicing)))
        return in_one_hand(pitches) if stage.is_left_hand else pitches
    return voicing
