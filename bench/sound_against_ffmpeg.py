"""Loudness, loudness range and true peak of ten renders against ffmpeg's ebur128.

    python -m bench.sound_against_ffmpeg --corpora DIR [--scratch DIR]

The ten are human pieces of four kinds played by FluidSynth and by Songwright's own instruments, one
of them crushed and one in mono. ffmpeg prints tenths.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.corpora import unpack
from bench.sound_corruptions import crushed
from bench.sound_programmes import RATE_HZ, SHARES, player, programmes
from songwright.audio import Audio, read_audio, write_audio
from songwright.evaluate.sound import evaluate_sound

METRICS = {"loudness_integrated": 0.1, "loudness_range": 0.1, "true_peak": 0.2}
"""What both measure, and how far they may differ (LU, LU, dB)."""

ROUNDING = 0.05
_PATTERNS = (r"I:\s+(-?[\d.]+) LUFS", r"LRA:\s+(-?[\d.]+) LU", r"Peak:\s+(-?[\d.]+) dBFS")


def renders(root: Path, cache: Path) -> Iterator[tuple[str, Audio]]:
    for with_player in dict.fromkeys((player(), "songwright")):
        seen: set[str] = set()
        for programme in programmes(root, cache, len(SHARES), with_player):
            if programme.kind in seen:
                continue
            seen.add(programme.kind)
            yield f"{programme.kind}, {with_player}", programme.mix
            if with_player == player() and programme.kind == "multitrack":
                yield f"{programme.kind}, crushed", crushed(programme.mix, 0)
            if with_player == player() and programme.kind == "keyboard":
                yield f"{programme.kind}, mono file", programme.mix.mean(axis=0, keepdims=True)


def ffmpeg(path: Path) -> list[float]:
    """LUFS, LU and dBTP as ``ebur128`` prints them."""
    run = subprocess.run(
        ["ffmpeg", "-nostats", "-i", str(path), "-filter_complex", "ebur128=peak=true",
         "-f", "null", "-"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    summary = run.stderr[run.stderr.rindex("Summary:") :]
    found = [re.search(pattern, summary) for pattern in _PATTERNS]
    return [float(match[1]) for match in found if match]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--scratch", type=Path, help="keep unpacked files and rendered sound here")
    options = parser.parse_args()
    print("| render | LUFS | ffmpeg | LRA | ffmpeg | dBTP | ffmpeg |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    worst = dict.fromkeys(METRICS, 0.0)
    with tempfile.TemporaryDirectory() as temporary:
        scratch = options.scratch or Path(temporary)
        scratch.mkdir(parents=True, exist_ok=True)
        unpack(options.corpora, scratch)
        for name, audio in renders(scratch, scratch / "sound"):
            path = Path(temporary) / "render.wav"
            write_audio(path, np.asarray(audio, np.float32), RATE_HZ)
            ours = {m.metric: m.value for m in evaluate_sound(*read_audio(path))}
            cells = [name]
            for metric, theirs in zip(METRICS, ffmpeg(path), strict=True):
                value = ours[metric]
                if value is None:
                    raise SystemExit(f"{name}: {metric} is not defined")
                worst[metric] = max(worst[metric], abs(value - theirs))
                cells += [f"{value:.2f}", f"{theirs:.1f}"]
            print("| " + " | ".join(cells) + " |", flush=True)
    for metric, allowed in METRICS.items():
        verdict = "agrees" if worst[metric] <= allowed + ROUNDING else "DISAGREES"
        print(f"{metric} {verdict}: at most {worst[metric]:.2f} apart (allowed {allowed})")


if __name__ == "__main__":
    main()
