"""Rankings follow the weights, the reasons follow the numbers, a taste is learned and forgotten."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.session.variants.made_up import evaluation

from songwright.composition import Plan
from songwright.errors import BriefError, ProjectError
from songwright.evaluate import measure_piece, piece_of
from songwright.perform import Performance
from songwright.score import Score
from songwright.seeds import rng
from songwright.session.store import Project
from songwright.session.variants import (
    Step,
    evaluation_of,
    forget,
    keep_weights,
    rank_variants,
    read_weights,
    reasons,
)
from songwright.session.variants.evaluation import HookFacts, Lift, MoodFacts, OutsideFact
from songwright.session.variants.measures import weighted_mean
from songwright.session.variants.reasons import interval_name
from songwright.session.variants.taste import learn

WEIGHTS = {"hook": 1.0, "mood": 1.0, "coherence": 1.0, "adherence": 2.0}


def test_the_measures_are_those_of_the_judge(batch: tuple[Project, list[Step]]) -> None:
    project, _ = batch
    variant = project.variant("v1")
    found = evaluation_of(project, variant)
    plan = project.value(variant.slots["plan"], Plan)
    piece = piece_of(
        project.value(variant.slots["score"], Score),
        project.value(variant.slots["performance"], Performance), plan.energy,
    )  # fmt: skip
    values = {m.metric: m.value for m in measure_piece(piece) if m.value is not None}
    assert found.metrics == values
    if "hook_strength" in values:
        assert found.measures["hook"] == pytest.approx(values["hook_strength"], abs=1e-4)
        assert found.hook is not None
        assert f"returns {found.hook.returns}×" in reasons(found)[0]
    assert found.mood.valence == values["valence"]
    assert found.measures["adherence"] == np.mean([met for _, met in found.controls])
    assert {name.split()[0] for name, _ in found.controls} == {
        "tempo", "key", "bars", "instrument"
    }  # fmt: skip
    assert found.range_semitones == round(values["melodic_range"])


def test_the_order_is_that_of_the_weighted_mean(batch: tuple[Project, list[Step]]) -> None:
    project, _ = batch
    for name in ("hook", "mood", "coherence"):
        only = dict.fromkeys(WEIGHTS, 0.0) | {name: 1.0}
        rows = rank_variants(project, only).rows
        values = [row.evaluation.measures[name] for row in rows]
        assert values == sorted(values, reverse=True)
        assert [row.grade for row in rows] == values
        assert [row.rank for row in rows] == [1, 2, 3, 4]


def test_reasons_say_what_was_measured() -> None:
    found = replace(
        evaluation(adherence=0.5),
        hook=HookFacts(5, 4, 9, 7, 0.9, 0.8), lift=Lift("chorus", "verse", 0.4),
        mood=MoodFacts(-0.3, 0.1, 0.4, 0.1, True), range_semitones=14,
        outside=(OutsideFact("Phrase return", 0.21, 0.5, True, "pop"),),
    )  # fmt: skip
    assert reasons(found) == (
        "hook of 9 notes returns 5× from bar 5, range a ninth",
        "chorus only +0.4 dB over verse",
        "darker than asked (-0.30 for +0.40)",
        "phrase return 0.21 under the 0.5 of human music",
        "misses tempo 120 BPM",
    )
    assert reasons(replace(found, lift=Lift("drop", "A", 3.2)))[1] == "drop +3.2 dB over A"
    assert reasons(replace(found, lift=Lift("drop", "A", -1.0)))[1] == "drop 1.0 dB under A"
    assert (
        reasons(replace(found, hook=None))[0] == "no motif comes back note for note, range a ninth"
    )


@pytest.mark.parametrize(
    ("semitones", "name"),
    [(0, "a unison"), (4, "a third"), (8, "a sixth"), (12, "an octave"), (14, "a ninth"),
     (17, "an eleventh"), (24, "2 octaves"), (27, "2 octaves and more")],
)  # fmt: skip
def test_intervals_have_names(semitones: int, name: str) -> None:
    assert interval_name(semitones) == name


def test_weights_are_read_and_kept(project: Project) -> None:
    assert read_weights("hook=2, mood=0.5") == WEIGHTS | {"hook": 2.0, "mood": 0.5}
    keep_weights(project, {"hook": 3.0})
    assert rank_variants(project).weights["hook"] == 3.0


@pytest.mark.parametrize("text", ["loud=2", "hook", "hook=x", "hook=-1", "hook=nan",
                                  "hook=0,mood=0,coherence=0,adherence=0"])  # fmt: skip
def test_bad_weights_are_told(text: str) -> None:
    with pytest.raises(BriefError):
        read_weights(text)


def test_an_unknown_name_is_told(batch: tuple[Project, list[Step]]) -> None:
    with pytest.raises(ProjectError, match="no variant 'v9'"):
        rank_variants(batch[0], names=["v9"])


# Taste ----------------------------------------------------------------------------------------


def pool(count: int = 60) -> list:  # type: ignore[type-arg]
    chance = rng(5, "pool")
    return [
        evaluation(
            chance.random(), chance.random(), chance.random(), tempo=chance.uniform(6.0, 7.5),
            density=chance.uniform(3.0, 6.0), contrast=chance.uniform(0.0, 8.0),
        )
        for _ in range(count)
    ]  # fmt: skip


def agreement(scores: list[float], likes: list[bool]) -> float:
    """Share of pairs of a liked and an unliked piece that are in the right order."""
    good = [s for s, like in zip(scores, likes, strict=True) if like]
    bad = [s for s, like in zip(scores, likes, strict=True) if not like]
    return float(np.mean([g > b for g in good for b in bad]))


def test_without_marks_the_order_is_that_of_the_weights() -> None:
    pieces = pool()
    taste = learn(pieces, [], [], WEIGHTS)
    plain = [weighted_mean(piece.measures, WEIGHTS) for piece in pieces]
    assert np.array_equal(np.argsort([taste.score(p) for p in pieces]), np.argsort(plain))
    assert taste.leanings() == ()


def test_a_taste_for_slow_and_sparse_pieces_is_learned() -> None:
    pieces = pool(120)

    def likes(piece: object) -> bool:
        character = piece.character  # type: ignore[attr-defined]
        return bool(character["tempo"] - 6.75 + (character["density"] - 4.5) / 2 < 0.0)

    shown, others = pieces[:30], pieces[30:]
    starred = [p for p in shown if likes(p)]
    rejected = [p for p in shown if not likes(p)]
    before = learn(pieces, [], [], WEIGHTS)
    after = learn(pieces, starred, rejected, WEIGHTS)
    truth = [likes(p) for p in others]
    assert agreement([before.score(p) for p in others], truth) < 0.65
    assert agreement([after.score(p) for p in others], truth) > 0.8
    said = " ".join(after.leanings()[:2])
    assert "slower" in said
    assert "sparser" in said


def test_one_mark_moves_little_and_many_move_much() -> None:
    pieces = pool(40)
    fast = sorted(pieces, key=lambda p: p.character["tempo"])
    one = learn(pieces, fast[-1:], [], WEIGHTS).learned["tempo"]
    ten = learn(pieces, fast[-10:], fast[:10], WEIGHTS).learned["tempo"]
    assert 0.0 < one < 0.25
    assert ten > 3 * one


def test_marks_change_the_ranking_and_it_says_so_until_they_are_forgotten(
    batch: tuple[Project, list[Step]], project: Project
) -> None:
    bundle = batch[0].export_bundle(project.folder.parent / "batch")
    project.import_bundle(bundle)
    plain = rank_variants(project)
    assert plain.says == ""
    last = plain.rows[-1].variant.name
    project.star(last)
    for row in plain.rows[:-1]:
        project.reject(row.variant.name)
    learned = rank_variants(project)
    assert "1 star and 3 rejections" in learned.says
    assert learned.taste is not None
    assert learned.taste.learned != learned.taste.start
    assert [r.plain_rank for r in rank_variants(project, use_taste=False).rows] == [1, 2, 3, 4]
    assert forget(project) == 4
    again = rank_variants(project)
    assert again.says == ""
    assert [r.variant.name for r in again.rows] == [r.variant.name for r in plain.rows]
    assert project.variant(last).starred  # the mark stays
    project.reject(last)  # set another way, it counts again
    assert "1 rejection" in rank_variants(project).says
