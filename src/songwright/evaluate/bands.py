"""Where a value lies in human music of a kind: percentiles as data, read from both sides.

``data/bands.json`` is written by ``python -m bench.bands`` from public corpora and ships with the
package; it holds five percentiles of each metric for each kind, with corpus, licence, count and
date. ``data/nearest.toml`` says which kind is nearest to each style and how near.

Many metrics depend on how much music they see: sixteen bars have fewer chords, returns and changes
of energy than the movement they open. So a kind has bands of whole pieces and of openings of
several lengths, and a piece is read against those of the nearest length.
"""

from __future__ import annotations

import math
import tomllib
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec

from songwright.errors import StyleError

PERCENTILES = (5.0, 25.0, 50.0, 75.0, 95.0)


@dataclass(frozen=True, slots=True)
class Band:
    """Percentiles 5, 25, 50, 75 and 95 of a metric in human music, from ``count`` pieces."""

    values: tuple[float, float, float, float, float]
    count: int

    def holds(self, value: float) -> bool:
        """True between the 5th and the 95th percentile."""
        return self.values[0] <= value <= self.values[4]


@dataclass(frozen=True, slots=True)
class Openings:
    """Bands of the first ``bars`` bars of pieces, or of pieces that are nearly so short."""

    bars: int
    metrics: dict[str, Band]


@dataclass(frozen=True, slots=True)
class KindBands:
    """All bands of one kind of music and where they come from.

    ``metrics`` are bands of whole pieces, of ``bars`` bars in the median; ``openings`` go from the
    shortest to the longest.
    """

    kind: str
    corpora: tuple[str, ...]
    licences: tuple[str, ...]
    pieces: int
    bars: float
    date: str
    metrics: dict[str, Band]
    openings: tuple[Openings, ...] = ()


@dataclass(frozen=True, slots=True)
class Nearest:
    """The kinds of human music to read a style against, the nearest first.

    ``nearness`` is ``close``, ``related`` or ``far``; ``why`` says what agrees and what does not.
    """

    kinds: tuple[str, ...]
    nearness: str
    why: str


@cache
def bands() -> dict[str, KindBands]:
    """Bands of every kind of human music."""
    text = files("songwright.evaluate").joinpath("data/bands.json").read_bytes()
    rows = msgspec.json.decode(text, type=list[KindBands])
    return {row.kind: row for row in rows}


@cache
def nearest_kinds() -> dict[str, Nearest]:
    """The nearest kinds of each style."""
    text = files("songwright.evaluate").joinpath("data/nearest.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, Nearest])


def nearest_to(style_id: str) -> Nearest:
    """The nearest kinds of human music of a style.

    Raises
    ------
    StyleError
        If the table has no such style.
    """
    try:
        return nearest_kinds()[style_id]
    except KeyError:
        raise StyleError(f"evaluate/data/nearest.toml has no table for {style_id!r}") from None


def _kind(kind: str) -> KindBands:
    try:
        return bands()[kind]
    except KeyError:
        known = ", ".join(bands())
        raise StyleError(f"there are no bands for {kind!r}; known are {known}") from None


def openings_like(kind: str, bars: int | None, metric: str = "") -> Openings | None:
    """The openings of a kind that are nearest in length to ``bars`` bars, by their ratio.

    None when whole pieces are as near, or ``bars`` is None. With a ``metric`` only lengths count
    that have a band for it.

    Raises
    ------
    StyleError
        If the kind is unknown; the message lists those there are.
    """
    facts = _kind(kind)
    if not bars:
        return None
    there = [o for o in facts.openings if not metric or metric in o.metrics]
    nearest = min(there, key=lambda o: abs(math.log(bars / o.bars)), default=None)
    whole = not metric or metric in facts.metrics
    if nearest is None or (
        whole and abs(math.log(bars / facts.bars)) <= abs(math.log(bars / nearest.bars))
    ):
        return None
    return nearest


def band_of(metric: str, kind: str, bars: int | None = None) -> Band | None:
    """The band of a metric in a kind; None when that kind does not define it.

    ``bars`` is the length of the piece to be read against it: the band is that of the nearest
    length. Without it, that of whole pieces.

    Raises
    ------
    StyleError
        If the kind is unknown; the message lists those there are.
    """
    openings = openings_like(kind, bars, metric)
    return (_kind(kind) if openings is None else openings).metrics.get(metric)


def nearest_band(metric: str, style_id: str) -> tuple[str, Band] | None:
    """The first of a style's nearest kinds that has a band for a metric, and that band."""
    for kind in nearest_to(style_id).kinds:
        band = band_of(metric, kind)
        if band is not None:
            return kind, band
    return None


def percentile_of(metric: str, kind: str, value: float, bars: int | None = None) -> float | None:
    """Percentile 0..100 of a value in human music of a kind (of about ``bars`` bars).

    Between the stored percentiles it is interpolated; outside them it goes to 0 (100) at one more
    width of the outer quarter. None when the kind has no band for the metric.
    """
    band = band_of(metric, kind, bars)
    if band is None:
        return None
    low, q1, _, q3, high = band.values
    knots = [low - max(q1 - low, 1e-9), *band.values, high + max(high - q3, 1e-9)]
    heights = [0.0, *PERCENTILES, 100.0]
    if value < knots[0]:
        return 0.0
    if value > knots[-1]:
        return 100.0
    # Where several percentiles share the value (a metric at its ceiling), their middle counts.
    same = [h for k, h in zip(knots, heights, strict=True) if k == value]
    if same:
        return (same[0] + same[-1]) / 2.0
    i = min(bisect_right(knots, value), len(knots) - 1)
    share = (value - knots[i - 1]) / (knots[i] - knots[i - 1])
    return heights[i - 1] + share * (heights[i] - heights[i - 1])


def band_score(band: Band, value: float) -> float:
    """Two-sided score: 1 inside the middle half of human music, 0.5 at its 5th or 95th percentile.

    From there it falls to 0 within one more width of the outer quarter.
    """
    low, q1, _, q3, high = band.values
    if value < q1:
        width = max(q1 - low, 1e-9)
        return max(0.0, 1.0 - 0.5 * (q1 - value) / width)
    if value > q3:
        width = max(high - q3, 1e-9)
        return max(0.0, 1.0 - 0.5 * (value - q3) / width)
    return 1.0
