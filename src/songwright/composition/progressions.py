"""Progressions as text: reading them, the fallback lists, and functional writing."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from random import Random

Bar = tuple[tuple[str, float], ...]
"""Chords of one bar as (numeral or symbol, share of the bar)."""


@dataclass(frozen=True, slots=True)
class ModeProgressions:
    """Loops, closing cadences and turns back to the start for one mode; loops of a clear key."""

    loops: tuple[str, ...]
    cadences: tuple[str, ...]
    turns: tuple[str, ...]
    clear: tuple[str, ...] = ()


@cache
def _data() -> dict[str, dict[str, object]]:
    text = files("songwright.composition").joinpath("data/progressions.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def progressions_of(mode: str) -> ModeProgressions:
    """Fallback progressions of a mode; modes without a list borrow from their neighbour."""
    row = _data().get(mode) or _data()["minor" if "minor" in mode else "major"]
    return ModeProgressions(**{k: tuple(v) for k, v in row.items()})  # type: ignore[arg-type]


@cache
def functional_table(is_minor: bool) -> dict[str, dict[str, float]]:
    """Successors of each numeral in functional harmony, with weights."""
    tables = _data()["functional"]
    return tables["minor" if is_minor else "major"]  # type: ignore[return-value]


@lru_cache(maxsize=1024)
def parse_bars(text: str) -> tuple[Bar, ...]:
    """Read ``"I | ii V | I"``: bars divided by ``|``, chords share their bar equally."""
    bars = []
    for bar in text.split("|"):
        names = bar.split()
        if names:
            bars.append(tuple((name, 1.0 / len(names)) for name in names))
    return tuple(bars)


def write_functional(
    bars: int, is_minor: bool, chords_per_bar: float, rng: Random, closes: bool
) -> tuple[Bar, ...]:
    """A phrase of functional harmony from tonic to a cadence.

    Walks the table of successors; the last two chords are V and I when ``closes``, otherwise the
    phrase stops on V (half cadence). Harmony moves faster towards the cadence.
    """
    table = functional_table(is_minor)
    tonic = "i" if is_minor else "I"
    counts = []
    for bar in range(bars):
        # The cadence bar moves at least as fast as the rest; the first bar settles the key.
        wanted = chords_per_bar * (0.75 if bar == 0 else 1.15 if bar >= bars - 2 else 1.0)
        whole = int(wanted) + (rng.random() < wanted - int(wanted))
        counts.append(max(1, min(4, whole)))
    counts[-1] = 1 if closes or bars > 1 else counts[-1]
    total = sum(counts)
    ending = ["V7", tonic] if closes else ["V"]
    before = ("ii°/3" if is_minor else "ii", "iv" if is_minor else "IV")
    chain = [tonic]
    while len(chain) < total - len(ending):
        options = {k: w for k, w in table[chain[-1]].items() if k != chain[-1]}
        if len(chain) == total - len(ending) - 1:  # the chord before the cadence prepares it
            prepared = {k: w for k, w in options.items() if k in before or k.startswith("vi")}
            options = prepared or {rng.choice(before): 1.0}
        names = list(options)
        chain.append(rng.choices(names, [options[n] for n in names])[0])
    chain = (chain + ending)[-total:] if total > len(ending) else ending[-total:]
    written: list[Bar] = []
    at = 0
    for count in counts:
        names = chain[at : at + count]
        written.append(tuple((name, 1.0 / count) for name in names))
        at += count
    return tuple(written)
