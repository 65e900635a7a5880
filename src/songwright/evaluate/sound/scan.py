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
from songwright.mix.filters import high_pass, low_pass

STEP_SECONDS = 0.1
CELL_SECONDS = 0.001
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
    channels
        1 or 2.
    """

    steps: Samples64
    cell_peak: NDArray[np.float32]
    cell_energy: NDArray[np.float32]
    cell_jump: NDArray[np.float32]
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


def scan(audio: Audio, sample_rate_hz: int) -> Scan:
    """Gather the figures of samples ``(channels, n)``, n > 0."""
    right = audio[-1]
    n = audio.shape[1]
    filters = np.array(
        [
            k_weighting(sample_rate_hz).tolist(),
            [low_pass(LOW_HZ, sample_rate_hz, q) for q in _BUTTERWORTH_4],
            [high_pass(LOW_HZ, sample_rate_hz), low_pass(HIGH_HZ, sample_rate_hz)],
            [high_pass(HIGH_HZ, sample_rate_hz, q) for q in _BUTTERWORTH_4],
        ]
    )
    count = -(-n * 10 // sample_rate_hz)
    steps = np.zeros((count, _COLUMNS))
    cells = np.zeros((3, -(-n * 1_000 // sample_rate_hz)), np.float32)
    _gather(audio[0], right, sample_rate_hz, filters, steps, cells)
    return Scan(steps, cells[0], cells[1], cells[2], audio.shape[0])


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
def _gather(left, right, rate, filters, steps, cells):  # type: ignore[no-untyped-def]
    n = left.shape[0]
    longest = rate // 10 + 1
    a = np.zeros(longest)
    b = np.zeros(longest)
    state = np.zeros((filters.shape[0], 8))
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

    l1 = l2 = r1 = r2 = np.float32(0.0)  # before the first sample lies silence
    for c in range(cells.shape[1]):
        peak = jump = energy = np.float32(0.0)
        for i in range(c * rate // 1_000, min((c + 1) * rate // 1_000, n)):
            x, y = left[i], right[i]
            peak = max(peak, abs(x), abs(y))
            jump = max(jump, abs(x - l1 - l1 + l2), abs(y - r1 - r1 + r2))
            energy += x * x + y * y
            l2, l1, r2, r1 = l1, x, r1, y
        cells[0, c], cells[1, c], cells[2, c] = peak, energy, jump


@njit(cache=True, nogil=True)
def _flat_tops(samples, extreme, same, edge, found):  # type: ignore[no-untyped-def]
    """Count runs of three or more equal samples at an extreme, with at least one abrupt edge."""
    n = samples.shape[0]
    runs = 0
    i = 0
    while i < n:
        level = samples[i]
        if abs(level) < extreme:
            i += 1
            continue
        stop = i + 1
        while stop < n and abs(samples[stop] - level) <= same and abs(samples[stop]) >= extreme:
            stop += 1
        if stop - i >= 3:
            before = abs(level - samples[i - 1]) if i > 0 else abs(level)
            after = abs(level - samples[stop]) if stop < n else abs(level)
            if max(before, after) > edge:
                if runs < found.shape[0]:
                    found[runs] = i
                runs += 1
        i = stop
    return runs


def flat_tops(samples: NDArray[np.float32], most: int = 4_096) -> tuple[int, NDArray[np.int64]]:
    """Number of flat tops of one channel and the sample at which each of the first begins.

    A top is flat when three or more samples within 2e-5 of each other reach 90 % of the channel's
    extreme or full scale, and the wave enters or leaves it by a step of more than a thousandth of
    it. The round top of a slow sine has equal samples, too, but no such step.
    """
    peak = float(max(samples.max(), -samples.min())) if samples.size else 0.0
    if peak <= 1e-3:
        return 0, np.zeros(0, np.int64)
    found = np.zeros(most, np.int64)
    extreme = min(0.9 * peak, 0.999)
    runs = int(_flat_tops(samples, np.float32(extreme), np.float32(2e-5), 1e-3 * peak, found))
    return runs, found[: min(runs, most)]
