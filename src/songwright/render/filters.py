"""State-variable filter and filtered noise, with cutoffs that may move.

The filter is the trapezoidal (topology-preserving) state-variable filter of V. Zavalishin, "The
Art of VA Filter Design" (2012), chapter 4: stable under fast modulation and exactly -3 dB at its
cutoff for Q = 0.707.
"""

from __future__ import annotations

import math

import numpy as np

from songwright.render.jit import BLOCK, FloatArray, kernel

LOWPASS, BANDPASS, HIGHPASS = 0, 1, 2


@kernel
def filter_stereo(
    left: FloatArray,
    right: FloatArray,
    cutoffs_hz: FloatArray,
    q: float,
    mode: int,
    sample_rate_hz: float,
) -> None:
    """Filter a stereo buffer in place.

    ``cutoffs_hz`` has shape (blocks + 1,) and is kept between 10 Hz and 0.45 of the sample rate.
    Mode is `LOWPASS`, `BANDPASS` (0 dB at its centre) or `HIGHPASS`; 12 dB per octave.
    """
    damping = 1.0 / q
    top = 0.45 * sample_rate_hz
    s1l = s2l = s1r = s2r = 0.0
    g = math.tan(math.pi * min(max(cutoffs_hz[0], 10.0), top) / sample_rate_hz)
    for block in range(left.shape[0] // BLOCK):
        after = min(max(cutoffs_hz[block + 1], 10.0), top)
        g_after = math.tan(math.pi * after / sample_rate_hz)
        a1 = 1.0 / (1.0 + g * (g + damping))
        a2 = g * a1
        a1_after = 1.0 / (1.0 + g_after * (g_after + damping))
        a1_step = (a1_after - a1) / BLOCK
        a2_step = (g_after * a1_after - a2) / BLOCK
        g_step = (g_after - g) / BLOCK
        for n in range(block * BLOCK, (block + 1) * BLOCK):
            a3 = g * a2
            x = float(left[n])
            v3 = x - s2l
            v1 = a1 * s1l + a2 * v3
            v2 = s2l + a2 * s1l + a3 * v3
            s1l = 2.0 * v1 - s1l
            s2l = 2.0 * v2 - s2l
            y = float(right[n])
            w3 = y - s2r
            w1 = a1 * s1r + a2 * w3
            w2 = s2r + a2 * s1r + a3 * w3
            s1r = 2.0 * w1 - s1r
            s2r = 2.0 * w2 - s2r
            if mode == 0:
                left[n] = v2
                right[n] = w2
            elif mode == 1:
                left[n] = damping * v1
                right[n] = damping * w1
            else:
                left[n] = x - damping * v1 - v2
                right[n] = y - damping * w1 - w2
            a1 += a1_step
            a2 += a2_step
            g += g_step
        g = g_after
        # a state that fades into subnormal numbers would slow the processor a hundredfold
        if abs(s1l) + abs(s2l) + abs(s1r) + abs(s2r) < 1e-18:
            s1l = s2l = s1r = s2r = 0.0


@kernel
def add_noise(
    left: FloatArray,
    right: FloatArray,
    noise: FloatArray,
    left_at: int,
    right_at: int,
    levels: FloatArray,
    centres_hz: FloatArray,
    q: float,
    sample_rate_hz: float,
) -> None:
    """Add band-pass filtered noise to a stereo buffer.

    Parameters
    ----------
    noise
        A bank of white noise whose length is a power of two, read from ``left_at`` and
        ``right_at`` on (the same place for both gives mono noise).
    levels, centres_hz
        Shape (blocks + 1,): amplitude before the filter, and centre of the band.
    """
    mask = noise.shape[0] - 1
    damping = 1.0 / q
    top = 0.45 * sample_rate_hz
    s1l = s2l = s1r = s2r = 0.0
    for block in range(left.shape[0] // BLOCK):
        level = float(levels[block])
        level_step = (float(levels[block + 1]) - level) / BLOCK
        g = math.tan(math.pi * min(max(centres_hz[block], 10.0), top) / sample_rate_hz)
        a1 = 1.0 / (1.0 + g * (g + damping))
        a2 = g * a1
        a3 = g * a2
        if level <= 0.0 and level_step <= 0.0 and abs(s1l) + abs(s2l) < 1e-9:
            s1l = s2l = s1r = s2r = 0.0
            continue
        for n in range(block * BLOCK, (block + 1) * BLOCK):
            v3 = level * noise[(left_at + n) & mask] - s2l
            v1 = a1 * s1l + a2 * v3
            s2l += 2.0 * (a2 * s1l + a3 * v3)
            s1l = 2.0 * v1 - s1l
            w3 = level * noise[(right_at + n) & mask] - s2r
            w1 = a1 * s1r + a2 * w3
            s2r += 2.0 * (a2 * s1r + a3 * w3)
            s1r = 2.0 * w1 - s1r
            left[n] += np.float32(damping * v1)
            right[n] += np.float32(damping * w1)
            level += level_step


def constant(value: float, blocks: int) -> FloatArray:
    """A control curve that does not move, shape (blocks + 1,)."""
    return np.full(blocks + 1, value, np.float32)
