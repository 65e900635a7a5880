"""Roman numerals: ``"bVII"``, ``"ii7"``, ``"V7/V"``, ``"I/3"`` read in a key.

Upper case is major, lower case minor. Degrees are those of the *major* scale on the tonic with
accidentals for everything else (``bIII`` in C is E flat, in major and in minor alike), as in
lead-sheet analysis; so ``i bVI bIII bVII`` is the usual minor loop. ``/V`` or ``/ii`` after a
numeral makes it secondary; ``/3``, ``/5`` or ``/7`` puts that chord member in the bass; ``/1`` puts
the key's tonic there (a pedal point).
"""

from __future__ import annotations

import re
from functools import lru_cache

from songwright.theory.chord import QUALITIES, Chord, parse_chord
from songwright.theory.key import MODES, Key
from songwright.theory.pitch import LETTERS, parse_spelled, spell_from_letter

_DEGREES = {"I": 0, "II": 1, "III": 2, "IV": 3, "V": 4, "VI": 5, "VII": 6}
_NUMERAL = re.compile(
    r"^(?P<sign>[b#]?)(?P<roman>VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(?P<quality>[^/]*)"
    r"(?:/(?P<of>[b#]?(?:VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i))(?![a-zA-Z]))?"
    r"(?:/(?P<member>[1357]))?$"
)


def is_roman(text: str) -> bool:
    """True when the text looks like a roman numeral that `chord_from_roman` reads."""
    return _NUMERAL.match(text.replace("6/9", "69")) is not None


@lru_cache(maxsize=4096)
def chord_from_roman(numeral: str, key: Key) -> Chord:
    """The chord that a roman numeral stands for in ``key``.

    Raises
    ------
    ValueError
        If the numeral is not understood.
    """
    match = _NUMERAL.match(numeral.strip().replace("6/9", "69"))
    if match is None:
        raise ValueError(f"{numeral!r} is not a roman numeral; write for example ii7 or bVII")
    tonic = key.tonic
    if match["of"]:
        tonic = chord_from_roman(match["of"], key).root
    root = _spell_degree(tonic, match["sign"], _DEGREES[match["roman"].upper()])
    quality = _quality(match["quality"], minor=match["roman"].islower())
    chord = parse_chord(root + quality)
    bass = ""
    if match["member"]:
        bass = _member(chord, match["member"], key)
    return Chord(chord.root, chord.quality, "" if bass == chord.root else bass)


def roman_of(chord: Chord, key: Key) -> str:
    """Roman numeral of a chord in a key (without secondary functions)."""
    interval = (chord.root_pc - key.tonic_pc) % 12
    names = ("I", "bII", "II", "bIII", "III", "IV", "#IV", "V", "bVI", "VI", "bVII", "VII")
    name, quality = names[interval], chord.quality
    if chord.is_minor or quality in ("dim", "dim7"):
        name = name.replace("I", "i").replace("V", "v")
        quality = quality if quality in ("m7b5", "mMaj7") else quality.removeprefix("m")
    return name + quality


def _spell_degree(tonic: str, sign: str, degree: int) -> str:
    letter, _ = parse_spelled(tonic)
    pc = (Key(tonic, "major").tonic_pc + MODES["major"][degree]) % 12
    pc = (pc + {"": 0, "b": -1, "#": 1}[sign]) % 12
    name = spell_from_letter(pc, LETTERS[(LETTERS.index(letter) + degree) % 7])
    if name is None or len(name) > 2:
        return Key(tonic, "major").spell(pc)
    return name


def _quality(text: str, minor: bool) -> str:
    text = text.replace("°", "dim").replace("ø", "m7b5").replace("o7", "dim7")
    text = text.replace("m7b57", "m7b5")
    if text == "o":
        return "dim"
    if not minor or text.startswith(("dim", "m7b5")):
        return text
    if text in ("maj7", "M7"):
        return "mMaj7"
    return text if text.startswith("m") and not text.startswith("maj") else "m" + text


def _member(chord: Chord, member: str, key: Key) -> str:
    if member == "1":
        return key.tonic
    wanted = {"3": (3, 4, 2, 5), "5": (7, 6, 8), "7": (10, 11, 9)}[member]
    for step in QUALITIES[chord.quality]:
        if step in wanted:
            letter, _ = parse_spelled(chord.root)
            up = {"3": 2, "5": 4, "7": 6}[member]
            pc = (chord.root_pc + step) % 12
            name = spell_from_letter(pc, LETTERS[(LETTERS.index(letter) + up) % 7])
            return name if name is not None and len(name) <= 2 else key.spell(pc)
    if member == "7":  # a passing seventh under a triad: minor in minor chords, major otherwise
        return key.spell((chord.root_pc + (10 if chord.is_minor else 11)) % 12)
    return chord.root
