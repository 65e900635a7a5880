"""Reverberation by convolution with an impulse response that is made, not recorded.

The response is noise, shaped in octave bands that each decay exponentially at their own rate (as
real rooms do: lows long, highs short), after a few early reflections (J. Moorer, *About this
reverberation business*, Computer Music Journal 3(2), 1979). It is convolved by FFT in blocks.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from songwright.audio import Audio
from songwright.audio.buffers import Samples64
from songwright.mix.sends import BLOCK, SendPath
from songwright.seeds import noise_rng

_OCTAVES_HZ = (125.0, 250.0, 500.0, 1_000.0, 2_000.0, 4_000.0, 8_000.0, 16_000.0)
_FFT_SIZES = 4  # of the response: longer blocks waste less on overlap, shorter ones fit the cache
_ONSET_SECONDS = 0.012  # the tail swells out of the reflections


def impulse_response(
    rt60_seconds: float, high_ratio: float, low_cut_hz: float, early_ms: tuple[float, ...],
    early_level: float, name: str, sample_rate_hz: int,
) -> NDArray[np.float32]:  # fmt: skip
    """Impulse response ``(2, n)``, the sides independent, of unit energy for pink noise.

    Parameters
    ----------
    rt60_seconds
        Decay by 60 dB at 1 kHz.
    high_ratio
        Decay time at 8 kHz as a share of it; 125 Hz decays about 1.2 times as long.
    low_cut_hz
        What is kept out of the tail.
    early_ms, early_level
        Times of early reflections, and their energy against the tail's as an amplitude.
    name
        Names the noise: the same name gives the same room.
    sample_rate_hz
        Sample rate.
    """
    rate = sample_rate_hz
    ratios = [_decay_ratio(hz, high_ratio) for hz in _OCTAVES_HZ]
    n = round(1.1 * rt60_seconds * max(ratios) * rate)
    time = np.arange(n) / rate
    generator = noise_rng(0, "mix", "impulse response", name)
    size = scipy.fft.next_fast_len(n, real=True)
    frequency_hz = scipy.fft.rfftfreq(size, 1.0 / rate)
    response = np.zeros((2, n))
    noise = scipy.fft.rfft(generator.standard_normal((2, n)), size)
    for hz, ratio in zip(_OCTAVES_HZ, ratios, strict=True):
        if hz < 0.45 * rate:
            weight = _octave_weight(frequency_hz, hz, low_cut_hz)
            band = scipy.fft.irfft(noise * weight, size)[:, :n]
            response += band * np.exp(-math.log(1_000.0) * time / (rt60_seconds * ratio))
    response *= np.minimum(1.0, time / _ONSET_SECONDS) ** 2
    response /= math.sqrt(_pink_energy(response, rate))
    early = np.zeros((2, n))
    for number, ms in enumerate(early_ms):
        at = round(ms * rate / 1_000.0)
        if at < n:
            early[number & 1, at] += 10.0 ** (-ms / 60.0)
            early[1 - (number & 1), at] -= 0.5 * 10.0 ** (-ms / 60.0)
    energy = float((early**2).sum()) / 2.0
    if energy > 0.0:
        response += early_level * early / math.sqrt(energy)
    return np.ascontiguousarray(response, np.float32)


def _decay_ratio(hz: float, high_ratio: float) -> float:
    """Decay time of an octave as a share of that at 1 kHz."""
    if hz <= 1_000.0:
        return 1.0 + 0.07 * math.log2(1_000.0 / hz)
    return float(high_ratio ** (math.log2(hz / 1_000.0) / 3.0))


def _octave_weight(frequency_hz: Samples64, hz: float, low_cut_hz: float) -> Samples64:
    """Raised-cosine octave in logarithmic frequency; neighbours add up to 1."""
    octaves = np.log2(np.maximum(frequency_hz, 1.0) / hz)
    if hz == _OCTAVES_HZ[0]:
        octaves = np.maximum(octaves, 0.0)
    if hz == _OCTAVES_HZ[-1]:
        octaves = np.minimum(octaves, 0.0)
    weight = np.where(np.abs(octaves) < 1.0, 0.5 + 0.5 * np.cos(np.pi * octaves), 0.0)
    cut = 1.0 / np.sqrt(1.0 + (low_cut_hz / np.maximum(frequency_hz, 1.0)) ** 4)
    return np.asarray(weight * cut)


def _pink_energy(response: Samples64, rate: int) -> float:
    """Mean energy of the channels for pink noise from 40 Hz to 16 kHz."""
    size = scipy.fft.next_fast_len(response.shape[1], real=True)
    frequency_hz = scipy.fft.rfftfreq(size, 1.0 / rate)
    inside = (frequency_hz > 40.0) & (frequency_hz < 16_000.0)
    weight = inside / np.maximum(frequency_hz, 1.0)
    power = np.abs(scipy.fft.rfft(response, size)) ** 2
    return float((power.mean(axis=0) * weight).sum() / weight.sum())


@lru_cache(maxsize=4)
def _spectrum(key: tuple[object, ...], size: int) -> NDArray[np.complex64]:
    response = impulse_response(*key)  # type: ignore[arg-type]
    return np.asarray(scipy.fft.rfft(response, size, axis=1), np.complex64)


def convolve(
    target: Audio,
    source: Audio,
    key: tuple[float, float, float, tuple[float, ...], float, str, int],
    pre_delay_samples: int,
    gain: float,
    path: SendPath,
) -> None:
    """Add the convolved ``source`` to ``target``, stereo samples of one length.

    ``key`` are the arguments of `impulse_response`; left goes to left and right to right. Overlap
    and add: each block's spectrum is multiplied with that of the response.
    """
    n = source.shape[1]
    rate = key[-1]
    length = round(1.1 * key[0] * _decay_ratio(_OCTAVES_HZ[0], 1.0) * rate) + 1
    size = scipy.fft.next_fast_len(max(65_536, _FFT_SIZES * length), real=True)
    response = _spectrum(key, size)
    hop = size - length
    gains = path.gains(gain, n)
    edges = np.arange(len(gains)) * BLOCK
    for start in range(0, max(0, n - pre_delay_samples), hop):
        stop = min(start + hop, n)
        send = np.interp(np.arange(start, stop), edges, gains).astype(np.float32)
        wet = scipy.fft.irfft(
            scipy.fft.rfft(source[:, start:stop] * send, size, axis=1) * response, size, axis=1
        )
        begin = start + pre_delay_samples
        end = min(n, begin + (stop - start) + length)
        target[:, begin:end] += wet[:, : end - begin]
