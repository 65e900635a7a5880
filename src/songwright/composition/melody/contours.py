"""Contours: the shapes of new material, and how one begins where the line is."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from random import Random

NEAR = 4
"""Semitones from the note before within which a cell may begin anywhere."""

Shape = Callable[[float], float]
"""Heights about -1..1 over the time 0..1 of a cell."""


def shapes(rng: Random) -> dict[str, Shape]:
    """A contour for each material, by its letter; neighbours in the alphabet differ."""
    options: list[Shape] = [
        lambda x: math.sin(math.pi * x),  # arch
        lambda x: 1.6 * x - 0.7,  # rise
        lambda x: 0.8 - 1.5 * x,  # fall
        lambda x: 0.3 - math.sin(math.pi * x),  # valley
        lambda x: math.sin(2 * math.pi * x),  # wave
        lambda x: 0.9 * math.exp(-3.0 * x) - 0.2,  # leap first, then settle
    ]
    drawn = rng.sample(options, len(options))
    by_letter = dict(zip("abdefg", drawn, strict=True))
    by_letter["c"] = lambda x: 0.35 - 0.8 * x
    return by_letter


def led_from(
    pitch: int, targets: Sequence[float], onsets: Sequence[int], length: int
) -> list[float]:
    """A contour that begins near a pitch and finds its own height in the first half of a cell."""
    way = pitch - targets[0]
    missing = math.copysign(max(0.0, abs(way) - NEAR), way)
    return [
        t + missing * min(1.0, max(0.0, 1.0 - 2.0 * o / length))
        for t, o in zip(targets, onsets, strict=True)
    ]
