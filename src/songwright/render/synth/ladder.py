"""A four-pole ladder filter with saturation in its loop, and how far its poles lie from its cutoff.

Topology-preserving form after V. Zavalishin, "The Art of VA Filter Design" (2012), chapters 5
and 6: the feedback is solved without delay for the linear ladder, then bent by a cubic that
saturates.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from songwright.render.jit import BLOCK, FloatArray, kernel

MAX_FEEDBACK = 3.9
"""The ladder whistles by itself from 4 on."""


@lru_cache(maxsize=256)
def pole_ratio(feedback: float) -> float:
    """Pole frequency over the frequency at which the ladder has lost 3 dB.

    The response is ``(1 + k) / ((1 + jw)^4 + k)`` with ``w`` relative to the poles; the cutoff is
    the last ``w`` at which it passes -3 dB.
    """
    low, high = 0.1, 8.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        gain = (1.0 + feedback) / abs((1.0 + 1j * middle) ** 4 + feedback)
        low, high = (middle, high) if gain > math.sqrt(0.5) else (low, middle)
    return 1.0 / low


@kernel
def _one_sample(
    x: float, h: float, solve: float, k: float, back: float,
    s1: float, s2: float, s3: float, s4: float,
) -> tuple[float, float, float, float, float]:  # fmt: skip
    """One sample through saturation and four poles: the output and the states after it.

    Each stage is written out from the input and the old states, so that the four do not wait for
    each other.
    """
    rest = 1.0 - h
    h2 = h * h
    r1, r2, r3, r4 = rest * s1, rest * s2, rest * s3, rest * s4
    p2 = h * r1 + r2
    p3 = h2 * r1 + (h * r2 + r3)
    p4 = h * h2 * r1 + (h2 * r2 + (h * r3 + r4))
    u = (x - k * p4) * solve
    u = min(max(u, -1.5), 1.5)
    u = back * (u - u * u * u * (4.0 / 27.0))
    y = h2 * h2 * u + p4
    return (
        y, 2.0 * (h * u + r1) - s1, 2.0 * (h2 * u + p2) - s2, 2.0 * (h2 * h * u + p3) - s3,
        2.0 * y - s4,
    )  # fmt: skip


@kernel
def ladder_stereo(
    left: FloatArray,
    right: FloatArray,
    cutoffs_hz: FloatArray,
    ratio: float,
    feedback: float,
    drive: float,
    sample_rate_hz: float,
) -> None:
    """Filter a stereo buffer in place, 24 dB per octave.

    Parameters
    ----------
    cutoffs_hz, ratio
        Shape (blocks + 1,), kept between 10 Hz and 0.45 of the sample rate; and `pole_ratio`.
    feedback
        0..4; the loss of lows that it brings is made good by half.
    drive
        Gain into the saturation and back out of it; small signals pass at unity.
    """
    top = 0.45 * sample_rate_hz
    make_up = drive * math.sqrt(1.0 + feedback)
    k = drive * feedback
    a1 = a2 = a3 = a4 = b1 = b2 = b3 = b4 = 0.0
    g = ratio * math.tan(math.pi * min(max(float(cutoffs_hz[0]), 10.0), top) / sample_rate_hz)
    back = 1.0 / drive
    for block in range(left.shape[0] // BLOCK):
        cutoff = min(max(float(cutoffs_hz[block + 1]), 10.0), top)
        after = ratio * math.tan(math.pi * cutoff / sample_rate_hz)
        h = g / (1.0 + g)
        h_end = after / (1.0 + after)
        h_step = (h_end - h) / BLOCK
        solve = 1.0 / (1.0 + feedback * h**4)
        solve_step = (1.0 / (1.0 + feedback * h_end**4) - solve) / BLOCK
        g = after
        for n in range(block * BLOCK, (block + 1) * BLOCK):
            y, a1, a2, a3, a4 = _one_sample(make_up * left[n], h, solve, k, back, a1, a2, a3, a4)
            left[n] = np.float32(y)
            y, b1, b2, b3, b4 = _one_sample(make_up * right[n], h, solve, k, back, b1, b2, b3, b4)
            right[n] = np.float32(y)
            h += h_step
            solve += solve_step
        # a state that fades into subnormal numbers would slow the processor a hundredfold
        if abs(a1) + abs(a4) + abs(b1) + abs(b4) < 1e-18:
            a1 = a2 = a3 = a4 = b1 = b2 = b3 = b4 = 0.0
