"""Riffs: a short cell of rhythm and contour that a section keeps and the chords transpose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from songwright.composition.accompany.grid import bar_hits, bars_of_idea, on_chords
from songwright.composition.accompany.patterns import Pattern
from songwright.composition.accompany.register import (
    beside_tune,
    home,
    pentatonic_of,
    scale_of,
    velocity,
)
from songwright.composition.accompany.rhythm import Hit
from songwright.composition.accompany.stage import Bar, Span, Stage
from songwright.score import Note
from songwright.theory import Chord
from songwright.theory.voicing import fifth_pc

_ACID_STEPS = 16

_UP_FRONT = 55
"""Riffs that live from this pitch upwards meet the tune."""

_BUSY_TUNE = 5
"""A bar of the tune with this many attacks leaves room for a riff only between them."""

_BUSY_RIFF = 5
"""A riff with fewer notes in the bar is no crowd and keeps them all."""


def riff(stage: Stage, pattern: Pattern, bars: Sequence[Bar]) -> list[Note]:
    """Play a riff over consecutive bars of one section.

    Rhythm and contour are the idea of the section letter; the n-th note of the cell always takes
    the n-th step of the contour, counted from the root of the chord of the moment. Every fourth
    bar the end of the cell turns; in the second half of a long section its peak climbs a step.
    A riff that lives as high as the tune keeps beside it, and in busy bars speaks between its
    notes.
    """
    low, high = home(stage, pattern)
    beside = low >= _UP_FRONT
    if beside:
        low, high = beside_tune(stage, bars[0], low, high, thin=False)
    contour = stage.idea(bars[0], pattern.name + " contour").choice(pattern.contours)
    ground = _Ground(
        low, high, stage.hand.pitch, reach=round(12 * max(contour) / 7),
        depth=0.1 if pattern.voicing == "power" else 0.3,
    )  # fmt: skip
    notes: list[Note] = []
    counted = 0
    cell_bars = max(2, max((len(i) for i in pattern.ideas), default=1)) * bars_of_idea(stage.meter)
    for bar in bars:
        if bar.phrase_place % cell_bars == 0:
            counted = 0
        found = on_chords(bar_hits(stage, pattern, bar), bar, pattern.role == "bass", "x")
        stated: set[int] = set()
        developed = _developed(contour, bar)
        sung = {n.onset_ticks for n in stage.tune.between(bar.start, bar.end)}
        gives_way = beside and len(sung) >= _BUSY_TUNE and len(found) >= _BUSY_RIFF
        for k, (hit, span) in enumerate(found):
            if hit.held:
                if notes and notes[-1].end_ticks == hit.start:
                    notes[-1] = _longer(notes[-1], hit.end)
                continue
            step = developed[counted % len(contour)]
            if _turns(stage, bar) and k >= len(found) - 2:
                step += 1 if k == len(found) - 1 else -1
            counted += 1
            if gives_way and hit.start in sung and hit.strength < 4:
                continue  # the step is counted all the same: what is heard is the same riff
            first = span.start not in stated
            stated.add(span.start)
            if pattern.role == "bass" and first:
                step = 0
            strong = hit.strength >= 3 or hit.end - hit.start >= 480
            pitch = ground.pitch(span.chord, bar, pattern, step, strong)
            notes += _struck(stage, pattern, bar, hit, span, pitch)
    stage.hand.pitch = ground.last
    return notes


@dataclass
class _Ground:
    """The root on which the cell stands, moved as little as the chords allow.

    ``depth`` 0..1 says how high in the register it likes to lie, ``reach`` how many semitones the
    cell wants above it.
    """

    low: int
    high: int
    last: int | None
    reach: int = 7
    depth: float = 0.3

    def pitch(self, chord: Chord, bar: Bar, pattern: Pattern, step: int, strong: bool) -> int:
        root_pc = chord.bass_pc if pattern.role == "bass" and step == 0 else chord.root_pc
        root = self.last = self._root(root_pc)
        if root_pc != chord.root_pc:
            return root
        scale = _scale(pattern, chord, bar)
        octave, index = divmod(step, len(scale))
        pcs = set(chord.pcs)
        if strong and scale[index] not in pcs:
            index = _snapped(index, scale, pcs)
        pitch = root + (scale[index] - root_pc) % 12 + 12 * octave
        while pitch > self.high and pitch - 12 >= self.low:
            pitch -= 12
        while pitch < self.low and pitch + 12 <= self.high:
            pitch += 12
        return min(max(pitch, self.low), self.high) if self.low <= pitch <= self.high else root

    def _root(self, pc: int) -> int:
        """Near the last root, with room above for the whole contour."""
        middle = self.low + self.depth * (self.high - self.low)
        before = middle if self.last is None else self.last
        candidates = list(range(self.low + (pc - self.low) % 12, self.high + 1, 12))
        return min(
            candidates or [self.low],
            key=lambda p: (
                0.5 * abs(p - before) + 0.5 * abs(p - middle)
                + 1.5 * max(0, p + self.reach - self.high), p,
            ),
        )  # fmt: skip


def _scale(pattern: Pattern, chord: Chord, bar: Bar) -> tuple[int, ...]:
    if pattern.scale == "pentatonic":
        return pentatonic_of(chord)
    if pattern.scale == "chord":
        return tuple(sorted(chord.pcs, key=lambda pc: (pc - chord.root_pc) % 12))
    return scale_of(chord, bar.key)


def _snapped(index: int, scale: tuple[int, ...], pcs: set[int]) -> int:
    """The nearest step of the scale that belongs to the chord."""
    for distance in range(1, len(scale)):
        for other in (index - distance, index + distance):
            if 0 <= other < len(scale) and scale[other] in pcs:
                return other
    return index


def _developed(contour: tuple[int, ...], bar: Bar) -> tuple[int, ...]:
    """The contour with its peak a step higher in the second half of a long section."""
    if bar.section.bars < 8 or bar.place < bar.section.bars // 2:
        return contour
    peak = max(contour)
    return tuple(step + 1 if step == peak and peak else step for step in contour)


def _turns(stage: Stage, bar: Bar) -> bool:
    closes = bar.phrase_ends or bar.phrase_place % 4 == 3
    return closes and stage.chance(bar, "turn").random() < 0.7


def _longer(note: Note, end: int) -> Note:
    return Note(note.onset_ticks, end - note.onset_ticks, note.pitch, note.velocity,
                note.articulation)  # fmt: skip


def _struck(
    stage: Stage, pattern: Pattern, bar: Bar, hit: Hit, span: Span, pitch: int
) -> list[Note]:
    length = max(30, round((hit.end - hit.start) * pattern.gate))
    level = velocity(stage, bar, hit.strength, hit.accent)
    level -= 7 * (pitch >= 55 and stage.tune.at(hit.start) is not None)  # the tune comes first
    articulation = pattern.articulation
    if pattern.voicing == "power":
        if not hit.accent:
            return [Note(hit.start, round(length * 0.8), pitch, level - 4, "staccato")]
        fifth = pitch + 7
        if pitch % 12 == span.chord.root_pc:
            fifth = pitch + (fifth_pc(span.chord) - pitch) % 12
        fits = fifth <= stage.part.high and fifth % 12 in scale_of(span.chord, bar.key)
        dyad = [pitch, fifth] if fits else [pitch]
        return [Note(hit.start, length, p, level, "accent") for p in dyad]
    if not articulation and hit.accent and bar.energy >= 0.6:
        articulation = "accent"
    if articulation == "staccato" and hit.end - hit.start >= 480:
        articulation, length = "tenuto", round((hit.end - hit.start) * 0.9)
    return [Note(hit.start, length, pitch, level, articulation)]


def acid(stage: Stage, pattern: Pattern, bars: Sequence[Bar]) -> list[Note]:
    """A squelching sixteenth line: one bar of steps, accents, octaves and slides, kept by letter.

    Every fourth bar two of its steps are thrown again.
    """
    low, high = home(stage, pattern)
    idea = stage.idea(bars[0], "acid")
    cell = [_acid_step(idea) for _ in range(_ACID_STEPS)]
    cell[0] = ("root", True, False)
    share = 0.5 + 0.5 * stage.density
    rank = [idea.random() for _ in range(_ACID_STEPS)]
    rank[0] = 0.0
    ground = _Ground(low, high, stage.hand.pitch)
    notes: list[Note] = []
    for bar in bars:
        steps = list(cell)
        if bar.phrase_place % 4 == 3 or bar.phrase_ends:
            chance = stage.chance(bar, "acid")
            for _ in range(2):
                steps[chance.randrange(8, _ACID_STEPS)] = _acid_step(chance)
        unit = 120
        for k, at in enumerate(range(bar.start, bar.end, unit)):
            name, accent, slide = steps[k % _ACID_STEPS]
            if rank[k % _ACID_STEPS] > share or name == "rest":
                continue
            span = bar.span_at(at)
            step = {"root": 0, "octave": 5, "third": 1, "seventh": -1, "fifth": 3}[name]
            pitch = ground.pitch(span.chord, bar, pattern, step, strong=k == 0)
            length = unit + 20 if slide else round(unit * pattern.gate)
            level = velocity(stage, bar, 1, accent)
            articulation = "slide" if slide else "accent" if accent else ""
            notes.append(Note(at, min(length, bar.end - at), pitch, level, articulation))
    stage.hand.pitch = ground.last
    return notes


def _acid_step(rng: Random) -> tuple[str, bool, bool]:
    """Note name, accent and slide of one step."""
    name = rng.choices(("root", "octave", "third", "seventh", "fifth", "rest"), (8, 3, 2, 2, 1, 3))[
        0
    ]
    return name, rng.random() < 0.3, rng.random() < 0.22
