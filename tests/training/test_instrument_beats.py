"""Twins of partials are found where there are some."""

import numpy as np
import pytest
from training.instruments.beats import FASTEST_HZ, Beats, find_beats
from training.instruments.record import RATE_HZ

HZ = 440.0


def pair(away_hz, level_db, phase=0.7, seconds=3.0, t60=4.0):
    t = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    fall = 0.1 * 10 ** (-3.0 * t / t60)
    first = np.cos(2 * np.pi * HZ * t)
    twin = 10 ** (level_db / 20) * np.cos(2 * np.pi * (HZ + away_hz) * t + phase)
    return (fall * (first + twin))[None].astype(np.float32)


def found_in(audio):
    beats = find_beats(audio, np.array([HZ]), np.array([0.1]), RATE_HZ / HZ, 3.0)
    return beats.hz[0], beats.level_db[0], beats.phases[0]


@pytest.mark.parametrize(("away", "level"), [(1.5, -3.0), (-4.0, -10.0), (9.0, -1.0)])
def test_a_twin_is_found(away, level):
    hz, level_db, phase = found_in(pair(away, level))
    assert hz == pytest.approx(away, abs=0.03)
    # the window that parts neighbouring partials damps a twin that is 9 Hz away by 1 dB
    assert level_db == pytest.approx(level, abs=0.5 if abs(away) < 5.0 else 1.2)
    assert np.exp(1j * phase) == pytest.approx(np.exp(0.7j), abs=0.1)


def test_one_partial_has_none():
    assert found_in(pair(3.0, -200.0))[0] == 0.0


def test_a_twin_too_weak_to_be_heard_is_left_out():
    assert found_in(pair(3.0, -26.0))[0] == 0.0


def test_a_mistuned_course_goes_on_where_beats_are_too_fast_to_read():
    frequencies = 220.0 * np.arange(1, 13)
    hz = np.where(np.arange(12) < 6, 0.007 * frequencies, 0.0)
    beats = Beats(hz, np.full(12, -2.0), np.zeros(12)).continued(frequencies)
    assert np.array_equal(beats.hz[:6], hz[:6])
    fast = 0.007 * frequencies > FASTEST_HZ
    assert np.all(beats.hz[fast] > FASTEST_HZ)
    assert np.all(beats.hz[~fast & (hz == 0.0)] == 0.0)


def test_a_bell_does_not():
    frequencies = np.array([300.0, 700.0, 1500.0, 2600.0, 4000.0, 9000.0])
    hz = np.array([0.5, 6.0, 1.0, -11.0, 3.0, 0.0])
    assert np.array_equal(Beats(hz, hz, hz).continued(frequencies).hz, hz)
