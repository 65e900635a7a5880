"""Echoes in musical time."""

from __future__ import annotations

import math
import re

import numpy as np
from numba import njit
from numpy.typing import NDArray

from songwright.audio import Audio
from songwright.errors import AudioError
from songwright.mix.sends import BLOCK, SendPath, one_pole
from songwright.mix.settings import DelaySend

LONGEST_SECONDS = 4.0
_GLIDE_SECONDS = 0.03  # over which the echoes change to the time of a new tempo
_VALUE = re.compile(r"^1/(1|2|4|8|16|32)([dt]?)$")
_FADED_DB = 70.0


def beats_of(value: str) -> float:
    """Length in quarter notes of a note value: ``1/4`` is 1, ``1/8d`` 0.75, ``1/8t`` a third.

    Raises
    ------
    AudioError
        If it is none.
    """
    found = _VALUE.match(value.strip())
    if found is None:
        raise AudioError(
            f"unknown note value {value!r}; use 1/1, 1/2, 1/4, 1/8, 1/16 or 1/32, with d for "
            "dotted or t for triplet"
        )
    return 4.0 / int(found[1]) * {"": 1.0, "d": 1.5, "t": 2.0 / 3.0}[found[2]]


def echo_seconds(settings: DelaySend, bpm: float) -> float:
    """Time between echoes at a tempo; halved until it is at most four seconds."""
    seconds = beats_of(settings.value) * 60.0 / bpm
    while seconds > LONGEST_SECONDS:
        seconds /= 2.0
    return seconds


def tail_seconds(settings: DelaySend, bpm: float) -> float:
    """How long echoes go on until they are 70 dB down."""
    feedback = min(0.95, max(0.001, settings.feedback))
    return echo_seconds(settings, bpm) * (1.0 - _FADED_DB / (20.0 * math.log10(feedback)))


@njit(cache=True, nogil=True)
def _echo(  # type: ignore[no-untyped-def]
    source, target, gains, starts, delays, glide, feedback, crossed, low_cut, high_cut
):
    n = source.shape[1]
    size = 1
    while size < delays.max() + 2:
        size *= 2
    mask = size - 1
    ring = np.zeros((2, size), dtype=np.float32)
    low = np.zeros(2, dtype=np.float32)
    dark = np.zeros(2, dtype=np.float32)
    half = np.float32(0.5)
    tiny = np.float32(1e-18)
    change = 0
    for i in range(n):
        while change + 1 < len(starts) and starts[change + 1] <= i:
            change += 1
        delay = delays[change]
        one = ring[0, (i - delay) & mask]
        two = ring[1, (i - delay) & mask]
        if change > 0 and i - starts[change] < glide:
            # From the echoes of the old tempo to those of the new one.
            share = np.float32((i - starts[change]) / glide)
            old = delays[change - 1]
            one = share * one + (np.float32(1.0) - share) * ring[0, (i - old) & mask]
            two = share * two + (np.float32(1.0) - share) * ring[1, (i - old) & mask]
        block = i // BLOCK
        share = np.float32(i - block * BLOCK) / np.float32(BLOCK)
        send = gains[block] + share * (gains[block + 1] - gains[block])
        left = source[0, i] * send + tiny
        right = source[1, i] * send + tiny
        if crossed:
            left = half * (left + right) + feedback * two
            right = feedback * one
        else:
            left += feedback * one
            right += feedback * two
        low[0] += low_cut * (left - low[0])
        low[1] += low_cut * (right - low[1])
        dark[0] += high_cut * (left - low[0] - dark[0])
        dark[1] += high_cut * (right - low[1] - dark[1])
        ring[0, i & mask] = dark[0]
        ring[1, i & mask] = dark[1]
        target[0, i] += one
        target[1, i] += two


def add_echoes(
    target: Audio,
    settings: DelaySend,
    tempos: tuple[tuple[float, float], ...],
    sample_rate_hz: int,
    path: SendPath,
    lead_in_samples: int = 0,
    loop_samples: int = 0,
) -> None:
    """Add echoes to stereo samples ``(2, n)`` in place.

    Parameters
    ----------
    target
        Gets the echoes; ``path.source`` is what they are made from.
    settings
        Note value, level, feedback and filters.
    tempos
        (seconds, quarter notes a minute) in ascending order; with a change of tempo the echoes
        change to its time without bending their pitch.
    sample_rate_hz
        Sample rate.
    path
        The send.
    lead_in_samples, loop_samples
        For a loop: position of its start, and its length.
    """
    source = target if path.source is None else path.source
    rate = sample_rate_hz
    starts, delays = _changes(settings, tempos, rate, lead_in_samples, loop_samples)
    _echo(
        source, target, path.gains(10.0 ** (settings.send_db / 20.0), target.shape[1]),
        starts, delays, max(1, round(_GLIDE_SECONDS * rate)),
        np.float32(min(0.95, max(0.0, settings.feedback))), settings.ping_pong,
        one_pole(settings.low_cut_hz, rate), one_pole(settings.high_cut_hz, rate),
    )  # fmt: skip


def _changes(
    settings: DelaySend, tempos: tuple[tuple[float, float], ...], rate: int, lead_in: int, loop: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Samples at which the time between echoes changes, and that time in samples."""
    if not tempos or any(bpm <= 0.0 for _, bpm in tempos):
        raise AudioError("echoes in musical time need a tempo above 0")
    first = -(-lead_in // loop) if loop else 0
    found: list[tuple[int, int]] = []
    for turn in range(-first, 1):
        for seconds, bpm in tempos:
            if loop and seconds * rate >= loop:
                continue
            at = max(0, round(seconds * rate) + lead_in + turn * loop)
            delay = max(1, round(echo_seconds(settings, bpm) * rate))
            if found and found[-1][0] == at:
                found[-1] = (at, delay)
            elif not found or found[-1][1] != delay:
                found.append((at, delay))
    columns = np.array(found, dtype=np.int64)
    return np.ascontiguousarray(columns[:, 0]), np.ascontiguousarray(columns[:, 1])
