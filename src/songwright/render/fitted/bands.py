"""Noise in critical bands whose levels move: breath, bow, hammer and pick of a fitted note."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from songwright.render.fitted.model import BANDS, NOISE_BANDS_HZ
from songwright.render.fitted.partials import LONGEST_SEGMENT, SILENT_NEPERS
from songwright.render.jit import FloatArray, IntArray, kernel
from songwright.seeds import noise_rng

BANK_SIZE = 1 << 16
_SKIRT = 0.1  # of an edge frequency: bands fade into each other over this much, each way


@cache
def band_bank(sample_rate_hz: int) -> FloatArray:
    """Noise of each band, unit RMS, float32, shape (24, BANK_SIZE + LONGEST_SEGMENT).

    The end repeats the beginning, so that a segment may be read from anywhere. Bands above half
    the sample rate are silent. Powers of neighbouring bands sum to one where they overlap.
    """
    random = noise_rng(0, "fitted", "noise bank")
    white = np.fft.rfft(random.standard_normal(BANK_SIZE))
    hz = np.fft.rfftfreq(BANK_SIZE, 1.0 / sample_rate_hz)
    edges = np.array(NOISE_BANDS_HZ)
    # 0 below an edge, 1 above it, in angle, so that squares of rise and fall sum to one
    share = np.clip((hz / edges[:, None] - 1.0) / (2.0 * _SKIRT) + 0.5, 0.0, 1.0)
    above = np.sin(0.5 * np.pi * share)
    below = np.cos(0.5 * np.pi * share)
    bank = np.zeros((BANDS, BANK_SIZE + LONGEST_SEGMENT), np.float32)
    for band in range(BANDS):
        if edges[band] >= 0.45 * sample_rate_hz:
            break
        noise = np.fft.irfft(white * (above[band] * below[band + 1]), BANK_SIZE)
        bank[band, :BANK_SIZE] = noise / np.sqrt(np.mean(noise**2))
    bank[:, BANK_SIZE:] = bank[:, :LONGEST_SEGMENT]
    bank.flags.writeable = False
    return bank


@kernel
def _add_mono(
    out: FloatArray, first: FloatArray, ramp: FloatArray, level: np.float32, rise: np.float32
) -> None:
    for n in range(out.shape[0]):
        out[n] += (level + ramp[n] * rise) * first[n]


@kernel
def _add_stereo(
    left: FloatArray,
    right: FloatArray,
    first: FloatArray,
    second: FloatArray,
    ramp: FloatArray,
    common: np.float32,
    own: np.float32,
    level: np.float32,
    rise: np.float32,
) -> None:
    for n in range(left.shape[0]):
        amount = level + ramp[n] * rise
        middle = amount * common * first[n]
        side = amount * own * second[n]
        left[n] += middle + side
        right[n] += middle - side


@kernel
def add_bands(
    left: FloatArray,
    right: FloatArray,
    edges: IntArray,
    knots: FloatArray,
    layers: FloatArray,
    gains: FloatArray,
    levels: FloatArray,
    bank: FloatArray,
    places: IntArray,
    common: float,
    own: float,
    ramp: FloatArray,
) -> None:
    """Add the noise of a note.

    Parameters
    ----------
    left, right
        Shape (samples,). If ``own`` is 0 only the left side is written.
    edges, knots, layers, gains, ramp
        See `songwright.render.fitted.partials.add_partials`.
    levels
        Shape (layers, knots, 24): nepers, RMS of each band.
    bank
        From `band_bank`.
    places
        Shape (2, 24): where in the bank each band is read for the noise that both channels share
        and for the noise in which they differ.
    common, own
        Amplitude factors of the two.
    """
    size = bank.shape[1] - ramp.shape[0] + 1
    last_layer, last_knot = levels.shape[0] - 2, levels.shape[1] - 2
    for band in range(levels.shape[2]):
        before = np.float32(0.0)
        for edge in range(edges.shape[0]):
            layer = min(int(layers[edge]), last_layer)
            knot = min(int(knots[edge]), last_knot)
            up, on = layers[edge] - layer, knots[edge] - knot
            low = levels[layer, knot, band]
            low += on * (levels[layer, knot + 1, band] - low)
            high = levels[layer + 1, knot, band]
            high += on * (levels[layer + 1, knot + 1, band] - high)
            level = low + up * (high - low)
            amount = np.float32(0.0)
            if level > SILENT_NEPERS:
                amount = np.float32(math.exp(level)) * gains[edge]
            if edge > 0 and (before != 0.0 or amount != 0.0):
                begin, end = edges[edge - 1], edges[edge]
                count = end - begin
                rise = np.float32((amount - before) / count)
                first = (places[0, band] + begin) % size
                shared = bank[band, first : first + count]
                begin, end = begin - edges[0], end - edges[0]
                if own == 0.0:
                    _add_mono(left[begin:end], shared, ramp, before, rise)
                else:
                    second = (places[1, band] + edges[edge - 1]) % size
                    _add_stereo(
                        left[begin:end],
                        right[begin:end],
                        shared,
                        bank[band, second : second + count],
                        ramp,
                        np.float32(common),
                        np.float32(own),
                        before,
                        rise,
                    )
            before = amount
