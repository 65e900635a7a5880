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
from songwright.audio.truepeak import HALF, peak_envelope

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
def _apply(audio, reduction, ring_a, ring_b, state, fast, slow_up, slow_down):  # type: ignore[no-untyped-def]
    """Pass 3: release, smooth over the lengths of the two rings, apply in place.

    ``state``: fast and slow stage, sums of the rings, how long nothing was reduced, position in
    each ring, highest reduction, sum of reductions and how many samples were reduced.
    """
    n = audio.shape[1]
    first = ring_a.shape[0]
    second = ring_b.shape[0]
    fast_state, slow, sum_a, sum_b, idle, at_a, at_b, highest, total, touched = state
    a = int(at_a)
    b = int(at_b)
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
        sum_a += fast_state - ring_a[a]
        ring_a[a] = fast_state
        a = a + 1 if a + 1 < first else 0
        mean_a = sum_a / first
        sum_b += mean_a - ring_b[b]
        ring_b[b] = mean_a
        b = b + 1 if b + 1 < second else 0
        lower = min(1.0, max(0.0, sum_b / second))
        gain = 1.0 - lower
        audio[0, i] *= gain
        audio[1, i] *= gain
        if lower > 0.005:  # 0.04 dB
            touched += 1
            total += lower
            highest = max(highest, lower)
    state[:7] = (fast_state, slow, sum_a, sum_b, idle, float(a), float(b))
    state[7:] = (highest, total, touched)


def release_paces(steps_per_second: float) -> tuple[float, float, float]:
    """Factors a step of the two release stages: what the fast one keeps, the slow one's rise and
    fall.
    """

    def pace(seconds: float) -> float:
        return -math.expm1(-1.0 / (seconds * steps_per_second))

    return (
        1.0 - pace(_FAST_RELEASE_SECONDS),
        pace(_SLOW_ATTACK_SECONDS),
        pace(_SLOW_RELEASE_SECONDS),
    )


class Limiter:
    """A limiter that takes sound block by block; block lengths do not change a bit of the result.

    `needed` says what every sample of a stretch needs and depends on nothing before, so stretches
    can be prepared in several threads; `apply` then takes them in order.

    Parameters
    ----------
    ceiling_dbtp
        Highest true peak of the result.
    sample_rate_hz
        Sample rate.
    """

    def __init__(self, ceiling_dbtp: float, sample_rate_hz: int) -> None:
        rate = sample_rate_hz
        self._ceiling = np.float32(10.0 ** ((ceiling_dbtp - _MARGIN_DB) / 20.0))
        self.reach = max(4, round(LOOK_AHEAD_SECONDS * rate))
        first = self.reach // 2
        # The two means together span the look-ahead and no more.
        self._rings = np.zeros(first), np.zeros(self.reach + 2 - first)
        self._state = np.zeros(10)
        self._frames = 0
        self._paces = release_paces(rate)

    @property
    def before(self) -> int:
        """Samples in front of a stretch that `needed` wants to see, where there are any."""
        return HALF + 1

    @property
    def after(self) -> int:
        """Samples behind a stretch that `needed` wants to see, where there are any."""
        return self.reach + HALF + 1

    def needed(self, audio: Audio, first: int, count: int) -> NDArray[np.float32]:
        """Reduction that each of ``count`` samples from ``first`` on needs, look-ahead included.

        ``audio`` ``(2, n)`` is the stretch with what stands `before` and `after` it.
        """
        reduction = np.empty(audio.shape[1], dtype=np.float32)
        peak_envelope(audio, float(self._ceiling), _POINTS, reduction)
        _needed(reduction, self._ceiling)
        _look_ahead(reduction, self.reach)
        return reduction[first : first + count]

    def apply(self, audio: Audio, reduction: NDArray[np.float32]) -> None:
        """Reduce the next samples ``(2, n)`` in place."""
        if not audio.shape[1]:
            return
        if not self._frames:
            # Before the first sample the gain already stands where a loud beginning needs it.
            start = float(reduction[0])
            for ring in self._rings:
                ring[:] = start
            self._state[:4] = (start, 0.0, start * len(self._rings[0]), start * len(self._rings[1]))
        _apply(audio, reduction, *self._rings, self._state, *self._paces)
        self._frames += audio.shape[1]

    def result(self) -> Limiting:
        """What was done so far."""
        highest, total, touched = self._state[7:]
        return Limiting(
            highest_db=-20.0 * math.log10(max(1e-6, 1.0 - highest)),
            mean_db=-20.0 * math.log10(max(1e-6, 1.0 - total / touched)) if touched else 0.0,
            share=float(touched) / max(1, self._frames),
        )


def limit(audio: Audio, ceiling_dbtp: float, sample_rate_hz: int) -> Limiting:
    """Hold stereo samples ``(2, n)`` under a true-peak ceiling, in place.

    Parameters
    ----------
    audio
        Changed in place; not delayed, both channels share one gain.
    ceiling_dbtp
        Highest true peak of the result.
    sample_rate_hz
        Sample rate.
    """
    limiter = Limiter(ceiling_dbtp, sample_rate_hz)
    if audio.shape[1]:
        limiter.apply(audio, limiter.needed(audio, 0, audio.shape[1]))
    return limiter.result()
