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


def ticks_to_beats(ticks: int) -> float:
    """Time in quarter notes of a whole number of ticks."""
    return ticks / TICKS_PER_BEAT


def bar_ticks(numerator: int, denominator: int) -> int:
    """Length in ticks of one bar of the metre ``numerator/denominator``."""
    return TICKS_PER_BEAT * 4 * numerator // denominator


def seconds_of_bar(ticks: int, tempo_bpm: float) -> float:
    """Time of one bar of so many ticks at a tempo in quarter notes per minute."""
    return ticks / TICKS_PER_BEAT * 60.0 / tempo_bpm


def midi_to_hz(pitch: float) -> float:
    """Frequency of a MIDI pitch in twelve-tone equal temperament at A4 = 440 Hz."""
    return A4_HZ * math.exp2((pitch - A4_MIDI) / 12.0)


def db_to_gain(level_db: float) -> float:
    """Amplitude factor of a level in decibels."""
    return float(10.0 ** (level_db / 20.0))
