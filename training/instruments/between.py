"""Noise of a note: what lies between its partials."""

from __future__ import annotations

import numpy as np

from songwright.render.fitted.model import BANDS, KNOTS, DoubleArray, FloatArray
from training.instruments.record import RATE_HZ
from training.instruments.spectrum import EDGES_HZ, frames, window

_SKIRT = 0.33  # of the gap on either side of a partial that is held


def between_partials(
    audio: FloatArray,
    frequencies: DoubleArray,
    centres: np.ndarray,
    owner: np.ndarray,
    late: np.ndarray,
    length: int,
    held: bool,
) -> tuple[DoubleArray, DoubleArray, float]:
    """Power density of the noise between partials (25, 24), band powers (25, 24), width."""
    density, total = np.zeros((KNOTS, BANDS)), np.zeros((KNOTS, BANDS))
    chosen = late[owner] if late.any() else np.zeros(owner.shape, bool)
    if not chosen.any():
        return density, total, 0.0
    shape = window("harris", length)
    spectra = np.fft.rfft(frames(audio, centres[chosen], length) * shape, axis=-1)
    power = spectra.real**2 + spectra.imag**2
    hz = np.arange(power.shape[-1], dtype=np.float64) * (RATE_HZ / length)
    free = _gaps(hz, frequencies, 4.2 * RATE_HZ / length, held)
    mean = power.mean(axis=0)
    scale = 2.0 / (RATE_HZ * float((shape**2).sum()))
    step = RATE_HZ / length
    for b in range(BANDS):
        inside = (hz >= EDGES_HZ[b]) & (hz < EDGES_HZ[b + 1])
        if not inside.any():
            inside[int(np.argmin(np.abs(hz - 0.5 * (EDGES_HZ[b] + EDGES_HZ[b + 1]))))] = True
        quiet = inside & free
        some = quiet if quiet.sum() >= 2 else inside
        rows = mean[:, some].mean(axis=1) * (scale if some is quiet else 0.0)
        whole = mean[:, inside].sum(axis=1) * scale * step
        for n in np.unique(owner[chosen]):
            mine = owner[chosen] == n
            density[n, b] = mean_of_frames(rows[mine], held)
            total[n, b] = mean_of_frames(whole[mine], held)
    _fill(density)
    width = 0.0
    if audio.shape[0] == 2:
        cross = (spectra[0] * np.conj(spectra[1])).sum(axis=0).real
        both = np.sqrt(power[0].sum(axis=0) * power[1].sum(axis=0))
        width = float(np.clip(1.0 - cross.sum() / max(both.sum(), 1e-20), 0.0, 1.0))
    return density, total, width


def _gaps(hz: DoubleArray, frequencies: DoubleArray, lobe_hz: float, held: bool) -> np.ndarray:
    """Which of the frequencies ``hz`` are far enough from all partials.

    What is left of a vibrato, and the flutter of bow and breath, makes the skirts of a held partial
    wide: only the middle of each gap is noise.
    """
    if frequencies.shape[0] == 0:
        return np.ones(hz.shape, bool)
    index = np.searchsorted(frequencies, hz)
    below = hz - np.concatenate(([-np.inf], frequencies))[index]
    above = np.concatenate((frequencies, [np.inf]))[index] - hz
    nearest = np.minimum(below, above)
    if not held:
        return np.asarray(nearest > lobe_hz)
    gap = below + above
    skirt = np.where(np.isfinite(gap), np.maximum(lobe_hz, _SKIRT * gap), lobe_hz)
    return np.asarray(nearest > skirt)


def _fill(density: DoubleArray) -> None:
    """Bands without a gap between partials take the density of their neighbours."""
    bands = np.arange(BANDS)
    for row in density:
        known = row > 0.0
        if known.any() and not known.all():
            row[~known] = np.exp(np.interp(bands[~known], bands[known], np.log(row[known])))


def mean_of_frames(powers: DoubleArray, held: bool) -> DoubleArray:
    """Mean over frames (axis 0): of powers while a tone is held, of levels while it decays."""
    if held:
        return np.asarray(powers.mean(axis=0))
    return np.asarray(np.exp(np.log(powers + 1e-20).mean(axis=0)))


def smooth_in_time(powers: DoubleArray) -> DoubleArray:
    """Mean of each row and its neighbours, weights 1 2 1."""
    if powers.shape[0] == 0:
        return powers
    padded = np.pad(powers, ((1, 1), (0, 0)), mode="edge")
    return np.asarray(0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:])
