"""The instrument table: 128 General MIDI programs and the drum kits as data.

``data/instruments.toml`` holds the facts: program, family, sounding range, comfortable range,
clef and transposition. To add an instrument, add a table to that file.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec

from songwright.errors import StyleError


@dataclass(frozen=True, slots=True)
class Instrument:
    """Facts about one instrument.

    Attributes
    ----------
    id
        Key of the table, a slug of the General MIDI name (``"acoustic_grand_piano"``).
    program
        General MIDI program 0..127; for drum kits the program sent on channel 10.
    low, high
        Lowest and highest sounding MIDI pitch that the instrument can play.
    comfort_low, comfort_high
        The range in which it sounds at its best.
    clef
        ``treble``, ``bass``, ``alto``, ``tenor``, ``grand`` (two staves) or ``percussion``.
    transpose_semitones
        Written minus sounding pitch: +2 for a B-flat trumpet, +12 for guitar and double bass.
    sustains
        True if a held note keeps its level (winds, bowed strings, organ, pads).
    polyphonic
        True if it plays chords on its own.
    is_kit
        True for drum kits: pitches are percussion keys.
    """

    id: str
    name: str
    program: int
    family: str
    low: int
    high: int
    comfort_low: int
    comfort_high: int
    clef: str = "treble"
    transpose_semitones: int = 0
    sustains: bool = True
    polyphonic: bool = True
    is_kit: bool = False


@cache
def instruments() -> dict[str, Instrument]:
    """All instruments by id, in the order of the table."""
    text = files("songwright.score").joinpath("data/instruments.toml").read_text("utf-8")
    try:
        rows = msgspec.convert(
            [{"id": key, **row} for key, row in tomllib.loads(text).items()], list[Instrument]
        )
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise StyleError(f"instruments.toml: {error}") from error
    return {row.id: row for row in rows}


def instrument(instrument_id: str) -> Instrument:
    """One instrument by id.

    Raises
    ------
    StyleError
        If the id is unknown.
    """
    try:
        return instruments()[instrument_id]
    except KeyError:
        raise StyleError(
            f"there is no instrument {instrument_id!r}; `songwright instruments` lists them"
        ) from None


@cache
def instrument_of_program(program: int, is_kit: bool = False) -> Instrument:
    """The instrument of a General MIDI program, or the kit of a channel-10 program."""
    table = [row for row in instruments().values() if row.is_kit is is_kit]
    exact = [row for row in table if row.program == program]
    return exact[0] if exact else table[0]
