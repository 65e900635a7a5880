"""Keys and chord symbols as the judge reads them, apart from `songwright.theory`."""

from __future__ import annotations

import re
from dataclasses import dataclass

NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_MAJOR = (0, 2, 4, 5, 7, 9, 11)
_MINOR = (0, 2, 3, 5, 7, 8, 10)

SCALES: dict[str, tuple[int, ...]] = {
    "major": _MAJOR,
    "minor": _MINOR,
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
    "melodic minor": (0, 2, 3, 5, 7, 9, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "locrian": (0, 1, 3, 5, 6, 8, 10),
    "major pentatonic": (0, 2, 4, 7, 9),
    "minor pentatonic": (0, 3, 5, 7, 10),
    "blues": (0, 3, 5, 6, 7, 10),
    "whole-tone": (0, 2, 4, 6, 8, 10),
}
_PLAIN = ("major", "minor", "harmonic minor", "melodic minor")

_QUALITIES = {
    "": "0 4 7", "m": "0 3 7", "5": "0 7", "dim": "0 3 6", "aug": "0 4 8",
    "sus2": "0 2 7", "sus4": "0 5 7", "6": "0 4 7 9", "m6": "0 3 7 9", "7": "0 4 7 10",
    "maj7": "0 4 7 11", "m7": "0 3 7 10", "m7b5": "0 3 6 10", "dim7": "0 3 6 9",
    "7sus4": "0 5 7 10", "add9": "0 2 4 7", "madd9": "0 2 3 7", "9": "0 2 4 7 10",
    "7alt": "0 3 4 8 10", "maj9": "0 2 4 7 11", "m9": "0 2 3 7 10", "7b9": "0 1 4 7 10",
    "13": "0 2 4 7 9 10",
}  # fmt: skip
_SPELLINGS = {"sus": "sus4", "min": "m", "M7": "maj7", "o": "dim", "o7": "dim7", "+": "aug"}


def pitch_class(name: str) -> int:
    """Pitch class 0..11 of a note name such as ``Eb``."""
    return (_LETTERS[name[0]] + name.count("#") - name[1:].count("b")) % 12


def key_name(tonic: int, minor: bool) -> str:
    """``"D minor"`` of an estimate."""
    return f"{NAMES[tonic]} {'minor' if minor else 'major'}"


def key_agrees(wanted: str, tonic: int, minor: bool) -> bool:
    """Whether an estimate of major or minor fits the key asked for (``"D dorian"``).

    Same tonic and same third; blues takes either third. Profiles know only major and minor, so for
    modes and other scales the major or minor key that holds the same notes also fits (for blues
    those of its mixolydian chords).
    """
    name, _, mode = wanted.partition(" ")
    root = pitch_class(name)
    steps = SCALES[mode]
    is_minor = 3 in steps and 4 not in steps
    if tonic == root and (minor is is_minor or mode == "blues"):
        return True
    if mode in _PLAIN:
        return False
    notes = {(tonic + step) % 12 for step in (_MINOR if minor else _MAJOR)}
    held = SCALES["mixolydian"] if mode == "blues" else steps
    return {(root + step) % 12 for step in held} <= notes


@dataclass(frozen=True)
class ChordSymbol:
    """Root and bass as pitch classes, tones as semitones above the root."""

    root: int
    bass: int
    steps: frozenset[int]

    @property
    def tones(self) -> frozenset[int]:
        """Pitch classes of the chord with its bass."""
        return frozenset((self.root + step) % 12 for step in self.steps) | {self.bass}


def parse_chord(symbol: str) -> ChordSymbol:
    """Read a chord symbol such as ``F#m7b5`` or ``G/B``.

    Raises
    ------
    ValueError
        If the root or the quality is not known here.
    """
    match = re.fullmatch(r"([A-G][#b]*)([^/]*)(?:/([A-G][#b]*))?", symbol)
    if match is None:
        raise ValueError(f"{symbol!r} is no chord symbol")
    quality = _SPELLINGS.get(match[2], match[2])
    if quality not in _QUALITIES:
        raise ValueError(f"the quality of {symbol!r} is not in bench/prompts_theory.py")
    root = pitch_class(match[1])
    steps = frozenset(int(step) for step in _QUALITIES[quality].split())
    return ChordSymbol(root, pitch_class(match[3]) if match[3] else root, steps)


def same_chord(wanted: str, found: str) -> bool:
    """Whether a chord in the file is the one asked for.

    Root, tones and bass must be equal however they are spelled. ``~G`` (from a roman numeral)
    leaves the chord's extensions open: root and triad decide.
    """
    loose = wanted.startswith("~")
    target = parse_chord(wanted.lstrip("~"))
    if loose:
        match = re.match(r"([A-G][#b]*)(.*)", found)
        if match is None:
            return False
        is_minor = match[2].startswith("m") and not match[2].startswith("maj")
        return pitch_class(match[1]) == target.root and is_minor == (3 in target.steps)
    try:
        return parse_chord(found) == target
    except ValueError:
        return False
