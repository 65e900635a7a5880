"""What can be measured in an audio file: length, loudness, key and tempo as heard."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from songwright.audio import LoudnessMeter
from songwright.evaluate.keyfinding import KeyEstimate, ModeEstimate, estimate_key, estimate_mode
from songwright.evaluate.tempo import FRAME_HZ, estimate_tempo

if TYPE_CHECKING:
    from songwright.evaluate.sound.sources import Sound


@dataclass(frozen=True, slots=True)
class AudioMeasures:
    """Facts of an audio file; None where the sound does not define one (silence, too short)."""

    seconds: float
    sample_rate_hz: int
    loudness_lufs: float | None
    true_peak_dbtp: float | None
    loudness_range_lu: float | None
    key: KeyEstimate | None
    mode: ModeEstimate | None
    felt_tempo_bpm: float | None


def measure_audio(path: str | Path) -> AudioMeasures:
    """Measure an audio file.

    Raises
    ------
    FileFormatError
        If the file is damaged or not audio.
    """
    from songwright.evaluate.sound.sources import FileSound, blocks  # noqa: PLC0415 (loads scipy)

    sound = FileSound(path)
    rate = sound.sample_rate_hz
    meter = LoudnessMeter(rate, sound.channels)
    for start, stop in blocks(sound):
        meter.add(sound.read(start, stop))
    loudness = meter.result()
    heard = list(chroma(sound))
    return AudioMeasures(
        seconds=sound.frames / rate,
        sample_rate_hz=rate,
        loudness_lufs=_rounded(loudness.integrated_lufs),
        true_peak_dbtp=_rounded(loudness.true_peak_dbtp),
        loudness_range_lu=_rounded(loudness.range_lu),
        key=estimate_key(heard),
        mode=estimate_mode(heard),
        felt_tempo_bpm=estimate_tempo(onset_strength(sound)),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _mono(sound: Sound, start: int, stop: int) -> NDArray[np.float32]:
    samples = sound.read(start, min(stop, sound.frames))
    return np.asarray(samples.mean(axis=0, dtype=np.float32))


def chroma(sound: Sound) -> NDArray[np.float64]:
    """Energy of each pitch class (12,), from spectral peaks between 60 Hz and 2 kHz."""
    size, hop = 8192, 4096
    weights = np.zeros(12)
    if sound.frames < size:
        return weights
    frequency_hz = np.fft.rfftfreq(size, 1 / sound.sample_rate_hz)
    inside = (frequency_hz > 60.0) & (frequency_hz < 2000.0)
    classes = np.round(69 + 12 * np.log2(frequency_hz[inside] / 440.0)).astype(int) % 12
    window = np.hanning(size).astype(np.float32)
    for start in range(0, sound.frames - size, hop * 64):
        block = _mono(sound, start, start + hop * 63 + size)
        frames = np.lib.stride_tricks.sliding_window_view(block, size)[::hop] * window
        spectra = np.abs(np.fft.rfft(frames, axis=1))
        here = spectra[:, inside]
        # Only bins above their neighbours: the skirts of strong partials are not notes.
        low, high = np.flatnonzero(inside)[[0, -1]]
        peak = (here >= spectra[:, low - 1 : high]) & (here >= spectra[:, low + 1 : high + 2])
        energy = np.where(peak, np.sqrt(here), 0.0).sum(axis=0)
        weights += np.bincount(classes, energy, 12)
    return weights


def onset_strength(sound: Sound) -> NDArray[np.float64]:
    """Spectral flux at 100 frames a second, summed over logarithmic bands."""
    size, hop = 1024, sound.sample_rate_hz // FRAME_HZ
    if sound.frames < size * 2:
        return np.zeros(0)
    edges = np.unique(np.geomspace(1, size // 2, 25).astype(int))
    window = np.hanning(size).astype(np.float32)
    bands = []
    for start in range(0, sound.frames - size, hop * 512):
        block = _mono(sound, start, start + hop * 511 + size)
        frames = np.lib.stride_tricks.sliding_window_view(block, size)[::hop] * window
        power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
        bands.append(np.add.reduceat(power, edges[:-1], axis=1))
    level = np.log10(1e-6 + np.concatenate(bands))
    flux = np.diff(level, axis=0, prepend=level[:1])
    strength: NDArray[np.float64] = np.maximum(flux, 0.0).sum(axis=1)
    return strength
