"""Stems, streamed two at a time: of each, energies in critical bands every 20 ms are kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import scipy.fft
from numba import njit
from numpy.typing import ArrayLike, NDArray

from songwright.audio import Audio
from songwright.audio.buffers import Samples64
from songwright.audio.loudness import gated_loudness
from songwright.errors import AudioError
from songwright.evaluate.sound.cells import CellListener
from songwright.evaluate.sound.clicks import click_cells
from songwright.evaluate.sound.excerpts import Thinner
from songwright.evaluate.sound.frames import Frames, Stretch
from songwright.evaluate.sound.pitch_peaks import level_step, tuning_of
from songwright.evaluate.sound.short_spectra import window_samples
from songwright.evaluate.sound.sources import ArraySound, FileSound, Sound, blocks
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
_HEARD = len(SPEAKERS_HZ) + 2

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
    clicks
        Cells of 1 ms in which it clicks.
    """

    bark: NDArray[np.float32]
    heard: NDArray[np.float32]
    thumps: Samples64
    is_mono: bool
    tuning: complex = 0j
    clicks: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

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
    each stem is measured by itself, so the figures do not depend on the threads, and of files no
    more than two blocks are in memory.

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
        return stem_levels(_sound(name, stem, sample_rate_hz), given.get(name, ""))

    with ThreadPoolExecutor(_WORKERS) as pool:
        levels = dict(zip(stems, pool.map(measured, stems.items()), strict=True))
    frames = max((level.bark.shape[0] for level in levels.values()), default=0)
    return StemSet({name: _lengthened(level, frames) for name, level in levels.items()},
                   dict(given))  # fmt: skip


def _sound(name: str, stem: Stem, sample_rate_hz: int) -> Sound:
    if not isinstance(stem, str | Path):
        return ArraySound(stem, sample_rate_hz, f"stem {name}")
    sound = FileSound(stem)
    if sound.sample_rate_hz != sample_rate_hz:
        raise AudioError(
            f"stem {name} has {sound.sample_rate_hz} Hz, the mix {sample_rate_hz} Hz; convert one"
        )
    return sound


def _lengthened(level: StemLevels, frames: int) -> StemLevels:
    missing = frames - level.bark.shape[0]
    if not missing:
        return level
    more = ((0, missing), (0, 0))
    return replace(level, bark=np.pad(level.bark, more), heard=np.pad(level.heard, more))


def stem_levels(sound: Sound, role: str = "") -> StemLevels:
    """Energies of one stem; no samples give no frames."""
    rate, is_mono = sound.sample_rate_hz, sound.channels == 1
    if not sound.frames:
        return StemLevels(np.zeros((0, BARKS), np.float32), np.zeros((0, _HEARD), np.float32),
                          np.zeros(0), is_mono)  # fmt: skip
    bands = _BandListener(sound.channels, sound.frames, rate)
    thumps = _ThumpListener(sound.frames, rate) if role in ("drums", "bass") else None
    cells = CellListener(sound.channels, sound.frames, rate)
    thinner = Thinner(sound.channels, sound.frames, level_step(rate))
    for start, stop in blocks(sound):
        block = sound.read(start, stop)
        bands.add(block)
        thinner.add(block)
        cells.add(block)
        if thumps is not None:
            thumps.add(block)
    # A kick has a pitch that no tuner asks for.
    tuning = tuning_of(sound, thinner.kept) if role != "drums" else 0j
    energy = thumps.energy if thumps is not None else np.zeros(0)
    clicks = click_cells(cells.jump, cells.energy, sound)
    return StemLevels(bands.bark, bands.heard, energy, is_mono, tuning, clicks)


class _BandListener:
    """Hears a stem of ``length`` samples, length > 0."""

    def __init__(self, channels: int, length: int, sample_rate_hz: int) -> None:
        size = window_samples(_WINDOW_SECONDS, sample_rate_hz)
        self._window = np.hanning(size + 1)[:-1].astype(np.float32)
        frequency_hz = bin_hz(size, sample_rate_hz)
        ear = ear_weights(frequency_hz, sample_rate_hz)
        weights = np.array(
            [ear, *(ear * band_pass_weights(frequency_hz, *s) for s in SPEAKERS_HZ.values())]
        )
        scale = 2.0 / (size * float((self._window.astype(np.float64) ** 2).sum()))
        self._facts = (channels, scale, weights, bark_edges(size, sample_rate_hz))
        hop = sample_rate_hz // FRAMES_PER_SECOND
        self._frames = Frames(channels, length, size, hop, _BATCH)
        self.bark = np.zeros((self._frames.count, BARKS), np.float32)
        self.heard = np.zeros((self._frames.count, _HEARD), np.float32)

    def add(self, block: Audio) -> None:
        """Take the next samples ``(channels, n)``."""
        for part, views in self._frames.add(block):
            spectra = [
                scipy.fft.rfft(view * self._window, axis=1).astype(np.complex64, copy=False)
                for view in views
            ]
            _reduce(spectra[0], spectra[-1], *self._facts, self.bark[part], self.heard[part])


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


class _ThumpListener:
    """Energy of 40 to 120 Hz every 10 ms, in the time domain because 50 Hz need 20 ms."""

    def __init__(self, length: int, sample_rate_hz: int) -> None:
        self._rows = [high_pass(40.0, sample_rate_hz), low_pass(120.0, sample_rate_hz)]
        self._state = np.zeros((len(self._rows), 4))
        self._hop = sample_rate_hz // THUMPS_PER_SECOND
        self._stretch = Stretch(2)
        self._filled = 0
        self.energy: Samples64 = np.zeros(length // self._hop)

    def add(self, block: Audio) -> None:
        """Take the next samples ``(channels, n)``."""
        lows = np.stack([block[0], block[-1]])
        apply_filters(lows, self._rows, self._state)
        self._stretch.add(lows)
        lows = self._stretch.samples
        count = lows.shape[1] // self._hop
        cells = lows[:, : count * self._hop].reshape(2, count, self._hop)
        self.energy[self._filled : self._filled + count] = np.einsum("cth,cth->t", cells, cells)
        self._filled += count
        self._stretch.forget(self._stretch.start + count * self._hop)


def loudness_of(heard: NDArray[np.float32] | Samples64) -> float | None:
    """Gated loudness in LUFS of K-weighted frame powers, shape (frames,); None for silence."""
    powers = np.asarray(heard, np.float64)
    if powers.size > _GATE_FRAMES:
        sums = np.concatenate([[0.0], np.cumsum(powers)])
        powers = (sums[_GATE_FRAMES:] - sums[:-_GATE_FRAMES])[::5] / _GATE_FRAMES
    elif powers.size:
        powers = powers.mean(keepdims=True)
    return gated_loudness(np.maximum(powers, 0.0))
