"""Music theory as pure functions: pitch, key, chord, roman numeral, metre, voice leading."""

from songwright.theory.chord import QUALITIES, Chord, parse_chord
from songwright.theory.key import MODES, Key
from songwright.theory.meter import Meter
from songwright.theory.roman import chord_from_roman, is_roman, roman_of

__all__ = [
    "MODES",
    "QUALITIES",
    "Chord",
    "Key",
    "Meter",
    "chord_from_roman",
    "is_roman",
    "parse_chord",
    "roman_of",
]
