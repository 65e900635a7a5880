"""Tones of a sound as peaks of long spectra, placed between the bins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.fft

from songwright.audio import Audio
from songwright.audio.buffers import Samples64
from songwright.evaluate.sound.frames import framed
from songwright.evaluate.sound.short_spectra import window_samples
from songwright.evaluate.sound.sources import Sound

_WINDOW_SECONDS = 0.341
_RANGE_HZ = (100.0, 1_000.0)
"""Below, a third of a semitone is less than the width of a peak; above, partials outnumber notes,
and the 7th lies 31 cents off by nature."""

_BELOW_DB = 30.0  # peaks farther below the loudest of their frame are leakage or reverberation
_PROMINENCE_DB = 15.0
_REACH = 6  # bins to either side in which a peak must fall by its prominence
_MOST_FRAMES = 80
_FRAMES_AT_ONCE = 8
_LEVEL_SAMPLES = 64
_SHARED_CENTS = 10.0
_LEAST_RATE_HZ = 4_000
LEAST_PEAKS = 50
"""With fewer there are hardly any tones to speak of."""


@dataclass(frozen=True, slots=True)
class Pitches:
    """Spectral peaks of a sound.

    Attributes
    ----------
    cents
        Distance from 440 Hz, shape (peaks,).
    amplitude
        Shape (peaks,).
    """

    cents: Samples64
    amplitude: Samples64

    @property
    def centre(self) -> complex:
        """Mean direction on the circle of one semitone; its length says how much they agree."""
        whole = float(self.amplitude.sum())
        if whole <= 0.0:
            return 0j
        turns = np.exp(2j * np.pi * self.cents / 100.0)
        return complex((self.amplitude * turns).sum() / whole)

    @property
    def reference_cents(self) -> float:
        """The tuning that most of the amplitude shares to 10 cents, 0 to 99 cents.

        Not the mean: between two halves of a band 30 cents apart nobody plays.
        """
        shared = [
            float(self.amplitude[np.abs(self.off_cents(at)) <= _SHARED_CENTS].sum())
            for at in range(100)
        ]
        return float(np.argmax(shared))

    def off_cents(self, reference_cents: float) -> Samples64:
        """Distance of every peak from the nearest semitone of a reference, -50 to 50 cents."""
        return np.asarray((self.cents - reference_cents + 50.0) % 100.0 - 50.0)


def level_step(sample_rate_hz: int) -> int:
    """Distance of the samples from which `pitches` tells where it sounds: 64 in a frame."""
    return window_samples(_WINDOW_SECONDS, sample_rate_hz) // _LEVEL_SAMPLES


def pitches(sound: Sound, thinned: Audio, most_frames: int = _MOST_FRAMES) -> Pitches:
    """Peaks of 100 Hz to 1 kHz in frames spread over all that sounds.

    Parameters
    ----------
    sound
        At a rate of at least 4 kHz, not empty; no more than the frames is read of it.
    thinned
        Every `level_step`-th sample of it, shape (channels, samples).
    most_frames
        More frames than that are thinned out evenly.
    """
    sample_rate_hz = sound.sample_rate_hz
    size = window_samples(_WINDOW_SECONDS, sample_rate_hz)
    window = np.hanning(size + 1)[:-1].astype(np.float32)
    count = max(1, (sound.frames - size) // (size // 2) + 1)
    views = [framed(channel, _LEVEL_SAMPLES, _LEVEL_SAMPLES // 2)[:count] for channel in thinned]
    level = np.asarray(sum(np.square(v).mean(axis=1) for v in views))
    sounding = np.flatnonzero(level > max(1e-9, 1e-3 * float(level.max(initial=0.0))))
    if not sounding.size:
        return Pitches(np.zeros(0), np.zeros(0))
    chosen = sounding[
        np.linspace(0, sounding.size - 1, min(most_frames, sounding.size)).astype(int)
    ]
    first, last = (round(hz * size / sample_rate_hz) for hz in _RANGE_HZ)
    lowest = first - _REACH  # the bins that are looked at, and no more, are kept
    power = np.zeros((chosen.size, last + _REACH - lowest))
    for at in range(0, chosen.size, _FRAMES_AT_ONCE):
        some = chosen[at : at + _FRAMES_AT_ONCE]
        frames = np.stack([_frame(sound, int(number) * (size // 2), size) for number in some], 1)
        # The powers of both sides are added: opposed sides would cancel each other's notes.
        for channel in frames:
            spectrum = scipy.fft.rfft(channel * window, axis=1)[:, lowest : last + _REACH]
            power[at : at + some.size] += spectrum.real**2 + spectrum.imag**2
    decibels = 10.0 * np.log10(np.maximum(power, 1e-12))
    first, last = first - lowest, last - lowest
    inside = decibels[:, first:last]
    peak = inside > inside.max(axis=1, keepdims=True) - _BELOW_DB
    peak &= (inside > decibels[:, first - 1 : last - 1]) & (
        inside >= decibels[:, first + 1 : last + 1]
    )
    below, above = (
        np.min([decibels[:, first + s * k : last + s * k] for k in range(1, _REACH + 1)], axis=0)
        for s in (-1, 1)
    )
    peak &= inside - np.maximum(below, above) > _PROMINENCE_DB
    frame, column = np.nonzero(peak)
    column += first
    left, top, right = (decibels[frame, column + k] for k in (-1, 0, 1))
    # A Hann window's main lobe is nearly a parabola in dB.
    place = lowest + column + 0.5 * (left - right) / (left - 2.0 * top + right)
    cents = 1_200.0 * np.log2(place * sample_rate_hz / size / 440.0)
    return Pitches(np.asarray(cents), np.asarray(10.0 ** (top / 20.0)))


def _frame(sound: Sound, start: int, size: int) -> Audio:
    frame = sound.read(start, min(start + size, sound.frames))
    missing = size - frame.shape[1]
    return np.pad(frame, ((0, 0), (0, missing))) if missing else frame


def cents_between(one: complex, other: complex) -> float:
    """Distance of two tunings in cents, -50 to 50."""
    return 100.0 * float(np.angle(one * np.conj(other))) / (2.0 * np.pi)


def tuning_of(sound: Sound, thinned: Audio) -> complex:
    """Sum of all peaks of a stem on the circle of one semitone; 0 where there are hardly any."""
    if sound.sample_rate_hz < _LEAST_RATE_HZ or sound.frames == 0:
        return 0j
    heard = pitches(sound, thinned, _MOST_FRAMES // 2)
    if heard.cents.size < LEAST_PEAKS:
        return 0j
    return heard.centre * float(heard.amplitude.sum())
