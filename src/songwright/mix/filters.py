"""Filters of the second order: design, and a cascade that runs in place.

Designs follow R. Bristow-Johnson's *Audio EQ Cookbook*; the bilinear transform is prewarped, so a
high-pass is -3 dB at exactly its cutoff.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numba import njit

from songwright.audio import Audio
from songwright.audio.buffers import Samples64
from songwright.errors import AudioError
from songwright.mix.settings import EqBand

BUTTERWORTH_Q = 1.0 / math.sqrt(2.0)
_BLOCK = 2_048  # frames that stay in the first-level cache while every section passes over them
_HIGHEST = 0.49  # of the sample rate: above, a digital filter of this kind has no meaning


def _row(b0: float, b1: float, b2: float, a0: float, a1: float, a2: float) -> list[float]:
    return [b0 / a0, b1 / a0, b2 / a0, a1 / a0, a2 / a0]


def _angle(frequency_hz: float, q: float, sample_rate_hz: int) -> tuple[float, float]:
    w = 2.0 * math.pi * min(frequency_hz, _HIGHEST * sample_rate_hz) / sample_rate_hz
    return math.cos(w), math.sin(w) / (2.0 * q)


def high_pass(cutoff_hz: float, sample_rate_hz: int, q: float = BUTTERWORTH_Q) -> list[float]:
    """Biquad row ``b0 b1 b2 a1 a2`` of a high-pass, -3 dB at the cutoff for the default ``q``."""
    c, alpha = _angle(cutoff_hz, q, sample_rate_hz)
    return _row((1 + c) / 2, -(1 + c), (1 + c) / 2, 1 + alpha, -2 * c, 1 - alpha)


def low_pass(cutoff_hz: float, sample_rate_hz: int, q: float = BUTTERWORTH_Q) -> list[float]:
    """Biquad row of a low-pass, -3 dB at the cutoff for the default ``q``."""
    c, alpha = _angle(cutoff_hz, q, sample_rate_hz)
    return _row((1 - c) / 2, 1 - c, (1 - c) / 2, 1 + alpha, -2 * c, 1 - alpha)


def eq_band(band: EqBand, sample_rate_hz: int) -> list[float]:
    """Biquad row of one equaliser band.

    Raises
    ------
    AudioError
        If the kind is unknown.
    """
    c, alpha = _angle(band.frequency_hz, band.q, sample_rate_hz)
    a = 10.0 ** (band.gain_db / 40.0)
    if band.kind == "peak":
        return _row(1 + alpha * a, -2 * c, 1 - alpha * a, 1 + alpha / a, -2 * c, 1 - alpha / a)
    root = 2.0 * math.sqrt(a) * alpha
    if band.kind == "low_shelf":
        return _row(
            a * ((a + 1) - (a - 1) * c + root),
            2 * a * ((a - 1) - (a + 1) * c),
            a * ((a + 1) - (a - 1) * c - root),
            (a + 1) + (a - 1) * c + root,
            -2 * ((a - 1) + (a + 1) * c),
            (a + 1) + (a - 1) * c - root,
        )
    if band.kind == "high_shelf":
        return _row(
            a * ((a + 1) + (a - 1) * c + root),
            -2 * a * ((a - 1) + (a + 1) * c),
            a * ((a + 1) + (a - 1) * c - root),
            (a + 1) - (a - 1) * c + root,
            2 * ((a - 1) - (a + 1) * c),
            (a + 1) - (a - 1) * c - root,
        )
    raise AudioError(f"unknown equaliser band {band.kind!r}; use peak, low_shelf or high_shelf")


def eq_bands(bands: Sequence[EqBand], sample_rate_hz: int) -> list[list[float]]:
    """Biquad rows of those bands that change anything."""
    return [eq_band(band, sample_rate_hz) for band in bands if abs(band.gain_db) > 0.01]


def response_db(
    rows: Sequence[Sequence[float]], frequency_hz: Samples64, sample_rate_hz: int
) -> Samples64:
    """Magnitude in dB of a cascade at the given frequencies."""
    z = np.exp(-2j * np.pi * frequency_hz / sample_rate_hz)
    total = np.ones(len(frequency_hz), dtype=np.complex128)
    for b0, b1, b2, a1, a2 in rows:
        total *= (b0 + b1 * z + b2 * z**2) / (1.0 + a1 * z + a2 * z**2)
    return np.asarray(20.0 * np.log10(np.maximum(np.abs(total), 1e-12)))


@njit(cache=True, nogil=True)
def _cascade(audio, rows, state):  # type: ignore[no-untyped-def]
    """Filter stereo samples in place, transposed direct form II, states in double precision."""
    n = audio.shape[1]
    for start in range(0, n, _BLOCK):
        stop = min(start + _BLOCK, n)
        for s in range(rows.shape[0]):
            b0, b1, b2, a1, a2 = rows[s]
            l1, l2, r1, r2 = state[s]
            for i in range(start, stop):
                left = np.float64(audio[0, i])
                right = np.float64(audio[1, i])
                y = b0 * left + l1
                l1 = b1 * left - a1 * y + l2
                l2 = b2 * left - a2 * y
                audio[0, i] = y
                y = b0 * right + r1
                r1 = b1 * right - a1 * y + r2
                r2 = b2 * right - a2 * y
                audio[1, i] = y
            # Flush what has decayed beyond hearing: denormal arithmetic is a hundred times slower.
            state[s, 0] = l1 if abs(l1) > 1e-30 else 0.0
            state[s, 1] = l2 if abs(l2) > 1e-30 else 0.0
            state[s, 2] = r1 if abs(r1) > 1e-30 else 0.0
            state[s, 3] = r2 if abs(r2) > 1e-30 else 0.0


def apply_filters(
    audio: Audio, rows: Sequence[Sequence[float]], state: Samples64 | None = None
) -> None:
    """Pass stereo samples ``(2, n)`` through biquads one after another, in place.

    ``state``, zeros of shape (rows, 4) at first, carries the filters from block to block.
    """
    if rows:
        memory = np.zeros((len(rows), 4)) if state is None else state
        _cascade(audio, np.array(rows, dtype=np.float64), memory)
