"""Bands by length: which metrics depend on length, and what bands of whole pieces do to openings.

    python -m bench.lengths --corpora DIR [--scratch DIR] [--each 32] [--spoilt 14]

Prints three tables: how far each metric of an opening lies from that of its own whole piece, and
its rank correlation with the length of whole pieces; the share of metrics of held-out pieces that
lie inside, read against whole pieces and against pieces of like length; and how well that share
tells spoilt openings from human ones.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median

import numpy as np

from bench.bands import LENGTHS, OF_ENDINGS, measured, openings
from bench.corpora import KINDS, pieces, unpack
from bench.corruptions import APPLIES, CORRUPTIONS, always
from bench.discrimination import auc
from songwright.evaluate import metric_facts
from songwright.evaluate.bands import band_of
from songwright.evaluate.curves import rank_correlation
from songwright.score import Score

LEAST_PIECES = 12
SPOILT_KINDS = ("multitrack", "hymn", "lied", "quartet", "keyboard")
_PART_WRITING = ("parallel_perfects", "voice_crossing")

Values = dict[str, float]


@dataclass(frozen=True, slots=True)
class Piece:
    """Values of one piece: whole, and of its openings by their bars."""

    kind: str
    bars: int
    whole: Values
    short: dict[int, Values]


def read(kind: str, root: Path, each: int, kept_back: bool) -> Iterable[Piece]:
    """Measure pieces of a kind and their openings."""
    for _, score in pieces(kind, root, each, kept_back):
        cuts = openings(score)
        short = {bars: measured(cut, kind) for bars, cut in cuts.items()}
        yield Piece(kind, score.bars, measured(score, kind), short)


def shifts(read_pieces: Sequence[Piece], metric: str) -> dict[int, float]:
    """How far openings lie from their own whole pieces, by their bars.

    For each kind the median difference in interquartile ranges of its whole pieces, over pieces at
    least twice as long as the opening; the median of all kinds.
    """
    found: dict[int, list[float]] = {}
    for kind in KINDS:
        mine = [p for p in read_pieces if p.kind == kind and metric in p.whole]
        if len(mine) < LEAST_PIECES:
            continue
        low, high = np.percentile([p.whole[metric] for p in mine], (25, 75))
        for bars in LENGTHS:
            apart = [
                p.short[bars][metric] - p.whole[metric]
                for p in mine
                if p.bars >= 2 * bars and metric in p.short.get(bars, {})
            ]
            if len(apart) >= LEAST_PIECES:
                found.setdefault(bars, []).append(median(apart) / max(high - low, 1e-9))
    return {bars: median(values) for bars, values in found.items()}


def with_length(read_pieces: Sequence[Piece], metric: str) -> float | None:
    """Rank correlation of a metric with the bars of whole pieces: the median of all kinds.

    Kinds count whose pieces differ in length; most quartets, for one, are cut at the same bar.
    """
    found = []
    for kind in KINDS:
        mine = [p for p in read_pieces if p.kind == kind and metric in p.whole]
        if len({p.bars for p in mine}) >= LEAST_PIECES:
            values = np.array([p.whole[metric] for p in mine])
            found.append(rank_correlation([float(p.bars) for p in mine], values))
    defined = [value for value in found if value is not None]
    return median(defined) if defined else None


def inside(values: Values, kind: str, bars: int | None, whole_piece: bool) -> float:
    """Share of the judging metrics that lie inside the bands of a kind for ``bars`` bars."""
    held = []
    for metric, value in values.items():
        band = band_of(metric, kind, bars)
        judges = not metric_facts()[metric].context
        judges &= metric not in _PART_WRITING or kind in ("hymn", "quartet")
        judges &= whole_piece or metric not in OF_ENDINGS
        if band is not None and judges:
            held.append(band.holds(value))
    return fmean(held)


def shift_table(read_pieces: Sequence[Piece], least: float = 0.25) -> list[str]:
    """Metrics whose openings of 32 bars lie at least ``least`` off, the farthest first."""
    rows = {metric: shifts(read_pieces, metric) for metric in metric_facts()}
    rows = {m: row for m, row in rows.items() if abs(row.get(32, 0.0)) >= least}
    lines = ["| metric | 16 bars | 32 bars | 64 bars | with length |",
             "| --- | --- | --- | --- | --- |"]  # fmt: skip
    for metric, row in sorted(rows.items(), key=lambda item: -abs(item[1][32])):
        found = (*(row.get(bars) for bars in LENGTHS[:3]), with_length(read_pieces, metric))
        cells = " | ".join("–" if value is None else f"{value:+.2f}" for value in found)
        lines.append(f"| {metric} | {cells} |")
    return lines


def inside_table(kept: Sequence[Piece]) -> list[str]:
    """Share inside by kind and length: against whole pieces, and against like length."""
    lines = ["| kind | " + " | ".join(f"{b} bars" for b in LENGTHS) + " | whole |",
             "| --- |" + " --- |" * (len(LENGTHS) + 1)]  # fmt: skip
    for kind in KINDS:
        cells = []
        for bars in (*LENGTHS, 0):
            mine = [p for p in kept if p.kind == kind and (not bars or bars in p.short)]
            if len(mine) < LEAST_PIECES:
                cells.append("–")
                continue
            shares = [
                [
                    inside(p.short[bars] if bars else p.whole, kind, length, not bars)
                    for length in (None, min(p.bars, bars or p.bars))
                ]
                for p in mine
            ]
            before, now = np.mean(shares, axis=0)
            cells.append(f"{before:.0%} → {now:.0%}")
        lines.append(f"| {kind} | " + " | ".join(cells) + " |")
    return lines


def told_apart(kind: str, root: Path, each: int, bars: int) -> dict[str, list[list[float]]]:
    """Share inside of held-out openings, human and spoilt, both ways, by corruption."""
    found: dict[str, list[list[float]]] = {}
    for _, score in pieces(kind, root, each, kept_back=True):
        cut = openings(score).get(bars)
        if cut is None:
            continue
        human = _both_ways(cut, kind)
        for name, corrupt in CORRUPTIONS.items():
            if APPLIES.get(name, always)(cut):
                spoilt = _both_ways(corrupt(cut, 1), kind)
                found.setdefault(name, []).append([*human, *spoilt])
    return found


def _both_ways(score: Score, kind: str) -> list[float]:
    values = measured(score, kind)
    return [inside(values, kind, length, False) for length in (None, score.bars)]


def spoilt_table(found: dict[str, list[list[float]]]) -> list[str]:
    """AUC of the share inside for each corruption: whole-piece bands, bands of like length."""
    lines = ["| corruption | pieces | whole | like length |", "| --- | --- | --- | --- |"]
    for name, rows in found.items():
        columns = np.array(rows).T.tolist()
        before, now = auc(columns[0], columns[2]), auc(columns[1], columns[3])
        lines.append(f"| {name.replace('_', ' ')} | {len(rows)} | {before:.2f} | {now:.2f} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--scratch", type=Path, help="keep the unpacked files here")
    parser.add_argument("--each", type=int, default=32, help="most pieces of each kind")
    parser.add_argument("--spoilt", type=int, default=14, help="pieces of a kind that are spoilt")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        scratch = options.scratch or Path(temporary)
        unpack(options.corpora, scratch)
        seen = [p for k in KINDS for p in read(k, scratch, options.each, kept_back=False)]
        kept = [p for k in KINDS for p in read(k, scratch, options.each, kept_back=True)]
        spoilt: dict[str, list[list[float]]] = {}
        for kind in SPOILT_KINDS:
            for name, rows in told_apart(kind, scratch, options.spoilt, 32).items():
                spoilt.setdefault(name, []).extend(rows)
    for table in (shift_table(seen), inside_table(kept), spoilt_table(spoilt)):
        print("\n".join(table), end="\n\n")


if __name__ == "__main__":
    main()
