"""Pitch names, pitch classes and spelling.

A *pitch* is a MIDI number (60 = middle C = C4). A *pitch class* is 0..11 with C = 0. A *spelled*
pitch class is a letter with accidentals (``"Eb"``, ``"F#"``, ``"Bbb"``).
"""

from __future__ import annotations

import re
from functools import lru_cache

LETTERS = "CDEFGAB"
LETTER_PITCH_CLASS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}

_SPELLED = re.compile(r"^([A-Ga-g])(##|x|#|bb|b|♯|♭)?$")
_ALTERATION = {"": 0, "#": 1, "♯": 1, "##": 2, "x": 2, "b": -1, "♭": -1, "bb": -2}
_SIGN = {-2: "bb", -1: "b", 0: "", 1: "#", 2: "##"}


@lru_cache(maxsize=256)
def parse_spelled(name: str) -> tuple[str, int]:
    """Letter and alteration of a spelled pitch class: ``"Eb"`` gives ``("E", -1)``.

    Raises
    ------
    ValueError
        If the name is not a letter A..G with at most two accidentals.
    """
    match = _SPELLED.match(name.strip())
    if match is None:
        raise ValueError(f"{name!r} is not a note name; write for example C, F# or Bb")
    return match[1].upper(), _ALTERATION[match[2] or ""]


@lru_cache(maxsize=256)
def pitch_class(name: str) -> int:
    """Pitch class 0..11 of a spelled name."""
    letter, alteration = parse_spelled(name)
    return (LETTER_PITCH_CLASS[letter] + alteration) % 12


def spell_from_letter(pc: int, letter: str) -> str | None:
    """Spell ``pc`` on the given letter, or None when it needs more than a double accidental."""
    alteration = (pc - LETTER_PITCH_CLASS[letter] + 6) % 12 - 6
    return letter + _SIGN[alteration] if alteration in _SIGN else None


def pitch_name(pitch: int, prefer_flats: bool = False) -> str:
    """Plain name with octave of a MIDI pitch, such as ``"C4"``; for display, not notation."""
    sharps = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
    flats = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
    return (flats if prefer_flats else sharps)[pitch % 12] + str(pitch // 12 - 1)


def parse_pitch(name: str) -> int:
    """MIDI number of a name with octave: ``"C4"`` is 60, ``"Bb2"`` is 46."""
    match = re.match(r"^([A-Ga-g](?:##|x|#|bb|b|♯|♭)?)(-?\d)$", name.strip())
    if match is None:
        raise ValueError(f"{name!r} is not a pitch; write for example C4 or F#2")
    letter, alteration = parse_spelled(match[1])
    return 12 * (int(match[2]) + 1) + LETTER_PITCH_CLASS[letter] + alteration
