"""Fundamental and inharmonicity of a recorded note."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from songwright.render.fitted.model import DoubleArray, FloatArray
from training.instruments.record import RATE_HZ
from training.instruments.spectrum import window

TRANSFORM = 1 << 17


@dataclass(frozen=True, slots=True)
class Tuning:
    """Fundamental in Hz and inharmonicity of a stiff string."""

    hz: float
    inharmonicity: float = 0.0

    def partials_hz(self, count: int) -> DoubleArray:
        k = np.arange(1, count + 1)
        return np.asarray(self.hz * k * np.sqrt(1.0 + self.inharmonicity * k**2))


def steady_spectrum_db(mono: FloatArray, start_seconds: float, seconds: float) -> DoubleArray:
    """Level of `TRANSFORM` bins of a stretch of the note, dB below its highest."""
    begin = int(start_seconds * RATE_HZ)
    piece = mono[begin : begin + int(seconds * RATE_HZ)]
    if piece.shape[0] < 2048:
        piece = mono[: max(int(seconds * RATE_HZ), 2048)]
    spectrum = np.abs(np.fft.rfft(piece * window("harris", piece.shape[0]), TRANSFORM))
    level = 20.0 * np.log10(spectrum + 1e-12)
    return np.asarray(level - level.max())


def find_tuning(mono: FloatArray, nominal_hz: float, stiff: bool) -> Tuning:
    """Fundamental within 80 cents of ``nominal_hz`` and, for strings, the inharmonicity.

    The series whose places in the spectrum are loudest wins; weights fall with the number of the
    partial as their levels do, so that octave errors cannot happen within the range searched.
    """
    seconds = float(np.clip(30.0 / nominal_hz, 0.25, 1.2))
    level = np.maximum(steady_spectrum_db(mono, 0.06, seconds), -90.0)
    count = int(np.clip(9000.0 / nominal_hz, 1, 14))
    cents = np.arange(-80.0, 80.5, 1.0)
    k = np.arange(1, count + 1)
    stiffness = np.concatenate(([0.0], np.geomspace(2e-5, 6e-3, 24))) if stiff else np.zeros(1)
    f0 = nominal_hz * 2.0 ** (cents / 1200.0)
    at = f0[:, None, None] * k * np.sqrt(1.0 + stiffness[None, :, None] * k**2)
    scores = np.interp(at / RATE_HZ * TRANSFORM, np.arange(level.shape[0]), level).mean(axis=-1)
    best = np.unravel_index(int(scores.argmax()), scores.shape)
    # a parabola through the neighbours finds the fraction of a cent
    i, j = int(best[0]), int(best[1])
    shift = 0.0
    if 0 < i < cents.shape[0] - 1:
        a, b, c = scores[i - 1, j], scores[i, j], scores[i + 1, j]
        shift = 0.5 * (a - c) / (a - 2 * b + c) if a - 2 * b + c < 0 else 0.0
    base = Tuning(float(nominal_hz * 2.0 ** ((cents[i] + shift) / 1200.0)), float(stiffness[j]))
    return _refined(level, base, nominal_hz) if stiff else base


def _refined(level: DoubleArray, base: Tuning, nominal_hz: float) -> Tuning:
    """Fit fundamental and stiffness to the peaks near the partials that were guessed."""
    bins = np.arange(level.shape[0])
    numbers, frequencies = [], []
    count = int(np.clip(10000.0 / nominal_hz, 1, 40))
    for k, guess in enumerate(base.partials_hz(count), start=1):
        width = 0.3 * base.hz
        low, high = (int(f / RATE_HZ * TRANSFORM) for f in (guess - width, guess + width))
        if high >= bins.shape[0] - 1 or low < 1:
            break
        peak = low + int(level[low:high].argmax())
        if level[peak] > max(-75.0, float(np.median(level[low:high])) + 12.0):
            numbers.append(k)
            frequencies.append(peak * RATE_HZ / TRANSFORM)
            if k % 4 == 0 and len(numbers) >= 4:
                base = _line(numbers, frequencies) or base
    return _line(numbers, frequencies) or base if len(numbers) >= 4 else base


def _line(numbers: list[int], frequencies: list[float]) -> Tuning | None:
    # (f_k / k)^2 = f0^2 + B f0^2 k^2 is a straight line in k^2
    k = np.array(numbers, np.float64)
    squares = (np.array(frequencies) / k) ** 2
    slope, base = np.polyfit(k**2, squares, 1, w=1.0 / np.sqrt(k))
    if base <= 0.0:
        return None
    return Tuning(float(np.sqrt(base)), float(np.clip(slope / base, 0.0, 0.02)))
