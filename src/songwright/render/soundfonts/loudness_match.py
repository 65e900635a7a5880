"""Bringing instruments from outside to the loudness that the mix expects."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from songwright.audio.loudness import integrated_lufs
from songwright.perform.model import PlayedNote, PlayedPart
from songwright.render.jit import FloatArray
from songwright.score import instrument
from songwright.units import db_to_gain

Play = Callable[[PlayedPart, int, int], FloatArray]

REFERENCE_LUFS = -24.0
REFERENCE_VELOCITY = 80
KIT_PEAK_DB = -6.0
REACH_DB = 24.0

_RATE_HZ = 48000
_KICK, _SNARE = 36, 38


def matching_gain(play: Play, instrument_id: str) -> float:
    """Amplitude that gives a note of velocity 80 in mid-range -24 LUFS, or a kit's kick -6 dBFS.

    The mean over three keys of the comfortable range counts, since samples differ by key. At most
    24 dB are corrected; a bank that is silent there stays as it is. ``play`` renders a part of
    so many samples at a sample rate, without any correction.
    """
    facts = instrument(instrument_id)
    if facts.is_kit:
        peaks = [float(np.abs(_tried(play, key, 100, 0.6)).max()) for key in (_KICK, _SNARE)]
        loudest = max(peaks)
        return _within(KIT_PEAK_DB - 20.0 * np.log10(loudest)) if loudest > 1e-6 else 1.0
    low, high = facts.comfort_low, facts.comfort_high
    levels = []
    for share in (0.3, 0.5, 0.7):
        sound = _tried(play, round(low + share * (high - low)), REFERENCE_VELOCITY, 0.8)
        # 400 ms from the loudest moment on, the window of momentary loudness
        power = np.convolve((sound**2).sum(0)[::48], np.ones(400), "valid")
        first = 48 * int(np.argmax(power))
        level = integrated_lufs(sound[:, first : first + round(0.41 * _RATE_HZ)], _RATE_HZ)
        if level is not None:
            levels.append(level)
    return _within(REFERENCE_LUFS - sum(levels) / len(levels)) if levels else 1.0


def _within(db: float) -> float:
    return db_to_gain(min(max(float(db), -REACH_DB), REACH_DB))


def _tried(play: Play, key: int, velocity: int, seconds: float) -> np.ndarray:
    note = PlayedNote(0.0, seconds, key, velocity)
    part = PlayedPart("level", "Level", "lead", "", (note,))
    return play(part, round((seconds + 0.2) * _RATE_HZ), _RATE_HZ)
