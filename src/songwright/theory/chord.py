"""Chords: qualities as a table, symbols in and out.

``parse_chord("F#m7b5/E")`` reads what musicians write; ``Chord.symbol`` writes it back in one
plain form. Roman numerals are in `songwright.theory.roman`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from songwright.theory.pitch import pitch_class

QUALITIES: dict[str, tuple[int, ...]] = {
    # quality: semitones above the root, in the order in which they matter
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "dim": (0, 3, 6),
    "aug": (0, 4, 8),
    "5": (0, 7),
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
    "6": (0, 4, 7, 9),
    "m6": (0, 3, 7, 9),
    "7": (0, 4, 7, 10),
    "maj7": (0, 4, 7, 11),
    "m7": (0, 3, 7, 10),
    "mMaj7": (0, 3, 7, 11),
    "dim7": (0, 3, 6, 9),
    "m7b5": (0, 3, 6, 10),
    "aug7": (0, 4, 8, 10),
    "augMaj7": (0, 4, 8, 11),
    "7sus4": (0, 5, 7, 10),
    "7b5": (0, 4, 6, 10),
    "7b9": (0, 4, 7, 10, 1),
    "7#9": (0, 4, 7, 10, 3),
    "7#11": (0, 4, 7, 10, 6),
    "7b13": (0, 4, 7, 10, 8),
    "7alt": (0, 4, 10, 3, 8),
    "maj7#11": (0, 4, 7, 11, 6),
    "add9": (0, 4, 7, 2),
    "madd9": (0, 3, 7, 2),
    "6/9": (0, 4, 7, 9, 2),
    "m6/9": (0, 3, 7, 9, 2),
    "9": (0, 4, 7, 10, 2),
    "maj9": (0, 4, 7, 11, 2),
    "m9": (0, 3, 7, 10, 2),
    "9sus4": (0, 5, 7, 10, 2),
    "11": (0, 7, 10, 2, 5),
    "m11": (0, 3, 7, 10, 2, 5),
    "13": (0, 4, 7, 10, 2, 9),
    "maj13": (0, 4, 7, 11, 2, 9),
    "m13": (0, 3, 7, 10, 2, 9),
}

_ALIASES = {
    "maj": "", "M": "", "major": "", "min": "m", "-": "m", "minor": "m",
    "°": "dim", "o": "dim", "+": "aug", "#5": "aug", "sus": "sus4", "2": "sus2", "4": "sus4",
    "min6": "m6", "-6": "m6", "dom7": "7", "M7": "maj7", "Maj7": "maj7", "ma7": "maj7",
    "Δ": "maj7", "Δ7": "maj7", "j7": "maj7", "major7": "maj7", "min7": "m7", "-7": "m7",
    "mi7": "m7", "minor7": "m7", "mM7": "mMaj7", "m(maj7)": "mMaj7", "mmaj7": "mMaj7",
    "minmaj7": "mMaj7", "-maj7": "mMaj7", "°7": "dim7", "o7": "dim7", "ø": "m7b5", "ø7": "m7b5",
    "min7b5": "m7b5", "-7b5": "m7b5", "m7(b5)": "m7b5", "+7": "aug7", "7#5": "aug7",
    "7+": "aug7", "maj7#5": "augMaj7", "+maj7": "augMaj7", "7sus": "7sus4", "sus7": "7sus4",
    "7(b9)": "7b9", "7(#9)": "7#9", "7(#11)": "7#11", "7(b13)": "7b13", "alt": "7alt",
    "M7#11": "maj7#11", "maj7(#11)": "maj7#11", "2add": "add9", "add2": "add9", "(add9)": "add9",
    "madd2": "madd9", "m(add9)": "madd9", "69": "6/9", "6add9": "6/9", "m69": "m6/9",
    "M9": "maj9", "Maj9": "maj9", "min9": "m9", "-9": "m9", "9sus": "9sus4", "min11": "m11",
    "-11": "m11", "M13": "maj13", "min13": "m13",
}  # fmt: skip

_SYMBOL = re.compile(r"^([A-G](?:##|#|bb|b|♯|♭)?)(.*?)(?:/([A-G](?:##|#|bb|b|♯|♭)?))?$")


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord: spelled root, quality (a name in `QUALITIES`) and spelled bass (root if empty)."""

    root: str
    quality: str
    bass: str = ""

    def __post_init__(self) -> None:
        if self.quality not in QUALITIES:
            raise ValueError(f"{self.quality!r} is not a chord quality")

    @property
    def root_pc(self) -> int:
        return pitch_class(self.root)

    @property
    def bass_pc(self) -> int:
        return pitch_class(self.bass) if self.bass else self.root_pc

    @property
    def pcs(self) -> tuple[int, ...]:
        """Pitch classes, most important first; a foreign bass note is not among them."""
        root = self.root_pc
        return tuple((root + step) % 12 for step in QUALITIES[self.quality])

    @property
    def symbol(self) -> str:
        """Plain chord symbol, such as ``"Dm7/C"``."""
        return self.root + self.quality + (f"/{self.bass}" if self.bass else "")

    @property
    def is_minor(self) -> bool:
        steps = QUALITIES[self.quality]
        return 3 in steps and 4 not in steps

    def __str__(self) -> str:
        return self.symbol


@lru_cache(maxsize=2048)
def parse_chord(symbol: str) -> Chord:
    """Read a chord symbol.

    Raises
    ------
    ValueError
        If the symbol is not understood; the message names it.
    """
    text = symbol.strip().replace("♯", "#").replace("♭", "b")
    if (match := re.match(r"^([A-G](?:##|#|bb|b)?)(m?6)/9$", text)) is not None:
        return Chord(match[1], match[2] + "/9")
    match = _SYMBOL.match(text)
    if match is None:
        raise ValueError(f"{symbol!r} is not a chord; write for example Dm7, F#sus4 or C/E")
    quality = match[2].replace(" ", "")
    quality = _ALIASES.get(quality, quality)
    if quality not in QUALITIES:
        stripped = quality.replace("(", "").replace(")", "")
        quality = _ALIASES.get(stripped, stripped)
    if quality not in QUALITIES:
        raise ValueError(f"{symbol!r}: the chord quality {match[2]!r} is not known")
    root, bass = match[1], match[3] or ""
    return Chord(root, quality, "" if bass == root else bass)
