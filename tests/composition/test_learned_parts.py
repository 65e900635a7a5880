"""Parts from the parts model: what must hold whatever the network says, and when rules write."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from tests.models.fakes import random_decoder

from songwright.brief import Brief, Length
from songwright.composition.accompany import accompany
from songwright.composition.accompany.stage import Stage, set_stage
from songwright.composition.learned import parts as learned_parts
from songwright.composition.learned.part_blocks import Block, blocks_of
from songwright.composition.learned.part_score import heard, score_block
from songwright.composition.learned.part_styles import PartFacts, manner, part_facts
from songwright.composition.learned.parts import learned_part, part_by_maker
from songwright.composition.plan import Decision, Plan
from songwright.composition.planning import make_plan
from songwright.composition.writing import write_score
from songwright.errors import ConstraintError, ModelError
from songwright.models.likeness import Sound
from songwright.models.lines import FAMILIES, VOCABULARY
from songwright.models.weights import names
from songwright.score import Note, Score
from songwright.styles import style, style_ids
from songwright.theory import Meter

STYLES = ("string_quartet", "hymn_choral", "solo_piano", "orchestral_film", "rock", "chiptune")
ROLES = ("inner", "counter", "bass", "chords", "arp", "pad", "riff")


@pytest.fixture(autouse=True)
def knows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network at random: whatever the constraints allow will come at some time."""
    monkeypatch.setattr(
        "songwright.models.decoder.load", lambda name, *_: random_decoder(VOCABULARY)
    )


def pieces(style_id: str, seed: int = 1, bars: int = 16) -> tuple[Plan, Score]:
    brief = Brief(style=style_id, length=Length("bars", bars, bars))
    plan = make_plan(brief, seed, "rules")
    return plan, write_score(plan, brief)


def written_before(score: Score) -> dict[str, tuple[Note, ...]]:
    """The tune, the bass and the drums: what every player may listen to."""
    return {p.id: p.notes for p in score.parts if p.role in ("lead", "bass", "drums")}


def relearned(plan: Plan, score: Score) -> dict[str, tuple[Stage, tuple[Note, ...]]]:
    """Each part that the model knows in this style, written by it."""
    found = {}
    for part in plan.parts:
        facts = part_facts(plan.style, part.role)
        ruled = score.part(part.id).notes
        if facts is not None and ruled:
            stage = set_stage(part, plan, style(plan.style), written_before(score))
            found[part.id] = stage, learned_part(stage, facts, ruled, written_before(score))
    return found


