"""Defaults of each use of a piece, read from ``data/uses.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec


@dataclass(frozen=True, slots=True)
class Use:
    """What a use asks for when the person left it open; see the head of ``uses.toml``."""

    name: str
    seconds: float
    ending: str
    forms: tuple[tuple[str, ...], ...]
    energy_span: float
    energy_shift: float
    density_shift: float
    velocity: tuple[int, int]
    lead: bool
    suits: tuple[str, ...] = ()


@cache
def uses() -> dict[str, Use]:
    """All uses by name."""
    text = files("songwright.composition").joinpath("data/uses.toml").read_text("utf-8")
    rows = ({"name": name, **row} for name, row in tomllib.loads(text).items())
    return {use.name: use for use in msgspec.convert(list(rows), list[Use])}


# Families in which somebody who names no use expects a song rather than a score.
_SONG_FAMILIES = {"modern", "electronic", "beats", "groove", "jazz", "latin", "roots"}


def use_of(requested: str, style_family: str) -> Use:
    """The use asked for, or the usual one of a family of styles."""
    if requested:
        return uses()[requested]
    return uses()["full song" if style_family in _SONG_FAMILIES else "background score"]
