"""A rotating speaker: a horn for the treble, a drum for the bass, two microphones."""

from __future__ import annotations

import math

import numpy as np

from songwright.render.jit import FloatArray, kernel

CROSSOVER_HZ = 800.0
HORN_METRES = 0.19
"""Distance of the horn's mouth from its axis: the path to a microphone grows and shrinks by it."""

SOUND_METRES_PER_SECOND = 343.0
DRUM_SPEED = 0.83
"""The heavier drum is driven at a lower speed than the horn."""

HORN_DEPTH, DRUM_DEPTH = 0.45, 0.3
_LINE = 1024


@kernel
def rotary(
    audio: FloatArray, turns_hz: float, sample_rate_hz: float, origin_seconds: float = 0.0
) -> None:
    """Send a part through a rotating speaker, in place; shape (2, samples).

    The horn turns past two microphones a quarter of a turn apart: what comes nearer is higher
    (Doppler shift by a moving delay) and louder. Of the drum only the level turns. Crossover and
    radius are those of the common cabinet (Smith, Serafin, Abel & Berners, "Doppler simulation
    and the Leslie", DAFx 2002). At time 0 of the piece both face the left microphone;
    ``origin_seconds`` is the moment at which the audio begins.
    """
    horn_step = 2.0 * math.pi * turns_hz / sample_rate_hz
    drum_step = horn_step * DRUM_SPEED
    swing = HORN_METRES / SOUND_METRES_PER_SECOND * sample_rate_hz
    centre = swing + 8.0
    share = np.float32(1.0 - math.exp(-2.0 * math.pi * CROSSOVER_HZ / sample_rate_hz))
    line = np.zeros((2, _LINE), np.float32)
    low = np.zeros(2, np.float32)
    # the mean power of 1 - depth (1 - cos) / 2 is brought back to one
    horn_level = 1.0 / math.sqrt((1.0 - 0.5 * HORN_DEPTH) ** 2 + 0.125 * HORN_DEPTH**2)
    drum_level = 1.0 / math.sqrt((1.0 - 0.5 * DRUM_DEPTH) ** 2 + 0.125 * DRUM_DEPTH**2)
    horn_cosine, horn_sine = math.cos(horn_step), math.sin(horn_step)
    drum_cosine, drum_sine = math.cos(drum_step), math.sin(drum_step)
    horn_turn = 2.0 * math.pi * turns_hz * origin_seconds
    drum_turn = horn_turn * DRUM_SPEED
    horn_x, horn_y = math.cos(horn_turn), math.sin(horn_turn)
    drum_x, drum_y = math.cos(drum_turn), math.sin(drum_turn)
    for n in range(audio.shape[1]):
        at = n & (_LINE - 1)
        horn_x, horn_y = (
            horn_x * horn_cosine - horn_y * horn_sine,
            horn_x * horn_sine + horn_y * horn_cosine,
        )
        drum_x, drum_y = (
            drum_x * drum_cosine - drum_y * drum_sine,
            drum_x * drum_sine + drum_y * drum_cosine,
        )
        for side in range(2):
            toward = horn_x if side == 0 else horn_y
            near = drum_x if side == 0 else drum_y
            low[side] += share * (audio[side, n] - low[side]) + np.float32(1e-20)
            # of the first order, so that the powers of the halves add up to that of the whole
            line[side, at] = audio[side, n] - low[side]
            back = n - (centre - swing * toward)
            whole = math.floor(back)
            part = np.float32(back - whole)
            i = int(whole) & (_LINE - 1)
            treble = line[side, i] + part * (line[side, (i + 1) & (_LINE - 1)] - line[side, i])
            horn = horn_level * (1.0 - 0.5 * HORN_DEPTH * (1.0 - toward))
            drum = drum_level * (1.0 - 0.5 * DRUM_DEPTH * (1.0 - near))
            audio[side, n] = np.float32(horn) * treble + np.float32(drum) * low[side]
