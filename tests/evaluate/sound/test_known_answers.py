"""Metrics of sound on signals whose answer is known beforehand."""

from __future__ import annotations

import numpy as np
import pytest

from songwright.audio import measure_loudness
from songwright.evaluate.sound import (
    ArraySound,
    evaluate_listening,
    hear,
    passes,
    sound_curves,
)
from songwright.evaluate.sound.listening import listen
from songwright.evaluate.sound.loudness import integrated, short_term, whole_steps
from songwright.evaluate.sound.masking import masked_energy, spreading
from songwright.evaluate.sound.scan import COUNT
from songwright.evaluate.sound.tonal import psd_slope
from songwright.evaluate.sound.weights import crossfeed

from .programme import RATE_HZ, SECTIONS, band, measured, mixed, noise, stereo, value

SECOND = np.arange(RATE_HZ) / RATE_HZ


def sine(hz: float, seconds: float = 5.0, level: float = 0.5) -> np.ndarray:
    return level * np.sin(2.0 * np.pi * hz * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)


def test_a_sound_band_passes_every_metric() -> None:
    stems = band()
    answers = measured(mixed(stems), stems=stems, sections=SECTIONS)
    assert not [m for m in answers.values() if passes(m) is False]
    assert not [m.metric for m in answers.values() if m.value is None]


@pytest.mark.parametrize(
    ("slope_db", "centroid_hz", "flatness"),
    [(0.0, 12_000.0, 0.56), (-3.0103, 8_200.0, 0.22), (-5.0, 4_850.0, 0.02)],
)
def test_colour_of_noise(slope_db: float, centroid_hz: float, flatness: float) -> None:
    answers = measured(stereo(noise(slope_db, 1)))
    assert answers["centroid"].value == pytest.approx(centroid_hz, rel=0.02)
    assert answers["flatness"].value == pytest.approx(flatness, abs=0.01)
    assert answers["psd_slope"].value == pytest.approx(slope_db, abs=0.15)
    assert answers["resonances"].value == 0.0


def test_noise_with_the_slope_of_recordings_is_balanced() -> None:
    answers = measured(stereo(noise(-5.0, 1)))
    assert answers["tonal_balance"].value < 1.0
    for metric in ("mud", "harshness", "phone_loss", "small_speaker_loss", "radio_loss"):
        assert answers[metric].value == pytest.approx(0.0, abs=0.5), metric
    # The integral of f^-1.66 from 20 to 60 over that from 20 to 250 Hz.
    assert answers["sub_share"].value == pytest.approx(0.636, abs=0.03)


def test_slope_is_that_of_the_density_and_not_of_the_bands() -> None:
    centres = 1_000.0 * 10.0 ** (np.arange(-12, 9) / 10.0)
    pink_in_bands = np.zeros_like(centres)
    assert psd_slope(centres, pink_in_bands) == pytest.approx(-3.01, abs=0.01)


@pytest.mark.parametrize(("rho", "loss_lu"), [(0.69, -0.75), (0.05, -2.8), (-0.24, -4.2)])
def test_mono_loss_of_related_sides(rho: float, loss_lu: float) -> None:
    one, other = noise(-5.0, 1), noise(-5.0, 2)
    right = rho * one + np.sqrt(1.0 - rho**2) * other
    answers = measured(stereo(one, right))
    assert answers["mono_loss"].value == pytest.approx(loss_lu, abs=0.1)
    assert answers["low_correlation"].value == pytest.approx(rho, abs=0.1)


def test_sides_that_are_equal_opposite_and_missing() -> None:
    one = noise(-5.0, 1)
    same, opposite = measured(stereo(one)), measured(stereo(one, -one))
    assert same["mono_loss"].value == pytest.approx(0.0, abs=1e-6)
    assert same["headphone_balance"].value == pytest.approx(0.0, abs=1e-6)
    assert opposite["mono_loss"].value == -40.0
    assert opposite["mono_correlation_p5"].value == pytest.approx(-1.0, abs=1e-6)
    assert opposite["mono_correlation_p5"].evidence.seconds == ((0.0, 20.0),)
    left = measured(stereo(one, 0.0 * one))
    assert left["mono_loss"].value == pytest.approx(-3.01, abs=0.01)
    assert left["hard_panned"].value == pytest.approx(1.0)
    assert left["hard_panned_low"].value == pytest.approx(1.0)


def test_crossfeed_is_that_of_bauer() -> None:
    direct, cross = crossfeed(np.array([0.0, 700.0, 20_000.0]), RATE_HZ)
    assert abs(direct[0] + cross[0]) == pytest.approx(1.0)  # a centred sound keeps its lows
    assert 20 * np.log10(abs(cross[0] / direct[0])) == pytest.approx(-4.5, abs=0.01)
    assert abs(cross[2]) < 0.05 * abs(direct[2])


