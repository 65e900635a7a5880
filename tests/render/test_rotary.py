"""The rotating speaker: level, Doppler shift, two microphones."""

from __future__ import annotations

import numpy as np
import pytest

from songwright.render.rotary import HORN_METRES, SOUND_METRES_PER_SECOND, rotary
from songwright.seeds import noise_rng

RATE_HZ = 48000
TURNS_HZ = 6.5


def turned(mono: np.ndarray) -> np.ndarray:
    audio = np.stack([mono, mono]).astype(np.float32)
    rotary(audio, TURNS_HZ, float(RATE_HZ))
    return audio


def sine(hz: float, seconds: float = 2.0) -> np.ndarray:
    return np.asarray(0.5 * np.sin(2.0 * np.pi * hz * np.arange(seconds * RATE_HZ) / RATE_HZ))


def track(mono: np.ndarray, hz: float, window: int) -> tuple[np.ndarray, np.ndarray]:
    """Level and frequency of a tone every 2 ms, without the ends; ``window`` in samples."""
    n = np.arange(mono.shape[0])
    down = mono * np.exp(-2j * np.pi * hz * n / RATE_HZ)
    low = np.convolve(down, np.hanning(window) * 2.0 / window, "same")[::96][100:-100]
    turn = np.diff(np.unwrap(np.angle(low))) * RATE_HZ / 96 / (2.0 * np.pi)
    return np.abs(low), hz + turn


def test_noise_keeps_its_level() -> None:
    noise = noise_rng(0, "rotary").standard_normal(4 * RATE_HZ) * 0.1
    noise = np.convolve(noise, np.hanning(24), "same")  # an organ has little above 5 kHz
    change = 10.0 * np.log10((turned(noise) ** 2).mean() / (noise**2).mean())
    assert abs(change) < 1.0


def test_the_horn_shifts_the_treble_as_it_turns() -> None:
    _, hz = track(turned(sine(6000.0))[0], 6000.0, 240)
    widest = 6000.0 * 2.0 * np.pi * TURNS_HZ * HORN_METRES / SOUND_METRES_PER_SECOND
    assert (hz.max() - hz.min()) / 2.0 == pytest.approx(widest, rel=0.3)  # some goes by the drum


def test_the_drum_does_not_shift_the_bass() -> None:
    level, hz = track(turned(sine(50.0))[0], 50.0, 1920)
    assert hz.max() - hz.min() < 1.5
    assert level.max() / level.min() > 1.15


def test_the_microphones_hear_it_a_quarter_turn_apart() -> None:
    left, right = (track(side, 3000.0, 240)[0] for side in turned(sine(3000.0)))
    left, right = left - left.mean(), right - right.mean()
    together = float((left * right).sum() / np.sqrt((left**2).sum() * (right**2).sum()))
    assert abs(together) < 0.3
