"""Measure each palette patch and write the gains that make a mezzo-forte note equally loud.

Run ``python -m bench.calibrate_palette [PATCH ...]``; it rewrites
``render/data/palette_gains.toml``. The measure is that of ``bench.calibrate_patches``: the greatest
momentary loudness of single notes at velocity 80 at three places of the patch's register.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

import songwright.render
from bench.calibrate_patches import PEAK_LIMIT_DB, RATE_HZ, TARGET_LUFS, momentary_lufs
from songwright import palette
from songwright.palette import Patch
from songwright.perform.model import PlayedNote, PlayedPart
from songwright.render.synth.source import PatchPlayer, patch_gain_db

PITCHES = {"low": (29, 36, 43), "mid": (50, 60, 69), "high": (62, 72, 81)}
NOTE_SECONDS = 2.0


def measure(patch: Patch, velocity: int = 80) -> tuple[float, float]:
    """Mean loudness (LUFS) and highest peak (dBFS) of three notes without calibration."""
    levels, peaks = [], []
    seconds = NOTE_SECONDS + min(patch.amp.attack, 2.0)
    for pitch in PITCHES[patch.register]:
        note = PlayedNote(0.05, seconds, pitch, velocity)
        part = PlayedPart("calibration", "", "lead", "", (note,), sound=patch.id)
        audio = PatchPlayer(patch, 0.0).render(part, round((seconds + 1) * RATE_HZ), RATE_HZ)
        levels.append(momentary_lufs(audio))
        peaks.append(20.0 * np.log10(np.abs(audio).max() + 1e-9))
    return float(np.mean(levels)), float(np.max(peaks))


def main() -> None:
    """Print a table of levels and write the gains."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("patches", nargs="*", help="only these; the others keep their gains")
    chosen = parser.parse_args().patches
    lines = [
        "# Calibration gains in dB, written by `python -m bench.calibrate_palette`: they bring a",
        f"# mezzo-forte note of each patch to {TARGET_LUFS:g} LUFS (momentary).",
    ]
    for patch in palette.patches().values():
        if patch.kit:
            continue
        gain = patch_gain_db(patch.id)
        if not chosen or patch.id in chosen:
            level, peak = measure(patch)
            gain = min(TARGET_LUFS - level, PEAK_LIMIT_DB - peak)
            print(f"{patch.id:26s} {level:7.2f} LUFS {peak:7.2f} dBFS {gain:+7.2f} dB")
        lines.append(f"{patch.id} = {gain:.2f}")
    folder = Path(next(iter(songwright.render.__path__)))
    (folder / "data/palette_gains.toml").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
