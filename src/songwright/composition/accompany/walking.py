"""Walking bass: targets on chord changes, a path between them, an approach into each.

The player thinks as a bassist does: where is the next root, from which side do I come, and which
chord or scale notes lead there in the beats that are left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from songwright.composition.accompany.bass import BassLine
from songwright.composition.accompany.patterns import Pattern
from songwright.composition.accompany.register import home, place, scale_of, velocity
from songwright.composition.accompany.rhythm import triplet_pulse
from songwright.composition.accompany.stage import Bar, Span, Stage
from songwright.score import Note
from songwright.theory.voicing import fifth_pc, third_pc

_SKIP = 240


@dataclass(frozen=True, slots=True)
class Leg:
    """The way from one chord (or bar) to the next: the beats to fill and the chord to reach."""

    span: Span
    bar: Bar
    onsets: tuple[int, ...]
    arrives: bool


def walking(stage: Stage, pattern: Pattern, bars: Sequence[Bar]) -> list[Note]:
    """Walk in quarter notes over consecutive bars of one section."""
    line = BassLine(*home(stage, pattern), stage.hand.pitch)
    notes: list[Note] = []
    for leg in _legs(stage, bars):
        rng = stage.chance(leg.bar, f"walk {leg.span.start - leg.bar.start}")
        path = _path(line, leg, rng)
        ends = [*leg.onsets[1:], leg.span.end]
        for k, (pitch, onset, end) in enumerate(zip(path, leg.onsets, ends, strict=True)):
            level = velocity(stage, leg.bar, stage.meter.strength(onset - leg.bar.start))
            length = end - onset
            skips = k > 0 and length >= 480 and rng.random() < _skip_odds(stage, leg.bar)
            if skips:  # a ghosted eighth drops in before the next beat
                ghost = end - (length // 3 if triplet_pulse(stage.meter) else _SKIP)
                notes.append(Note(onset, round((ghost - onset) * 0.9), pitch, level))
                notes.append(Note(ghost, 90, pitch, level - 22, "ghost"))
            else:
                notes.append(Note(onset, round(length * pattern.gate), pitch, level))
        line.last = path[-1]
    stage.hand.pitch = line.last
    return notes


def _skip_odds(stage: Stage, bar: Bar) -> float:
    return 0.02 + 0.16 * max(0.0, bar.energy - 0.4) * (0.5 + stage.density)


def _legs(stage: Stage, bars: Sequence[Bar]) -> list[Leg]:
    pulses = stage.meter.pulse_onsets_ticks
    legs = []
    for bar in bars:
        for span in bar.spans:
            onsets = [bar.start + p for p in pulses if span.start <= bar.start + p < span.end]
            if not onsets or onsets[0] != span.start:
                onsets = [span.start, *onsets]
            legs.append(Leg(span, bar, tuple(onsets), span.changes))
    return legs


def _path(line: BassLine, leg: Leg, rng: Random) -> list[int]:
    """Pitches for the beats of one leg; the first states the chord's bass where it begins."""
    chord, count = leg.span.chord, len(leg.onsets)
    line.root = line.last
    if leg.span.begins or line.last is None:
        start = line.place_root(chord.bass_pc)
    else:  # the chord goes on: another of its notes, a step or a third from where we are
        pcs = (chord.root_pc, fifth_pc(chord), third_pc(chord))
        options = [p for pc in pcs for p in _all(pc, line.low, line.high)
                   if 0 < abs(p - (line.last or 0)) <= 5]  # fmt: skip
        start = rng.choice(options) if options else line.place_root(chord.bass_pc)
    line.root, line.last = start, start
    if count == 1:
        return [start]
    following = leg.span.following if leg.arrives else chord
    target = line.place_root(following.bass_pc)
    if not leg.arrives and target == start:
        target = place(fifth_pc(chord), start + 5, line.low, line.high) or start
    if target == start:  # same root again: go round through an octave or a fifth
        target = start
    last = _approach(line, leg, target, start, rng)
    middle = _between(line, leg, start, last, count - 2, rng)
    return [start, *middle, last]


