"""Groove, syncopation, swing, timing and velocity: known answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from songwright.evaluate import evaluate_score
from songwright.evaluate.symbolic.groove import mean_likeness
from songwright.perform.model import Performance, PlayedNote, PlayedPart
from songwright.score import Note, Score
from songwright.seeds import rng
from tests.evaluate.conftest import line, score_of


def values(score: Score, performance: Performance | None = None) -> dict[str, float | None]:
    return {m.metric: m.value for m in evaluate_score(score, performance)}


def test_likeness_of_bars_by_hand() -> None:
    grid = np.array([[1, 0, 1, 0], [1, 0, 1, 0], [1, 1, 0, 0]], float)
    similarity, jaccard = mean_likeness(grid)
    assert similarity == pytest.approx(1 - (0 + 2 / 4 + 2 / 4) / 3)
    assert jaccard == pytest.approx((1 + 1 / 3 + 1 / 3) / 3)


def test_one_rhythm_and_random_rhythm() -> None:
    same = values(score_of(("lead", "violin", line("C4:1 D4:0.5 E4:0.5 F4:2 " * 8))))
    assert same["groove_similarity_16"] == same["onset_jaccard_16"] == 1.0
    draw = rng(1, "rhythm")
    slots = [b * 16 + s for b in range(32) for s in sorted(draw.sample(range(16), 5))]
    wild = values(score_of(("lead", "violin", [Note(120 * s, 120, 60 + s % 7) for s in slots])))
    assert wild["onset_jaccard_16"] < 0.25
    assert wild["rhythm_entropy"] > 2.0 > same["rhythm_entropy"]


def test_syncopation_by_hand() -> None:
    # Quarters on the beat: none. A note on the second eighth held over the second beat: weights
    # -3 (its place) and -2 (the beat), so 1 each; the last of a bar held over the bar line: 3.
    assert values(score_of(("lead", "violin", line("C4:1 " * 16))))["syncopation"] == 0.0
    charleston = line("C4:0.5 C4:1 C4:0.5 C4:2 " * 4)
    assert values(score_of(("lead", "violin", charleston)))["syncopation"] == pytest.approx(1.0)
    pushed = line("C4:3.5 C4:4 C4:4 C4:4 C4:4 C4:4 C4:4 C4:4 C4:4")
    # Every note from the second on begins an eighth before a bar line: -3 against 0, once a bar.
    assert values(score_of(("lead", "violin", pushed)))["syncopation"] == pytest.approx(3.0)


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_swing_ratio_is_that_of_the_ticks(ratio: float) -> None:
    first = round(480 * ratio / (1 + ratio))
    notes = [Note(480 * b + o, 200, 60) for b in range(32) for o in (0, first)]
    assert values(score_of(("lead", "violin", notes)))["swing_ratio"] == pytest.approx(
        ratio, rel=0.02
    )


def test_swing_ratio_is_that_of_the_performance() -> None:
    notes = [Note(240 * i, 240, 60 + i % 5) for i in range(64)]
    score = score_of(("lead", "violin", notes))
    played = tuple(
        PlayedNote(0.25 * i + (0.5 / 6 if i % 2 else 0.0), 0.2, 60 + i % 5, 80) for i in range(64)
    )
    performance = Performance((PlayedPart("p0", "", "lead", "violin", played),), 17.0)
    assert values(score, performance)["swing_ratio"] == pytest.approx(2.0, rel=0.05)
    # Swing is no jitter: it is the same for every off-beat.
    assert values(score, performance)["microtiming_ms"] == pytest.approx(0.0, abs=0.01)


def human(spread_seconds: float, velocity_spread: float) -> tuple[Score, Performance]:
    draw = rng(7, "player")
    notes = [Note(240 * i, 240, 60 + i % 5) for i in range(200)]
    score = score_of(("lead", "violin", notes))
    played = tuple(
        PlayedNote(max(0.0, 0.25 * i + draw.gauss(0, spread_seconds)), 0.2, 60 + i % 5,
                   max(1, min(127, round(80 + draw.gauss(0, velocity_spread)))))
        for i in range(200)
    )  # fmt: skip
    return score, Performance((PlayedPart("p0", "", "lead", "violin", played),), 51.0)


def test_robot_player_and_drunk() -> None:
    for spread_ms, velocity in ((0.0, 0.0), (10.0, 8.0), (50.0, 25.0)):
        found = values(*human(spread_ms / 1000, velocity))
        assert found["microtiming_ms"] == pytest.approx(spread_ms, rel=0.15, abs=0.01)
        assert found["velocity_spread"] == pytest.approx(velocity, rel=0.15, abs=0.3)


def test_timing_of_an_unquantised_file_is_read_from_its_ticks() -> None:
    draw = rng(3, "ticks")
    notes = [Note(max(0, 480 * i + round(draw.gauss(0, 10))), 240, 60) for i in range(200)]
    found = values(score_of(("lead", "violin", notes)))["microtiming_ms"]
    assert found == pytest.approx(10 / 480 * 500, rel=0.15)  # 10 ticks at 120 bpm


def test_a_triplet_feel_is_no_jitter() -> None:
    notes = [Note(160 * i, 160, 60 + i % 3) for i in range(96)]
    assert values(score_of(("lead", "violin", notes)))["microtiming_ms"] == pytest.approx(0.0)


def test_drums_that_loop_and_drums_that_vary() -> None:
    beat = [Note(1920 * b + o, 60, k) for b in range(8) for o, k in ((0, 36), (480, 38), (960, 36))]
    loop = values(score_of(("drums", "standard_kit", beat)))
    assert loop["drum_jaccard_16"] == 1.0
    assert loop["drum_variety"] == pytest.approx(1 / 8)
    fill = [Note(1920 * b + 1440 + 120 * b % 480, 60, 45) for b in range(8)]
    varied = values(score_of(("drums", "standard_kit", beat + fill)))
    assert varied["drum_jaccard_16"] < 1.0
    assert varied["drum_variety"] > loop["drum_variety"]


def test_flattened_velocities_show(ode: Score) -> None:
    loud = replace(
        ode,
        parts=tuple(
            p.with_notes(tuple(replace(n, velocity=60 + n.onset_ticks // 480) for n in p.notes))
            for p in ode.parts
        ),
    )
    assert values(loud)["velocity_spread"] > 10 > values(ode)["velocity_spread"]
    assert values(loud)["dynamics_span"] > 3 > values(ode)["dynamics_span"]
