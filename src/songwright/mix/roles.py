"""Reads the two tables behind every mix: the place of each role, and what production words do."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files

import msgspec

from songwright.errors import StyleError
from songwright.mix.bands import named
from songwright.mix.settings import Compressor, EqBand

FALLBACK_ROLE = "chords"


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """One row of ``data/roles.toml``; the file says what each field means."""

    level_db: float
    high_pass_hz: float
    eq: tuple[tuple[str, float, float, float], ...]
    compressor: tuple[float, ...]
    width: float
    spread: float
    mono_below_hz: float
    pan_step: float
    depth_db: float
    duck: float
    clear_db: float
    pre_delay_ms: float = 0.0
    damp_hz: float = 0.0

    def bands(self) -> tuple[EqBand, ...]:
        return named([EqBand(*band) for band in self.eq])

    def compression(self) -> Compressor | None:
        return Compressor(*self.compressor) if self.compressor else None


@dataclass(frozen=True, slots=True)
class WordEffect:
    """One row of ``data/production.toml``, or the sum of several."""

    words: tuple[str, ...] = ()
    low_shelf_db: float = 0.0
    high_shelf_db: float = 0.0
    presence_db: float = 0.0
    rt60_scale: float = 1.0
    reverb_db: float = 0.0
    width: float = 0.0
    saturation: float = 0.0
    lofi: float = 0.0
    glue: float = 0.0
    soft_clip: float = 0.0
    compression: float = 0.0
    tilt_db: float = 0.0

    def with_effect(self, other: WordEffect) -> WordEffect:
        """Both effects together: amounts add up, scales multiply."""
        amounts = {
            field.name: getattr(self, field.name) + getattr(other, field.name)
            for field in fields(self)
        }
        amounts["rt60_scale"] = self.rt60_scale * other.rt60_scale
        return WordEffect(**amounts)


@dataclass(frozen=True, slots=True)
class _Production:
    words: tuple[WordEffect, ...]
    adjectives: tuple[WordEffect, ...]


def _read(name: str) -> dict[str, object]:
    text = files("songwright.mix").joinpath(f"data/{name}").read_text("utf-8")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StyleError(f"mix/data/{name}: {error}") from error


@cache
def roles() -> dict[str, RoleFacts]:
    """The mix facts of every role."""
    try:
        return msgspec.convert(_read("roles.toml"), dict[str, RoleFacts])
    except msgspec.ValidationError as error:
        raise StyleError(f"mix/data/roles.toml: {error}") from error


def role_facts(role: str) -> RoleFacts:
    """The mix facts of one role; an unknown role is treated as chords."""
    return roles().get(role, roles()[FALLBACK_ROLE])


@cache
def _production() -> _Production:
    try:
        return msgspec.convert(_read("production.toml"), _Production)
    except msgspec.ValidationError as error:
        raise StyleError(f"mix/data/production.toml: {error}") from error


def _sum(table: tuple[WordEffect, ...], words: Iterable[str]) -> WordEffect:
    wanted = {word.casefold() for word in words}
    total = WordEffect()
    for row in table:
        if wanted.intersection(row.words):
            total = total.with_effect(row)
    return total


def production_effect(words: Iterable[str]) -> WordEffect:
    """What production words ("warm", "wide") do to a whole mix; others do nothing."""
    return _sum(_production().words, words)


def adjective_effect(words: Iterable[str]) -> WordEffect:
    """What adjectives of one part do to its channel strip; others do nothing."""
    return _sum(_production().adjectives, words)