def _approach(line: BassLine, leg: Leg, target: int, start: int, rng: Random) -> int:
    """The note before the target: chromatic, from the scale, or its own fifth."""
    scale = scale_of(leg.span.chord, leg.bar.key)
    below = [p for p in (target - 1, target - 2) if p >= line.low]
    above = [p for p in (target + 1, target + 2) if p <= line.high]
    options: list[tuple[int, float]] = []
    for p in (*below, *above):
        weight = 1.0
        weight += 1.2 if p % 12 in scale else 0.0
        weight += 0.8 if abs(p - target) == 1 else 0.0
        if p % 12 not in scale and abs(p - target) == 2:
            weight = 0.1
        if p == start:
            weight = 0.1
        if abs(p - start) > 9:
            weight *= 0.3
        options.append((p, weight))
    fifth = place((target + 7) % 12, target, line.low, line.high)
    if fifth is not None and fifth != start:
        options.append((fifth, 0.7))
    return rng.choices([p for p, _ in options], [w for _, w in options])[0]


def _between(line: BassLine, leg: Leg, start: int, last: int, count: int, rng: Random) -> list[int]:
    """``count`` notes from ``start`` on towards ``last``: steps of the scale and chord notes."""
    if count <= 0:
        return []
    chord = leg.span.chord
    scale = set(scale_of(chord, leg.bar.key))
    pcs = set(chord.pcs)
    path = [start]
    for k in range(count):
        left = count - k  # steps that remain before the approach note
        here = path[-1]
        best: list[tuple[float, int]] = []
        for pitch in range(max(line.low, here - 8), min(line.high, here + 8) + 1):
            step = abs(pitch - here)
            if step == 0 or pitch % 12 not in scale | pcs or pitch in path[-2:-1]:
                continue
            price = abs(abs(last - pitch) - 2.2 * left) * 0.9
            price += {1: 0.4, 2: 0.0, 3: 0.2, 4: 0.3, 5: 0.6, 7: 0.9}.get(step, 1.6)
            price += 0.0 if pitch % 12 in pcs else 0.9
            price += 1.5 if pitch == last else 0.0
            if len(path) >= 2 and (pitch - here) * (here - path[-2]) < 0:
                price += 0.7
            best.append((price + 1.6 * rng.random(), pitch))
        path.append(min(best)[1] if best else here)
    return path[1:]


def _all(pc: int, low: int, high: int) -> range:
    return range(low + (pc - low) % 12, high + 1, 12)


def two_feel(stage: Stage, pattern: Pattern, bars: Sequence[Bar]) -> list[Note]:
    """Half notes: root and fifth, with an approach on the last beat now and then."""
    line = BassLine(*home(stage, pattern), stage.hand.pitch)
    notes: list[Note] = []
    for leg in _legs(stage, bars):
        rng = stage.chance(leg.bar, f"two {leg.span.start - leg.bar.start}")
        chord = leg.span.chord
        onsets = list(leg.onsets)
        halves = [onsets[0]]
        if len(onsets) >= 3:
            halves.append(onsets[(len(onsets) + 1) // 2])
        pitches = []
        if leg.span.begins or line.last is None:
            pitches.append(line.pitch("r", leg.span, leg.bar, rng))
        else:
            pitches.append(line.pitch(rng.choice("rvr3"), leg.span, leg.bar, rng))
        if len(halves) == 2:
            symbol = "3" if leg.span.chord.bass and rng.random() < 0.3 else "v"
            pitches.append(line.pitch(symbol, leg.span, leg.bar, rng))
        odds = 0.25 + 0.35 * leg.bar.phrase_ends + 0.2 * (stage.density - 0.5)
        if len(halves) == 2 and leg.arrives and len(onsets) >= 4 and rng.random() < odds:
            halves.append(onsets[-1])
            pitches.append(line.pitch("a", leg.span, leg.bar, rng))
        if len(halves) == 2 and pitches[0] == pitches[1] and chord.pcs:
            other = place(third_pc(chord), pitches[0], line.low, line.high)
            pitches[1] = pitches[1] if other is None else other
        ends = [*halves[1:], leg.span.end]
        for onset, end, pitch in zip(halves, ends, pitches, strict=True):
            level = velocity(stage, leg.bar, stage.meter.strength(onset - leg.bar.start))
            notes.append(Note(onset, round((end - onset) * pattern.gate), pitch, level))
    stage.hand.pitch = line.last
    return notes
