"""What each metric of sound means, and between which values it passes: reads the data file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec

from songwright.evaluate.model import DIMENSIONS, Measurement, MetricFacts

BASES = ("", "standard", "measured", "heuristic")


@dataclass(frozen=True, slots=True)
class Limits:
    """Values that pass, ends included; None is open. ``basis`` says how sure they are."""

    low: float | None = None
    high: float | None = None
    basis: str = ""

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


@cache
def sound_limits() -> dict[str, Limits]:
    """Bounds of every metric of sound that judges; those of mere context are left out."""
    return {
        key: Limits(row.low, row.high, row.basis) for key, row in _rows().items() if not row.context
    }


def passes(measurement: Measurement) -> bool | None:
    """Whether a measurement lies within its bounds; None when undefined or mere context."""
    limits = sound_limits().get(measurement.metric)
    if limits is None or measurement.value is None:
        return None
    return limits.holds(measurement.value)
