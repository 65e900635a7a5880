"""Measure each patch and write the gains that make a mezzo-forte note equally loud.

Run ``python -m bench.calibrate_patches``; it rewrites ``render/data/gains.toml``. Each patch plays
single notes at velocity 80 at three places of its comfortable range (ghost notes are left 9 dB
quieter); loudness is the greatest K-weighted level over 400 ms (ITU-R BS.1770 momentary loudness,
both channels). Muted strokes are over before that: they get the level that an open stroke as short
has, or they would stick out of a riff by 5 dB.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from scipy.signal import lfilter

import songwright.render
from songwright.perform.model import PlayedNote, PlayedPart
from songwright.render.builtin import BuiltIn
from songwright.render.engine import render_part
from songwright.render.patches import patch_gain_db, patch_ids, variant_ids
from songwright.score.instruments import instrument

TARGET_LUFS = -24.0
PEAK_LIMIT_DB = -7.0
GHOST_DB = 9.0
MUTED = ":staccato"
STROKE_SECONDS = 0.08
NOTE_SECONDS = 2.0
RATE_HZ = 48000

# BS.1770-4 table 1 and 2, for 48 kHz
SHELF = ([1.53512485958697, -2.69169618940638, 1.19839281085285],
         [1.0, -1.69065929318241, 0.73248077421585])  # fmt: skip
HIGH_PASS = ([1.0, -2.0, 1.0], [1.0, -1.99004745483398, 0.99007225036621])


def momentary_lufs(audio: np.ndarray) -> float:
    """Greatest momentary loudness of stereo audio at 48 kHz, shape (2, samples)."""
    weighted = lfilter(*HIGH_PASS, lfilter(*SHELF, audio.astype(np.float64)))
    power = (weighted**2).sum(axis=0)
    window = int(0.4 * RATE_HZ)
    sums = np.cumsum(np.concatenate(([0.0], power)))
    steps = sums[window:] - sums[:-window]
    return float(-0.691 + 10.0 * np.log10(steps.max() / window + 1e-12))


def measure(patch_id: str, velocity: int = 80) -> tuple[float, float]:
    """Mean loudness (LUFS) and highest peak (dBFS) over three notes of one patch."""
    instrument_id, _, articulation = patch_id.partition(":")
    facts = instrument(instrument_id)
    span = facts.comfort_high - facts.comfort_low
    levels, peaks = [], []
    for share in (0.25, 0.45, 0.65):
        pitch = round(facts.comfort_low + share * span)
        note = PlayedNote(0.05, NOTE_SECONDS, pitch, velocity, articulation)
        part = PlayedPart("calibration", "", "lead", instrument_id, (note,))
        audio = render_part(part, 3 * RATE_HZ, RATE_HZ, (BuiltIn(),))
        levels.append(momentary_lufs(audio))
        peaks.append(20.0 * np.log10(np.abs(audio).max() + 1e-9))
    return float(np.mean(levels)), float(np.max(peaks))


def stroke_db(patch_id: str, velocity: int = 80) -> float:
    """Mean level of the loudest 80 ms of three short notes, dB."""
    instrument_id, _, articulation = patch_id.partition(":")
    facts = instrument(instrument_id)
    span = facts.comfort_high - facts.comfort_low
    levels = []
    for share in (0.25, 0.45, 0.65):
        pitch = round(facts.comfort_low + share * span)
        note = PlayedNote(0.05, 1.5 * STROKE_SECONDS, pitch, velocity, articulation)
        part = PlayedPart("calibration", "", "lead", instrument_id, (note,))
        audio = render_part(part, RATE_HZ, RATE_HZ, (BuiltIn(),)).astype(np.float64)
        sums = np.cumsum((audio**2).sum(axis=0))
        window = round(STROKE_SECONDS * RATE_HZ)
        levels.append(10.0 * np.log10((sums[window:] - sums[:-window]).max() / window + 1e-12))
    return float(np.mean(levels))


def main() -> None:
    """Print a table of levels and write the gains."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="measure only, write nothing")
    only_check = parser.parse_args().check
    lines = [
        "# Calibration gains in dB, written by `python -m bench.calibrate_patches`: they bring a",
        f"# mezzo-forte note of each patch to {TARGET_LUFS:g} LUFS (momentary).",
    ]
    for patch_id in (*patch_ids(), *variant_ids()):
        level, peak = measure(patch_id)
        change = min(TARGET_LUFS - level, PEAK_LIMIT_DB - peak)
        if patch_id.endswith(":ghost"):
            change = min(change, TARGET_LUFS - GHOST_DB - level)
        if patch_id.endswith(MUTED):
            change = stroke_db(patch_id.removesuffix(MUTED)) - stroke_db(patch_id)
        print(f"{patch_id:30s} {level:7.2f} LUFS {peak:7.2f} dBFS {change:+7.2f} dB")
        lines.append(f'"{patch_id}" = {patch_gain_db(patch_id) + change:.2f}')
    if not only_check:
        folder = Path(next(iter(songwright.render.__path__)))
        (folder / "data/gains.toml").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
