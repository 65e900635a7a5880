"""What is drawn of a sound beside its curves: spectrogram, stereo field, who is covered when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from songwright.audio import Audio
from songwright.audio.buffers import Samples64
from songwright.evaluate.sound.listening import Listening
from songwright.evaluate.sound.masking import masked_energy, spreading
from songwright.evaluate.sound.stems import FRAMES_PER_SECOND, StemSet

LOW_HZ, HIGH_HZ = 30.0, 16_000.0
_ROWS = 128
_MOST_COLUMNS = 600
_WINDOW = 4_096
_FIELD_CELLS = 96
_FIELD_POINTS = 240_000
_FLOOR_DB = -120.0

Table32 = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SoundPortrait:
    """Tables behind the pictures of one sound.

    Attributes
    ----------
    seconds
        Length.
    spectrogram_db
        Level over time (columns) and frequency (rows, `LOW_HZ` below to `HIGH_HZ` on top in equal
        musical steps), dB re full scale; shape (128, columns).
    goniometer
        How often left and right take which values together, 0..1 (logarithmic); rows are the
        middle from top (loud) to bottom, columns the side from left to right; None for mono.
    correlation
        Between left and right in each second, NaN where it is silent; shape (seconds,).
    masked
        For each stem the share of its energy that the others cover in each second, NaN where it
        does not sound; shape (seconds,).
    """

    seconds: float
    spectrogram_db: Table32
    goniometer: Table32 | None
    correlation: Samples64
    masked: dict[str, Samples64]


def portrait_of(sound: Listening) -> SoundPortrait:
    """The portrait of a sound that was listened to."""
    stereo = sound.audio.shape[0] == 2
    return SoundPortrait(
        sound.seconds,
        spectrogram_db(sound.audio, sound.sample_rate_hz),
        stereo_field(sound.audio) if stereo else None,
        correlation(sound.audio, sound.sample_rate_hz) if stereo else np.zeros(0),
        masked_by_second(sound.stems) if sound.stems is not None else {},
    )


def spectrogram_db(audio: Audio, sample_rate_hz: int) -> Table32:
    """Levels of the mono sum on a logarithmic frequency axis; see `SoundPortrait`."""
    mono = audio.mean(axis=0, dtype=np.float32)
    if mono.size < _WINDOW:
        mono = np.pad(mono, (0, _WINDOW - mono.size))
    hop = max(_WINDOW // 4, (mono.size - _WINDOW) // _MOST_COLUMNS + 1)
    window = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
    views = np.lib.stride_tricks.sliding_window_view(mono, _WINDOW)[::hop]
    edges_hz = np.geomspace(LOW_HZ, min(HIGH_HZ, 0.48 * sample_rate_hz), _ROWS + 1)
    edges = edges_hz * _WINDOW / sample_rate_hz
    table = np.zeros((len(views), _ROWS))
    for start in range(0, len(views), 64):
        spectrum = scipy.fft.rfft(views[start : start + 64] * window, axis=1)
        power = (spectrum.real**2 + spectrum.imag**2).astype(np.float64)
        total = np.concatenate([np.zeros((len(power), 1)), np.cumsum(power, axis=1)], axis=1)
        # Below 200 Hz a row is narrower than a bin: bins count by their share.
        at = np.arange(total.shape[1]) - 0.5
        for row, cumulative in enumerate(total, start=start):
            table[row] = np.diff(np.interp(edges, at, cumulative))
    scale = 2.0 / (_WINDOW * float((window.astype(np.float64) ** 2).sum()))
    levels = 10.0 * np.log10(np.maximum(table * scale, 10.0 ** (_FLOOR_DB / 10.0)))
    return np.ascontiguousarray(levels.T, dtype=np.float32)


def stereo_field(audio: Audio) -> Table32:
    """How often left and right take which values; see `SoundPortrait`."""
    step = max(1, audio.shape[1] // _FIELD_POINTS)
    left, right = audio[0, ::step], audio[1, ::step]
    middle, side = 0.5 * (left + right), 0.5 * (right - left)
    reach = max(1e-6, float(np.percentile(np.maximum(np.abs(middle), np.abs(side)), 99.5)))
    bounds = ((-reach, reach), (-reach, reach))
    counts, _, _ = np.histogram2d(-middle, side, _FIELD_CELLS, bounds)
    shown = np.log1p(counts)
    return np.asarray(shown / max(1e-9, float(shown.max())), dtype=np.float32)


def correlation(audio: Audio, sample_rate_hz: int) -> Samples64:
    """Correlation of left and right in each second."""
    values = []
    for start in range(0, audio.shape[1], sample_rate_hz):
        left, right = audio[:, start : start + sample_rate_hz].astype(np.float64)
        power = float(np.dot(left, left)) * float(np.dot(right, right))
        values.append(float(np.dot(left, right)) / power**0.5 if power > 1e-12 else np.nan)
    return np.array(values)


def masked_by_second(stems: StemSet) -> dict[str, Samples64]:
    """Share of each stem that the others cover, second by second."""
    if len(stems.levels) < 2:
        return {}
    tables = [level.bark for level in stems.levels.values()]
    whole = np.zeros_like(tables[0])
    for table in tables:
        whole += table
    spread = spreading()
    seconds = np.arange(len(whole)) // FRAMES_PER_SECOND
    shares = {}
    for name, level in stems.levels.items():
        masked, energy = masked_energy(level.bark, np.maximum(whole - level.bark, 0.0), spread)
        total = np.bincount(seconds, energy)
        sounding = np.bincount(seconds, level.active) > FRAMES_PER_SECOND // 4
        share = np.bincount(seconds, masked) / np.maximum(total, 1e-12)
        shares[name] = np.where(sounding, share, np.nan)
    return shares
