"""The controls that can be set by hand: their ranges, and their values as text."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import PurePath

import msgspec

from songwright.errors import StyleError
from songwright.mix.bands import band_called
from songwright.mix.settings import Curve, Insert, PartMix

BAND = re.compile(r"^(.*)_(db|hz|q)$")
BAND_FIELDS = {
    "db": ("gain_db", -24.0, 24.0),
    "hz": ("frequency_hz", 20.0, 20_000.0),
    "q": ("q", 0.1, 20.0),
}
"""Of the three controls of an equaliser band: field, lowest and highest value."""


@dataclass(frozen=True, slots=True)
class ControlFacts:
    """One row of ``data/controls.toml``."""

    low: float
    high: float
    about: str = ""


@cache
def _tables() -> dict[str, dict[str, ControlFacts]]:
    text = files("songwright.mix").joinpath("data/controls.toml").read_text("utf-8")
    try:
        return msgspec.convert(tomllib.loads(text), dict[str, dict[str, ControlFacts]])
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise StyleError(f"mix/data/controls.toml: {error}") from error


def controls(what: str = "strip") -> dict[str, ControlFacts]:
    """The controls of a channel ``strip``, of a ``room`` or of the ``master`` with their ranges."""
    return _tables()[what]


def shown(strip: PartMix, name: str) -> str:
    """The value of a control as text, such as ``"-3"`` for ``eq.low_mid_db``."""
    head, _, rest = name.partition(".")
    if head == "eq":
        found = BAND.match(rest)
        band = band_called(strip.eq, found[1]) if found else None
        return text_of(getattr(band, BAND_FIELDS[found[2]][0])) if found and band else ""
    if head == "dip":
        return text_of(next((d.depth_db for d in strip.dips if f"{d.name}_db" == rest), 0.0))
    if head == "send":
        return text_of(next((s.level_db for s in strip.sends if f"{s.space}_db" == rest), None))
    if head == "curve":
        curve = strip.curves.get(rest)
        return text_of(None) if curve is None else curvetext_of(curve)
    if head == "tape_stop":
        stops = (f"bars {begin + 1.0:g} to {end + 1.0:g}" for begin, end in strip.tape_stops)
        return ", ".join(stops) or "off"
    if head == "effects":
        return ", ".join(insert_text(insert) for insert in strip.effects) or "off"
    value = getattr(strip, head)
    if not rest:
        return text_of(value if not hasattr(value, "__dataclass_fields__") else True)
    return text_of(None if value is None else getattr(value, rest))


def insert_text(insert: Insert) -> str:
    """A plug-in in one line: ``"Warm (drive=0.4, mix=0.5)"``."""
    values = ", ".join(f"{name}={value}" for name, value in insert.parameters)
    return PurePath(insert.path).stem + (f" ({values})" if values else "")


def curvetext_of(curve: Curve) -> str:
    """A curve in one line: its first, middle and last points."""
    points = curve.points if len(curve.points) <= 4 else (*curve.points[:2], *curve.points[-2:])
    texts = [f"{at:.4g}:{value:.4g}" for at, value in points]
    if len(curve.points) > 4:
        texts.insert(2, "…")
    return ", ".join(texts) + (" (bars)" if curve.unit == "bars" else " (s)")


def text_of(value: object) -> str:
    if value is None:
        return "off"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:.0f}" if abs(value) >= 100.0 else f"{value:.3g}"
    return str(value)
