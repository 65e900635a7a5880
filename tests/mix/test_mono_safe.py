"""The master's width is capped where folding to mono would cost loudness."""

from __future__ import annotations

import numpy as np
import pytest

from songwright.audio import integrated_lufs
from songwright.mix.mastering.measure import MixMeter
from songwright.mix.stereo import MOST_MONO_LOSS_LU, mono_safe_width, widen

RATE = 48_000


def _noise(correlation: float) -> np.ndarray:
    rng = np.random.default_rng(1)
    middle, side = rng.standard_normal((2, 3 * RATE)) * 0.05
    left = np.sqrt((1 + correlation) / 2) * middle + np.sqrt((1 - correlation) / 2) * side
    right = np.sqrt((1 + correlation) / 2) * middle - np.sqrt((1 - correlation) / 2) * side
    return np.stack([left, right]).astype(np.float32)


def _side_share(audio: np.ndarray) -> float:
    meter = MixMeter(RATE)
    meter.add(audio)
    return meter.result().side_share


def _mono_loss(audio: np.ndarray) -> float:
    mono = 0.5 * (audio[0] + audio[1])
    folded, whole = (integrated_lufs(a, RATE) for a in (np.stack([mono, mono]), audio))
    assert folded is not None
    assert whole is not None
    return whole - folded


def test_a_wide_mix_is_narrowed_to_the_bound() -> None:
    audio = _noise(-0.2)
    assert _mono_loss(audio) > 3.0
    widen(audio, mono_safe_width(1.1, _side_share(audio)), 0.0, 0.0, RATE)
    assert _mono_loss(audio) == pytest.approx(MOST_MONO_LOSS_LU, abs=0.1)


def test_a_narrow_mix_gets_the_width_asked_for() -> None:
    assert mono_safe_width(1.1, _side_share(_noise(0.9))) == 1.1


def test_silence_keeps_the_width() -> None:
    assert mono_safe_width(1.2, _side_share(np.zeros((2, RATE), np.float32))) == 1.2
