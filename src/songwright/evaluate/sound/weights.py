"""Frequency responses as power weights on FFT bins: the ear, loudspeakers, crossfeed.

A filter that only has to be *measured* need not run over the samples: its squared magnitude is
multiplied onto a power spectrum.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from songwright.audio.buffers import Samples64
from songwright.audio.loudness import k_weighting
from songwright.mix.filters import response_db

Complex = NDArray[np.complex128]

SPEAKERS_HZ = {"phone": (300.0, 8_000.0), "small": (200.0, 16_000.0), "radio": (100.0, 12_000.0)}
"""Range in Hz of the loudspeakers that are simulated, cut off by 24 dB per octave."""

RECORDING_SLOPE_DB = -5.0
"""Fall per octave of the power density of recordings (Pestana et al. 2013)."""

_BARK_HZ = (
    20, 100, 200, 300, 400, 510, 630, 770, 920, 1_080, 1_270, 1_480, 1_720, 2_000, 2_320, 2_700,
    3_150, 3_700, 4_400, 5_300, 6_400, 7_700, 9_500, 12_000, 15_500,
)  # fmt: skip
BARKS = len(_BARK_HZ) - 1


def bin_hz(fft_size: int, sample_rate_hz: int) -> Samples64:
    """Centre frequency of each bin of a real FFT, shape (fft_size // 2 + 1,)."""
    return np.asarray(np.arange(fft_size // 2 + 1) * (sample_rate_hz / fft_size), np.float64)


def ear_weights(frequency_hz: Samples64, sample_rate_hz: int) -> Samples64:
    """K-weighting of BS.1770-4 as a power weight."""
    response = response_db(k_weighting(sample_rate_hz).tolist(), frequency_hz, sample_rate_hz)
    return np.asarray(10.0 ** (response / 10.0))


def band_pass_weights(frequency_hz: Samples64, low_hz: float, high_hz: float) -> Samples64:
    """Butterworth high- and low-pass of the fourth order as a power weight; 0 at 0 Hz."""
    f = np.maximum(frequency_hz, 1e-3)
    return np.asarray(1.0 / (1.0 + (low_hz / f) ** 8) / (1.0 + (f / high_hz) ** 8))


def noise_loss_lu(frequency_hz: Samples64, ear: Samples64, speaker: Samples64) -> float:
    """Loudness that noise with the slope of recordings loses in a loudspeaker, in LU (>= 0)."""
    f = np.maximum(frequency_hz, 20.0)
    density = (f / 1_000.0) ** (RECORDING_SLOPE_DB / (10.0 * np.log10(2.0)))
    density[frequency_hz < 20.0] = 0.0
    return float(-10.0 * np.log10((density * ear * speaker).sum() / (density * ear).sum()))


def bark_edges(fft_size: int, sample_rate_hz: int) -> NDArray[np.int64]:
    """First bin of each critical band and the bin after the last, shape (BARKS + 1,).

    After E. Zwicker, *Subdivision of the audible frequency range into critical bands* (1961).
    Bands above half the sample rate are empty.
    """
    edges = np.ceil(np.array(_BARK_HZ) * fft_size / sample_rate_hz).astype(np.int64)
    return np.minimum(edges, fft_size // 2 + 1)


def crossfeed(frequency_hz: Samples64, sample_rate_hz: int) -> tuple[Complex, Complex]:
    """Responses of the direct and the crossing path of Bauer's stereo-to-binaural filter.

    700 Hz and 4.5 dB: at low frequencies the other side arrives 4.5 dB below the own side, above
    700 Hz it fades. A centred sound passes the lows at its own level.

    Source: B. Bauer, *Stereophonic earphones and binaural loudspeakers*, JAES 9 (1961), as the
    pair of first-order filters that is common today.
    """
    feed_db, cut_hz = 4.5, 700.0
    cross_db, direct_db = -5.0 / 6.0 * feed_db - 3.0, feed_db / 6.0 - 3.0
    cross_gain = 10.0 ** (cross_db / 20.0)
    missing = 1.0 - 10.0 ** (direct_db / 20.0)  # what the direct path lacks in the lows
    shelf_hz = cut_hz * 2.0 ** ((cross_db - 20.0 * np.log10(missing)) / 12.0)
    z = np.exp(-2j * np.pi * frequency_hz / sample_rate_hz)

    def low_pass(hz: float) -> Complex:
        pole = np.exp(-2.0 * np.pi * hz / sample_rate_hz)
        return np.asarray((1.0 - pole) / (1.0 - pole * z))

    gain = 1.0 / (1.0 - missing + cross_gain)
    return gain * (1.0 - missing * low_pass(float(shelf_hz))), gain * cross_gain * low_pass(cut_hz)
