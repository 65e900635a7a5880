"""Facts about how instruments and roles are played, read from ``data/playing.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import msgspec

from songwright.errors import StyleError


@dataclass(frozen=True, slots=True)
class ArticulationFacts:
    """``gate`` share of the written length held, ``velocity`` factor, ``overlap_ms`` held on."""

    gate: float = 1.0
    velocity: float = 1.0
    overlap_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """How strongly a role takes the style's timing, accent and phrasing; see the data file."""

    phrasing: float = 0.5
    accent: float = 1.0
    drift: float = 1.0
    jitter: float = 1.0
    steady: float = 0.0
    contour: float = 0.0
    gate: float = 0.95
    legato: bool = False
    slurs: float = 0.0


@dataclass(frozen=True, slots=True)
class FamilyFacts:
    """What players of an instrument family can do to a note while it sounds."""

    swell: float = 0.0
    vibrato: int = 0
    bends: bool = False


@dataclass(frozen=True, slots=True)
class SlurFacts:
    """How fretted strings are slurred: hammered on and pulled off.

    ``fretted`` instruments do it. ``reach_semitones`` a hand covers on one string without moving;
    ``most`` notes are slurred after one stroke of the pick. The string must not have sounded for
    more than ``longest_seconds`` (of a line that is written legato: ``longest_legato_seconds``).
    ``velocity`` is the factor on the velocity of a slurred note.
    """

    fretted: frozenset[str]
    reach_semitones: int
    most: int
    longest_seconds: float
    longest_legato_seconds: float
    velocity: float


@dataclass(frozen=True, slots=True)
class PlayingFacts:
    """The whole table."""

    pedalled: frozenset[str]
    strummed: frozenset[str]
    rolled: frozenset[str]
    articulations: dict[str, ArticulationFacts]
    roles: dict[str, RoleFacts]
    families: dict[str, FamilyFacts]
    slurs: SlurFacts
    touch: dict[str, float] = field(default_factory=dict)

    def role(self, role: str) -> RoleFacts:
        """Facts of a role; a role that is not listed plays with the defaults."""
        return self.roles.get(role, RoleFacts())

    def family(self, family: str) -> FamilyFacts:
        """Facts of an instrument family; one that is not listed does nothing to its notes."""
        return self.families.get(family, FamilyFacts())


@cache
def playing_facts() -> PlayingFacts:
    """Read the table once.

    Raises
    ------
    StyleError
        If the file is wrong; the message names the field.
    """
    text = files("songwright.perform").joinpath("data/playing.toml").read_text("utf-8")
    try:
        return msgspec.convert(tomllib.loads(text), PlayingFacts)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise StyleError(f"perform/data/playing.toml: {error}") from error
