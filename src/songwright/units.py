"""Conversions between the units of music and of audio: pure functions, nothing else.

A *tick* is the smallest step of written time: 1/480 of a beat, and a *beat* is always a
quarter note. Written time is kept in whole ticks so that triplets and sixteenths add up
exactly; played time is kept in seconds; audio in samples.
"""

from __future__ import annotations

import math

TICKS_PER_BEAT = 480
"""Ticks in one quarter note; the same number is written into every MIDI file."""

A4_HZ = 440.0
A4_MIDI = 69


def beats_to_ticks(beats: float) -> int:
    """Round a time in quarter notes to whole ticks."""
    return round(beats * TICKS_PER_BEAT)


def ticks_to_beats(ticks: int) -> float:
    """Time in quarter notes of a whole number of ticks."""
    return ticks / TICKS_PER_BEAT


def bar_ticks(numerator: int, denominator: int) -> int:
    """Length in ticks of one bar of the metre ``numerator/denominator``."""
    return TICKS_PER_BEAT * 4 * numerator // denominator


def midi_to_hz(pitch: float) -> float:
    """Frequency of a MIDI pitch in twelve-tone equal temperament at A4 = 440 Hz."""
    return A4_HZ * math.exp2((pitch - A4_MIDI) / 12.0)


def hz_to_midi(frequency_hz: float) -> float:
    """MIDI pitch (with fraction) of a frequency."""
    return A4_MIDI + 12.0 * math.log2(frequency_hz / A4_HZ)


def db_to_gain(level_db: float) -> float:
    """Amplitude factor of a level in decibels."""
    return float(10.0 ** (level_db / 20.0))


def gain_to_db(gain: float, floor_db: float = -240.0) -> float:
    """Level in decibels of an amplitude factor; silence gives ``floor_db``."""
    magnitude = abs(gain)
    if magnitude <= db_to_gain(floor_db):
        return floor_db
    return 20.0 * math.log10(magnitude)


def seconds_to_samples(seconds: float, sample_rate_hz: int) -> int:
    """Nearest whole sample of a time in seconds."""
    return round(seconds * sample_rate_hz)
