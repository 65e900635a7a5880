"""Processors that follow a sound's envelope: transient shaper, de-esser, and room for others."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from songwright.audio import Audio
from songwright.mix.curves import BLOCK, Timeline
from songwright.mix.filters import apply_filters, eq_band, high_pass
from songwright.mix.settings import DeEsser, Dip, EqBand, Transient

STEP = 16
_FULL_DB = 9.0  # distance of the envelopes at which the shaper acts in full
_SPLIT_SHARE = 0.4  # of the de-esser's frequency: a first-order split has a long way to go
_TINY = 1e-7  # -140 dBFS: below, envelopes say nothing


@njit(cache=True, nogil=True)
def _shape(audio, attack_db, sustain_db, factors):  # type: ignore[no-untyped-def]
    """Shape transients of stereo samples in place; ``factors`` smooth the envelopes per step."""
    n = audio.shape[1]
    rise_fast, rise_slow, fall, fall_slow = factors
    fast = slow = short = long = 0.0
    gain = 1.0
    for start in range(0, n, STEP):
        stop = min(start + STEP, n)
        peak = 0.0
        for i in range(start, stop):
            peak = max(peak, abs(np.float64(audio[0, i])), abs(np.float64(audio[1, i])))
        # Two envelopes that fall alike and rise differently tell where a sound begins …
        fast = peak + (rise_fast if peak > fast else fall) * (fast - peak)
        slow = peak + (rise_slow if peak > slow else fall) * (slow - peak)
        # … two that rise alike and fall differently, where it rings.
        short = peak if peak > short else peak + fall * (short - peak)
        long = peak if peak > long else peak + fall_slow * (long - peak)
        change_db = 0.0
        if fast > _TINY:
            beginning = 20.0 * math.log10(fast / max(slow, _TINY)) / _FULL_DB
            change_db += attack_db * max(0.0, min(1.0, beginning))
        if long > _TINY:
            ringing = 20.0 * math.log10(long / max(short, _TINY)) / _FULL_DB
            change_db += sustain_db * max(0.0, min(1.0, ringing))
        target = 10.0 ** (change_db / 20.0)
        slide = (target - gain) / (stop - start)
        for i in range(start, stop):
            gain += slide
            audio[0, i] *= gain
            audio[1, i] *= gain
        gain = target


def shape_transients(audio: Audio, settings: Transient, sample_rate_hz: int) -> None:
    """Lift or lower beginnings and ringing of stereo samples ``(2, n)`` in place.

    The gain depends on the ratio of envelopes alone, so soft and loud notes are shaped alike.
    """
    if settings.attack_db == 0.0 and settings.sustain_db == 0.0:
        return
    seconds = (0.0008, 0.015, 0.035, 0.3)
    factors = np.array([math.exp(-STEP / (sample_rate_hz * s)) for s in seconds])
    _shape(audio, float(settings.attack_db), float(settings.sustain_db), factors)


@njit(cache=True, nogil=True)
def _deess(audio, row, pole, threshold, most, rise, fall):  # type: ignore[no-untyped-def]
    """Turn down the highs of stereo samples in place while they stand out."""
    n = audio.shape[1]
    b0, b1, b2, a1, a2 = row
    state = np.zeros((2, 2))
    low = np.zeros(2)
    whole = highs = 0.0
    gain = 1.0
    for start in range(0, n, STEP):
        stop = min(start + STEP, n)
        energy = high_energy = 0.0
        for i in range(start, stop):
            for c in range(2):
                x = np.float64(audio[c, i])
                y = b0 * x + state[c, 0]
                state[c, 0] = b1 * x - a1 * y + state[c, 1]
                state[c, 1] = b2 * x - a2 * y
                energy += x * x
                high_energy += y * y
        if abs(state[0, 0]) + abs(state[1, 0]) + abs(low[0]) + abs(low[1]) < 1e-25:
            state[:] = 0.0
            low[:] = 0.0
        factor = rise if high_energy > highs else fall
        highs = high_energy + factor * (highs - high_energy)
        whole = energy + fall * (whole - energy)
        target = 1.0
        if whole > _TINY**2 and highs > threshold * whole:
            target = max(most, math.sqrt(threshold * whole / highs))
        slide = (target - gain) / (stop - start)
        for i in range(start, stop):
            gain += slide
            for c in range(2):
                x = np.float64(audio[c, i])
                low[c] += pole * (x - low[c])
                # The two halves of a first-order split add up to the sound they came from.
                audio[c, i] = low[c] + gain * (x - low[c])
        gain = target


def deess(audio: Audio, settings: DeEsser, sample_rate_hz: int) -> None:
    """Turn down the highs of stereo samples ``(2, n)`` in place while they stand out."""
    if settings.most_db <= 0.0:
        return
    cut = min(settings.frequency_hz, 0.4 * sample_rate_hz)
    _deess(
        audio,
        np.array(high_pass(cut, sample_rate_hz)),
        -math.expm1(-2.0 * math.pi * _SPLIT_SHARE * cut / sample_rate_hz),
        10.0 ** (settings.threshold_db / 10.0),
        10.0 ** (-settings.most_db / 20.0),
        math.exp(-STEP / (sample_rate_hz * 0.001)),
        math.exp(-STEP / (sample_rate_hz * 0.04)),
    )


@njit(cache=True, nogil=True)
def _dip(audio, b0, a1, a2, depths):  # type: ignore[no-untyped-def]
    """Take ``depths`` (at block edges) of a band away from stereo samples in place."""
    n = audio.shape[1]
    l1 = l2 = r1 = r2 = 0.0
    for block in range((n + BLOCK - 1) // BLOCK):
        start = block * BLOCK
        depth = depths[block]
        slope = (depths[block + 1] - depth) / BLOCK
        for i in range(start, min(start + BLOCK, n)):
            x = np.float64(audio[0, i])
            y = b0 * x + l1
            l1 = l2 - a1 * y
            l2 = -b0 * x - a2 * y
            audio[0, i] = x - depth * y
            x = np.float64(audio[1, i])
            y = b0 * x + r1
            r1 = r2 - a1 * y
            r2 = -b0 * x - a2 * y
            audio[1, i] = x - depth * y
            depth += slope
        if abs(l1) + abs(l2) + abs(r1) + abs(r2) < 1e-25:
            l1 = l2 = r1 = r2 = 0.0


def make_room(audio: Audio, dip: Dip, timeline: Timeline) -> None:
    """Let a band of stereo samples ``(2, n)`` give way, in place; see `Dip`."""
    if dip.depth_db <= 0.0:
        return
    rate = timeline.sample_rate_hz
    if dip.when is None:
        band = EqBand("peak", dip.frequency_hz, -dip.depth_db, dip.q)
        apply_filters(audio, [eq_band(band, rate)])
        return
    # A band-pass of gain 1 at its centre; what is taken away of it is the depth of the dip.
    w = 2.0 * math.pi * min(dip.frequency_hz, 0.45 * rate) / rate
    alpha = math.sin(w) / (2.0 * dip.q)
    share = np.clip(timeline.values(dip.when), 0.0, 1.0)
    depths = 1.0 - 10.0 ** (-dip.depth_db * share / 20.0)
    a0 = 1.0 + alpha
    _dip(audio, alpha / a0, -2.0 * math.cos(w) / a0, (1.0 - alpha) / a0, depths)
