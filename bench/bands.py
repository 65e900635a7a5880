"""Percentiles of every symbolic metric in human music of each kind, for pieces of several lengths.

    python -m bench.bands --corpora DIR [--scratch DIR] [--each 60] [--date 2026-01-31]

Writes ``src/songwright/evaluate/data/bands.json``. Bands come from the three quarters of each
corpus that are not held out: of whole pieces, and of openings of `LENGTHS` bars, since most metrics
depend on how much they see (``python -m bench.lengths`` prints how much). A metric needs `FEWEST`
pieces that define it, `FEWEST_OPENINGS` for openings.
"""

from __future__ import annotations

import argparse
import datetime
import json
import re
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.corpora import KINDS, MOST_BARS, SOURCES, cut, pieces, unpack
from songwright.evaluate import evaluate_score, metric_facts
from songwright.evaluate.bands import PERCENTILES
from songwright.score import Score

OUT = Path(__file__).parents[1] / "src/songwright/evaluate/data/bands.json"
FEWEST = 12
FEWEST_OPENINGS = 40  # with fewer, whole pieces or another length say more
FEWEST_NOTES = 40

LENGTHS = (16, 32, 64, 128)
NEARLY = 0.75
"""Bars of openings, and the share of them from which on a whole piece counts as one."""

OF_ENDINGS = ("closure_final", "peak_position")

# What a corpus cannot say: nominal velocities or timing, or pieces that were cut at `MOST_BARS`.
_NO_PLAYING = ("microtiming_ms", "velocity_spread", "swing_ratio", "dynamics_span")
LEFT_OUT: dict[str, tuple[str, ...]] = {
    "hymn": _NO_PLAYING,
    "lied": ("microtiming_ms",),
    # Sequenced step by step: velocities and timing are mostly nominal.
    "multitrack": ("microtiming_ms", "velocity_spread", "dynamics_span"),
    "quartet": ("microtiming_ms", "closure_final", "peak_position"),
    "orchestra": ("microtiming_ms", "closure_final", "peak_position"),
    "folk_tune": _NO_PLAYING,
    "lead_sheet": _NO_PLAYING,
    "keyboard": _NO_PLAYING,
}


def measured(score: Score, kind: str) -> dict[str, float]:
    """Value of each metric that a score defines and its corpus can speak of."""
    left_out = LEFT_OUT.get(kind, ())
    return {
        found.metric: found.value
        for found in evaluate_score(score)
        if found.value is not None and found.metric not in left_out
    }


def openings(score: Score) -> dict[int, Score]:
    """The piece as an opening of each of `LENGTHS`: cut, or whole where it is nearly so short."""
    cuts = {bars: cut(score, bars) for bars in LENGTHS if score.bars >= NEARLY * bars}
    return {
        bars: short
        for bars, short in cuts.items()
        if sum(len(part.notes) for part in short.parts) >= FEWEST_NOTES
    }


def metric_bands(values: Sequence[dict[str, float]], fewest: int) -> dict[str, Any]:
    """The band of each metric that ``fewest`` pieces define, as plain data."""
    result = {}
    for metric in metric_facts():
        here = [row[metric] for row in values if metric in row]
        if len(here) >= fewest:
            found = np.percentile(here, PERCENTILES)
            result[metric] = {"values": [round(float(v), 4) for v in found], "count": len(here)}
    return result


def kind_bands(
    kind: str,
    lengths: Sequence[int],
    whole: Sequence[dict[str, float]],
    short: dict[int, list[dict[str, float]]],
    date: str,
) -> dict[str, Any]:
    """One kind as plain data.

    Parameters
    ----------
    lengths, whole
        Bars and values of each whole piece.
    short
        Values of the openings by their bars. How a piece ends they cannot say.
    """
    sources = [source for source in SOURCES if source.kind == kind]
    by_length = []
    for bars, rows in sorted(short.items()):
        cut_off = [{m: v for m, v in row.items() if m not in OF_ENDINGS} for row in rows]
        if metrics := metric_bands(cut_off, FEWEST_OPENINGS):
            by_length.append({"bars": bars, "metrics": metrics})
    return {
        "kind": kind,
        "corpora": [source.corpus for source in sources],
        "licences": [source.licence for source in sources],
        "pieces": len(whole),
        "bars": float(np.median(lengths)),
        "date": date,
        "metrics": metric_bands(whole, FEWEST),
        "openings": by_length,
    }


def read_kind(kind: str, root: Path, each: int, date: str) -> dict[str, Any]:
    """Measure the pieces of a kind, whole and as openings, and make their bands."""
    lengths: list[int] = []
    whole: list[dict[str, float]] = []
    short: dict[int, list[dict[str, float]]] = {}
    for _, score in pieces(kind, root, each, kept_back=False):
        lengths.append(score.bars)
        whole.append(measured(score, kind))
        for bars, opening in openings(score).items():
            short.setdefault(bars, []).append(measured(opening, kind))
    return kind_bands(kind, lengths, whole, short, date)


def as_text(rows: Sequence[dict[str, Any]]) -> str:
    """JSON with one band a line."""
    text = json.dumps(rows, indent=1)
    return re.sub(r"\{\s+\"values\"[^}]*\}", lambda m: " ".join(m[0].split()), text) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--scratch", type=Path, help="keep the unpacked files here")
    parser.add_argument("--each", type=int, default=60, help="most pieces of each kind")
    parser.add_argument("--date", default=datetime.datetime.now(datetime.UTC).date().isoformat())
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        scratch = options.scratch or Path(temporary)
        scratch.mkdir(parents=True, exist_ok=True)
        unpack(options.corpora, scratch)
        for kind in KINDS:
            start = time.perf_counter()
            rows.append(read_kind(kind, scratch, options.each, options.date))
            spent = time.perf_counter() - start
            there = ", ".join(str(o["bars"]) for o in rows[-1]["openings"])
            print(f"{kind}: {rows[-1]['pieces']} pieces, {len(rows[-1]['metrics'])} metrics, "
                  f"openings of {there} bars, {spent:.0f} s", flush=True)  # fmt: skip
    options.out.write_text(as_text(rows), "utf-8")
    print(f"wrote {options.out} (pieces cut at {MOST_BARS} bars)")


if __name__ == "__main__":
    main()
