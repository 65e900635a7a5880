"""Automation: end points are met, glides have no steps, moving filters are -3 dB at the cutoff."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songwright.errors import AudioError
from songwright.mix.curves import Timeline, curve_at, ride, sweep
from songwright.mix.settings import Curve

RATE = 48_000


def tone(hz: float, seconds: float, level: float = 0.5) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    return np.tile((level * np.sin(2 * np.pi * hz * time)).astype(np.float32), (2, 1))


def timeline(audio: np.ndarray, bars: tuple[float, ...] = ()) -> Timeline:
    return Timeline(audio.shape[1], RATE, bar_seconds=bars)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0.0, 20.0), st.floats(-30.0, 12.0)), min_size=1, max_size=8).map(
        lambda points: tuple(sorted(points, key=lambda p: p[0]))
    ),
    st.integers(1, 300_000),
)
def test_end_points_and_bounds(points: tuple[tuple[float, float], ...], samples: int) -> None:
    curve = Curve(points)
    values = Timeline(samples, RATE).values(curve)
    assert len(values) == -(-samples // 64) + 1
    lowest, highest = min(v for _, v in points), max(v for _, v in points)
    assert lowest - 1e-9 <= values.min()
    assert values.max() <= highest + 1e-9
    after = curve_at(curve, np.array([points[-1][0] + 1.0, 1e6]))
    assert after == pytest.approx([points[-1][1]] * 2)
    if points[0][0] > 0.5 and samples > RATE:
        assert values[0] == pytest.approx(points[0][1])


def test_a_ramp_is_met_in_the_middle_and_at_both_ends() -> None:
    audio = tone(1_000.0, 4.0)
    flat = audio.copy()
    ride(audio, timeline(audio), 1.0, 0.0, level=Curve(((1.0, 0.0), (3.0, -20.0))))

    def level_db(seconds: float) -> float:
        at = slice(round(seconds * RATE) - 480, round(seconds * RATE) + 480)
        return float(20 * np.log10(audio[0, at].std() / flat[0, at].std()))

    assert level_db(0.5) == pytest.approx(0.0, abs=0.01)
    assert level_db(2.0) == pytest.approx(-10.0, abs=0.1)
    assert level_db(3.5) == pytest.approx(-20.0, abs=0.01)


def test_bars_follow_the_time_map_and_go_on_past_the_end() -> None:
    bars = (0.0, 2.0, 3.0, 4.0)  # the first bar is slow
    curve = Curve(((0.5, -6.0), (2.0, 0.0), (5.0, 3.0)), "bars")
    found = curve_at(curve, np.array([1.0, 3.0, 6.0]), bars)
    assert found == pytest.approx([-6.0, 0.0, 3.0])


def test_exponential_is_equal_ratios() -> None:
    curve = Curve(((0.0, 100.0), (2.0, 10_000.0)), shape="exponential")
    assert curve_at(curve, np.array([1.0]))[0] == pytest.approx(1_000.0)


@pytest.mark.parametrize("kind", ["level", "pan", "width"])
def test_a_jump_is_a_glide_without_clicks(kind: str) -> None:
    audio = tone(220.0, 2.0)
    audio[1] *= -0.5
    jump = (
        Curve(((1.0, 0.0), (1.0, -12.0))) if kind == "level" else Curve(((1.0, -0.9), (1.0, 0.9)))
    )
    if kind == "width":
        jump = Curve(((1.0, 0.0), (1.0, 2.0)))
    before = np.abs(np.diff(audio, 2, axis=1)).max()
    moves = {"level": jump} if kind == "level" else {"place": jump}
    ride(audio, timeline(audio), 1.0, 0.0, **({"width": jump} if kind == "width" else moves))
    # A click would bend the curve a hundred times as much as the tone itself does.
    assert np.abs(np.diff(audio, 2, axis=1)).max() < 4.0 * before


def test_fixed_ride_is_pan_and_gain() -> None:
    audio = tone(500.0, 0.5)
    ride(audio, timeline(audio), 0.5, 1.0)
    assert np.abs(audio[0]).max() < 1e-6
    assert np.abs(audio[1]).max() == pytest.approx(0.5 * 0.5 * 2**0.5, rel=1e-3)


@pytest.mark.parametrize("kind", ["low_pass", "high_pass"])
@pytest.mark.parametrize("hz", [80.0, 1_000.0, 8_000.0])
def test_moving_filter_is_3_db_down_at_its_cutoff(kind: str, hz: float) -> None:
    audio = tone(hz, 1.0)
    before = audio[0, RATE // 2 :].std()
    sweep(audio, timeline(audio), Curve(((0.0, hz),)), kind)
    assert 20 * np.log10(audio[0, RATE // 2 :].std() / before) == pytest.approx(-3.01, abs=0.05)


def test_a_filter_that_opens_lets_the_highs_in_without_steps() -> None:
    rng = np.random.default_rng(0)
    audio = (0.1 * rng.standard_normal((2, 4 * RATE))).astype(np.float32)
    sweep(audio, timeline(audio), Curve(((0.5, 200.0), (3.5, 18_000.0)), shape="exponential"),
          "low_pass")  # fmt: skip
    loud = [audio[0, i * RATE // 2 : (i + 1) * RATE // 2].std() for i in range(8)]
    assert all(later > earlier for earlier, later in pairwise(loud[1:]))
    sine = tone(200.0, 4.0)
    sweep(sine, timeline(sine), Curve(((0.5, 200.0), (3.5, 18_000.0)), shape="exponential"),
          "low_pass")  # fmt: skip
    assert np.abs(np.diff(sine, 2, axis=1)).max() < 1.2 * np.abs(np.diff(tone(200.0, 1.0), 2)).max()


def test_loops_come_round() -> None:
    looped = Timeline(3 * RATE, RATE, RATE, 2 * RATE)
    values = looped.values(Curve(((0.0, 0.0), (2.0, 12.0))))
    assert values[100] == pytest.approx(values[100 + 2 * RATE // 64], abs=0.2)


@pytest.mark.parametrize(
    "curve",
    [
        Curve(()), Curve(((1.0, 0.0), (0.0, 1.0))), Curve(((0.0, float("nan")),)),
        Curve(((0.0, -1.0),), shape="exponential"), Curve(((0.0, 1.0),), "hours"),
        Curve(((0.0, 1.0),), "bars"), Curve(((0.0, 1.0),), shape="wobbly"),
    ],
)  # fmt: skip
def test_impossible_curves_are_named(curve: Curve) -> None:
    with pytest.raises(AudioError, match="curve"):
        curve_at(curve, np.zeros(1))
