"""Figures of a sound in steps of 1 ms, fine enough for attacks, holes and clicks."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from songwright.audio import Audio

CELL_SECONDS = 0.001


class CellListener:
    """Hears a stream of ``length`` samples; blocks begin on whole seconds.

    Attributes
    ----------
    peak, energy, jump
        Of each cell: largest magnitude, summed energy and largest magnitude of the second
        difference, over both channels; shape (cells,).
    peaks
        Largest magnitude of each channel; shape (channels,).
    """

    def __init__(self, channels: int, length: int, sample_rate_hz: int) -> None:
        self._rate, self._at = sample_rate_hz, 0
        self._before = np.zeros(4, np.float32)  # before the first sample lies silence
        self._sides = np.zeros(2, np.float32)
        self.peak, self.energy, self.jump = np.zeros(
            (3, -(-length * 1_000 // sample_rate_hz)), np.float32
        )
        self.peaks: NDArray[np.float32] = self._sides[:channels]

    def add(self, block: Audio) -> None:
        """Take the next samples ``(channels, n)``."""
        first = self._at * 1_000 // self._rate
        self._at += block.shape[1]
        last = -(-self._at * 1_000 // self._rate)
        here = slice(first, last)
        _gather(block[0], block[-1], self._rate, self._before, self._sides, self.peak[here],
                self.energy[here], self.jump[here])  # fmt: skip


@njit(cache=True, nogil=True)
def _gather(  # type: ignore[no-untyped-def]
    left, right, rate, before, sides, peaks, energies, jumps
):  # fmt: skip
    """Fill cells; ``before`` are the two samples of each side that came before."""
    n = left.shape[0]
    l1, l2, r1, r2 = before
    for c in range(peaks.shape[0]):
        peak_l = peak_r = jump = energy = np.float32(0.0)
        for i in range(c * rate // 1_000, min((c + 1) * rate // 1_000, n)):
            x, y = left[i], right[i]
            peak_l, peak_r = max(peak_l, abs(x)), max(peak_r, abs(y))
            jump = max(jump, abs(x - l1 - l1 + l2), abs(y - r1 - r1 + r2))
            energy += x * x + y * y
            l2, l1, r2, r1 = l1, x, r1, y
        sides[0], sides[1] = max(sides[0], peak_l), max(sides[1], peak_r)
        peaks[c], energies[c], jumps[c] = max(peak_l, peak_r), energy, jump
    before[0], before[1], before[2], before[3] = l1, l2, r1, r2
