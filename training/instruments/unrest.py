"""How restless a held note is: its partials drift, waver, flutter, and sway with a vibrato."""

from __future__ import annotations

import numpy as np

from songwright.render.fitted.model import (
    BANDS,
    SWAY_HARMONICS,
    UNREST_HZ,
    DoubleArray,
    FloatArray,
)
from training.instruments.movement import Movement
from training.instruments.record import RATE_HZ
from training.instruments.spectrum import EDGES_HZ, demodulate

FROM_SECONDS = 0.5
STRONGEST = 8
_HOP = 240
_FEWEST = 120  # frames: less than 0.6 s tells nothing
_WINDOW = 1200  # 25 ms follow a flutter of 40 Hz; at least four periods keep partials apart
_SHAKEN_CENTS = 3.0
_VIBRATO_HZ = (3.0, 9.0)
_LEAST_REST = 0.3  # where one partial is nearly all of the tone, nothing tells the two apart


def unrest_db(
    audio: FloatArray,
    frequencies: DoubleArray,
    amplitudes: DoubleArray,
    noise: DoubleArray,
    period: float,
    seconds: float,
    movement: Movement | None,
) -> tuple[DoubleArray, DoubleArray]:
    """How far the levels of the strongest partials move, by themselves and with a vibrato.

    Parameters
    ----------
    audio
        float32, shape (channels, samples), pitch movement taken out.
    frequencies, amplitudes
        Of the partials: Hz, and greatest amplitude, shape (K,).
    noise
        Power of the noise bands while the note lasts, shape (24,): what they add to the flicker
        of a partial is taken off, because the player adds them again.
    period, seconds
        Of the note, in samples; until where it lasts.
    movement
        Of the pitch: what follows a vibrato is its sway and no unrest. A partial that is shaken
        over resonances of the body passes several in each period, so harmonics count.

    Returns
    -------
    unrest : numpy.ndarray
        Standard deviations in dB, shape (ranges, 2): in the ranges of `UNREST_HZ`, of what the
        partials do together, and each by itself.
    sway : numpy.ndarray
        Standard deviation in dB at each harmonic of the vibrato, shape (SWAY_HARMONICS,).
    """
    quiet, sway = np.zeros((len(UNREST_HZ), 2)), np.zeros(SWAY_HARMONICS)
    length = int(np.clip(4.0 * period, _WINDOW, 8192))
    centres = np.arange(FROM_SECONDS * RATE_HZ, (seconds - 0.05) * RATE_HZ, _HOP)
    if centres.shape[0] < _FEWEST or frequencies.shape[0] == 0:
        return quiet, sway
    strong = np.argsort(-amplitudes)[:STRONGEST]
    values = np.abs(demodulate(audio[:1], centres, length, frequencies[strong])[0]) + 1e-9
    # what is heard to flicker is the strong partials
    weight = values.mean(axis=0) / values.mean(axis=0).sum()
    level = _without(_straight(centres.shape[0]), 20.0 * np.log10(values))[0]
    for n, columns in enumerate(_swings(centres, movement)):
        level, swung = _without(columns, level)
        sway[n] = np.sqrt(float((weight * (swung**2).mean(axis=0)).sum()))
    common = (level * weight).sum(axis=1)
    own = level - common[:, None]
    hissing = _hiss_db(frequencies[strong], values.mean(axis=0), noise, length)
    # a mean of partials that move by themselves still moves, and they against it by less
    rest = float((weight**2).sum())
    for n, power in enumerate(_in_ranges(np.column_stack([common, own]))):
        width_hz = UNREST_HZ[n][1] - UNREST_HZ[n][0]
        hiss = hissing**2 * min(width_hz / (0.75 * RATE_HZ / length), 1.0)
        apart = float((weight * np.maximum(power[1:] - hiss, 0.0)).sum())
        together = power[0] - float((weight**2 * hiss).sum())
        # nothing moves by itself more than it moves at all
        apart = min(apart / max(1.0 - rest, _LEAST_REST), apart + max(together, 0.0))
        together -= rest * apart
        quiet[n] = np.sqrt(max(together, 0.0)), np.sqrt(apart)
    return quiet, sway


def _straight(count: int) -> DoubleArray:
    """A level that stays or runs straight, columns."""
    return np.stack([np.ones(count), np.linspace(-1.0, 1.0, count)], axis=1)


def _swings(centres: DoubleArray, movement: Movement | None) -> list[DoubleArray]:
    """Cosine and sine of each multiple of the phase of the vibrato; nothing without one."""
    if movement is None:
        return []
    cents = np.interp(centres / RATE_HZ, movement.seconds, movement.cents)
    spectrum = np.fft.fft(cents - cents.mean())
    hz = np.fft.fftfreq(cents.shape[0], _HOP / RATE_HZ)
    spectrum[(hz < _VIBRATO_HZ[0]) | (hz > _VIBRATO_HZ[1])] = 0.0
    turning = 2.0 * np.fft.ifft(spectrum)
    if turning.real.std() < _SHAKEN_CENTS:
        return []
    phase = np.angle(turning)
    return [
        np.stack([np.cos(n * phase), np.sin(n * phase)], axis=1)
        for n in range(1, SWAY_HARMONICS + 1)
    ]


def _without(columns: DoubleArray, level: DoubleArray) -> tuple[DoubleArray, DoubleArray]:
    """``level`` without the part of it that the columns explain, and that part."""
    part = columns @ np.linalg.lstsq(columns, level, rcond=None)[0]
    return level - part, part


def _in_ranges(level: DoubleArray) -> list[DoubleArray]:
    """Mean square of each column in each range of `UNREST_HZ`."""
    count = level.shape[0]
    power = np.abs(np.fft.rfft(level, axis=0)) ** 2 * (2.0 / count**2)
    hz = np.fft.rfftfreq(count, _HOP / RATE_HZ)
    return [power[(hz >= low) & (hz < high)].sum(axis=0) for low, high in UNREST_HZ]


def _hiss_db(
    hz: DoubleArray, amplitudes: DoubleArray, noise: DoubleArray, length: int
) -> DoubleArray:
    """How far noise moves the level of each partial in a window of ``length``, dB."""
    band = np.clip(np.searchsorted(EDGES_HZ, hz) - 1, 0, BANDS - 1)
    density = noise[band] / np.diff(EDGES_HZ)[band]
    inside = density * (1.5 * RATE_HZ / length)
    return np.asarray(8.686 * np.sqrt(inside) / amplitudes)
