"""Speed, loss by half precision, loading time and size of the shipped models."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from songwright.models import weights
from songwright.models.decoder import Decoder
from songwright.models.features import FeatureSpace
from songwright.models.sampling import Grammar, Taste, sample
from songwright.seeds import rng

_G = TypeVar("_G", bound=Grammar)
BATCHES = (1, 8, 32)


@dataclass(frozen=True, slots=True)
class Speed:
    """Tokens and notes a second by number of rows; ``threads`` slices run side by side."""

    name: str
    rows: int
    threads: int
    tokens_a_second: float
    notes_a_second: float


def speeds(
    name: str,
    decoder: Decoder,
    space: FeatureSpace,
    grammars: Callable[[int], Sequence[_G]],
    notes_of: Callable[[_G], int],
) -> list[Speed]:
    """Of batches of 1, 8 and 32 rows, and of 32 rows in two threads."""
    found = []
    for rows, threads in (*((rows, 1) for rows in BATCHES), (32, 2)):
        repeats = 3 if rows == 1 else 1
        made = [grammars(rows) for _ in range(repeats)]
        began = time.perf_counter()
        tokens = sum(_run(decoder, space, some, threads) for some in made)
        seconds = time.perf_counter() - began
        notes = sum(notes_of(g) for some in made for g in some)
        found.append(Speed(name, rows, threads, tokens / seconds, notes / seconds))
    return found


def _run(decoder: Decoder, space: FeatureSpace, grammars: Sequence[_G], threads: int) -> int:
    size = -(-len(grammars) // threads)
    slices = [grammars[i : i + size] for i in range(0, len(grammars), size)]

    def work(some: Sequence[_G]) -> int:
        generators = [rng(1, "speed", i) for i in range(len(some))]
        made = sample(decoder, some, generators, space.offsets, Taste())
        return sum(len(tokens) for tokens in made)

    if threads == 1:
        return work(slices[0])
    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(work, slices))


def loading_seconds(names: Sequence[str], folder: Path = weights.FOLDER) -> float:
    """Time to load all models in a fresh process, the runtime included."""
    script = (
        "import time; t = time.perf_counter()\n"
        "from pathlib import Path\n"
        "from songwright.models.decoder import load\n"
        f"[load(name, Path({str(folder)!r})) for name in {list(names)!r}]\n"
        "print(time.perf_counter() - t)"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
    return float(done.stdout)


def megabytes(folder: Path = weights.FOLDER) -> float:
    """Size of all weight files."""
    return sum(path.stat().st_size for path in folder.glob("*.onnx")) / 1e6
