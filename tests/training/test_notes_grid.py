"""The grid, and music that is brought onto it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from training.corpora.feel import fitted, is_swung, straightened
from training.corpora.grid import POINTS, off_grid_share, snap

from songwright.score import MeterChange, Note, Part, Score, TempoChange
from songwright.theory import Meter

ON_GRID = set(POINTS.tolist())


@given(st.lists(st.integers(0, 100_000), min_size=1, max_size=20))
def test_snapped_ticks_are_on_the_grid_and_near(ticks):
    snapped = snap(np.array(ticks))
    assert all(int(t) % 480 in ON_GRID for t in snapped)
    assert int(np.abs(snapped - ticks).max()) <= 60
    assert snap(snapped).tolist() == snapped.tolist()


def test_off_grid_share_counts_onsets_once():
    assert off_grid_share(np.array([0, 120, 160, 475])) == 0.0
    assert off_grid_share(np.array([0, 0, 0, 60])) == 0.5
    assert off_grid_share(np.zeros(0, np.int64)) == 0.0


def score_of(onsets, bpm):
    notes = tuple(Note(int(t), 60, 60, 80) for t in onsets)
    return Score("", 4, (MeterChange(0, Meter(4, 4)),), (TempoChange(0, bpm),), (), (), (),
                 (Part("a", "a", "lead", "flute", notes),))  # fmt: skip


def test_swung_sixteenths_become_straight():
    onsets = np.array([beat * 240 + at for beat in range(32) for at in (0, 160)])
    assert is_swung(onsets)
    score, tags = fitted(score_of(onsets, 90.0))
    assert tags == ("swung sixteenths",)
    assert {n.onset_ticks % 240 for n in score.parts[0].notes} == {0, 120}


def test_triplets_are_no_swing():
    triplets = np.array([beat * 480 + at for beat in range(16) for at in (0, 160, 320)])
    assert not is_swung(triplets)
    assert fitted(score_of(triplets, 90.0))[1] == ()
    assert straightened(np.array([0, 120, 165, 240])).tolist() == [0, 120, 120, 240]


def test_slow_thirty_seconds_become_double_time_but_fast_ones_stay():
    onsets = np.arange(64) * 60
    score, tags = fitted(score_of(onsets, 70.0))
    assert tags == ("double time",)
    assert score.tempos[0].bpm == 140.0
    assert score.bars == 8
    assert [n.onset_ticks for n in score.parts[0].notes[:3]] == [0, 120, 240]
    assert fitted(score_of(onsets, 170.0))[1] == ()