@pytest.mark.parametrize("style_id", STYLES)
def test_every_part_keeps_range_bars_sections_and_polyphony(style_id: str) -> None:
    plan, score = pieces(style_id)
    found = relearned(plan, score)
    assert found
    for part_id, (stage, notes) in found.items():
        part, bar = plan.part(part_id), plan.meter.bar_ticks
        ruled = score.part(part_id).notes
        assert notes != ruled
        assert all(part.low <= n.pitch <= part.high for n in notes)
        assert all(n.duration_ticks > 0 and n.end_ticks <= plan.bars * bar for n in notes)
        for note in notes:
            assert part_id in plan.section_at(note.onset_ticks // bar).parts
        if part.role in ("inner", "counter", "bass", "arp", "riff"):
            ordered = sorted(notes, key=lambda n: n.onset_ticks)
            body = [n for n in ordered if n.onset_ticks < (plan.bars - 1) * bar]
            assert all(a.end_ticks <= b.onset_ticks for a, b in pairwise(body)), part_id
        else:
            most = max(Counter(n.onset_ticks for n in ruled).values())
            assert max(Counter(n.onset_ticks for n in notes).values()) <= max(4, most)
        sounding: dict[int, int] = {}
        for note in notes:
            assert sounding.get(note.pitch, 0) <= note.onset_ticks
            sounding[note.pitch] = note.end_ticks
        assert stage.part.id == part_id


def test_chord_notes_fall_on_the_pulses_and_scale_notes_between() -> None:
    plan, score = pieces("hymn_choral")
    for stage, notes in relearned(plan, score).values():
        bars = {bar.index: bar for bar in stage.bars}
        for note in notes:
            bar = bars[note.onset_ticks // plan.meter.bar_ticks]
            if plan.meter.strength(note.onset_ticks - bar.start) >= 3 and not bar.last:
                assert note.pitch % 12 in bar.span_at(note.onset_ticks).chord.pcs


def test_rests_and_the_last_bar_stay_those_of_the_rules() -> None:
    plan, score = pieces("string_quartet", seed=3, bars=32)
    found = relearned(plan, score)
    for part_id, (stage, notes) in found.items():
        ruled = score.part(part_id).notes
        facts = part_facts(plan.style, stage.part.role)
        assert facts is not None
        for block in blocks_of(stage, facts, ruled, written_before(score)):
            if not block.held:
                assert not [n for n in notes if block.start <= n.onset_ticks < block.end]
        end = (plan.bars - 1) * plan.meter.bar_ticks
        assert [n.pitch for n in notes if n.onset_ticks >= end] == [
            n.pitch for n in ruled if n.onset_ticks >= end
        ]


def test_number_of_onsets_stays_near_that_of_the_rules() -> None:
    plan, score = pieces("orchestral_film")
    for part_id, (_, notes) in relearned(plan, score).items():
        ruled = {n.onset_ticks for n in score.part(part_id).notes}
        spare = manner(plan.part(part_id).role).spare
        onsets = {n.onset_ticks for n in notes}
        assert len(onsets) >= 0.5 * (1 - spare) * len(ruled), part_id
        assert len(onsets) <= 2 * (1 + spare) * len(ruled) + 8, part_id


def test_the_figure_of_a_style_keeps_its_rhythm() -> None:
    plan, score = pieces("solo_piano")
    (part_id, (_, notes)) = next(iter(relearned(plan, score).items()))
    ruled = {n.onset_ticks for n in score.part(part_id).notes}
    assert {n.onset_ticks for n in notes} <= ruled


def test_the_same_seed_gives_the_same_notes_and_another_seed_others() -> None:
    plan, score = pieces("string_quartet")
    first, again = relearned(plan, score), relearned(plan, score)
    assert {k: v[1] for k, v in first.items()} == {k: v[1] for k, v in again.items()}
    other = relearned(replace(plan, seed=plan.seed + 1), score)
    assert {k: v[1] for k, v in first.items()} != {k: v[1] for k, v in other.items()}


def test_a_returning_letter_takes_its_notes_over_where_nothing_differs() -> None:
    plan, score = pieces("hymn_choral", bars=32)
    stage, notes = relearned(plan, score)["alto"]
    first = plan.sections[0]
    back = next((s for s in plan.sections[1:] if s.letter == first.letter), None)
    if back is None or back.key != first.key:
        pytest.skip("no section comes back in its key")
    ruled, written = score.part("alto").notes, written_before(score)
    facts = part_facts("hymn_choral", "inner")
    assert facts is not None
    pairs: dict[int, list[Block]] = {}
    for block in blocks_of(stage, facts, ruled, written):
        if block.bars[0].section.id in (first.id, back.id):
            pairs.setdefault(block.number, []).append(block)
    same = [
        (a, b) for a, b in (row for row in pairs.values() if len(row) == 2)
        if (a.frame, a.onsets, a.bounds) == (b.frame, b.onsets, b.bounds)
    ]  # fmt: skip
    for a, b in same:
        rows = [
            [(n.onset_ticks - x.start, n.pitch) for n in notes if x.start <= n.onset_ticks < x.end]
            for x in (a, b)
        ]
        assert rows[0] == rows[1]


@pytest.mark.parametrize("maker", ["rules", "mixed"])
def test_rules_are_untouched_where_the_plan_wants_them(
    maker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, score = pieces("string_quartet")
    monkeypatch.setattr(learned_parts, "learned_part", _never)
    if maker == "mixed":
        facts = PartFacts("quartet", default="rules")
        monkeypatch.setattr(
            "songwright.composition.learned.part_styles.part_facts", lambda *_: facts
        )
    said: list[Decision] = []
    for part in plan.parts:
        if part.role in ("inner", "bass"):
            stage = set_stage(part, plan, style(plan.style), written_before(score))
            stage = replace(stage, plan=replace(plan, maker=maker))
            ruled = score.part(part.id).notes
            assert part_by_maker(stage, ruled, {}, said) is ruled
    assert not said


def _never(*_: Any) -> tuple[Note, ...]:
    raise AssertionError("the model was asked")


def test_roles_that_only_rules_know_stay_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    brief = Brief(style="latin_salsa", length=Length("bars", 16, 16))
    plan = replace(make_plan(brief, 1, "rules"), maker="learned")
    monkeypatch.setattr(learned_parts, "learned_part", _never)
    written: dict[str, tuple[Note, ...]] = {}
    for part in plan.parts:
        if part.role in ("bass", "chords"):
            assert accompany(part, plan, style("latin_salsa"), written)


@pytest.mark.parametrize("error", [ModelError("no file"), ConstraintError("no note is left")])
def test_what_the_model_cannot_write_the_rules_write_and_the_plan_says_so(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, score = pieces("string_quartet")
    learned = replace(plan, maker="learned")

    def refused(*_: Any) -> tuple[Note, ...]:
        raise error

    monkeypatch.setattr(learned_parts, "learned_part", refused)
    said: list[Decision] = []
    part = plan.part("viola")
    written = written_before(score)
    assert accompany(part, learned, style(plan.style), written, said) == accompany(
        part, plan, style(plan.style), written
    )
    assert [(d.control, d.value) for d in said] == [("part:viola", "rules")]
    assert str(error) in said[0].reason


def test_a_bar_longer_than_the_models_know_is_left_to_rules() -> None:
    plan, score = pieces("string_quartet")
    long = replace(plan, meter=Meter(7, 4), maker="learned")
    part = plan.part("viola")
    stage = replace(set_stage(part, plan, style(plan.style), {}), plan=long)
    ruled = score.part("viola").notes
    assert part_by_maker(stage, ruled, {}) is ruled


def test_the_score_marks_faults_of_part_writing() -> None:
    plan, score = pieces("string_quartet")
    stage = set_stage(plan.part("viola"), plan, style(plan.style), written_before(score))
    ruled = score.part("viola").notes
    facts = part_facts("string_quartet", "inner")
    assert facts is not None
    block = next(b for b in blocks_of(stage, facts, ruled, {}) if b.ruled and b.frame.bass)
    told = heard(block)
    chord = sorted(block.chords[0])
    low = block.bounds[0]
    fitting = low + (chord[0] - low) % 12
    calm = tuple(Sound(s, 12, fitting) for s in range(0, block.steps, 12))
    tune = block.frame.tune
    under = [max((t for t in tune if t.onset <= s.onset), default=tune[0]) for s in calm]
    rubbing = tuple(s._replace(pitch=t.pitch - 1) for s, t in zip(calm, under, strict=True))
    assert score_block(rubbing, told) < score_block(calm, told)
    jagged = tuple(s._replace(pitch=s.pitch + 11 * (i % 2)) for i, s in enumerate(calm))
    assert score_block(jagged, told) < score_block(calm, told)
    assert score_block((), told) < score_block(rubbing, told)


def test_the_table_names_styles_roles_and_families_that_exist() -> None:
    known = set(style_ids())
    listed = [(s, r, part_facts(s, r)) for s in known for r in ROLES]
    assert all(f.family in FAMILIES for _, _, f in listed if f is not None)
    assert {s for s, _, f in listed if f is not None} >= set(STYLES)
    for role in ROLES:
        assert 0 <= manner(role).like <= 1
        assert manner(role).candidates >= 1


@pytest.mark.skipif("parts" not in names(), reason="the parts model is not trained")
def test_the_shipped_model_writes_a_whole_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    brief = Brief(style="hymn_choral", length=Length("bars", 8, 8))
    plan = make_plan(brief, 5, "rules")
    said: list[Decision] = []
    first = write_score(replace(plan, maker="learned"), brief, None, said)  # checks all hard rules
    again = write_score(replace(plan, maker="learned"), brief)
    assert first == again
    assert ("part:alto", "learned") in {(d.control, d.value) for d in said}
