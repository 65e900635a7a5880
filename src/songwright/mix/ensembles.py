"""Acoustic ensembles: which one plays, and what spectrum human music for it has.

Recordings of bands have something in every third octave, from the kick to the cymbals; a string
quartet has nothing below its cello and little above 8 kHz. What such an ensemble should be held
against is therefore not the curve of recordings but its own: ``data/tone.toml``, the average
spectrum of human scores played by recorded instruments (``python -m bench.tone``). Only these
averages are shipped.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Protocol, TypeVar

import msgspec
import numpy as np

from songwright.audio.buffers import Samples64
from songwright.errors import StyleError

Ensemble = tuple[str, ...]
"""Groups of `curves`: one, or one for each part in the order of the alphabet; ``()``: a band."""

ORCHESTRA = "orchestra"
_ORCHESTRA_FROM = 5  # parts; fewer strings and winds are chamber music
_DRUMS = "drums"

T = TypeVar("T")


class Player(Protocol):
    """A part as planned, written or played."""

    @property
    def role(self) -> str: ...
    @property
    def instrument(self) -> str: ...
    @property
    def sound(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Curve:
    """Average spectrum of human music for one group.

    Attributes
    ----------
    centre_hz, level_db
        Third octaves and their mean level at equal loudness (-20 LUFS), shape (bands,).
    spread_db
        Standard deviation over the excerpts.
    excerpts
        How many there were.
    corpus, licence
        Where the scores came from.
    human_db
        5th, 50th and 95th percentile of what single excerpts are off the curve of the others, dB
        RMS as `songwright.mix.tonal.deviation_db` counts it.
    mastered_db
        The same after the equaliser of mastering.
    """

    centre_hz: tuple[float, ...]
    level_db: tuple[float, ...]
    spread_db: tuple[float, ...]
    excerpts: int
    corpus: str
    licence: str
    human_db: tuple[float, float, float]
    mastered_db: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class _Table:
    orchestral: tuple[str, ...]
    groups: dict[str, tuple[str, ...]]


def _read(name: str, kind: type[T]) -> T:
    text = files("songwright.mix").joinpath(f"data/{name}").read_text("utf-8")
    try:
        return msgspec.convert(tomllib.loads(text), kind)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise StyleError(f"mix/data/{name}: {error}") from error


@cache
def curves() -> dict[str, Curve]:
    """The curves by group."""
    return _read("tone.toml", dict[str, Curve])


@cache
def _groups() -> dict[str, str]:
    """Group of every instrument of an ensemble; ``""`` for those of an orchestra alone."""
    table = _read("ensembles.toml", _Table)
    found = {name: group for group, names in table.groups.items() for name in names}
    return found | dict.fromkeys(table.orchestral, "")


def ensemble_of(parts: Iterable[Player]) -> Ensemble:
    """The ensemble that some parts form.

    Who actually plays decides, not the style. Five parts or more with strings and winds are an
    orchestra. A beat, a sound of the palette or an instrument of bands makes it a band, and so does
    a majority of instruments that no curve is known for; a minority of them does not count.
    """
    seats = list(parts)
    known = _groups()
    if any(p.sound or p.role == _DRUMS or p.instrument not in known for p in seats):
        return ()
    present = {known[p.instrument] for p in seats}
    has_winds = "woodwinds" in present or "brass" in present
    if len(seats) >= _ORCHESTRA_FROM and "strings" in present and has_winds:
        return (ORCHESTRA,)
    groups = sorted(group for p in seats if (group := known[p.instrument]) in curves())
    if not groups or 2 * len(groups) < len(seats):
        return ()
    return tuple(groups) if len(set(groups)) > 1 else (groups[0],)


def ensemble_name(ensemble: Ensemble) -> str:
    """An ensemble in words: ``strings``, ``strings 3, woodwinds``; a band is ``""``."""
    counted = {group: ensemble.count(group) for group in ensemble}
    return ", ".join(f"{g.replace('_', ' ')} {n}" if n > 1 else g.replace("_", " ")
                     for g, n in counted.items())  # fmt: skip


@cache
def _levels_db(ensemble: Ensemble) -> tuple[Samples64, Samples64]:
    found = [curves()[group] for group in ensemble]
    # Parts are taken as equally loud, and unrelated sounds add up in power.
    power = np.mean([10.0 ** (np.array(curve.level_db) / 10.0) for curve in found], axis=0)
    return np.log2(np.array(found[0].centre_hz)), 10.0 * np.log10(power)


def ensemble_curve_db(frequency_hz: Samples64, ensemble: Ensemble) -> Samples64:
    """Third-octave levels that an acoustic ensemble has on average, relative to 1 kHz.

    Between the centres the curve is drawn straight over the octaves; beyond the last it goes on
    at its last level.

    Raises
    ------
    KeyError
        If a group has no curve.
    """
    octaves, level_db = _levels_db(ensemble)
    at = np.interp(np.log2(frequency_hz), octaves, level_db)
    return np.asarray(at - np.interp(np.log2(1_000.0), octaves, level_db))
