"""What a package remembers of its production: ``mix.json``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from songwright.errors import FileFormatError
from songwright.mix.settings import MasterSettings, MixSettings
from songwright.mix.sheet import MixSheet
from songwright.render.sources import Credit
from songwright.score.codec import decode, encode

NAME = "mix.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class StemRecord:
    """One part: the bus it plays on and digests of all that its dry and its finished stem need.

    ``credit`` says whose instrument plays it; None of a part without notes.
    """

    bus: str
    dry: str
    stem: str
    credit: Credit | None = None


@dataclass(frozen=True, slots=True)
class MixRecord:
    """The production of a package.

    Attributes
    ----------
    decided
        The sheet as it was decided, before anything was set by hand.
    overrides
        Assignments by hand (``bass.level_db-=2``), in order.
    settings
        The mix as it was made: decided, changed by hand.
    master
        The mastering chain before a place of delivery had its say.
    target
        Place of delivery; empty for the usual one.
    soundfont
        What was asked to play instead of our own instruments.
    stems
        Every part by id, in the order of the score.
    """

    format: int
    songwright: str
    decided: MixSheet
    settings: MixSettings
    master: MasterSettings
    overrides: tuple[str, ...] = ()
    target: str = ""
    soundfont: tuple[str, ...] = ()
    stems: dict[str, StemRecord] = field(default_factory=dict)


def write_record(record: MixRecord, folder: Path) -> None:
    """Write ``mix.json``; the same production gives the same bytes."""
    (folder / NAME).write_bytes(encode(record, indent=1))


def read_record(folder: Path) -> MixRecord | None:
    """The record of a package, or None where there is none.

    Raises
    ------
    FileFormatError
        If it is damaged or from a newer version.
    """
    path = folder / NAME
    if not path.exists():
        return None
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileFormatError(f"{path} cannot be read: {error.strerror}") from error
    record = decode(data, MixRecord, what=str(path))
    if record.format > FORMAT:
        raise FileFormatError(f"{path} was made by a newer Songwright ({record.songwright})")
    return record


def usable_record(folder: Path | None) -> MixRecord | None:
    """The record of a parent package; None where it is missing or cannot be used.

    A production that could reuse a parent's work can always do without it.
    """
    if folder is None:
        return None
    try:
        return read_record(folder)
    except FileFormatError:
        return None
