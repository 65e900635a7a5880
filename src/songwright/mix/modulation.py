"""Chorus and phaser: copies of a sound that wander against it."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from songwright.audio import Audio
from songwright.mix.curves import Timeline
from songwright.mix.settings import Chorus, Phaser

_BLOCK = 32
_BASE_SECONDS = 0.011  # delay of a chorus voice in the middle of its way
_STAGES = 6


def _angle(rate_hz: float, timeline: Timeline) -> float:
    """Radians a sample of an oscillator that comes round with a loop."""
    angle = 2.0 * math.pi * rate_hz / timeline.sample_rate_hz
    if timeline.loop_samples:
        turns = max(1.0, round(angle * timeline.loop_samples / (2.0 * math.pi)))
        angle = 2.0 * math.pi * turns / timeline.loop_samples
    return angle


@njit(cache=True, nogil=True)
def _chorus(audio, base, depth, angle, origin, mix, norm):  # type: ignore[no-untyped-def]
    n = audio.shape[1]
    size = 1
    while size < base + depth + _BLOCK + 8:
        size *= 2
    mask = size - 1
    ring = np.zeros((2, size), dtype=np.float32)
    for start in range(0, n, _BLOCK):
        m = min(_BLOCK, n - start)
        for c in range(2):
            for t in range(m):
                ring[c, (start + t) & mask] = audio[c, start + t]
            # A quarter of a turn apart: the sides never wander alike.
            turn = angle * (start - origin) + 0.5 * math.pi * c
            here = base + depth * math.sin(turn)
            slide = (base + depth * math.sin(turn + angle * m) - here) / m
            for t in range(m):
                delay = here + slide * t
                whole = int(delay)
                f = np.float32(delay - whole)
                at = start + t - whole
                y0 = ring[c, (at + 1) & mask]
                y1 = ring[c, at & mask]
                y2 = ring[c, (at - 1) & mask]
                y3 = ring[c, (at - 2) & mask]
                c1 = np.float32(0.5) * (y2 - y0)
                c3 = np.float32(0.5) * (y3 - y0) + np.float32(1.5) * (y1 - y2)
                c2 = y0 - y1 + c1 - c3
                voice = ((c3 * f + c2) * f + c1) * f + y1
                audio[c, start + t] = norm * (audio[c, start + t] + mix * voice)


def chorus(audio: Audio, settings: Chorus, timeline: Timeline) -> None:
    """Add a wandering copy to each side of stereo samples ``(2, n)``, in place.

    The power of steady noise stays as it was. ``mix`` 1 gives both at one level.
    """
    if settings.mix <= 0.0:
        return
    rate = timeline.sample_rate_hz
    depth = min(settings.depth_ms / 1_000.0, 0.9 * _BASE_SECONDS) * rate
    mix = min(1.0, settings.mix)
    _chorus(
        audio, _BASE_SECONDS * rate, depth, _angle(settings.rate_hz, timeline),
        timeline.lead_in_samples, np.float32(mix), np.float32(1.0 / math.sqrt(1.0 + mix * mix)),
    )  # fmt: skip


@njit(cache=True, nogil=True)
def _phase(audio, low, high, angle, origin, feedback, mix):  # type: ignore[no-untyped-def]
    n = audio.shape[1]
    states = np.zeros((2, _STAGES))
    last = np.zeros(2)
    for start in range(0, n, _BLOCK):
        m = min(_BLOCK, n - start)
        for c in range(2):
            turn = angle * (start - origin) + 0.5 * math.pi * c
            # The corner moves between low and high in equal ratios.
            g = low * (high / low) ** (0.5 + 0.5 * math.sin(turn))
            after = low * (high / low) ** (0.5 + 0.5 * math.sin(turn + angle * m))
            a = (g - 1.0) / (g + 1.0)
            slide = ((after - 1.0) / (after + 1.0) - a) / m
            back = last[c]
            for t in range(m):
                x = np.float64(audio[c, start + t])
                v = x + feedback * back
                for s in range(_STAGES):
                    y = a * v + states[c, s]
                    states[c, s] = v - a * y
                    v = y
                back = v
                audio[c, start + t] = (1.0 - mix) * x + mix * v
                a += slide
            last[c] = back if abs(back) > 1e-25 else 0.0
            for s in range(_STAGES):
                if abs(states[c, s]) < 1e-25:
                    states[c, s] = 0.0


def phase(audio: Audio, settings: Phaser, timeline: Timeline) -> None:
    """Send stereo samples ``(2, n)`` through six all-passes that wander, in place.

    Where the copies are opposed there are notches: three of them, wandering together.
    """
    if settings.mix <= 0.0:
        return
    rate = timeline.sample_rate_hz
    low, high = (
        math.tan(math.pi * min(hz, 0.45 * rate) / rate)
        for hz in (settings.low_hz, settings.high_hz)
    )
    _phase(
        audio, low, max(low, high), _angle(settings.rate_hz, timeline), timeline.lead_in_samples,
        min(0.9, max(0.0, settings.feedback)), min(1.0, settings.mix),
    )  # fmt: skip
