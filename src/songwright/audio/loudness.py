"""Loudness as broadcasters and streaming services measure it.

Integrated, momentary and short-term loudness after ITU-R BS.1770-4 and EBU Tech 3341, loudness
range after EBU Tech 3342. The signal is K-weighted (a shelf for the head, a high-pass for the
ear's dullness to lows) and its power summed over steps of 100 ms, from which every measure is
put together. Silence has no loudness: it is given as ``None``, never as a very low number.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from songwright.audio.buffers import Audio, Samples64, checked_sample_rate
from songwright.audio.truepeak import TruePeakMeter, amplitude_to_db

ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
RANGE_GATE_LU = -20.0
_OFFSET_LUFS = -0.691  # so that a 997 Hz full-scale sine in one channel reads -3.01 LUFS
_STEPS_MOMENTARY = 4  # 400 ms
_STEPS_SHORT = 30  # 3 s

# The two weighting filters as analogue prototypes (frequency, quality, gain): the bilinear
# transform of these gives the coefficients printed in BS.1770-4 at 48 kHz, and serves other rates.
_SHELF_HZ, _SHELF_Q, _SHELF_DB = 1681.974450955533, 0.7071752369554196, 3.999843853973347
_HIGH_PASS_HZ, _HIGH_PASS_Q = 38.13547087602444, 0.5003270373238773
_SHELF_EXPONENT = 0.4996667741545416


@dataclass(frozen=True, slots=True)
class Loudness:
    """What a loudness meter shows for one programme.

    ``None`` stands for *not defined*: silence, or too short for the measure (momentary 0.4 s,
    short-term and range 3 s).

    Attributes
    ----------
    integrated_lufs
        Gated loudness of the whole.
    momentary_max_lufs, short_term_max_lufs
        Highest loudness over 400 ms and over 3 s.
    range_lu
        Loudness range: distance of the 95th from the 10th percentile of short-term loudness.
    true_peak_dbtp, sample_peak_dbfs
        Highest level between and on the samples.
    """

    integrated_lufs: float | None
    momentary_max_lufs: float | None
    short_term_max_lufs: float | None
    range_lu: float | None
    true_peak_dbtp: float | None
    sample_peak_dbfs: float | None

    @property
    def peak_to_loudness_lu(self) -> float | None:
        """PLR: true peak over integrated loudness, a measure of what limiting left alive."""
        if self.true_peak_dbtp is None or self.integrated_lufs is None:
            return None
        return self.true_peak_dbtp - self.integrated_lufs


def k_weighting(sample_rate_hz: int) -> Samples64:
    """Two biquads ``(2, 5)`` as rows ``b0 b1 b2 a1 a2`` for a sample rate (BS.1770-4, annex 1)."""
    k = math.tan(math.pi * _SHELF_HZ / sample_rate_hz)
    high = 10.0 ** (_SHELF_DB / 20.0)
    middle = high**_SHELF_EXPONENT
    a0 = 1.0 + k / _SHELF_Q + k * k
    shelf = [
        (high + middle * k / _SHELF_Q + k * k) / a0,
        2.0 * (k * k - high) / a0,
        (high - middle * k / _SHELF_Q + k * k) / a0,
        2.0 * (k * k - 1.0) / a0,
        (1.0 - k / _SHELF_Q + k * k) / a0,
    ]
    k = math.tan(math.pi * _HIGH_PASS_HZ / sample_rate_hz)
    a0 = 1.0 + k / _HIGH_PASS_Q + k * k
    high_pass = [1.0, -2.0, 1.0, 2.0 * (k * k - 1.0) / a0, (1.0 - k / _HIGH_PASS_Q + k * k) / a0]
    return np.array([shelf, high_pass])


@njit(cache=True, nogil=True)
def _weighted_energy(audio, first, count, filters, state):  # type: ignore[no-untyped-def]
    """Energy summed over channels of K-weighted samples ``first ... first + count``."""
    b0, b1, b2, a1, a2 = filters[0]
    c1, c2 = filters[1, 3], filters[1, 4]
    total = 0.0
    for c in range(audio.shape[0]):
        s1, s2, t1, t2 = state[c]
        energy = 0.0
        for i in range(first, first + count):
            x = np.float64(audio[c, i])
            y = b0 * x + s1
            s1 = b1 * x - a1 * y + s2
            s2 = b2 * x - a2 * y
            z = y + t1
            t1 = t2 - 2.0 * y - c1 * z
            t2 = y - c2 * z
            energy += z * z
        # Below 1e-150 nothing is heard, but denormal numbers would slow the loop a hundredfold.
        state[c, 0] = s1 if abs(s1) > 1e-150 else 0.0
        state[c, 1] = s2 if abs(s2) > 1e-150 else 0.0
        state[c, 2] = t1 if abs(t1) > 1e-150 else 0.0
        state[c, 3] = t2 if abs(t2) > 1e-150 else 0.0
        total += energy
    return total


class LoudnessMeter:
    """Loudness of a stream of blocks, equal to that of the whole.

    Parameters
    ----------
    sample_rate_hz
        8,000 to 384,000 Hz.
    channels
        One or two, both with weight 1.
    with_true_peak
        Look between the samples too; the most expensive part of the measure.
    """

    def __init__(self, sample_rate_hz: int, channels: int = 2, with_true_peak: bool = True) -> None:
        self._rate = checked_sample_rate(sample_rate_hz)
        self._filters = k_weighting(self._rate)
        self._state = np.zeros((channels, 4))
        self._steps: list[float] = []  # mean power of each finished 100 ms
        self._open = 0.0
        self._frames = 0
        self._sample_peak = 0.0
        self._true_peak = TruePeakMeter(channels) if with_true_peak else None

    def add(self, block: Audio) -> None:
        """Take the next samples ``(channels, samples)``."""
        at, n = 0, block.shape[1]
        while at < n:
            begin, end = self._step_bounds()
            count = min(end - self._frames, n - at)
            self._open += _weighted_energy(block, at, count, self._filters, self._state)
            at += count
            self._frames += count
            if self._frames == end:
                self._steps.append(self._open / (end - begin))
                self._open = 0.0
        if n:
            self._sample_peak = max(self._sample_peak, float(block.max()), -float(block.min()))
        if self._true_peak is not None:
            self._true_peak.add(block)

    def _step_bounds(self) -> tuple[int, int]:
        # Steps of 100 ms in whole samples also where the rate is no multiple of 10.
        step = len(self._steps)
        return step * self._rate // 10, (step + 1) * self._rate // 10

    def result(self) -> Loudness:
        """Every measure of what was added."""
        momentary = self._windows(_STEPS_MOMENTARY)
        short_term = self._windows(_STEPS_SHORT)
        true_peak = self._true_peak.finish() if self._true_peak is not None else 0.0
        return Loudness(
            integrated_lufs=self.integrated(),
            momentary_max_lufs=_level(float(momentary.max())) if momentary.size else None,
            short_term_max_lufs=_level(float(short_term.max())) if short_term.size else None,
            range_lu=loudness_range(short_term),
            true_peak_dbtp=amplitude_to_db(max(true_peak, self._sample_peak))
            if self._true_peak is not None
            else None,
            sample_peak_dbfs=amplitude_to_db(self._sample_peak),
        )

    def integrated(self) -> float | None:
        """Gated loudness in LUFS so far; less than 400 ms is taken as one block of its length."""
        powers = self._windows(_STEPS_MOMENTARY)
        if not powers.size and self._frames:
            whole = sum(self._steps) * (self._rate / 10) + self._open
            powers = np.array([whole / self._frames])
        return gated_loudness(powers)

    def _windows(self, steps: int) -> Samples64:
        powers = np.array(self._steps)
        if len(powers) < steps:
            return np.zeros(0)
        return np.convolve(powers, np.full(steps, 1.0 / steps), mode="valid")


def _level(power: float) -> float | None:
    return _OFFSET_LUFS + 10.0 * math.log10(power) if power > 0.0 else None


def _power(level_lufs: float) -> float:
    return float(10.0 ** ((level_lufs - _OFFSET_LUFS) / 10.0))


def gated_loudness(powers: Samples64) -> float | None:
    """Integrated loudness in LUFS of block powers: gates at -70 LUFS and 10 LU below the rest."""
    audible = powers[powers > _power(ABSOLUTE_GATE_LUFS)]
    if not audible.size:
        return None
    relative_gate = audible.mean() * 10.0 ** (RELATIVE_GATE_LU / 10.0)
    return _level(float(audible[audible > relative_gate].mean()))


def integrated_of_steps(powers: Samples64) -> float | None:
    """Integrated loudness in LUFS of K-weighted powers of consecutive tenths of a second."""
    steps = min(_STEPS_MOMENTARY, max(1, len(powers)))
    return gated_loudness(np.convolve(powers, np.full(steps, 1.0 / steps), mode="valid"))


def loudness_range(short_term: Samples64) -> float | None:
    """Loudness range in LU of short-term powers (EBU Tech 3342): gates at -70 LUFS and -20 LU."""
    audible = short_term[short_term > _power(ABSOLUTE_GATE_LUFS)]
    if not audible.size:
        return None
    gated = audible[audible > audible.mean() * 10.0 ** (RANGE_GATE_LU / 10.0)]
    low, high = np.percentile(gated, [10.0, 95.0])
    return float(10.0 * math.log10(high / low))


def measure_loudness(audio: Audio, sample_rate_hz: int) -> Loudness:
    """Every loudness measure and the peaks of one piece ``(channels, samples)``."""
    meter = LoudnessMeter(sample_rate_hz, audio.shape[0])
    meter.add(audio)
    return meter.result()


def integrated_lufs(audio: Audio, sample_rate_hz: int) -> float | None:
    """Integrated loudness in LUFS alone, without looking for peaks; ``None`` for silence."""
    meter = LoudnessMeter(sample_rate_hz, audio.shape[0], with_true_peak=False)
    meter.add(audio)
    return meter.integrated()


def short_term_curve(audio: Audio, sample_rate_hz: int) -> tuple[Samples64, Samples64]:
    """Short-term loudness every 100 ms for a picture: times in seconds, levels in LUFS.

    Silence reads -120 LUFS here, so that it can be drawn.
    """
    meter = LoudnessMeter(sample_rate_hz, audio.shape[0], with_true_peak=False)
    meter.add(audio)
    powers = meter._windows(_STEPS_SHORT)
    times = (np.arange(len(powers)) + _STEPS_SHORT / 2) / 10.0
    levels = _OFFSET_LUFS + 10.0 * np.log10(np.maximum(powers, _power(-120.0)))
    return np.asarray(times, dtype=np.float64), levels
