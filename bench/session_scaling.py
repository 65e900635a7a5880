"""Pieces an hour with 1, 2 and 4 workers, here and on a Ray cluster, for ``docs/scaling.md``.

    python -m bench.session_scaling [--pieces 24] [--audio] [--no-ray]

Every row makes the same batch into a fresh folder; the bytes are compared with those of one
process. Workers are warmed up before the clock starts.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import shutil
import tempfile
import time
from pathlib import Path

from songwright.session import BatchItem, compose, compose_batch
from songwright.session.execution import Executor, InProcess, LocalProcesses, Task, gather
from songwright.session.execution.ray_cluster import RayCluster

_PROMPTS = (
    "warm soul, 80 BPM", "driving techno, 130 BPM", "string quartet in G major", "lo-fi rain",
    "epic trailer", "folk waltz", "funk with horns", "calm solo piano",
)  # fmt: skip
_SECONDS = 60


def ready() -> bool:
    """Load what a worker needs for its first piece."""
    compose("pop", 1, duration="10")
    return True


def batch(count: int) -> list[BatchItem]:
    """The same pieces for every row."""
    return [
        BatchItem(f"p{i}", _PROMPTS[i % len(_PROMPTS)], i, {"duration": str(_SECONDS)})
        for i in range(count)
    ]


def digest(folder: Path) -> str:
    """One hash of all files of a folder."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return found.hexdigest()


def measured(executor: Executor, jobs: int, count: int, audio: bool) -> tuple[float, str, float]:
    """Seconds for the batch, the digest of its files, and megabytes a piece."""
    folder = Path(tempfile.mkdtemp(prefix="scaling-"))
    try:
        with executor:
            gather(executor, [Task(str(n), ready) for n in range(2 * jobs)])
            begin = time.perf_counter()
            results = compose_batch(batch(count), folder, audio=audio, executor=executor)
            seconds = time.perf_counter() - begin
        assert not any(result.error for result in results), results
        size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) / 1e6
        return seconds, digest(folder), size / count
    finally:
        shutil.rmtree(folder)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pieces", type=int, default=24)
    parser.add_argument("--audio", action="store_true", help="full production of every piece")
    parser.add_argument("--no-ray", action="store_true")
    args = parser.parse_args()
    rows: list[tuple[str, int, Executor]] = [("this process", 1, InProcess())]
    rows += [("local processes", jobs, LocalProcesses(jobs)) for jobs in (1, 2, 4)]
    first = ""
    print("| where | workers | pieces an hour | against one process | same bytes |")
    print("| --- | --- | --- | --- | --- |")
    base = 0.0
    size = 0.0
    for name, jobs, executor in rows:
        seconds, found, size = measured(executor, jobs, args.pieces, args.audio)
        first, base = first or found, base or seconds
        _row(name, jobs, args.pieces, seconds, base, found == first)
    if not args.no_ray:
        for jobs in (1, 2, 4):
            made = measured(RayCluster("local", jobs), jobs, args.pieces, args.audio)
            _row("Ray", jobs, args.pieces, made[0], base, made[1] == first)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"\n{size:.2f} MB a piece; largest worker {peak:.0f} MiB resident")


def _row(name: str, jobs: int, count: int, seconds: float, base: float, same: bool) -> None:
    print(f"| {name} | {jobs} | {3600 * count / seconds:,.0f} | {base / seconds:.2f} | "
          f"{'yes' if same else 'NO'} |", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
