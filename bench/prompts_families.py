"""Which General MIDI programs satisfy a word: the judge's own table, made without the composer's.

Programs are numbered from 0. A group that must sound is generous (any violin section is "strings");
a group that must not sound holds what most players would object to.
"""

from __future__ import annotations

from collections.abc import Iterable

DRUMS = "drums"
KIT = "kit:"

FAMILIES: dict[str, str] = {
    "piano": "0-3", "honky-tonk piano": "3", "electric piano": "2 4 5", "harpsichord": "6",
    "clavinet": "7", "celesta": "8", "glockenspiel": "9", "music box": "10", "vibraphone": "11",
    "marimba": "12", "xylophone": "13", "tubular bells": "14", "dulcimer": "15",
    "bells": "8-10 14 98 112",
    "organ": "16-20", "hammond organ": "16-18", "church organ": "19", "accordion": "21 23",
    "harmonica": "22", "bandoneon": "21 23",
    "guitar": "24-31", "nylon guitar": "24", "steel guitar": "25", "acoustic guitar": "24 25",
    "jazz guitar": "26", "electric guitar": "26-31", "electric": "26-31",
    "distorted guitar": "29 30",
    "bass": "32-39 43 87", "upright bass": "32 43", "contrabass": "32 43", "slap bass": "36 37",
    "fretless bass": "35", "synth bass": "38 39 87",
    "violin": "40", "viola": "41", "cello": "42", "tremolo strings": "44",
    "pizzicato strings": "45", "bowed strings": "40-45 48 49", "strings": "40-45 48-51",
    "harp": "46", "timpani": "47",
    "choir": "52-54 91", "voices": "52-54 85 91",
    "trumpet": "56 59", "muted trumpet": "59", "trombone": "57", "tuba": "58",
    "french horn": "60", "brass": "56-63", "synth brass": "62 63",
    "sax": "64-67", "soprano sax": "64", "alto sax": "65", "tenor sax": "66",
    "baritone sax": "67",
    "oboe": "68", "english horn": "69", "bassoon": "70", "clarinet": "71", "piccolo": "72",
    "flute": "73", "recorder": "74", "pan flute": "75", "shakuhachi": "77",
    "whistle": "72 74 78", "ocarina": "79", "winds": "64-79",
    "synths": "38 39 50 51 62 63 80-103", "synth lead": "80-87", "square lead": "80",
    "pad": "48-54 88-103", "pads strict": "88-95", "pad wide": "48-54 88-103",
    "sitar": "104", "banjo": "105", "shamisen": "106", "koto": "107", "kalimba": "108",
    "bagpipe": "109", "fiddle": "40 110", "shanai": "111",
    "steel drums": "114", "taiko": "116",
    "percussion": "drums 47 112-119", "808": "kit:25 38 39", "brushes": "kit:40",
    "drums": "drums",
}  # fmt: skip
"""Programs, ranges of programs, ``drums`` (any note on channel 10) or ``kit:N`` by name."""

Sound = int | str
"""A General MIDI program 0..127, ``"drums"`` or ``"kit:25"``."""


def sounds(entry: int | str | Iterable[int | str]) -> frozenset[Sound]:
    """All sounds that an entry of the prompt file stands for.

    Parameters
    ----------
    entry
        A program number, a name in `FAMILIES`, ``"kit:N"``, or several of them.

    Raises
    ------
    ValueError
        If a name is unknown or a number is no program.
    """
    if isinstance(entry, int):
        if not 0 <= entry <= 127:
            raise ValueError(f"{entry} is not a General MIDI program 0..127")
        return frozenset((entry,))
    if not isinstance(entry, str):
        return frozenset().union(*(sounds(part) for part in entry))
    if entry.startswith(KIT):
        return frozenset((entry,))
    try:
        return _members(FAMILIES[entry])
    except KeyError:
        raise ValueError(
            f"{entry!r} is not in the table of families; add it to bench/prompts_families.py"
        ) from None


def _members(text: str) -> frozenset[Sound]:
    found: set[Sound] = set()
    for word in text.split():
        low, _, high = word.partition("-")
        if low.isdigit():
            found.update(range(int(low), int(high or low) + 1))
        else:
            found.add(word)
    return frozenset(found)
