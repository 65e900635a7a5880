"""Rhythms that an idiom would use: two-bar cells and upbeats from ``data/melody_rhythms.toml``."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random

from songwright.theory import Meter

Spans = tuple[tuple[int, int], ...]
"""Notes of a rhythm as (onset, duration) in ticks from the start of the cell."""

_EIGHTH = 240


@dataclass(frozen=True, slots=True)
class Idiom:
    """Cells by metre, each two bars of spans; upbeats in ticks before the bar line (negative)."""

    cells: dict[str, tuple[Spans, ...]]
    pickup: float
    upbeats: tuple[Spans, ...]


@cache
def _rows() -> dict[str, dict[str, object]]:
    text = files("songwright.composition").joinpath("data/melody_rhythms.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def idiom_of(name: str, family: str) -> Idiom:
    """The idiom of a name, else of a family, else of songs.

    Raises
    ------
    KeyError
        If a style names an idiom that is not in the data file.
    """
    rows = _rows()
    if not name:
        name = next((n for n, row in rows.items() if family in _texts(row["families"])), "song")
    row = rows[name]
    cells = {
        meter: tuple(_parse(text, _meter(meter).bar_ticks) for text in _texts(value))
        for meter, value in row.items()
        if "/" in meter
    }
    upbeats = tuple(_upbeat(text) for text in _texts(row["upbeats"]))
    return Idiom(cells, float(str(row["pickup"])), upbeats)


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _meter(text: str) -> Meter:
    upper, _, lower = text.partition("/")
    return Meter(int(upper), int(lower))


def _parse(text: str, bar_ticks: int) -> Spans:
    """Read ``"x-x.|x---"``: bars of equal steps, notes held over bar lines where they say so."""
    spans: list[tuple[int, int]] = []
    sounding = False
    for number, bar in enumerate(text.split("|")):
        step = bar_ticks // len(bar)
        for place, sign in enumerate(bar):
            at = number * bar_ticks + place * step
            if sign == "x":
                spans.append((at, step))
                sounding = True
            elif sign == "-" and sounding:
                onset, duration = spans[-1]
                spans[-1] = (onset, duration + step)
            else:
                sounding = False
    return tuple(spans)


def _upbeat(text: str) -> Spans:
    length = len(text) * _EIGHTH
    return tuple((onset - length, duration) for onset, duration in _parse(text, length))


def idiom_cell(
    idiom: Idiom, meter: Meter, bars: int, notes_per_bar: float, shortest: int, rng: Random
) -> Spans | None:
    """Draw a cell of one or two bars with about so many notes; None where the idiom knows none.

    ``shortest`` is the smallest value in parts of a beat; finer cells are left out.
    """
    known = idiom.cells.get(str(meter), ())
    options = [_first_bars(cell, bars * meter.bar_ticks) for cell in known] if bars <= 2 else []
    least = min(_EIGHTH, 480 // max(1, shortest))
    options = [cell for cell in options if cell and min(d for _, d in cell) >= least]
    if not options:
        return None
    weights = [math.exp(-(((len(c) / bars - notes_per_bar) / 1.6) ** 2)) for c in options]
    if max(weights) < 0.02:  # nothing near this density
        return None
    return rng.choices(options, weights)[0]


def _first_bars(cell: Spans, length: int) -> Spans:
    return tuple((o, min(d, length - o)) for o, d in cell if o < length)
