"""Amplifiers: filtering, a saturating stage at four times the rate, filtering.

Here are those that are hardly driven; `amplify` leads to the others, in `songwright.render.valves`.
The curve is ``tanh`` with a bias (even harmonics), computed at four times the sample rate behind a
48-tap polyphase low-pass, closing from 18 kHz on: what folds back lies 60 dB below the tone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

from songwright.render.jit import FloatArray, kernel
from songwright.render.valves import amplifiers, overdrive
from songwright.units import db_to_gain

OVERSAMPLING = 4
PHASE_TAPS = 12


@dataclass(frozen=True, slots=True)
class Voicing:
    """Filters around the saturating stage: corner frequencies in Hz and bias of the curve."""

    tight_hz: float
    smooth_hz: float
    bias: float
    blend: float


VOICINGS = {
    "clean": Voicing(60.0, 7000.0, 0.08, 0.6),
    "bass": Voicing(18.0, 5000.0, 0.1, 0.7),
    "crunch": Voicing(120.0, 6500.0, 0.18, 1.0),
}


@cache
def interpolation_filter() -> FloatArray:
    """Polyphase low-pass for 4x up and down, shape (OVERSAMPLING, PHASE_TAPS)."""
    count = OVERSAMPLING * PHASE_TAPS
    n = np.arange(count) - (count - 1) / 2
    taps = np.sinc(n / OVERSAMPLING * 0.75) * np.kaiser(count, 7.0)
    taps *= OVERSAMPLING / taps.sum()
    return np.ascontiguousarray(taps.reshape(PHASE_TAPS, OVERSAMPLING).T, dtype=np.float32)


@kernel
def saturate(mono: FloatArray, filters: FloatArray, drive: float, bias: float) -> None:
    """``tanh(drive x + bias)`` at four times the rate, in place; shape (samples,).

    Works in chunks, phase by phase, so that every inner loop runs over neighbouring samples. The
    delay of the two filters, ``PHASE_TAPS - 1`` samples, is removed.
    """
    phases, taps = filters.shape
    chunk = 2048
    past = taps - 1
    slow = np.zeros(past + chunk, np.float32)
    fast = np.zeros((phases, past + chunk), np.float32)
    row = np.empty(chunk, np.float32)
    rest = np.float32(math.tanh(bias))
    push = np.float32(drive)
    lean = np.float32(bias)
    limit = np.float32(4.97)
    share = np.float32(1.0 / phases)
    count = mono.shape[0]
    for begin in range(0, count + past, chunk):
        slow[:past] = slow[chunk:].copy()
        for n in range(chunk):
            at = begin + n
            slow[past + n] = mono[at] if at < count else np.float32(0.0)
        for phase in range(phases):
            fast[phase, :past] = fast[phase, chunk:].copy()
            row[:] = np.float32(0.0)
            for i in range(taps):
                weight = filters[phase, i]
                source = slow[past - i : past - i + chunk]
                for n in range(chunk):
                    row[n] += weight * source[n]
            target = fast[phase, past:]
            for n in range(chunk):
                x = min(max(push * row[n] + lean, -limit), limit)
                # Pade approximant of tanh, within 1e-4
                s = x * x
                top = x * (
                    np.float32(135135.0) + s * (np.float32(17325.0) + s * (np.float32(378.0) + s))
                )
                bottom = np.float32(135135.0) + s * (
                    np.float32(62370.0) + s * (np.float32(3150.0) + s * np.float32(28.0))
                )
                target[n] = top / bottom - rest
        row[:] = np.float32(0.0)
        for phase in range(phases):
            for i in range(taps):
                weight = filters[phase, i] * share
                source = fast[phases - 1 - phase, past - i : past - i + chunk]
                for n in range(chunk):
                    row[n] += weight * source[n]
        for n in range(chunk):
            at = begin + n - past
            if 0 <= at < count:
                mono[at] = row[n]


@kernel
def one_pole_pair(mono: FloatArray, low_hz: float, high_hz: float, sample_rate_hz: float) -> None:
    """High-pass at ``low_hz`` and low-pass at ``high_hz``, 6 dB per octave each, in place."""
    a = 1.0 - math.exp(-2.0 * math.pi * low_hz / sample_rate_hz)
    b = 1.0 - math.exp(-2.0 * math.pi * high_hz / sample_rate_hz)
    low = high = 0.0
    for n in range(mono.shape[0]):
        low += a * (mono[n] - low) + 1e-20
        high += b * ((mono[n] - low) - high)
        mono[n] = high


def amplify(audio: FloatArray, voicing_name: str, drive_db: float, sample_rate_hz: int) -> None:
    """Send a part through the amplifier, in place: shape (2, samples), mono in the middle.

    ``voicing_name`` is one of `VOICINGS` or of ``data/amplifiers.toml``.
    """
    driven = amplifiers().get(voicing_name)
    if driven is not None:
        mono = np.ascontiguousarray(0.5 * (audio[0] + audio[1]), np.float32)
        overdrive(mono, driven, interpolation_filter(), drive_db, sample_rate_hz)
        audio[:] = mono
        return
    voicing = VOICINGS[voicing_name]
    mono = np.ascontiguousarray(0.5 * (audio[0] + audio[1]), np.float32)
    rate = float(sample_rate_hz)
    one_pole_pair(mono, voicing.tight_hz, 0.4 * rate, rate)
    saturate(mono, interpolation_filter(), db_to_gain(drive_db), voicing.bias)
    one_pole_pair(mono, 40.0, voicing.smooth_hz, rate)
    dry = np.float32(1.0 - voicing.blend)
    for side in range(2):
        audio[side] *= dry
        audio[side] += np.float32(voicing.blend) * mono
