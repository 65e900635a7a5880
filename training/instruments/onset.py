"""The first hundredths of a second: how fast partials rise, and the knock or breath beside them.

A window long enough to tell partials apart smears an attack. So the partials are taken from the
first window that fits behind the onset and followed back to it; how they rise is read from short
windows in the bands, against the same windows over the partials as they would sound alone. What
is left over in a band is noise.
"""

from __future__ import annotations

import numpy as np

from songwright.render.fitted.model import DoubleArray, FloatArray
from training.instruments.record import RATE_HZ
from training.instruments.spectrum import CENTRES_HZ, EDGES_HZ, onset_power

OVERSHOOT = 1.25
"""Power that partials may have in a short window before the rest counts as noise (1 dB)."""


def add_up(
    amplitudes: DoubleArray,
    knots: DoubleArray,
    phases: DoubleArray,
    at: float,
    frequencies_hz: DoubleArray,
    samples: int,
) -> FloatArray:
    """Sum of partials, shape (1, samples).

    ``amplitudes`` has shape (knots, partials), ``knots`` are in samples, ``phases`` hold at sample
    ``at``.
    """
    time = np.arange(samples)
    out = np.zeros(samples)
    for k in range(0, frequencies_hz.shape[0], 16):
        few = slice(k, k + 16)
        angle = (2.0 * np.pi / RATE_HZ) * frequencies_hz[few, None] * (time - at)
        waves = np.cos(angle + phases[few, None], dtype=np.float32)
        levels = np.array([np.interp(time, knots, row) for row in amplitudes[:, few].T])
        out += (waves * levels).sum(axis=0)
    return out[None].astype(np.float32)


def sharpen(
    audio: FloatArray,
    knots: DoubleArray,
    amplitudes: DoubleArray,
    phases: DoubleArray,
    at: float,
    frequencies_hz: DoubleArray,
    period: float,
) -> tuple[DoubleArray, DoubleArray]:
    """Amplitudes (knots, partials) with their rise, and noise power (knots, 24) beside them.

    ``knots`` (samples) are those of the onset, ``amplitudes`` are those followed back to it.
    """
    least = int(min(0.5 * period, 1024))
    samples = int(knots[-1]) + max(1600, least)
    recorded = onset_power(audio[:, :samples], knots, least)
    if frequencies_hz.shape[0] == 0:
        return amplitudes, recorded
    alone = add_up(amplitudes, knots, phases, at, frequencies_hz, samples)
    band = np.clip(np.searchsorted(EDGES_HZ, frequencies_hz) - 1, 0, CENTRES_HZ.shape[0] - 1)
    strength = np.zeros(CENTRES_HZ.shape[0])
    np.add.at(strength, band, (amplitudes**2).max(axis=0))
    known = strength > 1e-6 * strength.max()
    expected = onset_power(alone, knots, least)
    rise = np.sqrt(np.clip(recorded / np.maximum(expected, 1e-16), 1e-6, OVERSHOOT))
    # single windows read the ripple within a period: what rises does so without falling back
    rise = np.maximum.accumulate(np.sqrt(rise * np.minimum(rise, _next(rise))), axis=0)
    shaped = amplitudes.copy()
    for n in range(knots.shape[0]):
        log_rise = np.interp(
            np.log(frequencies_hz), np.log(CENTRES_HZ[known]), np.log(rise[n, known])
        )
        shaped[n] *= np.exp(log_rise)
    again = onset_power(add_up(shaped, knots, phases, at, frequencies_hz, samples), knots, least)
    return shaped, np.maximum(recorded - OVERSHOOT * again, 0.0)


def _next(values: DoubleArray) -> DoubleArray:
    return np.concatenate((values[1:], values[-1:]))
