"""What a whole part goes through: amplifier, body, chorus, tremolo, rotary speaker, echo."""

from __future__ import annotations

import math

import numpy as np

from songwright.render.amplifier import amplify
from songwright.render.bodies import body_response, convolve_in_place
from songwright.render.jit import FloatArray, kernel
from songwright.render.patch_model import Bus
from songwright.render.rotary import rotary


@kernel
def chorus(
    audio: FloatArray, rate_hz: float, depth_ms: float, mix: float, sample_rate_hz: float,
    origin_seconds: float = 0.0,
) -> None:  # fmt: skip
    """Two delays that swing against each other, one for each side, in place."""
    size = 4096
    line = np.zeros((2, size), np.float32)
    swing = depth_ms * 0.001 * sample_rate_hz * 0.5
    centre = swing + 0.006 * sample_rate_hz
    turn = 2.0 * math.pi * rate_hz / sample_rate_hz
    cosine, sine = math.cos(turn), math.sin(turn)
    before = 2.0 * math.pi * rate_hz * origin_seconds
    x, y = math.cos(before), math.sin(before)
    dry = np.float32(1.0 / math.sqrt(1.0 + mix * mix))
    wet = np.float32(mix) * dry
    for n in range(audio.shape[1]):
        at = n & (size - 1)
        line[0, at] = audio[0, n]
        line[1, at] = audio[1, n]
        x, y = x * cosine - y * sine, x * sine + y * cosine
        for side in range(2):
            delay = centre + swing * (y if side == 0 else x)
            back = float(n) - delay
            whole = math.floor(back)
            share = np.float32(back - whole)
            i = int(whole) & (size - 1)
            j = (i + 1) & (size - 1)
            value = line[side, i] + (line[side, j] - line[side, i]) * share
            audio[side, n] = dry * audio[side, n] + wet * value


@kernel
def tremolo(
    audio: FloatArray, rate_hz: float, depth: float, pan: float, sample_rate_hz: float,
    origin_seconds: float = 0.0,
) -> None:  # fmt: skip
    """Level that swings up and down (``pan`` 0) or from side to side (``pan`` 1), in place."""
    turn = 2.0 * math.pi * rate_hz / sample_rate_hz
    cosine, sine = math.cos(turn), math.sin(turn)
    before = 2.0 * math.pi * rate_hz * origin_seconds
    x, y = math.cos(before), math.sin(before)
    opposite = 1.0 - 2.0 * pan
    for n in range(audio.shape[1]):
        x, y = x * cosine - y * sine, x * sine + y * cosine
        audio[0, n] *= np.float32(1.0 - depth * 0.5 * (1.0 - y))
        audio[1, n] *= np.float32(1.0 - depth * 0.5 * (1.0 - opposite * y))


@kernel
def echo(audio: FloatArray, delay: int, feedback: float) -> None:
    """Repeats that cross from side to side, in place."""
    for n in range(delay, audio.shape[1]):
        left = audio[0, n - delay]
        right = audio[1, n - delay]
        audio[0, n] += np.float32(feedback) * (np.float32(0.3) * left + np.float32(0.7) * right)
        audio[1, n] += np.float32(feedback) * (np.float32(0.7) * left + np.float32(0.3) * right)


def process_bus(
    audio: FloatArray, bus: Bus, sample_rate_hz: int, origin_seconds: float = 0.0
) -> None:
    """Send a part through its bus, in place; ``audio`` has shape (2, samples).

    ``origin_seconds`` is the moment of the piece at which it begins (`BeatClock.origin_seconds`):
    what turns all the time stands accordingly.
    """
    rate = float(sample_rate_hz)
    if bus.drive:
        amplify(audio, bus.drive, bus.drive_db, sample_rate_hz)
    if bus.body:
        convolve_in_place(audio, body_response(bus.body, sample_rate_hz), bus.body_mix)
    if bus.rotary_hz > 0.0:
        rotary(audio, bus.rotary_hz, rate, origin_seconds)
    if bus.chorus_mix > 0.0:
        chorus(audio, bus.chorus_hz, bus.chorus_ms, bus.chorus_mix, rate, origin_seconds)
    if bus.tremolo_hz > 0.0:
        tremolo(audio, bus.tremolo_hz, bus.tremolo_depth, bus.tremolo_pan, rate, origin_seconds)
    if bus.echo_seconds > 0.0:
        echo(audio, max(round(bus.echo_seconds * rate), 1), bus.echo_feedback)
