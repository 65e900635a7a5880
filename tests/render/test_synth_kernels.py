"""Oscillators, filters and effects of the synthesiser obey what they claim."""

from __future__ import annotations

import math

import numpy as np
import pytest

from songwright.palette.model import Lfo
from songwright.render.beats import BeatClock
from songwright.render.jit import BLOCK
from songwright.render.synth.banks import COLOURS, coloured_bank
from songwright.render.synth.curves import Adsr, glide_curve, lfo_turns, lfo_wave
from songwright.render.synth.ladder import ladder_stereo, pole_ratio
from songwright.render.synth.oscillators import add_bank, add_fm_pair, add_loop, sine
from songwright.render.synth.shaping import TONE_HZ, crush, fold_wave, shape_width, shelve
from songwright.render.synth.waves import WAVES, wave_tables

from .sounds import RATE_HZ, pitch_cents, spectrum

SAMPLES = 1 << 16
BLOCKS = SAMPLES // BLOCK
ONE = np.ones(1)


def bank(wave: str, hz: float | np.ndarray, morph: float = 0.0) -> np.ndarray:
    left, right = np.zeros(SAMPLES, np.float32), np.zeros(SAMPLES, np.float32)
    cycles = np.broadcast_to(np.asarray(hz) / RATE_HZ, (BLOCKS + 1,)).astype(np.float64)
    amount = ONE.astype(np.float32)
    add_bank(
        left, right, wave_tables(wave, RATE_HZ), np.ascontiguousarray(cycles),
        np.full(BLOCKS + 1, morph, np.float32), ONE, 0.0 * ONE, amount, amount, float(RATE_HZ),
    )  # fmt: skip
    assert np.array_equal(left, right)
    return left.astype(np.float64)


def inharmonic_db(sound: np.ndarray, fundamental_hz: float) -> float:
    """Energy beside the harmonics, relative to all."""
    hz, level = spectrum(sound, SAMPLES)
    power = level**2
    harmonic = np.round(hz / fundamental_hz)
    near = np.abs(hz - harmonic * fundamental_hz) < 8 * RATE_HZ / SAMPLES
    near &= harmonic >= 1
    return float(10 * np.log10(power[~near].sum() / power.sum()))


@pytest.mark.parametrize("wave", sorted(WAVES))
def test_alias_energy_at_two_kilohertz_is_below_minus_80_db(wave: str) -> None:
    for morph in (0.0, 0.37, 1.0):
        assert inharmonic_db(bank(wave, 2000.3, morph), 2000.3) < -80.0


def test_a_saw_has_all_its_harmonics_up_to_the_top() -> None:
    _, level = spectrum(bank("saw", 300 * RATE_HZ / SAMPLES), SAMPLES)  # 219.7 Hz, a whole bin
    peaks = [level[300 * k] for k in range(1, 80)]
    falls = 20 * np.log10(np.array(peaks) / peaks[0])
    expected = -20 * np.log10(np.arange(1, 80))
    assert np.abs(falls[:40] - expected[:40]).max() < 0.2
    assert np.abs(falls - expected).max() < 1.5


@pytest.mark.parametrize("wave", ["saw", "vowel"])
def test_a_pitch_that_sweeps_over_octaves_does_not_click(wave: str) -> None:
    hz = 110.0 * 2.0 ** (4.0 * np.arange(BLOCKS + 1) / BLOCKS)
    swept = np.diff(bank(wave, hz))
    steady = max(np.abs(np.diff(bank(wave, f))).max() for f in (110.0, 440.0, 1760.0))
    assert np.abs(swept).max() < 1.25 * steady


def test_the_polynomial_sine_is_a_sine() -> None:
    cycles = np.linspace(-3.0, 3.0, 2001)
    error = [sine(c) - math.sin(2 * math.pi * c) for c in cycles]
    assert np.abs(error).max() < 5e-6


