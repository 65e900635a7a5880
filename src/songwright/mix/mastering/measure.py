"""What mastering knows of a mix before it begins: loudness, width and spectrum, in one pass."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numba import njit

from songwright.audio import Audio, Loudness
from songwright.audio.buffers import Samples64
from songwright.audio.loudness import (
    gated_loudness,
    integrated_of_steps,
    k_weighting,
    loudness_range,
)
from songwright.audio.spectrum import band_levels, third_octave_centres

_WINDOW = 16_384
_LOUD_PERCENTILE = 90.0
_CELL = 4_096
_INAUDIBLE = 1e-9
_STEPS_MOMENTARY, _STEPS_SHORT = 4, 30


@dataclass(frozen=True, slots=True)
class SoundFacts:
    """What was measured of a mix or of a reference.

    Attributes
    ----------
    loudness
        Loudness measures; the true peak is not looked for.
    middle_lufs, side_lufs
        Loudness of the middle and of the sides, None where there is none.
    centre_hz, level_db
        Third-octave spectrum of the whole, shape (bands,).
    """

    loudness: Loudness
    middle_lufs: float | None
    side_lufs: float | None
    centre_hz: Samples64
    level_db: Samples64

    @property
    def side_share(self) -> float:
        """K-weighted power of the sides against that of the middle."""
        if self.middle_lufs is None or self.side_lufs is None:
            return 0.0
        return float(10.0 ** ((self.side_lufs - self.middle_lufs) / 10.0))


@njit(cache=True, nogil=True)
def _products(audio, first, count, filters, state, sums):  # type: ignore[no-untyped-def]
    """Add the energies of K-weighted left and right, and their product, to ``sums`` (3,)."""
    b0, b1, b2, a1, a2 = filters[0]
    c1, c2 = filters[1, 3], filters[1, 4]
    ls1, ls2, lt1, lt2 = state[0]
    rs1, rs2, rt1, rt2 = state[1]
    ll = rr = lr = 0.0
    for i in range(first, first + count):
        x = np.float64(audio[0, i])
        y = b0 * x + ls1
        ls1 = b1 * x - a1 * y + ls2
        ls2 = b2 * x - a2 * y
        left = y + lt1
        lt1 = lt2 - 2.0 * y - c1 * left
        lt2 = y - c2 * left
        x = np.float64(audio[1, i])
        y = b0 * x + rs1
        rs1 = b1 * x - a1 * y + rs2
        rs2 = b2 * x - a2 * y
        right = y + rt1
        rt1 = rt2 - 2.0 * y - c1 * right
        rt2 = y - c2 * right
        ll += left * left
        rr += right * right
        lr += left * right
    sums[0] += ll
    sums[1] += rr
    sums[2] += lr
    state[0] = (ls1, ls2, lt1, lt2)
    state[1] = (rs1, rs2, rt1, rt2)
    # Denormal numbers would slow the loop a hundredfold.
    for c in range(2):
        for k in range(4):
            if abs(state[c, k]) < 1e-150:
                state[c, k] = 0.0


class MixMeter:
    """Takes a mix block by block; `result` gives its facts."""

    def __init__(self, sample_rate_hz: int) -> None:
        self._rate = sample_rate_hz
        self._filters = k_weighting(sample_rate_hz)
        self._state = np.zeros((2, 4))
        self._steps: list[Samples64] = []
        self._open = np.zeros(3)
        self._frames = 0
        self._peak = 0.0
        self._spectrum = SpectrumMeter(sample_rate_hz)

    def add(self, block: Audio) -> None:
        """Take the next samples ``(2, n)``."""
        at, n = 0, block.shape[1]
        while at < n:
            begin = len(self._steps) * self._rate // 10
            end = (len(self._steps) + 1) * self._rate // 10
            count = min(end - self._frames, n - at)
            _products(block, at, count, self._filters, self._state, self._open)
            at += count
            self._frames += count
            if self._frames == end:
                self._steps.append(self._open / (end - begin))
                self._open = np.zeros(3)
        if n:
            self._peak = max(self._peak, float(block.max()), -float(block.min()))
        self._spectrum.add(block)

    def result(self) -> SoundFacts:
        """Everything that was measured."""
        steps = np.array(self._steps).reshape(-1, 3)
        rest = self._open / max(1, self._frames - len(steps) * self._rate // 10)
        both, cross = steps[:, 0] + steps[:, 1], steps[:, 2]
        open_both, open_cross = float(rest[0] + rest[1]), float(rest[2])

        def loudness(powers: Samples64, open_power: float) -> float | None:
            if len(powers) < _STEPS_MOMENTARY:
                # Shorter than one gating block: the whole is taken as one.
                whole = float(powers.sum()) * self._rate / 10 + open_power * (
                    self._frames - len(powers) * self._rate // 10
                )
                return gated_loudness(np.array([whole / max(1, self._frames)]))
            return integrated_of_steps(powers)

        centre_hz, level_db = self._spectrum.third_octaves()
        return SoundFacts(
            Loudness(
                loudness(both, open_both), _loudest(both, _STEPS_MOMENTARY),
                _loudest(both, _STEPS_SHORT), loudness_range(_windows(both, _STEPS_SHORT)),
                None, 20.0 * math.log10(self._peak) if self._peak > 0.0 else None,
            ),
            # Middle and side as two equal channels each, as a mono sound is played.
            loudness(np.maximum(0.0, 0.5 * both + cross), max(0.0, 0.5 * open_both + open_cross)),
            loudness(np.maximum(0.0, 0.5 * both - cross), max(0.0, 0.5 * open_both - open_cross)),
            centre_hz, level_db,
        )  # fmt: skip


def _windows(powers: Samples64, steps: int) -> Samples64:
    if len(powers) < steps:
        return np.zeros(0)
    return np.convolve(powers, np.full(steps, 1.0 / steps), mode="valid")


def _loudest(powers: Samples64, steps: int) -> float | None:
    windows = _windows(powers, steps)
    highest = float(windows.max()) if windows.size else 0.0
    return -0.691 + 10.0 * math.log10(highest) if highest > 0.0 else None


class SpectrumMeter:
    """Long-term third-octave spectrum of a stream (Welch: Hann windows half overlapped)."""

    def __init__(self, sample_rate_hz: int) -> None:
        self._rate = sample_rate_hz
        self._window = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
        self._power = np.zeros(_WINDOW // 2 + 1)
        self._frames = 0
        self._kept: Audio = np.zeros((2, 0), np.float32)

    def add(self, block: Audio) -> None:
        """Take the next samples ``(2, n)``."""
        joined = np.concatenate([self._kept, block], axis=1) if self._kept.size else block
        hop = _WINDOW // 2
        count = max(0, (joined.shape[1] - _WINDOW) // hop + 1)
        if count:
            self._take(joined, count)
        self._kept = joined[:, count * hop :].copy()

    def _take(self, audio: Audio, count: int) -> None:
        for channel in audio:
            windows = np.lib.stride_tricks.sliding_window_view(channel, _WINDOW)
            spectrum = scipy.fft.rfft(windows[:: _WINDOW // 2][:count] * self._window, axis=1)
            self._power += (spectrum.real**2 + spectrum.imag**2).sum(axis=0)
        self._frames += count

    def third_octaves(self) -> tuple[Samples64, Samples64]:
        """Centres in Hz and levels in dB, 25 Hz to 16 kHz."""
        if not self._frames:  # shorter than one window
            self._take(np.pad(self._kept, ((0, 0), (0, _WINDOW - self._kept.shape[1]))), 1)
        scale = 2.0 / (2 * self._frames * _WINDOW * float((self._window**2).sum()))
        centres = third_octave_centres(high_hz=min(16_000.0, 0.44 * self._rate))
        frequency_hz = np.arange(len(self._power), dtype=np.float64) * (self._rate / _WINDOW)
        half = 10.0**0.05
        levels = band_levels(frequency_hz, self._power * scale, centres / half, centres * half)
        return centres, levels


class Survey:
    """First walk through a piece: adds the buses up and measures the sum and each of them."""

    def __init__(self, sample_rate_hz: int) -> None:
        self._meter = MixMeter(sample_rate_hz)
        self._powers: dict[str, list[Samples64]] = {}

    def add(self, buses: Mapping[str, Audio]) -> Audio:
        """Take the next samples ``(2, n)`` of every bus; returns their sum."""
        total: Audio | None = None
        for name, block in buses.items():
            total = block.copy() if total is None else np.add(total, block, out=total)
            self._powers.setdefault(name, []).append(_cell_powers(block))
        mix = np.zeros((2, 0), np.float32) if total is None else total
        self._meter.add(mix)
        return mix

    def facts(self) -> SoundFacts:
        """What was measured of the sum."""
        return self._meter.result()

    def loud_db(self) -> dict[str, float]:
        """Level in dBFS of the loud moments (90th percentile) of each bus that sounds."""
        levels = {}
        for name, cells in self._powers.items():
            powers = np.concatenate(cells)
            audible = powers[powers > _INAUDIBLE]
            if audible.size:
                loud = float(np.percentile(audible, _LOUD_PERCENTILE))
                levels[name] = 10.0 * math.log10(loud)
        return levels


def _cell_powers(block: Audio) -> Samples64:
    """Mean square of both channels in cells of 85 ms (at 48 kHz)."""
    edges = np.arange(0, block.shape[1], _CELL)
    squares = np.add.reduceat(np.square(block).sum(axis=0, dtype=np.float64), edges)
    lengths = np.diff(np.append(edges, block.shape[1]))
    return np.asarray(squares / (2.0 * lengths))
