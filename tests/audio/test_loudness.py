"""Loudness against the test cases of EBU Tech 3341 and 3342, pyloudnorm, and ffmpeg."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest

from songwright.audio import (
    LoudnessMeter,
    integrated_lufs,
    measure_loudness,
    short_term_curve,
    write_audio,
)
from songwright.audio.loudness import k_weighting

RATE = 48_000


def tone(level_dbfs: float, seconds: float, hz: float = 1_000.0, rate: int = RATE) -> np.ndarray:
    time = np.arange(round(seconds * rate)) / rate
    wave = 10.0 ** (level_dbfs / 20.0) * np.sin(2.0 * np.pi * hz * time)
    return np.tile(wave.astype(np.float32), (2, 1))


def joined(*parts: np.ndarray) -> np.ndarray:
    return np.concatenate(parts, axis=1)


def test_weighting_at_48_khz_is_the_standards_table() -> None:
    shelf, high_pass = k_weighting(RATE)
    assert shelf == pytest.approx(
        [
            1.53512485958697,
            -2.69169618940638,
            1.19839281085285,
            -1.69065929318241,
            0.73248077421585,
        ],
        abs=1e-8,
    )
    assert high_pass == pytest.approx([1, -2, 1, -1.99004745483398, 0.99007225036621], abs=1e-8)


@pytest.mark.parametrize(
    ("programme", "expected"),
    [
        (tone(-23, 20), -23.0),
        (tone(-33, 20), -33.0),
        (joined(tone(-36, 10), tone(-23, 60), tone(-36, 10)), -23.0),
        (joined(tone(-72, 10), tone(-36, 10), tone(-23, 60), tone(-36, 10), tone(-72, 10)), -23.0),
        (joined(tone(-26, 20), tone(-20, 20.1), tone(-26, 20)), -23.0),
    ],
    ids=["case 1", "case 2", "case 3", "case 4", "case 5"],
)
def test_integrated_cases_of_tech_3341(programme: np.ndarray, expected: float) -> None:
    assert integrated_lufs(programme, RATE) == pytest.approx(expected, abs=0.1)


def test_full_scale_sine_in_one_channel_reads_3_01_below_full_scale() -> None:
    assert integrated_lufs(tone(0, 5, 997)[:1].copy(), RATE) == pytest.approx(-3.01, abs=0.02)


@pytest.mark.parametrize(
    ("levels", "expected"),
    [((-20, -30), 10), ((-20, -15), 5), ((-40, -20), 20), ((-50, -35, -20, -35, -50), 15)],
)
def test_range_cases_of_tech_3342(levels: tuple[float, ...], expected: float) -> None:
    programme = joined(*(tone(level, 20) for level in levels))
    assert measure_loudness(programme, RATE).range_lu == pytest.approx(expected, abs=0.5)


def test_short_term_and_momentary_maximum() -> None:
    # Tech 3341 cases 9 and 12: alternating tones whose windows always hold -23 LUFS.
    short = joined(*(part for _ in range(5) for part in (tone(-20, 1.34), tone(-30, 1.66))))
    assert measure_loudness(short, RATE).short_term_max_lufs == pytest.approx(-23, abs=0.1)
    fast = joined(*(part for _ in range(25) for part in (tone(-20, 0.18), tone(-30, 0.22))))
    assert measure_loudness(fast, RATE).momentary_max_lufs == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000, 96_000])
def test_agrees_with_pyloudnorm_on_music_like_noise(rate: int) -> None:
    generator = np.random.default_rng(5)
    seconds = 12
    noise = np.cumsum(generator.standard_normal((2, seconds * rate)), axis=1)
    noise -= np.stack([np.convolve(row, np.ones(200) / 200, "same") for row in noise])
    envelope = 0.02 + np.abs(np.sin(np.arange(seconds * rate) / rate * 1.3))
    programme = (0.1 * noise / noise.std() * envelope).astype(np.float32)
    reference = pyloudnorm.Meter(rate).integrated_loudness(programme.T.astype(np.float64))
    assert integrated_lufs(programme, rate) == pytest.approx(reference, abs=0.1)


def test_silence_and_short_pieces_have_no_such_measure() -> None:
    silent = measure_loudness(np.zeros((2, RATE), np.float32), RATE)
    assert silent.integrated_lufs is None
    assert silent.true_peak_dbtp is None
    assert silent.peak_to_loudness_lu is None
    assert measure_loudness(np.zeros((2, 0), np.float32), RATE).integrated_lufs is None
    assert integrated_lufs(tone(-80, 5), RATE) is None
    blip = measure_loudness(tone(-20, 0.2), RATE)
    assert blip.integrated_lufs == pytest.approx(-20, abs=0.3)
    assert blip.momentary_max_lufs is None
    assert blip.range_lu is None


def test_blocks_read_as_the_whole() -> None:
    generator = np.random.default_rng(2)
    audio = (0.2 * generator.standard_normal((2, 5 * RATE + 123))).astype(np.float32)
    meter = LoudnessMeter(RATE)
    position = 0
    for size in (1, 3, 17, 4_799, 4_801, 65_536, 10**9):
        meter.add(np.ascontiguousarray(audio[:, position : position + size]))
        position += size
    whole = measure_loudness(audio, RATE)
    assert meter.result().integrated_lufs == pytest.approx(whole.integrated_lufs, abs=1e-9)
    assert meter.result().true_peak_dbtp == pytest.approx(whole.true_peak_dbtp, abs=1e-4)


def test_short_term_curve_shows_the_step() -> None:
    times, levels = short_term_curve(joined(tone(-30, 10), tone(-20, 10)), RATE)
    assert levels[times < 8].mean() == pytest.approx(-30, abs=0.2)
    assert levels[times > 12].mean() == pytest.approx(-20, abs=0.2)


def programmes() -> dict[str, np.ndarray]:
    generator = np.random.default_rng(11)
    time = np.arange(8 * RATE) / RATE
    white = generator.standard_normal((2, len(time)))
    spectrum = np.fft.rfft(white)
    pink = np.fft.irfft(spectrum / np.sqrt(np.maximum(1.0, np.arange(spectrum.shape[1]))))
    pulses = np.exp(-((time * 2.0) % 1.0) * 12.0)
    steps = np.repeat(10.0 ** (generator.uniform(-35, 0, 8) / 20.0), RATE)
    sweep = np.sin(2 * np.pi * (30 * time + 700 * time**2))
    both = np.ones((2, 1))
    return {
        "white": 0.1 * white,
        "pink": 0.2 * pink / pink.std(),
        "drums": 0.15 * white * pulses,
        "steps": 0.12 * pink / pink.std() * steps,
        "sweep": 0.5 * sweep * both,
        "between": 0.5 * np.sin(2 * np.pi * RATE / 4 * time + np.pi / 4) * both,
        "square": 0.4 * np.sign(np.sin(2 * np.pi * 83.0 * time + 0.1)) * both,
        "bass": 0.7 * np.sin(2 * np.pi * 45.0 * time) * both,
        "left": np.stack([0.4 * np.sin(2 * np.pi * 777 * time), 0 * time]),
        "quiet": 0.003 * pink / pink.std(),
    }


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
@pytest.mark.parametrize("name", list(programmes()))
def test_agrees_with_ffmpeg(tmp_path: Path, name: str) -> None:
    audio = programmes()[name].astype(np.float32)
    assert np.abs(audio).max() < 1.0
    # At an abrupt end resamplers ring as their filters are long; that is not what is compared.
    audio *= np.minimum(1.0, np.minimum(np.arange(8 * RATE), np.arange(8 * RATE)[::-1]) / 500)
    write_audio(tmp_path / "p.wav", audio, RATE)
    command = ["ffmpeg", "-nostats", "-i", str(tmp_path / "p.wav"), "-filter_complex",
               "ebur128=peak=true", "-f", "null", "-"]  # fmt: skip
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    summary = shown[shown.rindex("Summary:") :]
    lufs = float(re.search(r"I:\s+(-?[\d.]+) LUFS", summary).group(1))
    peak = float(re.search(r"Peak:\s+(-?[\d.]+) dBFS", summary).group(1))
    ours = measure_loudness(audio, RATE)
    assert ours.integrated_lufs == pytest.approx(lufs, abs=0.11)  # ffmpeg prints one decimal
    assert ours.true_peak_dbtp == pytest.approx(peak, abs=0.2)
