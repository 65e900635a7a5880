"""Standing resonances: narrow peaks of the average spectrum that never go away."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from songwright.audio.buffers import Samples64
from songwright.evaluate.model import Measurement, NotDefined
from songwright.evaluate.sound.listening import Listening, found, hears
from songwright.evaluate.sound.long_spectra import CELLS_PER_OCTAVE, LongSpectra

PEAK_DB = 8.0
PERSISTENCE = 0.95
_WIDTH = CELLS_PER_OCTAVE // 3 + 1


def over_surroundings(power: NDArray[np.floating]) -> Samples64:
    """Level in dB of each cell over the median of its third octave; along the last axis."""
    level = 10.0 * np.log10(np.maximum(np.asarray(power, np.float64), 1e-14))
    size = (1,) * (level.ndim - 1) + (_WIDTH,)
    return np.asarray(level - median_filter(level, size=size, mode="nearest"))


def find_resonances(long: LongSpectra) -> list[tuple[float, float, float]]:
    """Frequency in Hz, excess in dB and share of active frames of each standing resonance.

    A peak counts when it lies `PEAK_DB` over its third octave in the average and in `PERSISTENCE`
    of the frames that sound. Notes come and go; only a drone stands as still as a whistle.
    """
    power = long.cell_power
    whole = power.sum(axis=1)
    active = whole > max(1e-12, 1e-4 * float(np.percentile(whole, 95.0)))
    if int(active.sum()) < 8:
        raise NotDefined("it sounds for less than two seconds")
    average = power[active].mean(axis=0, dtype=np.float64)
    excess = over_surroundings(average)
    audible = average > 1e-6 * average.max()
    is_peak = (excess > PEAK_DB) & audible
    is_peak[1:] &= average[1:] >= average[:-1]
    is_peak[:-1] &= average[:-1] >= average[1:]
    result = []
    for cell in np.flatnonzero(is_peak):
        low, high = max(0, cell - _WIDTH // 2), cell + _WIDTH // 2 + 1
        around = np.median(power[active, low:high], axis=1)
        at = power[active, max(0, cell - 1) : cell + 2].max(axis=1)  # it may waver by a cell
        share = float((at > 10.0 ** (PEAK_DB / 10.0) * around).mean())
        if share > PERSISTENCE:
            result.append((float(long.cell_hz[cell]), float(excess[cell]), share))
    return sorted(result, key=lambda r: -r[1])


@hears("resonances")
def resonances(sound: Listening) -> Iterator[Measurement]:
    if sound.long.cell_hz.size < 2 * _WIDTH:
        raise NotDefined("the sample rate is too low")
    standing = find_resonances(sound.long)
    note = ", ".join(f"{hz:,.0f} Hz (+{db:.0f} dB)" for hz, db, _ in standing[:5])
    yield found("resonances", float(len(standing)), note=note)
