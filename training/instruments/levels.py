"""Levels of the partials and of the noise of a note at the knots."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from songwright.render.fitted.model import BANDS, KNOTS, KNOTS_MS, DoubleArray, FloatArray
from training.instruments.between import between_partials, mean_of_frames, smooth_in_time
from training.instruments.onset import sharpen
from training.instruments.record import RATE_HZ
from training.instruments.spectrum import EDGES_HZ, demodulate, window

knot_samples = np.array(KNOTS_MS) * (RATE_HZ / 1000.0)


@dataclass(frozen=True, slots=True)
class Levels:
    """What `measure_levels` finds: K partials, 24 bands.

    ``amplitudes`` (25, K), ``noise`` power (25, 24), ``pans`` right against left in dB (K,),
    ``phases`` in radians (K,) as in `FittedTone`, ``width`` 0..1.
    """

    amplitudes: DoubleArray
    noise: DoubleArray
    pans_db: DoubleArray
    phases: DoubleArray
    width: float


def measure_levels(
    audio: FloatArray, frequencies: DoubleArray, period: float, seconds: float, held: bool
) -> Levels:
    """Measure partials at given frequencies, and what lies between them.

    Parameters
    ----------
    audio
        float32, shape (1 or 2, samples), begins with the note.
    frequencies
        Of the partials, Hz, rising.
    period
        Of the note in samples: windows are so many periods long.
    seconds
        Until where to measure.
    held
        True if the level stays while the key is down.
    """
    end = seconds * RATE_HZ
    windows = [int(np.clip(n * period, low, high)) for n, low, high in
               ((2, 256, 4096), (4, 512, 8192), (8, 1536, 12288))]  # fmt: skip
    windows = [min(length, max(int(0.8 * end), 256)) for length in windows]
    noise_length = int(np.clip(12 * period, 4096, 24576))
    noise_length = min(noise_length, max(2 * int(0.45 * end), 512))
    centres, owner = _places(end)
    late = knot_samples >= 0.55 * noise_length
    density, total, width = between_partials(
        audio, frequencies, centres, owner, late, noise_length, held
    )
    band = np.clip(np.searchsorted(EDGES_HZ, frequencies) - 1, 0, BANDS - 1)
    found = _partials(audio, frequencies, windows, (centres, owner), density[:, band], held)
    powers = found.powers
    past = knot_samples > end
    if held:
        # few independent samples of the noise fit into a narrow band: neighbours in time help
        density[late] = smooth_in_time(density[late])
    noise = density * np.diff(EDGES_HZ)
    _match(powers, noise, total, band, late)
    amplitudes = np.sqrt(powers)
    onset = knot_samples <= max(0.05 * RATE_HZ, knot_samples[int(np.argmax(late))])
    amplitudes[onset], sudden = sharpen(
        audio, knot_samples[onset], amplitudes[onset], found.phases, found.at, frequencies, period
    )
    floor = noise[int(np.argmax(late))] if late.any() else np.zeros(BANDS)
    early = np.flatnonzero(onset & ~late)
    noise[early] = _without_holes(sudden[: early.shape[0]], floor)
    if held:
        _hold(amplitudes, noise, end)
    else:
        amplitudes[past] = 0.0
        noise[past] = 0.0
    pans = 10.0 * np.log10((found.sides[-1] + 1e-16) / (found.sides[0] + 1e-16))
    phases = found.phases - (2.0 * np.pi / RATE_HZ) * frequencies * found.at
    if held:
        phases = _wave_phases(audio, frequencies, windows[-1], end)
    return Levels(amplitudes, noise, pans, phases, width)


@dataclass(frozen=True, slots=True)
class _Partials:
    """Squared amplitudes (25, K), power by channel (1 or 2, K), phases (K,) at sample ``at``."""

    powers: DoubleArray
    sides: DoubleArray
    phases: DoubleArray
    at: float


def _partials(
    audio: FloatArray,
    frequencies: DoubleArray,
    windows: list[int],
    places: tuple[np.ndarray, np.ndarray],
    density: DoubleArray,
    held: bool,
) -> _Partials:
    """Partials at each knot with the longest window that fits behind the onset.

    What the noise (``density`` at each partial, (25, K)) adds within a window is taken off. Knots
    before the first that can be measured repeat it; those past the end are 0.
    """
    centres, owner = places
    powers = np.zeros((KNOTS, frequencies.shape[0]))
    sides = np.zeros((audio.shape[0], frequencies.shape[0]))
    phases, at = np.zeros(frequencies.shape[0]), 0.0
    first = KNOTS
    for i, length in enumerate(windows):
        upper = windows[i + 1] / 2 if i + 1 < len(windows) else np.inf
        mine = (knot_samples >= length / 2) & (knot_samples < upper)
        chosen = mine[owner]
        if not chosen.any() or frequencies.shape[0] == 0:
            continue
        values = demodulate(audio, centres[chosen], length, frequencies)
        if first == KNOTS:
            phases, at = np.angle(values[0, 0]), float(centres[chosen][0])
        square = np.abs(values) ** 2
        shape = window("hann", length)
        share = RATE_HZ * float((shape**2).sum() / shape.sum() ** 2)
        for n in np.unique(owner[chosen]):
            these = square[:, owner[chosen] == n]
            raw = mean_of_frames(these.mean(axis=0), held)
            powers[n] = np.maximum(raw - 2.0 * density[n] * share, 0.05 * raw)
            sides += these.mean(axis=1)
            first = min(first, int(n))
    powers[:first] = powers[min(first, KNOTS - 1)]
    return _Partials(powers, sides, phases, at)


def _wave_phases(
    audio: FloatArray, frequencies: DoubleArray, length: int, end: float
) -> DoubleArray:
    """Phases of the steady tone at a moment when that of the first partial is 0."""
    if frequencies.shape[0] == 0:
        return np.zeros(0)
    centre = np.array([min(0.4 * RATE_HZ, 0.5 * end)])
    phases = np.angle(demodulate(audio[:1], centre, length, frequencies)[0, 0])
    return np.asarray(phases - phases[0] * frequencies / frequencies[0])


def _places(end: float) -> tuple[np.ndarray, np.ndarray]:
    """Centres of frames in samples and the knot each belongs to: four for the wide knots."""
    centres, owner = [], []
    for n, knot in enumerate(knot_samples):
        if knot > end:
            break
        count, away = 1, 0.0
        if KNOTS_MS[n] >= 70.0:
            above = knot_samples[n + 1] if n + 1 < KNOTS else 1.2 * knot
            count = 4
            away = min(knot - np.sqrt(knot_samples[n - 1] * knot), np.sqrt(above * knot) - knot)
        for place in np.linspace(knot - away, min(knot + away, end), count):
            centres.append(place)
            owner.append(n)
    return np.array(centres), np.array(owner)


def _match(
    powers: DoubleArray,
    noise: DoubleArray,
    total: DoubleArray,
    band: np.ndarray,
    late: np.ndarray,
) -> None:
    """Bring partials and noise together to the level of the recording in each band, within 4 dB."""
    for n in np.flatnonzero(late):
        if total[n].max() <= 0.0:
            continue
        sines = np.zeros(BANDS)
        np.add.at(sines, band, 0.5 * powers[n])
        share = np.clip(total[n] / np.maximum(sines + noise[n], 1e-20), 0.4, 2.5)
        share = np.where(total[n] > 1e-8 * total[n].max(), share, 1.0)
        noise[n] *= share
        powers[n] *= share[band]


def _without_holes(sudden: DoubleArray, floor: DoubleArray) -> DoubleArray:
    """Noise of the onset, mean of three knots, never far below what stays of it afterwards."""
    rise = np.linspace(0.03, 0.5, max(sudden.shape[0], 1))[: sudden.shape[0], None]
    return np.asarray(np.maximum(smooth_in_time(sudden), rise * floor))


def _hold(amplitudes: DoubleArray, noise: DoubleArray, end: float) -> None:
    """After the measured end, go on with the mean level of its last second."""
    inside = np.flatnonzero(knot_samples <= end)
    last = inside[knot_samples[inside] >= max(end - RATE_HZ, 0.5 * end)]
    last = last if last.shape[0] else inside[-1:]
    after = np.flatnonzero(knot_samples > end)
    amplitudes[after] = np.sqrt((amplitudes[last] ** 2).mean(axis=0))
    noise[after] = noise[last].mean(axis=0)
