"""Bands of noise of a stroke: what is left of it without its modes, as levels over time."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from songwright.render.jit import DoubleArray, FloatArray
from songwright.render.kit_fitted import band_noise, band_weights
from songwright.render.kit_fitted_model import BANDS, frame_seconds
from songwright.render.kit_kernels import add_noise_bands
from training.kits.hits import RATE_HZ

PASSES = 8
"""Corrections. Beside a loud tone levels begin up to 40 dB high; each takes at most 8 dB off."""
TAKES = 8
"""Renderings averaged in each pass. A frame of 1 ms of a narrow band is mostly chance; what is
divided by one reading of it comes out too loud wherever the reading was low, and strokes click."""


def band_energies_db(sound: DoubleArray) -> DoubleArray:
    """Energy in each band in dB, shape (`BANDS`,)."""
    size = 1 << (int(sound.shape[0]) - 1).bit_length()
    hz = np.asarray(np.fft.rfftfreq(size, 1.0 / RATE_HZ), np.float64)
    power = np.abs(np.fft.rfft(sound, size)) ** 2 / size
    return np.array([
        10 * np.log10(np.sum(power * band_weights(hz, b) ** 2) + 1e-12) for b in range(BANDS)
    ])  # fmt: skip


def fit_noise(rest: DoubleArray) -> FloatArray:
    """Levels of the bands whose noise has the same energies over time, shape (frames, `BANDS`).

    Band filters ring, so that levels read off a filtered recording are blurred. Noise made with
    them is measured in the same way, and they are corrected until it agrees.
    """
    times = frame_seconds()
    frames = times[: int(np.searchsorted(times, rest.shape[0] / RATE_HZ)) + 1]
    wanted = _levels(rest, frames)
    levels = wanted.copy()
    places = np.round(frames * RATE_HZ).astype(np.int64)
    bank = band_noise(RATE_HZ)
    for number in range(PASSES):
        power = np.zeros_like(wanted)
        for take in range(TAKES):
            at = np.arange(2 * BANDS).reshape(2, BANDS) * 2999 + 7919 * (number * TAKES + take)
            out = np.zeros((2, rest.shape[0]), np.float32)
            add_noise_bands(out, bank, at.astype(np.int64), places, levels.astype(np.float32), 0.0)
            power += _levels(out[0].astype(np.float64), frames) ** 2 / TAKES
        ratio = wanted / np.sqrt(power + 1e-18)
        levels *= np.clip(ratio, 0.25, 3.0) ** 0.7
    levels[-1] = 0.0
    floor = levels.max() * 10 ** (-75.0 / 20.0)
    return np.where(levels > floor, levels, 0.0).astype(np.float32)


def _levels(sound: DoubleArray, frames: DoubleArray) -> DoubleArray:
    """RMS of each band around each time."""
    size = 1 << (int(sound.shape[0] * 1.2) - 1).bit_length()
    weights = _weights(size)
    spectrum = np.fft.rfft(sound, size)
    edges = np.round((frames[1:] + frames[:-1]) / 2 * RATE_HZ).astype(int)
    edges = np.concatenate(([0], edges, [max(sound.shape[0], edges[-1] + 1)]))
    edges = np.maximum.accumulate(np.minimum(edges, sound.shape[0]))
    out = np.zeros((frames.shape[0], BANDS))
    for band in range(BANDS):
        y = np.fft.irfft(spectrum * weights[band], size)[: sound.shape[0]]
        total = np.concatenate(([0.0], np.cumsum(y**2)))
        counts = np.maximum(np.diff(edges), 1)
        out[:, band] = np.sqrt(np.diff(total[edges]) / counts)
    return out


@lru_cache(maxsize=2)
def _weights(size: int) -> DoubleArray:
    """Responses of all bands at the frequencies of a transform, shape (`BANDS`, size / 2 + 1)."""
    hz = np.asarray(np.fft.rfftfreq(size, 1.0 / RATE_HZ), np.float64)
    return np.array([band_weights(hz, band) for band in range(BANDS)])
