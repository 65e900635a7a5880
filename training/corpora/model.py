"""The normal form: what every corpus becomes before any model sees it.

Time is in ticks, 480 to the quarter note, counted from the first bar line of the piece; there is
one metre and one key (the home key) to a piece: a file that changes metre or settles in another key
gives several pieces, ``name#1``, ``name#2``. Pitches stay as written; models transpose to C
themselves, by `Piece.tonic_pc`.
"""

from __future__ import annotations

import msgspec

Ticks = int

ROLES = ("lead", "counter", "inner", "riff", "chords", "arp", "pad", "bass", "drums")
"""What a part does in its piece; the composer's own names."""

FAMILIES = (
    "hymn", "lied", "quartet", "orchestra", "folk_dance", "lead_sheet", "keyboard", "guitar",
    "rock_metal", "electronic", "game", "pop_rock_song", "mood_loop",
    "drums_rock", "drums_funk", "drums_jazz", "drums_latin", "drums_hiphop", "drums_afro",
    "drums_other",
)  # fmt: skip
"""What kind of music a piece is: a condition of every model. Order is part of the format."""

QUALITIES = ("maj", "min", "dim", "aug", "7", "maj7", "min7", "hdim7", "dim7", "minmaj7", "6",
             "min6", "sus", "5", "9", "none")  # fmt: skip
"""Chord qualities to which every corpus is folded; ``none`` is no chord."""


class Note(msgspec.Struct, frozen=True, array_like=True):
    """A note. ``velocity`` is 0 where the source has none (notation); ``offset`` is the measured
    micro-timing in ticks against ``onset``, 0 where the source is quantised."""

    onset: Ticks
    duration: Ticks
    pitch: int
    velocity: int = 0
    offset: int = 0


class Chord(msgspec.Struct, frozen=True, array_like=True):
    """A chord that sounds from ``onset`` for ``duration``; ``root`` is a pitch class."""

    onset: Ticks
    duration: Ticks
    root: int
    quality: str
    bass: int = -1


class Section(msgspec.Struct, frozen=True, array_like=True):
    """A named stretch of bars; equal letters are the same material."""

    function: str
    letter: str
    start_bar: int
    bars: int


class Part(msgspec.Struct, frozen=True):
    """One part: notes in order of onset, then pitch. Drum pitches are General MIDI keys."""

    role: str
    program: int
    notes: tuple[Note, ...]


class Piece(msgspec.Struct, frozen=True):
    """A piece or a stretch of one, in one metre and around one tonic.

    ``chords_given`` tells chord symbols of the source from chords inferred from the notes.
    """

    id: str
    source: str
    family: str
    numerator: int
    denominator: int
    bars: int
    tonic_pc: int
    minor: bool
    tempo_bpm: float
    parts: tuple[Part, ...] = ()
    chords: tuple[Chord, ...] = ()
    chords_given: bool = False
    sections: tuple[Section, ...] = ()
    phrase_starts: tuple[int, ...] = ()  # bars at which a phrase begins, where the source says so
    tags: tuple[str, ...] = ()  # moods, genres: as the source names them

    @property
    def bar_ticks(self) -> Ticks:
        return 1920 * self.numerator // self.denominator


class Entry(msgspec.Struct, frozen=True):
    """One line of the manifest: where a file came from and where it went."""

    id: str
    source: str
    licence: str
    attribution: str
    sha256: str  # of the file as it lies in the corpus
    group: str  # work and author, or drummer: a group is never divided between splits
    split: str  # "train", "validation", "test" or "left out"
    reason: str = ""  # why it was left out
    pieces: int = 0
    notes: int = 0
