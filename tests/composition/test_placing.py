"""Sections begin on the bar nearest to where they were asked to, in every style and length."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songwright.brief import understand
from songwright.composition import Plan
from songwright.composition.planning import make_plan
from songwright.errors import BriefError
from songwright.session import compose
from songwright.styles import style_ids


def plan_of(prompt: str, seed: int = 1) -> Plan:
    return make_plan(understand(prompt), seed, "rules")


def begins(plan: Plan, function: str) -> list[float]:
    """Where sections of a function begin, in seconds."""
    bar = plan.meter.bar_ticks / 480 * 60.0 / plan.tempo_bpm
    return [s.start_bar * bar for s in plan.sections if s.function == function]


def is_near(plan: Plan, function: str, seconds: float) -> bool:
    bar = plan.meter.bar_ticks / 480 * 60.0 / plan.tempo_bpm
    return any(abs(start - seconds) <= bar for start in begins(plan, function))


@pytest.mark.parametrize("style", style_ids())
def test_a_breakdown_and_a_drop_in_every_style(style: str) -> None:
    name = style.replace("_", " ")
    plan = plan_of(f"{name}, 2:30 long, breakdown at 1:00, drop at 1:30")
    assert is_near(plan, "breakdown", 60.0)
    assert is_near(plan, "drop", 90.0)
    assert sum(s.bars for s in plan.sections) == plan.bars


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(["pop", "house", "orchestral film", "blues", "waltz"]),
    st.integers(5, 50), st.integers(10, 60), st.integers(80, 150),
)  # fmt: skip
def test_two_places_anywhere(style: str, first: int, gap: int, bpm: int) -> None:
    second = first + gap
    plan = plan_of(
        f"{style}, {bpm} bpm, chorus at {first} seconds, bridge at {second} seconds, 2:30 long"
    )
    assert is_near(plan, "chorus", first)
    assert is_near(plan, "bridge", second)
    starts = [s.start_bar for s in plan.sections]
    assert starts == [sum(s.bars for s in plan.sections[:i]) for i in range(len(starts))]
    assert all(s.bars > 0 for s in plan.sections)


def test_a_timeline_is_kept_section_by_section() -> None:
    plan = plan_of("pop: intro 0:00, verse 0:15, chorus 0:45, outro 1:15, 1:30 long")
    assert [s.function for s in plan.sections] == ["intro", "verse", "chorus", "outro"]


def test_a_long_time_after_a_drop_is_not_one_drop() -> None:
    plan = plan_of("drum and bass, drop at 0:40, breakdown at 1:00, drop at 1:20, 3 minutes")
    last = [s.function for s in plan.sections if s.start_bar > plan.bars // 2]
    assert len(set(last)) > 1


def test_an_open_length_leaves_room() -> None:
    plan = plan_of("house, breakdown at 3:00, drop at 3:30")
    assert plan.bars * plan.meter.bar_ticks / 480 * 60.0 / plan.tempo_bpm > 240.0


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("ambient, breakdown at 5:00, 1 minute", "outside"),
        ("pop, bridge at 1:00, chorus at 1:00", "same bar"),
    ],
)
def test_places_that_cannot_be(prompt: str, words: str) -> None:
    with pytest.raises(BriefError, match=words):
        plan_of(prompt)


def test_the_report_measures_them(tmp_path: Path) -> None:
    song = compose("house, 2 minutes, breakdown at 0:50, drop at 1:15", seed=2)
    report = song.save(tmp_path / "piece", audio=False, evaluation=False).report
    assert report is not None
    rows = [row for row in report.controls if row.control == "section"]
    assert [row.verdict for row in rows] == ["met", "met"]
    assert "dB" in rows[1].measured
