"""Speed and memory of the whole way, and where the time goes.

    python -m bench.speed [--quick]

Prints a table: prompt → symbolic package (warm), prompt → full package, start-up of ``--help``,
peak memory of five minutes with twelve parts. Every figure is the median of its runs. Beside the
time that passed stands the processor time, which other work on the machine hardly changes.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import songwright as sw
from songwright.session.production.dry import stem_folder

PROMPT = "pop, 112 BPM, 3 minutes, full band with strings and synth arpeggio"
LONG = "epic trailer, 5 minutes, with choir, brass, strings, piano, harp, taiko and timpani"


def median_seconds(run: Callable[[], object], runs: int) -> tuple[float, float]:
    """Seconds that passed, and seconds of the processor in this process."""
    passed, worked = [], []
    for _ in range(runs):
        start, work = time.perf_counter(), time.process_time()
        run()
        passed.append(time.perf_counter() - start)
        worked.append(time.process_time() - work)
    return statistics.median(passed), statistics.median(worked)


def forget_stems() -> None:
    """Let the next package be made as the first time: no stem of an earlier run is found."""
    stems = stem_folder()
    if stems is not None:
        shutil.rmtree(stems, ignore_errors=True)


def fresh_package(folder: Path) -> None:
    """One full package, all of it rendered."""
    forget_stems()
    sw.compose(PROMPT, 1).save(folder)


def stages(folder: Path) -> list[tuple[str, float]]:
    """Seconds that each stage of one full package takes (from its progress reports)."""
    marks: list[tuple[str, float]] = []
    song = sw.compose(PROMPT, 1)
    forget_stems()
    start = time.perf_counter()
    song.save(folder, progress=lambda stage, _: marks.append((stage, time.perf_counter())))
    total = time.perf_counter() - start
    spans: dict[str, float] = {}
    names = {"performing": "perform and MIDI", "engraving": "notation", "mastering": "mastering",
             "measuring": "measure and report", "done": ""}  # fmt: skip
    for (stage, begun), (_, ended) in zip(marks, [*marks[1:], ("end", start + total)], strict=True):
        name = names.get(stage, "write master" if stage.startswith("writing") else "render and mix")
        if name:
            spans[name] = spans.get(name, 0.0) + ended - begun
    return [*spans.items(), ("whole save", total)]


def peak_memory_mib(prompt: str) -> tuple[float, float]:
    """Peak memory of a fresh process that makes one package, and its wall time."""
    code = (
        "import sys,tempfile,songwright as sw\n"
        "from bench.memory import peak_mib\n"
        "with tempfile.TemporaryDirectory() as d:\n"
        "    s = sw.compose(sys.argv[1], 1); s.save(d + '/x')\n"
        "    print(len(s.plan.parts), peak_mib())"
    )
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, prompt], capture_output=True, text=True, check=True
    )
    parts, peak = done.stdout.split()
    print(f"  ({parts} parts)")
    return float(peak), time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="fewer runs, no memory test")
    options = parser.parse_args()
    runs = 1 if options.quick else 5
    rows: list[tuple[str, str, str]] = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "x"
        song = sw.compose(PROMPT, 1)
        song.save(folder)  # warm: compiled code is loaded
        size = f"{len(song.plan.parts)} parts, {len(song.plan.sections)} sections"
        symbolic, work = median_seconds(
            lambda: sw.compose(PROMPT, 1).save(folder, audio=False), runs
        )
        rows.append(
            (f"prompt → symbolic package ({size})",
             f"{symbolic:.2f} s with its evaluation, {work:.2f} s of one core", "≤ 1 s")
        )  # fmt: skip
        whole, work = median_seconds(lambda: fresh_package(folder), max(1, runs // 2))
        seconds = song.perform().duration_seconds
        rows.append(
            (f"prompt → full package ({seconds:.0f} s of audio)",
             f"{whole:.1f} s, {seconds / whole:.1f}×; {work:.1f} s of the cores", "≥ 12×")
        )  # fmt: skip
        for name, spent in stages(folder):
            rows.append((f"   {name}", f"{spent:.2f} s", ""))
    command = [sys.executable, "-m", "songwright", "--help"]
    start_up, _ = median_seconds(
        lambda: subprocess.run(command, capture_output=True, check=True), 9
    )
    rows.append(("songwright --help", f"{start_up:.2f} s", "≤ 0.3 s"))
    if not options.quick:
        peak, wall = peak_memory_mib(LONG)
        rows.append(("peak memory, 5 minutes", f"{peak:.0f} MiB in {wall:.0f} s", "≤ 1024 MiB"))
    print("| what | measured | aim |\n| --- | --- | --- |")
    for row in rows:
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
