"""An edit as data, and what a refined song carries beside its score.

    refined song = parent song + edits

An `Edit` can be printed, stored and made again: the same song and the same edits give the same
bytes. Everything outside an edit's `Scope` stays byte-identical (see
`songwright.session.refine.splice`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from songwright.perform.model import Performance
from songwright.score import ChordSpan, Part

LEVELS = (
    "harmony", "melody", "rhythm", "voicing", "performance", "instrument", "mix",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an edit may change anything; every empty field means "all".

    Attributes
    ----------
    sections
        Names of sections: an id (``chorus-2``), a function (``chorus``: all of them), a letter, or
        either with a number (``chorus#2``, ``chorus#-1`` the last).
    parts
        Part ids, roles, instrument ids, or words of the vocabulary ("brass").
    bars
        0-based spans ``(first, one past the last)``.
    levels
        Members of `LEVELS`.
    """

    sections: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    bars: tuple[tuple[int, int], ...] = ()
    levels: tuple[str, ...] = ()

    def __str__(self) -> str:
        fields = [",".join(self.sections), ",".join(self.parts)]
        if self.bars:
            fields.append("bars " + ",".join(f"{a + 1}-{b}" for a, b in self.bars))
        fields.append(",".join(self.levels))
        return ":".join(f for f in fields if f) or "everything"


@dataclass(frozen=True, slots=True)
class Edit:
    """One change.

    Attributes
    ----------
    kind
        Name of the change; `songwright.session.refine.kinds` lists them.
    scope
        Where it may change anything.
    amount
        How much or how far; its unit depends on the kind (semitones, dB, bpm, 0..1).
    value
        What is wanted where a number cannot say it: a key, an instrument, chords, a section.
    given
        Notes that come from outside, one part each.
    chords
        Chords that come from outside.
    """

    kind: str
    scope: Scope = field(default_factory=Scope)
    amount: float = 0.0
    value: str = ""
    given: tuple[Part, ...] = ()
    chords: tuple[ChordSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class StripChange:
    """What was changed by hand in one part's channel strip; added to what the style decided.

    ``level_db`` and ``reverb_db`` add to the fader and the send; ``pan`` replaces the place where
    it is not None; ``width`` multiplies the sides; ``bright_db`` is a shelf above 4 kHz;
    ``mud_db`` a band at 300 Hz; ``presence_db`` one at 3.2 kHz; ``duck_db`` adds to the depth of
    ducking under the kick; ``drive`` to the saturation. For the whole mix (`Refined.overall`) only
    ``bright_db width presence_db mud_db`` and ``loudness_lufs`` count.
    """

    level_db: float = 0.0
    pan: float | None = None
    mute: bool = False
    width: float = 1.0
    reverb_db: float = 0.0
    bright_db: float = 0.0
    mud_db: float = 0.0
    presence_db: float = 0.0
    duck_db: float = 0.0
    drive: float = 0.0
    loudness_lufs: float | None = None


@dataclass(frozen=True, slots=True)
class Take:
    """A performance together with the written onset (ticks) of every played note.

    ``ticks[part id]`` is as long as the part's played notes. It is kept because a played note does
    not say which bar it was written in: a player may be early.
    """

    performance: Performance
    ticks: dict[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Refined:
    """What a song has become by hand: its edits, locks, playing and mix.

    ``root`` is the digest of the score that the first edit was made on.
    """

    root: str
    edits: tuple[Edit, ...] = ()
    locks: tuple[Scope, ...] = ()
    take: Take | None = None
    strips: dict[str, StripChange] = field(default_factory=dict)
    overall: StripChange = field(default_factory=StripChange)
