"""Saturation without aliasing worth hearing, and the soft clip before the limiter.

The curve is ``x / sqrt(1 + x²)``. First-order antiderivative anti-aliasing (J. Parker et
al., *Reducing the aliasing of nonlinear waveshaping using continuous-time convolution*, DAFx-16)
averages it between two samples; for this curve the average has the closed form
``(x1 + x0) / (sqrt(1 + x1²) + sqrt(1 + x0²))``, which is cheap and never divides by zero.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from songwright.audio import Audio
from songwright.audio.buffers import Samples64
from songwright.mix.settings import REFERENCE_LUFS

_DRIVE_DB_CLEAN, _DRIVE_DB_FULL = 0.0, 24.0
_BIAS = 0.15  # a little asymmetry gives the even harmonics of valves and tape


@njit(cache=True, nogil=True)
def _saturate(audio, drive, bias, blocker, state):  # type: ignore[no-untyped-def]
    """Drive stereo samples through the curve in place; small signals keep their level.

    Only the distortion goes through the averaging (which dulls the highest octave); the linear
    part passes untouched. ``blocker`` is the one-pole factor that removes the offset of the bias.
    ``state`` (2, 2) is the sample before and the offset, for each channel.
    """
    root = math.sqrt(1.0 + bias * bias)
    slope = 1.0 / (root * root * root)  # of the curve at the bias
    scale = 1.0 / (drive * slope)
    rest = bias / root
    for c in range(2):
        linear0, offset = state[c]
        x0 = drive * linear0 + bias
        root0 = math.sqrt(1.0 + x0 * x0)
        for i in range(audio.shape[1]):
            x = np.float64(audio[c, i])
            x1 = drive * x + bias
            root1 = math.sqrt(1.0 + x1 * x1)
            bent = ((x1 + x0) / (root1 + root0) - rest) * scale
            residue = bent - 0.5 * (x + linear0)
            offset += blocker * (residue - offset)
            audio[c, i] = x + residue - offset
            x0 = x1
            root0 = root1
            linear0 = x
        state[c, 0] = linear0
        state[c, 1] = offset


def saturate(
    audio: Audio, amount: float, sample_rate_hz: int, state: Samples64 | None = None
) -> None:
    """Saturate stereo samples ``(2, n)`` in place.

    Parameters
    ----------
    audio
        At `REFERENCE_LUFS`; changed in place. The gain of small signals stays 1.
    amount
        0 (nothing happens) to 1 (24 dB of drive, clearly distorted).
    sample_rate_hz
        Sample rate.
    state
        Zeros of shape (2, 2) at first; carries the curve from block to block.
    """
    if amount <= 0.0:
        return
    drive_db = _DRIVE_DB_CLEAN + (_DRIVE_DB_FULL - _DRIVE_DB_CLEAN) * min(1.0, amount)
    # At drive 0 dB a signal at the reference loudness, with its usual peaks, only touches the bend.
    drive = 10.0 ** ((drive_db - REFERENCE_LUFS - 20.0) / 20.0)
    blocker = -math.expm1(-2.0 * math.pi * 8.0 / sample_rate_hz)
    _saturate(audio, drive, _BIAS, blocker, np.zeros((2, 2)) if state is None else state)


@njit(cache=True, nogil=True)
def _soft_clip(audio, gain, knee, top, out):  # type: ignore[no-untyped-def]
    room = top - knee
    for c in range(2):
        for i in range(audio.shape[1]):
            x = audio[c, i] * gain
            size = abs(x)
            if size > knee:
                over = (size - knee) / room
                bent = knee + room * over / (1.0 + over)
                x = math.copysign(bent, x)
            out[c, i] = x


def soft_clip(audio: Audio, gain: float, ceiling: float, amount: float, out: Audio) -> None:
    """Write ``audio * gain`` to ``out`` with its highest peaks rounded.

    Parameters
    ----------
    audio, out
        Stereo samples of one shape.
    gain
        Amplitude factor applied first.
    ceiling
        The amplitude that the limiter will hold afterwards.
    amount
        0 rounds nothing. With 1 the bend begins 4 dB below the ceiling and no peak passes 3 dB
        above it: what the limiter would have to duck for is rounded instead.
    """
    if amount <= 0.0:
        np.multiply(audio, np.float32(gain), out=out)
        return
    knee, top = soft_clip_edges(ceiling, amount)
    _soft_clip(audio, np.float32(gain), np.float32(knee), np.float32(top), out)


def soft_clip_edges(ceiling: float, amount: float) -> tuple[float, float]:
    """Amplitudes at which the rounding of `soft_clip` begins and which it never passes."""
    if amount <= 0.0:
        return math.inf, math.inf
    return ceiling * 10.0 ** (-4.0 * amount / 20.0), ceiling * 10.0 ** (3.0 / 20.0)
