"""The kernels obey the mathematics they claim."""

from __future__ import annotations

import numpy as np
import pytest

from songwright.render.amplifier import saturate
from songwright.render.bodies import bodies, body_response, convolve_in_place
from songwright.render.filters import BANDPASS, HIGHPASS, LOWPASS, add_noise, filter_stereo
from songwright.render.fm import add_fm
from songwright.render.jit import BLOCK
from songwright.render.modes import add_modes
from songwright.render.oscillators import add_voices
from songwright.render.oversampling import interpolation_filter
from songwright.render.patch_model import Oscillator, SustainedPatch
from songwright.render.playback import resample_note
from songwright.render.spectra import wavetables
from songwright.units import midi_to_hz

from .sounds import RATE_HZ, spectrum


def sine(hz: float, samples: int) -> np.ndarray:
    return np.sin(2 * np.pi * hz * np.arange(samples) / RATE_HZ)


@pytest.mark.parametrize("cutoff_hz", [100.0, 1000.0, 8000.0])
@pytest.mark.parametrize("mode", [LOWPASS, HIGHPASS])
def test_filter_is_3_db_down_at_its_cutoff(cutoff_hz: float, mode: int) -> None:
    samples = 512 * BLOCK
    wave = sine(cutoff_hz, samples).astype(np.float32)
    left, right = wave.copy(), wave.copy()
    cutoffs = np.full(samples // BLOCK + 1, cutoff_hz, np.float32)
    filter_stereo(left, right, cutoffs, np.sqrt(0.5), mode, float(RATE_HZ))
    settled = slice(samples // 2, None)
    loss_db = 20 * np.log10(np.std(left[settled]) / np.std(wave[settled]))
    assert loss_db == pytest.approx(-3.01, abs=0.05)
    assert np.array_equal(left, right)


def test_band_pass_keeps_its_centre_and_falls_beside_it() -> None:
    samples = 512 * BLOCK
    cutoffs = np.full(samples // BLOCK + 1, 1000.0, np.float32)
    levels = []
    for hz in (1000.0, 4000.0):
        left = sine(hz, samples).astype(np.float32)
        filter_stereo(left, left.copy(), cutoffs, 2.0, BANDPASS, float(RATE_HZ))
        levels.append(20 * np.log10(np.std(left[samples // 2 :]) * np.sqrt(2)))
    assert levels[0] == pytest.approx(0.0, abs=0.1)
    assert levels[1] < -15


def test_a_fast_sweep_of_a_resonant_filter_stays_bounded() -> None:
    samples = 512 * BLOCK
    left = np.random.default_rng(1).standard_normal(samples).astype(np.float32)
    cutoffs = (1000.0 * 18.0 ** np.sin(np.arange(samples // BLOCK + 1))).astype(np.float32)
    filter_stereo(left, left.copy(), cutoffs, 8.0, LOWPASS, float(RATE_HZ))
    assert np.isfinite(left).all()
    assert np.abs(left).max() < 60


def test_a_mode_is_a_decaying_sine() -> None:
    samples = 200 * BLOCK
    out = np.zeros(samples, np.float32)
    one = np.ones(1)
    add_modes(out, 440.0 * one, 0.5 * one, 3.0 * one, 0.3 * one, float(RATE_HZ), 1e-6)
    t = np.arange(samples) / RATE_HZ
    exact = 0.5 * np.exp(-3.0 * t) * np.sin(2 * np.pi * 440.0 * t + 0.3)
    assert np.abs(out - exact).max() < 2e-4


def test_frequency_modulation_matches_its_formula() -> None:
    samples = 100 * BLOCK
    out = np.zeros(samples, np.float32)
    carrier, modulator = 300.0 / RATE_HZ, 420.0 / RATE_HZ
    add_fm(out, carrier, modulator, 1.0, 0.0, 1.5, 0.0, 0.0)
    n = np.arange(samples)
    exact = np.sin(2 * np.pi * carrier * n + 1.5 * np.sin(2 * np.pi * modulator * n))
    assert np.abs(out - exact).max() < 1e-3


def _oscillate(shape: str, hz: float, samples: int) -> np.ndarray:
    patch = SustainedPatch("sustained", (Oscillator(shape, plain=True),))
    pitch = 69 + 12 * np.log2(hz / 440.0)
    tables = wavetables(patch, patch.oscillators[0], pitch, RATE_HZ)[None]
    blocks = samples // BLOCK
    left, right = np.zeros(samples, np.float32), np.zeros(samples, np.float32)
    add_voices(
        left,
        right,
        tables,
        np.zeros(1, np.int64),
        np.zeros(1),
        np.full((1, blocks + 1), hz / RATE_HZ),
        np.ones((1, blocks + 1), np.float32),
        np.full((1, blocks + 1), 0.4, np.float32),
        np.ones(1, np.float32),
        np.ones(1, np.float32),
    )
    return left


@pytest.mark.parametrize("hz", [110.0, 523.3, 2093.0, 4186.0])
@pytest.mark.parametrize("shape", ["saw", "square"])
def test_what_folds_back_lies_80_db_below_the_tone(shape: str, hz: float) -> None:
    wave = _oscillate(shape, hz, 1024 * BLOCK)
    frequencies, level = spectrum(wave, wave.shape[0])
    nearest = np.abs(frequencies / hz - np.round(frequencies / hz)) * hz
    harmonic = (nearest < 12.0) & (frequencies > hz / 2)
    assert 20 * np.log10(level[~harmonic].max() / level[harmonic].max()) < -80


def test_a_saw_has_the_harmonics_of_a_saw() -> None:
    wave = _oscillate("saw", 440.0, 1024 * BLOCK)
    frequencies, level = spectrum(wave)
    peaks = [level[np.argmin(np.abs(frequencies - 440.0 * k))] for k in (1, 2, 3, 8)]
    assert np.allclose(np.array(peaks) / peaks[0], [1, 1 / 2, 1 / 3, 1 / 8], rtol=0.03)


def test_resampling_at_speed_two_plays_an_octave_higher() -> None:
    note = np.stack([sine(500.0, 40000)] * 2).astype(np.float32)
    out = np.zeros((2, 200 * BLOCK), np.float32)
    written = resample_note(note, np.full(201, 2.0), out)
    assert written == out.shape[1]
    assert np.abs(out[0, 8:] - sine(1000.0, out.shape[1])[8:]).max() < 0.01


def test_noise_is_centred_on_its_band() -> None:
    samples = 1024 * BLOCK
    left, right = np.zeros(samples, np.float32), np.zeros(samples, np.float32)
    bank = np.random.default_rng(3).standard_normal(1 << 16).astype(np.float32)
    ones = np.ones(samples // BLOCK + 1, np.float32)
    add_noise(left, right, bank, 0, 777, ones, 1500.0 * ones, 4.0, float(RATE_HZ))
    hz, level = spectrum(left, samples)
    smooth = np.convolve(level**2, np.ones(400), "same")
    assert hz[np.argmax(smooth)] == pytest.approx(1500.0, rel=0.12)
    assert abs(np.corrcoef(left, right)[0, 1]) < 0.1


def test_the_amplifier_is_linear_for_whispers_and_bounded_for_shouts() -> None:
    quiet = (1e-3 * sine(700.0, 20000)).astype(np.float32)
    loud = (30.0 * sine(700.0, 20000)).astype(np.float32)
    out = quiet.copy()
    saturate(out, interpolation_filter(), 2.0, 0.0)
    assert np.abs(out[100:-100] - 2.0 * quiet[100:-100]).max() < 2e-5
    saturate(loud, interpolation_filter(), 2.0, 0.0)
    assert np.abs(loud).max() < 1.25


def test_distortion_folds_little_back() -> None:
    hz = 3001.0
    wave = sine(hz, 1 << 16).astype(np.float32)
    saturate(wave, interpolation_filter(), 4.0, 0.0)
    frequencies, level = spectrum(wave[2000:-2000], 1 << 16)
    nearest = np.abs(frequencies / hz - np.round(frequencies / hz)) * hz
    harmonic = (nearest < 15.0) & (frequencies > hz / 2)
    assert 20 * np.log10(level[~harmonic].max() / level.max()) < -60


def test_blockwise_convolution_is_convolution() -> None:
    random = np.random.default_rng(5)
    audio = random.standard_normal((2, 100_000)).astype(np.float32)
    response = random.standard_normal((2, 4096)).astype(np.float32) * 0.02
    exact = np.fft.irfft(
        np.fft.rfft(audio.astype(float), 1 << 17) * np.fft.rfft(response, 1 << 17), 1 << 17
    )[:, : audio.shape[1]]
    convolve_in_place(audio, response, 1.0)
    assert np.abs(audio - exact).max() < 1e-4


def test_every_body_passes_sound_at_about_unit_gain() -> None:
    for name in bodies():
        response = body_response(name, RATE_HZ)
        hz = np.fft.rfftfreq(8192, 1 / RATE_HZ)
        gain = np.abs(np.fft.rfft(response, 8192))
        middle = gain[:, (hz > 80) & (hz < 3000)].mean()
        assert 0.3 < middle < 3.0, name
        assert abs(response[:, -1]).max() < 1e-3, name


def test_middle_c_of_a_table_is_middle_c() -> None:
    wave = _oscillate("triangle", midi_to_hz(60), 1024 * BLOCK)
    hz, level = spectrum(wave, 1 << 20)
    assert hz[np.argmax(level)] == pytest.approx(261.626, abs=0.05)
