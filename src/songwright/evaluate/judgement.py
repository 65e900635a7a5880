"""Measurements become a judgement: each is read against human music of its kind, or its limits.

Notes are read against percentiles of `songwright.evaluate.bands`, sound against the limits of
`songwright.evaluate.sound.facts`. About one metric in ten of any human piece lies outside the 5th
to 95th percentile, so a single one outside is no verdict; a group shows its minimum beside its
mean, so that a failure is never averaged away.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from songwright.errors import StyleError
from songwright.evaluate.bands import (
    Band,
    band_of,
    band_score,
    bands,
    nearest_kinds,
    nearest_to,
    openings_like,
    percentile_of,
)
from songwright.evaluate.model import DIMENSIONS, Evidence, Measurement, MetricFacts
from songwright.evaluate.registry import metric_facts

if TYPE_CHECKING:
    from songwright.evaluate.sound.facts import Limits

_PART_WRITING = frozenset({"parallel_perfects", "voice_crossing"})
_CARING = frozenset({"hymn", "quartet"})
_SINGLE_LINES = frozenset(("folk_tune", "lead_sheet"))
"""Rules of part-writing judge only where a style keeps them; elsewhere they describe."""

CONTROLS_MET = MetricFacts(
    "controls_met", "adherence", "Controls met", "share",
    "Share of the requested controls (key, tempo, length, instruments …) that were measured in "
    "the files as requested.", "own",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judged:
    """One measurement and what is made of it.

    Attributes
    ----------
    band, kind
        Percentiles of human music and the kind they come from; None and ``""`` without any. For
        sound ``kind`` is the style whose own limit it is, empty for limits of music at large.
    percentile
        0..100 in that kind; None without a band.
    score
        0..1: 1 in the middle half of human music (inside the limits), 0.5 at the edge of the
        band (the limit), 0 far outside. None when the metric judges nothing here.
    inside
        Between the 5th and 95th percentile, or within the limits.
    low, high
        The edges that ``inside`` means; None is open.
    """

    measurement: Measurement
    facts: MetricFacts
    band: Band | None = None
    percentile: float | None = None
    score: float | None = None
    inside: bool | None = None
    kind: str = ""
    low: float | None = None
    high: float | None = None

    @property
    def id(self) -> str:
        return self.facts.id

    @property
    def value(self) -> float | None:
        return self.measurement.value

    @property
    def value_text(self) -> str:
        """Value with its unit, or why there is none."""
        if self.value is None:
            return self.measurement.reason
        unit = f" {self.facts.unit}" if self.facts.unit not in ("", "share") else ""
        return f"{figure(self.value)}{unit}"

    @property
    def band_text(self) -> str:
        """Edges in words; empty without any."""
        if self.low is None:
            return "" if self.high is None else f"at most {figure(self.high)}"
        return (
            f"at least {figure(self.low)}"
            if self.high is None
            else (f"{figure(self.low)} to {figure(self.high)}")
        )


def figure(value: float) -> str:
    """A value as people read it: four digits, thousands apart, no powers of ten."""
    if value == 0.0 or 1e-3 <= abs(value) < 1000.0:
        return f"{value:.4g}"
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.4f}"


@dataclass(frozen=True, slots=True)
class Group:
    """All judging metrics of one dimension: mean score, minimum, its metric, share inside."""

    name: str
    mean: float
    minimum: float
    worst: str
    inside: float
    count: int


@dataclass(frozen=True, slots=True)
class Reference:
    """Human music that a piece is read against.

    ``nearness`` is ``close``, ``related`` or ``far`` for a style, ``named`` when the user named the
    kind, ``guessed`` when it was guessed from the notes, ``none`` when only sound is judged.
    """

    kinds: tuple[str, ...]
    nearness: str
    why: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the judge says of one piece. ``kind`` is the first kind it is read against."""

    kind: str
    nearness: str
    why: str
    groups: tuple[Group, ...]
    metrics: tuple[Judged, ...]
    style: str = ""

    def metric(self, metric: str) -> Judged | None:
        """The judged metric of this id, None when it was not asked."""
        return next((m for m in self.metrics if m.id == metric), None)

    def group(self, name: str) -> Group | None:
        """The group of this dimension, None when nothing in it was defined."""
        return next((g for g in self.groups if g.name == name), None)


def reference_for(name: str) -> Reference:
    """The reference that a user names: a kind of the bands, or a style for its nearest kinds.

    Raises
    ------
    StyleError
        If it is neither; the message lists both.
    """
    if name in bands():
        return Reference((name,), "named", "named by the user")
    if name in nearest_kinds():
        near = nearest_to(name)
        return Reference(near.kinds, near.nearness, near.why)
    raise StyleError(
        f"there are no bands for {name!r}; kinds are {', '.join(bands())}; "
        f"styles are {', '.join(nearest_kinds())}"
    )


