"""Tonal balance: how far a mix lies from a target curve, and broad bands that bring it nearer.

Acoustic ensembles have curves of their own (`songwright.mix.ensembles`). The curve of recordings,
which bands aim at, follows P. Pestana et al., *Spectral characteristics of popular commercial
recordings 1950-2010* (AES 135, 2013): a fall of about 5 dB per octave in spectral density from
100 Hz to 4 kHz, steeper above. In third-octave bands, which widen with frequency, that is 2 dB per
octave.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from songwright.audio.buffers import Samples64
from songwright.mix.ensembles import Ensemble, ensemble_curve_db
from songwright.mix.filters import eq_band, response_db
from songwright.mix.settings import EqBand

LOW_HZ, HIGH_HZ = 50.0, 12_000.0
MAX_CORRECTION_DB = 5.0
_EMPTY_DB = -36.0  # re the strongest band: where nothing plays there is nothing to correct
_BANDS = (
    ("low_shelf", 75.0, 0.7), ("peak", 130.0, 0.9), ("peak", 250.0, 0.9), ("peak", 500.0, 0.9),
    ("peak", 1_000.0, 0.9), ("peak", 2_000.0, 0.9), ("peak", 4_000.0, 0.9),
    ("high_shelf", 7_500.0, 0.7),
)  # fmt: skip
_STIFFNESS = 0.35
"""What a band costs in the fit: without it neighbours work against each other for nothing."""


def target_curve_db(frequency_hz: Samples64, ensemble: Ensemble = ()) -> Samples64:
    """Target level of third-octave bands relative to 1 kHz: of an ensemble, or of recordings."""
    if ensemble:
        return ensemble_curve_db(frequency_hz, ensemble)
    octaves = np.log2(frequency_hz / 1_000.0)
    middle = -2.0 * np.clip(octaves, np.log2(0.1), 2.0)
    above = -3.5 * np.maximum(0.0, octaves - 2.0)
    below = -12.0 * np.maximum(0.0, np.log2(50.0 / frequency_hz))
    return np.asarray(middle + above + below)


def deviation_db(centre_hz: Samples64, level_db: Samples64, target_db: Samples64) -> Samples64:
    """Levels minus a target, aligned to a mean of 0 dB from 50 Hz to 12 kHz; NaN elsewhere.

    Bands in which nothing plays read NaN, too: there is nothing to correct in them. That is so
    where the sound has nothing, and where the target has nothing (36 dB below its strongest band,
    both against the curve of recordings) and the sound does not rise above that either.
    """
    inside = (centre_hz >= LOW_HZ * 0.99) & (centre_hz <= HIGH_HZ * 1.06)
    plain = target_curve_db(centre_hz)
    floor = plain + (target_db - plain)[inside].max() + _EMPTY_DB
    expected = target_db > floor
    deviation = np.where(inside, level_db - np.maximum(target_db, floor), -np.inf)
    used = deviation > deviation[expected].max() + _EMPTY_DB
    deviation = deviation - deviation[used & expected].mean()
    used &= expected | (deviation > 0.0)
    return np.where(used, deviation - deviation[used].mean(), np.nan)


def fitted_bands(
    centre_hz: Samples64,
    wanted_db: Samples64,
    sample_rate_hz: int,
    most_db: float = MAX_CORRECTION_DB,
) -> tuple[EqBand, ...]:
    """Eight broad bands whose response comes nearest to a wanted one.

    Parameters
    ----------
    centre_hz, wanted_db
        Third octaves and the gain wanted in each; NaN where it does not matter.
    sample_rate_hz
        Sample rate.
    most_db
        Bound of each band; beyond it a mix is not corrected but made again.

    Returns
    -------
    tuple of EqBand
        Empty when nothing is wanted. Their gains solve a least-squares problem with a small cost
        on each, in which a band's response is taken as proportional to its gain (true within
        0.2 dB up to 5 dB). Bands that would go beyond the bound stay at it, and the others do
        what they can beside them.
    """
    used = np.isfinite(wanted_db)
    if not used.any() or not np.any(np.abs(wanted_db[used]) > 0.01):
        return ()
    bands = [row for row in _BANDS if row[1] < 0.4 * sample_rate_hz]
    shapes = _shapes(tuple(centre_hz[used].tolist()), len(bands), sample_rate_hz)
    cost = np.sqrt(_STIFFNESS) * np.eye(len(bands))
    system = np.concatenate([shapes, cost])
    wanted = np.concatenate([wanted_db[used], np.zeros(len(bands))])
    gains = _bounded(system, wanted, most_db)
    return tuple(
        EqBand(kind, frequency_hz, round(float(gain_db), 2), q)
        for (kind, frequency_hz, q), gain_db in zip(bands, gains, strict=True)
    )


def _bounded(system: Samples64, wanted: Samples64, most: float) -> Samples64:
    """Least squares with every unknown within ±``most``, by fixing what goes beyond, in turn."""
    found = np.zeros(system.shape[1])
    free = np.ones(system.shape[1], bool)
    while free.any():
        rest = wanted - system[:, ~free] @ found[~free]
        found[free] = np.linalg.lstsq(system[:, free], rest, rcond=None)[0]
        beyond = free & (np.abs(found) > most)
        if not beyond.any():
            break
        found[beyond] = np.sign(found[beyond]) * most
        free &= ~beyond
    return found


@cache
def _shapes(centre_hz: tuple[float, ...], count: int, sample_rate_hz: int) -> Samples64:
    """Response at each centre per decibel of each band, shape (centres, count)."""
    frequency_hz = np.array(centre_hz)
    rows = [eq_band(EqBand(kind, hz, 3.0, q), sample_rate_hz) for kind, hz, q in _BANDS[:count]]
    return np.stack([response_db([r], frequency_hz, sample_rate_hz) / 3.0 for r in rows], axis=1)
