"""Look-ahead true-peak limiter.

Three passes over one control signal, the *reduction* ``1 - gain``:

1. what every sample needs, from the level at and between the samples (8 points per sample);
2. the highest of that over the look-ahead, so that the gain is down before a peak arrives;
3. release in two stages, then two running means that turn steps into curves.

The means are together as long as the look-ahead and average values that each already suffice,
so the result never reduces less than pass 1 asked for (the proof of the ceiling). The fast
release lets go after a transient in tens of milliseconds; the slow stage follows sustained
limiting and carries it, so that a bass note is not reshaped within its own period.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from songwright.audio import Audio
from songwright.audio.truepeak import peak_envelope

LOOK_AHEAD_SECONDS = 0.0025
_FAST_RELEASE_SECONDS = 0.05
_SLOW_ATTACK_SECONDS = 0.06
_SLOW_RELEASE_SECONDS = 0.45
_MARGIN_DB = 0.03  # for peaks between those points
_POINTS = 8  # per sample; the four of the standard can miss a peak by 0.3 dB near 20 kHz


@dataclass(frozen=True, slots=True)
class Limiting:
    """What a limiter did: highest reduction, and mean over the samples that were reduced."""

    highest_db: float
    mean_db: float
    share: float


@njit(cache=True, nogil=True)
def _needed(peaks, ceiling):  # type: ignore[no-untyped-def]
    """Pass 1: turn peaks into the reductions that bring them to the ceiling, in place."""
    for i in range(peaks.shape[0]):
        peak = peaks[i]
        peaks[i] = np.float32(1.0) - ceiling / peak if peak > ceiling else np.float32(0.0)


@njit(cache=True, nogil=True)
def _look_ahead(reduction, reach):  # type: ignore[no-untyped-def]
    """Pass 2: ``reduction[i] = max(reduction[i ... i + reach])`` in place.

    M. van Herk's algorithm: cut into pieces of ``reach + 1``; every window is the end of one piece
    and the beginning of the next, whose running maxima take one comparison per sample each.
    """
    n = reduction.shape[0]
    piece = reach + 1
    ahead = np.zeros(piece, dtype=np.float32)
    for start in range(0, n, piece):
        running = np.float32(0.0)
        ahead[0] = 0.0
        for k in range(reach):
            at = start + piece + k
            if at < n:
                running = max(running, reduction[at])
            ahead[k + 1] = running
        running = np.float32(0.0)
        for k in range(min(piece, n - start) - 1, -1, -1):
            running = max(running, reduction[start + k])
            reduction[start + k] = max(running, ahead[k])


@njit(cache=True, nogil=True)
def _apply(audio, reduction, first, second, fast, slow_up, slow_down):  # type: ignore[no-untyped-def]
    """Pass 3: release, smooth over ``first`` and ``second`` samples, apply in place."""
    n = audio.shape[1]
    # Before the first sample the gain already stands where a loud beginning needs it.
    fast_state = float(reduction[0])
    slow = 0.0
    ring_a = np.full(first, fast_state)
    ring_b = np.full(second, fast_state)
    sum_a = fast_state * first
    sum_b = fast_state * second
    highest = total = 0.0
    touched = 0
    idle = 0
    for i in range(n):
        need = float(reduction[i])
        if need == 0.0 and fast_state < 1e-6 and slow < 1e-6:
            idle += 1
            fast_state = slow = 0.0
            if idle > first + second:
                sum_a = sum_b = 0.0  # clears the rounding left by running sums
                continue
        else:
            idle = 0
        slow += (slow_up if need > slow else slow_down) * (need - slow)
        fast_state = max(need, slow + (fast_state - slow) * fast)
        a = i % first
        sum_a += fast_state - ring_a[a]
        ring_a[a] = fast_state
        mean_a = sum_a / first
        b = i % second
        sum_b += mean_a - ring_b[b]
        ring_b[b] = mean_a
        lower = min(1.0, max(0.0, sum_b / second))
        gain = 1.0 - lower
        audio[0, i] *= gain
        audio[1, i] *= gain
        if lower > 0.005:  # 0.04 dB
            touched += 1
            total += lower
            highest = max(highest, lower)
    return highest, total, touched


def limit(
    audio: Audio,
    ceiling_dbtp: float,
    sample_rate_hz: int,
    control: NDArray[np.float32] | None = None,
) -> Limiting:
    """Hold stereo samples ``(2, n)`` under a true-peak ceiling, in place.

    Parameters
    ----------
    audio
        Changed in place; not delayed, both channels share one gain.
    ceiling_dbtp
        Highest true peak of the result.
    sample_rate_hz
        Sample rate.
    control
        Scratch of ``n`` float32 values, so that repeated calls need not allocate it.
    """
    n = audio.shape[1]
    if n == 0:
        return Limiting(0.0, 0.0, 0.0)
    reduction = np.empty(n, dtype=np.float32) if control is None else control
    ceiling = np.float32(10.0 ** ((ceiling_dbtp - _MARGIN_DB) / 20.0))
    peak_envelope(audio, float(ceiling), _POINTS, reduction)
    _needed(reduction, ceiling)
    reach = max(4, round(LOOK_AHEAD_SECONDS * sample_rate_hz))
    _look_ahead(reduction, reach)
    first = reach // 2
    second = reach + 2 - first  # the two means together span the look-ahead and no more

    def pace(seconds: float) -> float:
        return -math.expm1(-1.0 / (seconds * sample_rate_hz))

    highest, total, touched = _apply(
        audio,
        reduction,
        first,
        second,
        1.0 - pace(_FAST_RELEASE_SECONDS),
        pace(_SLOW_ATTACK_SECONDS),
        pace(_SLOW_RELEASE_SECONDS),
    )
    return Limiting(
        highest_db=-20.0 * math.log10(max(1e-6, 1.0 - highest)),
        mean_db=-20.0 * math.log10(max(1e-6, 1.0 - total / touched)) if touched else 0.0,
        share=touched / n,
    )
