"""Compile every kernel of listening ahead of time, so that the first report does not wait."""

from __future__ import annotations

import numpy as np

from songwright.evaluate.sound import evaluate_sound
from songwright.seeds import noise_rng


def warm_up() -> None:
    """Listen to a second of noise with stems; the compiled code is cached on disk."""
    rate_hz = 48_000
    noise = noise_rng(0, "warm-up").standard_normal((2, rate_hz)).astype(np.float32) * 0.1
    stems = {"lead": noise, "drums": noise, "bass": noise}
    evaluate_sound(noise, rate_hz, stems, [(0.0, 1.0, "verse")])
