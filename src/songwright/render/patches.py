"""What a sound is made of: one table of facts for each General MIDI program, and its loader.

``data/patches/*.toml`` holds one table per instrument id; the key ``engine`` says which voice
model reads it, and ``like = "violin"`` starts from another patch and overrides what differs.
A table ``"violin:pizzicato"`` plays the notes of a violin part that carry this articulation.
``data/gains.toml`` (written by ``bench/calibrate_patches.py``) makes them equally loud.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from songwright.errors import StyleError
from songwright.render.patch_model import (
    EffectPatch,
    FmPatch,
    ModalPatch,
    Patch,
    SustainedPatch,
)

ENGINES: dict[str, type[Patch]] = {
    "modal": ModalPatch,
    "fm": FmPatch,
    "sustained": SustainedPatch,
    "effect": EffectPatch,
}


def _merge(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in changes.items():
        old = merged.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            merged[key] = _merge(old, value)
        else:
            merged[key] = value
    return merged


@cache
def _tables() -> dict[str, dict[str, Any]]:
    folder = files("songwright.render").joinpath("data/patches")
    tables: dict[str, dict[str, Any]] = {}
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if not entry.name.endswith(".toml"):
            continue
        try:
            tables.update(tomllib.loads(entry.read_text("utf-8")))
        except tomllib.TOMLDecodeError as error:
            raise StyleError(f"render/data/patches/{entry.name}: {error}") from error
    return tables


def _resolved(patch_id: str) -> dict[str, Any]:
    table = _tables()[patch_id]
    parent = table.get("like")
    if not isinstance(parent, str):
        return table
    rest = {key: value for key, value in table.items() if key != "like"}
    return _merge(_resolved(str(parent)), rest)


def patch_ids() -> tuple[str, ...]:
    """Ids of the 128 programs, in their order."""
    return tuple(name for name in _tables() if ":" not in name)


def variant_ids() -> tuple[str, ...]:
    """Ids ``instrument:articulation`` of the patches for special ways of playing."""
    return tuple(name for name in _tables() if ":" in name)


@cache
def patch(instrument_id: str) -> Patch:
    """The patch of one instrument.

    Raises
    ------
    StyleError
        If there is none or its table is wrong; the message names table and field.
    """
    if instrument_id not in _tables():
        raise StyleError(
            f"no sound for the instrument {instrument_id!r}; `songwright instruments` lists them"
        )
    table = _resolved(instrument_id)
    kind = ENGINES.get(str(table.get("engine")))
    if kind is None:
        raise StyleError(f"patch {instrument_id!r}: engine must be one of {sorted(ENGINES)}")
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        raise StyleError(f"patch {instrument_id!r}: {error}") from error


@cache
def _gains() -> dict[str, float]:
    text = files("songwright.render").joinpath("data/gains.toml").read_text("utf-8")
    return {key: float(value) for key, value in tomllib.loads(text).items()}


def patch_gain_db(instrument_id: str) -> float:
    """Calibration gain that makes a mezzo-forte note of each program equally loud."""
    return _gains().get(instrument_id, 0.0)
