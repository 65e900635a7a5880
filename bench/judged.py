"""How our own pieces stand against human music: every style, fresh seeds, notes only.

    python -m bench.judged [--seeds 5] [--first 9000] [--maker mixed]

Prints, for each style, the share of metrics that lie between the 5th and 95th percentile of the
nearest kind of human music, and the metrics that are most often outside.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from statistics import median

from songwright.brief import Brief, Length
from songwright.evaluate import evaluate_score
from songwright.evaluate.judgement import Judgement, judge_measurements, reference_for
from songwright.session import compose_brief
from songwright.styles import style_ids

GROUPS = ("coherence", "tonality", "rhythm", "melody", "arrangement")


def judged(style_id: str, seed: int, maker: str = "mixed") -> Judgement:
    """Compose ninety seconds of a style and judge its notes."""
    song = compose_brief(Brief(style=style_id, length=Length("seconds", 90, 90)), seed, maker)
    found = evaluate_score(song.score, song.perform(), song.plan.energy)
    return judge_measurements(found, reference_for(style_id), style=style_id, bars=song.score.bars)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=5, help="pieces of each style")
    parser.add_argument("--first", type=int, default=9000, help="first seed")
    parser.add_argument("--maker", default="mixed", choices=("rules", "learned", "mixed"))
    options = parser.parse_args()
    outside: Counter[tuple[str, str]] = Counter()
    groups: dict[str, list[float]] = defaultdict(list)
    inside = total = 0
    print("| style | inside | " + " | ".join(GROUPS) + " |\n" + "| --- " * (2 + len(GROUPS)) + "|")
    for style_id in style_ids():
        here: list[bool] = []
        shares: dict[str, list[float]] = defaultdict(list)
        for seed in range(options.first, options.first + options.seeds):
            judgement = judged(style_id, seed, options.maker)
            for metric in judgement.metrics:
                if metric.inside is None or metric.band is None or metric.value is None:
                    continue
                here.append(metric.inside)
                if not metric.inside:
                    side = "low" if metric.low is not None and metric.value < metric.low else "high"
                    outside[metric.id, side] += 1
            for group in judgement.groups:
                shares[group.name].append(group.mean)
                groups[group.name].append(group.mean)
        inside += sum(here)
        total += len(here)
        cells = " | ".join(f"{median(shares[g]):.2f}" if shares[g] else "–" for g in GROUPS)
        print(f"| {style_id} | {sum(here) / len(here):.0%} | {cells} |", flush=True)
    means = " | ".join(f"**{median(groups[g]):.2f}**" for g in GROUPS)
    print(f"| **all** | **{inside / total:.1%}** | {means} |")
    print("\nmost often outside (of all pieces): " + ", ".join(
        f"{name} {side} {count}" for (name, side), count in outside.most_common(16)
    ))  # fmt: skip


if __name__ == "__main__":
    main()
