"""The library of playing patterns: ``composition/data/patterns_*.toml`` read into typed values.

The grid language is described at the top of ``patterns_bass.toml`` and ``patterns_chords.toml``.
To add a pattern, add a table; a style may name it at once.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec

from songwright.errors import StyleError

_FILES = ("patterns_bass.toml", "patterns_chords.toml", "patterns_lines.toml")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way of playing.

    Attributes
    ----------
    name, role
        How styles call it and the role it was written for.
    maker
        Which player reads it: ``grid`` or a name in `songwright.composition.accompany.players`.
    ideas
        Grids for metres of simple pulses. An idea is a list of bars that repeats; a section
        letter keeps to one idea. Without any, ``compound`` is unused too.
    compound, three
        The same for compound metres (pulses of three) and for three-pulse bars, where the general
        rule of adaptation would not be idiomatic.
    fills
        Bars that may close a section.
    gate
        Share of its written length that a note is held, 0..1.
    articulation
        Articulation of notes that have no special one.
    voicing, voices
        Voicing style and number of voices at low and at high energy.
    home
        Register in which the pattern lives if the part's range allows; empty: the role's usual.
    order, unit, span
        Flowing figures: order of the chord's notes, length of a step in ticks, octaves covered.
    contours
        Steps of riff cells, counted in notes of ``scale`` above the root.
    scale
        ``mode``, ``pentatonic`` or ``chord``.
    follows
        What the bars of an idea count: ``phrase`` or how long the ``chord`` has been held.
    strict
        True: a chord change is always struck, whatever the grid says.
    tie
        True: notes that stay are held, not struck again.
    thin
        True: low density leaves out weak notes.
    """

    name: str
    role: str
    maker: str = "grid"
    ideas: tuple[tuple[str, ...], ...] = ()
    compound: tuple[tuple[str, ...], ...] = ()
    three: tuple[tuple[str, ...], ...] = ()
    fills: tuple[str, ...] = ()
    gate: float = 1.0
    articulation: str = ""
    voicing: str = "close"
    voices: tuple[int, int] = (3, 4)
    home: tuple[int, ...] = ()
    order: str = "up"
    unit: int = 240
    span: int = 1
    contours: tuple[tuple[int, ...], ...] = ()
    scale: str = "mode"
    follows: str = "phrase"
    strict: bool = True
    tie: bool = False
    thin: bool = True


@cache
def library() -> dict[tuple[str, str], Pattern]:
    """All patterns by role and name."""
    rows = []
    for name in _FILES:
        text = files("songwright.composition").joinpath(f"data/{name}").read_text("utf-8")
        try:
            for role, table in tomllib.loads(text).items():
                rows += [{"name": key, "role": role, **row} for key, row in table.items()]
        except tomllib.TOMLDecodeError as error:
            raise StyleError(f"composition/data/{name}: {error}") from error
    try:
        patterns = msgspec.convert(rows, list[Pattern])
    except msgspec.ValidationError as error:
        raise StyleError(f"composition/data/patterns: {error}") from error
    return {(p.role, p.name): p for p in patterns}


def pattern_names(role: str) -> tuple[str, ...]:
    """Names of the patterns written for a role."""
    return tuple(name for found, name in library() if found == role)


def pattern(role: str, name: str) -> Pattern:
    """A pattern by name: the role's own, or else another role's of the same name.

    Raises
    ------
    StyleError
        If no role has a pattern of this name.
    """
    table = library()
    if (role, name) in table:
        return table[role, name]
    for (_, other), found in table.items():
        if other == name:
            return found
    known = ", ".join(pattern_names(role)) or "none"
    raise StyleError(f"there is no playing pattern {name!r} for {role}; there are: {known}")
