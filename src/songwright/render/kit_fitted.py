"""Strokes of a drum that was fitted to recordings.

The stroke measured at the nearest velocity is played; what the strokes above and below differ by
in each band is interpolated and added, so that timbre moves evenly with force. Each variant has
its own noise and its modes a little louder or softer: nobody hits the same spot twice.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from songwright.render.jit import DoubleArray, FloatArray
from songwright.render.kit_fitted_model import (
    BAND_EDGES_HZ,
    BANDS,
    FittedDrum,
    FittedStroke,
    frame_seconds,
)
from songwright.render.kit_kernels import add_noise_bands, add_plate, block_dc
from songwright.render.kit_model import Drum
from songwright.seeds import noise_rng
from songwright.units import db_to_gain

REFERENCE_VELOCITY = 100
BANK_SIZE = 1 << 17
TILT_DB = 2.0
"""What an octave above 1 kHz gains in 100 steps of velocity outside of those measured."""

_MODE_JITTER_DB = 0.8
_RISE_SECONDS = 0.0006
_BAND_JITTER_DB = 0.7
_PITCH_JITTER = 0.0012


class FittedVoice:
    """Makes the strokes of one fitted drum at one sample rate; stands in for a `DrumVoice`.

    ``drum`` is the synthesised drum in whose place it plays, from which it takes level, place,
    rounding of peaks, room and the rules of damping.
    """

    def __init__(
        self, fitted: FittedDrum, drum: Drum, sample_rate_hz: int, gain_db: float = 0.0
    ) -> None:
        self.fitted = fitted
        self.drum = drum
        self.peak_db = drum.peak_db + gain_db
        self._peaks: dict[int, float] = {}
        self.rate = sample_rate_hz

    def stroke(self, velocity: int, variant: int) -> FloatArray:
        """One stroke, float32, shape (2, samples); velocity 100 peaks at about ``peak_db``."""
        sound = fitted_stroke(self.fitted, velocity, variant, self.rate)
        # The curve of the drum, not of the recording, says how loud a velocity is.
        level = (velocity / REFERENCE_VELOCITY) ** self.drum.dynamic
        peak = self._peak(velocity)
        top = np.float32(db_to_gain(self.peak_db))
        sound *= top / np.float32(peak)
        if self.drum.soften > 0.0:
            sound = _rounded(sound, self.drum.soften, top)
        sound *= np.float32(level)
        if self.drum.drive > 0.0:  # peaks rounded as those of the other drums of the kit
            sound = _rounded(sound, self.drum.drive, top)
        fade = min(sound.shape[1], round(0.02 * self.rate))
        block_dc(sound, 18.0, fade, float(self.rate))
        return sound

    def _peak(self, velocity: int) -> float:
        """Peak of the first variant, so that all variants of a velocity keep their differences."""
        if velocity not in self._peaks:
            sound = fitted_stroke(self.fitted, velocity, 0, self.rate)
            self._peaks[velocity] = max(float(np.max(np.abs(sound))), 1e-6)
        return self._peaks[velocity]


def fitted_stroke(drum: FittedDrum, velocity: int, variant: int, sample_rate_hz: int) -> FloatArray:
    """A stroke at the level of its recording, float32, shape (2, samples)."""
    near = min(drum.strokes, key=lambda s: (abs(s.velocity - velocity), s.velocity))
    gains = 10.0 ** (_correction_db(drum, near, velocity) / 20.0)
    random = noise_rng(0, "fitted kit", drum.name, near.velocity, variant)
    times = frame_seconds()[: near.noise.shape[0]]
    sound = np.zeros((2, round(float(times[-1]) * sample_rate_hz)), np.float32)
    _add_modes(sound, near.modes, gains, drum.width, random, sample_rate_hz)
    jitter = 10.0 ** (random.uniform(-_BAND_JITTER_DB, _BAND_JITTER_DB, BANDS) / 20.0)
    levels = near.noise * (gains * jitter).astype(np.float32)
    places = random.integers(0, BANK_SIZE, (2, BANDS))
    frames = np.round(times * sample_rate_hz).astype(np.int64)
    add_noise_bands(sound, band_noise(sample_rate_hz), places, frames, levels, drum.width)
    # The recording is over before the last frame; what modes still hold goes with it.
    last = int(times[-2] * sample_rate_hz)
    sound[:, last:] *= np.linspace(1.0, 0.0, sound.shape[1] - last, dtype=np.float32) ** 2
    # Modes and noise are there at once, a stick is not: a stroke that steps out of silence clicks.
    rise = round(_RISE_SECONDS * sample_rate_hz)
    ramp = np.sin(np.linspace(0.0, np.pi / 2.0, rise, endpoint=False)) ** 2
    sound[:, :rise] *= ramp.astype(np.float32)
    return sound


def _add_modes(
    sound: FloatArray,
    modes: DoubleArray,
    gains: DoubleArray,
    width: float,
    random: np.random.Generator,
    sample_rate_hz: int,
) -> None:
    hz = modes[:, 0] * (1.0 + _PITCH_JITTER * random.uniform(-1.0, 1.0))
    centres = np.sqrt(np.array(BAND_EDGES_HZ[:-1]) * BAND_EDGES_HZ[1:])
    amplitude = modes[:, 2] * np.interp(np.log(modes[:, 0]), np.log(centres), gains)
    # Modes below 400 Hz may be parts of one gliding tone: they keep their balance.
    loose = np.clip(np.log2(modes[:, 0] / 400.0), 0.0, 1.0)
    uneven = loose * random.uniform(-_MODE_JITTER_DB, _MODE_JITTER_DB, hz.shape[0])
    amplitude *= 10.0 ** (uneven / 20.0)
    side = loose * width * np.sin(7.0 * np.arange(hz.shape[0]))  # a place of its own for each
    keep = (hz < 0.42 * sample_rate_hz) & (amplitude > 1e-6)
    add_plate(
        sound, hz[keep], (amplitude * (1.0 - side))[keep], (amplitude * (1.0 + side))[keep],
        modes[keep, 1], np.full(int(keep.sum()), 1e-5), modes[keep, 3], float(sample_rate_hz),
    )  # fmt: skip


def _correction_db(drum: FittedDrum, near: FittedStroke, velocity: int) -> DoubleArray:
    """What each band gains when the stroke measured at ``near`` is played at a velocity."""
    known = np.array([stroke.velocity for stroke in drum.strokes], np.float64)
    levels = np.array([stroke.bands_db for stroke in drum.strokes])
    wanted = np.array([np.interp(velocity, known, levels[:, b]) for b in range(BANDS)])
    beyond = velocity - float(np.clip(velocity, known[0], known[-1]))
    centres = np.sqrt(np.array(BAND_EDGES_HZ[:-1]) * BAND_EDGES_HZ[1:])
    tilt = TILT_DB * np.log2(np.maximum(centres, 1000.0) / 1000.0) * beyond / 100.0
    return np.asarray(np.clip(wanted - near.bands_db, -12.0, 12.0) + tilt)


@lru_cache(maxsize=8)
def band_noise(sample_rate_hz: int) -> FloatArray:
    """Noise of unit RMS in each band, shape (`BANDS`, `BANK_SIZE`), to be read round and round.

    Neighbouring bands share an edge of an eighth of an octave in which their powers add up to one;
    bands above the Nyquist frequency are silent.
    """
    hz = np.asarray(np.fft.rfftfreq(BANK_SIZE, 1.0 / sample_rate_hz), np.float64)
    bank = np.zeros((BANDS, BANK_SIZE), np.float32)
    for band in range(BANDS):
        if BAND_EDGES_HZ[band] >= 0.45 * sample_rate_hz:
            continue
        random = noise_rng(0, "fitted kit", "bank", band, sample_rate_hz)
        spectrum = np.fft.rfft(random.standard_normal(BANK_SIZE)) * band_weights(hz, band)
        noise = np.fft.irfft(spectrum, BANK_SIZE)
        bank[band] = noise / np.sqrt(np.mean(noise**2))
    bank.flags.writeable = False
    return bank


def band_weights(hz: DoubleArray, band: int) -> DoubleArray:
    """Amplitude response of one band at some frequencies."""
    octaves = np.log2(np.maximum(hz, 1.0))
    low, high = np.log2(BAND_EDGES_HZ[band]), np.log2(BAND_EDGES_HZ[band + 1])
    half = 1.0 / 16.0
    rise = np.clip((octaves - low + half) / (2.0 * half), 0.0, 1.0)
    fall = np.clip((high + half - octaves) / (2.0 * half), 0.0, 1.0)
    return np.asarray(np.sin(np.pi / 2.0 * rise) * np.sin(np.pi / 2.0 * fall))


def _rounded(sound: FloatArray, amount: float, top: np.float32) -> FloatArray:
    """Peaks of a sound bent over; what stands at ``top`` stays there, the rest comes up."""
    slope = np.float32(1.0 + amount)
    bent: FloatArray = np.tanh(sound * (slope / top)) * (top / np.tanh(slope))
    return bent
