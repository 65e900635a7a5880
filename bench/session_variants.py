"""Many variants of one brief: how long drafts and previews take, how they differ, what they obey.

    python -m bench.session_variants [-n 24] [--jobs 2] [--prompts 3] [--no-preview] [--json FILE]

Seconds by the clock say how busy the machine was; CPU seconds say what the work costs.
"""

from __future__ import annotations

import argparse
import itertools
import json
import resource
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from songwright.evaluate.variety import likeness
from songwright.session.store import Project
from songwright.session.variants import evaluation_of, make_variants, rank_variants

PROMPTS = (
    "upbeat pop in C major, 120 BPM, one minute, piano, bass and drums",
    "calm lo-fi hip-hop, rainy night, 80 BPM, one minute, no vocals",
    "tense orchestral film cue, one minute, strings and low brass",
)
FOURS = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One prompt.

    ``vendi_four`` is the mean Vendi score over all choices of four variants, ``vendi_four_least``
    the smallest; ``adherence`` the share of all requested controls of all variants that were met.
    """

    prompt: str
    variants: int
    drafts: int
    draft_seconds: float
    draft_cpu_seconds: float
    preview_seconds: float
    preview_cpu_seconds: float
    vendi: float
    vendi_four: float
    vendi_four_least: float
    adherence: float


def measure(prompt: str, count: int, jobs: int, diverse: float, preview: bool) -> Row:
    """Make variants in a fresh project and measure them."""
    with tempfile.TemporaryDirectory() as folder, Project.create(Path(folder) / "p") as project:
        start, cpu = time.perf_counter(), _cpu_seconds()
        steps = list(make_variants(project, prompt, count, jobs=jobs, diverse=diverse))
        rank_variants(project)
        drafted, drafted_cpu = time.perf_counter(), _cpu_seconds()
        if preview:
            list(make_variants(project, prompt, count, jobs=jobs, diverse=diverse, preview=True))
        end, end_cpu = time.perf_counter(), _cpu_seconds()
        found = [evaluation_of(project, variant) for variant in project.variants()]
    alike = likeness([evaluation.profile for evaluation in found])
    fours = np.array(list(itertools.combinations(range(len(found)), min(FOURS, len(found)))))
    scores = _vendi(alike[fours[:, :, None], fours[:, None, :]])
    met = [met for evaluation in found for _, met in evaluation.controls]
    return Row(
        prompt, len(found), sum(step.stage == "draft" for step in steps),
        round(drafted - start, 1), round(drafted_cpu - cpu, 1),
        round(end - drafted, 1), round(end_cpu - drafted_cpu, 1),
        round(float(_vendi(alike[None])[0]), 2), round(float(scores.mean()), 3),
        round(float(scores.min()), 3), round(float(np.mean(met)), 4) if met else 1.0,
    )  # fmt: skip


def _vendi(kernels: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> np.ndarray[
    tuple[int, ...], np.dtype[np.float64]
]:  # fmt: skip
    """Vendi score of each of a stack of kernels ``(k, n, n)``."""
    values = np.clip(np.linalg.eigvalsh(kernels / kernels.shape[-1]), 1e-12, None)
    scores: np.ndarray[tuple[int, ...], np.dtype[np.float64]] = np.exp(
        -np.sum(values * np.log(values), axis=-1)
    )
    return scores


def _cpu_seconds() -> float:
    """Of this process and of all workers that have ended."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    workers = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + workers.ru_utime + workers.ru_stime


def main() -> None:
    """Measure and print; fails when a goal of diversity or adherence is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", "--count", type=int, default=24)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--diverse", type=float, default=0.3)
    parser.add_argument("--prompts", type=int, default=len(PROMPTS))
    parser.add_argument("--no-preview", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = []
    for prompt in PROMPTS[: options.prompts]:
        row = measure(prompt, options.count, options.jobs, options.diverse, not options.no_preview)
        rows.append(row)
        print(
            f"{row.prompt}\n  {row.variants} variants of {row.drafts} drafts in "
            f"{row.draft_seconds} s ({row.draft_cpu_seconds} s CPU), previews in "
            f"{row.preview_seconds} s ({row.preview_cpu_seconds} s CPU)\n  Vendi {row.vendi} of "
            f"{row.variants}; of four: mean {row.vendi_four}, least {row.vendi_four_least}; "
            f"adherence {row.adherence:.2%}",
            flush=True,
        )
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")
    if any(row.vendi_four < 1.5 or row.adherence < 0.99 for row in rows):
        raise SystemExit("a goal is missed")


if __name__ == "__main__":
    main()
