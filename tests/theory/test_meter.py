"""Bars, pulses and strengths of metres."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songwright.theory import Meter

METERS = st.builds(Meter, st.integers(1, 17), st.sampled_from([2, 4, 8, 16]))


@given(METERS)
def test_pulses_fill_the_bar(meter: Meter) -> None:
    assert sum(meter.pulses_ticks) == meter.bar_ticks
    assert meter.strength(0) == 4


@pytest.mark.parametrize(
    ("meter", "pulses"),
    [
        (Meter(4, 4), (480,) * 4), (Meter(6, 8), (720, 720)), (Meter(12, 8), (720,) * 4),
        (Meter(7, 8), (480, 480, 720)), (Meter(5, 8), (720, 480)), (Meter(3, 4), (480,) * 3),
        (Meter(2, 2), (960, 960)),
    ],
)  # fmt: skip
def test_known_pulses(meter: Meter, pulses: tuple[int, ...]) -> None:
    assert meter.pulses_ticks == pulses


def test_the_middle_of_four_four_is_the_second_strongest_beat() -> None:
    strengths = [Meter(4, 4).strength(t) for t in (0, 240, 480, 960, 1440, 120)]
    assert strengths == [4, 1, 2, 3, 2, 0]


@pytest.mark.parametrize(("n", "d"), [(4, 7), (0, 4), (4, 0), (33, 4), (4, 3)])
def test_impossible_metres(n: int, d: int) -> None:
    with pytest.raises(ValueError, match="metre"):
        Meter(n, d)
