"""Percentiles of every symbolic metric in human music of each kind.

    python -m bench.bands --corpora DIR [--scratch DIR] [--each 60] [--date 2026-01-31]

Writes ``src/songwright/evaluate/data/bands.json``. Bands come from the three quarters of each
corpus that are not held out. A metric needs `FEWEST` pieces that define it.
"""

from __future__ import annotations

import argparse
import datetime
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from bench.corpora import KINDS, MOST_BARS, SOURCES, pieces, unpack
from songwright.evaluate import evaluate_score, metric_facts
from songwright.evaluate.bands import PERCENTILES

OUT = Path(__file__).parents[1] / "src/songwright/evaluate/data/bands.json"
FEWEST = 12

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


def kind_bands(kind: str, root: Path, each: int, date: str) -> dict[str, Any]:
    """One kind as plain data."""
    values: dict[str, list[float]] = {}
    count = 0
    for _, score in pieces(kind, root, each, kept_back=False):
        count += 1
        for found in evaluate_score(score):
            if found.value is not None and found.metric not in LEFT_OUT.get(kind, ()):
                values.setdefault(found.metric, []).append(found.value)
    sources = [source for source in SOURCES if source.kind == kind]
    metrics = {
        metric: {
            "values": [round(float(v), 4) for v in np.percentile(values[metric], PERCENTILES)],
            "count": len(values[metric]),
        }
        for metric in metric_facts()
        if len(values.get(metric, ())) >= FEWEST
    }
    return {
        "kind": kind,
        "corpora": [source.corpus for source in sources],
        "licences": [source.licence for source in sources],
        "pieces": count,
        "date": date,
        "metrics": metrics,
    }


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
            rows.append(kind_bands(kind, scratch, options.each, options.date))
            spent = time.perf_counter() - start
            print(f"{kind}: {rows[-1]['pieces']} pieces, {len(rows[-1]['metrics'])} metrics, "
                  f"{spent:.0f} s", flush=True)  # fmt: skip
    options.out.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
    print(f"wrote {options.out} (pieces cut at {MOST_BARS} bars)")


if __name__ == "__main__":
    main()
