"""Ornaments written as short notes: grace notes, mordents, turns, slides, approach notes.

A style's ``ornaments`` says how often; its scale and chromatic taste say which kind. An ornament
takes its time from the note that it adorns or from the one before, so the rhythm stays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from songwright.composition.melody.cells import moved
from songwright.score import Note
from songwright.styles import MelodyFacts
from songwright.theory import Chord, Key, Meter


def ornamented(
    notes: Sequence[Note],
    facts: MelodyFacts,
    key: Key,
    chord_at: Callable[[int], Chord],
    meter: Meter,
    tempo_bpm: float,
    compass: tuple[int, int],
    rng: Random,
) -> list[Note]:
    """A melody with ornaments of its idiom; without a taste for them it stays as it is."""
    line = list(notes)
    if facts.lean > 0:
        line = _leaning(line, facts.lean, key, chord_at, meter, compass, rng)
    if facts.chromatic >= 0.2:
        line = _approached(line, facts.chromatic, chord_at, meter, compass[0], rng)
    if facts.ornaments <= 0:
        return line
    short = 60 if tempo_bpm < 100 else 120
    result: list[Note] = []
    for k, note in enumerate(line):
        before = line[k - 1] if k else None
        strong = meter.strength(note.onset_ticks % meter.bar_ticks) >= 3
        room = note.duration_ticks >= 4 * short and note.duration_ticks >= 360
        likely = facts.ornaments * (0.45 if strong else 0.12)
        if not room or rng.random() >= likely:
            result.append(note)
            continue
        if facts.scale in ("blues", "pentatonic"):
            figure = _slide(note, key, short, facts.scale == "blues")
        else:
            following = line[k + 1] if k + 1 < len(line) else None
            figure = _figure(note, before, following, key, short, rng)
        inside = all(compass[0] <= n.pitch <= compass[1] for n in figure)
        result += figure if inside else [note]
    return result


def _approached(
    line: list[Note],
    taste: float,
    chord_at: Callable[[int], Chord],
    meter: Meter,
    low: int,
    rng: Random,
) -> list[Note]:
    """Some short notes before a chord tone on the beat lead into it by a semitone.

    The choice belongs to the note's place in two bars, so that a motif keeps it when it returns.
    """
    result = list(line)
    leads: dict[tuple[int, int], bool] = {}
    for k in range(1, len(line) - 1):
        before, note, goal = result[k - 1], line[k], line[k + 1]
        beat = meter.strength(goal.onset_ticks % meter.bar_ticks)
        if (
            note.duration_ticks > 240
            or note.end_ticks != goal.onset_ticks
            or beat < 2
            or goal.pitch % 12 not in chord_at(goal.onset_ticks).pcs
            or meter.strength(note.onset_ticks % meter.bar_ticks) >= 2
            or note.pitch == goal.pitch - 1
        ):
            continue
        place = (note.onset_ticks % (2 * meter.bar_ticks), note.duration_ticks)
        if place not in leads:
            leads[place] = rng.random() < 0.8 * taste
        if not leads[place]:
            continue
        # From below, unless the line comes down from just above.
        falling = before.pitch - goal.pitch in (2, 3)
        pitch = goal.pitch + 1 if falling else goal.pitch - 1
        if pitch >= low and 0 < abs(before.pitch - pitch) <= 4:
            result[k] = replace(note, pitch=pitch)
    return result


_MOST_LEANING = 0.34  # share of the weighty notes that a style of full taste delays


def _leaning(
    line: list[Note],
    taste: float,
    key: Key,
    chord_at: Callable[[int], Chord],
    meter: Meter,
    compass: tuple[int, int],
    rng: Random,
) -> list[Note]:
    """Some weighty chord notes are delayed by the scale note above (or below) them.

    The long appoggiatura of the 18th century: it takes half of its note, two thirds of a dotted
    one (Quantz, *Versuch*, 1752, ch. VIII). What leans once leans whenever the motif returns: the
    choice belongs to the note's place in two bars.
    """
    result: list[Note] = []
    leans: dict[tuple[int, int], bool] = {}
    for k, note in enumerate(line):
        at = note.onset_ticks % meter.bar_ticks
        chord = chord_at(note.onset_ticks)
        weighty = meter.strength(at) >= 2 and 480 <= note.duration_ticks <= 1920
        last = k == len(line) - 1
        place = (note.onset_ticks % (2 * meter.bar_ticks), note.duration_ticks)
        if weighty and place not in leans:
            leans[place] = rng.random() < _MOST_LEANING * taste
        if not weighty or last or note.pitch % 12 not in chord.pcs or not leans[place]:
            result.append(note)
            continue
        before = result[-1].pitch if result else note.pitch
        over = _beside(note.pitch, key, 1)
        pitch = _beside(note.pitch, key, -1) if before < note.pitch and rng.random() < 0.3 else over
        held = note.duration_ticks * 2 // 3 if note.duration_ticks % 720 == 0 else (
            note.duration_ticks // 2)  # fmt: skip
        if pitch % 12 in chord.pcs or not compass[0] <= pitch <= compass[1]:
            result.append(note)
            continue
        result.append(replace(note, duration_ticks=held, pitch=pitch))
        rest = note.duration_ticks - held
        softer = max(1, note.velocity - 8)
        result.append(Note(note.onset_ticks + held, rest, note.pitch, softer, note.articulation))
    return result


def _beside(pitch: int, key: Key, step: int) -> int:
    """The note of the scale above (1) or below (-1): altered notes have plain neighbours too."""
    if pitch % 12 in key.diatonic_pcs:
        return moved(pitch, key, step)
    inside = (p for p in (pitch + step, pitch + 2 * step) if p % 12 in key.diatonic_pcs)
    return next(inside, moved(pitch, key, step))


def _slide(note: Note, key: Key, short: int, is_blues: bool) -> list[Note]:
    """A semitone slide from below into the note, as a bent string or voice would.

    Into the major third from the minor one; in the blues also into the fifth from the blue note.
    """
    degree = (note.pitch - key.tonic_pc) % 12
    if degree == 4 or (is_blues and degree == 7):
        return _grace(note, note.pitch - 1, short)
    return [note]


def _grace(note: Note, pitch: int, short: int) -> list[Note]:
    grace = Note(note.onset_ticks, short, pitch, max(1, note.velocity - 8))
    rest = replace(
        note, onset_ticks=note.onset_ticks + short, duration_ticks=note.duration_ticks - short
    )
    return [grace, rest]


def _figure(
    note: Note, before: Note | None, following: Note | None, key: Key, short: int, rng: Random
) -> list[Note]:
    """A grace note from above, a mordent, or a turn that leads to the next note."""
    upper, lower = _beside(note.pitch, key, 1), _beside(note.pitch, key, -1)
    turns = (
        following is not None
        and note.duration_ticks >= 8 * short
        and following.onset_ticks == note.end_ticks
        and 0 < abs(following.pitch - note.pitch) <= 4
    )
    if turns and rng.random() < 0.4:
        held = note.duration_ticks - 4 * short
        figure = [replace(note, duration_ticks=held)]
        start, soft = note.onset_ticks + held, max(1, note.velocity - 6)
        for i, pitch in enumerate((upper, note.pitch, lower, note.pitch)):
            figure.append(Note(start + i * short, short, pitch, soft))
        return figure
    if before is not None and before.pitch != note.pitch and rng.random() < 0.6:
        return _grace(note, upper, short)
    mordent = [
        replace(note, duration_ticks=short),
        Note(note.onset_ticks + short, short, upper, max(1, note.velocity - 6)),
    ]
    rest = replace(
        note,
        onset_ticks=note.onset_ticks + 2 * short,
        duration_ticks=note.duration_ticks - 2 * short,
        velocity=max(1, note.velocity - 4),
    )
    return [*mordent, rest]
