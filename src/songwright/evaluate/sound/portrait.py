"""What is drawn of a sound beside its curves: spectrogram, stereo field, who is covered when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from songwright.audio import Audio
from songwright.audio.buffers import Samples64
from songwright.evaluate.sound.frames import framed
from songwright.evaluate.sound.listening import Listening
from songwright.evaluate.sound.masking import masked_energy, spreading
from songwright.evaluate.sound.scan import LL, LR, RR, STEP_SECONDS, Scan
from songwright.evaluate.sound.sources import Sound
from songwright.evaluate.sound.stems import FRAMES_PER_SECOND, StemSet

LOW_HZ, HIGH_HZ = 30.0, 16_000.0
_ROWS = 128
_MOST_COLUMNS = 600
_WINDOW = 4_096
_APART = 4 * _WINDOW
_FIELD_CELLS = 96
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
    stereo = sound.sound.channels == 2
    return SoundPortrait(
        sound.seconds,
        spectrogram_db(sound.sound),
        stereo_field(sound.excerpts.field) if stereo else None,
        correlation(sound.scan) if stereo else np.zeros(0),
        masked_by_second(sound.stems) if sound.stems is not None else {},
    )


def spectrogram_db(sound: Sound) -> Table32:
    """Levels of the mono sum on a logarithmic frequency axis; see `SoundPortrait`."""
    length = max(sound.frames, _WINDOW)
    hop = max(_WINDOW // 4, (length - _WINDOW) // _MOST_COLUMNS + 1)
    window = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
    starts = range(0, length - _WINDOW + 1, hop)
    edges_hz = np.geomspace(LOW_HZ, min(HIGH_HZ, 0.48 * sound.sample_rate_hz), _ROWS + 1)
    edges = edges_hz * _WINDOW / sound.sample_rate_hz
    table = np.zeros((len(starts), _ROWS))
    for first in range(0, len(starts), 64):
        views = _mono_frames(sound, starts[first : first + 64])
        spectrum = scipy.fft.rfft(views * window, axis=1)
        power = (spectrum.real**2 + spectrum.imag**2).astype(np.float64)
        total = np.concatenate([np.zeros((len(power), 1)), np.cumsum(power, axis=1)], axis=1)
        # Below 200 Hz a row is narrower than a bin: bins count by their share.
        at = np.arange(total.shape[1]) - 0.5
        for row, cumulative in enumerate(total, start=first):
            table[row] = np.diff(np.interp(edges, at, cumulative))
    scale = 2.0 / (_WINDOW * float((window.astype(np.float64) ** 2).sum()))
    levels = 10.0 * np.log10(np.maximum(table * scale, 10.0 ** (_FLOOR_DB / 10.0)))
    return np.ascontiguousarray(levels.T, dtype=np.float32)


def _mono_frames(sound: Sound, starts: range) -> NDArray[np.float32]:
    """Frames of the mono sum, shape (starts, 4096)."""
    if starts.step < _APART:  # it takes less time to read what lies between them, too
        return framed(_mono(sound, starts[0], starts[-1] + _WINDOW), _WINDOW, starts.step)
    return np.stack([_mono(sound, at, at + _WINDOW) for at in starts])


def _mono(sound: Sound, start: int, stop: int) -> NDArray[np.float32]:
    mono = np.zeros(stop - start, np.float32)
    samples = sound.read(start, min(stop, sound.frames))
    np.mean(samples, axis=0, out=mono[: samples.shape[1]])
    return mono


def stereo_field(points: Audio) -> Table32:
    """How often left and right take which values together; see `SoundPortrait`.

    Parameters
    ----------
    points
        Samples spread over the whole sound, shape (2, points).
    """
    left, right = points
    middle, side = 0.5 * (left + right), 0.5 * (right - left)
    reach = max(1e-6, float(np.percentile(np.maximum(np.abs(middle), np.abs(side)), 99.5)))
    bounds = ((-reach, reach), (-reach, reach))
    counts, _, _ = np.histogram2d(-middle, side, _FIELD_CELLS, bounds)
    shown = np.log1p(counts)
    return np.asarray(shown / max(1e-9, float(shown.max())), dtype=np.float32)


def correlation(scan: Scan) -> Samples64:
    """Correlation of left and right in each second."""
    tenths = np.arange(0, len(scan.steps), round(1.0 / STEP_SECONDS))
    left, right, both = (np.add.reduceat(scan.column(c), tenths) for c in (LL, RR, LR))
    power = left * right
    sounding = power > 1e-12
    values = both / np.sqrt(np.where(sounding, power, 1.0))
    return np.where(sounding, values, np.nan)


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
