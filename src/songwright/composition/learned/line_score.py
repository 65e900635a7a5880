"""How well a sampled phrase sings: what decides among the candidates."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from songwright.composition.learned.line_rules import Ground
from songwright.composition.learned.phrases import Phrase
from songwright.composition.melody.appeal import strangeness
from songwright.models.grid import STEPS_PER_QUARTER, TICKS_PER_STEP
from songwright.models.likeness import Sound, likeness
from songwright.score import Note


def score_line(
    line: Sequence[Sound],
    phrase: Phrase,
    ground: Ground,
    before: Sequence[Sound],
    reference: Sequence[Sound] | None,
) -> float:
    """How far a phrase is from a singable one that does its duty; lower is better.

    Adds up: strangeness of the theme so far against human melodies
    (`songwright.composition.melody.appeal`); distance from the likeness asked for; a leap into
    the phrase; dissonances that are long, strong or left by leap; an end that does not rest or is
    not the goal; a climax that is not the highest note, or a peak elsewhere; a wrong number of
    notes; a rhythm without contrast; a late beginning; a hole.

    ``before`` are the notes of the theme so far, in steps from the section's start; ``line`` and
    ``reference`` are in steps from their own.
    """
    if not line:
        return 100.0
    cost = 0.8 * strangeness([_note(s) for s in (*before, *line)])
    if len(line) >= 5:
        cost += 0.5 * strangeness([_note(s) for s in line])
    if reference is not None and phrase.mark is not None:
        cost += 1.5 * abs(likeness(line, reference, ground.bar) - phrase.likeness)
    elif reference is not None:
        cost += 1.5 * max(0.0, likeness(line, reference, ground.bar) - 0.5)
    if before:
        jump = abs(line[0].pitch - before[-1].pitch)
        cost += 0.12 * max(0, jump - 4) + 0.5 * (jump in (6, 10, 11))
    cost += _dissonance(line, phrase, ground)
    cost += _peak(line, phrase, before)
    cost += abs(len(line) / ground.onsets(phrase) - 1.0)
    gaps = [b.onset - a.onset for a, b in pairwise(line)]
    if len(gaps) > 5:
        usual_gap = max(gaps.count(gap) for gap in set(gaps)) / len(gaps)
        cost += 1.5 * max(0.0, usual_gap - 0.65)
    cost += 0.3 * max(0, max(gaps, default=0) - ground.bar) / STEPS_PER_QUARTER
    if phrase.starts and line[0].onset >= ground.bar // 2:
        cost += 0.4
    if phrase.ends:
        usual = median(s.duration for s in line)
        cost += 0.5 * (line[-1].duration < usual)
        cost += 0.3 * (len(line) > 1 and abs(line[-1].pitch - line[-2].pitch) > 5)
    return cost


def _note(sound: Sound) -> Note:
    return Note(sound.onset * TICKS_PER_STEP, sound.duration * TICKS_PER_STEP, sound.pitch, 80)


def _dissonance(line: Sequence[Sound], phrase: Phrase, ground: Ground) -> float:
    """Mean price of a note that is not of its chord: by length, strength, and how it goes on."""
    setting, first = ground.setting, phrase.start_bar * ground.bar
    tonic = setting.key.tonic_pc
    total = 0.0
    for index, sound in enumerate(line):
        step = first + sound.onset
        heard = (step + sound.duration * 2 // 5) * TICKS_PER_STEP  # the chord of most of the note
        chord = setting.chord_at(heard)
        if (sound.pitch + tonic) % 12 in chord.pcs:
            continue
        strength = setting.meter.strength(step * TICKS_PER_STEP % setting.meter.bar_ticks)
        total += 0.3 * sound.duration / STEPS_PER_QUARTER + 0.15 * max(0, strength - 1)
        following = line[index + 1].pitch if index + 1 < len(line) else None
        resolves = following is not None and 0 < abs(following - sound.pitch) <= 2
        total += 0.0 if resolves else 0.5
    return 4.0 * total / len(line)


def _peak(line: Sequence[Sound], phrase: Phrase, before: Sequence[Sound]) -> float:
    """The climax lies above all that came before, and nothing else does from then on."""
    if not before:
        return 0.0
    top, so_far = max(s.pitch for s in line), max(s.pitch for s in before)
    if phrase.is_climax:
        return 0.5 * (top <= so_far)
    return 0.3 * (top > so_far) if phrase.is_last else 0.0
