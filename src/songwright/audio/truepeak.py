"""True peak: the highest level between the samples (ITU-R BS.1770-4, annex 2).

A polyphase interpolator evaluates the band-limited signal at 4 (or 8) points per sample. The
standard's own 12-tap phases droop towards 20 kHz, so longer Kaiser-windowed phases are used.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numba import njit
from numpy.typing import NDArray

from songwright.audio.buffers import Audio

OVERSAMPLING = 4
TAPS = 32
"""Filter length per phase; half of it is the reach in samples to either side."""

HALF = TAPS // 2
_KAISER_BETA = 6.0
_SKIP_BLOCK = 256


@cache
def _phases(factor: int) -> NDArray[np.float32]:
    positions = np.arange(TAPS) - (HALF - 1)
    fractions = np.arange(1, factor) / factor
    distance = fractions[:, None] - positions[None, :]
    window = np.i0(_KAISER_BETA * np.sqrt(np.maximum(0.0, 1.0 - (distance / HALF) ** 2)))
    taps = np.sinc(distance) * window
    taps /= taps.sum(axis=1, keepdims=True)  # every phase passes DC with gain 1
    phases = taps.astype(np.float32)
    phases.setflags(write=True)
    return phases


def interpolation_phases(factor: int = OVERSAMPLING) -> NDArray[np.float32]:
    """Filter taps ``(factor - 1, TAPS)`` for the points between two samples.

    Row ``p`` gives the value at ``n + (p + 1) / factor`` as the dot product with samples
    ``n - HALF + 1 ... n + HALF``. The point at ``n`` itself is the sample.
    """
    return _phases(factor)


@cache
def overshoot_bound(factor: int = OVERSAMPLING) -> float:
    """Largest ratio of a point between samples to the largest sample around it."""
    return float(np.abs(interpolation_phases(factor)).sum(axis=1).max())


# Kernels that call each other or share constants stay in one file: numba notices a change only in
# the file of the function that it cached.


@njit(cache=True, nogil=True, fastmath=True)
def _peaks_between(window, count, phases, points, peaks):  # type: ignore[no-untyped-def]
    """Raise ``peaks[i]`` to the largest magnitude at or just after sample ``i``.

    ``window`` holds ``count + TAPS`` samples of one channel and sample ``i`` of the block lies at
    ``window[HALF - 1 + i]``; ``points`` is scratch of ``count`` values. All float32.
    """
    for i in range(count):
        peaks[i] = max(peaks[i], abs(window[HALF - 1 + i]))
    for p in range(phases.shape[0]):
        for i in range(count):
            points[i] = 0.0
        for k in range(TAPS):
            tap = phases[p, k]
            for i in range(count):
                points[i] += tap * window[k + i]
        for i in range(count):
            peaks[i] = max(peaks[i], abs(points[i]))


@njit(cache=True, nogil=True)
def _highest(audio, begin, end, phases, bound, highest):  # type: ignore[no-untyped-def]
    channels, n = audio.shape
    window = np.zeros(_SKIP_BLOCK + TAPS, dtype=np.float32)
    points = np.zeros(_SKIP_BLOCK, dtype=np.float32)
    peaks = np.zeros(_SKIP_BLOCK, dtype=np.float32)
    for c in range(channels):
        for start in range(begin, end, _SKIP_BLOCK):
            count = min(_SKIP_BLOCK, end - start)
            largest = np.float32(0.0)
            for k in range(count + TAPS):
                at = start + k - (HALF - 1)
                value = audio[c, at] if 0 <= at < n else np.float32(0.0)
                window[k] = value
                largest = max(largest, abs(value))
            # Most blocks cannot beat the peak that is already known, whatever lies between.
            if largest * bound <= highest:
                continue
            peaks[:] = 0.0
            _peaks_between(window, count, phases, points, peaks)
            for i in range(count):
                highest = max(highest, np.float64(peaks[i]))
    return highest


@njit(cache=True, nogil=True)
def _envelope(audio, phases, bound, threshold, envelope):  # type: ignore[no-untyped-def]
    channels, n = audio.shape
    window = np.zeros(_SKIP_BLOCK + 1 + TAPS, dtype=np.float32)
    points = np.zeros(_SKIP_BLOCK + 1, dtype=np.float32)
    peaks = np.zeros(_SKIP_BLOCK + 1, dtype=np.float32)
    for start in range(0, n, _SKIP_BLOCK):
        count = min(_SKIP_BLOCK, n - start)
        peaks[:] = 0.0
        for c in range(channels):
            largest = np.float32(0.0)
            # One sample earlier, too: the points after it lie just before this block.
            for k in range(count + 1 + TAPS):
                at = start - 1 + k - (HALF - 1)
                value = audio[c, at] if 0 <= at < n else np.float32(0.0)
                window[k] = value
                largest = max(largest, abs(value))
            if largest * bound > threshold:
                _peaks_between(window, count + 1, phases, points, peaks)
        for i in range(count):
            envelope[start + i] = max(peaks[i], peaks[i + 1])


def peak_envelope(
    audio: Audio, threshold: float, factor: int, envelope: NDArray[np.float32]
) -> None:
    """Write the true peak around every sample, over all channels.

    Parameters
    ----------
    audio
        Samples ``(channels, n)``.
    threshold
        Amplitude of interest: stretches that cannot reach it are not looked into and read 0.
    factor
        Points per sample.
    envelope
        Result ``(n,)``: highest magnitude between the sample before and the sample after each.
    """
    _envelope(
        audio,
        interpolation_phases(factor),
        np.float32(overshoot_bound(factor)),
        np.float32(threshold),
        envelope,
    )


def true_peak(audio: Audio, factor: int = OVERSAMPLING) -> float:
    """Highest magnitude of the band-limited signal, as an amplitude (1.0 = 0 dBTP).

    Parameters
    ----------
    audio
        Float32 samples ``(channels, samples)``, taken as silent beyond both ends.
    factor
        Points per sample: 4 as in the standard, 8 for a stricter check.
    """
    meter = TruePeakMeter(audio.shape[0], factor)
    meter.add(audio)
    return meter.finish()


class TruePeakMeter:
    """True peak of a stream of blocks, equal to that of the whole.

    Attributes
    ----------
    highest
        Highest magnitude found so far as an amplitude; complete after `finish`.
    """

    def __init__(self, channels: int, factor: int = OVERSAMPLING) -> None:
        self.highest = 0.0
        self._phases = interpolation_phases(factor)
        self._bound = overshoot_bound(factor)
        self._kept = np.zeros((channels, 0), dtype=np.float32)
        # Samples of _kept whose points were looked at; the first points lie in the silence before.
        self._seen = -HALF

    def add(self, block: Audio) -> None:
        """Take the next samples."""
        joined = np.concatenate([self._kept, block], axis=1) if self._kept.size else block
        settled = joined.shape[1] - HALF  # later points need samples that are still to come
        if settled > self._seen:
            self._look(joined, settled)
            kept_from = max(0, settled - TAPS)
            self._seen = settled - kept_from
            joined = joined[:, kept_from:].copy()
        self._kept = joined

    def finish(self) -> float:
        """Highest magnitude of everything that was added."""
        beyond = self._kept.shape[1] + HALF  # an abrupt end rings on into the silence
        self._look(self._kept, beyond)
        self._seen = beyond
        return self.highest

    def _look(self, audio: Audio, end: int) -> None:
        self.highest = float(
            _highest(audio, self._seen, end, self._phases, self._bound, self.highest)
        )


def amplitude_to_db(amplitude: float) -> float | None:
    """Level in dB of an amplitude; ``None`` for silence, which has no level."""
    return 20.0 * math.log10(amplitude) if amplitude > 0.0 else None
