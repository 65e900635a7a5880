"""What a dry stem is like: the facts that mixing decisions are made from.

A stem is heard in tenths of a second and in the 24 critical bands of the ear (E. Zwicker,
*Subdivision of the audible frequency range into critical bands*, JASA 33, 1961): fine enough to
see who covers whom and when, small enough to be stored with a song.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy.fft
from numpy.typing import ArrayLike, NDArray

from songwright.audio import Audio, LoudnessMeter, checked_audio, checked_sample_rate
from songwright.audio.buffers import Samples64, release
from songwright.audio.spectrum import band_levels, third_octave_centres
from songwright.mix.staging import low_note_hz, velocity_level_db
from songwright.perform.model import PlayedPart

STEPS_PER_SECOND = 10
BAND_EDGES_HZ = (
    20.0, 100.0, 200.0, 300.0, 400.0, 510.0, 630.0, 770.0, 920.0, 1_080.0, 1_270.0, 1_480.0,
    1_720.0, 2_000.0, 2_320.0, 2_700.0, 3_150.0, 3_700.0, 4_400.0, 5_300.0, 6_400.0, 7_700.0,
    9_500.0, 12_000.0, 15_500.0,
)  # fmt: skip
BANDS = len(BAND_EDGES_HZ) - 1
BAND_CENTRES_HZ = tuple((low * high) ** 0.5 for low, high in pairwise(BAND_EDGES_HZ))
THIRD_CENTRES_HZ = tuple(float(hz) for hz in third_octave_centres())

_FLOOR_DB = -120.0
_RESOLUTION_DB = 0.5  # a byte holds -120 … +7.5 dB
_WINDOWS_PER_STEP = 5
_WINDOW_SECONDS = 0.0213
_LONG_WINDOW = 16_384
_BATCH = 160
_BLOCK_SECONDS = 20
_ACTIVE_DB = -40.0  # below a stem's loud moments: it does not sound


@dataclass(frozen=True, slots=True)
class StemFacts:
    """Facts of one stem, before any processing.

    Attributes
    ----------
    loudness_lufs
        Integrated loudness; None for silence.
    peak_db, crest_db
        Sample peak in dBFS (-120 for silence) and its distance from the RMS level while it sounds.
    side_share
        Energy of the sides of the whole, 0 (mono) to 1.
    bands_db
        Mean power in the 24 critical bands while the stem sounds, both channels together, dB.
    thirds_db
        Mean power in third octaves 25 Hz to 16 kHz (`THIRD_CENTRES_HZ`), dB.
    seconds
        Length.
    playing_db, low_note_hz
        What the velocities of the part as played say of its level (see
        `songwright.mix.staging.velocity_level_db`) and the fundamental below which it hardly
        plays; 0 where the part was not given.
    table
        Power in each band every tenth of a second, packed; see `powers`.
    """

    loudness_lufs: float | None
    peak_db: float
    crest_db: float
    side_share: float
    bands_db: tuple[float, ...]
    thirds_db: tuple[float, ...]
    seconds: float
    table: bytes
    playing_db: float = 0.0
    low_note_hz: float = 0.0

    @property
    def levels_db(self) -> Samples64:
        """Level of each critical band in each tenth of a second, shape (steps, 24), dB."""
        packed = np.frombuffer(zlib.decompress(self.table), np.uint8)
        # Stored band after band: neighbours in time resemble each other and pack well.
        levels = packed.reshape(BANDS, -1).T.astype(np.float64)
        return levels * _RESOLUTION_DB + _FLOOR_DB

    @property
    def powers(self) -> Samples64:
        """Power in each critical band in each tenth of a second, shape (steps, 24)."""
        levels = self.levels_db
        return np.where(levels > _FLOOR_DB, 10.0 ** (levels / 10.0), 0.0)

    @property
    def activity(self) -> tuple[float, ...]:
        """Share of each second in which the stem sounds, 0..1."""
        sounding = sounding_steps(self.powers)
        if not sounding.size:
            return ()
        second = np.arange(len(sounding)) // STEPS_PER_SECOND
        share = np.bincount(second, sounding) / np.bincount(second)
        return tuple(float(s) for s in share)


def sounding_steps(powers: Samples64) -> NDArray[np.bool_]:
    """Steps of a table ``(steps, 24)`` in which a stem sounds, within 40 dB of its loud ones."""
    whole = powers.sum(axis=1)
    if not whole.size or whole.max() <= 0.0:
        return np.zeros(len(whole), bool)
    return np.asarray(whole > 10.0 ** (_ACTIVE_DB / 10.0) * np.percentile(whole, 98.0))


def measure_stem(dry: ArrayLike, sample_rate_hz: int, part: PlayedPart | None = None) -> StemFacts:
    """Measure one dry stem.

    Parameters
    ----------
    dry
        Samples ``(2, n)`` from the renderer, at any level; silence and ``n = 0`` are allowed.
    sample_rate_hz
        Sample rate.
    part
        The part as played, which tells how loud it means to be and how low it goes.

    Raises
    ------
    AudioError
        If the samples hold NaN or are not stereo.
    """
    audio = checked_audio(dry, "stem", channels=2)
    rate = checked_sample_rate(sample_rate_hz)
    powers = _table(audio, rate)
    sounding = sounding_steps(powers)
    bands = powers[sounding].mean(axis=0) if sounding.any() else np.zeros(BANDS)
    thirds = _thirds_db(audio, rate)
    loudness, peak, side_share = _levels(audio, rate)
    mean = float(bands.sum())
    with np.errstate(divide="ignore"):
        packed = np.round((10.0 * np.log10(powers) - _FLOOR_DB) / _RESOLUTION_DB)
    table = np.clip(packed, 0, 255).astype(np.uint8)
    return StemFacts(
        loudness_lufs=loudness,
        peak_db=_db(peak**2),
        crest_db=_db(peak**2) - _db(0.5 * mean) if mean > 0.0 else 0.0,
        side_share=side_share,
        bands_db=tuple(_db(float(b)) for b in bands),
        thirds_db=tuple(thirds),
        seconds=audio.shape[1] / rate,
        table=zlib.compress(np.ascontiguousarray(table.T).tobytes(), 6),
        playing_db=round(velocity_level_db(part), 2) if part is not None else 0.0,
        low_note_hz=round(low_note_hz(part), 2) if part is not None else 0.0,
    )


def _db(power: float) -> float:
    return round(max(_FLOOR_DB, 10.0 * float(np.log10(max(power, 1e-12)))), 2)


def _levels(audio: Audio, rate: int) -> tuple[float | None, float, float]:
    """Integrated loudness, peak, and the share of the sides, in one pass.

    What lies on disk is read, here and below, in stretches that are given back.
    """
    meter = LoudnessMeter(rate, with_true_peak=False)
    peak = left = right = both = 0.0
    for start in range(0, audio.shape[1], _BLOCK_SECONDS * rate):
        block = np.ascontiguousarray(audio[:, start : start + _BLOCK_SECONDS * rate])
        meter.add(block)
        peak = max(peak, float(block.max()), -float(block.min()))
        left += float(np.dot(block[0], block[0]))
        right += float(np.dot(block[1], block[1]))
        both += float(np.dot(block[0], block[1]))
        release(audio)
    whole = 2.0 * (left + right)
    share = round(max(0.0, (left + right - 2.0 * both) / whole), 4) if whole > 0.0 else 0.0
    return (meter.integrated() if audio.size else None), peak, share


def _stretch(channel: NDArray[np.float32], start: int, stop: int) -> NDArray[np.float32]:
    """Samples of a channel, with silence behind its end."""
    found = channel[start:stop]
    missing = stop - start - len(found)
    return np.pad(found, (0, missing)) if missing else found


def _table(audio: Audio, rate: int) -> Samples64:
    """Power in critical bands in every step, shape (steps, 24); all bands add up to L² + R²."""
    hop = rate // (STEPS_PER_SECOND * _WINDOWS_PER_STEP)
    size = scipy.fft.next_fast_len(max(hop, round(_WINDOW_SECONDS * rate)), real=True)
    steps = -(-audio.shape[1] // (hop * _WINDOWS_PER_STEP))
    frames = steps * _WINDOWS_PER_STEP
    if not frames:
        return np.zeros((0, BANDS))
    window = np.hanning(size + 1)[:-1].astype(np.float32)
    edges = np.ceil(np.array(BAND_EDGES_HZ) * size / rate).astype(np.int64)
    edges = np.minimum(edges, size // 2)
    scale = 2.0 / (size * float((window.astype(np.float64) ** 2).sum()))
    table = np.zeros((frames, BANDS))
    for start in range(0, frames, _BATCH):
        stop = min(start + _BATCH, frames)
        for channel in audio:
            padded = _stretch(channel, start * hop, (stop - 1) * hop + size)
            views = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]
            spectrum = scipy.fft.rfft(views * window, axis=1)
            power = spectrum.real**2 + spectrum.imag**2
            sums = np.add.reduceat(power, edges[:-1], axis=1)
            # Bands above half the sample rate are empty; reduceat would repeat a bin for them.
            table[start:stop] += np.where(edges[1:] > edges[:-1], sums, 0.0)
        release(audio)
    means: Samples64 = table.reshape(steps, _WINDOWS_PER_STEP, BANDS).mean(axis=1) * scale
    return means


def _thirds_db(audio: Audio, rate: int) -> list[float]:
    """Long-term level of third octaves; windows stand side by side, enough for an average."""
    size = _LONG_WINDOW
    frames = -(-audio.shape[1] // size)
    if not frames:
        return [_FLOOR_DB] * len(THIRD_CENTRES_HZ)
    window = np.hanning(size + 1)[:-1].astype(np.float32)
    power = np.zeros(size // 2 + 1)
    for channel in audio:
        for start in range(0, frames, 16):
            padded = _stretch(channel, start * size, min(start + 16, frames) * size)
            spectrum = scipy.fft.rfft(padded.reshape(-1, size) * window, axis=1)
            power += (spectrum.real**2 + spectrum.imag**2).sum(axis=0)
            release(audio)
    power *= 2.0 / (frames * size * float((window.astype(np.float64) ** 2).sum()))
    centres = np.array(THIRD_CENTRES_HZ)
    frequency_hz = np.arange(len(power), dtype=np.float64) * (rate / size)
    half = 10.0**0.05
    levels = band_levels(frequency_hz, power, centres / half, centres * half)
    return [round(max(_FLOOR_DB, float(level)), 2) for level in levels]
