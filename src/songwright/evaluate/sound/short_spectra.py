"""Short spectra (43 ms, every 11 ms) reduced at once to the few figures the metrics need.

The spectra themselves are never kept: an hour of music leaves about 100 MB of figures.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numba import njit
from numpy.typing import NDArray

from songwright.audio import Audio
from songwright.audio.buffers import Samples64
from songwright.evaluate.sound.frames import Frames
from songwright.evaluate.sound.weights import (
    BARKS,
    SPEAKERS_HZ,
    band_pass_weights,
    bark_edges,
    bin_hz,
    ear_weights,
    noise_loss_lu,
)

_WINDOW_SECONDS = 0.043
_BATCH = 64
_FLOOR = 1e-10  # power below which a bin counts as empty, as in common flatness code

BANDS_HZ = {
    "mid": (500.0, 4_000.0),
    "presence": (2_000.0, 5_000.0),
    "sibilant": (5_000.0, 10_000.0),
    "noise": (500.0, 8_000.0),
}

Table = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ShortSpectra:
    """Figures of each frame; powers are means of the channels, summed over bins.

    Attributes
    ----------
    hop_seconds, window_seconds
        Distance and length of the frames; frame ``i`` is centred at
        ``i * hop_seconds + window_seconds / 2``.
    power
        Whole power, re mean square of the signal; shape (frames,).
    centroid_hz
        Magnitude-weighted centroid; 0 for silent frames.
    flatness, noise_flatness
        Geometric over arithmetic mean of power, whole spectrum and 500 Hz to 8 kHz.
    crest_db
        Highest bin over the mean of its third octave, the largest of 500 Hz to 10 kHz.
    bark
        Power in critical bands, shape (frames, 24).
    bands
        Power in each of `BANDS_HZ`, shape (frames, 4).
    heard
        K-weighted power: plain, then through each of `SPEAKERS_HZ`; shape (frames, 4).
    noise_loss_lu
        What noise with the slope of recordings loses in each loudspeaker.
    panned
        Energy sounding from one side, all energy, the same two below 300 Hz; shape (4,).
    """

    hop_seconds: float
    window_seconds: float
    power: Table
    centroid_hz: Table
    flatness: Table
    noise_flatness: Table
    crest_db: Table
    bark: Table
    bands: Table
    heard: Table
    noise_loss_lu: dict[str, float]
    panned: Samples64

    @property
    def active(self) -> NDArray[np.bool_]:
        """Frames that sound: within 40 dB of the loud ones and above -80 dBFS."""
        if not self.power.size:
            return np.zeros(0, bool)
        return np.asarray(self.power > max(1e-8, 1e-4 * float(np.percentile(self.power, 95.0))))

    def band(self, name: str) -> Table:
        """Power of one of `BANDS_HZ` in each frame."""
        return self.bands[:, list(BANDS_HZ).index(name)]

    def seconds(self, frame: int) -> float:
        """Time of the middle of a frame."""
        return frame * self.hop_seconds + self.window_seconds / 2.0


def window_samples(seconds: float, sample_rate_hz: int) -> int:
    """Power of two nearest to a length in seconds."""
    return 1 << max(6, round(math.log2(seconds * sample_rate_hz)))


class ShortListener:
    """Hears a stream of ``length`` samples, length > 0, and keeps the figures of its frames."""

    def __init__(self, channels: int, length: int, sample_rate_hz: int) -> None:
        size = window_samples(_WINDOW_SECONDS, sample_rate_hz)
        hop = size // 4
        self._seconds = hop / sample_rate_hz, size / sample_rate_hz
        self._window = np.hanning(size + 1)[:-1].astype(np.float32)
        frequency_hz = bin_hz(size, sample_rate_hz)
        ear = ear_weights(frequency_hz, sample_rate_hz)
        speakers = {k: band_pass_weights(frequency_hz, *v) for k, v in SPEAKERS_HZ.items()}
        self._noise_loss_lu = {k: noise_loss_lu(frequency_hz, ear, s) for k, s in speakers.items()}
        weights = np.array([ear, *(ear * s for s in speakers.values())])
        ranges = _bins(np.array(list(BANDS_HZ.values())), size, sample_rate_hz)
        centres = 1_000.0 * 10.0 ** (np.arange(-3, 11) / 10.0)  # third octaves, 500 Hz to 10 kHz
        thirds = _bins(np.stack([centres / 10**0.05, centres * 10**0.05], 1), size, sample_rate_hz)
        bark = bark_edges(size, sample_rate_hz)
        low_bins = max(1, int(300.0 * size / sample_rate_hz))
        # One-sided power such that the sum over bins is the mean square of the signal.
        scale = 2.0 / (size * float((self._window.astype(np.float64) ** 2).sum()))
        self._facts = (scale, frequency_hz, weights, ranges, thirds, bark, low_bins)
        self._frames = Frames(channels, length, size, hop, _BATCH)
        count = self._frames.count
        self._figures = np.zeros((count, 5), np.float32)
        self._bark = np.zeros((count, BARKS), np.float32)
        self._bands = np.zeros((count, len(BANDS_HZ)), np.float32)
        self._heard = np.zeros((count, len(weights)), np.float32)
        self._panned = np.zeros(4)

    def add(self, block: Audio) -> None:
        """Take the next samples ``(channels, n)``."""
        for part, views in self._frames.add(block):
            spectra = [scipy.fft.rfft(view * self._window, axis=1) for view in views]
            _reduce(
                spectra[0], spectra[-1], *self._facts, self._figures[part], self._bark[part],
                self._bands[part], self._heard[part], self._panned,
            )  # fmt: skip

    def result(self) -> ShortSpectra:
        """The figures, once the whole stream was heard."""
        power, centroid_hz, flatness, noise_flatness, crest_db = self._figures.T
        return ShortSpectra(
            *self._seconds, power, centroid_hz, flatness, noise_flatness, crest_db, self._bark,
            self._bands, self._heard, self._noise_loss_lu, self._panned,
        )  # fmt: skip


def _bins(ranges_hz: Samples64, size: int, sample_rate_hz: int) -> NDArray[np.int64]:
    """First bin of each range and the bin after its last; empty beyond half the sample rate."""
    bins = np.ceil(ranges_hz * size / sample_rate_hz).astype(np.int64)
    return np.minimum(bins, size // 2 + 1)


@njit(cache=True, nogil=True, fastmath=True)
def _reduce(  # type: ignore[no-untyped-def]
    spectrum_l, spectrum_r, scale, frequency_hz, weights, ranges, thirds, bark, low_bins,
    figures, in_bark, in_bands, heard, panned,
):  # fmt: skip
    frames, bins = spectrum_l.shape
    power = np.zeros(bins)
    running = np.zeros(bins + 1)
    logs = np.zeros(bins // 8 + 2)
    one_side = 0.0526**2  # (|L|-|R|)/(|L|+|R|) > 0.9
    for t in range(frames):
        magnitude = weighted = side_energy = side_low = 0.0
        for k in range(bins):
            left = spectrum_l[t, k].real ** 2 + spectrum_l[t, k].imag ** 2
            right = spectrum_r[t, k].real ** 2 + spectrum_r[t, k].imag ** 2
            p = 0.5 * (left + right)
            power[k] = p
            root = np.sqrt(p)
            magnitude += root
            weighted += root * frequency_hz[k]
            beside = p if min(left, right) < one_side * max(left, right) else 0.0
            side_energy += beside
            if k < low_bins:
                side_low += beside
        for k in range(bins):
            running[k + 1] = running[k] + power[k]
        whole = running[bins]
        panned[0] += side_energy * scale
        panned[1] += whole * scale
        panned[2] += side_low * scale
        panned[3] += running[low_bins] * scale

        # The logarithm of eight bins at once: their product stays within a double's range.
        product = 1.0
        count = 0
        for k in range(bins):
            product *= max(power[k], 1e-10)
            if k % 8 == 7 or k == bins - 1:
                logs[count] = np.log(product)
                product = 1.0
                count += 1
        total_log = noise_log = 0.0
        for i in range(count):
            total_log += logs[i]
        first, last = ranges[3, 0] // 8, ranges[3, 1] // 8
        for i in range(first, last):
            noise_log += logs[i]

        figures[t, 0] = whole * scale
        figures[t, 1] = weighted / magnitude if magnitude > 1e-7 else 0.0
        figures[t, 2] = np.exp(total_log / bins) / max(whole / bins, 1e-10)
        noise_bins = 8 * (last - first)
        if noise_bins > 0:
            mean = (running[8 * last] - running[8 * first]) / noise_bins
            figures[t, 3] = np.exp(noise_log / noise_bins) / max(mean, 1e-10)

        crest = 1.0
        for b in range(thirds.shape[0]):
            lo, hi = thirds[b, 0], thirds[b, 1]
            energy = running[hi] - running[lo]
            if hi - lo < 4 or energy < 1e-4 * whole or energy <= 0.0:
                continue
            highest = 0.0
            for k in range(lo, hi):
                highest = max(highest, power[k])
            crest = max(crest, highest * (hi - lo) / energy)
        figures[t, 4] = 10.0 * np.log10(crest)

        for b in range(in_bark.shape[1]):
            in_bark[t, b] = (running[bark[b + 1]] - running[bark[b]]) * scale
        for b in range(ranges.shape[0]):
            in_bands[t, b] = (running[ranges[b, 1]] - running[ranges[b, 0]]) * scale
        for w in range(weights.shape[0]):
            energy = 0.0
            for k in range(bins):
                energy += power[k] * weights[w, k]
            heard[t, w] = energy * scale
