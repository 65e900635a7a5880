"""The measuring of drums: modes and noise that are known are found again."""

from __future__ import annotations

import numpy as np
import pytest
from training.kits.distance import centroid_hz, fall_seconds, spectral_distance_db
from training.kits.modes import find_modes, render_modes
from training.kits.noise import band_energies_db, fit_noise

from songwright.render.jit import DoubleArray
from songwright.render.kit_fitted import fitted_stroke
from songwright.render.kit_fitted_model import FittedDrum, FittedStroke

RATE_HZ = 48000
KNOWN = np.array(
    [(82.0, 0.6, 0.8, 0.4), (131.0, 0.35, 0.3, 1.0), (1240.0, 0.5, 0.2, -0.7),
     (1262.0, 0.5, 0.15, 2.0), (5300.0, 0.3, 0.1, 0.0)]
)  # fmt: skip


def test_modes_are_found_with_pitch_decay_and_level() -> None:
    sound = render_modes(KNOWN, RATE_HZ)
    sound += 1e-4 * np.random.default_rng(1).standard_normal(RATE_HZ)
    found = find_modes(sound)
    for hz, t60, amplitude, _ in KNOWN:
        near = found[np.argmin(np.abs(found[:, 0] - hz))]
        assert near[0] == pytest.approx(hz, rel=2e-3)
        assert near[1] == pytest.approx(t60, rel=0.15)
        assert near[2] == pytest.approx(amplitude, rel=0.15)
    rest = sound - render_modes(found, RATE_HZ)
    assert 10 * np.log10(np.sum(rest**2) / np.sum(sound**2)) < -30


def test_a_gliding_tone_is_made_of_dying_ones() -> None:
    t = np.arange(RATE_HZ // 2) / RATE_HZ
    hz = 55.0 + 60.0 * np.exp(-t / 0.03)
    kick = np.sin(2 * np.pi * np.cumsum(hz) / RATE_HZ) * np.exp(-t / 0.08)
    rest = kick - render_modes(find_modes(kick), kick.shape[0])
    assert 10 * np.log10(np.sum(rest**2) / np.sum(kick**2)) < -15


def test_noise_is_made_anew_as_near_as_noise_can_be() -> None:
    t = np.arange(RATE_HZ // 2) / RATE_HZ
    noise = np.random.default_rng(2).standard_normal(t.shape[0]) * np.exp(-t / 0.06)
    levels = fit_noise(noise)
    stroke = FittedStroke(100, np.zeros((0, 4)), levels, band_energies_db(noise))
    again = fitted_stroke(FittedDrum("n", (stroke,), 0.0), 100, 0, RATE_HZ).mean(0).astype(float)
    assert spectral_distance_db(noise, again) < 4.0
    assert fall_seconds(again) == pytest.approx(fall_seconds(noise), rel=0.15)
    assert 10 * np.log10(np.sum(again**2) / np.sum(noise**2)) == pytest.approx(0.0, abs=1.5)


def test_short_noise_is_on_average_as_loud_as_its_recording() -> None:
    """Divided by a single reading of what it makes, it comes out more than 1 dB too loud."""
    t = np.arange(RATE_HZ // 8) / RATE_HZ
    louder = []
    for seed in range(4):
        noise = np.random.default_rng(seed).standard_normal(t.shape[0]) * np.exp(-t / 0.03)
        stroke = FittedStroke(100, np.zeros((0, 4)), fit_noise(noise), band_energies_db(noise))
        drum = FittedDrum("n", (stroke,), 0.0)
        for variant in range(3):
            again = fitted_stroke(drum, 100, variant, RATE_HZ).mean(0).astype(float)
            louder.append(_energy_db(again) - _energy_db(noise))
    assert np.mean(louder) == pytest.approx(0.0, abs=0.5)


def _energy_db(sound: DoubleArray) -> float:
    """Energy below 16 kHz; the bands end at 20."""
    hz = np.fft.rfftfreq(sound.shape[0], 1 / RATE_HZ)
    power = np.abs(np.fft.rfft(sound)) ** 2 / sound.shape[0]
    return float(10 * np.log10(power[hz < 16000.0].sum()))


def test_distance_hears_colour_and_decay_but_not_level() -> None:
    t = np.arange(RATE_HZ // 2) / RATE_HZ
    noise = np.random.default_rng(3).standard_normal(t.shape[0])
    one = noise * np.exp(-t / 0.06)
    assert spectral_distance_db(one, 0.1 * one) < 0.01
    assert spectral_distance_db(one, noise * np.exp(-t / 0.02)) > 5.0
    dark = np.convolve(one, np.ones(12) / 12, "same")
    assert spectral_distance_db(one, dark) > 3.0
    assert centroid_hz(dark) < 0.5 * centroid_hz(one)
