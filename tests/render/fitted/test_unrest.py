"""Held tones that move by themselves."""

from __future__ import annotations

import numpy as np
import pytest

from songwright.render.fitted.codec import read_fitted, write_fitted
from songwright.render.fitted.held import HeldInstrument, Playing
from songwright.render.fitted.model import UNREST_HZ, FittedInstrument
from songwright.render.fitted.tone import synthesise
from songwright.render.fitted.unrest import growth, paces, together, unrest_of
from songwright.render.patch_model import Onset, Vibrato
from songwright.seeds import noise_rng
from songwright.units import midi_to_hz

from .drawn import RATE_HZ, drawn, part

SECONDS = 12.0
ONE_RANGE = [tuple((3.0, 0.0) if n == r else (0.0, 0.0) for n in range(3)) for r in range(3)]


def tone(instrument: FittedInstrument, seconds: float = SECONDS) -> np.ndarray:
    random = noise_rng(0, "unrest")
    return np.asarray(synthesise(instrument, 60, 80, round(seconds * RATE_HZ), RATE_HZ, random)[0])


def course_db(mono: np.ndarray, hz: float | None = None) -> np.ndarray:
    """Level at 100 pieces a second, from one second on; of one partial if ``hz`` is given."""
    held = mono[RATE_HZ:].astype(np.float64)
    if hz is not None:
        turned = held * np.exp(-2j * np.pi * hz * np.arange(held.shape[0]) / RATE_HZ)
        shape = np.hanning(1440)
        held = np.abs(np.convolve(turned, shape / shape.sum(), "same"))
    power = (held[: held.shape[0] // 480 * 480].reshape(-1, 480) ** 2).mean(axis=1)
    return np.asarray(10.0 * np.log10(power[5:-5]))


@pytest.mark.parametrize("wanted", range(3))
def test_each_range_moves_at_its_own_rate(wanted: int) -> None:
    level = course_db(tone(drawn("held", -140.0, unrest_db=ONE_RANGE[wanted]), 40.0))
    power = np.abs(np.fft.rfft(level - level.mean())) ** 2
    hz = np.fft.rfftfreq(level.shape[0], 0.01)
    shares = [power[(hz >= low) & (hz < high)].sum() for low, high in UNREST_HZ]
    assert int(np.argmax(shares)) == wanted
    assert shares[wanted] > 0.6 * sum(shares)


def test_it_is_as_deep_as_measured() -> None:
    depths = [
        course_db(tone(drawn("held", -140.0, unrest_db=((d, 0.0),) * 3))).std()
        for d in (0.0, 0.5, 1.0, 1.5)
    ]
    assert depths[0] < 0.4  # pieces are no whole periods
    # three ranges of equal power, of which a share is played
    assert np.allclose(depths[1:], np.array([0.5, 1.0, 1.5]) * np.sqrt(3.0) * 0.8, rtol=0.25)


def test_partials_move_together_or_apart() -> None:
    likeness = {}
    for name, rows in (("together", ((1.0, 0.0),) * 3), ("apart", ((0.0, 1.0),) * 3)):
        mono = tone(drawn("held", -140.0, unrest_db=rows))
        first, second = (course_db(mono, k * midi_to_hz(60)) for k in (1, 2))
        likeness[name] = np.corrcoef(first, second)[0, 1]
    assert likeness["together"] > 0.95
    assert abs(likeness["apart"]) < 0.3


def test_the_mean_power_stays() -> None:
    still = tone(drawn("held", -140.0))[RATE_HZ:]
    for rows in (((1.5, 0.0),) * 3, ((0.0, 1.5),) * 3):
        moving = tone(drawn("held", -140.0, unrest_db=rows), 30.0)[RATE_HZ:]
        change = 10.0 * np.log10(np.mean(moving**2) / np.mean(still**2))
        assert abs(change) < 0.5


def test_a_tone_begins_as_it_was_measured() -> None:
    grown = growth(np.array([0.0, 0.05, 0.3, 1.0, 9.0]))
    assert grown[0] == grown[1] < grown[2] < grown[3] == grown[4] == 1.0


def test_reading_on_later_is_reading_at_once() -> None:
    unrest = unrest_of(drawn("held", unrest_db=((1.0, 0.0),) * 3))
    seconds = np.arange(0.0, 8.0, 0.005)
    grown = growth(seconds)
    whole = together(unrest, 5, paces(seconds), grown)
    parts = [
        together(unrest, 5, paces(seconds[c]), grown[c]) for c in (slice(0, 700), slice(700, None))
    ]
    assert np.array_equal(whole, np.concatenate(parts))


def test_it_goes_on_through_a_slurred_line() -> None:
    calm = Onset(drift_cents=0.0, legato=True, glide_seconds=0.04)
    line = [(0.8 * n, 0.82, 60 + n % 2, 80) for n in range(14)]
    levels = []
    for drift_db in (0.0, 2.5):
        instrument = drawn("held", -140.0, unrest_db=((drift_db, 0.0), (0.0, 0.0), (0.0, 0.0)))
        player = HeldInstrument(instrument, Playing(Vibrato(cents=0.0), calm))
        levels.append(course_db(player.render(part(line), 11 * RATE_HZ, RATE_HZ)[0]))
    drift = levels[1] - levels[0]
    joins = [round((0.8 * n - 1.05) * 100) for n in range(2, 13)]
    jumps = [abs(drift[join + 4] - drift[join - 4]) for join in joins]
    assert drift.std() > 1.5
    assert np.mean(jumps) < 0.5 * drift.std()  # drawn anew it would be 1.1 of it


def test_it_is_kept_in_files() -> None:
    rows = ((0.25, 1.5), (0.5, 2.0), (0.0, 0.75))
    known = drawn("held", unrest_db=rows)
    assert read_fitted(write_fitted(known)).unrest_db == rows
    assert read_fitted(write_fitted(drawn("struck"))).unrest_db == ()
