"""Windows, frames and band energies that the measurements share."""

from __future__ import annotations

from functools import cache

import numpy as np

from songwright.render.fitted.model import NOISE_BANDS_HZ, DoubleArray, FloatArray
from training.instruments.record import RATE_HZ

EDGES_HZ = np.array(NOISE_BANDS_HZ)
CENTRES_HZ = np.sqrt(EDGES_HZ[:-1] * EDGES_HZ[1:])

# Blackman-Harris, 4 terms: side lobes below -92 dB (Harris 1978)
_BLACKMAN_HARRIS = (0.35875, -0.48829, 0.14128, -0.01168)
_BLACKMAN = (0.42, -0.5, 0.08)
_HANN = (0.5, -0.5)
_TERMS = {"hann": _HANN, "blackman": _BLACKMAN, "harris": _BLACKMAN_HARRIS}


@cache
def window(name: str, length: int) -> FloatArray:
    """A periodic window (``hann``, ``blackman``, ``harris``), float32, shape (length,)."""
    angle = 2.0 * np.pi * np.arange(length) / length
    terms = [a * np.cos(i * angle) for i, a in enumerate(_TERMS[name])]
    return np.asarray(np.sum(terms, axis=0), np.float32)


def frames(audio: FloatArray, centres: np.ndarray, length: int) -> FloatArray:
    """Pieces of ``length`` samples around centres, shape (channels, centres, length).

    Before the start and after the end of the audio there is silence.
    """
    half = length // 2
    padded = np.pad(audio, ((0, 0), (half, length)))
    view = np.lib.stride_tricks.sliding_window_view(padded, length, axis=1)
    at = np.clip(np.rint(centres).astype(np.int64), 0, view.shape[1] - 1)
    return np.asarray(view[:, at])


@cache
def _band_sums(bins: int) -> FloatArray:
    """Matrix (bins, 24) that adds power spectra into bands, sharing bins that lie across edges."""
    step = RATE_HZ / 2 / (bins - 1)
    low = (np.arange(bins) - 0.5) * step
    shares = np.minimum(low[:, None] + step, EDGES_HZ[1:]) - np.maximum(low[:, None], EDGES_HZ[:-1])
    return np.asarray(np.clip(shares, 0.0, None) / step, np.float32)


def band_power(pieces: FloatArray, name: str = "blackman") -> DoubleArray:
    """Mean-square level in the 24 bands of each piece, mean of the channels, shape (n, 24)."""
    length = pieces.shape[-1]
    shape = window(name, length)
    spectrum = np.fft.rfft(pieces * shape, axis=-1)
    power = (spectrum.real**2 + spectrum.imag**2).mean(axis=0)
    sums = power @ _band_sums(power.shape[-1])
    return np.asarray(sums * (2.0 / (length * float(np.sum(shape**2)))), np.float64)


GROUPS = ((0, 3, 1536), (3, 9, 640), (9, 16, 256), (16, 24, 128))
"""Bands measured with one short window: first, past the last, window length in samples."""


def onset_power(audio: FloatArray, centres: np.ndarray, least: int) -> DoubleArray:
    """Band powers with windows as short as the bands allow, at least ``least`` samples.

    Shape (centres, 24). Each window is weighed by the part of it that lies after the start, so
    that a sound that begins at once has its full level at once.
    """
    out = np.zeros((centres.shape[0], EDGES_HZ.shape[0] - 1))
    for first, last, shortest in GROUPS:
        length = max(shortest, 2 * (least // 2))
        powers = band_power(frames(audio, centres, length))
        squares = np.cumsum(window("blackman", length).astype(np.float64) ** 2)
        before = np.clip(length // 2 - np.rint(centres).astype(int), 0, length - 1)
        missing = np.where(before > 0, squares[np.maximum(before - 1, 0)], 0.0) / squares[-1]
        out[:, first:last] = (powers / (1.0 - missing)[:, None])[:, first:last]
    return out


def demodulate(
    audio: FloatArray, centres: np.ndarray, length: int, frequencies_hz: DoubleArray
) -> np.ndarray:
    """Complex amplitude of each partial around each centre.

    Shape (channels, centres, partials); a steady sine of amplitude 1 gives modulus 1, and its
    phase is that at the centre.
    """
    shape = window("hann", length)
    at = (np.arange(length) - length // 2) / RATE_HZ
    angle = (2.0 * np.pi * at)[:, None] * frequencies_hz[None, :]
    weights = (shape * (2.0 / shape.sum()))[:, None]
    real = (np.cos(angle) * weights).astype(np.float32)
    imag = (-np.sin(angle) * weights).astype(np.float32)
    pieces = frames(audio, centres, length)
    return np.asarray(pieces @ real + 1j * (pieces @ imag))
