"""Hard faults: clipping, offset, noise, clicks, sound that is cut off."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from songwright.evaluate.model import Measurement, NotDefined
from songwright.evaluate.sound.cells import CELL_SECONDS
from songwright.evaluate.sound.clicks import click_cells
from songwright.evaluate.sound.flat_tops import flat_tops
from songwright.evaluate.sound.listening import Listening, found, hears
from songwright.evaluate.sound.scan import COUNT, SUM_L, SUM_R
from songwright.evaluate.sound.spans import moments, stretches

_NOISE_LIKE = 0.25
"""Flatness of 500 Hz to 8 kHz from which a frame is noise; white noise has 0.56, tones < 0.05."""

_TAIL_SECONDS = 0.01


@hears("clipping")
def clipping(sound: Listening) -> Iterator[Measurement]:
    runs, begins = flat_tops(sound.sound, sound.scan)
    at = np.unique(begins) / sound.sample_rate_hz
    flags = np.zeros(int(sound.seconds * 10) + 1, bool)
    flags[(at * 10).astype(int)] = True
    # A single clip in a short file is no rate: it is counted against a minute at least.
    minutes = max(1.0, sound.seconds / 60.0)
    yield found("clipping", runs / minutes, stretches(flags, 0.1), "flat tops" if runs else "")


@hears("dc_offset")
def dc_offset(sound: Listening) -> Iterator[Measurement]:
    scan = sound.scan
    means = [abs(scan.column(c).sum()) / scan.column(COUNT).sum() for c in (SUM_L, SUM_R)]
    yield found("dc_offset", 100.0 * max(means))


@hears("noise_floor")
def noise_floor(sound: Listening) -> Iterator[Measurement]:
    short = sound.short
    loud = float(np.percentile(short.power, 95.0))
    # Pauses and tails: 30 dB below the loud frames, yet not digital silence.
    quiet = (short.power < 1e-3 * loud) & (short.power > 1e-11)
    noisy = quiet & (short.noise_flatness > _NOISE_LIKE)
    if int(noisy.sum()) < 10:
        raise NotDefined("the music never lets a noise be heard")
    level = 10.0 * np.log10(np.median(short.power[noisy]))
    yield found("noise_floor", float(level), stretches(noisy, short.hop_seconds), "noise alone")


@hears("clicks")
def clicks(sound: Listening) -> Iterator[Measurement]:
    """Those of the file, or those of its worst stem: in a full mix a jump is buried."""
    cells = {"": click_cells(sound.scan.cell_jump, sound.scan.cell_energy, sound.sound)}
    if sound.stems is not None:
        cells |= {name: level.clicks for name, level in sound.stems.levels.items()}
    worst = max(cells, key=lambda name: len(cells[name]))
    at = cells[worst].astype(np.float64) * CELL_SECONDS
    minutes = max(1.0, sound.seconds / 60.0)
    where = f"jumps in the stem {worst}" if worst else "jumps"
    yield found("clicks", len(at) / minutes, moments(at), where if len(at) else "")


@hears("cut_tail")
def cut_tail(sound: Listening) -> Iterator[Measurement]:
    if sound.is_loop:
        raise NotDefined("a loop runs into its own start")
    frames = sound.sound.frames
    last = sound.sound.read(
        max(0, frames - max(1, round(_TAIL_SECONDS * sound.sample_rate_hz))), frames
    )
    end = float(np.mean(last.astype(np.float64) ** 2))
    energy = sound.scan.energy
    power = energy / sound.scan.column(COUNT)
    loud = float(power[power > 1e-3 * power.max()].mean())
    level = 10.0 * np.log10(max(end, 1e-12 * loud) / loud)
    yield found("cut_tail", level, ((round(max(0.0, sound.seconds - 0.1), 3),
                                     round(sound.seconds, 3)),), "the end")  # fmt: skip
