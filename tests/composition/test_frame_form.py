"""Lengths are met, forms fit, energy follows the brief."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songwright.brief.model import Affect, Brief, EnergyPoint, Length, Modulation, TempoRequest
from songwright.composition.ensemble import choose_parts
from songwright.composition.entries import assign_sections
from songwright.composition.form import phrases_of, plan_sections
from songwright.composition.frame import make_frame
from songwright.composition.planning import make_plan
from songwright.composition.uses import use_of, uses
from songwright.score import MeterChange, TimeMap
from songwright.seeds import rng
from songwright.styles import style, style_ids
from songwright.theory import Key, Meter

STYLES = st.sampled_from(style_ids())


def _frame(brief: Brief, style_id: str, seed: int = 1):  # type: ignore[no-untyped-def]
    facts = style(style_id)
    return make_frame(brief, facts, use_of(brief.use, facts.family), rng(seed, "frame"))


def _seconds(frame) -> float:  # type: ignore[no-untyped-def]
    times = TimeMap.build(frame.tempos, (MeterChange(0, frame.meter),))
    return times.seconds(frame.bars * frame.meter.bar_ticks)


@settings(max_examples=120, deadline=None)
@given(
    STYLES, st.floats(8, 400), st.integers(40, 220),
    st.sampled_from([Meter(4, 4), Meter(3, 4), Meter(6, 8), Meter(7, 8), Meter(5, 4)]),
    st.booleans(),
)  # fmt: skip
def test_an_exact_length_is_met_within_one_percent(
    style_id: str, seconds: float, bpm: int, meter: Meter, ritardando: bool
) -> None:
    brief = Brief(
        length=Length("seconds", seconds, seconds, exact=True), tempo=TempoRequest(bpm, bpm),
        meter=meter, ending="final", ritardando=ritardando,
    )  # fmt: skip
    frame = _frame(brief, style_id)
    assert _seconds(frame) == pytest.approx(seconds, rel=0.01)
    assert frame.tempos[0].bpm == pytest.approx(bpm, rel=0.0201)


@settings(max_examples=60, deadline=None)
@given(STYLES, st.integers(1, 300))
def test_bars_are_met_exactly(style_id: str, bars: int) -> None:
    assert _frame(Brief(length=Length("bars", bars, bars)), style_id).bars == bars


def test_a_range_of_seconds_is_met() -> None:
    frame = _frame(Brief(length=Length("seconds", 31, 45)), "pop")
    assert 31 <= _seconds(frame) <= 45


def test_key_follows_mood_when_left_open() -> None:
    def minor_share(valence: float) -> float:
        keys = [
            make_frame(Brief(affect=Affect(valence=valence)), style("pop"), uses()["full song"],
                       rng(s, "frame")).key
            for s in range(60)
        ]  # fmt: skip
        return sum(k.is_minor for k in keys) / len(keys)

    assert minor_share(-0.9) > 0.6
    assert minor_share(0.9) < 0.25


def _sections(brief: Brief, style_id: str, seed: int = 1):  # type: ignore[no-untyped-def]
    facts = style(style_id)
    use = use_of(brief.use, facts.family)
    frame = make_frame(brief, facts, use, rng(seed, "frame"))
    return frame, *plan_sections(brief, facts, use, frame, rng(seed, "form"))


@settings(max_examples=120, deadline=None)
@given(STYLES, st.integers(1, 200), st.integers(0, 50), st.sampled_from(["", *uses()]))
def test_sections_and_phrases_add_up(style_id: str, bars: int, seed: int, use: str) -> None:
    brief = Brief(length=Length("bars", bars, bars), use=use)
    _, sections, energy = _sections(brief, style_id, seed)
    assert sum(s.bars for s in sections) == bars == len(energy)
    assert all(sum(s.phrases) == s.bars for s in sections)
    starts = [s.start_bar for s in sections]
    assert starts == [sum(s.bars for s in sections[:i]) for i in range(len(sections))]
    assert len({s.id for s in sections}) == len(sections)
    assert all(0.0 < e <= 1.0 for e in energy)


@given(st.integers(1, 100), st.integers(1, 8))
def test_phrases_fill_any_length(bars: int, phrase: int) -> None:
    assert sum(phrases_of(bars, phrase)) == bars


def test_a_climax_is_where_it_was_asked_for() -> None:
    points = (EnergyPoint(0.2, 0.0), EnergyPoint(1.0, seconds=70.0), EnergyPoint(0.2, 1.0))
    brief = Brief(
        energy=points, tempo=TempoRequest(96, 96), length=Length("seconds", 100, 100, True)
    )
    frame, _, energy = _sections(brief, "cinematic_ambient")
    bar_seconds = _seconds(frame) / frame.bars
    peak = max(range(len(energy)), key=lambda i: energy[i])
    assert abs((peak + 0.5) * bar_seconds - 70.0) < 2 * bar_seconds


def test_the_last_chorus_modulates() -> None:
    brief = Brief(key=Key("C", "major"), modulations=(Modulation("last chorus", 2),))
    _, sections, _ = _sections(brief, "pop")
    choruses = [s for s in sections if s.function == "chorus"]
    assert [str(s.key) for s in choruses[:-1]] == ["C major"] * (len(choruses) - 1)
    assert str(choruses[-1].key) == "D major"


@pytest.mark.parametrize("style_id", style_ids())
def test_every_section_has_players_and_every_part_is_heard(style_id: str) -> None:
    brief = Brief()
    _, sections, _ = _sections(brief, style_id)
    facts = style(style_id)
    parts, _ = choose_parts(brief, facts, use_of("", facts.family), rng(1, "ensemble"))
    assigned = assign_sections(sections, parts, facts)
    assert all(s.parts for s in assigned)
    assert {p for s in assigned for p in s.parts} == {p.id for p in parts}


@pytest.mark.parametrize("style_id", style_ids())
def test_a_short_piece_presents_its_tunes_in_the_order_of_its_form(style_id: str) -> None:
    orders = {
        tuple(
            dict.fromkeys(
                text.split(":")[2] for text in form.sections
                if text.split(":")[0] not in ("intro", "outro", "interlude")
            )
        )
        for form in style(style_id).forms
    }  # fmt: skip
    kept = 0
    for seed in range(6):
        plan = make_plan(Brief(style=style_id, length=Length("seconds", 60, 60)), seed)
        heard = dict.fromkeys(
            s.letter for s in plan.sections if s.function not in ("intro", "outro", "interlude")
        )
        kept += any(tuple(x for x in order if x in heard) == tuple(heard) for order in orders)
    assert kept >= 5
