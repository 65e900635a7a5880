"""The stereo picture: width, decorrelation, mono lows, pan and fader."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from songwright.audio import Audio
from songwright.audio.buffers import Samples64
from songwright.mix.filters import high_pass

_SPREAD_LOW_HZ = 250.0
_SPREAD_SECONDS = (0.0067, 0.0113, 0.0031)  # mutually odd, short enough not to be heard as echoes
_SPREAD_FEEDBACK = 0.55
_RING = 8_192  # longest all-pass in samples, up to 384 kHz


@njit(cache=True, nogil=True)
def _widen(audio, side_gain, spread, delays, spread_row, mono_row, state):  # type: ignore[no-untyped-def]
    """Scale the sides, add a decorrelated side made from the middle, remove low sides; in place."""
    n = audio.shape[1]
    rings = np.zeros((delays.shape[0], _RING), dtype=np.float32)
    b0, b1, b2, a1, a2 = mono_row
    c0, c1, c2, d1, d2 = spread_row
    s1, s2 = state
    t1 = t2 = 0.0
    for i in range(n):
        left = np.float64(audio[0, i])
        right = np.float64(audio[1, i])
        middle = 0.5 * (left + right)
        side = 0.5 * (left - right) * side_gain
        if spread > 0.0:
            # All-pass filters change only phases: the new side has the middle's spectrum.
            v = c0 * middle + t1
            t1 = c1 * middle - d1 * v + t2
            t2 = c2 * middle - d2 * v
            for k in range(delays.shape[0]):
                late = rings[k, (i - delays[k]) & (_RING - 1)]
                back = v - _SPREAD_FEEDBACK * late
                if abs(back) < 1e-25:
                    back = 0.0
                rings[k, i & (_RING - 1)] = back
                v = late + _SPREAD_FEEDBACK * back
            side += spread * v
        y = b0 * side + s1
        s1 = b1 * side - a1 * y + s2
        s2 = b2 * side - a2 * y
        if abs(s1) + abs(s2) + abs(t1) + abs(t2) < 1e-25:
            s1 = s2 = t1 = t2 = 0.0
        audio[0, i] = middle + y
        audio[1, i] = middle - y
    state[0] = s1
    state[1] = s2


MOST_MONO_LOSS_LU = 1.3
"""Loudness that a master may lose when its sides are folded to mono."""


def mono_safe_width(width: float, side_share: float) -> float:
    """The width asked for, or the largest at which the fold-down to mono loses little loudness.

    Parameters
    ----------
    width
        Side gain that is wanted.
    side_share
        K-weighted power of the sides against that of the middle. Middle and side add in power, so
        with the width w the loss is ``10 log10(1 + w² · side_share)``.
    """
    if side_share <= 0.0:
        return width
    allowed = 10.0 ** (MOST_MONO_LOSS_LU / 10.0) - 1.0
    return min(width, math.sqrt(allowed / side_share))


def widen(
    audio: Audio,
    width: float,
    spread: float,
    mono_below_hz: float,
    sample_rate_hz: int,
    state: Samples64 | None = None,
) -> None:
    """Shape the stereo width of samples ``(2, n)`` in place; the mono sum never changes.

    Parameters
    ----------
    audio
        Changed in place.
    width
        Side gain: 0 mono, 1 unchanged, at most 2.
    spread
        0..1: level of a side signal made from the middle by all-pass filters above 250 Hz
        (M. Schroeder's pseudo-stereo); adds width to a mono sound and cancels in mono.
    mono_below_hz
        Cutoff of a high-pass on the sides; 0 leaves them.
    sample_rate_hz
        Sample rate.
    state
        Two zeros at first; carries the high-pass on the sides from block to block, for a sound
        without spread.
    """
    if width == 1.0 and spread <= 0.0 and mono_below_hz <= 0.0:
        return
    unchanged = [1.0, 0.0, 0.0, 0.0, 0.0]
    mono_row = high_pass(mono_below_hz, sample_rate_hz) if mono_below_hz > 0.0 else unchanged
    delays = np.array(
        [round(second * sample_rate_hz) for second in _SPREAD_SECONDS], dtype=np.int64
    )
    _widen(
        audio,
        min(2.0, max(0.0, float(width))),
        min(1.0, max(0.0, float(spread))),
        delays,
        np.array(high_pass(_SPREAD_LOW_HZ, sample_rate_hz)),
        np.array(mono_row),
        np.zeros(2) if state is None else state,
    )


def pan_gains(pan: float) -> tuple[float, float]:
    """Left and right amplitude of the constant-power pan law.

    ``pan`` -1 is left, 0 the middle with gain 1 on both sides, 1 right; the power of both
    together is 2 everywhere, so a hard-panned channel is 3 dB up.
    """
    angle = (min(1.0, max(-1.0, pan)) + 1.0) * math.pi / 4.0
    return math.sqrt(2.0) * math.cos(angle), math.sqrt(2.0) * math.sin(angle)


def set_fader(audio: Audio, gain: float, pan: float) -> None:
    """Scale and pan stereo samples ``(2, n)`` in place."""
    left, right = pan_gains(pan)
    audio[0] *= np.float32(gain * left)
    audio[1] *= np.float32(gain * right)
