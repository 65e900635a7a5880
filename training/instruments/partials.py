"""Where the partials of a note are when they form no series: the peaks of its spectrum."""

from __future__ import annotations

import numpy as np
from scipy.signal import find_peaks

from songwright.render.fitted.model import DoubleArray, FloatArray
from training.instruments.pitch import TRANSFORM, steady_spectrum_db
from training.instruments.record import RATE_HZ

STRETCHES = ((0.015, 0.06), (0.03, 0.25), (0.1, 1.2))
"""Parts of the note that are searched (start and length in seconds): quick modes, slow modes."""


APART_HZ = 25.0
"""Partials nearer than this are one that beats: windows of the length used cannot part them."""

SKIRT_DB, SKIRT_DB_PER_HZ, SKIRT_HZ = 10.0, 0.4, 150.0
"""Peaks on the skirt of a stronger one are its modulation, not partials of their own."""


def free_partials(mono: FloatArray, most: int, lowest_hz: float) -> DoubleArray:
    """Frequencies in Hz of the ``most`` strongest peaks, rising.

    A peak stands 14 dB above the level of its surroundings and less than 62 dB below the highest.
    Peaks of the longer stretches are known better and win over near ones of shorter stretches.
    """
    found: list[tuple[float, float]] = []
    for start, seconds in reversed(STRETCHES):
        level = steady_spectrum_db(mono, start, seconds)
        per_hz = TRANSFORM / RATE_HZ
        apart = 5.0 / seconds
        peaks, _ = find_peaks(
            level,
            height=-62.0,
            distance=max(int(apart * 0.5 * per_hz), 1),
            prominence=14.0,
            wlen=max(int(12 * apart * per_hz), 9),
        )
        for peak in sorted(peaks, key=lambda at: -level[at]):
            hz, height = _between(level, int(peak)) / per_hz, float(level[peak])
            if lowest_hz <= hz <= 18000.0 and not any(
                _same(hz, height, other, top, apart) for other, top in found
            ):
                found.append((hz, height))
    found.sort(key=lambda item: -item[1])
    return np.array(sorted(hz for hz, _ in found[:most]))


def _same(hz: float, height: float, other_hz: float, other_height: float, apart: float) -> bool:
    away = abs(hz - other_hz)
    if away <= max(apart, APART_HZ):
        return True
    return away < SKIRT_HZ and height < other_height - SKIRT_DB - SKIRT_DB_PER_HZ * away


def _between(level: DoubleArray, peak: int) -> float:
    a, b, c = level[peak - 1 : peak + 2]
    bend = a - 2 * b + c
    return peak + (0.5 * (a - c) / bend if bend < 0 else 0.0)
