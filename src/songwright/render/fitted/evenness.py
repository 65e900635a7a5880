"""Levelling an instrument from key to key.

Recordings of neighbouring keys were made and normalised apart, and differ by several decibels for
no reason of the instrument's. Its register stays: the course of the loudness over all keys, nearly
a straight line, is kept, and each key is brought to it.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from songwright.render.fitted.model import (
    KNOTS_MS,
    MF_VELOCITY,
    NOISE_BANDS_HZ,
    FittedInstrument,
    FittedTone,
    steps_to_gain,
)
from songwright.render.jit import DoubleArray
from songwright.units import midi_to_hz

MOST_DB = 7.0
"""A key is never moved further than this."""

STEEPEST_DB = 3.0
"""Per octave: a register that falls or rises faster than this is brought to it."""

_HEARD_SECONDS = 0.4  # the window of momentary loudness (ITU-R BS.1770)


def even_db(instrument: FittedInstrument, pitch: float) -> float:
    """Gain that brings a key to the loudness of its neighbours, dB."""
    pitches, gains = _gains(instrument)
    return float(np.interp(pitch, pitches, gains))


@cache
def _gains(instrument: FittedInstrument) -> tuple[DoubleArray, DoubleArray]:
    velocity = min(instrument.velocities, key=lambda touch: abs(touch - MF_VELOCITY))
    tones = [tone for tone in instrument.tones if tone.velocity == velocity]
    pitches = np.array([tone.pitch for tone in tones], np.float64)
    if pitches.shape[0] < 3:
        return pitches, np.zeros_like(pitches)
    levels = np.array([_loudness_db(tone) for tone in tones])
    return pitches, np.clip(_register_db(pitches, levels) - levels, -MOST_DB, MOST_DB)


def _register_db(pitches: DoubleArray, levels: DoubleArray) -> DoubleArray:
    """Loudness of each key by its place in the range: half way between a line and a bent line.

    A line through a keyboard whose treble is weak makes its bass too strong, and a line that bends
    in the middle follows every chance of the recording.
    """
    # the middle of the range decides: the outermost keys are often stretched from others
    centre, reach = np.median(pitches), 0.5 * np.ptp(pitches)
    weights = np.exp(-(((pitches - centre) / reach) ** 2))
    away = pitches - centre
    straight = _course(levels, weights, away[:, None])
    bent = _course(levels, weights, np.stack([np.minimum(away, 0.0), np.maximum(away, 0.0)], 1))
    return 0.5 * (straight + bent)


def _course(levels: DoubleArray, weights: DoubleArray, slopes: DoubleArray) -> DoubleArray:
    """Weighted least squares of a constant and ``slopes``, none steeper than `STEEPEST_DB`."""
    columns = np.concatenate([np.ones((levels.shape[0], 1)), slopes], axis=1)
    root = np.sqrt(weights)[:, None]
    found = np.linalg.lstsq(columns * root, levels * root[:, 0], rcond=None)[0]
    steps = np.clip(found[1:], -STEEPEST_DB / 12.0, STEEPEST_DB / 12.0)
    rest = levels - slopes @ steps
    return np.asarray(slopes @ steps + (weights * rest).sum() / weights.sum())


def _loudness_db(tone: FittedTone) -> float:
    """Greatest mean level over the window of momentary loudness, about K-weighted."""
    seconds = np.array(KNOTS_MS) / 1000.0
    hz = tone.frequency_ratios() * midi_to_hz(tone.pitch)
    edges = np.array(NOISE_BANDS_HZ)
    power = 0.5 * (steps_to_gain(tone.partials, tone.level_db) ** 2 * _weight(hz)).sum(axis=1)
    bands = _weight(np.sqrt(edges[1:] * edges[:-1]))
    power += (steps_to_gain(tone.noise, tone.level_db) ** 2 * bands).sum(axis=1)
    grid = np.arange(0.0, 2.2, 0.01)
    curve = np.interp(grid, seconds, power)
    window = np.ones(round(_HEARD_SECONDS / 0.01))
    return float(10.0 * np.log10(np.convolve(curve, window, "valid").max() / window.sum() + 1e-20))


def _weight(hz: DoubleArray) -> DoubleArray:
    """The K curve as a power factor: a shelf of 4 dB above 1.5 kHz and a high-pass at 38 Hz."""
    shelf = 1.0 + 1.51 / (1.0 + (1500.0 / hz) ** 2)
    return np.asarray(shelf / (1.0 + (38.0 / hz) ** 4))
