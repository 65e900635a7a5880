"""Hard faults: clipping, offset, noise, clicks, sound that is cut off."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, uniform_filter1d

from songwright.evaluate.model import Measurement, NotDefined
from songwright.evaluate.sound.listening import Listening, found, hears
from songwright.evaluate.sound.scan import CELL_SECONDS, COUNT, SUM_L, SUM_R, Scan, flat_tops
from songwright.evaluate.sound.spans import moments, stretches

_NOISE_LIKE = 0.25
"""Flatness of 500 Hz to 8 kHz from which a frame is noise; white noise has 0.56, tones < 0.05."""

_TAIL_SECONDS = 0.01

_CLICK_SECONDS = 0.00035
"""A spike that has passed a limiter or a converter has died away by then, either side."""
_RATTLE_SECONDS = 0.004
_TOWERS = 3.0


@hears("clipping")
def clipping(sound: Listening) -> Iterator[Measurement]:
    runs, begins = 0, []
    for channel in sound.audio:
        count, starts = flat_tops(channel)
        runs += count
        begins.append(starts)
    at = np.unique(np.concatenate(begins)) / sound.sample_rate_hz
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
    cells = click_cells(sound.scan, sound.audio, sound.sample_rate_hz)
    at = cells.astype(np.float64) * CELL_SECONDS
    minutes = max(1.0, sound.seconds / 60.0)
    yield found("clicks", len(at) / minutes, moments(at), "jumps" if len(at) else "")


def click_cells(scan: Scan, audio: NDArray[np.float32], sample_rate_hz: int) -> NDArray[np.int64]:
    """Cells of 1 ms with a jump that begins and ends nothing.

    The second difference of a click exceeds all others within 25 ms by far, while the level before
    and after is the same: a drum changes it, a saw tooth repeats its jump. And it is over at once:
    the stick on a skin rattles on for milliseconds.
    """
    jump, energy = scan.cell_jump, scan.cell_energy
    if len(jump) < 64:
        return np.zeros(0, np.int64)
    # Neighbours from 2 to 25 ms away, on both sides; reflecting would mirror a click onto itself.
    side = maximum_filter1d(jump, 24, mode="constant")
    before, after = _shifted(side, 14), _shifted(side, -13)
    around = np.maximum(before, after)
    mean = uniform_filter1d(energy.astype(np.float64), 20, mode="constant")
    level_before, level_after = _shifted(mean, 12) + 1e-9, _shifted(mean, -11) + 1e-9
    ratio = level_after / level_before
    isolated = (jump > 4.0 * around) & (jump > 0.01)
    steady = (ratio < 4.0) & (ratio > 0.25)
    at = np.flatnonzero(isolated & steady)
    at = at[np.diff(at, prepend=-10) > 2]
    return np.array([c for c in at if _is_over_at_once(audio, int(c), sample_rate_hz)], np.int64)


def _is_over_at_once(audio: NDArray[np.float32], cell: int, sample_rate_hz: int) -> bool:
    """Whether the jump of a cell towers above those before and after it, the nearest left out."""
    first = round((cell * CELL_SECONDS - _RATTLE_SECONDS) * sample_rate_hz)
    last = round(((cell + 1) * CELL_SECONDS + _RATTLE_SECONDS) * sample_rate_hz)
    jumps = np.abs(np.diff(audio[:, max(0, first) : last], 2)).max(0)
    peak = int(jumps.argmax())
    near = round(_CLICK_SECONDS * sample_rate_hz)
    rest = np.concatenate([jumps[: max(0, peak - near)], jumps[peak + near + 1 :]])
    return bool(jumps[peak] > _TOWERS * rest.max(initial=0.0))


def _shifted(values: NDArray[np.floating], cells: int) -> NDArray[np.floating]:
    """Values moved later by a number of cells (earlier when negative), zeros moved in."""
    moved = np.zeros_like(values)
    if cells > 0:
        moved[cells:] = values[:-cells]
    else:
        moved[:cells] = values[-cells:]
    return moved


@hears("cut_tail")
def cut_tail(sound: Listening) -> Iterator[Measurement]:
    if sound.is_loop:
        raise NotDefined("a loop runs into its own start")
    last = sound.audio[:, -max(1, round(_TAIL_SECONDS * sound.sample_rate_hz)) :]
    end = float(np.mean(last.astype(np.float64) ** 2))
    energy = sound.scan.energy
    power = energy / sound.scan.column(COUNT)
    loud = float(power[power > 1e-3 * power.max()].mean())
    level = 10.0 * np.log10(max(end, 1e-12 * loud) / loud)
    yield found("cut_tail", level, ((round(max(0.0, sound.seconds - 0.1), 3),
                                     round(sound.seconds, 3)),), "the end")  # fmt: skip
