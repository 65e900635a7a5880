"""Wavetable oscillators that morph between timbres, any number of voices at once.

The tables are made per pitch with only the harmonics that fit below the Nyquist frequency (see
`songwright.render.spectra`), so nothing folds back. Linear interpolation in 2,048 points keeps
the error of the strongest harmonics below -90 dB.
"""

from __future__ import annotations

import math

import numpy as np

from songwright.render.jit import BLOCK, DoubleArray, FloatArray, IntArray, kernel

TABLE_SIZE = 2048


@kernel
def add_voices(
    left: FloatArray,
    right: FloatArray,
    tables: FloatArray,
    table_of_voice: IntArray,
    start_phases: DoubleArray,
    cycles_per_sample: DoubleArray,
    gains: FloatArray,
    timbres: FloatArray,
    pan_left: FloatArray,
    pan_right: FloatArray,
) -> None:
    """Add detuned voices of band-limited oscillators to a stereo buffer.

    Parameters
    ----------
    left, right
        Shape (samples,), a multiple of `BLOCK` long.
    tables
        Shape (tables, layers, TABLE_SIZE + 1): one cycle of each timbre layer from dark to
        bright; the last point repeats the first. At least two layers.
    table_of_voice, start_phases, pan_left, pan_right
        Shape (voices,); phases in cycles.
    cycles_per_sample, gains, timbres
        Shape (voices, blocks + 1): frequency, amplitude (ramped inside a block) and position
        0..1 between the darkest and the brightest layer.
    """
    size = TABLE_SIZE
    last_layer = tables.shape[1] - 1
    positions = np.empty(BLOCK, np.int32)
    fractions = np.empty(BLOCK, np.float32)
    ramp = np.arange(BLOCK).astype(np.float32)
    one = np.uint32(1)
    for voice in range(cycles_per_sample.shape[0]):
        phase = start_phases[voice]
        to_left = pan_left[voice]
        to_right = pan_right[voice]
        for block in range(left.shape[0] // BLOCK):
            cycles = cycles_per_sample[voice, block]
            gain = gains[voice, block]
            gain_step = (gains[voice, block + 1] - gain) * np.float32(1.0 / BLOCK)
            if gain > np.float32(0.0) or gain_step > np.float32(0.0):
                place = min(max(timbres[voice, block], np.float32(0.0)), np.float32(1.0))
                place = place * np.float32(last_layer)
                layer = min(int(place), last_layer - 1)
                bright = np.float32(place - np.float32(layer))
                dark = np.float32(1.0) - bright
                low = tables[table_of_voice[voice], layer]
                high = tables[table_of_voice[voice], layer + 1]
                start = np.float32(phase * size)
                step = np.float32(cycles * size)
                for j in range(BLOCK):
                    place_in_table = start + step * ramp[j]
                    whole = np.int32(place_in_table)
                    fractions[j] = place_in_table - np.float32(whole)
                    positions[j] = whole & np.int32(size - 1)
                out_left = left[block * BLOCK : (block + 1) * BLOCK]
                out_right = right[block * BLOCK : (block + 1) * BLOCK]
                for j in range(BLOCK):
                    at = np.uint32(positions[j])
                    between = fractions[j]
                    a = low[at] + (low[at + one] - low[at]) * between
                    b = high[at] + (high[at + one] - high[at]) * between
                    y = (a * dark + b * bright) * (gain + gain_step * ramp[j])
                    out_left[j] += y * to_left
                    out_right[j] += y * to_right
            phase += cycles * BLOCK
            phase -= math.floor(phase)
