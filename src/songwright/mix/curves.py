"""Automation: controls that move, rendered so smoothly that no step is heard.

A curve is evaluated at the edges of blocks of 64 samples (1.3 ms at 48 kHz), rounded over 12 ms
and interpolated in between, so that even a jump in the curve becomes a short glide.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from songwright.audio import Audio
from songwright.audio.buffers import Samples64
from songwright.errors import AudioError
from songwright.mix.filters import BUTTERWORTH_Q
from songwright.mix.settings import Curve
from songwright.mix.stereo import pan_gains

BLOCK = 64
_ROUNDING = 9  # blocks: 12 ms at 48 kHz
_LOWEST_HZ, _HIGHEST = 10.0, 0.45  # of a moving filter; the highest as a share of the sample rate


@dataclass(frozen=True, slots=True)
class Timeline:
    """Time of every sample of a stem while it is worked on.

    ``samples`` long; the piece begins at ``lead_in_samples``; with ``loop_samples`` it comes round.
    ``bar_seconds`` is where the bars begin and, last, the end of the piece.
    """

    samples: int
    sample_rate_hz: int
    lead_in_samples: int = 0
    loop_samples: int = 0
    bar_seconds: tuple[float, ...] = ()

    @property
    def blocks(self) -> int:
        return -(-self.samples // BLOCK)

    def edge_seconds(self) -> Samples64:
        """Time in the piece of each block's edges, shape (blocks + 1,)."""
        at = np.arange(self.blocks + 1, dtype=np.float64) * BLOCK - self.lead_in_samples
        if self.loop_samples:
            at %= self.loop_samples
        return at / self.sample_rate_hz

    def values(self, curve: Curve) -> Samples64:
        """A curve at each block's edges, rounded; shape (blocks + 1,)."""
        values = curve_at(curve, self.edge_seconds(), self.bar_seconds)
        if len(values) < 2 * _ROUNDING:
            return values
        shape = np.hanning(_ROUNDING + 2)[1:-1]
        padded = np.pad(values, _ROUNDING // 2, mode="edge")
        return np.convolve(padded, shape / shape.sum(), mode="valid")

    def gains(self, curve: Curve | None, gain: float = 1.0) -> Samples64:
        """Amplitudes of a curve in decibels at each block's edges."""
        if curve is None:
            return np.full(self.blocks + 1, gain, np.float64)
        return np.asarray(gain * 10.0 ** (self.values(curve) / 20.0))


def curve_at(curve: Curve, seconds: Samples64, bar_seconds: tuple[float, ...] = ()) -> Samples64:
    """Values of a curve at some times.

    Raises
    ------
    AudioError
        If it has no points, they do not ascend, it counts in bars that are not known, or it is
        exponential and not positive.
    """
    if not curve.points:
        raise AudioError("a curve needs at least one point")
    times, values = (np.array(column, np.float64) for column in zip(*curve.points, strict=True))
    if not (np.isfinite(times).all() and np.isfinite(values).all()):
        raise AudioError("a curve holds a time or a value that is not a number")
    if (np.diff(times) < 0.0).any():
        raise AudioError("the points of a curve must be in ascending order of time")
    if curve.unit == "bars":
        if not bar_seconds:
            raise AudioError("a curve counts in bars, but the times of the bars are not known")
        times = seconds_of_bars(times, bar_seconds)
    elif curve.unit != "seconds":
        raise AudioError(f"unknown unit {curve.unit!r} of a curve; use seconds or bars")
    if curve.shape == "exponential":
        if (values <= 0.0).any():
            raise AudioError("an exponential curve needs values above 0")
        return np.asarray(np.exp(np.interp(seconds, times, np.log(values))))
    if curve.shape != "linear":
        raise AudioError(f"unknown shape {curve.shape!r} of a curve; use linear or exponential")
    return np.asarray(np.interp(seconds, times, values))


def seconds_of_bars(bars: Samples64, bar_seconds: tuple[float, ...]) -> Samples64:
    """Times of bars (0-based, fractions allowed); past the end the last bar's length goes on."""
    starts = np.array(bar_seconds, np.float64)
    if len(starts) < 2:
        return np.asarray(bars * 2.0 + starts[0])
    past = np.maximum(0.0, bars - (len(starts) - 1)) * (starts[-1] - starts[-2])
    return np.asarray(np.interp(bars, np.arange(len(starts)), starts) + past)


@njit(cache=True, nogil=True)
def _ride(audio, matrix):  # type: ignore[no-untyped-def]
    """Pass stereo samples through a matrix that moves, in place; ``matrix`` (blocks + 1, 4)."""
    n = audio.shape[1]
    for block in range((n + BLOCK - 1) // BLOCK):
        start = block * BLOCK
        a, b, c, d = matrix[block]
        da = (matrix[block + 1, 0] - a) / BLOCK
        db = (matrix[block + 1, 1] - b) / BLOCK
        dc = (matrix[block + 1, 2] - c) / BLOCK
        dd = (matrix[block + 1, 3] - d) / BLOCK
        for t in range(min(BLOCK, n - start)):
            left = np.float64(audio[0, start + t])
            right = np.float64(audio[1, start + t])
            audio[0, start + t] = (a + da * t) * left + (b + db * t) * right
            audio[1, start + t] = (c + dc * t) * left + (d + dd * t) * right


def ride(
    audio: Audio,
    timeline: Timeline,
    gain: float,
    pan: float,
    level: Curve | None = None,
    place: Curve | None = None,
    width: Curve | None = None,
) -> None:
    """Fader, pan and width of stereo samples ``(2, n)`` in place, each fixed or moving.

    Parameters
    ----------
    audio
        Changed in place.
    timeline
        Times of its samples.
    gain, pan
        Amplitude, and place -1 … 1 where ``place`` does not say it.
    level
        Decibels added to the fader.
    place
        Pan.
    width
        Factor of the sides.
    """
    gains = timeline.gains(level, gain)
    edges = len(gains)
    pans = np.full(edges, pan) if place is None else np.clip(timeline.values(place), -1.0, 1.0)
    sides = np.ones(edges) if width is None else np.clip(timeline.values(width), 0.0, 2.0)
    if place is None:
        left, right = (np.full(edges, g) for g in pan_gains(pan))
    else:
        angle = (pans + 1.0) * (math.pi / 4.0)
        left, right = math.sqrt(2.0) * np.cos(angle), math.sqrt(2.0) * np.sin(angle)
    near, far = 0.5 * (1.0 + sides), 0.5 * (1.0 - sides)
    matrix = np.stack(
        [gains * left * near, gains * left * far, gains * right * far, gains * right * near], axis=1
    )
    _ride(audio, matrix)


@njit(cache=True, nogil=True)
def _sweep(audio, tangents, damping, high):  # type: ignore[no-untyped-def]
    """State-variable filter whose cutoff moves, stereo samples in place."""
    n = audio.shape[1]
    l1 = l2 = r1 = r2 = 0.0
    for block in range((n + BLOCK - 1) // BLOCK):
        start = block * BLOCK
        g = tangents[block]
        slope = (tangents[block + 1] - g) / BLOCK
        for i in range(start, min(start + BLOCK, n)):
            a1 = 1.0 / (1.0 + g * (g + damping))
            a2 = g * a1
            x = np.float64(audio[0, i])
            v3 = x - l2
            v1 = a1 * l1 + a2 * v3
            v2 = l2 + g * v1
            l1 = 2.0 * v1 - l1
            l2 = 2.0 * v2 - l2
            audio[0, i] = x - damping * v1 - v2 if high else v2
            x = np.float64(audio[1, i])
            v3 = x - r2
            v1 = a1 * r1 + a2 * v3
            v2 = r2 + g * v1
            r1 = 2.0 * v1 - r1
            r2 = 2.0 * v2 - r2
            audio[1, i] = x - damping * v1 - v2 if high else v2
            g += slope
        if abs(l1) + abs(l2) + abs(r1) + abs(r2) < 1e-25:
            l1 = l2 = r1 = r2 = 0.0


def sweep(audio: Audio, timeline: Timeline, cutoff_hz: Curve, kind: str) -> None:
    """Low- or high-pass stereo samples ``(2, n)`` in place at a cutoff that moves.

    A topology-preserving state-variable filter (V. Zavalishin, *The Art of VA Filter Design*,
    2018): 12 dB per octave, -3 dB at the cutoff, and stable while that moves. A cutoff above the
    hearing range lets everything pass.

    Raises
    ------
    AudioError
        If ``kind`` is neither ``low_pass`` nor ``high_pass``.
    """
    if kind not in ("low_pass", "high_pass"):
        raise AudioError(f"unknown moving filter {kind!r}; use low_pass or high_pass")
    rate = timeline.sample_rate_hz
    cutoffs = np.clip(timeline.values(cutoff_hz), _LOWEST_HZ, _HIGHEST * rate)
    tangents = np.tan(math.pi * cutoffs / rate)
    _sweep(audio, tangents, 1.0 / BUTTERWORTH_Q, kind == "high_pass")
