"""Clicks are over at once; the stick on a skin rattles on, and is music."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from songwright.evaluate.sound import hear
from songwright.evaluate.sound.cells import CELL_SECONDS
from songwright.evaluate.sound.clicks import click_cells
from songwright.evaluate.sound.faults import clicks
from songwright.seeds import noise_rng

RATE_HZ = 48_000
SECONDS = 8
AT_SECONDS = np.arange(1, 15) * 0.5 + 0.0137
Audio = NDArray[np.float32]


def bed() -> Audio:
    """A low chord with some air: loud, steady, not silent at any frequency."""
    time = np.arange(SECONDS * RATE_HZ) / RATE_HZ
    chord = sum(0.15 * np.sin(2 * np.pi * f * time) for f in (110.0, 165.0, 220.0))
    air = noise_rng(1, "air").normal(0.0, 1e-3, (2, len(time)))
    return (chord + air).astype(np.float32)


def found(audio: Audio) -> int:
    """How many of the moments are said to click."""
    heard = hear(audio, RATE_HZ)
    assert heard is not None
    cells = click_cells(heard.scan.cell_jump, heard.scan.cell_energy, heard.sound) * CELL_SECONDS
    return sum(bool((np.abs(cells - at) < 0.004).any()) for at in AT_SECONDS)


def with_strokes(level: float) -> Audio:
    """Bursts of noise of two milliseconds that swell, and end as suddenly as a damped skin."""
    audio, n = bed(), round(0.002 * RATE_HZ)
    burst = noise_rng(2, "stick").normal(0.0, level, n) * np.linspace(0.3, 1.0, n)
    for at in AT_SECONDS:
        start = round(at * RATE_HZ)
        audio[:, start : start + n] += burst.astype(np.float32)
    return audio


@pytest.mark.parametrize("level", [0.05, 0.1, 0.3])
def test_spikes_and_steps_are_found(level: float) -> None:
    spiked, stepped = bed(), bed()
    for at in AT_SECONDS:
        spiked[0, round(at * RATE_HZ)] += level
        stepped[:, round(at * RATE_HZ) :] += level * (-1) ** round(at)
    assert found(spiked) == len(AT_SECONDS)
    assert found(stepped) == len(AT_SECONDS)


@pytest.mark.parametrize("level", [0.05, 0.1, 0.3])
def test_strokes_are_no_clicks(level: float) -> None:
    assert found(with_strokes(level)) == 0


def test_the_bed_is_clean() -> None:
    assert found(bed()) == 0


def test_a_splice_that_the_mix_buries_is_found_in_its_stem() -> None:
    noise = noise_rng(3, "wall").normal(0.0, 0.2, (2, SECONDS * RATE_HZ)).astype(np.float32)
    spliced = bed()
    for at in AT_SECONDS:
        spliced[:, round(at * RATE_HZ) :] += 0.05 * (-1) ** round(at)
    assert found(spliced + noise) == 0
    values = []
    for stems in (None, {"wall": noise, "chord": bed()}, {"wall": noise, "chord": spliced}):
        heard = hear(spliced + noise, RATE_HZ, stems)
        (measured,) = clicks(heard)
        values.append(measured)
    assert [m.value for m in values] == [0.0, 0.0, len(AT_SECONDS)]
    assert values[-1].evidence.note == "jumps in the stem chord"
    assert len(values[-1].evidence.seconds) > 0
