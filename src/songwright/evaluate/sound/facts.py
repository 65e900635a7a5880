"""What each metric of sound means, and between which values it passes: reads the data files."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec

from songwright.evaluate.model import DIMENSIONS, Measurement, MetricFacts
from songwright.evaluate.sound.manner import PLAIN, WORN, Manner
from songwright.styles import style_ids

BASES = ("", "standard", "measured", "heuristic")


@dataclass(frozen=True, slots=True)
class Limits:
    """Values that pass, ends included; None is open. ``basis`` says how sure they are.

    ``of`` names the style (or `WORN`) that they are made for; empty for music at large.
    """

    low: float | None = None
    high: float | None = None
    basis: str = ""
    of: str = ""

    def holds(self, value: float) -> bool:
        """Whether a value lies inside."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


@dataclass(frozen=True, slots=True)
class _Row(Limits):
    dimension: str = ""
    name: str = ""
    unit: str = ""
    meaning: str = ""
    source: str = ""
    context: bool = False


@cache
def _rows() -> dict[str, _Row]:
    text = files("songwright.evaluate.sound").joinpath("data/sound_metrics.toml").read_text("utf-8")
    rows = msgspec.convert(tomllib.loads(text), dict[str, _Row], strict=True)
    for key, row in rows.items():
        if row.dimension not in DIMENSIONS:
            raise ValueError(f"sound_metrics.toml: {key}: {row.dimension!r} is not a dimension")
        if row.basis not in BASES or bool(row.basis) == row.context:
            raise ValueError(f"sound_metrics.toml: {key}: bounds need a basis, context has none")
    return rows


@cache
def sound_facts() -> dict[str, MetricFacts]:
    """All metrics of sound by id, in the order of reports."""
    return {
        key: MetricFacts(
            key, row.dimension, row.name, row.unit, row.meaning, row.source, row.context
        )
        for key, row in _rows().items()
    }


@dataclass(frozen=True, slots=True)
class StyleLimits:
    """One table of ``data/style_limits.toml``: other limits of metrics in some styles.

    ``judges`` False means that the metric only describes there.
    """

    metrics: tuple[str, ...]
    styles: tuple[str, ...]
    why: str
    source: str
    basis: str
    low: float | None = None
    high: float | None = None
    judges: bool = True


@cache
def style_limits() -> tuple[StyleLimits, ...]:
    """All limits that hold for some styles only, in the order of the data file."""
    text = files("songwright.evaluate.sound").joinpath("data/style_limits.toml").read_text("utf-8")
    found = msgspec.convert(tomllib.loads(text)["limits"], tuple[StyleLimits, ...], strict=True)
    known, names = sound_limits_at_large(), {*style_ids(), WORN}
    seen: set[tuple[str, str]] = set()
    for row in found:
        where = f"style_limits.toml: {', '.join(row.metrics)}"
        if not set(row.metrics) <= set(known) or not set(row.styles) <= names:
            raise ValueError(f"{where}: unknown metric or style")
        if row.basis not in BASES[1:] or not row.why or not row.source:
            raise ValueError(f"{where}: limits need a basis, a source and a reason")
        if row.judges == (row.low is None and row.high is None):
            raise ValueError(f"{where}: a limit, or judges = false")
        pairs = {(metric, name) for metric in row.metrics for name in row.styles}
        if pairs & seen:
            raise ValueError(f"{where}: {sorted(pairs & seen)} stands twice")
        seen |= pairs
    return found


@cache
def sound_limits_at_large() -> dict[str, Limits]:
    """Bounds for music of any style; metrics of mere context are left out."""
    return {
        key: Limits(row.low, row.high, row.basis) for key, row in _rows().items() if not row.context
    }


@cache
def sound_limits(manner: Manner = PLAIN) -> dict[str, Limits]:
    """Bounds of every metric of sound that judges in a manner; mere context is left out."""
    limits = dict(sound_limits_at_large())
    for name in reversed(manner.names):  # the weightier name has the last word
        for row in style_limits():
            for metric in row.metrics if name in row.styles else ():
                if row.judges:
                    limits[metric] = Limits(row.low, row.high, row.basis, name)
                else:
                    limits.pop(metric, None)
    return limits


def passes(measurement: Measurement, manner: Manner = PLAIN) -> bool | None:
    """Whether a measurement lies within its bounds; None when undefined or mere context."""
    limits = sound_limits(manner).get(measurement.metric)
    if limits is None or measurement.value is None:
        return None
    return limits.holds(measurement.value)
