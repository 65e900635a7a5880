"""The written piece: what notation shows and what every later stage is made from.

All values are frozen and serialise with `songwright.score.codec`. Time is in whole ticks
(480 to the quarter note) from the start of the piece, so nothing ever drifts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from songwright.errors import ScoreError
from songwright.theory import Chord, Key, Meter


@dataclass(frozen=True, slots=True)
class Note:
    """One written note.

    Attributes
    ----------
    onset_ticks, duration_ticks
        Written start and length; a note may cross bar lines (notation ties it).
    pitch
        Sounding MIDI pitch 0..127; for drum kits the General MIDI percussion key.
    velocity
        Written dynamic 1..127 before performance shapes it.
    articulation
        ``""`` or one of ``staccato tenuto accent marcato legato tremolo pizzicato slide ghost``.
    """

    onset_ticks: int
    duration_ticks: int
    pitch: int
    velocity: int = 80
    articulation: str = ""

    @property
    def end_ticks(self) -> int:
        return self.onset_ticks + self.duration_ticks


@dataclass(frozen=True, slots=True)
class Part:
    """One player's line.

    ``id`` is unique in the score and names the stem; ``role`` is what the part does in the
    arrangement (see `ROLES`); ``instrument`` is a key of the instrument table. Parts that share a
    non-empty ``staff_group`` are the staves of one keyboard or harp player, upper staff first.
    ``sound`` names a patch of the sound palette that plays it; "" is the instrument's own sound.
    """

    id: str
    name: str
    role: str
    instrument: str
    notes: tuple[Note, ...] = ()
    staff_group: str = ""
    sound: str = ""

    def with_notes(self, notes: tuple[Note, ...]) -> Part:
        return replace(self, notes=notes)


ROLES = (
    "lead", "counter", "riff", "chords", "arp", "pad", "stabs", "inner", "bass", "drums",
    "percussion",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChordSpan:
    """A chord symbol and how long it holds."""

    onset_ticks: int
    duration_ticks: int
    chord: Chord
    roman: str = ""

    @property
    def end_ticks(self) -> int:
        return self.onset_ticks + self.duration_ticks


@dataclass(frozen=True, slots=True)
class SectionMark:
    """A section as heard: rehearsal mark, function and extent in bars (0-based)."""

    id: str
    function: str
    letter: str
    start_bar: int
    bars: int

    @property
    def end_bar(self) -> int:
        return self.start_bar + self.bars


@dataclass(frozen=True, slots=True)
class TempoChange:
    """From ``tick`` on the beat runs at ``bpm`` quarter notes a minute."""

    tick: int
    bpm: float


@dataclass(frozen=True, slots=True)
class MeterChange:
    tick: int
    meter: Meter


@dataclass(frozen=True, slots=True)
class KeyChange:
    tick: int
    key: Key


@dataclass(frozen=True, slots=True)
class DynamicMark:
    """A written dynamic (``ppp`` … ``fff``) for one part from ``tick`` on."""

    tick: int
    part_id: str
    mark: str


@dataclass(frozen=True, slots=True)
class ThemeUse:
    """Where a theme sounds and how it was developed (``exact``, ``sequence``, ``varied`` …)."""

    theme: str
    part_id: str
    onset_ticks: int
    duration_ticks: int
    treatment: str


@dataclass(frozen=True, slots=True)
class Score:
    """A whole piece as written. The source of MIDI, notation, stems and session files."""

    title: str
    bars: int
    meters: tuple[MeterChange, ...]
    tempos: tuple[TempoChange, ...]
    keys: tuple[KeyChange, ...]
    sections: tuple[SectionMark, ...] = ()
    chords: tuple[ChordSpan, ...] = ()
    parts: tuple[Part, ...] = ()
    themes: tuple[ThemeUse, ...] = ()
    dynamics: tuple[DynamicMark, ...] = ()

    def part(self, part_id: str) -> Part:
        """The part with this id.

        Raises
        ------
        ScoreError
            If there is none; the message lists those there are.
        """
        for part in self.parts:
            if part.id == part_id:
                return part
        known = ", ".join(p.id for p in self.parts) or "none"
        raise ScoreError(f"there is no part {part_id!r}; the parts are: {known}")
