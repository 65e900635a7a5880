"""Tempo from onsets: a Fourier tempogram read at the beat and its divisions.

Periodicity alone cannot tell a tempo from its half or double; a preference for moderate tempi
(log-normal around 105 BPM, as in listeners' tapping) decides, and the caller may compare octaves.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FRAME_HZ = 100
_LOW_BPM, _HIGH_BPM = 40.0, 220.0
_SIZE = 1 << 17


def onset_train(
    onsets_seconds: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Onset strength at 100 frames a second, each onset shared between its two frames."""
    if onsets_seconds.size == 0:
        return np.zeros(0)
    at = onsets_seconds * FRAME_HZ
    first = np.floor(at).astype(int)
    train = np.zeros(int(first.max()) + 2)
    np.add.at(train, first, weights * (1.0 - (at - first)))
    np.add.at(train, first + 1, weights * (at - first))
    return train


def estimate_tempo(strength: NDArray[np.float64]) -> float | None:
    """Tempo in beats a minute of an onset strength curve at 100 frames a second.

    Returns
    -------
    float or None
        None when there are fewer than two seconds or no onsets.
    """
    if strength.size < 2 * FRAME_HZ or not np.any(strength > 0):
        return None
    centred = strength - strength.mean()
    if centred.size > _SIZE:
        centred = centred[:_SIZE]
    window = np.hanning(centred.size)
    spectrum = np.abs(np.fft.rfft(centred * window, _SIZE))
    bpm = np.arange(_LOW_BPM, _HIGH_BPM, 0.05)
    score = np.zeros(bpm.size)
    for multiple, weight in ((1.0, 1.0), (2.0, 0.7), (4.0, 0.35), (0.5, 0.25), (0.25, 0.2)):
        score += weight * _read(spectrum, bpm / 60.0 * multiple)
    prior = np.exp(-0.5 * (np.log2(bpm / 105.0) / 0.7) ** 2)
    return float(round(bpm[int(np.argmax(score * prior))], 2))


def _read(spectrum: NDArray[np.float64], frequency_hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Spectrum at any frequency by linear interpolation."""
    at = frequency_hz / FRAME_HZ * _SIZE
    return np.interp(at, np.arange(spectrum.size), spectrum)


def same_tempo(a_bpm: float, b_bpm: float, tolerance: float = 0.04) -> bool:
    """True if two tempi agree, counting half, double and the triple feel as agreement."""
    ratios = (1.0, 2.0, 0.5, 1.5, 2 / 3, 3.0, 1 / 3, 4.0, 0.25, 0.75, 4 / 3)
    return any(abs(a_bpm / (b_bpm * r) - 1.0) <= tolerance for r in ratios)