def test_frequency_modulation_matches_its_formula() -> None:
    left, right = np.zeros(SAMPLES, np.float32), np.zeros(SAMPLES, np.float32)
    flat = np.ones(BLOCKS + 1, np.float32)
    carrier, modulator = 410 / SAMPLES, 614 / SAMPLES  # whole bins: 300 and 450 Hz
    add_fm_pair(
        left, right, np.full(BLOCKS + 1, carrier), np.full(BLOCKS + 1, modulator), 1.5 * flat, flat,
        0.0, 0.0, 1.0, 0.5,
    )  # fmt: skip
    _, level = spectrum(left.astype(np.float64), SAMPLES)
    # sidebands are Bessel functions of the index; the averaged modulator is a trace weaker
    assert level[1024] / level[410] == pytest.approx(0.5579 / 0.5118, rel=0.02)
    assert level[1638] / level[410] == pytest.approx(0.2321 / 0.5118, rel=0.02)
    assert np.allclose(right, 0.5 * left)


def test_fm_keeps_its_sidebands_below_the_nyquist_frequency() -> None:
    left, right = np.zeros(SAMPLES, np.float32), np.zeros(SAMPLES, np.float32)
    flat = np.ones(BLOCKS + 1, np.float32)
    f = 2000.3
    cycles = np.full(BLOCKS + 1, f / RATE_HZ)
    add_fm_pair(left, right, cycles, 3.0 * cycles, 12.0 * flat, flat, 0.0, 0.0, 1.0, 1.0)
    assert inharmonic_db(left.astype(np.float64), f) < -55.0


@pytest.mark.parametrize("pitch_hz", [82.4, 440.0, 1318.5])
def test_a_plucked_loop_is_in_tune_dies_as_told_and_has_no_offset(pitch_hz: float) -> None:
    left, right = np.zeros(4 * SAMPLES, np.float32), np.zeros(4 * SAMPLES, np.float32)
    noise = np.random.default_rng(1).standard_normal(int(RATE_HZ / pitch_hz))
    excitation = (noise - noise.mean()).astype(np.float32)
    cycles = np.full(4 * BLOCKS + 1, pitch_hz / RATE_HZ)
    loss = 10.0 ** (-3.0 / (2.0 * pitch_hz))  # 60 dB in two seconds
    add_loop(left, right, excitation, cycles, loss, 0.0, 1.0)
    assert abs(pitch_cents(left[:SAMPLES].astype(np.float64), pitch_hz)) < 4.0
    early, late = (np.sqrt(np.mean(left[at : at + 9600] ** 2)) for at in (12000, 60000))
    assert 20 * np.log10(early / late) == pytest.approx(30.0, abs=3.5)
    assert abs(left[60000:].mean()) < 1e-4


