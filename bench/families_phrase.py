"""The short phrase that every instrument of `bench.families` plays."""

from __future__ import annotations

from songwright.perform.model import ControlPoint, PlayedNote, PlayedPart
from songwright.score.instruments import Instrument

PHRASE_SECONDS = 13.0
LONG, REPEATED, SCALE, SHORT, CHORD = (0.1, 2.5), (3.1, 5.2), (5.5, 7.9), (8.2, 9.4), (9.7, 11.7)
"""When each part of the phrase begins and ends."""

REPEATED_VELOCITIES = (25, 45, 65, 85, 105, 125)
STEP_SECONDS = 0.35
SCALE_SECONDS = 0.28
SHORT_STEP_SECONDS, SHORT_SECONDS = 0.24, 0.08

_SCALE = (0, 2, 4, 5, 7, 9, 11, 12)
_CHORD = (0, 4, 7)
_SWELL = ((0.1, 35), (2.3, 127))
_PART = "families"

_KIT_STROKES = (36, 38, 42)
_KIT_ROUND = (46, 49, 51, 50, 47, 45, 43, 41, 39, 37, 54, 56)
_GROOVE = ((36, 42), (42,), (38, 42), (42,), (36, 42), (36, 42), (38, 42), (46,))


def middle_pitch(facts: Instrument) -> int:
    """The key of the long and of the repeated notes: below the middle of the comfortable range."""
    return round(facts.comfort_low + 0.4 * (facts.comfort_high - facts.comfort_low))


def lowest_of_scale(facts: Instrument) -> int:
    """First note of the scale, such that all eight lie in the range if it is wide enough."""
    return max(min(middle_pitch(facts) - 2, facts.high - 12), facts.low)


def phrase(facts: Instrument) -> PlayedPart:
    """What the instrument plays in `PHRASE_SECONDS`.

    A long note (that swells if it can), six repeated notes from soft to loud, a slurred scale,
    staccato notes, then a chord or, from instruments of one voice, a loud long note.
    """
    if facts.is_kit:
        return _kit_phrase(facts)
    middle, low = middle_pitch(facts), lowest_of_scale(facts)
    notes = [PlayedNote(LONG[0], LONG[1] - LONG[0], middle, 80)]
    notes += [
        PlayedNote(REPEATED[0] + STEP_SECONDS * i, 0.8 * STEP_SECONDS, middle, velocity)
        for i, velocity in enumerate(REPEATED_VELOCITIES)
    ]
    notes += [
        PlayedNote(SCALE[0] + SCALE_SECONDS * i, SCALE_SECONDS + 0.01, low + step, 80, "legato")
        for i, step in enumerate(_SCALE)
    ]
    notes += [
        PlayedNote(SHORT[0] + SHORT_STEP_SECONDS * i, SHORT_SECONDS, low + step, 90, "staccato")
        for i, step in enumerate((0, 4, 7, 4, 0))
    ]
    notes += [
        PlayedNote(CHORD[0], CHORD[1] - CHORD[0], low + step, 96)
        for step in (_CHORD if facts.polyphonic else (0,))
    ]
    swell = _SWELL if facts.sustains else ()
    controls = tuple(ControlPoint(seconds, 11, value) for seconds, value in swell)
    return PlayedPart(_PART, facts.name, "lead", facts.id, tuple(notes), controls)


def _kit_phrase(facts: Instrument) -> PlayedPart:
    """Kick, snare and hat from soft to loud, a round of the kit, a bar of groove."""
    notes, at = [], 0.1
    for key in _KIT_STROKES:
        for velocity in (30, 60, 90, 120):
            notes.append(PlayedNote(at, 0.1, key, velocity))
            at += 0.25
    for key in _KIT_ROUND:
        notes.append(PlayedNote(at, 0.1, key, 95))
        at += 0.45
    for step in range(16):
        for key in _GROOVE[step % 8]:
            notes.append(PlayedNote(at + 0.18 * step, 0.1, key, 100 if step % 2 == 0 else 70))
    return PlayedPart(_PART, facts.name, "drums", facts.id, tuple(notes))
