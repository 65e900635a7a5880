"""A bank of decaying sine waves: the sound of everything that is struck or plucked.

Each mode is a complex number that is turned and shrunk once per sample. Sixty-four consecutive
samples are kept side by side and advanced together, so the processor works on whole vectors and
a mode costs about 0.1 ns per sample.
"""

from __future__ import annotations

import math

import numpy as np

from songwright.render.jit import BLOCK, DoubleArray, FloatArray, kernel


@kernel
def add_modes(
    out: FloatArray,
    frequencies_hz: DoubleArray,
    amplitudes: DoubleArray,
    decays_per_second: DoubleArray,
    phases: DoubleArray,
    sample_rate_hz: float,
    floor: float,
) -> None:
    """Add ``sum a exp(-d t) sin(2 pi f t + phase)`` to ``out``.

    Parameters
    ----------
    out
        Shape (samples,), a multiple of `BLOCK` long.
    frequencies_hz, amplitudes, decays_per_second, phases
        Shape (modes,); the decay is in nepers per second (T60 = 6.91 / d).
    floor
        A mode stops when its amplitude falls below this value.
    """
    lanes = BLOCK
    real = np.empty(lanes, np.float32)
    imaginary = np.empty(lanes, np.float32)
    total_blocks = out.shape[0] // lanes
    for mode in range(frequencies_hz.shape[0]):
        amplitude = amplitudes[mode]
        if abs(amplitude) <= floor:
            continue
        turn = 2.0 * math.pi * frequencies_hz[mode] / sample_rate_hz
        shrink = decays_per_second[mode] / sample_rate_hz
        for lane in range(lanes):
            level = amplitude * math.exp(-shrink * lane)
            angle = phases[mode] + turn * lane
            real[lane] = level * math.sin(angle)
            imaginary[lane] = level * math.cos(angle)
        step = math.exp(-shrink * lanes)
        cosine = np.float32(step * math.cos(turn * lanes))
        sine = np.float32(step * math.sin(turn * lanes))
        blocks = total_blocks
        if shrink > 0.0:
            blocks = min(blocks, int(math.log(abs(amplitude) / floor) / (shrink * lanes)) + 1)
        for block in range(blocks):
            target = out[block * lanes : (block + 1) * lanes]
            for lane in range(lanes):
                x = real[lane]
                y = imaginary[lane]
                target[lane] += x
                real[lane] = x * cosine + y * sine
                imaginary[lane] = y * cosine - x * sine
