"""Where the time of a production goes, how far each stage is from the machine's limit, memory."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

import songwright as sw
from songwright.mix.filters import apply_filters, high_pass
from songwright.mix.mastering.tables import bus_of
from songwright.perform import Performance
from songwright.session.produce import produce
from songwright.session.production import making, mastered

PROMPT = "pop in C major, 3 minutes, lead synth, piano, electric guitar, strings, pad, bass, drums"
RATE_HZ = 48_000
_STREAM = 8  # bytes of a stereo sample in memory
_FILE = 6  # and in a file of 24 bits
_YARDSTICK_FRAMES = 30 * RATE_HZ
_YARDSTICK_RUNS = 7


@dataclass(frozen=True)
class Stage:
    """A function that is timed, and what it cannot do without.

    ``streams`` are the stereo streams that it goes through, ``bytes_per_sample`` what has to be
    read and written of each of their stereo samples, however clever the code.
    """

    function: str
    module: Any
    name: str
    streams: Callable[[Performance], int]
    bytes_per_sample: int


def _parts(performance: Performance) -> int:
    return len(performance.parts)


def _buses(performance: Performance) -> int:
    return len({bus_of(part.role) for part in performance.parts})


_STAGES = (
    Stage("render_part", making, "rendering", _parts, _STREAM),
    Stage("measure_stem", making, "measuring the dry stems", _parts, _STREAM),
    Stage("process_stem", making, "channel strips", _parts, 2 * _STREAM),
    Stage("write_audio", making, "writing the stems", _parts, _STREAM + _FILE),
    Stage("master_buses", mastered, "mastering (first thread)", _buses, _STREAM),
)


class Clock:
    """Processor time spent in functions of a module, over all threads."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._lock = Lock()
        self._originals: list[tuple[Any, str, Any]] = []

    def watch(self, module: Any, name: str) -> None:
        function: Callable[..., Any] = getattr(module, name)
        self._originals.append((module, name, function))

        @wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            start = time.thread_time()
            try:
                return function(*args, **kwargs)
            finally:
                with self._lock:
                    spent = time.thread_time() - start
                    self.seconds[name] = self.seconds.get(name, 0.0) + spent

        setattr(module, name, timed)

    def stop(self) -> None:
        for module, name, function in self._originals:
            setattr(module, name, function)


def _silent(stage: str, share: float) -> None:
    """Report to nobody."""


def _least_seconds(run: Callable[[], object]) -> float:
    """Least processor time of several runs: the rest is what else the machine had to do."""
    times = []
    for _ in range(_YARDSTICK_RUNS):
        start = time.thread_time()
        run()
        times.append(time.thread_time() - start)
    return max(1e-6, min(times))


def bytes_per_second() -> float:
    """Memory traffic of one core: what copying a long stretch of sound reads and writes."""
    source = np.ones((2, _YARDSTICK_FRAMES), np.float32)
    target = np.empty_like(source)
    return 2 * source.nbytes / _least_seconds(lambda: np.copyto(target, source))


def filter_seconds() -> float:
    """Time of one second-order filter for one stereo sample on one core.

    Its samples have to wait for each other, as in nearly all that a mix is made of; the processor
    cannot do several at once as it could in plain sums.
    """
    audio = np.zeros((2, _YARDSTICK_FRAMES), np.float32)
    audio[:, ::100] = 0.1
    rows = [high_pass(100.0, RATE_HZ)]
    apply_filters(audio, rows)  # compiled by now
    return _least_seconds(lambda: apply_filters(audio, rows)) / _YARDSTICK_FRAMES


