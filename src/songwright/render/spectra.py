"""From facts about a timbre to band-limited wavetables for one pitch.

A table holds one cycle in a few layers from the softest to the loudest dynamic. Resonances that
stay in place (formants) are read at the harmonics of the pitch, so a vowel stays a vowel over
the whole range.
"""

from __future__ import annotations

import math

import numpy as np

from songwright.render.jit import DoubleArray, FloatArray
from songwright.render.modal import formant_gain
from songwright.render.oscillators import TABLE_SIZE
from songwright.render.patch_model import Oscillator, SustainedPatch
from songwright.seeds import noise_rng
from songwright.units import midi_to_hz

LAYERS = 4
TOP_HZ = 20000.0


def source_levels(oscillator: Oscillator, count: int) -> DoubleArray:
    """Signed amplitudes of the first ``count`` harmonics of a wave shape, shape (count,)."""
    k = np.arange(1, count + 1, dtype=np.float64)
    odd = k % 2 == 1
    match oscillator.shape:
        case "saw":
            levels = 1.0 / k
        case "square":
            levels = np.where(odd, 1.0 / k, 0.0)
        case "pulse":
            levels = np.sin(np.pi * k * oscillator.pulse_width) / k
        case "triangle":
            levels = np.where(odd, np.where(k % 4 == 1, 1.0, -1.0) / k**2, 0.0)
        case "sine":
            levels = np.where(k == 1, 1.0, 0.0)
        case "impulse":
            levels = np.ones(count)
        case "partials":
            levels = np.zeros(count)
            given = 10.0 ** (np.array(oscillator.partials_db[:count], np.float64) / 20.0)
            levels[: given.shape[0]] = np.where(given > 2e-5, given, 0.0)
        case other:
            raise ValueError(f"unknown wave shape {other!r}")
    return np.asarray(levels, np.float64)


def envelope_levels(
    patch: SustainedPatch, frequencies_hz: DoubleArray, pitch: float, dynamic: float
) -> DoubleArray:
    """Amplitude factor of the spectral envelope at each frequency for a dynamic 0..1."""
    timbre = patch.timbre
    corner = timbre.corner_soft_hz * (timbre.corner_loud_hz / timbre.corner_soft_hz) ** dynamic
    corner *= 2.0 ** (timbre.track * (pitch - 60.0) / 12.0)
    levels = 1.0 / np.sqrt(1.0 + (frequencies_hz / corner) ** (timbre.slope_db / 3.01))
    if timbre.low_cut_hz > 0.0:
        levels = levels / np.sqrt(1.0 + (timbre.low_cut_hz / frequencies_hz) ** 4)
    if timbre.even_db != 0.0:
        even = np.arange(1, frequencies_hz.shape[0] + 1) % 2 == 0
        fade = 1.0 / (1.0 + (frequencies_hz / timbre.even_until_hz) ** 2)
        levels = np.where(even, levels * 10.0 ** (timbre.even_db * fade / 20.0), levels)
    return np.asarray(levels * formant_gain(patch.formants, frequencies_hz))


def wavetables(
    patch: SustainedPatch, oscillator: Oscillator, pitch: float, sample_rate_hz: float
) -> FloatArray:
    """One cycle of each dynamic layer, shape (LAYERS, TABLE_SIZE + 1), RMS 1 each.

    Harmonics end at 20 kHz or 0.416 of the sample rate, which leaves room to bend up a whole
    tone before anything folds back.
    """
    base = midi_to_hz(pitch) * oscillator.ratio
    top = min(TOP_HZ, sample_rate_hz / 2.4)
    count = int(min(max(top / base, 1.0), TABLE_SIZE // 2 - 1))
    frequencies: DoubleArray = base * np.arange(1, count + 1, dtype=np.float64)
    source = source_levels(oscillator, count)
    angles = np.zeros(count)
    if patch.timbre.random_phase:
        angles = noise_rng(0, "wavetable phases").random(TABLE_SIZE)[:count] * 2.0 * np.pi
    tables = np.empty((LAYERS, TABLE_SIZE + 1), np.float32)
    for layer in range(LAYERS):
        levels: DoubleArray = source
        if not oscillator.plain:
            levels = source * envelope_levels(patch, frequencies, pitch, layer / (LAYERS - 1))
        spectrum = np.zeros(TABLE_SIZE // 2 + 1, np.complex128)
        spectrum[1 : count + 1] = levels * np.exp(1j * (angles - np.pi / 2))
        scale = math.sqrt(float(np.sum(levels**2)) / 2.0)
        cycle = np.fft.irfft(spectrum, TABLE_SIZE) * (TABLE_SIZE / 2.0) / max(scale, 1e-9)
        tables[layer, :-1] = cycle
        tables[layer, -1] = cycle[0]
    return tables
