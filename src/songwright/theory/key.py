"""Keys: a tonic and a mode, their scales, signatures and spelling."""

from __future__ import annotations

from dataclasses import dataclass

from songwright.theory.pitch import (
    LETTER_PITCH_CLASS,
    LETTERS,
    parse_spelled,
    pitch_class,
    spell_from_letter,
)

MODES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
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
"""Semitones above the tonic. ``minor`` is the natural form."""

PARENT: dict[str, str] = {
    "major pentatonic": "major",
    "minor pentatonic": "minor",
    "blues": "mixolydian",
    "harmonic minor": "minor",
    "melodic minor": "minor",
}
"""The seven-note mode that supplies harmony and key signature where a mode has none itself."""

# Fifths between the tonic's major signature and the mode's own.
_SIGNATURE_SHIFT = {
    "major": 0, "minor": -3, "dorian": -2, "phrygian": -4, "lydian": 1, "mixolydian": -1,
    "locrian": -5, "whole-tone": 0,
}  # fmt: skip
_FIFTHS_OF_LETTER = {"F": -1, "C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5}


@dataclass(frozen=True, slots=True)
class Key:
    """A tonic (spelled, such as ``"Eb"``) and a mode (a name in `MODES`)."""

    tonic: str
    mode: str

    def __post_init__(self) -> None:
        parse_spelled(self.tonic)
        if self.mode not in MODES:
            raise ValueError(f"{self.mode!r} is not a mode; known are {', '.join(MODES)}")

    def __str__(self) -> str:
        return f"{self.tonic} {self.mode}"

    @property
    def tonic_pc(self) -> int:
        """Pitch class 0..11 of the tonic."""
        return pitch_class(self.tonic)

    @property
    def is_minor(self) -> bool:
        """True when the third above the tonic is minor."""
        return 3 in MODES[self.mode] and 4 not in MODES[self.mode]

    @property
    def scale_pcs(self) -> tuple[int, ...]:
        """Pitch classes of the mode, upwards from the tonic."""
        return tuple((self.tonic_pc + step) % 12 for step in MODES[self.mode])

    @property
    def harmonic_mode(self) -> str:
        """The mode whose chords accompany this one."""
        return PARENT.get(self.mode, self.mode)

    @property
    def diatonic_pcs(self) -> tuple[int, ...]:
        """Pitch classes of the seven-note (or whole-tone) mode that harmonises this one."""
        return tuple((self.tonic_pc + step) % 12 for step in MODES[self.harmonic_mode])

    @property
    def fifths(self) -> int:
        """Sharps (positive) or flats (negative) of the written key signature, in -7..7."""
        letter, alteration = parse_spelled(self.tonic)
        count = _FIFTHS_OF_LETTER[letter] + 7 * alteration + _SIGNATURE_SHIFT[self.harmonic_mode]
        while count > 7:
            count -= 12
        while count < -7:
            count += 12
        return count

    def transposed(self, semitones: int) -> Key:
        """The same mode on another tonic, spelled with the simplest signature."""
        pc = (self.tonic_pc + semitones) % 12
        return Key(simplest_tonic(pc, self.mode), self.mode)

    def spell(self, pc: int) -> str:
        """Spell a pitch class as notation in this key would write it.

        Scale notes follow the key signature; a raised leading tone in minor is sharp of the
        seventh degree; other notes take a sharp in sharp keys and a flat in flat keys.
        """
        for letter, alteration in _signature(self.fifths).items():
            if (LETTER_PITCH_CLASS[letter] + alteration) % 12 == pc:
                return spell_from_letter(pc, letter) or letter
        tonic_letter, _ = parse_spelled(self.tonic)
        degree = (pc - self.tonic_pc) % 12
        # Letter steps above the tonic at which each chromatic degree is written.
        steps = {1: 1, 2: 1, 3: 2, 4: 2, 5: 3, 6: 3, 7: 4, 8: 5, 9: 5, 10: 6, 11: 6, 0: 0}
        letter = LETTERS[(LETTERS.index(tonic_letter) + steps[degree]) % 7]
        name = spell_from_letter(pc, letter)
        if name is not None and len(name) <= 2:
            return name
        flats, sharps = "C Db D Eb E F Gb G Ab A Bb B", "C C# D D# E F F# G G# A A# B"
        return (flats if self.fifths < 0 else sharps).split()[pc]


def _signature(fifths: int) -> dict[str, int]:
    """Alteration of each letter under a key signature."""
    order = "FCGDAEB"
    signature = dict.fromkeys(LETTERS, 0)
    for i in range(abs(fifths)):
        letter = order[i] if fifths > 0 else order[6 - i]
        signature[letter] = 1 if fifths > 0 else -1
    return signature


def simplest_tonic(pc: int, mode: str) -> str:
    """Spelling of a tonic pitch class that needs the fewest accidentals in the signature."""
    names = [n for letter in LETTERS if (n := spell_from_letter(pc, letter)) and len(n) <= 2]
    shift = _SIGNATURE_SHIFT[PARENT.get(mode, mode)]

    def cost(name: str) -> tuple[int, int]:
        letter, alteration = parse_spelled(name)
        return abs(_FIFTHS_OF_LETTER[letter] + 7 * alteration + shift), int("#" in name)

    return min(names, key=cost)
