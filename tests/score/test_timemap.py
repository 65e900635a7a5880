"""Ticks, seconds and bars through tempo and metre changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songwright.score import MeterChange, TempoChange, TimeMap
from songwright.theory import Meter

FOUR = MeterChange(0, Meter(4, 4))


def test_two_tempi() -> None:
    times = TimeMap.build((TempoChange(0, 120.0), TempoChange(1920, 60.0)), (FOUR,))
    assert times.seconds(1920) == pytest.approx(2.0)
    assert times.seconds(2400) == pytest.approx(3.0)
    assert times.tick(3.0) == pytest.approx(2400)
    assert times.bpm(1919) == pytest.approx(120.0)
    assert times.bpm(1920) == pytest.approx(60.0)


def test_bars_after_a_change_of_metre() -> None:
    times = TimeMap.build((TempoChange(0, 100.0),), (FOUR, MeterChange(3840, Meter(3, 4))))
    assert times.bar_start(2) == 3840
    assert times.bar_start(3) == 3840 + 1440
    assert times.position(3840 + 1441) == (3, 1)


@given(
    st.lists(st.floats(30, 240), min_size=1, max_size=6),
    st.integers(0, 20_000),
)
def test_seconds_and_ticks_are_inverse(tempi: list[float], tick: int) -> None:
    changes = tuple(TempoChange(i * 1000, bpm) for i, bpm in enumerate(tempi))
    times = TimeMap.build(changes, (FOUR,))
    assert times.tick(times.seconds(tick)) == pytest.approx(tick, abs=1e-6)
