"""Stems, streamed one by one: only energies in critical bands every 20 ms are kept of each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import scipy.fft
from numba import njit
from numpy.typing import ArrayLike, NDArray

from songwright.audio import Audio, checked_audio, read_audio
from songwright.audio.buffers import Samples64
from songwright.audio.loudness import gated_loudness
from songwright.errors import AudioError
from songwright.evaluate.sound.pitch_peaks import tuning_of
from songwright.evaluate.sound.short_spectra import framed, window_samples
from songwright.evaluate.sound.weights import (
    BARKS,
    SPEAKERS_HZ,
    band_pass_weights,
    bark_edges,
    bin_hz,
    ear_weights,
)
from songwright.mix.filters import apply_filters, high_pass, low_pass

FRAMES_PER_SECOND = 50
THUMPS_PER_SECOND = 100
_BATCH = 128
_WORKERS = 2
_WINDOW_SECONDS = 0.0213
_GATE_FRAMES = 20  # 400 ms

Stem = ArrayLike | str | Path
"""Samples ``(channels, n)`` or an audio file."""

# Words in a stem's name that give away its part when no roles are passed.
_WORDS = {
    "lead": {"lead", "melody", "vocal", "vocals", "vox", "singer", "solo", "tune", "topline"},
    "bass": {"bass", "sub", "808", "contrabass"},
    "drums": {"drums", "drum", "kit", "kick", "beat"},
}


@dataclass(frozen=True, slots=True)
class StemLevels:
    """Energies of one stem, summed over the channels.

    Attributes
    ----------
    bark
        Power in critical bands; shape (frames, 24), 50 frames a second.
    heard
        K-weighted power: plain, through each of `SPEAKERS_HZ`, and plain in mono (both channels
        carrying their mean); shape (frames, 5).
    thumps
        Energy of 40 to 120 Hz every 10 ms for drums and bass, else empty.
    is_mono
        The file has one channel.
    tuning
        Where its tones lie on the circle of one semitone: the sum of the amplitudes of its spectral
        peaks as a complex number. 0 for drums and for stems with hardly any tones.
    """

    bark: NDArray[np.float32]
    heard: NDArray[np.float32]
    thumps: Samples64
    is_mono: bool
    tuning: complex = 0j

    @property
    def active(self) -> NDArray[np.bool_]:
        """Frames that sound: within 40 dB of the stem's loud ones and above -70 LUFS."""
        loud = self.heard[:, 0]
        if not loud.size:
            return np.zeros(0, bool)
        return np.asarray(loud > max(1e-7, 1e-4 * float(np.percentile(loud, 98.0))))


@dataclass(frozen=True, slots=True)
class StemSet:
    """The stems of a piece by id, and the role of each (empty when unknown)."""

    levels: dict[str, StemLevels]
    roles: dict[str, str]

    def of_role(self, role: str) -> tuple[str, ...]:
        """Ids of the stems with a role that sound at all."""
        return tuple(
            name
            for name, level in self.levels.items()
            if self.roles.get(name) == role and level.active.any()
        )


def guess_role(name: str) -> str:
    """``lead``, ``bass`` or ``drums`` from the words in a stem's name, else empty."""
    words = set(re.split(r"[^a-z0-9]+|(?<=[a-z])(?=\d)", name.lower()))
    for role, known in _WORDS.items():
        if words & known:
            return role
    return ""


def hear_stems(
    stems: Mapping[str, Stem], sample_rate_hz: int, roles: Mapping[str, str] | None = None
) -> StemSet:
    """Take the energies of every stem, two at a time.

    Two threads read and measure (file access, transforms and kernels release the interpreter);
    each stem is measured by itself, so the figures do not depend on the threads, and no more than
    two stems are in memory.

    Raises
    ------
    AudioError
        If a stem has NaN, a wrong shape or another sample rate.
    FileFormatError
        If a file cannot be read.
    """
    given = roles if roles is not None else {name: guess_role(name) for name in stems}

    def measured(item: tuple[str, Stem]) -> StemLevels:
        name, stem = item
        samples = _samples(name, stem, sample_rate_hz)
        role = given.get(name, "")
        levels = stem_levels(samples, sample_rate_hz, role in ("drums", "bass"))
        if role == "drums":  # a kick has a pitch that no tuner asks for
            return levels
        return replace(levels, tuning=tuning_of(samples, sample_rate_hz))

    with ThreadPoolExecutor(_WORKERS) as pool:
        levels = dict(zip(stems, pool.map(measured, stems.items()), strict=True))
    frames = max((level.bark.shape[0] for level in levels.values()), default=0)
    return StemSet({name: _lengthened(level, frames) for name, level in levels.items()},
                   dict(given))  # fmt: skip


