"""Which accompanying parts a model writes, by style and role; the judgements are in a data file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from songwright.composition.plan import Plan
from songwright.errors import StyleError

MODEL = "parts"
_PATH = "composition/data/learned_parts.toml"

Rhythm = Literal["together", "between", "steady"]


@dataclass(frozen=True, slots=True)
class Manner:
    """How parts of a role are written.

    ``like`` (0..1) is how like a block should be to the one before it; ``rhythm`` says how it
    goes with the tune: ``together`` on its notes, ``between`` them, or ``steady`` whatever it does;
    ``leap`` is the widest step in semitones; ``spare`` how far the number of onsets may lie from
    that of the rules, as a share; ``smooth`` (0..1) how much moving by small steps counts; of
    ``candidates`` for each block the best is kept.
    """

    like: float
    rhythm: Rhythm
    leap: int
    spare: float
    smooth: float
    candidates: int


@dataclass(frozen=True, slots=True)
class PartFacts:
    """A role of a style: the family of the model that it takes after, and its maker by default.

    ``strict``: parallel fifths and octaves and crossed voices count as faults.
    """

    family: str
    default: Literal["rules", "learned"] = "rules"
    strict: bool = False


@dataclass(frozen=True, slots=True)
class _Table:
    manners: dict[str, Manner]
    styles: dict[str, dict[str, PartFacts]]


@cache
def _table() -> _Table:
    text = files("songwright").joinpath(_PATH).read_text("utf-8")
    try:
        return msgspec.convert(tomllib.loads(text), _Table)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise StyleError(f"{_PATH}: {error}") from error


def manner(role: str) -> Manner:
    """How parts of a role are written."""
    return _table().manners[role]


def part_facts(style_id: str, role: str) -> PartFacts | None:
    """What the model knows of a role in a style; None where only rules know how it goes.

    Raises
    ------
    StyleError
        If the data file is wrong; the message names the field.
    """
    return _table().styles.get(style_id, {}).get(role)


def facts_if_learned(plan: Plan, role: str) -> PartFacts | None:
    """The facts of a role if a model should write it in this plan, else None."""
    if plan.maker == "rules":
        return None
    facts = part_facts(plan.style, role)
    if facts is None or (plan.maker == "mixed" and facts.default == "rules"):
        return None
    return facts
