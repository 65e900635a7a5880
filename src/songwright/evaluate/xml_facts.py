"""What the words of MusicXML mean here: dynamics, kinds of chords, names of players."""

from __future__ import annotations

from songwright.score.instruments import instrument_of_program, instruments

DYNAMICS = {
    "pppp": 20, "ppp": 28, "pp": 38, "p": 52, "mp": 66, "mf": 80, "f": 94, "ff": 108, "fff": 118,
    "ffff": 124, "fp": 80, "sf": 96, "sfz": 100, "fz": 98,
}  # fmt: skip
"""Velocity of a written dynamic: equal steps, mezzo-forte at 80."""

KINDS = {
    "major": "", "minor": "m", "augmented": "aug", "diminished": "dim", "dominant": "7",
    "major-seventh": "maj7", "minor-seventh": "m7", "diminished-seventh": "dim7",
    "augmented-seventh": "aug7", "half-diminished": "m7b5", "major-minor": "mMaj7",
    "major-sixth": "6", "minor-sixth": "m6", "dominant-ninth": "9", "major-ninth": "maj9",
    "minor-ninth": "m9", "dominant-11th": "11", "minor-11th": "m11", "dominant-13th": "13",
    "major-13th": "maj13", "minor-13th": "m13", "suspended-second": "sus2",
    "suspended-fourth": "sus4", "power": "5",
}  # fmt: skip
"""Chord quality of a MusicXML ``kind``; unknown kinds are read as major."""

_NAMES = {
    # In order: the first word that occurs in a part's name decides.
    "violoncello": "cello", "cello": "cello", "contrabass": "contrabass",
    "double bass": "contrabass", "kontrabass": "contrabass", "viola": "viola",
    "bratsche": "viola", "violin": "violin", "violine": "violin", "piccolo": "piccolo",
    "flute": "flute", "flauto": "flute", "oboe": "oboe", "english horn": "english_horn",
    "clarinet": "clarinet", "klarinette": "clarinet", "bassoon": "bassoon", "fagott": "bassoon",
    "horn": "french_horn", "corno": "french_horn", "trumpet": "trumpet", "trompete": "trumpet",
    "trombone": "trombone", "posaune": "trombone", "tuba": "tuba", "timpani": "timpani",
    "pauken": "timpani", "harp": "orchestral_harp", "organ": "church_organ",
    "guitar": "acoustic_guitar_nylon", "voice": "choir_aahs", "soprano": "choir_aahs",
    "alto": "choir_aahs", "tenor": "choir_aahs", "baritone": "choir_aahs", "mezzo": "choir_aahs",
    "choir": "choir_aahs", "gesang": "choir_aahs", "singstimme": "choir_aahs",
    "chant": "choir_aahs", "piano": "acoustic_grand_piano", "klavier": "acoustic_grand_piano",
    "bass": "choir_aahs",
}  # fmt: skip


def instrument_named(name: str, program: int | None) -> str:
    """Id of the instrument of a part: by its MIDI program if given, else by its name."""
    known = instruments()
    if program is not None and 0 < program < 128:
        return instrument_of_program(program).id
    words = name.lower()
    for word, player in _NAMES.items():
        if word in words and player in known:
            return player
    return "acoustic_grand_piano"
