"""Placing a finished note in the part: gain, release, pitch bend."""

from __future__ import annotations

import math

import numpy as np

from songwright.render.jit import BLOCK, DoubleArray, FloatArray, kernel


@kernel
def mix_note(
    out: FloatArray,
    start: int,
    note: FloatArray,
    length: int,
    gain: float,
    pan_left: float,
    pan_right: float,
    gate: int,
    release_per_sample: float,
    fade: int,
) -> None:
    """Add a note to the part, damping it when the key comes up.

    Parameters
    ----------
    out, note
        Shape (2, samples). Samples before 0 or past the end of ``out`` are dropped.
    length
        Samples of the note to use.
    gate
        Sample of the note at which the damper falls; then it decays exponentially by
        ``release_per_sample`` nepers. Zero lets it ring.
    fade
        Length of the linear fade at the very end, against a click.
    """
    level = 1.0
    fall = math.exp(-release_per_sample)
    length = min(length, note.shape[1])
    end = min(length, out.shape[1] - start)
    begin = max(0, -start)
    for n in range(begin, end):
        if n >= gate:
            level *= fall
        amount = level * gain
        if n >= length - fade:
            amount *= (length - n) / fade
        out[0, start + n] += np.float32(amount * pan_left) * note[0, n]
        out[1, start + n] += np.float32(amount * pan_right) * note[1, n]


@kernel
def resample_note(note: FloatArray, rates: DoubleArray, out: FloatArray) -> int:
    """Read a note at a moving speed: pitch bend, vibrato and glides.

    ``rates`` has shape (blocks + 1,): samples of ``note`` for each sample of ``out``. Cubic
    (Catmull-Rom) interpolation. Returns how many samples were written before the note ended.
    """
    position = 0.0
    last = note.shape[1] - 3
    for n in range(out.shape[1]):
        block = n // BLOCK
        share = (n - block * BLOCK) / BLOCK
        whole = int(position)
        if whole > last:
            return int(n)
        x = np.float32(position - whole)
        before = max(whole - 1, 0)
        for channel in range(2):
            a = note[channel, before]
            b = note[channel, whole]
            c = note[channel, whole + 1]
            d = note[channel, whole + 2]
            m = np.float32(0.5) * (c - a)
            p = np.float32(0.5) * (d - b)
            e = b - c
            out[channel, n] = (((e + e + m + p) * x - (e + e + e + m + m + p)) * x + m) * x + b
        position += rates[block] + (rates[block + 1] - rates[block]) * share
    return int(out.shape[1])
