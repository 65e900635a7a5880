"""Algorithmic reverberation: a feedback delay network of eight lines.

J.-M. Jot and A. Chaigne, *Digital delay networks for designing artificial reverberators*, AES
90 (1991): a lossless mixing matrix (here Hadamard's) joins delay lines, and a filter in every
line sets the decay, so that decay time is a number that was asked for and not one that came out.
Diffusers (M. Schroeder, 1962) thicken the input, reflections of their own give the early part,
and four lines wander by a few samples so that no resonance stays in one place.

The network is linear: the reverberation of a sum is the sum of reverberations. Every part may
therefore carry its own, and the stems still add up to the mix.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec
import numpy as np
from numba import njit

from songwright.audio import Audio
from songwright.audio.buffers import Samples64
from songwright.errors import AudioError, StyleError
from songwright.mix.settings import ReverbSettings

DRY = "dry"
LINES = 8
_BLOCK = 64  # frames handled at once; every line is longer, so a block never feeds itself
_REFERENCE_HZ = 1_000.0
_MAKE_UP_DB = 2.5  # what low cut and absorbed highs take from steady pink noise, within 1 dB
_DIFFUSERS_MS = ((4.73, 7.31, 2.89), (5.17, 6.67, 3.23))
_DIFFUSION = 0.6
_DRIFT_HZ = (0.0, 0.37, 0.0, 0.53, 0.0, 0.71, 0.0, 0.89)


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """One row of ``data/reverbs.toml``; the file says what each field means."""

    lines: tuple[float, ...]
    early: tuple[float, ...]
    early_level: float
    high_ratio: float
    crossover_hz: float
    low_cut_hz: float
    drift: float


@cache
def rooms() -> dict[str, RoomFacts]:
    """All rooms by name."""
    text = files("songwright.mix").joinpath("data/reverbs.toml").read_text("utf-8")
    try:
        return msgspec.convert(tomllib.loads(text), dict[str, RoomFacts])
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise StyleError(f"reverbs.toml: {error}") from error


def _next_prime(number: int) -> int:
    while any(number % d == 0 for d in range(2, math.isqrt(number) + 1)):
        number += 1
    return number


def line_filters(
    lengths: Samples64, rt60_seconds: float, high_ratio: float, crossover_hz: float, rate: int
) -> tuple[Samples64, Samples64, float]:
    """Gains of each line's shelf at 0 Hz and above the crossover, and its one-pole factor.

    The shelf is ``high + (low - high) * one_pole``. ``low`` is solved for so that the line decays
    by exactly ``rt60_seconds`` at 1 kHz, where the shelf already bends.
    """
    middle = 10.0 ** (-3.0 * lengths / (rt60_seconds * rate))
    high = 10.0 ** (-3.0 * lengths / (rt60_seconds * high_ratio * rate))
    pole = -math.expm1(-2.0 * math.pi * crossover_hz / rate)
    z = np.exp(-2j * np.pi * _REFERENCE_HZ / rate)
    one_pole = pole / (1.0 - (1.0 - pole) * z)
    low_bound, high_bound = middle.copy(), np.full_like(middle, 0.99999)
    for _ in range(50):
        low = 0.5 * (low_bound + high_bound)
        quiet = np.abs(high + (low - high) * one_pole) < middle
        low_bound = np.where(quiet, low, low_bound)
        high_bound = np.where(quiet, high_bound, low)
    return 0.5 * (low_bound + high_bound), high, pole


@njit(cache=True, nogil=True, fastmath=True)
def _reverberate(  # type: ignore[no-untyped-def]
    audio, send, low_cut, early_delays, early_gains, pre_delay, diffusers,
    lengths, low_gain, high_gain, pole, drift_samples, drift_angle, drift_start, out_gain,
):  # fmt: skip
    """Add the reverberation of stereo samples to them, in place."""
    n = audio.shape[1]
    half = np.float32(0.5)
    scale = np.float32(1.0 / math.sqrt(LINES))
    diffusion = np.float32(_DIFFUSION)
    # A constant far below hearing keeps every number in the loops out of the denormal range.
    tiny = np.float32(1e-18)

    size = 1
    while size < pre_delay + early_delays.max() + _BLOCK + 1:
        size *= 2
    waiting = np.zeros((2, size), dtype=np.float32)
    waiting_mask = size - 1
    size = 1
    while size < diffusers.max() + _BLOCK + 1:
        size *= 2
    rings = np.zeros((2, diffusers.shape[1], size), dtype=np.float32)
    ring_mask = size - 1
    size = 1
    while size < lengths.max() + 2 * drift_samples + _BLOCK + 8:
        size *= 2
    lines = np.zeros((LINES, size), dtype=np.float32)
    line_mask = size - 1

    cut = np.zeros(2, dtype=np.float32)
    low = np.zeros(LINES, dtype=np.float32)
    entering = np.zeros((2, _BLOCK), dtype=np.float32)
    first = np.zeros((2, _BLOCK), dtype=np.float32)
    flow = np.zeros((LINES, _BLOCK), dtype=np.float32)

    for start in range(0, n, _BLOCK):
        m = min(_BLOCK, n - start)
        # In: low cut, pre-delay, early reflections, diffusion.
        for c in range(2):
            state = cut[c]
            for t in range(m):
                x = audio[c, start + t] * send + tiny
                state += low_cut * (x - state)
                waiting[c, (start + t) & waiting_mask] = x - state
            cut[c] = state
            for t in range(m):
                entering[c, t] = waiting[c, (start + t - pre_delay) & waiting_mask]
                first[c, t] = 0.0
        for e in range(early_gains.shape[0]):
            delay = pre_delay + early_delays[e]
            near = e & 1
            gain = early_gains[e]
            for t in range(m):
                at = (start + t - delay) & waiting_mask
                first[near, t] += gain * waiting[near, at]
                first[1 - near, t] -= half * gain * waiting[near, at]
        for c in range(2):
            for d in range(diffusers.shape[1]):
                delay = diffusers[c, d]
                ring = rings[c, d]
                for t in range(m):
                    late = ring[(start + t - delay) & ring_mask]
                    back = entering[c, t] - diffusion * late
                    ring[(start + t) & ring_mask] = back
                    entering[c, t] = late + diffusion * back
        # Round the lines: read, absorb.
        for k in range(LINES):
            line = lines[k]
            state = low[k]
            g_low = low_gain[k]
            g_high = high_gain[k]
            if drift_angle[k] == 0.0:
                for t in range(m):
                    x = line[(start + t - lengths[k]) & line_mask]
                    state += pole * (x - state)
                    flow[k, t] = g_high * (x - state) + g_low * state
            else:
                here = drift_samples * (1.0 + math.sin(drift_angle[k] * (start - drift_start)))
                there = drift_samples * (1.0 + math.sin(drift_angle[k] * (start + m - drift_start)))
                slide = np.float32((there - here) / m)
                delay = np.float32(here)
                for t in range(m):
                    whole = np.int64(delay)
                    f = delay - np.float32(whole)
                    at = start + t - lengths[k] - whole
                    # Four-point, third-order Hermite interpolation.
                    y0 = line[(at + 1) & line_mask]
                    y1 = line[at & line_mask]
                    y2 = line[(at - 1) & line_mask]
                    y3 = line[(at - 2) & line_mask]
                    c1 = half * (y2 - y0)
                    c3 = half * (y3 - y0) + np.float32(1.5) * (y1 - y2)
                    c2 = y0 - y1 + c1 - c3
                    x = ((c3 * f + c2) * f + c1) * f + y1
                    state += pole * (x - state)
                    flow[k, t] = g_high * (x - state) + g_low * state
                    delay += slide
            low[k] = state
        # Out: even lines to the left, odd lines to the right.
        for t in range(m):
            left = flow[0, t] - flow[2, t] + flow[4, t] - flow[6, t]
            right = flow[1, t] - flow[3, t] + flow[5, t] - flow[7, t]
            audio[0, start + t] += out_gain * left + first[0, t]
            audio[1, start + t] += out_gain * right + first[1, t]
        # Mix with Hadamard's matrix, three rounds of sums and differences, and feed back.
        span = 1
        while span < LINES:
            for k in range(LINES):
                if k & span == 0:
                    for t in range(m):
                        a = flow[k, t]
                        b = flow[k + span, t]
                        flow[k, t] = a + b
                        flow[k + span, t] = a - b
            span *= 2
        for k in range(LINES):
            line = lines[k]
            for t in range(m):
                line[(start + t) & line_mask] = scale * flow[k, t] + half * entering[k & 1, t]


def add_reverb(
    audio: Audio,
    settings: ReverbSettings,
    send_db: float,
    sample_rate_hz: int,
    lead_in_samples: int = 0,
    loop_samples: int = 0,
) -> None:
    """Add reverberation to stereo samples ``(2, n)`` in place.

    Parameters
    ----------
    audio
        Changed in place; what comes out is direct sound plus reverberation.
    settings
        The room. Kind ``dry`` does nothing.
    send_db
        Send of this part; 0 dB gives reverberation at ``settings.level_db`` re the direct sound,
        for steady noise and whatever the room.
    sample_rate_hz
        Sample rate.
    lead_in_samples, loop_samples
        For a loop: the wandering of the lines is tuned to come round with its length.

    Raises
    ------
    AudioError
        If the kind of room is unknown.
    """
    if settings.kind == DRY:
        return
    if settings.kind not in rooms():
        raise AudioError(f"unknown reverb {settings.kind!r}; use dry, {', '.join(rooms())}")
    facts = rooms()[settings.kind]
    rate = sample_rate_hz

    def samples(milliseconds: float) -> int:
        return max(1, round(milliseconds * rate / 1_000.0))

    rt60 = min(12.0, max(0.2, settings.rt60_seconds))
    lengths = np.array([_next_prime(max(_BLOCK + 1, samples(ms))) for ms in facts.lines])
    drift = facts.drift * rate / 1_000.0
    ratio = min(1.2, facts.high_ratio * settings.brightness)
    mean_lengths = lengths + np.where(np.array(_DRIFT_HZ) > 0.0, drift, 0.0)
    low, high, pole = line_filters(
        mean_lengths, rt60, ratio, min(facts.crossover_hz, 0.4 * rate), rate
    )
    kept = float(np.mean(10.0 ** (-6.0 * mean_lengths / (rt60 * rate))))
    angles = 2.0 * np.pi * np.array(_DRIFT_HZ) / rate
    if loop_samples:
        turns = np.maximum(1.0, np.round(angles * loop_samples / (2.0 * np.pi)))
        angles = np.where(angles > 0.0, 2.0 * np.pi * turns / loop_samples, 0.0)
    early_ms = facts.early or (1.0,)
    fading = np.array([10.0 ** (-ms / 60.0) for ms in early_ms])
    early = facts.early_level * fading / math.sqrt(float((fading**2).sum()))
    _reverberate(
        audio,
        np.float32(10.0 ** ((send_db + settings.level_db + _MAKE_UP_DB) / 20.0)),
        np.float32(-math.expm1(-2.0 * math.pi * facts.low_cut_hz / rate)),
        np.array([samples(ms) for ms in early_ms], dtype=np.int64),
        early.astype(np.float32),
        samples(min(250.0, max(0.0, settings.pre_delay_ms))),
        np.array([[samples(ms) for ms in side] for side in _DIFFUSERS_MS], dtype=np.int64),
        lengths.astype(np.int64),
        low.astype(np.float32),
        high.astype(np.float32),
        np.float32(pole),
        drift,
        angles,
        lead_in_samples,
        # Eight lines at one half in, four out on each side: this gain makes steady noise come
        # out as strong as it went in, whatever the size and decay of the room.
        np.float32(math.sqrt((1.0 - kept) / kept)),
    )
