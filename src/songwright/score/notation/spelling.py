"""Spelling: which letter and accidental a sounding pitch is written with.

Names are places on the line of fifths (F = -1, C = 0, G = 1 … B = 5, F# = 6, Bb = -2), on which
transposition is addition and a signature is a window of seven.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache

from songwright.score.model import Score
from songwright.theory import QUALITIES, Key
from songwright.theory.pitch import LETTER_PITCH_CLASS, parse_spelled

_FIFTHS_OF_LETTER = {"F": -1, "C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5}
_LETTER_OF_FIFTHS = {place: letter for letter, place in _FIFTHS_OF_LETTER.items()}

# Fifths above the root of each chord step in semitones, where the quality does not say otherwise.
_STEP_FIFTHS = {0: 0, 1: -5, 2: 2, 3: -3, 4: 4, 5: -1, 6: -6, 7: 1, 8: 8, 9: 3, 10: -2, 11: 5}
_EXCEPTIONS: dict[str, dict[int, int]] = {
    "dim7": {9: -9},
    "7#9": {3: 9},
    "7alt": {3: 9, 8: -4},
    "7b13": {8: -4},
    "7#11": {6: 6},
    "maj7#11": {6: 6},
}


def fifths_of(name: str) -> int:
    """Place of a spelled pitch class on the line of fifths: ``"Bb"`` is -2."""
    letter, alteration = parse_spelled(name)
    return _FIFTHS_OF_LETTER[letter] + 7 * alteration


def letter_and_alter(fifths: int) -> tuple[str, int]:
    """Letter and alteration (semitones, sharp positive) of a place on the line of fifths."""
    alter = (fifths + 1) // 7
    return _LETTER_OF_FIFTHS[fifths - 7 * alter], alter


def octave_of(pitch: int, letter: str, alter: int) -> int:
    """Octave number (4 from middle C) that a written letter stands in."""
    return (pitch - alter - LETTER_PITCH_CLASS[letter]) // 12 - 1


def signature_alter(letter: str, key_fifths: int) -> int:
    """Alteration of a letter under a key signature."""
    return (key_fifths - _FIFTHS_OF_LETTER[letter] + 5) // 7


class Speller:
    """Spells pitches of a score by the chord and the key they sound in.

    Chord tones follow the chord's root; scale tones the key; chromatic notes that move on by a
    semitone are sharpened on the way up and flattened on the way down.
    """

    def __init__(self, score: Score) -> None:
        self._key_ticks = [c.tick for c in score.keys]
        self._keys = [c.key for c in score.keys]
        self._signatures = {key: key.fifths for key in self._keys}
        self._chord_ticks = [c.onset_ticks for c in score.chords]
        self._chords = score.chords

    def key_at(self, tick: int) -> Key:
        """Key in force at a tick; C major in a score without keys."""
        if not self._keys:
            return Key("C", "major")
        return self._keys[max(0, bisect_right(self._key_ticks, tick) - 1)]

    def fifths(self, pitch: int, tick: int, next_pitch: int | None = None) -> int:
        """Place of a sounding pitch on the line of fifths.

        Parameters
        ----------
        pitch
            Sounding MIDI pitch.
        tick
            Where it begins.
        next_pitch
            The pitch that the voice moves on to, if any.
        """
        key = self.key_at(tick)
        index = bisect_right(self._chord_ticks, tick) - 1
        if index >= 0 and tick < self._chords[index].end_ticks:
            chord = self._chords[index].chord
            place = _chord_tones(chord.root, chord.quality, chord.bass).get(pitch % 12)
            if place is not None and abs(place - self._signatures.get(key, 0)) <= 11:
                return place
        in_key = fifths_of(key.spell(pitch % 12))
        if next_pitch is not None and pitch % 12 not in _scale(key):
            step = next_pitch - pitch
            if abs(step) == 1:
                goal = fifths_of(key.spell(next_pitch % 12))
                leading = goal + 5 if step == 1 else goal - 5
                if abs(letter_and_alter(leading)[1]) <= 1:
                    return leading
        return in_key


@cache
def _scale(key: Key) -> frozenset[int]:
    """Pitch classes that the key spells itself: its scale, and raised 6 and 7 in minor."""
    raised = {(key.tonic_pc + 9) % 12, (key.tonic_pc + 11) % 12} if key.is_minor else set()
    return frozenset({*key.diatonic_pcs, *key.scale_pcs, *raised})


@cache
def _chord_tones(root: str, quality: str, bass: str) -> dict[int, int]:
    """Place on the line of fifths of each pitch class of a chord, without double accidentals."""
    tones: dict[int, int] = {}
    if bass:
        tones[fifths_of(bass) * 7 % 12] = fifths_of(bass)
    for step in QUALITIES[quality]:
        place = fifths_of(root) + _EXCEPTIONS.get(quality, {}).get(step, _STEP_FIFTHS[step])
        if abs(letter_and_alter(place)[1]) <= 1:
            tones[place * 7 % 12] = place
    return tones
