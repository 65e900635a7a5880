"""Drum grooves and fills as data: the grids in ``data/grooves*.toml`` and their typed loader.

A grid is text that a drummer can read: one row for each voice, one word for each pulse of the
bar, one letter for each even division of the pulse. `data/grooves_band.toml` explains the letters.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import msgspec

from songwright.composition.drum_voices import VOICES
from songwright.errors import StyleError

LEVELS = MappingProxyType({"X": 118, "x": 98, "m": 86, "o": 72, "g": 42, "?": 38, "p": 70, "2": 76})
"""Written velocity of each letter."""

CHANCE = MappingProxyType({"?": 0.45, "p": 0.35})
"""Letters that do not always sound, and how often they do."""

TIME_VOICES = frozenset(
    [
        "hat",
        "pedal",
        "open",
        "ride",
        "bell",
        "shaker",
        "cabasa",
        "tambourine",
        "swirl",
        "crash2",
        "china",
    ]
)
"""Voices that keep time: they go on in a half-time feel and fill compound pulses evenly."""

Grid = dict[str, tuple[str, ...]]
"""Voice -> one word for each pulse."""


@dataclass(frozen=True, slots=True)
class Groove:
    """One groove: bar ``a``, its answer ``b`` and ``turn``, which closes a section or eight bars.

    ``fills`` names the family of fills; ``ride`` lets the hand move to the ride cymbal in
    choruses; ``half``/``double`` say that the groove is such a feel already; ``crash`` is
    ``crash``, ``soft``, ``ride_crash`` or ``none``; ``meters`` maps ``"3/4"`` and the like to
    grooves that are played in its place there; ``fast`` and ``slow`` do so by tempo.
    """

    id: str
    a: Grid
    b: Grid
    turn: Grid
    fills: str
    ride: bool = False
    half: bool = False
    double: bool = False
    crash: str = "crash"
    meters: dict[str, str] = field(default_factory=dict)
    fast: str = ""
    fast_from_bpm: float = 999.0
    slow: str = ""
    slow_below_bpm: float = 0.0

    def bar(self, bar_in_section: int, turns: bool = False) -> Grid:
        """The grid of a bar: a b a b … and the turn where the bar ``turns``."""
        if turns:
            return self.turn
        return self.b if bar_in_section % 2 else self.a


@dataclass(frozen=True, slots=True)
class Fill:
    """A fill for the last ``pulses`` pulses of a bar, played at energies ``low``..``high``."""

    pulses: int
    grid: Grid
    low: float = 0.0
    high: float = 1.0
    keep: tuple[str, ...] = ()

    @property
    def is_triplet(self) -> bool:
        return any(len(word) == 3 for row in self.grid.values() for word in row)


def parse_grid(text: str, where: str = "grid") -> Grid:
    """Read a grid.

    Raises
    ------
    StyleError
        If a voice or a letter is unknown or rows differ in their number of pulses.
    """
    rows: Grid = {}
    for line in text.strip().splitlines():
        voice, *words = line.split()
        if voice not in VOICES:
            raise StyleError(f"{where}: there is no drum voice {voice!r}; see drum_voices.VOICES")
        bad = set("".join(words)) - LEVELS.keys() - {".", "-"}
        if bad or not words:
            raise StyleError(f"{where}: row {line!r} has letters that mean nothing: {sorted(bad)}")
        rows[voice] = () if words == ["-"] else tuple(words)
    if len({len(words) for words in rows.values() if words}) > 1:
        raise StyleError(f"{where}: all rows must have the same number of pulses")
    return rows


def overlay(base: Grid, change: Grid) -> Grid:
    """Rows of ``change`` in place of those of ``base``; an empty row silences the voice."""
    return {voice: words for voice, words in {**base, **change}.items() if words}


@cache
def grooves() -> MappingProxyType[str, Groove]:
    """All grooves by id, from every ``grooves_*.toml`` but the fills."""
    table: dict[str, Groove] = {}
    for name, data in _files("grooves_", exclude="grooves_fills.toml"):
        for key, row in data.items():
            table[key] = _groove(name, key, row)
    for groove in table.values():
        for other in (*groove.meters.values(), groove.fast, groove.slow):
            if other and other not in table:
                raise StyleError(f"groove {groove.id} names the groove {other!r}: there is none")
        if groove.fills != "none" and groove.fills not in fills():
            raise StyleError(f"groove {groove.id}: there are no fills {groove.fills!r}")
    return MappingProxyType(table)


@cache
def fills() -> MappingProxyType[str, tuple[Fill, ...]]:
    """All fills by family, in the order of the file."""
    ((name, data),) = _files("grooves_fills")
    return MappingProxyType(
        {family: tuple(_fill(name, family, row) for row in rows) for family, rows in data.items()}
    )


def _files(prefix: str, exclude: str = "") -> list[tuple[str, dict[str, Any]]]:
    found = []
    folder = files("songwright.composition").joinpath("data")
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        name = entry.name
        if name.startswith(prefix) and name.endswith(".toml") and name != exclude:
            try:
                found.append((name, tomllib.loads(entry.read_text("utf-8"))))
            except tomllib.TOMLDecodeError as error:
                raise StyleError(f"composition/data/{name}: {error}") from error
    return found


def _groove(file: str, key: str, row: dict[str, Any]) -> Groove:
    where = f"composition/data/{file}: {key}"
    a = overlay(parse_grid(row["a"], where), {})
    b = overlay(a, parse_grid(row.get("b", ""), where))
    turn = overlay(b, parse_grid(row.get("turn", ""), where))
    try:
        return msgspec.convert({**row, "id": key, "a": a, "b": b, "turn": turn}, Groove)
    except msgspec.ValidationError as error:
        raise StyleError(f"{where}: {error}") from error


def _fill(file: str, family: str, row: dict[str, Any]) -> Fill:
    where = f"composition/data/{file}: {family}"
    try:
        fill = msgspec.convert({**row, "grid": parse_grid(row["grid"], where)}, Fill)
    except msgspec.ValidationError as error:
        raise StyleError(f"{where}: {error}") from error
    if any(len(words) != fill.pulses for words in fill.grid.values()):
        raise StyleError(f"{where}: every row of a fill needs a word for each of its pulses")
    return fill
