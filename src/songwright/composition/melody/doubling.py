"""A right hand that is more than one finger: thirds and sixths, octaves, full chords at a climax.

For a tune that shares a keyboard with its accompaniment. It stays on top; what is added belongs to
the chord, sounds with the weightier notes, lies within a hand's reach and leaves the keys of the
other hand alone. Where a climax is written low, the whole section is played an octave higher: in
piano music of the nineteenth century a theme comes back loud in the upper octaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from songwright.composition.accompany.tune import Tune
from songwright.composition.melody.letters import chord_lookup
from songwright.composition.plan import PartPlan, Plan
from songwright.score import Note, instrument
from songwright.theory import Chord

# Energies of the bar from which a hand plays more than the tune.
_THIRDS_FROM = 0.32
_OCTAVES_FROM = 0.62
_CHORDS_FROM = 0.74

_LIFTED_FROM = 0.58  # energy of the section
_LOW_TUNE = 71  # a tune whose middle lies below this B has room above it
_LEAST_TICKS = 240
_LONG_TICKS = 480
_STRONG = 2
_OCTAVE = 12
_SWEET = (3, 4, 8, 9)  # semitones of thirds and sixths
_SPREAD = 3  # semitones between neighbours of a loud chord


def doubled(
    notes: Sequence[Note], plan: Plan, part: PartPlan, left: Sequence[Note]
) -> tuple[Note, ...]:
    """The tune with its doublings, in order of onset; unchanged for players of one line.

    ``left`` are the notes of the other hand, above which the doublings stay.
    """
    if not part.staff_group or not instrument(part.instrument).polyphonic:
        return tuple(notes)
    is_piano = instrument(part.instrument).family == "piano"
    other = Tune.of(left)
    bar = plan.meter.bar_ticks
    result: list[Note] = []
    for note in _lifted(notes, plan, part) if is_piano else notes:
        index = note.onset_ticks // bar
        section = plan.section_at(index)
        chord = chord_lookup(plan, section)(note.onset_ticks - section.start_bar * bar)
        strong = plan.meter.strength(note.onset_ticks % bar) >= _STRONG
        level = plan.energy[index] if index < len(plan.energy) else section.energy
        floor = other.highest(note.onset_ticks, note.end_ticks)
        lowest = part.low if floor is None else max(part.low, floor + 1)
        result += [
            replace(note, pitch=pitch, velocity=max(1, note.velocity - 8))
            for pitch in _below(note, chord, strong, level, is_piano)
            if pitch >= lowest
        ]
        result.append(note)
    return tuple(result)


def _lifted(notes: Sequence[Note], plan: Plan, part: PartPlan) -> list[Note]:
    """The tune, an octave higher in loud sections that were written low."""
    bar = plan.meter.bar_ticks
    raised: set[str] = set()
    for section in plan.sections:
        start, end = section.start_bar * bar, section.end_bar * bar
        pitches = [n.pitch for n in notes if start <= n.onset_ticks < end]
        if not pitches or section.energy < _LIFTED_FROM:
            continue
        if median(pitches) < _LOW_TUNE and max(pitches) + _OCTAVE <= part.high:
            raised.add(section.id)
    return [
        replace(n, pitch=n.pitch + _OCTAVE)
        if plan.section_at(n.onset_ticks // bar).id in raised else n
        for n in notes
    ]  # fmt: skip


def _below(note: Note, chord: Chord, strong: bool, level: float, is_piano: bool) -> list[int]:
    """Pitches to strike with a note of the tune, upwards; full chords lie on a piano only."""
    full = is_piano and level >= _CHORDS_FROM
    if note.duration_ticks < _LEAST_TICKS:
        return []
    if not strong and note.duration_ticks < _LONG_TICKS:
        return [note.pitch - _OCTAVE] if full else []
    if full:
        return [note.pitch - _OCTAVE, *_between(note.pitch, chord)]
    if level >= _OCTAVES_FROM:
        return [note.pitch - _OCTAVE]
    return _sweetened(note.pitch, chord) if level >= _THIRDS_FROM else []


def _between(pitch: int, chord: Chord) -> list[int]:
    """The highest chord note inside the octave under a chord note, well clear of both."""
    if pitch % 12 not in chord.pcs:
        return []
    inside = range(pitch - _OCTAVE + _SPREAD, pitch - _SPREAD + 1)
    return [p for p in inside if p % 12 in chord.pcs][-1:]


def _sweetened(pitch: int, chord: Chord) -> list[int]:
    """A third or sixth below; under a chord note a fourth or fifth where there is neither."""
    under = [p for p in range(pitch - 9, pitch - 2) if p % 12 in chord.pcs]
    sweet = [p for p in under if pitch - p in _SWEET]
    if sweet or pitch % 12 not in chord.pcs:
        return sweet[-1:]
    return [p for p in under if pitch - p != 6][-1:]
