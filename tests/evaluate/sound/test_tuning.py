"""Known answers for pitch peaks and for the share of tones that are out of tune."""

from __future__ import annotations

import numpy as np
import pytest

from songwright.evaluate.model import NotDefined
from songwright.evaluate.sound import ArraySound, hear
from songwright.evaluate.sound.pitch_peaks import (
    LEAST_PEAKS,
    Pitches,
    cents_between,
    level_step,
    pitches,
    tuning_of,
)
from songwright.evaluate.sound.tuning import out_of_tune

from .programme import RATE_HZ, Stereo, noise, stereo


def chords(cents: float, seed: int = 1, seconds: float = 12.0, rate_hz: int = RATE_HZ) -> Stereo:
    """Four harmonic tones at a time, a second each, all off by some cents."""
    rng = np.random.default_rng(seed)
    time = np.arange(rate_hz) / rate_hz
    out = []
    for _ in range(round(seconds)):
        tone = np.zeros(rate_hz)
        for note in rng.choice(np.arange(48, 76), 4, replace=False):
            hz = 440.0 * 2.0 ** ((note - 69 + cents / 100.0) / 12.0)
            for partial in (1, 2, 3, 4):
                tone += np.sin(2 * np.pi * partial * hz * time) / partial**2
        out.append(0.05 * tone)
    return stereo(np.concatenate(out))


def tuned(audio: Stereo, rate_hz: int = RATE_HZ) -> complex:
    return tuning_of(ArraySound(audio, rate_hz), audio[:, :: level_step(rate_hz)])


def peaks(audio: Stereo) -> Pitches:
    return pitches(ArraySound(audio, RATE_HZ), audio[:, :: level_step(RATE_HZ)])


def share(audio: Stereo) -> float:
    listening = hear(audio, RATE_HZ)
    assert listening is not None
    (measurement,) = out_of_tune(listening)
    assert measurement.value is not None
    return measurement.value


@pytest.mark.parametrize("cents", [-40.0, -13.0, 0.0, 7.0, 30.0])
def test_the_tuning_is_found_within_a_cent_or_two(cents: float) -> None:
    assert cents_between(tuned(chords(cents)), 1.0 + 0j) == pytest.approx(cents, abs=2)


@pytest.mark.parametrize("rate_hz", [8_000, 44_100, 96_000])
def test_any_sample_rate(rate_hz: int) -> None:
    audio = chords(20.0, rate_hz=rate_hz)
    assert cents_between(tuned(audio, rate_hz), 1.0 + 0j) == pytest.approx(20.0, abs=2.5)


def test_opposed_sides_have_the_same_peaks() -> None:
    audio = chords(10.0)
    assert cents_between(tuned(np.stack([audio[0], -audio[1]])),
                         tuned(audio)) == pytest.approx(0.0, abs=0.01)  # fmt: skip


@pytest.mark.parametrize("cents", [0.0, 30.0, -45.0])
def test_in_tune_with_itself_at_any_pitch(cents: float) -> None:
    assert share(chords(cents)) < 0.05


@pytest.mark.parametrize("cents", [30.0, -40.0, 50.0])
def test_half_of_the_band_off(cents: float) -> None:
    assert share(chords(0.0) + 0.7 * chords(cents, seed=2)) > 0.2


def test_tuning_wraps_at_half_a_semitone() -> None:
    a, b = np.exp(2j * np.pi * 0.45), np.exp(2j * np.pi * -0.45)
    assert cents_between(a, b) == pytest.approx(-10.0)


def test_noise_and_silence_have_no_tuning() -> None:
    assert tuned(np.zeros((2, RATE_HZ), np.float32)) == 0j
    assert tuned(np.zeros((2, 0), np.float32)) == 0j
    assert tuned(np.zeros((1, 100), np.float32)) == 0j
    click = np.zeros((1, RATE_HZ), np.float32)
    click[0, 500] = 0.5
    assert peaks(click).cents.size < LEAST_PEAKS
    listening = hear(click, RATE_HZ)
    assert listening is not None
    with pytest.raises(NotDefined):
        list(out_of_tune(listening))


def test_noise_is_never_in_tune() -> None:
    heard = peaks(stereo(noise(-3.0, 5)))
    assert abs(heard.centre) < 0.2
