"""Chord loops with moods: the progressions of free-midi-chords, a bar to each chord, around C.

Roman numerals there are degrees of the major scale, in the minor list of the natural minor scale;
a bare ``7`` is the seventh that the scale gives.
"""

from __future__ import annotations

import json
import re
from itertools import groupby
from pathlib import Path
from types import MappingProxyType

from training.corpora.charts import is_minor
from training.corpora.forms import file_hash
from training.corpora.model import Chord, Entry, Piece

SOURCE = "free_midi_chords"
LICENCE = "MIT"
ATTRIBUTION = "free-midi-chords, Ludovic Drolez"

BAR = 1920
TEMPO_BPM = 100.0
"""The set names no tempo."""

_NUMERAL = re.compile(r"(?P<shift>[b#]*)(?P<degree>[IVX]+|[ivx]+)(?P<kind>.*)")
_DEGREE = MappingProxyType({"I": 0, "II": 1, "III": 2, "IV": 3, "V": 4, "VI": 5, "VII": 6})
_MAJOR_SCALE = (0, 2, 4, 5, 7, 9, 11)
_MINOR_SCALE = (0, 2, 3, 5, 7, 8, 10)
_KIND = MappingProxyType(
    {
        "M": "maj", "m": "min", "dim": "dim", "5": "5", "6": "6", "M6": "6", "69": "6",
        "m6": "min6", "dom7": "7", "M7": "maj7", "m7": "min7", "sus2": "sus", "sus4": "sus",
        "m9": "min7", "9": "9", "madd9": "min", "M-5": "maj",
    }
)  # fmt: skip
_LISTS = (("prog_maj", _MAJOR_SCALE), ("prog_min", _MINOR_SCALE), ("prog_modal", _MAJOR_SCALE))


def parse_numeral(text: str, scale: tuple[int, ...]) -> tuple[int, str]:
    """Root (pitch class above the tonic) and folded quality of a numeral such as ``bVIM7``.

    Raises
    ------
    ValueError
        If the numeral or its suffix is unknown.
    """
    match = _NUMERAL.fullmatch(text)
    if match is None or match["degree"].upper() not in _DEGREE:
        raise ValueError(f"not a numeral: {text!r}")
    step = _DEGREE[match["degree"].upper()]
    shift = match["shift"].count("#") - match["shift"].count("b")
    root = (scale[step] + shift) % 12
    small, kind = match["degree"].islower(), match["kind"]
    if kind in ("", "add9"):
        fifth = (scale[(step + 4) % 7] - scale[step]) % 12
        if small and fifth == 6 and not shift and not kind:
            return root, "dim"  # the triad that the scale has there
        return root, "min" if small else "maj"
    if kind == "7":
        return root, _seventh(step, small, scale)
    if kind not in _KIND:
        raise ValueError(f"unknown suffix {kind!r} of {text!r}")
    return root, _KIND[kind]


def _seventh(step: int, small: bool, scale: tuple[int, ...]) -> str:
    """Quality of the seventh chord on a step with the seventh of the scale."""
    if small:
        return "min7"
    seventh = (scale[(step + 6) % 7] - scale[step]) % 12
    return "maj7" if seventh == 11 else "7"


def loop_of(numerals: list[str], scale: tuple[int, ...], tags: list[str], name: str) -> Piece:
    """A piece from numerals, one bar each; equal neighbours become one chord.

    Raises
    ------
    ValueError
        If a numeral is unknown.
    """
    chords: list[Chord] = []
    at = 0
    for (root, quality), same in groupby(parse_numeral(text, scale) for text in numerals):
        length = BAR * len(list(same))
        chords.append(Chord(at, length, root, quality))
        at += length
    return Piece(
        id=f"{SOURCE}/{name}",
        source=SOURCE,
        family="mood_loop",
        numerator=4,
        denominator=4,
        bars=len(numerals),
        tonic_pc=0,
        minor=scale == _MINOR_SCALE or is_minor(chords, 0),
        tempo_bpm=TEMPO_BPM,
        chords=tuple(chords),
        chords_given=True,
        tags=tuple(tag.lower() for tag in tags),
    )


def read_all(root: Path) -> tuple[list[Piece], list[Entry]]:
    """All progressions of ``progressions.json`` below a folder."""
    data = (root / "progressions.json").read_bytes()
    lists = json.loads(data)
    pieces = [
        loop_of(row["chords"], scale, row["tags"], f"{key}/{number:03}")
        for key, scale in _LISTS
        for number, row in enumerate(lists[key], 1)
    ]
    entries = [
        Entry(piece.id, SOURCE, LICENCE, ATTRIBUTION, file_hash(data), piece.id, "", pieces=1)
        for piece in pieces
    ]
    return pieces, entries
