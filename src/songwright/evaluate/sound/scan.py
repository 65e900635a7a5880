"""One pass over the samples: loudness, level, low-end and peak figures in small steps of time.

Every figure of time that the metrics need is gathered here so that the samples are read once:
steps of 100 ms (as in `songwright.audio.loudness`, whose weighting and gates are used) and cells
of 1 ms for attacks and clicks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from songwright.audio import Audio
from songwright.audio.buffers import Samples64
from songwright.audio.loudness import k_weighting
from songwright.evaluate.sound.cells import CellListener
from songwright.mix.filters import high_pass, low_pass

STEP_SECONDS = 0.1
LOW_HZ, HIGH_HZ = 120.0, 2_500.0

# Columns of the table of steps.
K_LL, K_RR, K_LR = 0, 1, 2
LL, RR, LR = 3, 4, 5
SUM_L, SUM_R = 6, 7
LOW_LL, LOW_RR, LOW_LR = 8, 9, 10
MID_ENERGY, HIGH_ENERGY = 11, 12
PEAK, LOW_PEAK, MID_PEAK, HIGH_PEAK = 13, 14, 15, 16
COUNT = 17
_COLUMNS = 18

_BUTTERWORTH_4 = (0.541196100146197, 1.306562964876377)


@dataclass(frozen=True, slots=True)
class Scan:
    """Figures of a piece in steps of time.

    Attributes
    ----------
    steps
        One row per 100 ms, the last one may be shorter: shape (steps, columns), columns named by
        the constants of this module. Energies are sums over samples, ``COUNT`` says how many. Of
        a mono file the columns of both sides are equal.
    cell_peak, cell_energy, cell_jump
        Per 1 ms: largest magnitude, summed energy and largest magnitude of the second difference,
        over both channels; shape (cells,).
    peaks
        Largest magnitude of each channel; shape (channels,).
    channels
        1 or 2.
    """

    steps: Samples64
    cell_peak: NDArray[np.float32]
    cell_energy: NDArray[np.float32]
    cell_jump: NDArray[np.float32]
    peaks: NDArray[np.float32]
    channels: int

    def column(self, index: int) -> Samples64:
        """One column of ``steps``."""
        return self.steps[:, index]

    @property
    def weighted(self) -> Samples64:
        """K-weighted energy of each step, summed over the channels that exist."""
        left = self.column(K_LL)
        return left if self.channels == 1 else left + self.column(K_RR)

    @property
    def energy(self) -> Samples64:
        """Unweighted energy of each step, mean of the channels."""
        return np.asarray((self.column(LL) + self.column(RR)) / 2.0)


class ScanListener:
    """Hears a stream of ``length`` samples, length > 0; blocks begin on whole seconds."""

    def __init__(self, channels: int, length: int, sample_rate_hz: int) -> None:
        self._channels, self._rate = channels, sample_rate_hz
        self._filters = np.array(
            [
                k_weighting(sample_rate_hz).tolist(),
                [low_pass(LOW_HZ, sample_rate_hz, q) for q in _BUTTERWORTH_4],
                [high_pass(LOW_HZ, sample_rate_hz), low_pass(HIGH_HZ, sample_rate_hz)],
                [high_pass(HIGH_HZ, sample_rate_hz, q) for q in _BUTTERWORTH_4],
            ]
        )
        self._state = np.zeros((len(self._filters), 8))
        self._steps = np.zeros((-(-length * 10 // sample_rate_hz), _COLUMNS))
        self._cells = CellListener(channels, length, sample_rate_hz)
        self._at = 0

    def add(self, block: Audio) -> None:
        """Take the next samples ``(channels, n)``."""
        first = self._at * 10 // self._rate
        self._at += block.shape[1]
        last = -(-self._at * 10 // self._rate)
        steps = self._steps[first:last]
        _gather(block[0], block[-1], self._rate, self._filters, self._state, steps)
        self._cells.add(block)

    def result(self) -> Scan:
        """The figures, once the whole stream was heard."""
        cells = self._cells
        return Scan(self._steps, cells.peak, cells.energy, cells.jump, cells.peaks, self._channels)


@njit(cache=True, nogil=True)
def _filter(left, right, count, rows, state):  # type: ignore[no-untyped-def]
    """Two biquads over both channels in place, transposed direct form II.

    Four recursions side by side: each waits for its own last value, so they share the waiting.
    """
    b0, b1, b2, a1, a2 = rows[0]
    c0, c1, c2, d1, d2 = rows[1]
    l1, l2, r1, r2, m1, m2, s1, s2 = state
    for i in range(count):
        x = left[i]
        y = b0 * x + l1
        l1 = b1 * x - a1 * y + l2
        l2 = b2 * x - a2 * y
        z = c0 * y + m1
        m1 = c1 * y - d1 * z + m2
        m2 = c2 * y - d2 * z
        left[i] = z
        x = right[i]
        y = b0 * x + r1
        r1 = b1 * x - a1 * y + r2
        r2 = b2 * x - a2 * y
        z = c0 * y + s1
        s1 = c1 * y - d1 * z + s2
        s2 = c2 * y - d2 * z
        right[i] = z
    state[0], state[1], state[2], state[3] = l1, l2, r1, r2
    state[4], state[5], state[6], state[7] = m1, m2, s1, s2
    # Flush what has decayed beyond hearing: denormal arithmetic is a hundred times slower.
    for k in range(8):
        if abs(state[k]) < 1e-150:
            state[k] = 0.0


@njit(cache=True, nogil=True)
def _products(left, right, count):  # type: ignore[no-untyped-def]
    ll = rr = lr = peak = 0.0
    for i in range(count):
        ll += left[i] * left[i]
        rr += right[i] * right[i]
        lr += left[i] * right[i]
        peak = max(peak, abs(left[i]), abs(right[i]))
    return ll, rr, lr, peak


@njit(cache=True, nogil=True)
def _gather(left, right, rate, filters, state, steps):  # type: ignore[no-untyped-def]
    n = left.shape[0]
    longest = rate // 10 + 1
    a = np.zeros(longest)
    b = np.zeros(longest)
    for s in range(steps.shape[0]):
        begin = s * rate // 10
        count = min((s + 1) * rate // 10, n) - begin
        row = steps[s]
        row[17] = count
        sum_l = sum_r = 0.0
        for i in range(count):
            a[i] = left[begin + i]
            b[i] = right[begin + i]
            sum_l += a[i]
            sum_r += b[i]
        row[6], row[7] = sum_l, sum_r
        row[3], row[4], row[5], row[13] = _products(a, b, count)
        for f in range(4):
            if f > 0:
                for i in range(count):
                    a[i] = left[begin + i]
                    b[i] = right[begin + i]
            _filter(a, b, count, filters[f], state[f])
            ll, rr, lr, peak = _products(a, b, count)
            if f == 0:
                row[0], row[1], row[2] = ll, rr, lr
            elif f == 1:
                row[8], row[9], row[10], row[14] = ll, rr, lr, peak
            elif f == 2:
                row[11], row[15] = 0.5 * (ll + rr), peak
            else:
                row[12], row[16] = 0.5 * (ll + rr), peak
