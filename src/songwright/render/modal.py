"""Struck and plucked notes: strings, bars, bells, membranes as banks of partials.

A plucked or struck string is a sum of decaying partials whose frequencies, levels and losses are
known in closed form (Fletcher & Rossing, "The Physics of Musical Instruments", ch. 2 and 12), so
every partial is tuned exactly and can decay in two stages like the coupled strings of a piano
(Weinreich 1977).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from songwright.render.jit import BLOCK, DoubleArray, FloatArray, blocks_for
from songwright.render.modes import add_modes
from songwright.render.noise import add_bursts
from songwright.render.patch_model import Formant, ModalPatch
from songwright.units import db_to_gain, midi_to_hz

FLOOR = 3.2e-5
"""Modes below -90 dB of the note are left out and fading modes are stopped there."""

LN_1000 = 6.907755


@dataclass(frozen=True)
class Modes:
    """Partials of one note, arrays of shape (modes,): the two stages of their decay."""

    frequencies_hz: DoubleArray
    amplitudes: DoubleArray
    decays: DoubleArray
    after_frequencies_hz: DoubleArray
    after_amplitudes: DoubleArray
    after_decays: DoubleArray

    def seconds(self) -> float:
        """Time until the last partial has fallen below the floor."""
        longest = 0.01
        for levels, decays in (
            (self.amplitudes, self.decays),
            (self.after_amplitudes, self.after_decays),
        ):
            heard = np.abs(levels) > FLOOR
            if heard.any():
                times = np.log(np.abs(levels[heard]) / FLOOR) / decays[heard]
                longest = max(longest, float(times.max()))
        return longest


def formant_gain(formants: tuple[Formant, ...], frequencies_hz: DoubleArray) -> DoubleArray:
    """Amplitude factor of a set of resonances at each frequency (bell curves in dB)."""
    level = np.zeros_like(frequencies_hz)
    for formant in formants:
        distance = (frequencies_hz - formant.hz) / (0.5 * formant.width_hz)
        level += formant.db / (1.0 + distance**2)
    return np.asarray(10.0 ** (level / 20.0))


def modes_of(
    patch: ModalPatch,
    pitch: float,
    velocity: float,
    sample_rate_hz: float,
    random: np.random.Generator,
) -> Modes:
    """Partials of one note: stiff string, or the list of the patch."""
    octaves = (pitch - 60.0) / 12.0
    base = midi_to_hz(pitch)
    top = min(0.45 * sample_rate_hz, 18000.0)
    if patch.partials:
        table = np.array(patch.partials, np.float64)
        ratios, levels, lengths = table[:, 0], 10.0 ** (table[:, 1] / 20.0), table[:, 2]
    else:
        count = int(np.clip(top / base, 1, patch.max_partials))
        k = np.arange(1, count + 1, dtype=np.float64)
        b = patch.b * patch.b_octave**octaves
        ratios = k * np.sqrt((1.0 + b * k**2) / (1.0 + b))
        slope_db = patch.slope_db
        if patch.slope_track_db != 0.0:
            slope_db = min(slope_db + patch.slope_track_db * octaves, -3.5)
        levels = k ** (slope_db / 6.02)
        if patch.strike > 0.0:
            comb = np.sin(np.pi * k * patch.strike)
            # a hammer or finger has width: it never quite misses a node
            levels = levels * np.where(np.abs(comb) < 0.1, 0.1, comb)
        if patch.pickup > 0.0:
            levels = levels * np.maximum(np.abs(np.sin(np.pi * k * patch.pickup)), 0.1)
        if patch.octave_up_db > -90.0:
            pairs = count // 2
            levels[1 : 2 * pairs : 2] += db_to_gain(patch.octave_up_db) * levels[:pairs]
        lengths = np.ones_like(k)
    frequencies = base * ratios
    keep = frequencies < top
    keep[0] = True
    frequencies, levels, lengths = frequencies[keep], levels[keep], lengths[keep]
    hardness = velocity / 127.0
    levels = levels * ratios[keep] ** (patch.slope_velocity_db * (hardness - 0.63) / 6.02)
    corner = patch.corner_soft_hz * (patch.corner_loud_hz / patch.corner_soft_hz) ** hardness
    corner *= 2.0 ** (patch.corner_track * octaves)
    levels = levels / np.sqrt(1.0 + (frequencies / corner) ** (patch.corner_db / 3.01))
    levels = levels * formant_gain(patch.formants, frequencies)
    if patch.jitter_db > 0.0:
        levels = levels * 10.0 ** (random.standard_normal(levels.shape[0]) * patch.jitter_db / 20)
    levels = levels / np.sqrt(np.sum(levels**2))
    t60 = min(patch.t60_seconds * patch.t60_octave**octaves, patch.t60_limit)
    decays = LN_1000 / (t60 * lengths)
    decays = decays + patch.damping * np.maximum(
        (frequencies / 1000.0) ** 2 - (frequencies[0] / 1000.0) ** 2, 0.0
    )
    share = db_to_gain(patch.after_db)
    signs = np.where(np.arange(levels.shape[0]) % 2 == 0, 1.0, -1.0)
    cents = patch.detune_cents * (0.6 + 0.8 * random.random(levels.shape[0])) * signs
    return Modes(
        frequencies,
        levels,
        decays,
        frequencies * 2.0 ** (cents / 1200.0),
        levels * share,
        decays / patch.after_ratio,
    )


def modal_note(
    patch: ModalPatch,
    pitch: float,
    velocity: float,
    samples: int,
    sample_rate_hz: int,
    random: np.random.Generator,
) -> FloatArray:
    """One undamped note, shape (2, up to ``samples``), about unit amplitude.

    Raises nothing: any MIDI pitch and velocity sound, partials above the audible range are left
    out.
    """
    modes = modes_of(patch, pitch, velocity, sample_rate_hz, random)
    wanted = min(samples, int(modes.seconds() * sample_rate_hz) + BLOCK)
    blocks = blocks_for(max(wanted, BLOCK))
    length = blocks * BLOCK
    prompt = np.zeros(length, np.float32)
    even = np.zeros(length, np.float32)
    odd = np.zeros(length, np.float32)
    phases = np.zeros_like(modes.amplitudes)
    rate = float(sample_rate_hz)
    blooming = modes.frequencies_hz > patch.bloom_hz
    amplitudes = modes.amplitudes
    if patch.bloom_seconds > 0.0:
        # a slow rise is the difference of two decays that start from the same level
        rising = np.where(blooming, amplitudes, 0.0)
        add_modes(prompt, modes.frequencies_hz, -rising, modes.decays + 3.0 / patch.bloom_seconds,
                  phases, rate, FLOOR)  # fmt: skip
    add_modes(prompt, modes.frequencies_hz, amplitudes, modes.decays, phases, rate, FLOOR)
    if patch.sing_db > -90.0:
        # the octave is fed back in phase with itself: it comes up and does not decay
        octave = modes.frequencies_hz[1:2]
        level = np.full(octave.shape[0], db_to_gain(patch.sing_db))
        still = np.zeros(octave.shape[0])
        add_modes(prompt, octave, level, still, still, rate, FLOOR)
        add_modes(prompt, octave, -level, still + 1.0 / patch.sing_seconds, still, rate, FLOOR)
    if patch.after_db > -90.0:
        for target, part in ((even, slice(0, None, 2)), (odd, slice(1, None, 2))):
            add_modes(
                target,
                modes.after_frequencies_hz[part].copy(),
                modes.after_amplitudes[part].copy(),
                modes.after_decays[part].copy(),
                phases[part].copy(),
                rate,
                FLOOR,
            )
    middle = prompt + even + odd
    side = (even - odd) * np.float32(0.5)
    note = np.stack((middle + side, middle - side))
    hardness = velocity / 127.0
    rise_ms = patch.attack_soft_ms + (patch.attack_loud_ms - patch.attack_soft_ms) * hardness
    rise = max(int(rise_ms * 0.001 * sample_rate_hz), 2)
    rise = min(rise, length)
    ramp = np.sin(np.linspace(0.0, np.pi / 2, rise, endpoint=False)) ** 2
    note[:, :rise] *= ramp.astype(np.float32)
    add_bursts(note[0], note[1], patch.bursts, pitch, velocity, sample_rate_hz, random)
    return note