def _samples(name: str, stem: Stem, sample_rate_hz: int) -> Audio:
    if not isinstance(stem, str | Path):
        return checked_audio(stem, f"stem {name}")
    audio, rate = read_audio(stem)
    if rate != sample_rate_hz:
        raise AudioError(f"stem {name} has {rate} Hz, the mix {sample_rate_hz} Hz; convert one")
    return audio


def _lengthened(level: StemLevels, frames: int) -> StemLevels:
    more = ((0, frames - level.bark.shape[0]), (0, 0))
    return replace(level, bark=np.pad(level.bark, more), heard=np.pad(level.heard, more))


def stem_levels(audio: Audio, sample_rate_hz: int, with_thumps: bool = False) -> StemLevels:
    """Energies of one stem ``(channels, n)``; no samples give no frames."""
    columns = len(SPEAKERS_HZ) + 2
    if audio.shape[1] == 0:
        return StemLevels(np.zeros((0, BARKS), np.float32), np.zeros((0, columns), np.float32),
                          np.zeros(0), audio.shape[0] == 1)  # fmt: skip
    size = window_samples(_WINDOW_SECONDS, sample_rate_hz)
    hop = sample_rate_hz // FRAMES_PER_SECOND
    window = np.hanning(size + 1)[:-1].astype(np.float32)
    frequency_hz = bin_hz(size, sample_rate_hz)
    ear = ear_weights(frequency_hz, sample_rate_hz)
    weights = np.array(
        [ear, *(ear * band_pass_weights(frequency_hz, *s) for s in SPEAKERS_HZ.values())]
    )
    edges = bark_edges(size, sample_rate_hz)
    scale = 2.0 / (size * float((window.astype(np.float64) ** 2).sum()))
    views = [framed(channel, size, hop) for channel in audio]
    frames = views[0].shape[0]
    bark = np.zeros((frames, BARKS), np.float32)
    heard = np.zeros((frames, columns), np.float32)
    for start in range(0, frames, _BATCH):
        part = slice(start, min(start + _BATCH, frames))
        spectra = [
            scipy.fft.rfft(view[part] * window, axis=1).astype(np.complex64, copy=False)
            for view in views
        ]
        _reduce(spectra[0], spectra[-1], len(views), scale, weights, edges, bark[part], heard[part])
    thumps = _thumps(audio, sample_rate_hz) if with_thumps else np.zeros(0)
    return StemLevels(bark, heard, thumps, len(views) == 1)


@njit(cache=True, nogil=True, fastmath=True)
def _reduce(left, right, channels, scale, weights, edges, bark, heard):  # type: ignore[no-untyped-def]
    bins = left.shape[1]
    power = np.zeros(bins)
    speakers = weights.shape[0]
    for t in range(left.shape[0]):
        middle = 0.0
        for k in range(bins):
            a, b = left[t, k], right[t, k]
            p = a.real**2 + a.imag**2
            if channels == 2:
                p += b.real**2 + b.imag**2
            power[k] = p * scale
            m = (a.real + b.real) ** 2 + (a.imag + b.imag) ** 2
            middle += weights[0, k] * m
        heard[t, speakers] = middle * scale * (0.5 if channels == 2 else 0.25)
        for w in range(speakers):
            energy = 0.0
            for k in range(bins):
                energy += power[k] * weights[w, k]
            heard[t, w] = energy
        for band in range(bark.shape[1]):
            energy = 0.0
            for k in range(edges[band], edges[band + 1]):
                energy += power[k]
            bark[t, band] = energy


def _thumps(audio: Audio, sample_rate_hz: int) -> Samples64:
    """Energy of 40 to 120 Hz every 10 ms, in the time domain because 50 Hz need 20 ms."""
    lows = np.stack([audio[0], audio[-1]])
    apply_filters(lows, [high_pass(40.0, sample_rate_hz), low_pass(120.0, sample_rate_hz)])
    hop = sample_rate_hz // THUMPS_PER_SECOND
    count = lows.shape[1] // hop
    cells = lows[:, : count * hop].reshape(2, count, hop)
    energy: Samples64 = np.einsum("cth,cth->t", cells, cells).astype(np.float64)
    return energy


def loudness_of(heard: NDArray[np.float32] | Samples64) -> float | None:
    """Gated loudness in LUFS of K-weighted frame powers, shape (frames,); None for silence."""
    powers = np.asarray(heard, np.float64)
    if powers.size > _GATE_FRAMES:
        sums = np.concatenate([[0.0], np.cumsum(powers)])
        powers = (sums[_GATE_FRAMES:] - sums[:-_GATE_FRAMES])[::5] / _GATE_FRAMES
    elif powers.size:
        powers = powers.mean(keepdims=True)
    return gated_loudness(np.maximum(powers, 0.0))
