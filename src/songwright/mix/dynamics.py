"""Compression and ducking.

The compressor is feed-forward with a soft knee and a smoothed gain in decibels (D. Giannoulis,
M. Massberg, J. Reiss, *Digital dynamic range compressor design*, JAES 60(6), 2012). Its gain is
computed every `STEP` samples from the peak in between and interpolated: a third of a millisecond
at 48 kHz is finer than any attack used here, and the logarithms are paid for once in 16 samples.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numba import njit

from songwright.audio import Audio
from songwright.audio.buffers import Samples64
from songwright.mix.settings import Compressor, Sidechain

STEP = 16
_DUCK_ATTACK_SECONDS = 0.006


@njit(cache=True, nogil=True)
def _compress(audio, threshold_db, ratio, knee_db, attack, release, low_cut, dry, wet, state):  # type: ignore[no-untyped-def]
    """Compress stereo samples in place, both channels alike.

    ``attack`` and ``release`` are smoothing factors per step; ``low_cut`` is the one-pole factor
    of a high-pass in the detector (0: none); the result is ``dry`` of the sound as it was and
    ``wet`` of it compressed. ``state``: reduction in dB, gain, low-passed left and right, sum of
    reductions, highest reduction, steps so far.
    """
    n = audio.shape[1]
    slope = 1.0 - 1.0 / ratio
    reduction, gain, left_low, right_low, total, highest, steps = state
    for start in range(0, n, STEP):
        stop = min(start + STEP, n)
        peak = 0.0
        for i in range(start, stop):
            left = np.float64(audio[0, i])
            right = np.float64(audio[1, i])
            if low_cut > 0.0:
                left_low += low_cut * (left - left_low)
                right_low += low_cut * (right - right_low)
                left -= left_low
                right -= right_low
            peak = max(peak, abs(left), abs(right))
        if abs(left_low) < 1e-30:
            left_low = 0.0
        if abs(right_low) < 1e-30:
            right_low = 0.0
        over = 20.0 * math.log10(peak + 1e-12) - threshold_db
        if 2.0 * over <= -knee_db:
            wanted = 0.0
        elif 2.0 * over < knee_db:
            wanted = slope * (over + 0.5 * knee_db) ** 2 / (2.0 * knee_db)
        else:
            wanted = slope * over
        factor = attack if wanted > reduction else release
        reduction = wanted + factor * (reduction - wanted)
        if reduction < 1e-9:
            reduction = 0.0
        total += reduction
        steps += 1
        highest = max(highest, reduction)
        target = dry + wet * (10.0 ** (-reduction / 20.0) if reduction > 0.0 else 1.0)
        if target == 1.0 and gain == 1.0:
            continue
        slide = (target - gain) / (stop - start)
        for i in range(start, stop):
            gain += slide
            audio[0, i] *= gain
            audio[1, i] *= gain
        gain = target
    state[:] = (reduction, gain, left_low, right_low, total, highest, steps)


def compressor_state() -> Samples64:
    """State of a compressor that has heard nothing yet."""
    return np.array([0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0])


def compress(
    audio: Audio,
    settings: Compressor,
    sample_rate_hz: int,
    detector_low_cut_hz: float = 0.0,
    state: Samples64 | None = None,
    parallel: float = 0.0,
) -> tuple[float, float]:
    """Compress stereo samples ``(2, n)`` in place.

    Parameters
    ----------
    audio
        Changed in place.
    settings
        Threshold, ratio, knee and times.
    sample_rate_hz
        Sample rate.
    detector_low_cut_hz
        High-pass (6 dB per octave) in the detector, so that the kick does not pump the mix.
    state
        From `compressor_state`; carries the gain from block to block, which are then multiples of
        `STEP` long, and the reduction so far.
    parallel
        Share 0..1 of the sound that passes uncompressed beside the compressed one.

    Returns
    -------
    mean_db, highest_db
        Gain reduction over the piece.
    """

    def factor(milliseconds: float) -> float:
        return math.exp(-STEP / (sample_rate_hz * max(0.05, milliseconds) / 1_000.0))

    low_cut = -math.expm1(-2.0 * math.pi * detector_low_cut_hz / sample_rate_hz)
    memory = compressor_state() if state is None else state
    _compress(
        audio,
        float(settings.threshold_db),
        max(1.0, float(settings.ratio)),
        max(0.01, float(settings.knee_db)),
        factor(settings.attack_ms),
        factor(settings.release_ms),
        low_cut,
        float(parallel),
        1.0 - float(parallel),
        memory,
    )
    return float(memory[4] / max(1.0, memory[6])), float(memory[5])


@njit(cache=True, nogil=True)
def _duck(audio, kicks, attack, hold, release, depth_db):  # type: ignore[no-untyped-def]
    """Lower the level around every kick (sample positions in ascending order), in place."""
    n = audio.shape[1]
    k = 0
    count = kicks.shape[0]
    at = max(0, kicks[0] - attack)
    while at < n:
        while k + 1 < count and kicks[k + 1] - attack <= at:
            k += 1
        # How far down: the way back from the kick before, or the way down to the one that comes.
        amount = 0.0
        since = at - kicks[k]
        if since < 0:
            amount = 0.5 - 0.5 * math.cos(math.pi * (since + attack) / attack)
            if k > 0:
                past = at - kicks[k - 1] - hold
                if past < release:
                    back = 0.5 + 0.5 * math.cos(math.pi * max(0, past) / release)
                    amount = max(amount, back)
        elif since <= hold:
            amount = 1.0
        elif since < hold + release:
            amount = 0.5 + 0.5 * math.cos(math.pi * (since - hold) / release)
        elif k + 1 < count:
            at = max(at + 1, kicks[k + 1] - attack)
            continue
        else:
            break
        gain = 10.0 ** (-depth_db * amount / 20.0)
        audio[0, at] *= gain
        audio[1, at] *= gain
        at += 1


def duck(
    audio: Audio,
    kick_seconds: Sequence[float],
    settings: Sidechain,
    sample_rate_hz: int,
    lead_in_samples: int = 0,
    loop_samples: int = 0,
) -> None:
    """Duck stereo samples ``(2, n)`` in place at every kick.

    The level is already down when the kick speaks: it starts to fall 6 ms before, on a raised
    cosine, and comes back on one after the hold.

    Parameters
    ----------
    audio
        Changed in place; sample ``lead_in_samples`` is time 0 of the piece.
    kick_seconds
        Onsets of the kick; those outside the audio are ignored.
    settings
        Depth and times.
    sample_rate_hz
        Sample rate.
    lead_in_samples, loop_samples
        For a loop: how much of its end stands before its start, and its length, after which the
        kicks come again.
    """
    if settings.depth_db <= 0.0 or not len(kick_seconds):
        return
    onsets = {round(float(second) * sample_rate_hz) for second in kick_seconds}
    if loop_samples:
        turns = range(-1 - lead_in_samples // loop_samples, 2)
        onsets = {onset + turn * loop_samples for onset in onsets for turn in turns}
    margin = sample_rate_hz
    kicks = sorted(
        onset + lead_in_samples
        for onset in onsets
        if -margin <= onset + lead_in_samples < audio.shape[1] + margin
    )
    if not kicks:
        return
    _duck(
        audio,
        np.array(kicks, dtype=np.int64),
        max(1, round(_DUCK_ATTACK_SECONDS * sample_rate_hz)),
        round(settings.hold_ms * sample_rate_hz / 1_000.0),
        max(1, round(settings.release_ms * sample_rate_hz / 1_000.0)),
        float(settings.depth_db),
    )
