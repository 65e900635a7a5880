"""Tonal balance: how far a mix lies from the target curve, and a gentle correction.

The curve follows P. Pestana et al., *Spectral characteristics of popular commercial recordings
1950-2010* (AES 135, 2013): a fall of about 5 dB per octave in spectral density from 100 Hz to
4 kHz, steeper above. In third-octave bands, which widen with frequency, that is 2 dB per octave.
"""

from __future__ import annotations

import numpy as np

from songwright.audio import Audio, third_octave_levels
from songwright.audio.buffers import Samples64
from songwright.mix.settings import EqBand

LOW_HZ, HIGH_HZ = 50.0, 12_000.0
MAX_CORRECTION_DB = 2.0
_EMPTY_DB = -36.0  # re the strongest band: where nothing plays there is nothing to correct
_REGIONS = (
    ("low_shelf", 120.0, 0.7, 50.0, 140.0),
    ("peak", 320.0, 0.6, 180.0, 550.0),
    ("peak", 3_000.0, 0.6, 1_800.0, 4_600.0),
    ("high_shelf", 7_000.0, 0.7, 6_000.0, 12_000.0),
)


def target_curve_db(frequency_hz: Samples64) -> Samples64:
    """Target level of third-octave bands relative to 1 kHz."""
    octaves = np.log2(frequency_hz / 1_000.0)
    middle = -2.0 * np.clip(octaves, np.log2(0.1), 2.0)
    above = -3.5 * np.maximum(0.0, octaves - 2.0)
    below = -12.0 * np.maximum(0.0, np.log2(50.0 / frequency_hz))
    return np.asarray(middle + above + below)


def tonal_deviation(audio: Audio, sample_rate_hz: int) -> tuple[Samples64, Samples64]:
    """Third-octave levels minus the target curve, aligned to a mean of 0 dB, 50 Hz to 12 kHz.

    Bands in which nothing plays read NaN.
    """
    centres, levels = third_octave_levels(audio, sample_rate_hz)
    inside = (centres >= LOW_HZ) & (centres <= HIGH_HZ)
    centres, levels = centres[inside], levels[inside]
    deviation = levels - target_curve_db(centres)
    used = deviation > deviation.max() + _EMPTY_DB
    deviation = np.where(used, deviation - deviation[used].mean(), np.nan)
    return centres, deviation


def correction(audio: Audio, sample_rate_hz: int, share: float) -> tuple[EqBand, ...]:
    """Four broad bands that take back a share of the deviation, within ±2 dB each.

    Parameters
    ----------
    audio
        The mix ``(2, n)``, not silent.
    sample_rate_hz
        Sample rate.
    share
        0 (no correction) to 1 (all of it, within the bound).
    """
    if share <= 0.0:
        return ()
    centres, deviation = tonal_deviation(audio, sample_rate_hz)
    bands = []
    for kind, frequency_hz, q, low_hz, high_hz in _REGIONS:
        region = deviation[(centres >= low_hz) & (centres <= high_hz)]
        region = region[np.isfinite(region)]
        if region.size:
            wanted = -share * float(region.mean())
            gain_db = max(-MAX_CORRECTION_DB, min(MAX_CORRECTION_DB, wanted))
            bands.append(EqBand(kind, frequency_hz, gain_db, q))
    return tuple(bands)
