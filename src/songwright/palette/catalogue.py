"""Reads the patches of ``palette/data`` and finds one by its id."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import msgspec

from songwright.errors import StyleError
from songwright.palette.macros import split_id, with_settings
from songwright.palette.model import CATEGORIES, Patch

VOICES = ("poly", "mono", "legato")


@cache
def patches() -> MappingProxyType[str, Patch]:
    """All patches by id, category by category.

    Raises
    ------
    StyleError
        If a file is wrong; the message names file, patch and field.
    """
    raw: dict[str, tuple[str, dict[str, Any]]] = {}
    for category in CATEGORIES:
        for name, table in _read(category).items():
            if name in raw:
                raise StyleError(f"palette/data/{category}.toml: {name!r} is there twice")
            raw[name] = category, table
    made = {}
    for name, (category, _) in raw.items():
        table = {"id": name, **_resolved(name, raw), "category": category}
        try:
            made[name] = msgspec.convert(table, Patch)
            _check(made[name], table)
        except (msgspec.ValidationError, StyleError) as error:
            raise StyleError(f"palette/data/{category}.toml: {name}: {error}") from error
    return MappingProxyType(made)


def get(sound: str) -> Patch:
    """The patch that a sound id names, with its settings (see `songwright.palette.macros`).

    Raises
    ------
    StyleError
        If there is no such patch or a setting is wrong.
    """
    name, settings = split_id(sound)
    if name not in patches():
        raise StyleError(
            f"there is no sound {name!r} in the palette; `songwright palette` lists them"
        )
    return with_settings(patches()[name], settings)


def knows(sound: str) -> bool:
    """True if the palette has the patch that a sound id names."""
    return bool(sound) and sound.partition("@")[0] in patches()


def _read(category: str) -> dict[str, dict[str, Any]]:
    text = files("songwright.palette").joinpath(f"data/{category}.toml").read_text("utf-8")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StyleError(f"palette/data/{category}.toml: {error}") from error


def _resolved(name: str, raw: dict[str, tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    """A table on top of the one it is ``like``; tables merge, lists and values replace."""
    table = raw[name][1]
    parent = table.get("like")
    if parent is None:
        return table
    if parent not in raw or parent == name:
        raise StyleError(f"palette: {name!r} is like {parent!r}, which does not exist")
    merged = dict(_resolved(parent, raw))
    for key, value in table.items():
        old = merged.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            merged[key] = {**old, **value}
        else:
            merged[key] = value
    merged.pop("like", None)
    return merged


def _check(patch: Patch, table: dict[str, Any]) -> None:
    """What types cannot say: no misspelt fields, a voice that exists, a source of sound."""
    for where, row, kind in (
        ("", table, patch),
        *((f"{k}.", table[k], getattr(patch, k)) for k in ("filter", "amp", "mod", "effects")
          if k in table),
        *((f"{k}.", row, getattr(patch, k)[i]) for k in ("osc", "fm", "pluck", "noise", "lfo")
          for i, row in enumerate(table.get(k, ()))),
    ):  # fmt: skip
        known = {f.name for f in fields(kind)}
        if extra := sorted(set(row) - known):
            raise StyleError(f"unknown fields {[where + name for name in extra]}")
    if patch.voice not in VOICES:
        raise StyleError(f"voice {patch.voice!r} is none of {', '.join(VOICES)}")
    if not (patch.osc or patch.fm or patch.pluck or patch.noise or patch.kit):
        raise StyleError("has no source of sound")
