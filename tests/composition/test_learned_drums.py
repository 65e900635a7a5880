"""Drums by the model: they keep the kit, the grid and the style, and rules take over when asked."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from songwright.composition.drum_meter import Stroke
from songwright.composition.drums import drum_part
from songwright.composition.learned import drum_sampling, drum_seam
from songwright.composition.learned.drum_judge import alike, fill_score, groove_score
from songwright.composition.learned.drum_seam import drum_decisions
from songwright.composition.learned.drum_steps import StepGrid, bars_of, steps_of
from songwright.composition.learned.drum_styles import drummers
from songwright.composition.plan import PartPlan, Plan, SectionPlan
from songwright.models.grooves import FAMILIES
from songwright.models.grooves import Stroke as Step
from songwright.score import Note
from songwright.styles import style_ids
from songwright.theory import Key, Meter

KEY = Key("C", "major")
FOUR = Meter(4, 4)


def make_plan(
    style: str = "rock",
    patterns: tuple[str, ...] = ("rock_basic",),
    maker: str = "mixed",
    swing: float = 0.5,
    seed: int = 3,
) -> Plan:
    """Verse, chorus, verse of eight bars each for a kit alone."""
    made = tuple(
        SectionPlan(f"s{i}", name, letter, count, 8 * i, 8, (4, 4), energy, KEY, ("drums",))
        for i, (name, letter, count, energy) in enumerate(
            [("verse", "A", 0, 0.5), ("chorus", "B", 0, 0.8), ("verse", "A", 1, 0.5)]
        )
    )
    kit = "jazz_kit" if style == "jazz_swing" else "standard_kit"
    part = PartPlan("drums", "Drums", "drums", kit, patterns, 35, 81)
    energy = tuple(s.energy for s in made for _ in range(8))
    return Plan(
        "t", seed, style, "full song", KEY, 118.0, FOUR, "straight", swing, 240, 24, made,
        energy, (part,), (), "final", maker=maker,
    )  # fmt: skip


@cache
def written(plan: Plan) -> tuple[Note, ...]:
    return drum_part(plan.parts[0], plan)


def places(notes: tuple[Note, ...], bar: int) -> set[tuple[int, int]]:
    return {(n.onset_ticks % 1920, n.pitch) for n in notes if n.onset_ticks // 1920 == bar}


def test_every_drummer_belongs_to_a_style_and_to_a_family_of_the_model() -> None:
    assert drummers().keys() <= set(style_ids())
    assert {facts.family for facts in drummers().values()} <= set(FAMILIES)


def test_rock_is_sampled_and_keeps_its_back_beat_and_grid() -> None:
    notes = written(make_plan())
    assert notes != written(make_plan(maker="rules"))
    assert all(n.onset_ticks % 120 == 0 for n in notes)
    for bar in (1, 2, 4, 9, 10):
        snares = {tick for tick, key in places(notes, bar) if key == 38}
        assert {480, 1440} <= snares, bar


def test_only_drums_of_the_rules_groove_are_struck_outside_of_fills() -> None:
    keys = {n.pitch for n in written(make_plan(maker="rules"))} | {46}
    found = {key for bar in (1, 2, 9, 10) for _, key in places(written(make_plan()), bar)}
    assert found <= keys


def test_density_stays_near_that_of_the_rules() -> None:
    learned, rules = written(make_plan()), written(make_plan(maker="rules"))
    assert 0.6 < len(learned) / len(rules) < 1.5


def test_a_returning_section_is_recognised() -> None:
    notes = written(make_plan())
    for bar in (1, 2):
        assert places(notes, bar) == places(notes, 16 + bar)


def test_swung_eighths_are_written_evenly() -> None:
    notes = written(make_plan("jazz_swing", ("swing_ride",), swing=0.64))
    assert {n.onset_ticks % 480 for n in notes if n.onset_ticks < 7 * 1920} <= {0, 160, 240, 320}


def test_the_same_plan_gives_the_same_notes_and_another_seed_others() -> None:
    first = written(make_plan())
    drum_sampling.sampled.cache_clear()
    assert drum_part(make_plan().parts[0], make_plan()) == first
    assert written(make_plan(seed=4)) != first


def test_without_the_model_rules_write_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = written(make_plan(maker="rules"))
    drum_sampling.sampled.cache_clear()
    for module in (drum_sampling, drum_seam):
        monkeypatch.setattr(module, "drum_model", lambda: "the model 'drums' is not installed")
    plan = make_plan()
    assert drum_part(plan.parts[0], plan) == rules
    said = {d.control: d for d in drum_decisions(plan)}
    assert said["drums"].value == said["drum touch"].value == "rules"
    assert "not installed" in said["drums"].reason
    drum_sampling.sampled.cache_clear()


@pytest.mark.parametrize(
    "change", [{"feel": "half-time"}, {"meter": Meter(5, 4)}, {"style": "techno"}]
)
def test_what_the_model_does_not_know_is_written_by_rules(change: dict[str, object]) -> None:
    plan = replace(make_plan(), **change)
    assert drum_part(plan.parts[0], plan) == drum_part(plan.parts[0], replace(plan, maker="rules"))


def test_grooves_of_another_style_are_left_to_rules() -> None:
    plan = make_plan(patterns=("one_drop",))
    assert written(plan) == written(replace(plan, maker="rules"))


def test_decisions_name_the_makers() -> None:
    assert [(d.control, d.value) for d in drum_decisions(make_plan())] == [
        ("drums", "learned"), ("drum touch", "learned"),
    ]  # fmt: skip
    assert {d.value for d in drum_decisions(make_plan(maker="rules"))} == {"rules"}


def rock(bars: int = 2) -> tuple[Step, ...]:
    bar = [Step(0, "kick", 100), Step(24, "kick", 100), Step(12, "snare", 100),
           Step(36, "snare", 100), *(Step(p, "hat", 80) for p in range(0, 48, 6))]  # fmt: skip
    return tuple(sorted(s._replace(onset=s.onset + 48 * b) for b in range(bars) for s in bar))


def test_the_judge_hears_a_missing_back_beat_a_lost_hand_and_a_copy() -> None:
    grid = StepGrid(FOUR, False, False)
    own = rock()
    best = groove_score(own, own, 2, grid, (1, 3))
    assert best == pytest.approx(1.0)
    no_back = tuple(s for s in own if s.voice != "snare")
    no_hand = tuple(s for s in own if s.voice != "hat" or s.onset < 24)
    assert groove_score(no_back, own, 2, grid, (1, 3)) < 0.5
    assert groove_score(no_hand, own, 2, grid, (1, 3)) < best - 0.1
    assert alike(own, own) == 1.0


def test_the_judge_prefers_a_fill_that_leads_on() -> None:
    grid = StepGrid(FOUR, False, False)
    groove = rock(1)
    rolled = tuple(
        Step(p, "snare" if p < 36 else "low_tom", 100) for p in range(24, 48, 3) if p != 27
    )
    assert fill_score(rolled, groove, grid) > 0.9
    assert fill_score(groove, groove, grid) < 0.5


def test_strokes_survive_the_way_to_the_model_and_back() -> None:
    grid = StepGrid(FOUR, True, True, middles=False)
    bar = [Stroke(0, "ride", 98, 120), Stroke(720, "ride", 98, 120), Stroke(720, "stick", 98, 120)]
    steps = steps_of([bar], grid)
    assert {s.onset for s in steps} == {0, 20}
    back = bars_of(steps, 1, grid, {"ride": 98.0, "rim": 98.0})
    assert sorted((s.tick, s.voice, s.velocity) for s in back[0]) == sorted(
        (s.tick, s.voice, s.velocity) for s in bar
    )
