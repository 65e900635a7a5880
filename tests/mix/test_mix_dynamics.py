"""Compressor, ducking and limiter."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from songwright.audio import true_peak
from songwright.mix.dynamics import STEP, compress, duck
from songwright.mix.limiter import limit
from songwright.mix.settings import Compressor, Sidechain

RATE = 48_000


def tone(hz: float, amplitude: float, seconds: float = 2.0) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    return np.tile((amplitude * np.sin(2 * np.pi * hz * time)).astype(np.float32), (2, 1))


@pytest.mark.parametrize("ratio", [1.5, 2.0, 4.0, 10.0])
@pytest.mark.parametrize("over_db", [6.0, 12.0])
def test_ratio_above_the_knee(ratio: float, over_db: float) -> None:
    audio = tone(1_000.0, 10 ** ((-24.0 + over_db) / 20))
    compress(audio, Compressor(-24.0, ratio, 5.0, 400.0, 1.0), RATE)
    peak_db = 20 * np.log10(np.abs(audio[:, RATE:]).max())
    assert peak_db == pytest.approx(-24.0 + over_db / ratio, abs=0.3)


def test_nothing_happens_below_the_knee() -> None:
    audio = tone(500.0, 0.01)
    same = audio.copy()
    assert compress(audio, Compressor(-20.0, 4.0), RATE) == (0.0, 0.0)
    assert np.array_equal(audio, same)


def test_knee_is_half_way_at_the_threshold() -> None:
    audio = tone(1_000.0, 10 ** (-20 / 20))
    _, highest_db = compress(audio, Compressor(-20.0, 4.0, 5.0, 400.0, 12.0), RATE)
    assert highest_db == pytest.approx(0.75 * 12.0 / 8.0, abs=0.1)


@pytest.mark.parametrize("attack_ms", [5.0, 20.0, 60.0])
def test_attack_and_release_are_time_constants(attack_ms: float) -> None:
    # A square wave has a constant level, so the gain can be read off each sample.
    square = np.sign(np.sin(2 * np.pi * 1_000.0 * np.arange(2 * RATE) / RATE + 0.1))
    levels = np.full(2 * RATE, 0.01)
    levels[RATE // 2 : RATE] = 0.5
    audio = np.tile((square * levels).astype(np.float32), (2, 1))
    before = audio.copy()
    compress(audio, Compressor(-26.0, 4.0, attack_ms, 100.0, 1.0), RATE)
    reduction = -20 * np.log10(audio[0] / before[0])
    full = 0.75 * (20 * np.log10(0.5) + 26.0)
    at = RATE // 2 + round(attack_ms * RATE / 1_000)
    assert reduction[at] == pytest.approx(full * (1 - np.exp(-1)), rel=0.08)
    at = RATE + round(0.1 * RATE)
    assert reduction[at] == pytest.approx(full * np.exp(-1), rel=0.08)
    assert np.abs(np.diff(reduction)).max() < full / STEP  # no steps in the gain


def test_duck_is_down_at_the_kick_and_back_before_the_next() -> None:
    audio = np.ones((2, 2 * RATE), np.float32)
    duck(audio, [0.0, 0.5, 1.0], Sidechain(9.0, 20.0, 150.0), RATE)
    for kick in (0.0, 0.5, 1.0):
        at = round(kick * RATE)
        assert 20 * np.log10(audio[0, at]) == pytest.approx(-9.0, abs=0.01)
        assert audio[0, at + round(0.2 * RATE)] == 1.0
    assert np.abs(np.diff(audio[0])).max() < 0.01
    assert np.array_equal(audio[0], audio[1])


def test_kicks_close_together_stay_smooth() -> None:
    audio = np.ones((2, RATE), np.float32)
    duck(audio, [0.3, 0.34, 0.36, 0.361, 5.0, -3.0], Sidechain(12.0, 20.0, 200.0), RATE)
    assert np.abs(np.diff(audio[0])).max() < 0.01
    assert 20 * np.log10(audio.min()) == pytest.approx(-12.0, abs=0.01)


def test_ducking_of_a_loop_is_continuous_at_the_seam() -> None:
    audio = np.ones((2, RATE), np.float32)
    duck(audio, [0.001, 0.95], Sidechain(9.0, 20.0, 150.0), RATE, 0, RATE)
    assert abs(audio[0, 0] - audio[0, -1]) < 0.01
    assert audio[0, -1] < 0.5


def hostile() -> dict[str, np.ndarray]:
    generator = np.random.default_rng(0)
    time = np.arange(2 * RATE) / RATE
    count = len(time)

    def both(wave: np.ndarray) -> np.ndarray:
        return np.tile(wave.astype(np.float32), (2, 1))

    return {
        "square": both(2 * np.sign(np.sin(2 * np.pi * 100 * time + 0.1))),
        "between samples": both(1.8 * np.sin(2 * np.pi * 12_000 * time + np.pi / 4)),
        "near 20 kHz": both(1.8 * np.sin(2 * np.pi * 19_900 * time)),
        "white noise": (0.5 * generator.standard_normal((2, count))).astype(np.float32),
        "impulses": both(4.0 * (np.arange(count) % 4_801 == 0)),
        "bass": both(1.6 * np.sin(2 * np.pi * 60 * time)),
        "bursts": both(3 * np.sin(2 * np.pi * 997 * time) * (np.sin(2 * np.pi * 3 * time) > 0.8)),
        "one channel": np.stack([2 * np.sin(2 * np.pi * 440 * time), 0 * time]).astype(np.float32),
        "clipped noise": generator.standard_normal((2, count)).clip(-1.5, 1.5).astype(np.float32),
        "steps": both(2.0 * ((time > 0.5) & (time < 1.0))),
        "sweep": both(2 * np.sin(2 * np.pi * (20 * time + 5_700 * time**2))),
        "end loud": both(np.where(time > 1.9, 3.0, 0.1) * np.sin(2 * np.pi * 330 * time)),
    }


@pytest.mark.parametrize("name", list(hostile()))
def test_ceiling_holds_on_hostile_signals(name: str) -> None:
    audio = hostile()[name]
    limit(audio, -1.0, RATE)
    for factor in (4, 8):
        assert 20 * np.log10(true_peak(audio, factor)) <= -0.99
    other = signal.resample_poly(audio.astype(np.float64), 8, 1, axis=1)  # a filter of another kind
    assert 20 * np.log10(np.abs(other).max()) <= -0.85


def test_limiter_leaves_what_is_below_the_ceiling() -> None:
    audio = tone(440.0, 0.5)
    same = audio.copy()
    done = limit(audio, -1.0, RATE)
    assert (done.highest_db, done.share) == (0.0, 0.0)
    assert np.array_equal(audio, same)


def test_limiter_lets_go_after_a_peak() -> None:
    audio = tone(440.0, 0.4)
    audio[:, RATE // 2] = 4.0
    before = audio.copy()
    limit(audio, -1.0, RATE)
    later = slice(RATE // 2 + round(0.25 * RATE), RATE)
    assert audio[:, later] == pytest.approx(before[:, later], rel=0.06, abs=1e-4)
    earlier = slice(0, RATE // 2 - round(0.006 * RATE))
    assert np.array_equal(audio[:, earlier], before[:, earlier])


def test_limited_bass_is_not_distorted() -> None:
    audio = tone(60.0, 1.6, 3.0)
    limit(audio, -1.0, RATE)
    spectrum = np.abs(np.fft.rfft(audio[0, RATE : 2 * RATE] * np.hanning(RATE))) ** 2
    harmonics = sum(spectrum[60 * k - 2 : 60 * k + 3].sum() for k in range(2, 20))
    assert np.sqrt(harmonics / spectrum[58:63].sum()) < 0.005


def test_both_channels_share_one_gain() -> None:
    generator = np.random.default_rng(9)
    audio = generator.standard_normal((2, RATE)).astype(np.float32)
    ratio = audio[0] / audio[1]
    limit(audio, -1.0, RATE)
    assert audio[0] / audio[1] == pytest.approx(ratio, rel=1e-3)


def test_limiter_of_very_short_audio() -> None:
    for count in (0, 1, 5, 100):
        audio = np.full((2, count), 2.0, np.float32)
        limit(audio, -1.0, RATE)
        if count:
            assert true_peak(audio) <= 1.0
