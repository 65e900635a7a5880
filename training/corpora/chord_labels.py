"""Chord labels of the Billboard charts (``Bb:min7/b7``) as roots, folded qualities and basses.

The syntax is that of C. Harte, Symbolic Representation of Musical Chords (2005).
"""

from __future__ import annotations

import re
from types import MappingProxyType

from training.corpora.model import Chord, Ticks

_LETTERS = MappingProxyType({"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11})
_DEGREES = (0, 2, 4, 5, 7, 9, 11)
_LABEL = re.compile(
    r"(?P<root>[A-G][b#]*):(?P<kind>[a-z]*\d*)(?:\((?P<added>[^)]*)\))?(?:/(?P<bass>[b#]*\d+))?"
)
_FOLDED = MappingProxyType(
    {
        "maj": "maj", "min": "min", "dim": "dim", "aug": "aug", "7": "7", "maj7": "maj7",
        "min7": "min7", "hdim7": "hdim7", "dim7": "dim7", "minmaj7": "minmaj7", "maj6": "6",
        "min6": "min6", "sus4": "sus", "sus2": "sus", "5": "5", "9": "9", "13": "9", "11": "sus",
        "maj9": "maj7", "maj11": "maj7", "maj13": "maj7", "min9": "min7", "min11": "min7",
        "min13": "min7", "1": "5",
    }
)  # fmt: skip
"""Shorthand -> quality. An eleventh is played without its third, a lone root without any."""


def pitch_class(name: str) -> int:
    """Pitch class of a note name such as ``F#`` or ``Cb``."""
    return (_LETTERS[name[0]] + name.count("#") - name.count("b")) % 12


def degree_semitones(degree: str) -> int:
    """Semitones 0..11 above the root of a degree of the major scale such as ``b7`` or ``#11``."""
    number = int(degree.lstrip("b#"))
    return (_DEGREES[(number - 1) % 7] + degree.count("#") - degree.count("b")) % 12


def quality_of(kind: str, added: str) -> str:
    """Folded quality of a shorthand with the degrees in its brackets.

    Raises
    ------
    ValueError
        If the shorthand is unknown.
    """
    if kind not in _FOLDED:
        raise ValueError(f"unknown chord shorthand {kind!r}")
    extra = {degree.strip() for degree in added.split(",")} if added else set()
    if kind == "1" and extra & {"3", "b3"}:
        return _from_degrees(extra)
    if kind == "maj6" and "b7" in extra:
        return "9"
    if kind == "maj" and "b7" in extra:
        return "7"
    if kind == "min" and "b7" in extra:
        return "min7"
    return _FOLDED[kind]


def _from_degrees(degrees: set[str]) -> str:
    """Quality of a chord that is spelled out by its degrees."""
    if "b3" in degrees:
        if "b5" in degrees:
            return "hdim7" if "b7" in degrees else "dim"
        return "min7" if "b7" in degrees else "min"
    return "7" if "b7" in degrees else "maj"


def parse_label(label: str, onset: Ticks, duration: Ticks) -> Chord:
    """A chord from its label; ``N`` is no chord.

    Raises
    ------
    ValueError
        If the label cannot be read.
    """
    if label == "N":
        return Chord(onset, duration, 0, "none")
    match = _LABEL.fullmatch(label)
    if match is None:
        raise ValueError(f"not a chord label: {label!r}")
    root = pitch_class(match["root"])
    bass = -1
    if match["bass"]:
        semitones = degree_semitones(match["bass"])
        bass = (root + semitones) % 12 if semitones else -1
    return Chord(onset, duration, root, quality_of(match["kind"], match["added"] or ""), bass)
