"""Long spectra (341 ms): the average spectrum of both sides and which narrow peaks persist."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from songwright.audio import Audio
from songwright.audio.buffers import Samples64
from songwright.audio.spectrum import band_levels, third_octave_centres
from songwright.evaluate.sound.frames import Frames
from songwright.evaluate.sound.short_spectra import window_samples
from songwright.evaluate.sound.weights import bin_hz

_WINDOW_SECONDS = 0.341
_BATCH = 16
CELLS_PER_OCTAVE = 48
_CELLS_HZ = (1_000.0, 12_000.0)  # below, the notes of a key stand as still as a resonance


@dataclass(frozen=True, slots=True)
class LongSpectra:
    """Average spectra (Welch, Hann windows half overlapped).

    Attributes
    ----------
    frequency_hz
        Shape (bins,).
    power_l, power_r, cross
        Mean power of left and right and the real part of their cross spectrum, one-sided, summing
        to the mean square of the signal; shape (bins,).
    cell_hz
        Centres of narrow cells, 48 to the octave; shape (cells,).
    cell_power
        Power of each frame in each cell; shape (frames, cells).
    hop_seconds
        Distance of the frames.
    """

    frequency_hz: Samples64
    power_l: Samples64
    power_r: Samples64
    cross: Samples64
    cell_hz: Samples64
    cell_power: NDArray[np.float32]
    hop_seconds: float

    @property
    def power(self) -> Samples64:
        """Mean of both sides, shape (bins,)."""
        return np.asarray((self.power_l + self.power_r) / 2.0)

    def third_octaves(self, power: Samples64) -> tuple[Samples64, Samples64]:
        """Centres in Hz and levels in dB of a power spectrum, 25 Hz to 16 kHz at the most."""
        centres = third_octave_centres(high_hz=min(16_000.0, 0.88 * float(self.frequency_hz[-1])))
        half_band = 10.0**0.05
        levels = band_levels(self.frequency_hz, power, centres / half_band, centres * half_band)
        return centres, levels


class LongListener:
    """Hears a stream of ``length`` samples, length > 0, and averages its spectra."""

    def __init__(self, channels: int, length: int, sample_rate_hz: int) -> None:
        self._rate, self._channels = sample_rate_hz, channels
        self._size = size = window_samples(_WINDOW_SECONDS, sample_rate_hz)
        self._window = np.hanning(size + 1)[:-1].astype(np.float32)
        high_hz = min(_CELLS_HZ[1], 0.45 * sample_rate_hz)
        octaves = np.log2(high_hz / _CELLS_HZ[0])
        edges_hz = _CELLS_HZ[0] * 2.0 ** (
            np.arange(int(octaves * CELLS_PER_OCTAVE) + 1) / CELLS_PER_OCTAVE
        )
        self._edges = np.unique(np.ceil(edges_hz * size / sample_rate_hz).astype(np.int64))
        self._frames = Frames(channels, length, size, size // 2, _BATCH)
        self._sums = np.zeros((3, size // 2 + 1))
        self._cells = np.zeros((self._frames.count, len(self._edges) - 1), np.float32)

    def add(self, block: Audio) -> None:
        """Take the next samples ``(channels, n)``."""
        for part, views in self._frames.add(block):
            a = scipy.fft.rfft(views[0] * self._window, axis=1)
            power_a = a.real**2 + a.imag**2
            if self._channels == 1:
                power_b, cross = power_a, power_a
            else:
                b = scipy.fft.rfft(views[1] * self._window, axis=1)
                power_b = b.real**2 + b.imag**2
                cross = a.real * b.real + a.imag * b.imag
            self._sums += [power_a.sum(axis=0), power_b.sum(axis=0), cross.sum(axis=0)]
            both = power_a + power_b
            self._cells[part] = np.add.reduceat(both, self._edges, axis=1)[:, :-1]

    def result(self) -> LongSpectra:
        """The average spectra, once the whole stream was heard."""
        size, edges, window = self._size, self._edges, self._window.astype(np.float64)
        sums = self._sums * (2.0 / (self._frames.count * size * float((window**2).sum())))
        sums[:, [0, -1]] *= 0.5
        cells = np.divide(self._cells, np.diff(edges), dtype=np.float32)
        cell_hz = (edges[:-1] + edges[1:] - 1) / 2.0 * self._rate / size
        frequency_hz = bin_hz(size, self._rate)
        power_l, power_r, cross = sums
        return LongSpectra(
            frequency_hz, power_l, power_r, cross, cell_hz, cells, size // 2 / self._rate
        )
