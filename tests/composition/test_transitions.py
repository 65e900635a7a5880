"""Risers lead into drops and impacts land on them, where the style uses them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from songwright import palette
from songwright.brief.understand import understand
from songwright.composition.plan import Plan
from songwright.composition.planning import make_plan
from songwright.composition.transitions import PATTERNS, transition_notes
from songwright.composition.writing import write_score
from songwright.styles import style, style_ids


def plan(prompt: str, seed: int = 1, style_id: str = "house") -> Plan:
    return make_plan(replace(understand(prompt), style=style_id), seed)


def moving(made: Plan) -> list[str]:
    return [part.id for part in made.parts if part.patterns[:1] and part.patterns[0] in PATTERNS]


def test_risers_end_where_a_drop_begins_and_impacts_begin_there() -> None:
    made = plan("a full song with a build and a drop")
    assert moving(made) == ["riser", "impact"]
    bar = made.meter.bar_ticks
    drops = {s.start_bar * bar for s in made.sections if s.function in ("drop", "chorus")}
    risers = transition_notes(made.part("riser"), made)
    impacts = transition_notes(made.part("impact"), made)
    assert risers
    assert {note.end_ticks for note in risers} <= drops
    assert {note.onset_ticks for note in impacts} == {note.end_ticks for note in risers}
    for note, impact in zip(risers, impacts, strict=True):
        section = made.section_at(impact.onset_ticks // bar)
        assert note.pitch % 12 == section.key.tonic_pc
        assert note.duration_ticks >= bar


def test_the_score_and_the_decisions_hold_them() -> None:
    brief = replace(understand("a full song with a build and a drop"), style="drum_and_bass")
    made = make_plan(brief, 2, "rules")
    score = write_score(made, brief)
    parts = {part.id: part for part in score.parts}
    for kind in PATTERNS:
        assert parts[kind].notes
        assert kind in palette.get(parts[kind].sound).texture
        assert any(d.control == f"sound of {kind}" for d in made.decisions)


@pytest.mark.parametrize(
    "prompt", ["house without percussion", "solo piano", "house, sparse", "house, no effects"]
)
def test_they_stay_away_when_they_are_not_wanted(prompt: str) -> None:
    assert moving(plan(prompt)) == []


@pytest.mark.parametrize("style_id", ["string_quartet", "jazz_swing", "folk", "hymn_choral"])
def test_acoustic_styles_have_none(style_id: str) -> None:
    if style_id in style_ids():
        assert moving(plan("a full song", 1, style_id)) == []


def test_styles_name_risers_and_impacts() -> None:
    for name in style_ids():
        for sound in style(name).transitions:
            assert set(PATTERNS) & set(palette.get(sound).texture), (name, sound)
