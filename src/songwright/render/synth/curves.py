"""Envelopes and slow oscillators as control curves, one value a block.

All take a time axis in seconds (shape (blocks + 1,)) and give an array of the same shape.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from songwright.palette.model import Lfo
from songwright.render.beats import BeatClock
from songwright.render.jit import DoubleArray, FloatArray
from songwright.render.noise import BANK_SIZE, noise_bank

_NEPERS_60_DB = 6.9
_DRIFT_RATES = (0.37, 0.83, 1.29)


@dataclass(frozen=True, slots=True)
class Adsr:
    """Times in seconds, ``sustain`` 0..1; ``release`` to -60 dB."""

    attack: float
    decay: float
    sustain: float
    release: float

    def curve(self, seconds: DoubleArray, held_seconds: float) -> DoubleArray:
        """Rises as a quarter of a sine squared, decays and releases exponentially."""
        t = np.minimum(seconds, held_seconds)
        attack = max(self.attack, 1e-4)
        level = np.sin(np.minimum(t / attack, 1.0) * (np.pi / 2))
        # long swells start gently, short attacks at once
        level = level * level if attack > 0.02 else level
        if self.sustain < 1.0:
            # `decay` is the time in which nine tenths of the way are gone
            fall = np.exp(-2.3 * np.maximum(t - attack, 0.0) / max(self.decay, 1e-3))
            level = level * (self.sustain + (1.0 - self.sustain) * fall)
        after = np.maximum(seconds - held_seconds, 0.0)
        return np.asarray(level * np.exp(-_NEPERS_60_DB * after / max(self.release, 1e-3)))


def lfo_turns(
    lfo: Lfo, seconds: DoubleArray, start_seconds: float, own: float, clock: BeatClock
) -> DoubleArray:
    """Turns that a slow oscillator has made, with fraction.

    Parameters
    ----------
    seconds, start_seconds
        Time in the note, and where the note lies in the part.
    own
        Start phase 0..1 of a note with an oscillator of its own; where it keeps time with the
        music the note takes the nearest quarter of a turn, so that it stays on the grid.
    clock
        Beats of the part.
    """
    if lfo.rate_beats > 0.0:
        beats = clock.beats(seconds + start_seconds)
        since = beats - beats[0] if lfo.each else beats
        own = round(4.0 * own) / 4.0
        return np.asarray(since / lfo.rate_beats + (own if lfo.each else 0.0) + lfo.phase)
    since = seconds if lfo.each else seconds + (clock.origin_seconds + start_seconds)
    return np.asarray(lfo.hz * since + (own if lfo.each else 0.0) + lfo.phase)


def lfo_wave(lfo: Lfo, seconds: DoubleArray, phase: DoubleArray, salt: int) -> FloatArray:
    """Values -1..1 of a slow oscillator.

    Parameters
    ----------
    seconds
        Time in the note.
    phase
        Turns made by then (`lfo_turns`).
    salt
        Chooses the random steps of this part.
    """
    turn = phase % 1.0
    hz = float(phase[-1] - phase[0]) / max(float(seconds[-1] - seconds[0]), 1e-6)
    match lfo.shape:
        case "triangle":
            wave = 4.0 * np.abs((turn + 0.75) % 1.0 - 0.5) - 1.0
        case "square":
            # edges of a few milliseconds do not click
            edge = np.clip(0.004 * hz, 0.002, 0.2)
            wave = np.clip(np.sin(2.0 * np.pi * turn) / edge / np.pi, -1.0, 1.0)
        case "fall":
            wave = 1.0 - 2.0 * np.maximum(turn, 1.0 - turn / np.clip(0.006 * hz, 1e-3, 0.2))
        case "random":
            steps = noise_bank()[(np.floor(phase).astype(np.int64) * 7919 + salt) % BANK_SIZE]
            wave = np.clip(0.6 * steps, -1.0, 1.0)
        case "drift":
            shift = salt % 997
            parts = [
                np.sin(2.0 * np.pi * (rate * phase + 0.37 * shift * k))
                for k, rate in enumerate(_DRIFT_RATES, start=1)
            ]
            wave = np.mean(parts, axis=0)
        case _:
            wave = np.sin(2.0 * np.pi * phase)
    if lfo.rise > 0.0:
        wave = wave * np.clip(seconds / lfo.rise, 0.0, 1.0)
    return np.asarray(wave, np.float32)


def glide_curve(
    seconds: DoubleArray, times: list[float], pitches: list[float], glide_seconds: float
) -> DoubleArray:
    """Pitch (MIDI) of a line of joined notes; each step is an exponential slide."""
    curve = np.full(seconds.shape, pitches[0])
    for at, before, after in zip(times[1:], pitches, pitches[1:], strict=False):
        late = np.maximum(seconds - at, 0.0)
        moved = 1.0 - np.exp(-3.0 * late / max(glide_seconds, 1e-3))
        curve = curve + (after - before) * np.where(seconds >= at, moved, 0.0)
    return curve
