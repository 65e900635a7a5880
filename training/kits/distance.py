"""How far a stroke is from a recording: log-spectral distance, and a few numbers of its own."""

from __future__ import annotations

import numpy as np

from songwright.render.jit import DoubleArray
from training.kits.hits import RATE_HZ

FLOOR_DB = -60.0
_BANDS = 32


def spectral_distance_db(one: DoubleArray, two: DoubleArray) -> float:
    """Mean absolute difference in dB of two strokes of equal energy, on two grids of time.

    Both are seen in 32 bands, even in pitch from 50 Hz to 16 kHz, in windows of 5 ms over the
    first 60 ms and of 43 ms over the whole; what lies 60 dB below the loudest cell counts as
    silence in both, and cells that are silent in both are left out.
    """
    length = max(one.shape[0], two.shape[0])
    a, b = (_equal(x, length) for x in (one, two))
    start = round(0.06 * RATE_HZ)
    parts = (
        (_grid(a[:start], 256, 64, 4096), _grid(b[:start], 256, 64, 4096)),
        (_grid(a, 2048, 512, 8192), _grid(b, 2048, 512, 8192)),
    )
    return float(np.mean([_difference(x, y) for x, y in parts]))


def centroid_hz(sound: DoubleArray) -> float:
    """Centre of gravity of the power spectrum."""
    power = np.abs(np.fft.rfft(sound)) ** 2
    hz = np.fft.rfftfreq(sound.shape[0], 1.0 / RATE_HZ)
    return float((hz * power).sum() / power.sum())


def fall_seconds(sound: DoubleArray, db: float = 20.0) -> float:
    """Time after which the energy that is left is ``db`` below the whole."""
    left = np.cumsum(sound[::-1] ** 2)[::-1]
    return float(np.argmax(left < left[0] * 10 ** (-db / 10.0)) / RATE_HZ)


def _equal(sound: DoubleArray, length: int) -> DoubleArray:
    padded = np.zeros(length)
    padded[: sound.shape[0]] = sound
    return np.asarray(padded / np.sqrt(np.sum(padded**2) + 1e-20))


def _grid(sound: DoubleArray, window: int, hop: int, size: int) -> DoubleArray:
    if sound.shape[0] < window:
        sound = np.pad(sound, (0, window - sound.shape[0]))
    frames = np.lib.stride_tricks.sliding_window_view(sound, window)[::hop] * np.hanning(window)
    power = np.abs(np.fft.rfft(frames, size)) ** 2
    hz = np.fft.rfftfreq(size, 1.0 / RATE_HZ)
    low = max(50.0, 0.7 * RATE_HZ / window)
    edges = low * (16000.0 / low) ** (np.arange(_BANDS + 1) / _BANDS)
    cells = np.searchsorted(hz, edges)
    summed = np.concatenate((np.zeros((power.shape[0], 1)), np.cumsum(power, 1)), 1)
    last = np.maximum(cells[1:], cells[:-1] + 1)
    return np.asarray((summed[:, last] - summed[:, cells[:-1]]) / (last - cells[:-1]))


def _difference(one: DoubleArray, two: DoubleArray) -> float:
    top = max(one.max(), two.max())
    floor = top * 10 ** (FLOOR_DB / 10.0)
    heard = (one > floor) | (two > floor)
    a, b = (10 * np.log10(np.maximum(x, floor)) for x in (one, two))
    return float(np.mean(np.abs(a - b)[heard]))
