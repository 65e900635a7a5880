"""The sound of all styles, measured, before and after; stages and memory of the production.

    make bench-sound                 (or python -m bench.sound [--pieces DIR] [--quick])

Composes and produces 45 seconds in every style, measures the masters and stems, and rewrites the
tables of ``docs/sound.md`` between their markers. ``bench/sound_before.json`` holds the same
measures of the state before instruments, mixing and mastering were rebuilt (commit 041006a, made
with ``bench.sound_pieces`` and measured with ``--store``).
"""

from __future__ import annotations

import argparse
import json
import math
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.sound_against_ffmpeg import ffmpeg
from bench.sound_pieces import make
from bench.sound_stages import edit_seconds, memory_table, stage_table
from songwright.audio import read_audio, true_peak
from songwright.evaluate.sound import evaluate_sound, manner_of, sound_limits
from songwright.evaluate.sound.manner import Manner
from songwright.session import load

PAGE = Path("docs/sound.md")
BEFORE = Path("bench/sound_before.json")
TARGET_LUFS = -14.0
CEILING_DBTP = -1.0

Numbers = dict[str, float | None]
"""Measures of one piece by name."""

# Name of the measure here, head of its column, digits, and whether a value passes.
MEASURES: tuple[tuple[str, str, int, Callable[[float], bool] | None], ...] = (
    ("loudness_integrated", "LUFS", 1, lambda v: abs(v - TARGET_LUFS) <= 0.5),
    ("peak_8x", "dBTP", 2, lambda v: v <= CEILING_DBTP + 0.005),
    ("ffmpeg_peak", "ffmpeg dBTP", 1, lambda v: v <= CEILING_DBTP + 0.05),
    ("loudness_range", "LRA", 1, None),
    ("plr", "PLR", 1, None),
    ("tonal_balance", "tone dB RMS", 1, lambda v: v <= 3.0),
    ("mono_loss", "mono LU", 1, lambda v: v >= -1.5),
    ("lead_masked", "lead masked", 2, lambda v: v <= 0.35),
    ("clicks", "clicks/min", 1, None),
    ("dc_offset", "DC %", 3, lambda v: v <= 0.1),
    ("clipped", "clipped", 0, lambda v: v == 0),
)
_JUDGED = ("loudness_range", "plr", "clicks")  # by the limits of the style


def measure(folder: Path) -> Numbers:
    """Measures of a package's master and stems."""
    song = load(folder)
    audio, rate = read_audio(folder / "master.wav")
    stems = {p.id: folder / "stems" / f"{p.id}.wav" for p in song.score.parts}
    found = evaluate_sound(
        audio, rate, stems, roles={p.id: p.role for p in song.score.parts},
        is_loop=song.plan.ending == "loop",
        manner=manner_of(song.plan.style, song.plan.production, song.score.parts),
    )  # fmt: skip
    numbers: Numbers = {m.metric: m.value for m in found}
    peak = true_peak(audio, 8)
    numbers["peak_8x"] = _db(peak)
    numbers["clipped"] = float((abs(audio) >= 1.0 - 2.0**-23).sum())
    if shutil.which("ffmpeg"):
        numbers["ffmpeg_peak"] = ffmpeg(folder / "master.wav")[2]
    return {name: numbers.get(name) for name, *_ in MEASURES}


def _db(amplitude: float) -> float | None:
    return 20.0 * math.log10(amplitude) if amplitude > 0.0 else None


def good(name: str, value: float, manner: Manner) -> bool | None:
    """Whether a value is what the work aims at; None where nothing is asked."""
    if name in _JUDGED:
        limits = sound_limits(manner).get(name)
        return None if limits is None else limits.holds(value)
    rule = next(rule for key, _, _, rule in MEASURES if key == name)
    return None if rule is None else rule(value)


def sound_table(after: dict[str, Numbers], before: dict[str, Numbers]) -> str:
    """A row for each style: before → after; what misses its aim is bold."""
    head = ["style", *(title for _, title, _, _ in MEASURES)]
    lines = [f"| {' | '.join(head)} |", "|" + " --- |" * len(head)]
    for style, numbers in after.items():
        manner = manner_of(style)
        cells = [style.replace("_", " ")]
        for name, _, digits, _ in MEASURES:
            old = before.get(style, {}).get(name)
            pair = [_cell(name, value, digits, manner) for value in (old, numbers[name])]
            cells.append(" → ".join(pair) if style in before else pair[1])
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(name: str, value: float | None, digits: int, manner: Manner) -> str:
    if value is None:
        return "–"
    text = f"{value:.{digits}f}"
    return f"**{text}**" if good(name, value, manner) is False else text


def summary_table(after: dict[str, Numbers], before: dict[str, Numbers]) -> str:
    """How many styles meet each aim, before and after."""
    lines = ["| measure | before | after |", "| --- | --- | --- |"]
    for name, title, _, _ in MEASURES:
        row = [title]
        for table in (before, after):
            verdicts = [
                good(name, value, manner_of(style))
                for style, numbers in table.items()
                if (value := numbers.get(name)) is not None
            ]
            judged = [v for v in verdicts if v is not None]
            row.append(f"{sum(judged)} of {len(judged)}" if judged else "–")
        lines.append(f"| {' | '.join(row)} |")
    return "\n".join(lines)


def put(page: str, marker: str, text: str) -> str:
    """The page with a text between ``<!-- marker -->`` and ``<!-- /marker -->``."""
    pattern = re.compile(rf"(<!-- {marker} -->\n).*?(<!-- /{marker} -->)", re.DOTALL)
    if not pattern.search(page):
        raise SystemExit(f"{PAGE} has no markers for {marker}")
    return pattern.sub(lambda m: f"{m[1]}\n{text}\n\n{m[2]}", page)


def measured(pieces: Path) -> dict[str, Numbers]:
    """Measures of every package in a folder, by style."""
    found = {}
    for folder in sorted(p for p in pieces.iterdir() if (p / "master.wav").exists()):
        found[folder.name] = measure(folder)
        print(folder.name, flush=True)
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pieces", type=Path, help="keep the pieces here; those there are used")
    parser.add_argument("--seconds", type=int, default=45)
    parser.add_argument("--styles", nargs="*", default=[])
    parser.add_argument("--quick", action="store_true", help="no stage times, no memory")
    parser.add_argument("--store", type=Path, help="only measure --pieces and write the numbers")
    options = parser.parse_args(arguments)
    if options.store:
        options.store.write_text(json.dumps(measured(options.pieces), indent=1) + "\n", "utf-8")
        return
    with tempfile.TemporaryDirectory() as scratch:
        pieces = options.pieces or Path(scratch)
        pieces.mkdir(parents=True, exist_ok=True)
        make(pieces, options.seconds, options.styles)
        after = measured(pieces)
    before = json.loads(BEFORE.read_text("utf-8")) if BEFORE.exists() else {}
    tables = {"sound": sound_table(after, before), "aims": summary_table(after, before)}
    if not options.quick:
        tables["stages"] = stage_table() + "\n\n" + edit_seconds()
        tables["memory"] = memory_table()
    page = PAGE.read_text("utf-8")
    for marker, text in tables.items():
        page = put(page, marker, text)
        print(f"\n{text}")
    PAGE.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
