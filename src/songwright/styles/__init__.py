"""Styles: one data file for each genre and a typed loader."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from songwright.errors import StyleError
from songwright.styles.model import (
    AffectFacts,
    FormFacts,
    HarmonyFacts,
    MelodyFacts,
    MixFacts,
    PartFacts,
    PerformanceFacts,
    ProgressionFacts,
    Style,
    TempoRange,
)

__all__ = [
    "AffectFacts",
    "FormFacts",
    "HarmonyFacts",
    "MelodyFacts",
    "MixFacts",
    "PartFacts",
    "PerformanceFacts",
    "ProgressionFacts",
    "Style",
    "TempoRange",
    "style",
    "style_ids",
]


@cache
def style_ids() -> tuple[str, ...]:
    """Ids of all styles, in alphabetical order."""
    folder = files("songwright.styles").joinpath("data")
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@cache
def style(style_id: str) -> Style:
    """Read one style.

    Raises
    ------
    StyleError
        If there is no such style or its file is wrong; the message names file and field.
    """
    if style_id not in style_ids():
        raise StyleError(f"there is no style {style_id!r}; `songwright styles` lists them")
    text = files("songwright.styles").joinpath(f"data/{style_id}.toml").read_text("utf-8")
    try:
        return msgspec.convert({"id": style_id, **tomllib.loads(text)}, Style, strict=True)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise StyleError(f"styles/data/{style_id}.toml: {error}") from error
