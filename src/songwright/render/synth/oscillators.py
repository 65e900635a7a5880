"""Oscillators: unison banks of wavetables, pairs of sines in frequency modulation, plucked loops.

Every kernel adds to the two channels of one note. Curves have one value for each `BLOCK` of samples
and one more for the end.
"""

from __future__ import annotations

import math

import numpy as np

from songwright.render.jit import BLOCK, DoubleArray, FloatArray, kernel
from songwright.render.synth.waves import LEVELS_PER_OCTAVE, LOWEST_HZ, TABLE_SIZE

_INDEX_SHIFT = 32 - int(math.log2(TABLE_SIZE))
_FRACTION_MASK = (1 << _INDEX_SHIFT) - 1
_FRACTION_SCALE = 1.0 / (1 << _INDEX_SHIFT)


@kernel
def add_bank(
    left: FloatArray,
    right: FloatArray,
    tables: FloatArray,
    cycles_per_sample: DoubleArray,
    morphs: FloatArray,
    ratios: DoubleArray,
    phases: DoubleArray,
    pan_left: FloatArray,
    pan_right: FloatArray,
    sample_rate_hz: float,
) -> None:
    """Add detuned copies of one wave.

    Parameters
    ----------
    left, right
        Shape (samples,), a multiple of `BLOCK` long.
    tables
        Shape (frames, levels, TABLE_SIZE + 1), see `songwright.render.synth.waves`.
    cycles_per_sample, morphs
        Shape (blocks + 1,): frequency and place 0..1 between the first frame and the last.
    ratios, phases, pan_left, pan_right
        Shape (voices,): frequency factor, start phase in cycles, amplitude on each side.

    Phases are whole numbers of 32 bits, which wrap by themselves. When a moving pitch needs a
    narrower spectrum, the new table fades in over one block.
    """
    last_frame = tables.shape[0] - 1
    last_level = tables.shape[1] - 1
    places = np.empty(BLOCK, np.int32)
    fractions = np.empty(BLOCK, np.float32)
    ramp = np.arange(BLOCK).astype(np.uint32)
    share = np.arange(BLOCK).astype(np.float32) * np.float32(1.0 / BLOCK)
    scale = np.float32(_FRACTION_SCALE)
    for voice in range(ratios.shape[0]):
        phase = np.uint32(np.int64((phases[voice] % 1.0) * 4294967296.0) & 0xFFFFFFFF)
        to_left, to_right = pan_left[voice], pan_right[voice]
        before = -1
        for block in range(left.shape[0] // BLOCK):
            cycles = cycles_per_sample[block] * ratios[voice]
            octave = math.log2(max(cycles * sample_rate_hz, 1e-3) / LOWEST_HZ)
            level = min(max(math.ceil(octave * LEVELS_PER_OCTAVE), 0), last_level)
            step = np.uint32(np.int64(cycles * 4294967296.0) & 0xFFFFFFFF)
            for j in range(BLOCK):
                at = np.uint32(phase + np.uint32(step * ramp[j]))
                places[j] = np.int32(at >> np.uint32(_INDEX_SHIFT))
                fractions[j] = np.float32(np.int32(at & np.uint32(_FRACTION_MASK))) * scale
            phase = np.uint32(phase + np.uint32(step * np.uint32(BLOCK)))
            place = min(max(morphs[block], np.float32(0.0)), np.float32(1.0)) * last_frame
            frame = min(int(place), max(last_frame - 1, 0))
            start = np.float32(place - frame)
            follow = min(max(morphs[block + 1], np.float32(0.0)), np.float32(1.0)) * last_frame
            end = min(max(np.float32(follow - frame), np.float32(0.0)), np.float32(1.0))
            other = min(frame + 1, last_frame)
            first, second = tables[frame, level], tables[other, level]
            out_left = left[block * BLOCK : (block + 1) * BLOCK]
            out_right = right[block * BLOCK : (block + 1) * BLOCK]
            slope = end - start
            if before >= 0 and before != level:
                narrow, wide = tables[frame, before], tables[other, before]
                for j in range(BLOCK):
                    i = places[j]
                    between = fractions[j]
                    mix = start + slope * share[j]
                    a = first[i] + (first[i + 1] - first[i]) * between
                    b = second[i] + (second[i + 1] - second[i]) * between
                    y = a + (b - a) * mix
                    a = narrow[i] + (narrow[i + 1] - narrow[i]) * between
                    b = wide[i] + (wide[i + 1] - wide[i]) * between
                    old = a + (b - a) * mix
                    y = old + (y - old) * share[j]
                    out_left[j] += y * to_left
                    out_right[j] += y * to_right
            elif start == np.float32(0.0) and end == np.float32(0.0):
                for j in range(BLOCK):
                    i = places[j]
                    y = first[i] + (first[i + 1] - first[i]) * fractions[j]
                    out_left[j] += y * to_left
                    out_right[j] += y * to_right
            else:
                for j in range(BLOCK):
                    i = places[j]
                    between = fractions[j]
                    a = first[i] + (first[i + 1] - first[i]) * between
                    b = second[i] + (second[i + 1] - second[i]) * between
                    y = a + (b - a) * (start + slope * share[j])
                    out_left[j] += y * to_left
                    out_right[j] += y * to_right
            before = level


@kernel
def sine(cycles: float) -> float:
    """Sine of a phase in cycles, to 4e-6 (Taylor series up to the ninth power)."""
    x = cycles - math.floor(cycles + 0.5)
    if x > 0.25:
        x = 0.5 - x
    elif x < -0.25:
        x = -0.5 - x
    x *= 6.283185307179586
    s = x * x
    return x * (
        1.0 + s * (-1.0 / 6.0 + s * (1.0 / 120.0 + s * (-1.0 / 5040.0 + s * (1.0 / 362880.0))))
    )


@kernel
def add_fm_pair(
    left: FloatArray,
    right: FloatArray,
    carrier: DoubleArray,
    modulator: DoubleArray,
    index: FloatArray,
    level: FloatArray,
    feedback: float,
    phase: float,
    pan_left: float,
    pan_right: float,
) -> None:
    """Add a sine whose phase is moved by a second sine (with feedback on that one).

    ``carrier`` and ``modulator`` are in cycles per sample, ``index`` in radians, all of shape
    (blocks + 1,). The index is kept so low that the sidebands above -60 dB end below the Nyquist
    frequency (Carson's rule, widened).
    """
    turn = 0.15915494309189535
    slow, fast = phase, 0.25
    last = 0.0
    for block in range(left.shape[0] // BLOCK):
        f, m = carrier[block], modulator[block]
        room = max((0.49 - f) / max(m, 1e-9) - 2.0, 0.0)
        depth = min(float(index[block]), 0.55 * room)
        depth_step = (min(float(index[block + 1]), 0.55 * room) - depth) / BLOCK
        amount = float(level[block])
        amount_step = (float(level[block + 1]) - amount) / BLOCK
        kept = turn * feedback * min(1.0, 0.08 / max(m, 1e-9))
        for n in range(block * BLOCK, (block + 1) * BLOCK):
            last = 0.5 * (last + sine(fast + kept * last))
            y = amount * sine(slow + turn * depth * last)
            left[n] += np.float32(y * pan_left)
            right[n] += np.float32(y * pan_right)
            slow += f
            fast += m
            depth += depth_step
            amount += amount_step
        slow -= math.floor(slow)
        fast -= math.floor(fast)


@kernel
def add_loop(
    left: FloatArray,
    right: FloatArray,
    excitation: FloatArray,
    cycles_per_sample: DoubleArray,
    loss: float,
    damping: float,
    level: float,
) -> None:
    """Add a plucked delay loop (Karplus and Strong 1983; fractional delay by cubic interpolation).

    ``excitation`` is what is in the loop at first, without a mean; ``loss`` the factor of one
    turn, ``damping`` 0..1 the weight of the averaging filter.
    """
    size = 8192
    line = np.zeros(size)
    count = min(excitation.shape[0], left.shape[0])
    low = last_in = last_out = 0.0
    for n in range(left.shape[0]):
        block = n // BLOCK
        share = (n - block * BLOCK) / BLOCK
        cycles = cycles_per_sample[block]
        cycles += (cycles_per_sample[block + 1] - cycles) * share
        # the averaging filter delays by `damping / 2` samples
        delay = min(max(1.0 / max(cycles, 1e-6) - 0.5 * damping, 3.0), size - 4.0)
        back = n - delay
        whole = math.floor(back)
        x = back - whole
        i = int(whole)
        a = line[(i - 1) & (size - 1)]
        b = line[i & (size - 1)]
        c = line[(i + 1) & (size - 1)]
        d = line[(i + 2) & (size - 1)]
        value = b + 0.5 * x * (
            c - a + x * (2.0 * a - 5.0 * b + 4.0 * c - d + x * (3.0 * (b - c) + d - a))
        )
        turned = loss * ((1.0 - 0.5 * damping) * value + 0.5 * damping * low)
        low = value
        if n < count:
            turned += excitation[n]
        line[n & (size - 1)] = turned if abs(turned) > 1e-15 else 0.0
        # the loop keeps what offset it is given; none must leave it
        last_out = turned - last_in + 0.9985 * last_out
        last_in = turned
        y = np.float32(level * last_out)
        left[n] += y
        right[n] += y


@kernel
def add_noise_bank(
    left: FloatArray,
    right: FloatArray,
    bank: FloatArray,
    left_at: int,
    right_at: int,
    levels: FloatArray,
) -> None:
    """Add noise read from a bank (a power of two long), with a level curve."""
    mask = bank.shape[0] - 1
    for block in range(left.shape[0] // BLOCK):
        level = levels[block]
        step = (levels[block + 1] - level) * np.float32(1.0 / BLOCK)
        for n in range(block * BLOCK, (block + 1) * BLOCK):
            left[n] += bank[(left_at + n) & mask] * level
            right[n] += bank[(right_at + n) & mask] * level
            level += step
