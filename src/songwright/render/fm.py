"""Frequency modulation: pairs of sine waves (J. Chowning, JAES 21(7), 1973).

Each stack is a carrier whose phase is moved by one modulator; level and index decay on their own,
so the tone turns from bright to pure as it rings.
"""

from __future__ import annotations

import math

import numpy as np

from songwright.render.jit import BLOCK, FloatArray, blocks_for, kernel
from songwright.render.modal import LN_1000
from songwright.render.noise import add_bursts
from songwright.render.patch_model import FmPatch
from songwright.units import db_to_gain, midi_to_hz


@kernel
def add_fm(
    out: FloatArray,
    carrier: float,
    modulator: float,
    level: float,
    level_decay: float,
    index: float,
    index_decay: float,
    index_floor: float,
) -> None:
    """Add one carrier-modulator pair to ``out`` (a multiple of `BLOCK` long).

    ``carrier`` and ``modulator`` are in cycles per sample, decays in nepers per sample, the index
    in radians. Sines are a polynomial on a quarter wave, exact to 1e-6, which runs on whole
    vectors.
    """
    turn = 1.0 / (2.0 * math.pi)
    level_step = math.exp(-level_decay * BLOCK)
    index_step = math.exp(-index_decay * BLOCK)
    carrier_phase = 0.0
    modulator_phase = 0.0
    quarter = np.float32(0.25)
    half = np.float32(0.5)
    for block in range(out.shape[0] // BLOCK):
        target = out[block * BLOCK : (block + 1) * BLOCK]
        next_level = level * level_step
        next_index = index_floor + (index - index_floor) * index_step
        ramp = np.float32((next_level - level) / BLOCK)
        bend = np.float32((next_index - index) * turn / BLOCK)
        amount = np.float32(level)
        depth = np.float32(index * turn)
        c0, c1 = np.float32(carrier_phase), np.float32(carrier)
        m0, m1 = np.float32(modulator_phase), np.float32(modulator)
        for j in range(BLOCK):
            n = np.float32(j)
            x = m0 + m1 * n
            x -= np.floor(x + half)
            q = quarter - abs(abs(x) - quarter)
            s = q * q
            y = q * (
                np.float32(6.2831851)
                + s
                * (
                    np.float32(-41.341655)
                    + s
                    * (
                        np.float32(81.602005)
                        + s * (np.float32(-76.57498) + s * np.float32(39.71067))
                    )
                )
            )
            x = c0 + c1 * n + math.copysign(y, x) * (depth + bend * n)
            x -= np.floor(x + half)
            q = quarter - abs(abs(x) - quarter)
            s = q * q
            y = q * (
                np.float32(6.2831851)
                + s
                * (
                    np.float32(-41.341655)
                    + s
                    * (
                        np.float32(81.602005)
                        + s * (np.float32(-76.57498) + s * np.float32(39.71067))
                    )
                )
            )
            target[j] += math.copysign(y, x) * (amount + ramp * n)
        level = next_level
        index = next_index
        carrier_phase += carrier * BLOCK
        carrier_phase -= math.floor(carrier_phase)
        modulator_phase += modulator * BLOCK
        modulator_phase -= math.floor(modulator_phase)
        if level < 3.2e-5:
            return


def fm_note(
    patch: FmPatch,
    pitch: float,
    velocity: float,
    samples: int,
    sample_rate_hz: int,
    random: np.random.Generator,
) -> FloatArray:
    """One undamped FM note, shape (2, up to ``samples``), about unit amplitude."""
    octaves = (pitch - 60.0) / 12.0
    stretch = patch.t60_octave**octaves
    longest = max(stack.seconds for stack in patch.stacks) * stretch * 1.5
    length = blocks_for(max(min(samples, int(longest * sample_rate_hz)), BLOCK)) * BLOCK
    note = np.zeros((2, length), np.float32)
    buffer = np.zeros(length, np.float32)
    hardness = velocity / 127.0
    total = math.sqrt(sum(db_to_gain(stack.level_db) ** 2 for stack in patch.stacks))
    for stack in patch.stacks:
        frequency = midi_to_hz(pitch) * 2.0 ** (stack.detune_cents / 1200.0)
        if frequency * stack.ratio > 0.45 * sample_rate_hz:
            continue
        buffer[:] = 0.0
        index = stack.index_soft + (stack.index_loud - stack.index_soft) * hardness**1.5
        index *= stack.index_track**octaves
        # sidebands reach about (index + 1) modulator steps above the carrier (Carson)
        room = (0.45 * sample_rate_hz / frequency - stack.ratio) / stack.modulator - 1.0
        index = min(index, max(room, 0.0))
        seconds = stack.seconds * stretch
        add_fm(
            buffer,
            frequency * stack.ratio / sample_rate_hz,
            frequency * stack.modulator / sample_rate_hz,
            db_to_gain(stack.level_db) / total,
            LN_1000 / (seconds * sample_rate_hz),
            index,
            LN_1000 / (stack.index_seconds * stretch * sample_rate_hz),
            index * stack.index_floor,
        )
        angle = (stack.pan + 1.0) * math.pi / 4.0
        note[0] += buffer * np.float32(math.cos(angle) * math.sqrt(2.0))
        note[1] += buffer * np.float32(math.sin(angle) * math.sqrt(2.0))
    rise = min(max(int(patch.attack_ms * 0.001 * sample_rate_hz), 2), length)
    note[:, :rise] *= np.linspace(0.0, 1.0, rise, endpoint=False, dtype=np.float32)
    add_bursts(note[0], note[1], patch.bursts, pitch, velocity, sample_rate_hz, random)
    return note
