"""Tremolo: short strokes of one bow, or of a section's bows that do not turn together."""

from __future__ import annotations

import numpy as np

from songwright.render.fitted.layers import TIMES_SECONDS
from songwright.render.fitted.spectrum import Spectrum
from songwright.render.jit import DoubleArray

STROKE_FROM_SECONDS = 0.045
"""A stroke begins so long after the onset of the measured tone: the string is still ringing."""

DESKS = 4
"""Of a section: a shake of 1.8 dB between 8 and 14 Hz, where one player's has 2.6 dB and the
recorded sections have 1.5 dB."""

_DEPTH, _RISE_SECONDS = 0.75, 0.035
_UNEVEN, _APART = 0.12, 0.2
_MOST_MAKEUP_DB = 8.0


def strokes_of(
    seconds: DoubleArray, stroke_hz: float, section: bool, random: np.random.Generator
) -> DoubleArray:
    """Seconds since the last change of bow at each of ``seconds``, shape (desks, n)."""
    count = int(seconds[-1] * stroke_hz * 1.4) + 2
    desks = []
    for _ in range(DESKS if section else 1):
        pace = stroke_hz * (1.0 + _APART * (random.random() - 0.5) if section else 1.0)
        lengths = (1.0 + _UNEVEN * (random.random(count) - 0.5)) / pace
        begins = np.concatenate(([0.0], np.cumsum(lengths)))
        desks.append(seconds - begins[np.searchsorted(begins, seconds, side="right") - 1])
    return np.stack(desks)


def stroke_gain(seconds: DoubleArray) -> DoubleArray:
    """Level of a stroke so long after the bow has turned; any shape."""
    rise = np.minimum(seconds / _RISE_SECONDS, 1.0)
    return np.asarray(1.0 - _DEPTH * (1.0 - np.sin(0.5 * np.pi * rise)))


def tremolo_makeup_db(voice: Spectrum, velocity: float, stroke_hz: float) -> float:
    """Gain that makes a tremolo as loud as a long bow: its strokes never come to full tone."""
    at = np.linspace(0.0, 1.0 / stroke_hz, 40)
    level = voice.envelope_db(velocity)
    stroke_db = np.interp(STROKE_FROM_SECONDS + at, TIMES_SECONDS, level) - level.max()
    power = float(np.mean(10.0 ** (stroke_db / 10.0) * stroke_gain(at) ** 2))
    return float(min(-10.0 * np.log10(power), _MOST_MAKEUP_DB))
