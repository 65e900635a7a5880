"""The table of metrics: facts from data, functions by a decorator.

A metric is added with one table in ``data/metrics.toml`` and one function::

    @measures("pitch_entropy_1", "pitch_entropy_4")
    def pitch_entropy(piece: Piece) -> Findings:
        if piece.tune.size == 0:
            raise NotDefined("there is no melody")
        yield Finding("pitch_entropy_1", ...)
        yield Finding("pitch_entropy_4", ..., bars=[(8, 12)], note="the most chromatic bars")

Every module of `songwright.evaluate.symbolic` is read; nothing else has to be told about it.
"""

from __future__ import annotations

import math
import pkgutil
import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING

import msgspec

from songwright.evaluate.model import (
    DIMENSIONS,
    Evidence,
    Measurement,
    MetricFacts,
    NotDefined,
    Span,
)

if TYPE_CHECKING:
    from songwright.evaluate.piece import Piece


@dataclass(frozen=True, slots=True)
class Finding:
    """What a metric function says: one number, the bars it comes from and what to see there.

    ``value`` None needs a ``why`` that completes "not defined, because …".
    """

    metric: str
    value: float | None
    bars: Sequence[Span] = ()
    note: str = ""
    why: str = ""


Findings = Iterable[Finding]
MetricFunction = Callable[["Piece"], Findings]

_functions: dict[tuple[str, ...], MetricFunction] = {}


def measures(*metrics: str) -> Callable[[MetricFunction], MetricFunction]:
    """Register a function as the one that finds ``metrics``."""

    def register(function: MetricFunction) -> MetricFunction:
        _functions[metrics] = function
        return function

    return register


@cache
def metric_facts() -> dict[str, MetricFacts]:
    """All metrics by id, in the order of the data file."""
    text = files("songwright.evaluate").joinpath("data/metrics.toml").read_text("utf-8")
    table = tomllib.loads(text)
    rows = msgspec.convert([{"id": key, **row} for key, row in table.items()], list[MetricFacts])
    for row in rows:
        if row.dimension not in DIMENSIONS:
            raise ValueError(f"metrics.toml: {row.id}: {row.dimension!r} is not a dimension")
    return {row.id: row for row in rows}


@cache
def symbolic_metrics() -> tuple[tuple[tuple[str, ...], MetricFunction], ...]:
    """Every symbolic metric function with the ids it answers, in the order of the data file."""
    from songwright.evaluate import symbolic  # noqa: PLC0415 (loads NumPy and the kernels)

    for module in sorted(pkgutil.iter_modules(symbolic.__path__), key=lambda m: m.name):
        import_module(f"{symbolic.__name__}.{module.name}")
    order = {metric: i for i, metric in enumerate(metric_facts())}
    for metrics in _functions:
        for metric in metrics:
            if metric not in order:
                raise ValueError(f"metrics.toml has no table for the metric {metric!r}")
    return tuple(sorted(_functions.items(), key=lambda item: order[item[0][0]]))


def measure_piece(piece: Piece) -> tuple[Measurement, ...]:
    """All symbolic metrics of a piece, in the order of the data file."""
    found: dict[str, Measurement] = {}
    for metrics, function in symbolic_metrics():
        found.update(_ask(piece, metrics, function))
    order = list(metric_facts())
    return tuple(found[metric] for metric in sorted(found, key=order.index))


def _ask(
    piece: Piece, metrics: tuple[str, ...], function: MetricFunction
) -> dict[str, Measurement]:
    answers: dict[str, Measurement] = {}
    why = "there is nothing to measure it on"
    try:
        for finding in function(piece):
            answers[finding.metric] = _measurement(piece, finding)
    except NotDefined as reason:
        why = str(reason)
    for metric in metrics:
        if metric not in answers:
            answers[metric] = undefined(metric, why)
    return answers


def _measurement(piece: Piece, finding: Finding) -> Measurement:
    if finding.value is None or not math.isfinite(finding.value):
        return undefined(finding.metric, finding.why or "there is nothing to measure it on")
    bars = tuple((int(a), int(b)) for a, b in finding.bars)
    seconds = tuple((piece.bar_seconds(a), piece.bar_seconds(b)) for a, b in bars)
    value = round(float(finding.value), 6)
    return Measurement(finding.metric, value, Evidence(bars, seconds, finding.note))


def undefined(metric: str, why: str) -> Measurement:
    """The answer of a metric that a piece does not define."""
    return Measurement(metric, None, Evidence(), f"not defined, because {why}")
