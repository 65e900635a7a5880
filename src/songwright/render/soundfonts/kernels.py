"""The inner loop of the sample player: interpolation, envelopes, vibrato, filter, mixing."""

from __future__ import annotations

import math

import numpy as np

from songwright.render.jit import BLOCK, DoubleArray, FloatArray, kernel
from songwright.render.soundfonts.voice import LOOP_WHILE_HELD, NO_LOOP

TAPS = 8
PHASES = 2048
FLOOR_DB = 96.0

# Places in the vector of `Voice.numbers`.
(SPEED, LOOP_START, LOOP_END, END, LOOP_MODE, GAIN_LEFT, GAIN_RIGHT) = range(7)
VOLUME, SHAPE = 7, 13
(SHAPE_PITCH, SHAPE_FILTER, FILTER_HZ, FILTER_Q, FILTER_KIND, LFO_DELAY, LFO_HZ, LFO_PITCH,
 LFO_FILTER, LFO_VOLUME, VIBRATO_DELAY, VIBRATO_HZ, VIBRATO, WHEEL,
 CHOKE) = range(19, 34)  # fmt: skip

BRIGHTNESS_CENTS = 3600.0
"""How far brightness (CC74) moves the filter at its ends."""

_OPEN_HZ = 19000.0


def sinc_table() -> FloatArray:
    """Weights of a windowed-sinc interpolator, shape (PHASES + 1, TAPS), each row summing to 1.

    Sinc at 0.94 of the Nyquist frequency under a Kaiser window (beta 6): eight taps hold the
    passband within 0.5 dB up to 0.7 of Nyquist and images of lower tones below -60 dB.
    """
    phase = np.arange(PHASES + 1)[:, None] / PHASES
    at = np.arange(TAPS)[None, :] - (TAPS // 2 - 1) - phase
    window = np.i0(6.0 * np.sqrt(np.clip(1.0 - (at / (TAPS / 2)) ** 2, 0.0, 1.0)))
    weights = np.sinc(0.94 * at) * window
    return np.ascontiguousarray(weights / weights.sum(1, keepdims=True), np.float32)


@kernel
def _level_db(n: DoubleArray, at: float, gate: float, choke: float) -> float:
    """Volume envelope in dB (0 top, -96 silence) at a time, the key being let go at ``gate``."""
    held = min(at, gate, choke)
    t = held - n[VOLUME]
    if t <= 0.0:
        level = -FLOOR_DB
    elif t < n[VOLUME + 1]:
        level = max(20.0 * math.log10(t / n[VOLUME + 1]), -FLOOR_DB)
    else:
        t -= n[VOLUME + 1] + n[VOLUME + 2]
        fall = FLOOR_DB * t / n[VOLUME + 3] if n[VOLUME + 3] > 0.0 else FLOOR_DB
        level = -min(max(fall, 0.0), n[VOLUME + 4])
    if at > gate:
        level -= FLOOR_DB * (at - gate) / n[VOLUME + 5]
    if at > choke:
        level -= FLOOR_DB * (at - choke) / n[CHOKE]
    return level


@kernel
def _shape(n: DoubleArray, at: float, gate: float) -> float:
    """Modulation envelope, 0..1, with the convex attack of the SoundFont specification."""
    t = min(at, gate) - n[SHAPE]
    if t <= 0.0:
        value = 0.0
    elif t < n[SHAPE + 1]:
        value = min(1.0 + math.log10(t / n[SHAPE + 1]) * (400.0 / 960.0), 1.0)
        value = max(value, 0.0)
    else:
        t -= n[SHAPE + 1] + n[SHAPE + 2]
        fall = t / n[SHAPE + 3] if n[SHAPE + 3] > 0.0 else 1.0
        value = max(1.0 - max(fall, 0.0), n[SHAPE + 4])
    if at > gate:
        value = max(value - (at - gate) / n[SHAPE + 5], 0.0)
    return value


@kernel
def _triangle(hz: float, seconds: float) -> float:
    """A triangle wave that starts upwards from 0; 0 before its delay is over."""
    if seconds <= 0.0:
        return 0.0
    x = hz * seconds + 0.25
    x -= math.floor(x)
    return 4.0 * x - 1.0 if x < 0.5 else 3.0 - 4.0 * x


@kernel
def play_voice(
    out: FloatArray,
    start: int,
    data: FloatArray,
    rest: FloatArray,
    n: DoubleArray,
    table: FloatArray,
    bend: FloatArray,
    wheel: FloatArray,
    brightness: FloatArray,
    gain: float,
    gate: int,
    choke: int,
    sample_rate_hz: float,
) -> None:
    """Add one voice to a part.

    Parameters
    ----------
    out
        Shape (2, samples).
    start
        Sample at which the key is struck, 0 or later.
    data, rest
        Of the voice's clip.
    n
        `Voice.numbers`.
    table
        `sinc_table`.
    bend, wheel, brightness
        Semitones, 0..1 and -1..1, one value each `BLOCK` samples of ``out``.
    gain
        Amplitude of the whole voice.
    gate, choke
        Samples after the start at which the key is let go, and another voice silences this one.
    """
    length = out.shape[1] - start
    block_seconds = BLOCK / sample_rate_hz
    gate_seconds, choke_seconds = gate / sample_rate_hz, choke / sample_rate_hz
    held = np.empty(BLOCK, np.float32)
    position = 8.0
    mode = int(n[LOOP_MODE])
    turn_back = n[LOOP_END] + TAPS // 2
    loop_length = n[LOOP_END] - n[LOOP_START]
    end = n[END]
    source = data
    filtered = n[FILTER_HZ] > 0.0
    moving_filter = n[SHAPE_FILTER] != 0.0 or n[LFO_FILTER] != 0.0
    kind = int(n[FILTER_KIND])
    s1 = s2 = 0.0
    before = 0.0  # amplitude at the start of the block
    first = start // BLOCK
    for block in range(-(-length // BLOCK)):
        count = min(BLOCK, length - block * BLOCK)
        at = block * block_seconds
        shown = min(first + block, bend.shape[0] - 1)
        # A loop that holds only with the key goes on into the rest of the recording.
        if mode == LOOP_WHILE_HELD and at >= gate_seconds:
            while position >= n[LOOP_END]:
                position -= loop_length
            source = rest
            mode = NO_LOOP
        shape = 0.0
        if n[SHAPE_PITCH] != 0.0 or n[SHAPE_FILTER] != 0.0:
            shape = _shape(n, at, min(gate_seconds, choke_seconds))
        lfo = _triangle(n[LFO_HZ], at - n[LFO_DELAY])
        cents = 100.0 * bend[shown] + n[SHAPE_PITCH] * shape + n[LFO_PITCH] * lfo
        depth = n[VIBRATO] + n[WHEEL] * wheel[shown]
        if depth != 0.0:
            cents += depth * _triangle(n[VIBRATO_HZ], at - n[VIBRATO_DELAY])
        speed = n[SPEED]
        if cents != 0.0:
            speed *= 2.0 ** (cents / 1200.0)
        speed = min(speed, 256.0)
        # Samples
        if mode != NO_LOOP:
            ending = False
            if position + BLOCK * speed < turn_back:
                for i in range(count):
                    whole = int(position)
                    p = int((position - whole) * PHASES)
                    w = whole - (TAPS // 2 - 1)
                    held[i] = (
                        (source[w] * table[p, 0] + source[w + 1] * table[p, 1])
                        + (source[w + 2] * table[p, 2] + source[w + 3] * table[p, 3])
                    ) + (
                        (source[w + 4] * table[p, 4] + source[w + 5] * table[p, 5])
                        + (source[w + 6] * table[p, 6] + source[w + 7] * table[p, 7])
                    )
                    position += speed
            else:
                for i in range(count):
                    if position >= turn_back:
                        position -= loop_length * math.floor(
                            (position - turn_back) / loop_length + 1.0
                        )
                    whole = int(position)
                    p = int((position - whole) * PHASES)
                    w = whole - (TAPS // 2 - 1)
                    y = np.float32(0.0)
                    for k in range(TAPS):
                        y += source[w + k] * table[p, k]
                    held[i] = y
                    position += speed
        else:
            ending = position + BLOCK * speed >= end
            for i in range(count):
                if position >= end:
                    held[i] = 0.0
                    continue
                whole = int(position)
                p = int((position - whole) * PHASES)
                w = whole - (TAPS // 2 - 1)
                held[i] = (
                    (source[w] * table[p, 0] + source[w + 1] * table[p, 1])
                    + (source[w + 2] * table[p, 2] + source[w + 3] * table[p, 3])
                ) + (
                    (source[w + 4] * table[p, 4] + source[w + 5] * table[p, 5])
                    + (source[w + 6] * table[p, 6] + source[w + 7] * table[p, 7])
                )
                position += speed
        # Filter (state variable, Zavalishin 2012, ch. 4)
        if filtered:
            hz = n[FILTER_HZ]
            if moving_filter:
                hz *= 2.0 ** ((n[SHAPE_FILTER] * shape + n[LFO_FILTER] * lfo) / 1200.0)
        else:
            hz = _OPEN_HZ
        bright = brightness[shown]
        if bright != 0.0 and (filtered or bright < 0.0):
            hz *= 2.0 ** (bright * (BRIGHTNESS_CENTS / 1200.0))
        hz = max(hz, 20.0)
        if hz < _OPEN_HZ or kind != 0:
            k = 1.0 / n[FILTER_Q]
            g = math.tan(math.pi * min(hz, 0.45 * sample_rate_hz) / sample_rate_hz)
            a1 = 1.0 / (1.0 + g * (g + k))
            a2 = g * a1
            a3 = g * a2
            for i in range(count):
                x = float(held[i])
                v3 = x - s2
                v1 = a1 * s1 + a2 * v3
                v2 = s2 + a2 * s1 + a3 * v3
                s1 = 2.0 * v1 - s1
                s2 = 2.0 * v2 - s2
                if kind == 0:
                    held[i] = v2
                elif kind == 1:
                    held[i] = k * v1
                else:
                    held[i] = x - k * v1 - v2
            if abs(s1) < 1e-15:  # numbers below the normal range would slow the processor
                s1 = 0.0
            if abs(s2) < 1e-15:
                s2 = 0.0
        # Level, a straight line over the block
        after_at = at + block_seconds
        db = _level_db(n, after_at, gate_seconds, choke_seconds)
        over = db <= -FLOOR_DB and (
            after_at > n[VOLUME] + n[VOLUME + 1] or after_at > min(gate_seconds, choke_seconds)
        )
        after = 0.0
        if db > -FLOOR_DB:
            if n[LFO_VOLUME] != 0.0:
                db += n[LFO_VOLUME] * _triangle(n[LFO_HZ], after_at - n[LFO_DELAY])
            after = gain * 10.0 ** (db / 20.0)
        place = start + block * BLOCK
        left, right = np.float32(before * n[GAIN_LEFT]), np.float32(before * n[GAIN_RIGHT])
        step = (after - before) / BLOCK
        left_step, right_step = np.float32(step * n[GAIN_LEFT]), np.float32(step * n[GAIN_RIGHT])
        for i in range(count):
            along = np.float32(i)
            out[0, place + i] += held[i] * (left + along * left_step)
            out[1, place + i] += held[i] * (right + along * right_step)
        before = after
        if over or (ending and position >= end):
            return
