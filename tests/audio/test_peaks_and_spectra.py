"""True peak between the samples, and levels of bands."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from songwright.audio import TruePeakMeter, average_spectrum, third_octave_levels, true_peak
from songwright.audio.truepeak import HALF, TAPS, interpolation_phases, overshoot_bound

RATE = 48_000


@pytest.mark.parametrize("phase_degrees", [0.0, 45.0, 60.0, 67.5])
@pytest.mark.parametrize("divisor", [4, 6, 8])
def test_peaks_of_tech_3341_tones(divisor: int, phase_degrees: float) -> None:
    n = np.arange(RATE)
    wave = 0.5 * np.sin(2 * np.pi * n / divisor + np.radians(phase_degrees))
    wave *= np.minimum(1.0, np.minimum(n, n[::-1]) / 2_000)
    level = 20 * np.log10(true_peak(np.tile(wave.astype(np.float32), (2, 1))))
    assert -6.02 - 0.4 <= level <= -6.02 + 0.2


def test_agrees_with_a_long_resampler() -> None:
    generator = np.random.default_rng(3)
    sos = signal.butter(6, 19_000, fs=RATE, output="sos")
    noise = signal.sosfilt(sos, generator.standard_normal((2, RATE))).astype(np.float32)
    reference = np.abs(signal.resample(noise.astype(np.float64), 16 * RATE, axis=1)).max()
    assert true_peak(noise, 8) == pytest.approx(reference, rel=0.01)
    assert true_peak(noise, 4) <= true_peak(noise, 8) * 1.0001


def test_interpolation_is_exact_for_constants_and_straight_lines() -> None:
    for factor in (4, 8):
        phases = interpolation_phases(factor)
        positions = np.arange(TAPS) - (HALF - 1)
        assert phases.sum(axis=1) == pytest.approx(np.ones(factor - 1), abs=1e-6)
        assert phases @ positions == pytest.approx(np.arange(1, factor) / factor, abs=2e-3)
        assert 1.0 < overshoot_bound(factor) < 4.0


def test_meter_over_blocks_and_extremes() -> None:
    generator = np.random.default_rng(4)
    audio = generator.standard_normal((1, 9_001)).astype(np.float32)
    meter = TruePeakMeter(1)
    for start in range(0, 9_001, 7):
        meter.add(np.ascontiguousarray(audio[:, start : start + 7]))
    assert meter.finish() == pytest.approx(true_peak(audio), rel=1e-6)
    assert true_peak(np.zeros((2, 0), np.float32)) == 0.0
    assert true_peak(np.array([[0.25]], np.float32)) == pytest.approx(0.25)


def test_spectrum_keeps_the_energy() -> None:
    generator = np.random.default_rng(6)
    noise = (0.1 * generator.standard_normal((2, 4 * RATE))).astype(np.float32)
    _, power = average_spectrum(noise, RATE)
    assert power.sum() == pytest.approx(float((noise**2).mean()), rel=0.02)


def test_third_octaves_of_sine_and_noise() -> None:
    time = np.arange(4 * RATE) / RATE
    centres, levels = third_octave_levels(
        np.tile(np.sin(2 * np.pi * 1_000 * time).astype(np.float32), (2, 1)), RATE
    )
    at = int(np.argmin(np.abs(centres - 1_000)))
    assert levels[at] == pytest.approx(-3.01, abs=0.1)
    assert np.delete(levels, at).max() < -60
    generator = np.random.default_rng(7)
    white = (0.1 * generator.standard_normal((2, 8 * RATE))).astype(np.float32)
    centres, levels = third_octave_levels(white, RATE)
    slope = np.polyfit(np.log2(centres[6:]), levels[6:], 1)[0]
    assert slope == pytest.approx(3.01, abs=0.1)  # white noise: 3 dB per octave in such bands


def test_spectrum_of_little_or_nothing() -> None:
    centres, levels = third_octave_levels(np.zeros((2, 100), np.float32), RATE)
    assert len(centres) == len(levels)
    assert (levels == -200.0).all()