def judge_measurements(
    measurements: Iterable[Measurement],
    reference: Reference,
    *,
    sound: Iterable[Measurement] = (),
    controls: Sequence[tuple[str, bool]] = (),
    style: str = "",
    production: Sequence[str] = (),
    bars: int | None = None,
) -> Judgement:
    """Judge what was measured.

    Parameters
    ----------
    measurements
        Of `songwright.evaluate.evaluate_score`; empty where there are no notes.
    reference
        Human music to read them against.
    sound
        Of `songwright.evaluate.sound.evaluate_sound`.
    controls
        Each requested control and whether it was met; they make the metric ``controls_met``.
    style
        The Songwright style, if known: some findings are no faults in some styles, and some limits
        of sound depend on it.
    production
        Production words of the brief ("vinyl"), which move limits of sound as well.
    bars
        Length of the piece, which is then read against human music of the nearest length.
    """
    facts = metric_facts()
    judged = [_against_humans(m, facts[m.metric], reference.kinds, bars) for m in measurements]
    heard = tuple(sound)
    if heard:
        from songwright.evaluate.sound.facts import (  # noqa: PLC0415 (loads the kernels)
            sound_facts,
            sound_limits,
        )
        from songwright.evaluate.sound.manner import manner_of  # noqa: PLC0415

        limits = sound_limits(manner_of(style, production))
        judged += [_against_limits(m, sound_facts()[m.metric], limits.get(m.metric)) for m in heard]
    if controls:
        judged.append(_controls(controls))
    metrics = tuple(judged)
    kind = reference.kinds[0] if reference.kinds else ""
    why = _with_length(reference.why, kind, bars)
    return Judgement(kind, reference.nearness, why, groups_of(metrics), metrics, style)


def _with_length(why: str, kind: str, bars: int | None) -> str:
    """The reason with the length of the human music that a short piece is read against."""
    openings = openings_like(kind, bars) if kind else None
    if openings is None:
        return why
    return f"{why.rstrip('.')}; {bars} bars are read against openings of {openings.bars}."


def _against_humans(
    measurement: Measurement, facts: MetricFacts, kinds: tuple[str, ...], bars: int | None
) -> Judged:
    value = measurement.value
    for kind in kinds:
        band = band_of(measurement.metric, kind, bars)
        if band is None:
            continue
        if facts.dimension == "arrangement" and kind in _SINGLE_LINES and kinds[-1:] != (kind,):
            continue  # one line alone has no arrangement: a band is read against the next kind
        low, high = band.values[0], band.values[-1]
        if value is None:
            return Judged(measurement, facts, band, kind=kind, low=low, high=high)
        percentile = percentile_of(measurement.metric, kind, value, bars)
        place = None if percentile is None else round(percentile, 2)
        judges = not facts.context and (facts.id not in _PART_WRITING or kinds[0] in _CARING)
        return Judged(
            measurement, facts, band, place,
            round(band_score(band, value), 4) if judges else None,
            band.holds(value) if judges else None, kind, low, high,
        )  # fmt: skip
    return Judged(measurement, facts)


def _against_limits(measurement: Measurement, facts: MetricFacts, limits: Limits | None) -> Judged:
    value = measurement.value
    if limits is None:
        return Judged(measurement, facts)
    if value is None:
        return Judged(measurement, facts, kind=limits.of, low=limits.low, high=limits.high)
    return Judged(
        measurement, facts, score=limit_score(value, limits.low, limits.high),
        inside=limits.holds(value), kind=limits.of, low=limits.low, high=limits.high,
    )  # fmt: skip


def limit_score(value: float, low: float | None, high: float | None) -> float:
    """1 within the limits; from 0.5 just outside it falls to 0.

    It reaches 0 at half the width of the limits further out, or, with one limit, at its own size
    (at least 1) beyond it. The slope is a convention of this program.
    """
    if low is not None and value < low:
        excess, edge = low - value, low
    elif high is not None and value > high:
        excess, edge = value - high, high
    else:
        return 1.0
    both = None if low is None or high is None else high - low
    reach = both / 2.0 if both else max(1.0, abs(edge))
    return round(max(0.0, 0.5 * (1.0 - excess / reach)), 4)


def _controls(controls: Sequence[tuple[str, bool]]) -> Judged:
    missed = [name for name, met in controls if not met]
    share = round(1.0 - len(missed) / len(controls), 4)
    note = f"missed: {', '.join(missed)}" if missed else "every request was met"
    measurement = Measurement(CONTROLS_MET.id, share, Evidence(note=note))
    return Judged(measurement, CONTROLS_MET, score=share, inside=not missed, low=1.0, high=1.0)


def groups_of(metrics: Sequence[Judged]) -> tuple[Group, ...]:
    """Groups by dimension; a dimension in which nothing judges is left out."""
    groups = []
    for name in DIMENSIONS:
        mine = [m for m in metrics if m.facts.dimension == name and m.score is not None]
        if not mine:
            continue
        scores = [m.score or 0.0 for m in mine]
        lowest = min(scores)
        groups.append(
            Group(
                name, round(fmean(scores), 4), lowest, mine[scores.index(lowest)].id,
                round(fmean(bool(m.inside) for m in mine), 4), len(mine),
            )
        )  # fmt: skip
    return tuple(groups)
