"""Worn media: tape that drifts and shakes, and the noise of vinyl."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from songwright.audio import Audio
from songwright.audio.buffers import Samples64
from songwright.mix.filters import BUTTERWORTH_Q, apply_filters, high_pass, low_pass
from songwright.mix.settings import LoFi
from songwright.seeds import noise_rng

_WOW_HZ = (0.43, 0.79)
_FLUTTER_HZ = (6.1, 9.7)
_SEAM_SECONDS = 0.25
_CRACKLES_PER_SECOND = 5.0
_BLOCK = 32


def _cents_to_samples(cents: float, rate_hz: float, sample_rate_hz: int) -> float:
    """Depth in samples of a delay moving at a rate so that pitch moves by so many cents."""
    return float(2.0 ** (cents / 1_200.0) - 1.0) * sample_rate_hz / (2.0 * math.pi * rate_hz)


@njit(cache=True, nogil=True)
def _wander(audio, depths, angles, origin):  # type: ignore[no-untyped-def]
    """Read stereo samples through a delay that moves as a sum of sines, in place."""
    n = audio.shape[1]
    reach = depths.sum()
    size = 1
    while size < 2 * reach + _BLOCK + 8:
        size *= 2
    mask = size - 1
    ring = np.zeros((2, size), dtype=np.float32)
    for start in range(0, n, _BLOCK):
        m = min(_BLOCK, n - start)
        here = reach + 2.0
        there = reach + 2.0
        for k in range(depths.shape[0]):
            here += depths[k] * math.sin(angles[k] * (start - origin))
            there += depths[k] * math.sin(angles[k] * (start + m - origin))
        slide = (there - here) / m
        for t in range(m):
            now = start + t
            ring[0, now & mask] = audio[0, now]
            ring[1, now & mask] = audio[1, now]
            delay = here + slide * t
            whole = int(delay)
            f = np.float32(delay - whole)
            at = now - whole
            for c in range(2):
                y0 = ring[c, (at + 1) & mask]
                y1 = ring[c, at & mask]
                y2 = ring[c, (at - 1) & mask]
                y3 = ring[c, (at - 2) & mask]
                c1 = np.float32(0.5) * (y2 - y0)
                c3 = np.float32(0.5) * (y3 - y0) + np.float32(1.5) * (y1 - y2)
                c2 = y0 - y1 + c1 - c3
                audio[c, now] = ((c3 * f + c2) * f + c1) * f + y1


def wear(
    audio: Audio,
    settings: LoFi,
    sample_rate_hz: int,
    lead_in_samples: int = 0,
    loop_samples: int = 0,
) -> None:
    """Pass stereo samples ``(2, n)`` over worn tape, in place.

    The tape moves as a function of time alone, so that all parts of a piece drift together as
    they would on one machine; in a loop it comes round with the loop.

    Parameters
    ----------
    audio
        Changed in place.
    settings
        Depths and band limits.
    sample_rate_hz
        Sample rate.
    lead_in_samples, loop_samples
        For a loop: position of its start, and its length.
    """
    rates = np.array(_WOW_HZ + _FLUTTER_HZ)
    if loop_samples:
        loop_seconds = loop_samples / sample_rate_hz
        rates = np.maximum(1.0, np.round(rates * loop_seconds)) / loop_seconds
    shares = [settings.wow_cents / 2] * len(_WOW_HZ)
    shares += [settings.flutter_cents / 2] * len(_FLUTTER_HZ)
    depths = np.array(
        [
            _cents_to_samples(share, rate, sample_rate_hz)
            for share, rate in zip(shares, rates, strict=True)
        ]
    )
    if depths.sum() > 0.0:
        _wander(audio, depths, 2.0 * np.pi * rates / sample_rate_hz, lead_in_samples)
    rows = []
    if settings.low_hz > 0.0:
        rows.append(high_pass(settings.low_hz, sample_rate_hz))
    if 0.0 < settings.high_hz < 0.45 * sample_rate_hz:
        rows.append(low_pass(settings.high_hz, sample_rate_hz, BUTTERWORTH_Q))
    apply_filters(audio, rows)


@njit(cache=True, nogil=True)
def _add_noise(audio, state, clicks, gain, first, seam, rows):  # type: ignore[no-untyped-def]
    """Add filtered noise and clicks from sample ``first`` on; the last ``seam`` lead to the first.

    The noise is drawn sample by sample from a 64-bit xorshift generator, so that no array of
    random numbers as long as the piece is needed.
    """
    n = audio.shape[1] - first
    begin = np.zeros((2, seam))
    filters = np.zeros((2, rows.shape[0], 2))
    to_unit = 2.0 / 18446744073709551616.0
    for i in range(-seam, n):
        fade_in = fade_out = 0.0
        if seam > 0 and i >= n - seam:
            turn = 0.5 * math.pi * (i - (n - seam) + 1) / seam
            fade_out, fade_in = math.cos(turn), math.sin(turn)
        for c in range(2):
            state[c] ^= state[c] << np.uint64(13)
            state[c] ^= state[c] >> np.uint64(7)
            state[c] ^= state[c] << np.uint64(17)
            y = np.float64(state[c]) * to_unit - 1.0
            if i >= 0:
                y += clicks[c, i % clicks.shape[1]] if clicks.shape[1] else 0.0
            for r in range(rows.shape[0]):
                x = y
                y = rows[r, 0] * x + filters[c, r, 0]
                filters[c, r, 0] = rows[r, 1] * x - rows[r, 3] * y + filters[c, r, 1]
                filters[c, r, 1] = rows[r, 2] * x - rows[r, 4] * y
            if i < 0:
                begin[c, i + seam] = y
                continue
            if fade_in > 0.0:
                y = fade_out * y + fade_in * begin[c, i - (n - seam)]
            audio[c, first + i] += gain * y


def add_noise(
    audio: Audio, level_dbfs: float, seed: int, sample_rate_hz: int, first: int, seamless: bool
) -> None:
    """Add the hiss and crackle of a record to stereo samples ``(2, n)`` in place.

    Parameters
    ----------
    audio
        Changed in place from sample ``first`` on.
    level_dbfs
        RMS level of the hiss.
    seed
        Seed of the piece; the same seed gives the same record.
    sample_rate_hz
        Sample rate.
    first
        Sample of the start of the piece.
    seamless
        Let the end of the noise run into its start, for loops.
    """
    n = audio.shape[1] - first
    if n <= 0:
        return
    generator = noise_rng(seed, "mix", "record noise")
    state = generator.integers(1, 2**63, size=2, dtype=np.uint64)
    clicks = _crackle(n, generator, sample_rate_hz)
    rows = np.array([high_pass(120.0, sample_rate_hz), low_pass(5_500.0, sample_rate_hz, 0.5)])
    band = min(1.0, 5_500.0 / (sample_rate_hz / 2.0)) / 3.0  # power of uniform noise in the band
    seam = min(round(_SEAM_SECONDS * sample_rate_hz), n // 2) if seamless else 0
    gain = 10.0 ** (level_dbfs / 20.0) / math.sqrt(band)
    _add_noise(audio, state, clicks, gain, first, seam, rows)


def _crackle(length: int, generator: np.random.Generator, sample_rate_hz: int) -> Samples64:
    """Clicks of one turn of a record (1.8 s), which come again with every turn."""
    turn = min(length, round(1.8 * sample_rate_hz))
    clicks = np.zeros((2, turn))
    for _ in range(max(1, round(_CRACKLES_PER_SECOND * turn / sample_rate_hz))):
        at = int(generator.integers(0, turn))
        strength = 6.0 + 20.0 * float(generator.random()) ** 4
        balance = float(generator.random())
        clicks[:, at] += strength * np.array([balance, 1.0 - balance])
    return clicks
