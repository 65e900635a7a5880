"""Where swung notes fall: known answers."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songwright.perform import perform
from songwright.perform.swing import Swing
from songwright.score import MeterChange, Note, TempoChange, TimeMap
from songwright.theory import Meter

TEMPO = (TempoChange(0, 120.0),)


def times(meter: Meter) -> TimeMap:
    return TimeMap.build(TEMPO, (MeterChange(0, meter),))


def swing(share: float, unit: int, onsets: list[int], meter: Meter | None = None) -> Swing:
    notes = [Note(onset, 60, 60) for onset in onsets]
    return Swing.of(notes, times(meter or Meter(4, 4)), share, unit)


@pytest.mark.parametrize("share", [0.5, 0.58, 0.667, 0.75])
def test_second_eighth_stands_at_its_share_of_the_beat(
    share: float, plan: Callable, score: Callable, part: Callable, playing: Callable
) -> None:
    eighths = part([(i * 240, 240, 60 + i % 3) for i in range(64)])
    played = perform(score(eighths), plan(swing=share), playing())
    beat = 0.5  # seconds at 120 bpm
    for i, note in enumerate(played.parts[0].notes):
        place = (i % 2) * share
        assert note.onset_seconds == pytest.approx((i // 2 + place) * beat, abs=1e-6)


def test_sixteenth_swing_leaves_eighths_alone() -> None:
    s = swing(0.6, 120, [0, 120, 240, 360])
    assert [s.swung(t) for t in (0, 120, 240, 360, 480)] == [0, 144, 240, 384, 480]


def test_written_triplets_are_not_swung() -> None:
    s = swing(2 / 3, 240, [0, 160, 320, 480, 720])
    assert [s.swung(t) for t in (0, 160, 320, 480)] == [0, 160, 320, 480]
    assert s.swung(720) == pytest.approx(480 + 320)  # the straight pair beside them is


def test_sextuplets_are_triplets_too() -> None:
    onsets = [0, 80, 160, 240, 320, 400]
    s = swing(2 / 3, 240, onsets)
    assert [s.swung(t) for t in onsets] == onsets


@pytest.mark.parametrize("meter", [Meter(6, 8), Meter(12, 8), Meter(9, 8)])
def test_compound_metres_do_not_swing(meter: Meter) -> None:
    s = swing(2 / 3, 240, [0, 240, 480], meter)
    assert [s.swung(t) for t in (0, 240, 480)] == [0, 240, 480]


def test_long_pulse_of_seven_eight_stays_straight() -> None:
    s = swing(2 / 3, 240, list(range(0, 1680, 240)), Meter(7, 8))
    assert s.swung(240) == pytest.approx(320)
    assert s.swung(720) == pytest.approx(800)
    assert [s.swung(t) for t in (960, 1200, 1440)] == [960, 1200, 1440]


def test_pairs_are_counted_from_the_bar() -> None:
    """After a bar of 7/8 the beats of 4/4 are off the grid of the piece, not of the bar."""
    t = TimeMap.build(TEMPO, (MeterChange(0, Meter(7, 8)), MeterChange(1680, Meter(4, 4))))
    s = Swing.of([], t, 2 / 3, 240)
    assert s.swung(1680) == 1680
    assert s.swung(1680 + 240) == pytest.approx(1680 + 320)


@given(
    st.floats(0.5, 0.8),
    st.sampled_from([120, 240]),
    st.lists(st.integers(0, 7679), min_size=2, max_size=30, unique=True),
)
def test_order_never_changes(share: float, unit: int, onsets: list[int]) -> None:
    s = swing(share, unit, onsets)
    swung = [s.swung(t) for t in sorted(onsets)]
    assert all(a < b for a, b in itertools.pairwise(swung))
    assert all(abs(a - b) < 2 * unit for a, b in zip(swung, sorted(onsets), strict=True))
