"""Flat tops: where a wave was cut off because there was no room for it."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from songwright.evaluate.sound.scan import Scan
from songwright.evaluate.sound.sources import Sound, blocks

_LEAST_PEAK = 1e-3
_MOST = 4_096
_SAME = 2e-5
_LEVEL, _BEFORE, _LAST = 0, 1, 2
_LENGTH, _BEGIN, _RUNS = 0, 1, 2


def flat_tops(sound: Sound, scan: Scan) -> tuple[int, NDArray[np.int64]]:
    """Number of flat tops of all channels, and the samples at which the first of them begin.

    A top is flat when three or more samples within 2e-5 of each other reach 90 % of the channel's
    extreme or full scale, and the wave enters or leaves it by a step of more than a thousandth of
    it. The round top of a slow sine has equal samples, too, but no such step.

    Parameters
    ----------
    sound
        Read again, where it is loud.
    scan
        Its figures, which say where that is.
    """
    peaks = scan.peaks.astype(np.float64)
    extremes = np.minimum(0.9 * peaks, 0.999).astype(np.float32)
    extremes[peaks <= _LEAST_PEAK] = np.inf
    values = np.zeros((sound.channels, 3), np.float32)
    counts = np.zeros((sound.channels, 3), np.int64)
    found = np.zeros((sound.channels, _MOST), np.int64)
    if not np.isfinite(extremes).any():
        return 0, found[0, :0]
    for start, stop in blocks(sound):
        first, last = (at * 1_000 // sound.sample_rate_hz for at in (start, stop))
        loud = scan.cell_peak[first : last + 1].max(initial=0.0) >= extremes.min()
        if not loud and not counts[:, _LENGTH].any():
            values[:, _LAST] = np.nan  # not known; it is read when it is wanted
            continue
        if np.isnan(values[0, _LAST]):
            values[:, _LAST] = sound.read(start - 1, start)[:, 0]
        block = sound.read(start, stop)
        for channel, samples in enumerate(block):
            _follow(samples, start, extremes[channel], np.float32(_SAME),
                    _LEAST_PEAK * float(peaks[channel]), values[channel], counts[channel],
                    found[channel])  # fmt: skip
    for channel in range(sound.channels):
        silence = np.zeros(1, np.float32)  # what follows the last sample
        _follow(silence, sound.frames, extremes[channel], np.float32(_SAME),
                _LEAST_PEAK * float(peaks[channel]), values[channel], counts[channel],
                found[channel])  # fmt: skip
    runs = counts[:, _RUNS]
    return int(runs.sum()), np.concatenate(
        [row[: min(int(n), _MOST)] for row, n in zip(found, runs, strict=True)]
    )


@njit(cache=True, nogil=True)
def _follow(samples, start, extreme, same, edge, values, counts, found):  # type: ignore[no-untyped-def]
    """Go on counting runs of equal samples at an extreme, with at least one abrupt edge."""
    level, before, last = values[0], values[1], values[2]
    length = counts[0]
    for i in range(samples.shape[0]):
        x = samples[i]
        if length > 0:
            if abs(x - level) <= same and abs(x) >= extreme:
                length += 1
                last = x
                continue
            if length >= 3 and max(before, abs(level - x)) > edge:
                if counts[2] < found.shape[0]:
                    found[counts[2]] = counts[1]
                counts[2] += 1
            length = 0
        if abs(x) >= extreme:
            level, before, length = x, abs(x - last), 1
            counts[1] = start + i
        last = x
    values[0], values[1], values[2] = level, before, last
    counts[0] = length
