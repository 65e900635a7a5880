"""Defaults of each role of the arrangement, read from ``data/roles.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec

from songwright.score import Instrument

UNPITCHED = ("drums", "percussion")

HARMONIC = ("chords", "pad", "arp", "riff", "inner", "stabs")
"""Roles that say which chord it is."""


@dataclass(frozen=True, slots=True)
class Role:
    """What a part of this role does when nothing more is said."""

    name: str
    window: tuple[int, int]
    patterns: tuple[str, ...]
    level_db: float
    reverb: float
    pan: float


@cache
def roles() -> dict[str, Role]:
    """All roles by name."""
    text = files("songwright.composition").joinpath("data/roles.toml").read_text("utf-8")
    rows = [{"name": name, **row} for name, row in tomllib.loads(text).items()]
    return {role.name: role for role in msgspec.convert(rows, list[Role])}


def usual_role(instrument: Instrument, taken: set[str]) -> str:
    """The role in which an instrument is expected, given the roles that are already filled."""
    if instrument.is_kit:
        return "drums" if "drums" not in taken else "percussion"
    if instrument.comfort_high < 60 and not instrument.polyphonic:
        return "bass" if "bass" not in taken else "counter"
    if "bass" in instrument.id.split("_") and "lead" not in instrument.id:
        return "bass" if "bass" not in taken else "riff"
    if instrument.id.startswith(("pad_", "fx_")):
        return "pad"
    if not instrument.polyphonic:
        return "lead" if "lead" not in taken else "counter"
    sections = ("string_ensemble", "synth_strings", "choir", "voice_oohs", "synth_voice")
    if instrument.id.startswith((*sections, "tremolo")):
        return "pad"
    if instrument.id in ("brass_section", "synth_brass_1", "synth_brass_2", "orchestra_hit"):
        return "stabs"
    if instrument.id.startswith("lead_"):
        return "lead" if "lead" not in taken else "riff"
    return "chords" if "chords" not in taken else "arp"
