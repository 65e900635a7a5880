"""Amplifiers: filtering, a saturating stage at four times the rate, filtering.

Here are those that are hardly driven; `amplify` leads to the others, in `songwright.render.valves`.
The curve is ``tanh`` with a bias (even harmonics), computed at four times the sample rate
(`songwright.render.oversampling`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from songwright.render.jit import FloatArray, kernel
from songwright.render.oversampling import (
    bend,
    give_back,
    interpolate,
    interpolation_filter,
    take_in,
)
from songwright.render.valves import amplifiers, overdrive
from songwright.units import db_to_gain


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


@kernel
def saturate(mono: FloatArray, filters: FloatArray, drive: float, bias: float) -> None:
    """``tanh(drive x + bias)`` at four times the rate, in place; shape (samples,).

    ``filters`` are `interpolation_filter`; their delay is removed.
    """
    phases, taps = filters.shape
    chunk = 2048
    past = taps - 1
    slow = np.zeros(past + chunk, np.float32)
    fast = np.zeros((phases, past + chunk), np.float32)
    row = np.empty(chunk, np.float32)
    for begin in range(0, mono.shape[0] + past, chunk):
        take_in(mono, begin, slow, fast, chunk)
        for phase in range(phases):
            target = fast[phase, past:]
            interpolate(slow, filters[phase], target)
            bend(target, drive, bias)
        give_back(fast, filters, row, mono, begin)


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
        overdrive(mono, driven, drive_db, sample_rate_hz)
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
