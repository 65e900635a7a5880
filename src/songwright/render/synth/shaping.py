"""What a whole part goes through: drive, folding, coarseness, chorus, width."""

from __future__ import annotations

import math

import numpy as np

from songwright.palette.model import Effects
from songwright.render.amplifier import saturate
from songwright.render.bus import chorus
from songwright.render.jit import FloatArray, kernel
from songwright.render.oversampling import interpolation_filter
from songwright.units import db_to_gain

TONE_HZ = 1000.0
"""Corner of the tone control."""

WORKING_LEVEL = 0.25
"""RMS of one mezzo-forte note of wave RMS 1 before the effects."""


@kernel
def fold_wave(audio: FloatArray, gain: float) -> None:
    """``sin(gain x)`` in place, with first-order antiderivative anti-aliasing (Parker 2016)."""
    for side in range(2):
        before = 0.0
        sum_before = 1.0
        for n in range(audio.shape[1]):
            x = gain * float(audio[side, n])
            total = math.cos(x)
            change = x - before
            if abs(change) < 1e-4:
                y = math.sin(0.5 * (x + before))
            else:
                y = (sum_before - total) / change
            audio[side, n] = np.float32(y / gain)
            before = x
            sum_before = total


@kernel
def crush(audio: FloatArray, step: float, hold: float) -> None:
    """Round samples to steps and take only one in ``hold``, in place.

    Straight lines join what is taken, as the output filter of a sampler does: what folds back into
    the spectrum is heard, its mirror image above half the low rate is not.
    """
    for side in range(2):
        clock = hold
        value = last = np.float32(0.0)
        for n in range(audio.shape[1]):
            clock += 1.0
            if clock >= hold:
                clock -= hold
                last = value
                x = float(audio[side, n])
                if step > 0.0:
                    # around zero there is a step, not an edge: silence stays silence
                    x = step * math.floor(x / step + 0.5)
                value = np.float32(x)
            share = min((clock + 1.0) / hold, 1.0)
            audio[side, n] = np.float32(last + (value - last) * share)


@kernel
def shelve(audio: FloatArray, corner: float, gain: float) -> None:
    """Scale what lies above a corner by ``gain``, in place (one pole, 6 dB per octave).

    ``corner`` is the coefficient ``1 - exp(-2 pi f / rate)``.
    """
    for side in range(2):
        low = 0.0
        for n in range(audio.shape[1]):
            x = float(audio[side, n])
            low += corner * (x - low)
            audio[side, n] = np.float32(low + gain * (x - low))
            if abs(low) < 1e-15:  # numbers below the normal range would be slow
                low = 0.0


@kernel
def shape_width(audio: FloatArray, low_cut: float, width: float, mono_below: float) -> None:
    """Two poles of low cut, then scale the side signal above a corner, in place.

    ``low_cut`` and ``mono_below`` are coefficients ``1 - exp(-2 pi f / rate)``.
    """
    l1 = l2 = r1 = r2 = side_low = 0.0
    for n in range(audio.shape[1]):
        x = float(audio[0, n])
        l1 += low_cut * (x - l1)
        x -= l1
        l2 += low_cut * (x - l2)
        x -= l2
        y = float(audio[1, n])
        r1 += low_cut * (y - r1)
        y -= r1
        r2 += low_cut * (y - r2)
        y -= r2
        middle = 0.5 * (x + y)
        side = 0.5 * (x - y)
        side_low += mono_below * (side - side_low)
        side = width * (side - side_low)
        audio[0, n] = np.float32(middle + side)
        audio[1, n] = np.float32(middle - side)
        # silence must become silence, and numbers below the normal range would be slow
        if abs(l1) + abs(l2) + abs(r1) + abs(r2) + abs(side_low) < 1e-15:
            l1 = l2 = r1 = r2 = side_low = 0.0


def process_effects(
    audio: FloatArray, effects: Effects, sample_rate_hz: int, origin_seconds: float = 0.0
) -> None:
    """Send a part through its effects, in place; ``audio`` has shape (2, samples).

    ``origin_seconds`` is the moment of the piece at which it begins.
    """
    rate = float(sample_rate_hz)
    if effects.fold > 0.0:
        # at 1 a single mezzo-forte note is folded three times
        fold_wave(audio, (0.3 + 4.0 * effects.fold) / WORKING_LEVEL)
    if effects.drive_db > 0.0:
        drive = db_to_gain(effects.drive_db)
        for side in range(2):
            channel = np.ascontiguousarray(audio[side])
            saturate(channel, interpolation_filter(), drive, 0.04)
            # louder in, not much louder out: what drive does on a desk
            audio[side] = channel * np.float32(1.0 / math.sqrt(1.0 + drive))
    if effects.crush_bits > 0.0 or effects.crush_hz > 0.0:
        step = 2.0 ** (1.0 - effects.crush_bits) if effects.crush_bits > 0.0 else 0.0
        crush(audio, step, max(rate / effects.crush_hz, 1.0) if effects.crush_hz > 0.0 else 1.0)
    if effects.chorus > 0.0:
        chorus(audio, effects.chorus_hz, effects.chorus_ms, effects.chorus, rate, origin_seconds)
    if effects.tone_db != 0.0:
        shelve(audio, 1.0 - math.exp(-2.0 * math.pi * TONE_HZ / rate), db_to_gain(effects.tone_db))
    shape_width(
        audio,
        1.0 - math.exp(-2.0 * math.pi * effects.low_cut_hz / rate),
        effects.width,
        1.0 - math.exp(-2.0 * math.pi * effects.mono_below_hz / rate),
    )
