"""Bending a wave at four times its rate, so that what folds back lies 60 dB below the tone.

A 48-tap polyphase low-pass, closing from 18 kHz on, leads up to the higher rate and back. Kernels
work in chunks, phase by phase, so that every inner loop runs over neighbouring samples: `take_in`
the next samples, `interpolate` each phase, bend it, `give_back` what the phases add up to.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from songwright.render.jit import FloatArray, kernel

OVERSAMPLING = 4
PHASE_TAPS = 12


@cache
def interpolation_filter() -> FloatArray:
    """Polyphase low-pass for 4x up and down, shape (OVERSAMPLING, PHASE_TAPS)."""
    count = OVERSAMPLING * PHASE_TAPS
    n = np.arange(count) - (count - 1) / 2
    taps = np.sinc(n / OVERSAMPLING * 0.75) * np.kaiser(count, 7.0)
    taps *= OVERSAMPLING / taps.sum()
    return np.ascontiguousarray(taps.reshape(PHASE_TAPS, OVERSAMPLING).T, dtype=np.float32)


@kernel
def take_in(mono: FloatArray, begin: int, slow: FloatArray, fast: FloatArray, chunk: int) -> None:
    """Move ``slow`` and all phases of ``fast`` on by a chunk; silence follows the end."""
    past = slow.shape[0] - chunk
    slow[:past] = slow[chunk:].copy()
    for n in range(chunk):
        at = begin + n
        slow[past + n] = mono[at] if at < mono.shape[0] else np.float32(0.0)
    for phase in range(fast.shape[0]):
        fast[phase, :past] = fast[phase, chunk:].copy()


@kernel
def interpolate(slow: FloatArray, weights: FloatArray, row: FloatArray) -> None:
    """One phase of the higher rate into ``row``, shape (chunk,)."""
    past, chunk = weights.shape[0] - 1, row.shape[0]
    row[:] = np.float32(0.0)
    for i in range(weights.shape[0]):
        weight = weights[i]
        source = slow[past - i : past - i + chunk]
        for n in range(chunk):
            row[n] += weight * source[n]


@kernel
def give_back(
    fast: FloatArray, filters: FloatArray, row: FloatArray, mono: FloatArray, begin: int
) -> None:
    """Back to the rate of ``mono``, in its place; the delay of both filters is removed."""
    phases, taps = filters.shape
    past, chunk = taps - 1, row.shape[0]
    share = np.float32(1.0 / phases)
    row[:] = np.float32(0.0)
    for phase in range(phases):
        for i in range(taps):
            weight = filters[phase, i] * share
            source = fast[phases - 1 - phase, past - i : past - i + chunk]
            for n in range(chunk):
                row[n] += weight * source[n]
    for n in range(chunk):
        at = begin + n - past
        if 0 <= at < mono.shape[0]:
            mono[at] = row[n]


@kernel
def bend(wave: FloatArray, gain: float, lean: float) -> None:
    """``tanh(gain x + lean) - tanh(lean)`` in place."""
    rest = np.float32(math.tanh(lean))
    push = np.float32(gain)
    bias = np.float32(lean)
    limit = np.float32(4.97)
    for n in range(wave.shape[0]):
        x = min(max(push * wave[n] + bias, -limit), limit)
        # Pade approximant of tanh, within 1e-4
        s = x * x
        top = x * (np.float32(135135.0) + s * (np.float32(17325.0) + s * (np.float32(378.0) + s)))
        bottom = np.float32(135135.0) + s * (
            np.float32(62370.0) + s * (np.float32(3150.0) + s * np.float32(28.0))
        )
        wave[n] = top / bottom - rest
