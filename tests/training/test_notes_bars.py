"""Bars of one metre at full length: upbeats, cut bars, changes of metre."""

import numpy as np
import pytest
from training.corpora.bars import stretches

from songwright.theory import Meter

FOUR, THREE = Meter(4, 4), Meter(3, 4)


def lines(*lengths):
    starts = [0]
    for length in lengths:
        starts.append(starts[-1] + length)
    return starts


def test_whole_bars_stay_where_they_are():
    (stretch,) = stretches(lines(*[1920] * 5), [FOUR] * 5)
    assert stretch.bars == 5
    ticks = np.array([0, 480, 1920, 9599])
    assert stretch.place(ticks).tolist() == ticks.tolist()


def test_an_upbeat_goes_to_the_end_of_its_own_bar():
    (stretch,) = stretches(lines(480, *[1920] * 4), [FOUR] * 5)
    assert stretch.bars == 5
    assert stretch.place(np.array([0, 480, 960])).tolist() == [1440, 1920, 2400]


def test_two_pieces_of_a_cut_bar_are_joined():
    (stretch,) = stretches(lines(480, 1920, 1920, 1440, 480, 1920, 1920), [FOUR] * 7)
    assert stretch.bars == 6
    assert stretch.place(np.array([480 + 2 * 1920 + 1440])).tolist() == [3 * 1920 + 1440]


def test_a_short_last_bar_is_followed_by_silence():
    (stretch,) = stretches(lines(*[1920] * 4, 1440), [FOUR] * 5)
    assert stretch.bars == 5
    assert stretch.spans[-1] == (4 * 1920, 4 * 1920 + 1440, 4 * 1920)


def test_a_change_of_metre_divides_and_short_stretches_go():
    meters = [FOUR] * 4 + [THREE] * 3 + [FOUR] * 6
    found = stretches(lines(*[m.bar_ticks for m in meters]), meters)
    assert [(s.meter, s.bars) for s in found] == [(FOUR, 4), (FOUR, 6)]
    assert found[1].start == 4 * 1920 + 3 * 1440


def test_a_cadenza_divides():
    found = stretches(lines(*[1920] * 4, 5000, *[1920] * 4), [FOUR] * 9)
    assert [s.bars for s in found] == [4, 4]


def test_very_long_metres_are_halved():
    (stretch,) = stretches(lines(*[3840] * 4), [Meter(8, 4)] * 4)
    assert (stretch.meter, stretch.bars) == (FOUR, 8)


@pytest.mark.parametrize("end", [1920, 960, 2000])
def test_an_end_on_a_bar_line_belongs_to_the_bar_before(end):
    (stretch,) = stretches(lines(480, *[1920] * 4), [FOUR] * 5)
    assert stretch.place_ends(np.array([480])).tolist() == [1920]
    assert stretch.place_ends(np.array([end])).tolist() == [end + 1440]


def test_bars_of_changing_length_have_no_metre():
    assert stretches(lines(*[1920, 1920, 960, 1920] * 6), [FOUR] * 24) == []
    (stretch,) = stretches(lines(*[1920] * 9, 960, *[1920] * 9), [FOUR] * 19)
    assert stretch.bars == 19