def test_sine() -> None:
    answers = measured(stereo(sine(997.0)))
    assert answers["loudness_integrated"].value == pytest.approx(-6.02, abs=0.05)
    assert answers["true_peak"].value == pytest.approx(-6.02, abs=0.05)
    assert answers["crest_factor"].value == pytest.approx(3.01, abs=0.01)
    assert answers["centroid"].value == pytest.approx(997.0, abs=2.0)
    assert answers["flatness"].value < 1e-4
    assert answers["clicks"].value == 0.0
    assert answers["clipping"].value == 0.0


@pytest.mark.parametrize("hz", [20.0, 30.0, 61.5, 440.0, 6_000.0])
@pytest.mark.parametrize("bits", [16, 24])
def test_a_quantised_sine_is_not_clipped(hz: float, bits: int) -> None:
    steps = 2.0 ** (bits - 1)
    tone = np.round(sine(hz, level=0.99) * (steps - 1)) / steps
    assert value(stereo(tone), "clipping") == 0.0


def test_loudness_agrees_with_the_meter() -> None:
    audio = mixed(band())[:, : RATE_HZ * 20 + 777]
    sound, meter = listen(ArraySound(audio, RATE_HZ)), measure_loudness(audio, RATE_HZ)
    assert sound is not None
    n = whole_steps(sound.scan)
    lufs = integrated(sound.scan.weighted[:n], sound.scan.column(COUNT)[:n])
    assert lufs == pytest.approx(meter.integrated_lufs, abs=1e-9)
    assert short_term(sound.scan)[1].max() == pytest.approx(meter.short_term_max_lufs, abs=1e-9)
    answers = measured(audio)
    assert answers["loudness_range"].value == pytest.approx(meter.range_lu, abs=1e-5)
    assert answers["true_peak"].value == pytest.approx(meter.true_peak_dbtp, abs=1e-3)
    assert answers["plr"].value == pytest.approx(meter.peak_to_loudness_lu, abs=1e-3)


@pytest.mark.parametrize("end", [0, 500, RATE_HZ - 3, RATE_HZ - 20, RATE_HZ - 40])
def test_true_peak_sees_ends_and_borders_of_seconds(end: int) -> None:
    # A peak between the samples close to where one second's block meets the next.
    audio = stereo(sine(11_999.0, 3.0))[:, : 2 * RATE_HZ + end]
    meter = measure_loudness(audio, RATE_HZ)
    assert value(audio, "true_peak") == pytest.approx(meter.true_peak_dbtp, abs=1e-3)


@pytest.mark.parametrize("rise_ms", [5.0, 20.0, 50.0])
def test_attack_is_four_fifths_of_a_straight_rise(rise_ms: float) -> None:
    rise = round(rise_ms * RATE_HZ / 1_000)
    envelope = np.zeros((18, RATE_HZ))
    envelope[:, :rise] = np.linspace(0.0, 1.0, rise)
    envelope[:, rise : rise + RATE_HZ // 2] = np.exp(-np.arange(RATE_HZ // 2) / (0.1 * RATE_HZ))
    answer = value(stereo(envelope.ravel() * sine(500.0, 18.0)), "attack")
    assert answer == pytest.approx(0.8 * rise_ms, abs=1.5)


def test_masking_follows_the_slopes() -> None:
    spread = spreading()
    assert 10 * np.log10(spread[10, 11]) == pytest.approx(-10.0)
    assert 10 * np.log10(spread[10, 9]) == pytest.approx(-27.0)
    quiet, loud = np.zeros((1, 24), np.float32), np.zeros((1, 24), np.float32)
    loud[0, 8] = 1.0
    for below_db, is_masked in ((15.0, False), (17.0, True)):
        quiet[:] = 0.0
        quiet[0, 9] = 10.0 ** (-below_db / 10.0)  # one band up the loud sound masks at -16 dB
        masked, whole = masked_energy(quiet, loud, spread)
        assert bool(masked[0] == whole[0]) is is_masked


def test_chorus_lift_is_the_difference_of_levels() -> None:
    sound = np.concatenate([noise(-5.0, 1) * 0.5, noise(-5.0, 2)])
    audio = stereo(sound)
    answers = measured(audio, sections=((0.0, 20.0, "verse"), (20.0, 40.0, "chorus")))
    assert answers["chorus_lift"].value == pytest.approx(6.02, abs=0.2)
    assert answers["section_loudness_span"].value == pytest.approx(6.02, abs=0.2)
    assert answers["section_loudness_span"].evidence.seconds == ((0.0, 20.0), (20.0, 40.0))


def test_curves_lie_over_each_other_for_balanced_noise() -> None:
    listening = hear(stereo(noise(-5.0, 1)), RATE_HZ)
    assert listening is not None
    curves = sound_curves(listening)
    inside = (curves.centre_hz > 70.0) & (curves.centre_hz < 3_500.0)
    assert np.abs(curves.level_db - curves.target_db)[inside].max() < 1.5
    assert curves.seconds[0] == 1.5
    assert len(curves.seconds) == len(curves.short_term_lufs) == 171
    answers = {m.metric: m.value for m in evaluate_listening(listening)}
    assert curves.short_term_lufs.mean() == pytest.approx(answers["loudness_integrated"], abs=0.2)
