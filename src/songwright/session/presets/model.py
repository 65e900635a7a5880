"""What a preset is; one TOML file in ``data`` for each."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from songwright.errors import BriefError, StyleError


@dataclass(frozen=True, slots=True)
class Preset:
    """A way through the studio.

    Attributes
    ----------
    title
        What it makes.
    person
        Who it is for and what they get, in a sentence.
    example
        A prompt to try.
    fields
        Fields of the brief that it sets; words and options of the person win.
    formats
        Audio formats of the master; empty writes no audio.
    steps
        What is made in turn: tables with a key ``do`` (a name in `STEPS`) and its options.
    """

    title: str
    person: str
    example: str
    fields: dict[str, str] = field(default_factory=dict)
    formats: tuple[str, ...] = ("wav",)
    steps: tuple[dict[str, Any], ...] = ()


@cache
def presets() -> dict[str, Preset]:
    """All presets by name, in the order of their files.

    Raises
    ------
    StyleError
        If a file is not TOML or does not fit; the message names it.
    """
    found = {}
    folder = files("songwright.session.presets").joinpath("data")
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".toml"):
            try:
                table = tomllib.loads(entry.read_text("utf-8"))
                found[entry.name.removesuffix(".toml")] = msgspec.convert(table, Preset)
            except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
                raise StyleError(f"session/presets/data/{entry.name}: {error}") from error
    return found


def preset_names() -> tuple[str, ...]:
    """Names of all presets."""
    return tuple(presets())


def preset(name: str) -> Preset:
    """The preset of a name.

    Raises
    ------
    BriefError
        If there is none; the message lists those there are.
    """
    if name not in presets():
        raise BriefError(f"there is no preset {name!r}; choose from {', '.join(preset_names())}")
    return presets()[name]
