"""Which metric notices which corruption: a table of AUC on held-out human music.

    python -m bench.discrimination --corpora DIR [--scratch DIR] [--each 15] [--markdown OUT]

AUC is the probability that a human piece has a higher value than a corrupted one: 0.5 is blind,
1 and 0 are perfect (0: corruption raises the value). Bands are two-sided, so both directions count.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np

from bench.corpora import pieces, unpack
from bench.corruptions import APPLIES, CORRUPTIONS, always
from songwright.evaluate import evaluate_score, metric_facts
from songwright.score import Score

KINDS = ("multitrack", "hymn", "lied")
Values = dict[str, float]


def values_of(score: Score) -> Values:
    return {m.metric: m.value for m in evaluate_score(score) if m.value is not None}


def auc(human: list[float], spoilt: list[float]) -> float:
    """Probability that a human value is the higher one, ties counting half."""
    a, b = np.array(human)[:, None], np.array(spoilt)[None, :]
    return float(np.mean(a > b) + 0.5 * np.mean(a == b))


def table(root: Path, each: int, seed: int) -> tuple[dict[str, dict[str, float]], int]:
    """AUC by metric and corruption, and the number of pieces."""
    human: dict[str, list[Values]] = {name: [] for name in CORRUPTIONS}
    spoilt: dict[str, list[Values]] = {name: [] for name in CORRUPTIONS}
    count = 0
    for kind in KINDS:
        for path, score in pieces(kind, root, each, kept_back=True):
            count += 1
            values = values_of(score)
            for name, corrupt in CORRUPTIONS.items():
                if APPLIES.get(name, always)(score):
                    human[name].append(values)
                    spoilt[name].append(values_of(corrupt(score, seed)))
            print(f"  {kind}: {path.stem[:50]}", flush=True)
    rows: dict[str, dict[str, float]] = {}
    for metric in metric_facts():
        for name, others in spoilt.items():
            mine = [v[metric] for v in human[name] if metric in v]
            theirs = [v[metric] for v in others if metric in v]
            if len(mine) >= 10 and len(theirs) >= 10:
                rows.setdefault(metric, {})[name] = auc(mine, theirs)
    return rows, count


def report(rows: dict[str, dict[str, float]], count: int) -> str:
    names = list(CORRUPTIONS)
    lines = [
        f"AUC on {count} held-out human pieces ({', '.join(KINDS)}); 0.5 is blind.",
        "",
        "| metric | " + " | ".join(n.replace("_", " ") for n in names) + " |",
        "| --- |" + " --- |" * len(names),
    ]
    for metric, row in rows.items():
        cells = []
        for name in names:
            value = row.get(name)
            strong = value is not None and max(value, 1 - value) >= 0.95
            text = "–" if value is None else f"{value:.2f}"
            cells.append(f"**{text}**" if strong else text)
        lines.append(f"| {metric} | " + " | ".join(cells) + " |")
    lines += ["", "Best of each dimension for each corruption:", ""]
    facts = metric_facts()
    for name in names:
        best: dict[str, tuple[float, str]] = {}
        for metric, row in rows.items():
            if name in row and not facts[metric].context:
                value = max(row[name], 1 - row[name])
                dimension = facts[metric].dimension
                best[dimension] = max(best.get(dimension, (0.0, "")), (value, metric))
        text = ", ".join(f"{d} {v:.2f} ({m})" for d, (v, m) in best.items())
        lines.append(f"- {name.replace('_', ' ')}: {text}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--scratch", type=Path, help="keep the unpacked files here")
    parser.add_argument("--each", type=int, default=15, help="pieces of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--markdown", type=Path, help="write the table here too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        scratch = options.scratch or Path(temporary)
        scratch.mkdir(parents=True, exist_ok=True)
        unpack(options.corpora, scratch)
        rows, count = table(scratch, options.each, options.seed)
    text = report(rows, count)
    print(text)
    if options.markdown:
        options.markdown.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
