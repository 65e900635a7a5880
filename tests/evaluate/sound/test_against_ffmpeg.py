"""Loudness, range and true peak against ffmpeg's ebur128 on ten files."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from songwright.audio import read_audio, write_audio

from .programme import RATE_HZ, Mono, band, bump, equalised, measured, mixed, noise, stereo

FFMPEG = shutil.which("ffmpeg")


def chirp(rate_hz: int, seconds: float = 12.0) -> Mono:
    time = np.arange(round(seconds * rate_hz)) / rate_hz
    phase = 2 * np.pi * 30.0 * seconds / np.log(600.0) * (600.0 ** (time / seconds) - 1.0)
    # Cut off at once it would ring on past its end, where ffmpeg does not look.
    fade = np.minimum(1.0, np.minimum(time, seconds - time) / 0.01)
    return 0.7 * fade * np.sin(phase)


def stairs() -> Mono:
    steps = 10.0 ** (np.array([-40.0, -30.0, -20.0, -10.0, -25.0, -60.0, -15.0]) / 20.0)
    return noise(-4.0, 31, 28 * RATE_HZ, 0.0) * np.repeat(steps, 4 * RATE_HZ)


def pulses(rate_hz: int) -> Mono:
    out = np.zeros(10 * rate_hz)
    out[:: rate_hz // 3] = 0.9
    out[1 :: rate_hz // 3] = 0.9  # the peak lies between the two samples
    return out


SIGNALS = {
    "band": lambda: (mixed(band()), RATE_HZ),
    "loud band": lambda: (np.tanh(3.0 * mixed(band())), RATE_HZ),
    "bright band": lambda: (0.4 * equalised(mixed(band()), bump(6_000.0, 12.0, 1.0)), RATE_HZ),
    "pink noise": lambda: (stereo(noise(-3.01, 1), noise(-3.01, 2)), RATE_HZ),
    "quiet noise": lambda: (stereo(noise(-5.0, 1, level_db=-55.0)), RATE_HZ),
    "stairs": lambda: (stereo(stairs()), RATE_HZ),
    "mono chirp": lambda: (chirp(48_000)[None].astype(np.float32), 48_000),
    "chirp at 44.1": lambda: (stereo(chirp(44_100)), 44_100),
    "one side": lambda: (stereo(noise(-4.0, 6), np.zeros(20 * RATE_HZ)), RATE_HZ),
    "pulses at 44.1": lambda: (stereo(pulses(44_100)), 44_100),
}


def oracle(path: Path) -> tuple[float, float, float]:
    """LUFS, LU and dBTP as ffmpeg prints them, to a tenth."""
    assert FFMPEG
    run = subprocess.run(
        [FFMPEG, "-nostats", "-i", str(path), "-filter_complex", "ebur128=peak=true", "-f", "null",
         "-"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    summary = run.stderr[run.stderr.rindex("Summary:") :]
    patterns = (r"I:\s+(-?[\d.]+) LUFS", r"LRA:\s+(-?[\d.]+) LU", r"Peak:\s+(-?[\d.]+) dBFS")
    found = [re.search(pattern, summary) for pattern in patterns]
    return tuple(float(match[1]) for match in found if match)  # type: ignore[return-value]


@pytest.mark.skipif(FFMPEG is None, reason="ffmpeg is not installed")
@pytest.mark.parametrize("name", list(SIGNALS))
def test_agrees_with_ebur128(name: str, tmp_path: Path) -> None:
    audio, rate_hz = SIGNALS[name]()
    path = tmp_path / "signal.wav"
    write_audio(path, audio, rate_hz)
    lufs, range_lu, peak_dbtp = oracle(path)
    answers = measured(*read_audio(path))
    rounding = 0.05  # ffmpeg prints tenths
    assert answers["loudness_integrated"].value == pytest.approx(lufs, abs=0.1 + rounding)
    assert answers["loudness_range"].value == pytest.approx(range_lu, abs=0.1 + rounding)
    assert answers["true_peak"].value == pytest.approx(peak_dbtp, abs=0.2 + rounding)
