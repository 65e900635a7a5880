"""Which styles have a live drummer that the drum model knows, read from a data file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import msgspec

from songwright.errors import ModelError, StyleError

if TYPE_CHECKING:
    from songwright.models.decoder import Decoder

MODEL = "drums"


@dataclass(frozen=True, slots=True)
class DrummerFacts:
    """What the drum model does in a style; ``data/learned_drums.toml`` explains the fields."""

    family: str
    touch: float = 1.0
    groove: Literal["rules", "learned"] = "rules"
    fills: Literal["rules", "learned"] = "rules"
    backbeat: tuple[int, ...] = ()
    meters: tuple[str, ...] = ("4/4",)


@cache
def drummers() -> MappingProxyType[str, DrummerFacts]:
    """The table, by style id.

    Raises
    ------
    StyleError
        If the file is wrong; the message names the field.
    """
    text = files("songwright.composition").joinpath("data/learned_drums.toml").read_text("utf-8")
    try:
        table = msgspec.convert(tomllib.loads(text), dict[str, DrummerFacts])
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise StyleError(f"composition/data/learned_drums.toml: {error}") from error
    return MappingProxyType(table)


def drum_model() -> Decoder | str:
    """The drum model, or the reason in words why there is none."""
    from songwright.models.decoder import load  # noqa: PLC0415 - numpy, which rules do without

    try:
        return load(MODEL)
    except (ModelError, ImportError) as error:
        return str(error)