def stage_table() -> str:
    """Processor time, speed and share of each stage of a three-minute piece."""
    song = sw.compose(PROMPT, 3)
    performance = song.perform()
    with tempfile.TemporaryDirectory() as scratch:
        for name in ("first", "second"):  # the first one loads compiled code
            folder = Path(scratch) / name
            folder.mkdir()
            clock = Clock()
            for stage in _STAGES:
                clock.watch(stage.module, stage.function)
            _forget()
            wall, cpu = time.perf_counter(), time.process_time()
            produce(song, performance, folder, ("wav",), _silent)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            clock.stop()
            shutil.rmtree(folder)
    seconds, parts = performance.duration_seconds, len(performance.parts)
    frames = round(seconds * RATE_HZ)
    traffic, one_filter = bytes_per_second(), filter_seconds()
    lines = [
        "| stage | processor s | × real time | share | memory limit | as filters |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    rest = cpu
    for stage in _STAGES:
        spent = max(1e-6, clock.seconds.get(stage.function, 0.0))
        rest -= spent
        samples = stage.streams(performance) * frames
        least = samples * stage.bytes_per_sample / traffic
        lines.append(
            f"| {stage.name} | {spent:.2f} | {seconds / spent:.0f} | {spent / cpu:.0%} | "
            f"{least / spent:.1%} | {spent / samples / one_filter:.0f} |"
        )
    lines.append(
        f"| sums, writing mix and master, second threads | {rest:.2f} | | {rest / cpu:.0%} | | |"
    )
    lines.append(
        f"| whole: {parts} parts, {seconds:.0f} s | {cpu:.2f} ({wall:.1f} s wall) | "
        f"{seconds / wall:.0f} (wall) | | | |"
    )
    lines.append(
        f"| one core of this machine | | | | {traffic / 1e9:.1f} GB/s | "
        f"{one_filter * 1e9:.1f} ns each |"
    )
    return "\n".join(lines)


def _forget() -> None:
    """Empty the cache of dry stems, so that everything is rendered."""
    from songwright.session.production.dry import stem_folder  # noqa: PLC0415

    folder = stem_folder()
    for path in folder.glob("*.dry") if folder is not None and folder.is_dir() else ():
        path.unlink(missing_ok=True)


def edit_seconds() -> str:
    """Time from a one-part edit to a new master, and from an edit of the mix alone."""
    song = sw.compose(PROMPT, 3)
    lines = ["| edit | wall s | processor s | stems taken over |", "| --- | --- | --- | --- |"]
    with tempfile.TemporaryDirectory() as scratch:
        first = Path(scratch) / "first"
        first.mkdir()
        produce(song, song.perform(), first, ("wav",), _silent)
        lower = song.refine("bass an octave lower")
        for name, after, overrides in (
            ("bass an octave lower", lower, ()),
            ("lead 2 dB louder (mix only)", song, ("lead.level_db+=2",)),
        ):
            best: tuple[float, float, int] | None = None
            for turn in range(2):
                folder = Path(scratch) / f"{name[:4]}-{turn}"
                folder.mkdir()
                wall, cpu = time.perf_counter(), time.process_time()
                ready = produce(
                    after, after.perform(), folder, ("wav",), _silent, parent=first,
                    overrides=overrides,
                )  # fmt: skip
                spent = (time.perf_counter() - wall, time.process_time() - cpu, len(ready))
                best = spent if best is None else min(best, spent)
            assert best is not None
            count = len(song.score.parts)
            lines.append(f"| {name} | {best[0]:.1f} | {best[1]:.1f} | {best[2]} of {count} |")
    return "\n".join(lines)


def memory_table(minutes: tuple[int, ...] = (3, 30)) -> str:
    """Peak resident memory of a fresh process that produces pieces of some lengths."""
    code = (
        "import sys,tempfile,pathlib,dataclasses,songwright as sw\n"
        "from bench.memory import peak_mib\n"
        "from songwright.session.produce import produce\n"
        "from songwright.perform import Performance\n"
        "song = sw.compose('pop in C major, 3 minutes, piano, strings, bass, drums', 1)\n"
        "played = song.perform(); turns = int(sys.argv[1]) // 3\n"
        "span = played.duration_seconds\n"
        "def again(p):\n"
        "    notes = tuple(dataclasses.replace(n, onset_seconds=n.onset_seconds + t * span)\n"
        "                  for t in range(turns) for n in p.notes)\n"
        "    return dataclasses.replace(p, notes=notes)\n"
        "long = dataclasses.replace(played, parts=tuple(map(again, played.parts)),\n"
        "                           duration_seconds=span * turns)\n"
        "with tempfile.TemporaryDirectory() as d:\n"
        "    produce(song, long, pathlib.Path(d), ('wav',), lambda *_: None)\n"
        "print(peak_mib(), len(long.parts))\n"
    )
    lines = ["| piece | peak memory | aim |", "| --- | --- | --- |"]
    for length in minutes:
        done = subprocess.run(
            [sys.executable, "-c", code, str(length)], capture_output=True, text=True, check=True
        )
        peak, parts = done.stdout.split()
        lines.append(f"| {length} minutes, {parts} parts | {float(peak):.0f} MiB | ≤ 1536 MiB |")
    return "\n".join(lines)
