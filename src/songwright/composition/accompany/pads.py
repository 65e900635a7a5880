"""Pads: chords that lie, breathe, unfold or glitter."""

from __future__ import annotations

from collections.abc import Sequence

from songwright.composition.accompany.comping import Comper
from songwright.composition.accompany.patterns import Pattern
from songwright.composition.accompany.register import home, place, scale_of, up_scale, velocity
from songwright.composition.accompany.stage import Bar, Span, Stage
from songwright.score import Note
from songwright.theory.voicing import fifth_pc


def pad(stage: Stage, pattern: Pattern, bars: Sequence[Bar]) -> list[Note]:
    """Play a pad over consecutive bars of one section."""
    player = Comper(stage, pattern, bars)
    notes: list[Note] = []
    for bar in bars:
        for span in bar.spans:
            if pattern.order == "drone":
                notes += _drone(stage, pattern, bar, span)
                continue
            voicing = player.voicing(span.chord, bar)
            level = velocity(stage, bar, 1) - 6
            notes += _SHAPES[pattern.order](stage, bar, span, voicing, level)
    stage.hand.voicing = player.last
    return notes


def _held(_stage: Stage, _bar: Bar, span: Span, voicing: tuple[int, ...], level: int) -> list[Note]:
    return [Note(span.start, span.end - span.start, p, level, "legato") for p in voicing]


def _swell(stage: Stage, _bar: Bar, span: Span, voicing: tuple[int, ...], level: int) -> list[Note]:
    """The chord enters softly from below; its upper notes join and carry it over."""
    length = span.end - span.start
    notes = []
    for k, pitch in enumerate(voicing):
        late = round(length * 0.5 * k / max(1, len(voicing) - 1)) // 240 * 240
        late = late if length >= stage.meter.bar_ticks else 0
        soft = level - 10 + round(14 * k / len(voicing))
        notes.append(Note(span.start + late, length - late, pitch, max(30, soft), "legato"))
    return notes


def _evolving(
    stage: Stage, bar: Bar, span: Span, voicing: tuple[int, ...], level: int
) -> list[Note]:
    """Voices come in one by one over a phrase, and one inner voice leans on a colour tone."""
    rng = stage.idea(bar, f"evolve {bar.place}")  # a section that returns unfolds as before
    length = span.end - span.start
    sounding = min(len(voicing), 2 + bar.phrase_place + (bar.phrase > 0))
    notes = [Note(span.start, length, p, level, "legato") for p in voicing[:sounding]]
    if length < stage.meter.bar_ticks // 2 or bar.phrase_place == 0 or len(notes) < 3:
        return notes
    k = rng.randrange(1, len(notes))
    scale = scale_of(span.chord, bar.key)
    colour = up_scale(notes[k].pitch, 1, scale)
    taken = {n.pitch for n in notes}
    against_root = (colour - span.chord.root_pc) % 12 in (1, 6, 11)
    clash = against_root or any(abs(colour - p) == 1 for p in taken - {notes[k].pitch})
    if colour in taken or clash or colour > stage.part.high:
        return notes
    half = length // 2
    home_note = notes[k]
    notes[k] = Note(span.start, half, colour, level - 4, "legato")
    notes.append(Note(span.start + half, length - half, home_note.pitch, level - 4, "legato"))
    return notes


def _shimmer(
    stage: Stage, bar: Bar, span: Span, voicing: tuple[int, ...], level: int
) -> list[Note]:
    """High notes that overlap like light on water, one on each beat."""
    rng = stage.idea(bar, "shimmer")
    walk = [rng.randrange(len(voicing)) for _ in range(16)]
    beat = 480 if stage.density < 0.7 else 240
    notes = []
    for k, at in enumerate(range(span.start, span.end, beat)):
        index = walk[(k + 3 * bar.phrase_place) % 16]
        length = min(2 * beat, span.end - at)
        soft = level - 8 + 4 * (k % 3)
        notes.append(Note(at, length, voicing[index], max(30, soft), "legato"))
    return notes


def _drone(stage: Stage, pattern: Pattern, bar: Bar, span: Span) -> list[Note]:
    """Tonic and fifth as long as the harmony allows, else the chord's own."""
    low, high = home(stage, pattern)
    tonic = bar.key.tonic_pc
    fifth = (tonic + 7) % 12
    pcs = set(span.chord.pcs)
    if tonic in pcs:
        tones = [tonic, fifth if fifth in pcs else span.chord.bass_pc]
    else:
        tones = [span.chord.bass_pc, fifth_pc(span.chord)]
    middle = low + 0.35 * (high - low)
    pitches: list[int] = []
    for pc in tones:
        found = place(pc, middle if not pitches else pitches[0] + 7, low, high)
        if found is not None and found not in pitches:
            pitches.append(found)
    if bar.section.energy >= 0.5 and pitches and pitches[0] + 12 <= high:
        pitches.append(pitches[0] + 12)
    level = velocity(stage, bar, 1) - 8
    return [
        Note(span.start, span.end - span.start, p, level, "legato") for p in sorted(set(pitches))
    ]


_SHAPES = {"held": _held, "swell": _swell, "evolving": _evolving, "shimmer": _shimmer}
