"""Where the energy lies: long-term average spectrum and third-octave bands."""

from __future__ import annotations

import numpy as np

from songwright.audio.buffers import Audio, Samples64, checked_sample_rate

FFT_SIZE = 8_192
_BATCH = 64
SILENCE_DB = -200.0


def average_spectrum(
    audio: Audio, sample_rate_hz: int, fft_size: int = FFT_SIZE
) -> tuple[Samples64, Samples64]:
    """Long-term average power spectrum (LTAS) by Welch's method, Hann windows half overlapped.

    Parameters
    ----------
    audio
        Samples ``(channels, samples)``; shorter than one window is padded with silence.
    sample_rate_hz
        Sample rate.
    fft_size
        Window length in samples.

    Returns
    -------
    frequency_hz : (fft_size // 2 + 1,)
    power : (fft_size // 2 + 1,)
        One-sided, mean over the channels, scaled so that the sum over all bins is the mean square
        of the signal.
    """
    checked_sample_rate(sample_rate_hz)
    window = np.hanning(fft_size + 1)[:-1]
    hop = fft_size // 2
    power = np.zeros(fft_size // 2 + 1)
    frames = max(1, 1 + (audio.shape[1] - fft_size) // hop)
    if audio.shape[1] < fft_size:
        audio = np.pad(audio, ((0, 0), (0, fft_size - audio.shape[1])))
    for channel in audio:
        views = np.lib.stride_tricks.sliding_window_view(channel, fft_size)[::hop]
        for start in range(0, frames, _BATCH):
            spectrum = np.fft.rfft(views[start : start + _BATCH] * window, axis=1)
            power += (spectrum.real**2 + spectrum.imag**2).sum(axis=0)
    power *= 2.0 / (frames * audio.shape[0] * fft_size * (window**2).sum())
    power[[0, -1]] *= 0.5
    frequency_hz = np.arange(len(power), dtype=np.float64) * sample_rate_hz / fft_size
    return frequency_hz, power


def third_octave_centres(low_hz: float = 25.0, high_hz: float = 16_000.0) -> Samples64:
    """Exact centres of the base-ten third-octave bands (IEC 61260) from low to high."""
    first = round(10.0 * np.log10(low_hz / 1_000.0))
    last = round(10.0 * np.log10(high_hz / 1_000.0))
    return np.asarray(1_000.0 * 10.0 ** (np.arange(first, last + 1) / 10.0), dtype=np.float64)


def band_levels(
    frequency_hz: Samples64, power: Samples64, low_hz: Samples64, high_hz: Samples64
) -> Samples64:
    """Level in dB of a power spectrum within bands; bins on an edge count by their share.

    Bands without energy read `SILENCE_DB`.
    """
    step = frequency_hz[1] - frequency_hz[0]
    edges = np.concatenate([[0.0], frequency_hz + step / 2.0])
    cumulative = np.concatenate([[0.0], np.cumsum(power)])
    energy = np.interp(high_hz, edges, cumulative) - np.interp(low_hz, edges, cumulative)
    return np.asarray(10.0 * np.log10(np.maximum(energy, 10.0 ** (SILENCE_DB / 10.0))))


def third_octave_levels(audio: Audio, sample_rate_hz: int) -> tuple[Samples64, Samples64]:
    """Mean level in each third-octave band, 25 Hz to 16 kHz (or to half the sample rate).

    Returns
    -------
    centre_hz : (bands,)
    level_db : (bands,)
        Level re full-scale mean square 1; a full-scale sine reads -3 dB.
    """
    centres = third_octave_centres(high_hz=min(16_000.0, 0.44 * sample_rate_hz))
    frequency_hz, power = average_spectrum(audio, sample_rate_hz, 2 * FFT_SIZE)
    half_band = 10.0**0.05
    return centres, band_levels(frequency_hz, power, centres / half_band, centres * half_band)
