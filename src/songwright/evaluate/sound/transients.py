"""Attacks and peaks: crest factor by band, contrast of onsets, time of the attack."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from songwright.audio.buffers import Samples64
from songwright.evaluate.model import Measurement, NotDefined
from songwright.evaluate.sound.cells import CELL_SECONDS
from songwright.evaluate.sound.listening import Listening, found, hears
from songwright.evaluate.sound.scan import (
    COUNT,
    HIGH_ENERGY,
    HIGH_PEAK,
    LL,
    LOW_LL,
    LOW_PEAK,
    LOW_RR,
    MID_ENERGY,
    MID_PEAK,
    PEAK,
    RR,
    STEP_SECONDS,
    Scan,
)
from songwright.evaluate.sound.short_spectra import ShortSpectra
from songwright.evaluate.sound.spans import stretches

_WINDOW_STEPS, _HOP_STEPS = 30, 10  # 3 s, every second
_LEAST_RISE_DB = 0.1  # between onsets, so that a lone sine is not infinitely sharp
_EMPTY = 1e-4  # a band with less of the whole energy (-40 dB) is empty


@hears("crest_factor", "crest_low", "crest_mid", "crest_high")
def crests(sound: Listening) -> Iterator[Measurement]:
    scan = sound.scan
    whole = (scan.column(LL) + scan.column(RR)) / 2.0
    bands = {
        "crest_factor": (whole, scan.column(PEAK)),
        "crest_low": ((scan.column(LOW_LL) + scan.column(LOW_RR)) / 2.0, scan.column(LOW_PEAK)),
        "crest_mid": (scan.column(MID_ENERGY), scan.column(MID_PEAK)),
        "crest_high": (scan.column(HIGH_ENERGY), scan.column(HIGH_PEAK)),
    }
    for metric, (energy, peak) in bands.items():
        if energy.sum() <= _EMPTY * whole.sum():
            continue  # answered as undefined by the registry
        crest = crest_windows(scan, energy, peak)
        used = np.isfinite(crest)
        if used.any():
            value = float(np.median(crest[used]))
            low = np.where(used, crest, np.inf) <= np.percentile(crest[used], 10.0)
            yield found(metric, value, stretches(low, _HOP_STEPS * STEP_SECONDS, 3.0),
                        "the flattest")  # fmt: skip


def crest_windows(scan: Scan, energy: Samples64, peak: Samples64) -> Samples64:
    """Crest factor in dB of windows of 3 s every second; NaN where the band is quiet.

    Windows more than 30 dB below the loudest do not count. A shorter piece is one window.
    """
    starts = range(0, max(1, len(energy) - _WINDOW_STEPS + 1), _HOP_STEPS)
    counts = scan.column(COUNT)
    power = np.array([
        energy[s : s + _WINDOW_STEPS].sum() / counts[s : s + _WINDOW_STEPS].sum() for s in starts
    ])  # fmt: skip
    highest = np.array([peak[s : s + _WINDOW_STEPS].max() for s in starts])
    quiet = power <= max(1e-10, 1e-3 * float(power.max()))
    crest = 20.0 * np.log10(np.maximum(highest, 1e-9)) - 10.0 * np.log10(np.maximum(power, 1e-18))
    return np.where(quiet, np.nan, crest)


def onset_strength(short: ShortSpectra) -> Samples64:
    """Mean rise in dB of the critical bands from frame to frame (half-wave spectral flux)."""
    bark = short.bark.astype(np.float64)
    if bark.shape[0] < 3:
        return np.zeros(bark.shape[0])
    # 60 dB below the loud frames of a band nothing is heard: rises out of there start here.
    floor = np.maximum(1e-12, 1e-6 * np.percentile(bark, 99.0, axis=0))
    level = 10.0 * np.log10(np.maximum(bark, floor))
    rise = np.maximum(0.0, level[2:] - level[:-2]).mean(axis=1)
    return np.concatenate([[0.0], rise, [0.0]])


def onset_frames(strength: Samples64, hop_seconds: float) -> NDArray[np.int64]:
    """Frames of the stronger onsets: highest within 50 ms and above the 85th percentile."""
    if not strength.size:
        return np.zeros(0, np.int64)
    reach = max(1, round(0.05 / hop_seconds))
    highest = maximum_filter1d(strength, 2 * reach + 1, mode="constant")
    limit = max(1.0, float(np.percentile(strength, 85.0)))
    return np.flatnonzero((strength >= highest) & (strength > limit))


@hears("onset_contrast", "attack")
def attacks(sound: Listening) -> Iterator[Measurement]:
    short = sound.short
    strength = onset_strength(short)
    active = short.active
    if int(active.sum()) < 50:
        raise NotDefined("it sounds for less than half a second")
    middle, strong = np.percentile(strength[active], [50.0, 95.0])
    yield found("onset_contrast", float(strong / max(_LEAST_RISE_DB, middle)))
    onsets = onset_frames(strength, short.hop_seconds)
    rises = (attack_seconds(sound.scan, short.seconds(int(frame))) for frame in onsets)
    times = [rise for rise in rises if rise is not None]
    if len(times) < 3:
        raise NotDefined("fewer than three onsets stand out")
    yield found("attack", 1_000.0 * float(np.median(times)))


def attack_seconds(scan: Scan, at_seconds: float) -> float | None:
    """Time in seconds from 10 to 90 % of the rise of the envelope around an onset.

    None when the level does not rise by 3 dB within 150 ms.
    """
    begin = max(0, round((at_seconds - 0.06) / CELL_SECONDS))
    envelope = scan.cell_peak[begin : begin + 160]
    if envelope.size < 40:
        return None
    # The peak of a slow wave comes once in a period: hold it over 12 ms (80 Hz).
    held = maximum_filter1d(envelope, 13, origin=6)
    top = int(np.argmax(held))
    low = float(held[: top + 1].min())
    high = float(held[top])
    if high < 1.41 * max(low, 1e-6):
        return None
    foot = int(np.flatnonzero(held[: top + 1] <= low + 0.1 * (high - low))[-1])
    knee = foot + int(np.flatnonzero(held[foot : top + 1] >= low + 0.9 * (high - low))[0])
    return max(1, knee - foot) * CELL_SECONDS
