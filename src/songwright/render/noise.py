"""White noise and the short bursts of noise at the start of a note."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from songwright.render.filters import add_noise
from songwright.render.jit import BLOCK, FloatArray
from songwright.render.patch_model import Burst
from songwright.seeds import noise_rng
from songwright.units import db_to_gain

BANK_SIZE = 1 << 18


@cache
def noise_bank() -> FloatArray:
    """Two hundred thousand samples of white Gaussian noise, unit variance, always the same.

    Notes read it from random places; filling a fresh array for each note would cost more than
    the rest of the voice.
    """
    bank = noise_rng(0, "render", "noise bank").standard_normal(BANK_SIZE, np.float32)
    bank.flags.writeable = False
    return bank


def band_scale(centre_hz: float, q: float, sample_rate_hz: float) -> float:
    """Factor that gives band-passed unit noise an RMS of one (noise bandwidth pi/2 f/Q)."""
    share = math.pi * min(centre_hz, 0.45 * sample_rate_hz) / (q * sample_rate_hz)
    return 1.0 / math.sqrt(max(share, 1e-6))


def add_bursts(
    left: FloatArray,
    right: FloatArray,
    bursts: tuple[Burst, ...],
    pitch: float,
    velocity: float,
    sample_rate_hz: int,
    random: np.random.Generator,
) -> None:
    """Add the onset noises of a note to a stereo buffer.

    Parameters
    ----------
    left, right
        Shape (samples,), a multiple of `BLOCK` long.
    velocity
        1..127.
    """
    softness = 1.0 - velocity / 127.0
    for burst in bursts:
        centre = min(burst.hz * 2.0 ** (burst.track * (pitch - 60.0) / 12.0), 16000.0)
        level = db_to_gain(burst.level_db - burst.velocity_db * softness)
        length = burst.attack_seconds + burst.seconds * 1.2
        samples = min(left.shape[0], (int(length * sample_rate_hz) // BLOCK + 1) * BLOCK)
        blocks = samples // BLOCK
        t = np.arange(blocks + 1) * (BLOCK / sample_rate_hz)
        # ln(1000): `seconds` is the time to fall by 60 dB
        curve = np.exp(-6.9 * np.maximum(t - burst.attack_seconds, 0.0) / burst.seconds)
        curve *= np.minimum(t / burst.attack_seconds, 1.0) if burst.attack_seconds > 0.002 else 1.0
        curve[-1] = 0.0
        place, other = (int(value) for value in random.integers(0, BANK_SIZE, 2))
        scale = level * band_scale(centre, burst.q, sample_rate_hz)
        add_noise(
            left[:samples],
            right[:samples],
            noise_bank(),
            place,
            other if random.random() < 0.5 else place,
            (curve * scale).astype(np.float32),
            np.full(blocks + 1, centre, np.float32),
            burst.q,
            float(sample_rate_hz),
        )
