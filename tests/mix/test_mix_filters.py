"""Filters, width, pan, saturation: the physics of each."""

from __future__ import annotations

import numpy as np
import pytest

from songwright.errors import AudioError
from songwright.mix.filters import apply_filters, eq_band, high_pass, low_pass, response_db
from songwright.mix.lofi import add_noise, wear
from songwright.mix.saturation import saturate, soft_clip
from songwright.mix.settings import EqBand, LoFi
from songwright.mix.stereo import pan_gains, set_fader, widen

RATE = 48_000


def tone(hz: float, amplitude: float = 0.1, seconds: float = 1.0) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    return np.tile((amplitude * np.sin(2 * np.pi * hz * time)).astype(np.float32), (2, 1))


def level_db(audio: np.ndarray) -> float:
    """Level of the second half, when filters have settled."""
    late = audio[:, audio.shape[1] // 2 :].astype(np.float64)
    return float(10 * np.log10((late**2).mean()))


@pytest.mark.parametrize("cutoff_hz", [30.0, 120.0, 1_000.0, 8_000.0, 16_000.0])
@pytest.mark.parametrize("design", [high_pass, low_pass])
def test_filters_are_3_db_down_at_the_cutoff(cutoff_hz: float, design) -> None:
    audio = tone(cutoff_hz, seconds=2.0)
    before = level_db(audio)
    apply_filters(audio, [design(cutoff_hz, RATE)])
    assert level_db(audio) - before == pytest.approx(-3.01, abs=0.05)


def test_filters_fall_by_12_db_per_octave() -> None:
    octaves = np.array([100.0, 50.0])
    levels = response_db([high_pass(1_000.0, RATE)], octaves, RATE)
    assert levels[0] - levels[1] == pytest.approx(12.0, abs=0.2)


@pytest.mark.parametrize("gain_db", [-9.0, -1.5, 3.0, 12.0])
def test_bands_reach_their_gain(gain_db: float) -> None:
    peak = eq_band(EqBand("peak", 1_000.0, gain_db, 2.0), RATE)
    assert response_db([peak], np.array([1_000.0]), RATE)[0] == pytest.approx(gain_db, abs=0.01)
    assert abs(response_db([peak], np.array([30.0]), RATE)[0]) < 0.2
    low = eq_band(EqBand("low_shelf", 200.0, gain_db), RATE)
    assert response_db([low], np.array([10.0]), RATE)[0] == pytest.approx(gain_db, abs=0.1)
    assert response_db([low], np.array([200.0]), RATE)[0] == pytest.approx(gain_db / 2, abs=0.05)
    high = eq_band(EqBand("high_shelf", 4_000.0, gain_db), RATE)
    assert response_db([high], np.array([20_000.0]), RATE)[0] == pytest.approx(gain_db, abs=0.2)
    assert abs(response_db([high], np.array([100.0]), RATE)[0]) < 0.1


def test_measured_response_is_the_designed_one() -> None:
    rows = [high_pass(80.0, RATE), eq_band(EqBand("peak", 2_000.0, 6.0, 1.0), RATE)]
    for hz in (60.0, 500.0, 2_000.0, 9_000.0):
        audio = tone(hz)
        before = level_db(audio)
        apply_filters(audio, rows)
        expected = response_db(rows, np.array([hz]), RATE)[0]
        assert level_db(audio) - before == pytest.approx(expected, abs=0.05)


def test_unknown_band_is_refused() -> None:
    with pytest.raises(AudioError, match="notch"):
        eq_band(EqBand("notch", 100.0, 1.0), RATE)


def test_filters_of_silence_after_sound_reach_silence() -> None:
    audio = np.zeros((2, 5 * RATE), np.float32)
    audio[:, 0] = 1.0
    apply_filters(audio, [high_pass(30.0, RATE), low_pass(5_000.0, RATE)])
    assert not audio[:, -RATE:].any()


@pytest.mark.parametrize("pan", np.linspace(-1, 1, 9))
def test_pan_law_keeps_the_power(pan: float) -> None:
    left, right = pan_gains(float(pan))
    assert left**2 + right**2 == pytest.approx(2.0)
    assert (left > right) == (pan < 0) or pan == 0


def test_pan_in_the_middle_changes_nothing_and_sides_are_silent() -> None:
    assert pan_gains(0.0) == pytest.approx((1.0, 1.0))
    assert pan_gains(1.0) == pytest.approx((0.0, 2**0.5))
    audio = tone(440.0)
    set_fader(audio, 0.5, -1.0)
    assert np.abs(audio[1]).max() < 1e-9
    assert level_db(audio[:1]) == pytest.approx(-23.01 - 6.02 + 3.01, abs=0.05)


def test_width_zero_is_mono_and_one_is_untouched() -> None:
    generator = np.random.default_rng(1)
    audio = generator.standard_normal((2, RATE)).astype(np.float32)
    same = audio.copy()
    widen(same, 1.0, 0.0, 0.0, RATE)
    assert np.array_equal(same, audio)
    mono = audio.copy()
    widen(mono, 0.0, 0.0, 0.0, RATE)
    assert np.array_equal(mono[0], mono[1])
    assert mono[0] == pytest.approx(audio.mean(axis=0), abs=1e-6)


def test_spread_widens_a_mono_sound_and_vanishes_in_mono() -> None:
    generator = np.random.default_rng(2)
    mono = np.tile(generator.standard_normal(RATE).astype(np.float32), (2, 1))
    wide = mono.copy()
    widen(wide, 1.0, 0.8, 0.0, RATE)
    assert np.corrcoef(wide)[0, 1] < 0.6
    assert wide.mean(axis=0) == pytest.approx(mono[0], abs=1e-5)


def test_lows_become_mono_below_the_cutoff() -> None:
    low, high = tone(40.0), tone(2_000.0)
    sides = np.stack([low[0] + high[0], -low[1] - high[1]])
    widen(sides, 1.0, 0.0, 120.0, RATE)
    spectrum = np.abs(np.fft.rfft(sides[0].astype(np.float64)))
    assert 20 * np.log10(spectrum[40] / spectrum[2_000]) < -15
    assert level_db(sides) == pytest.approx(level_db(high), abs=0.1)


def test_saturation_leaves_quiet_sounds_and_bends_loud_ones() -> None:
    quiet = tone(440.0, 0.001)
    bent = quiet.copy()
    saturate(bent, 0.5, RATE)
    assert level_db(bent) == pytest.approx(level_db(quiet), abs=0.05)
    loud = tone(440.0, 0.8)
    bent = loud.copy()
    saturate(bent, 0.5, RATE)
    assert level_db(bent) < level_db(loud) - 1.0
    spectrum = np.abs(np.fft.rfft(bent[0, :RATE].astype(np.float64)))
    assert spectrum[1_320] > 0.02 * spectrum[440]  # third harmonic
    assert spectrum[880] > 0.002 * spectrum[440]  # second, from the bias
    assert abs(bent[0, RATE // 2 :].mean()) < 1e-3
    unchanged = loud.copy()
    saturate(unchanged, 0.0, RATE)
    assert np.array_equal(unchanged, loud)


def test_saturation_aliases_less_than_a_naive_curve() -> None:
    hz = 7_001.0
    audio = tone(hz, 0.5)
    saturate(audio, 0.6, RATE)
    drive = 10 ** (0.6 * 24 / 20)
    x = drive * tone(hz, 0.5)[0].astype(np.float64)
    naive = x / np.sqrt(1 + x**2) / drive

    def inharmonic(wave: np.ndarray) -> float:
        power = np.abs(np.fft.rfft(wave * np.hanning(len(wave)))) ** 2
        kept = power.copy()
        for harmonic in (1, 2, 3):
            at = round(hz * harmonic)
            kept[at - 4 : at + 5] = 0.0
        kept[:20] = 0.0
        return float(10 * np.log10(kept.sum() / power.sum()))

    assert inharmonic(audio[0].astype(np.float64)) < inharmonic(naive) - 5.0


def test_soft_clip_bounds_peaks_and_keeps_the_rest() -> None:
    audio = np.array([[0.1, 0.5, 5.0, -50.0]] * 2, np.float32)
    out = np.empty_like(audio)
    soft_clip(audio, 1.0, 0.9, 1.0, out)
    assert out[0, :2] == pytest.approx([0.1, 0.5])
    assert np.abs(out).max() <= 0.9 * 10 ** (3 / 20)
    soft_clip(audio, 2.0, 0.9, 0.0, out)
    assert np.array_equal(out, 2 * audio)


def test_tape_moves_the_pitch_by_what_was_asked() -> None:
    audio = tone(1_000.0, seconds=8.0)
    wear(audio, LoFi(wow_cents=20.0, flutter_cents=0.0, low_hz=0.0, high_hz=0.0), RATE)
    wave = audio[0].astype(np.float64)
    analytic = np.fft.fft(wave)
    analytic[len(wave) // 2 :] = 0.0
    hz = np.diff(np.unwrap(np.angle(np.fft.ifft(analytic)))) * RATE / (2 * np.pi)
    cents = 1_200 * np.log2(hz[RATE // 4 : -RATE // 4] / 1_000.0)
    assert 14.0 < np.abs(cents).max() < 22.0


def test_tape_comes_round_with_the_loop() -> None:
    loop = 3 * RATE
    turns = tone(500.0, seconds=9.0)
    wear(turns, LoFi(), RATE, 0, loop)
    assert turns[:, loop : 2 * loop] == pytest.approx(turns[:, 2 * loop :], abs=1e-4)


def test_record_noise_has_its_level_and_its_seed() -> None:
    first, second, other = (np.zeros((2, 4 * RATE), np.float32) for _ in range(3))
    add_noise(first, -60.0, 7, RATE, 0, False)
    add_noise(second, -60.0, 7, RATE, 0, False)
    add_noise(other, -60.0, 8, RATE, 0, False)
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)
    hiss = 20 * np.log10(np.median(np.abs(first)) / 0.6745)
    assert hiss == pytest.approx(-60.0, abs=2.0)
    assert np.abs(first).max() > 4 * 10 ** (-60 / 20)  # crackle stands out


def test_record_noise_of_a_loop_has_no_seam() -> None:
    looped = np.zeros((2, 2 * RATE), np.float32)
    add_noise(looped, -40.0, 3, RATE, 0, True)
    steps = np.abs(np.diff(np.concatenate([looped, looped], axis=1), axis=1))
    seam = steps[:, 2 * RATE - 3 : 2 * RATE + 2].max()
    assert seam <= np.percentile(steps, 99.9)