@pytest.mark.parametrize("feedback", [0.0, 1.0, 2.5])
@pytest.mark.parametrize("cutoff_hz", [100.0, 1000.0, 8000.0])
def test_the_ladder_is_3_db_down_at_its_cutoff(cutoff_hz: float, feedback: float) -> None:
    def gain(hz: float) -> float:
        hz = round(hz * SAMPLES / 2 / RATE_HZ) * 2 * RATE_HZ / SAMPLES  # whole turns
        wave = (1e-3 * np.sin(2 * np.pi * hz * np.arange(SAMPLES) / RATE_HZ)).astype(np.float32)
        left, right = wave.copy(), wave.copy()
        cutoffs = np.full(BLOCKS + 1, cutoff_hz, np.float32)
        ladder_stereo(left, right, cutoffs, pole_ratio(feedback), feedback, 1.0, float(RATE_HZ))
        assert np.array_equal(left, right)
        return float(20 * np.log10(np.std(left[SAMPLES // 2 :]) / np.std(wave)))

    assert gain(cutoff_hz) - gain(cutoff_hz / 30) == pytest.approx(-3.01, abs=0.15)


def test_the_ladder_falls_24_db_per_octave_and_stays_bounded() -> None:
    random = np.random.default_rng(2).standard_normal(SAMPLES).astype(np.float32)
    left, right = 4.0 * random, 4.0 * random
    sweep = (500.0 * 30.0 ** np.sin(np.arange(BLOCKS + 1) / 3.0)).astype(np.float32)
    ladder_stereo(left, right, sweep, pole_ratio(3.9), 3.9, 8.0, float(RATE_HZ))
    assert np.isfinite(left).all()
    assert np.abs(left).max() < 4.0
    ratio = pole_ratio(0.0)
    response = [abs(1.0 / (1.0 + 1j * w * ratio) ** 4) for w in (16.0, 32.0)]
    assert 20 * math.log10(response[0] / response[1]) == pytest.approx(24.0, abs=0.3)


def test_folding_keeps_small_signals_and_bounds_large_ones() -> None:
    t = np.arange(SAMPLES) / RATE_HZ
    small = np.tile((1e-3 * np.sin(2 * np.pi * 440 * t)).astype(np.float32), (2, 1))
    folded = small.copy()
    fold_wave(folded, 2.0)
    assert np.abs(folded[:, 1:] - 0.5 * (small[:, 1:] + small[:, :-1])).max() < 1e-6
    large = (1e3 * small).copy()
    fold_wave(large, 8.0)
    assert np.abs(large).max() <= 1.0 / 8.0 + 1e-6


def test_crushing_leaves_silence_and_takes_one_sample_in_six() -> None:
    audio = np.zeros((2, 4800), np.float32)
    crush(audio, 2.0**-7, 4.0)
    assert not audio.any()
    audio[:] = np.linspace(-1, 1, 4800, dtype=np.float32)
    crush(audio, 2.0**-3, 6.0)
    reached = audio[0, 10::6]
    assert np.allclose(reached * 8.0, np.round(reached * 8.0))
    assert len(np.unique(reached)) <= 17
    bends = np.abs(np.diff(audio[0], 2)) > 1e-6
    assert np.allclose(np.diff(np.flatnonzero(bends)) % 6, 0)


def test_crushing_has_no_mirror_image_above_its_rate() -> None:
    tone = 0.3 * np.sin(2.0 * np.pi * 880.0 * np.arange(SAMPLES) / RATE_HZ)
    audio = np.stack((tone, tone)).astype(np.float32)
    crush(audio, 0.0, 2.0)
    power = np.abs(np.fft.rfft(audio[0] * np.hanning(SAMPLES))) ** 2
    hz = np.fft.rfftfreq(SAMPLES, 1.0 / RATE_HZ)
    assert 10.0 * np.log10(power[hz > 20_000.0].sum() / power.sum()) < -45.0


def test_tone_turns_the_highs_and_leaves_the_lows() -> None:
    random = np.random.default_rng(5).standard_normal((2, SAMPLES)).astype(np.float32)
    hz = np.fft.rfftfreq(SAMPLES, 1.0 / RATE_HZ)
    before = np.abs(np.fft.rfft(random[0])) ** 2
    corner = 1.0 - math.exp(-2.0 * math.pi * TONE_HZ / RATE_HZ)
    for gain_db in (-6.0, 6.0):
        audio = random.copy()
        shelve(audio, corner, 10.0 ** (gain_db / 20.0))
        change = np.abs(np.fft.rfft(audio[0])) ** 2
        for low, high, expected in ((20.0, 100.0, 0.0), (8000.0, 16000.0, gain_db)):
            band = (hz > low) & (hz < high)
            ratio = change[band].sum() / before[band].sum()
            assert 10.0 * np.log10(ratio) == pytest.approx(expected, abs=0.8)


def test_width_zero_is_mono_and_lows_always_are() -> None:
    random = np.random.default_rng(3).standard_normal((2, SAMPLES)).astype(np.float32)
    mono = random.copy()
    shape_width(mono, 1e-5, 0.0, 0.02)
    assert np.allclose(mono[0], mono[1], atol=1e-6)
    low = np.sin(2 * np.pi * 30.0 * np.arange(SAMPLES) / RATE_HZ).astype(np.float32)
    opposite = np.stack((low, -low))
    shape_width(opposite, 1e-5, 1.0, 1.0 - math.exp(-2 * math.pi * 240.0 / RATE_HZ))
    assert np.std(opposite[0][SAMPLES // 2 :]) < 0.2 * np.std(low)


@pytest.mark.parametrize("colour", COLOURS)
def test_noise_banks_have_unit_power_and_no_offset(colour: str) -> None:
    noise = coloured_bank(colour, RATE_HZ)
    assert np.std(noise) == pytest.approx(1.0, abs=0.02)
    assert abs(noise.mean()) < 0.01
    assert np.abs(noise).max() < 16.0


def test_an_envelope_rises_sustains_and_falls_60_db() -> None:
    seconds = np.linspace(0.0, 3.0, 3001)
    curve = Adsr(0.1, 0.2, 0.5, 1.0).curve(seconds, 1.5)
    assert curve[0] == 0.0
    assert curve[100] == pytest.approx(1.0)
    assert curve[1490] == pytest.approx(0.5, abs=0.01)
    assert 20 * np.log10(curve[2500] / curve[1500]) == pytest.approx(-60.0, abs=0.2)
    assert np.abs(np.diff(curve)).max() < 0.02


@pytest.mark.parametrize("shape", ["sine", "triangle", "square", "fall", "random", "drift"])
def test_slow_oscillators_stay_within_bounds_and_are_shared(shape: str) -> None:
    lfo = Lfo(shape=shape, hz=2.0)
    seconds = np.linspace(0.0, 8.0, 6001)
    free = BeatClock(())
    wave = lfo_wave(lfo, seconds, lfo_turns(lfo, seconds, 0.0, 0.4, free), 17)
    assert np.abs(wave).max() <= 1.0 + 1e-6
    assert np.std(wave) > 0.3
    half = seconds[:3001]
    later = lfo_wave(lfo, half, lfo_turns(lfo, half, 4.0, 0.9, free), 17)
    assert np.allclose(later, wave[3000:], atol=1e-3 if shape != "random" else 2.0)


def test_beats_are_counted_through_changes_of_tempo() -> None:
    clock = BeatClock(((-1.0, 60.0), (1.0, 120.0), (3.0, 90.0)))
    seconds = np.array([-2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 5.0])
    assert clock.beats(seconds) == pytest.approx([-1.0, 0.0, 1.0, 2.0, 4.0, 6.0, 9.0])
    assert BeatClock(()).beats(np.array([1.5])) == pytest.approx([3.0])


def test_a_slow_oscillator_in_beats_follows_the_tempo() -> None:
    clock = BeatClock(((0.0, 60.0), (4.0, 150.0)))
    lfo = Lfo(shape="sine", hz=99.0, rate_beats=0.75, phase=0.25)
    seconds = np.linspace(0.0, 8.0, 8001)
    turns = lfo_turns(lfo, seconds, 0.0, 0.3, clock)
    assert turns[0] == pytest.approx(0.25)
    assert turns[4000] == pytest.approx(0.25 + 4.0 / 0.75)
    assert turns[8000] == pytest.approx(0.25 + 14.0 / 0.75)
    assert lfo_wave(lfo, seconds, turns, 1)[[0, 750, 1500]] == pytest.approx([1.0] * 3, abs=1e-4)
    # a note that begins later reads the same oscillator
    later = lfo_turns(lfo, seconds[:2001], 5.0, 0.9, clock)
    assert np.allclose(later, turns[5000:7001])


@pytest.mark.parametrize(("own", "begins"), [(0.05, 0.0), (0.2, 0.25), (0.49, 0.5), (0.7, 0.75)])
def test_notes_with_an_oscillator_in_beats_of_their_own_keep_to_its_quarters(
    own: float, begins: float
) -> None:
    lfo = Lfo(rate_beats=2.0, each=True)
    turns = lfo_turns(lfo, np.array([0.0, 1.0]), 7.3, own, BeatClock(((0.0, 120.0),)))
    assert turns == pytest.approx([begins, begins + 1.0])


def test_a_glide_arrives() -> None:
    seconds = np.linspace(0.0, 2.0, 2001)
    curve = glide_curve(seconds, [0.0, 1.0], [40.0, 47.0], 0.1)
    assert curve[999] == 40.0
    assert 46.5 < curve[1100] < 47.0
    assert curve[-1] == pytest.approx(47.0, abs=1e-6)
