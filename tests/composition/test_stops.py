"""Stops: one stroke of the band, then a hole before the lift."""

from __future__ import annotations

from dataclasses import replace

import pytest

from songwright.brief import Brief, Length
from songwright.composition.plan import SectionPlan
from songwright.composition.stops import stopped, with_stops
from songwright.score import Note
from songwright.session import compose_brief
from songwright.theory import Key, Meter

KEY, COMMON, BAR = Key("E", "minor"), Meter(4, 4), 1920


def a_form(*levels: float, fill: bool = True) -> tuple[SectionPlan, ...]:
    return tuple(
        SectionPlan(f"s{i}", "A", f"L{i}", 0, 8 * i, 8, (4, 4), level, KEY, ("bass",), fill)
        for i, level in enumerate(levels)
    )


def test_only_a_lift_is_prepared_by_a_stop() -> None:
    form = a_form(0.5, 0.8, 0.5, 0.55)
    assert [s.stop for s in with_stops(form, 1.0, 1)] == [True, False, False, False]
    assert not any(s.stop for s in with_stops(form, 0.0, 1))
    assert not any(s.stop for s in with_stops(a_form(0.5, 0.8, fill=False), 1.0, 1))


def test_how_often_is_obeyed() -> None:
    form = a_form(0.4, 0.8)
    stops = sum(with_stops(form, 0.4, seed)[0].stop for seed in range(400))
    assert 120 < stops < 200


def test_the_band_strikes_once_and_is_silent() -> None:
    form = (replace(a_form(0.5)[0], stop=True),)
    last = 7 * BAR
    ringing = Note(last - 960, 1920, 40)
    notes = (ringing, Note(last, 960, 43), Note(last + 480, 240, 45), Note(last + 1680, 240, 47))
    assert stopped("bass", notes, form, COMMON) == (
        replace(ringing, duration_ticks=1440), Note(last, 480, 43, 100), notes[3],
    )  # fmt: skip
    assert stopped("chords", notes, form, COMMON) == (
        replace(ringing, duration_ticks=1440), Note(last, 480, 43, 100),
    )  # fmt: skip
    assert stopped("lead", notes, form, COMMON) == notes


def test_a_scratch_on_the_stroke_sounds() -> None:
    form = (replace(a_form(0.5)[0], stop=True),)
    scratch = Note(7 * BAR, 50, 64, 40, "ghost")
    assert stopped("chords", (scratch,), form, COMMON) == (Note(7 * BAR, 50, 64, 100),)


def test_two_pulses_leave_no_room_for_a_pickup() -> None:
    form = (replace(a_form(0.5)[0], stop=True),)
    late = Note(7 * 960 + 720, 240, 40)
    assert stopped("bass", (late,), form, Meter(2, 4)) == ()


@pytest.mark.parametrize("seed", [20105, 20107, 20110])
def test_a_funk_band_leaves_the_hole_to_the_drums(seed: int) -> None:
    song = compose_brief(Brief(style="funk", length=Length("bars", 40, 40)), seed)
    for section in song.plan.sections:
        if not section.stop:
            continue
        hole = (section.end_bar - 1) * BAR + 480, section.end_bar * BAR - 480
        for part in song.score.parts:
            onsets = [n.onset_ticks for n in part.notes]
            if part.role != "lead":
                assert not any(hole[0] <= t < hole[1] for t in onsets), part.id


def test_some_funk_stops() -> None:
    brief = Brief(style="funk", length=Length("bars", 40, 40))
    found = [any(s.stop for s in compose_brief(brief, k).plan.sections) for k in range(1, 7)]
    assert any(found)
