"""What a part sends to a reverberation or a delay, and how it gets there."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from songwright.audio import Audio
from songwright.audio.buffers import Samples64

BLOCK = 64


@dataclass(frozen=True)
class SendPath:
    """The way from a strip to an effect.

    Attributes
    ----------
    source
        Samples ``(2, n)`` that are sent; None stands for the audio that the effect is added to.
    curve
        Amplitude at the edges of blocks of 64 samples, shape (blocks + 1,), or None for 1.
    pre_delay_ms
        Added to the effect's own.
    damp_hz
        Low-pass (6 dB per octave) on what is sent; 0 for none.
    """

    source: Audio | None = None
    curve: Samples64 | None = None
    pre_delay_ms: float = 0.0
    damp_hz: float = 0.0

    def gains(self, gain: float, samples: int) -> NDArray[np.float32]:
        """Amplitude at the edges of the blocks of so many samples."""
        edges = -(-samples // BLOCK) + 1
        if self.curve is None:
            return np.full(edges, gain, np.float32)
        return np.asarray(gain * self.curve, np.float32)


def one_pole(cutoff_hz: float, sample_rate_hz: int) -> np.float32:
    """Factor of a one-pole low-pass; 1 (everything passes) from half the sample rate on."""
    if cutoff_hz >= 0.5 * sample_rate_hz:
        return np.float32(1.0)
    return np.float32(-math.expm1(-2.0 * math.pi * cutoff_hz / sample_rate_hz))
