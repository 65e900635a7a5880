"""Risers lead into drops and impacts land on them, where the style uses them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from songwright import palette
from songwright.brief.understand import understand
from songwright.composition.plan import Decision, PartPlan, Plan, SectionPlan
from songwright.composition.planning import make_plan
from songwright.composition.tape_stops import with_tape_stop
from songwright.composition.transitions import PATTERNS, transition_notes, with_transitions
from songwright.composition.writing import write_score
from songwright.evaluate.piece import piece_of
from songwright.styles import style, style_ids
from songwright.theory import Key

TAGS = {"riser": "riser", "impact": "impact", "fall": "downlifter"}


def plan(prompt: str, seed: int = 1, style_id: str = "house") -> Plan:
    return make_plan(replace(understand(prompt), style=style_id), seed)


def moving(made: Plan) -> list[str]:
    return [part.id for part in made.parts if part.patterns[:1] and part.patterns[0] in PATTERNS]


def test_risers_end_where_a_drop_begins_and_impacts_begin_there() -> None:
    made = plan("a full song with a build and a drop")
    assert {"riser", "impact"} <= set(moving(made))
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
    assert {"riser", "impact"} <= set(moving(made))
    for kind in moving(made):
        assert parts[kind].notes
        assert TAGS[kind] in palette.get(parts[kind].sound).texture
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


def test_styles_name_risers_impacts_and_downlifters() -> None:
    for name in style_ids():
        for sound in style(name).transitions:
            assert set(TAGS.values()) & set(palette.get(sound).texture), (name, sound)
    assert set(PATTERNS) == set(TAGS)


def section(name: str, function: str, start: int, bars: int, energy: float) -> SectionPlan:
    letter = function[0].upper()
    return SectionPlan(
        name, function, letter, 0, start, bars, (bars,), energy, Key("A", "minor"), ("drums",)
    )


FORM = (
    section("verse", "verse", 0, 8, 0.5),
    section("drop", "drop", 8, 8, 0.9),
    section("breakdown", "breakdown", 16, 8, 0.3),
    section("chorus", "chorus", 24, 8, 0.85),
    section("outro", "outro", 32, 4, 0.6),
)
DRUMS = (PartPlan("drums", "Drums", "drums", "electronic_kit", (), 35, 81),)


def moved(
    style_id: str = "techno", prompt: str = "", seed: int = 1
) -> tuple[tuple[SectionPlan, ...], tuple[PartPlan, ...], tuple[Decision, ...]]:
    brief = replace(understand(prompt or "a full song"), style=style_id)
    return with_transitions(FORM, DRUMS, brief, style(style_id), seed)


def test_a_downlifter_sinks_out_of_each_high_point_into_a_rest() -> None:
    quiet = tuple(replace(s, function="verse") if s.id == "drop" else s for s in FORM)
    brief = replace(understand("a full song"), style="techno")
    assert "fall" in with_transitions(quiet, DRUMS, brief, style("techno"), 1)[0][2].parts
    sections, parts, decisions = moved()
    assert [s.id for s in sections if "fall" in s.parts] == ["breakdown", "outro"]
    made = replace(plan("a full song"), sections=sections, parts=parts, bars=36)
    notes = transition_notes(made.part("fall"), made)
    bar = made.meter.bar_ticks
    assert [note.onset_ticks for note in notes] == [16 * bar, 32 * bar]
    for note, within in zip(notes, (4, 2), strict=True):
        assert 1 <= note.duration_ticks / bar <= within
        assert note.velocity < 100
    reason = next(d.reason for d in decisions if d.control == "sound of fall")
    assert "drop" in reason
    assert "breakdown" in reason


def test_downlifters_stay_away_where_nothing_sinks_and_where_they_are_not_wanted() -> None:
    assert all("fall" not in s.parts for s in moved("pop")[0])
    assert moved(prompt="techno, no downlifters")[1] == DRUMS
    flat = tuple(replace(s, energy=0.6) for s in FORM)
    brief = replace(understand("a full song"), style="techno")
    assert with_transitions(flat, DRUMS, brief, style("techno"), 1)[1] == DRUMS


def test_effects_are_no_notes_of_the_music() -> None:
    brief = replace(understand("a full song with a build and a drop"), style="drum_and_bass")
    made = make_plan(brief, 2, "rules")
    score = write_score(made, brief)
    bare = replace(score, parts=tuple(p for p in score.parts if p.id not in PATTERNS))
    assert len(bare.parts) < len(score.parts)
    with_them, without = piece_of(score), piece_of(bare)
    assert np.array_equal(with_them.notes["pitch"], without.notes["pitch"])
    assert with_them.drums.size == without.drums.size


def stopped(style_id: str, prompt: str, ending: str, seed: int) -> tuple[list[str], str]:
    brief = replace(understand(prompt), style=style_id)
    sections, decisions = with_tape_stop(FORM, DRUMS, brief, style(style_id), ending, seed)
    return [s.id for s in sections if s.tape_stop], " ".join(d.reason for d in decisions)


def test_a_tape_stop_is_rare_and_stands_at_a_cut_a_lift_or_the_end() -> None:
    found = [stopped("lofi_hiphop", "a full song", "final", seed) for seed in range(60)]
    places = [where for where, _ in found if where]
    assert all(len(where) == 1 and why for where, why in found if where)
    assert 12 <= len(places) <= 42
    assert {where[0] for where in places} <= {"verse", "drop", "breakdown", "chorus", "outro"}
    assert "outro" in {where[0] for where in places}
    assert found == [stopped("lofi_hiphop", "a full song", "final", seed) for seed in range(60)]
    for seed in range(20):
        assert "outro" not in stopped("lofi_hiphop", "a full song", "loop", seed)[0]


@pytest.mark.parametrize("style_id", ["jazz_swing", "techno", "string_quartet", "epic_trailer"])
def test_a_tape_stop_is_foreign_to_most_styles_but_can_be_asked_for(style_id: str) -> None:
    assert not any(stopped(style_id, "a full song", "final", seed)[0] for seed in range(20))
    where, why = stopped(style_id, "a full song with a tape stop", "final", 3)
    assert len(where) == 1
    assert why.startswith("asked for")
    assert not stopped("lofi_hiphop", "a full song, no tape stop", "final", 3)[0]
