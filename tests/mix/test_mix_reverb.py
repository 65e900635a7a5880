"""Reverberation: decay times that were asked for, levels, linearity."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import signal

from songwright.errors import AudioError
from songwright.mix.reverb import add_reverb, rooms
from songwright.mix.settings import ReverbSettings

RATE = 48_000


def impulse_response(settings: ReverbSettings, seconds: float, rate: int = RATE) -> np.ndarray:
    dry = np.zeros((2, round(seconds * rate)), np.float32)
    dry[:, 0] = 1.0
    wet = dry.copy()
    add_reverb(wet, settings, 0.0, rate)
    return (wet - dry).astype(np.float64)


def decay_seconds(response: np.ndarray, hz: float, rate: int = RATE) -> float:
    """RT60 from the slope between -5 and -35 dB of Schroeder's backward integral, one octave."""
    band = signal.butter(4, [hz / 2**0.5, hz * 2**0.5], "band", fs=rate, output="sos")
    energy = np.cumsum((signal.sosfilt(band, response) ** 2)[::-1])[::-1]
    level = 10 * np.log10(energy / energy[0] + 1e-30)
    begin, end = int(np.argmax(level < -5)), int(np.argmax(level < -35))
    slope = np.polyfit(np.arange(begin, end) / rate, level[begin:end], 1)[0]
    return float(-60.0 / slope)


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize("rt60", [0.5, 1.4, 3.0])
@pytest.mark.parametrize("kind", [k for k, facts in sorted(rooms().items()) if not facts.octave])
def test_decay_time_is_within_5_percent(kind: str, rt60: float, rate: int) -> None:
    response = impulse_response(ReverbSettings(kind, rt60), 1.5 * rt60 + 0.3, rate)
    measured = np.mean([decay_seconds(channel, 1_000.0, rate) for channel in response])
    assert measured == pytest.approx(rt60, rel=0.05)


@pytest.mark.parametrize("kind", sorted(rooms()))
def test_highs_decay_faster_than_lows(kind: str) -> None:
    response = impulse_response(ReverbSettings(kind, 2.0), 3.0)[0]
    assert decay_seconds(response, 8_000.0) < 0.9 * decay_seconds(response, 500.0)
    bright = impulse_response(ReverbSettings(kind, 2.0, brightness=1.4), 3.0)[0]
    assert decay_seconds(bright, 8_000.0) > 1.05 * decay_seconds(response, 8_000.0)


def test_nothing_comes_back_before_the_pre_delay() -> None:
    response = impulse_response(ReverbSettings("hall", 2.0, 0.0, 40.0), 1.0)
    first = int(np.argmax(np.abs(response).max(axis=0) > 1e-6))
    assert first / RATE >= 0.040


@pytest.mark.parametrize("kind", sorted(rooms()))
@pytest.mark.parametrize("rt60", [0.6, 2.5])
def test_level_is_that_of_the_direct_sound_for_steady_pink_noise(kind: str, rt60: float) -> None:
    generator = np.random.default_rng(1)
    spectrum = np.fft.rfft(generator.standard_normal((2, 8 * RATE)))
    pink = np.fft.irfft(spectrum / np.sqrt(np.maximum(160.0, np.arange(spectrum.shape[1]))))
    dry = (0.1 * pink / pink.std()).astype(np.float32)
    wet = dry.copy()
    add_reverb(wet, ReverbSettings(kind, rt60, -6.0), 0.0, RATE)
    back = (wet - dry)[:, 4 * RATE :]
    level = 20 * np.log10(back.std() / dry.std())
    assert level == pytest.approx(-6.0, abs=1.2)
    assert abs(np.corrcoef(back)[0, 1]) < 0.3  # the sides are independent: space, not a point


def test_reverberation_of_a_sum_is_the_sum_of_reverberations() -> None:
    generator = np.random.default_rng(2)
    one, two = (0.1 * generator.standard_normal((2, RATE)).astype(np.float32) for _ in range(2))
    both = one + two
    for audio in (one, two, both):
        add_reverb(audio, ReverbSettings("plate", 1.5, -3.0), 0.0, RATE)
    assert 20 * np.log10(np.abs(both - (one + two)).max()) < -110


def test_tail_dies_and_never_grows() -> None:
    response = impulse_response(ReverbSettings("cathedral", 12.0, 0.0, 0.0, 2.0), 20.0)
    parts = [float((part**2).sum()) for part in np.array_split(response[0], 10)]
    assert all(later < earlier for earlier, later in itertools.pairwise(parts))


def test_dry_changes_nothing_and_unknown_rooms_are_named() -> None:
    audio = np.ones((2, 100), np.float32)
    add_reverb(audio, ReverbSettings("dry"), 0.0, RATE)
    assert (audio == 1.0).all()
    with pytest.raises(AudioError, match="bathroom"):
        add_reverb(audio, ReverbSettings("bathroom"), 0.0, RATE)


def test_loop_drift_comes_round() -> None:
    generator = np.random.default_rng(3)
    loop = 2 * RATE
    turn = (0.1 * generator.standard_normal((2, loop))).astype(np.float32)
    turns = np.tile(turn, (1, 5))
    add_reverb(turns, ReverbSettings("plate", 1.0, 0.0), 0.0, RATE, 0, loop)
    assert turns[:, 3 * loop : 4 * loop] == pytest.approx(turns[:, 4 * loop :], abs=1e-4)
