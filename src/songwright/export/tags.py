"""What a file says about itself: title, tempo, key, software, licence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from songwright.export.naming import one_line
from songwright.score import KeyChange, MeterChange
from songwright.theory import Key
from songwright.version import VERSION

SOFTWARE = f"Songwright {VERSION}"

_OWNER = "The music belongs to the person who made it with Songwright. "

LICENCE = f"{_OWNER}Synthesised throughout: it holds no third-party recordings or samples."


def licence_with(soundfonts: Sequence[str]) -> str:
    """What a file says of its rights when these were asked to play it; `LICENCE` without any.

    ``soundfonts`` are as they were asked for: a file, ``WHO=FILE``, or ``auto``. Only the names
    of the files are given, as folders are nobody's business.
    """
    if not soundfonts:
        return LICENCE
    return (
        f"{_OWNER}Instruments of others play in it ({sources_text(soundfonts)}): "
        "their licences hold for the sound."
    )


def sources_text(soundfonts: Sequence[str]) -> str:
    """What the sound is made of, in a few words."""
    files = (asked.rpartition("=")[2] for asked in soundfonts)
    names = ("a soundfont of this system" if f == "auto" else PurePath(f).name for f in files)
    return ", ".join(dict.fromkeys(names)) or "synthesised"


@dataclass(frozen=True, slots=True)
class Tags:
    """Tags of one file; empty strings are left out.

    ``key`` and ``meter`` are those of the beginning; ``part`` names the track of a stem;
    ``loops`` says that the end runs into the start; ``beats`` is the length in quarter notes.
    """

    title: str
    bpm: float
    key: Key
    meter: MeterChange
    genre: str = ""
    part: str = ""
    beats: float = 0.0
    loops: bool = False
    software: str = SOFTWARE
    licence: str = LICENCE

    def of_part(self, part: str) -> Tags:
        """The same tags for the stem of a part."""
        return replace(self, part=one_line(part))

    @property
    def name(self) -> str:
        """Title, with the part when there is one."""
        return f"{self.title} - {self.part}" if self.part else self.title

    @property
    def comment(self) -> str:
        """Tempo, key and metre in one line, for programs that show nothing else."""
        return f"{self.bpm:.6g} BPM, {self.key}, {self.meter.meter}"

    @property
    def short_key(self) -> str:
        """Key as disc-jockey programs write it: ``"F#m"``; modes count by their third."""
        return self.key.tonic + ("m" if self.key.is_minor else "")


def tags_of(
    title: str,
    bpm: float,
    keys: tuple[KeyChange, ...],
    meters: tuple[MeterChange, ...],
    genre: str = "",
    beats: float = 0.0,
    loops: bool = False,
    licence: str = LICENCE,
) -> Tags:
    """Tags of a piece; a piece without a key says C major, as its notation does."""
    key = keys[0].key if keys else Key("C", "major")
    return Tags(one_line(title), bpm, key, meters[0], genre, "", beats, loops, licence=licence)
