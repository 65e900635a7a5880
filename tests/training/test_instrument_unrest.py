"""Measuring how held notes move: known movements are found again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from training.instruments.between import between_partials
from training.instruments.levels import knot_samples
from training.instruments.movement import Movement
from training.instruments.record import RATE_HZ
from training.instruments.settle import movement_db, settled
from training.instruments.spectrum import EDGES_HZ
from training.instruments.unrest import unrest_db

from songwright.render.fitted.card import load_fitted
from songwright.render.fitted.model import BANDS, UNREST_HZ
from songwright.seeds import noise_rng

SECONDS = 2.4
HZ = 440.0
QUIET = np.full(BANDS, 1e-14)


def time() -> np.ndarray:
    return np.arange(round(SECONDS * RATE_HZ)) / RATE_HZ


def tone(levels_db: list[np.ndarray], cents: np.ndarray | float = 0.0) -> np.ndarray:
    """Harmonics of 440 Hz, each with its course of level, shape (1, samples)."""
    phase = (
        2 * np.pi * HZ * np.cumsum(np.full_like(time(), 1.0) * 2.0 ** (cents / 1200.0)) / RATE_HZ
    )
    waves = [
        0.1 * 10.0 ** (level / 20.0) * np.sin((k + 1) * phase + k)
        for k, level in enumerate(levels_db)
    ]
    return np.asarray(sum(waves), np.float32)[None]


def found(audio: np.ndarray, movement: Movement | None = None) -> tuple[np.ndarray, np.ndarray]:
    hz = HZ * np.arange(1, 5)
    return unrest_db(audio, hz, np.full(4, 0.1), QUIET, RATE_HZ / HZ, SECONDS, movement)


@pytest.mark.parametrize(("rate_hz", "wanted"), [(1.2, 0), (5.0, 1), (16.0, 2)])
def test_a_breath_is_found_in_its_range(rate_hz: float, wanted: int) -> None:
    breath = 2.0 * np.sin(2 * np.pi * rate_hz * time())
    rows, sway = found(tone([breath] * 4))
    # a straight line is taken off a slow wave first, and a window of 25 ms dulls a fast one
    assert rows[wanted, 0] == pytest.approx(np.sqrt(2.0), rel=0.25)
    assert rows[:, 1].max() < 0.15
    assert np.delete(rows[:, 0], wanted).max() < 0.5
    assert not sway.any()


def test_partials_that_move_by_themselves_are_told_from_a_breath() -> None:
    turns = (0.0, 0.25, 0.5, 0.75)
    apart = [2.0 * np.sin(2 * np.pi * (5.0 * time() + turn)) for turn in turns]
    rows, _ = found(tone(apart))
    assert rows[1, 1] == pytest.approx(np.sqrt(2.0), rel=0.25)
    assert rows[1, 0] < 0.3


def test_noise_is_no_unrest() -> None:
    still = tone([np.zeros_like(time())] * 4)
    rms = 10.0 ** (-22.0 / 20.0)
    noise = noise_rng(0, "hiss").standard_normal(still.shape[1]) * rms
    density = rms**2 / (RATE_HZ / 2)
    audio = np.asarray(still + noise, np.float32)
    hz = HZ * np.arange(1, 5)
    bands = density * np.diff(EDGES_HZ)
    with_noise, _ = unrest_db(audio, hz, np.full(4, 0.1), bands, RATE_HZ / HZ, SECONDS, None)
    blind, _ = unrest_db(audio, hz, np.full(4, 0.1), QUIET, RATE_HZ / HZ, SECONDS, None)
    assert blind[2, 1] > 0.1
    assert with_noise[2, 1] < 0.6 * blind[2, 1]


def test_what_follows_a_vibrato_is_its_sway() -> None:
    at = np.arange(0.0, SECONDS, 1.0 / 250.0)
    shaken = Movement(at, 15.0 * np.sin(2 * np.pi * 5.5 * at))
    angle = 2 * np.pi * 5.5 * time()
    levels = [2.0 * np.sin(angle + k) + 1.0 * np.cos(2 * angle + k * k) for k in range(4)]
    rows, sway = found(tone(levels), shaken)
    assert sway[0] == pytest.approx(np.sqrt(2.0), rel=0.15)
    assert sway[1] == pytest.approx(np.sqrt(0.5), rel=0.2)
    assert sway[2:].max() < 0.2
    assert rows.max() < 0.4


def test_skirts_of_shaken_partials_are_no_noise() -> None:
    """A vibrato that was not quite taken out makes partials wide, and the noise is what it is."""
    rms = 10.0 ** (-60.0 / 20.0)
    noise = noise_rng(0, "floor").standard_normal(time().shape[0]) * rms
    left_over = 6.0 * np.sin(2 * np.pi * 5.5 * time())
    audio = np.asarray(tone([np.zeros_like(time())] * 24, left_over) + noise, np.float32)
    centres = np.array([0.8, 1.0, 1.2]) * RATE_HZ
    late = knot_samples >= 0.3 * RATE_HZ
    owner = np.full(3, int(np.argmax(late)) + 2)
    density, _, _ = between_partials(
        audio, HZ * np.arange(1, 25), centres, owner, late, 4096, held=True
    )
    expected = rms**2 / (RATE_HZ / 2)
    inside = (EDGES_HZ[:-1] > 1000.0) & (EDGES_HZ[1:] < 9500.0)
    off_db = 10.0 * np.log10(density[owner[0], inside] / expected)
    assert np.abs(off_db).max() < 4.0


def test_unrest_is_scaled_to_what_is_heard() -> None:
    recorder = load_fitted("recorder")
    restless = replace(recorder, unrest_db=((0.0, 0.0), (1.0, 0.0), (0.0, 0.0)), sway_db=())
    breath = 1.5 * np.sin(2 * np.pi * 5.0 * time())
    recorded = {(pitch, 80): tone([breath] * 4) for pitch in restless.pitches}
    wanted = movement_db(recorded[restless.pitches[0], 80])
    after = settled(restless, recorded).unrest_db[1][0]
    assert 1.0 < after <= 1.5
    assert wanted > 0.5
    still = {key: tone([np.zeros_like(time())] * 4) for key in recorded}
    assert settled(restless, still).unrest_db[1][0] < 0.5
    assert len(settled(restless, still).unrest_db) == len(UNREST_HZ)
