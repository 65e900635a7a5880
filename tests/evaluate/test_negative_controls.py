"""Spoilt music falls on the wrong side: each corruption against metrics that must notice it.

The pieces are the small public-domain ones of this folder; the table over real corpora is made by
``python -m bench.discrimination``.
"""

from __future__ import annotations

from statistics import fmean

import pytest
from bench.corruptions import CORRUPTIONS

from songwright.evaluate import evaluate_score
from songwright.score import Score

SEEDS = range(6)

# corruption: metrics that must fall (-1) or rise (+1) on average over seeds, for every piece
MUST_MOVE = {
    "looped": {"bar_repeat_exact": 1, "structure_short": 1, "compression_zlib": 1,
               "development_exact": 1},
    "pitches_shuffled": {"motif_coverage_5": -1, "chord_tone_ratio": -1, "mean_interval": 1,
                         "compression_cosiatec": -1, "step_share": -1},
    "random_pitch": {"key_clarity": -1, "scale_consistency": -1, "pitch_entropy_4": 1,
                     "consonance_pcs": -1, "tonal_distance": 1, "ctnctr": -1, "step_share": -1},
    "random_rhythm": {"onset_jaccard_16": -1, "rhythm_entropy": 1, "syncopation": 1,
                      "offbeat_share": 1, "bar_novelty": 1},
    "chords_late": {"chord_tone_ratio": -1, "harmonic_coupling": -1},
    "drunk": {"microtiming_ms": 1, "velocity_spread": 1},
}  # fmt: skip


def values(score: Score) -> dict[str, float | None]:
    return {m.metric: m.value for m in evaluate_score(score)}


@pytest.mark.parametrize("corruption", MUST_MOVE)
@pytest.mark.parametrize("piece", ["ode", "twinkle"])
def test_a_corruption_moves_its_metrics(
    corruption: str, piece: str, request: pytest.FixtureRequest
) -> None:
    score: Score = request.getfixturevalue(piece)
    human = values(score)
    spoilt = [values(CORRUPTIONS[corruption](score, seed)) for seed in SEEDS]
    for metric, direction in MUST_MOVE[corruption].items():
        there = [v[metric] for v in spoilt if v[metric] is not None]
        before = human[metric]
        assert before is not None
        assert there, metric
        after = fmean(v for v in there if v is not None)
        assert (after - before) * direction > 0, f"{metric}: {before} became {after}"


@pytest.mark.parametrize("piece", ["ode", "twinkle"])
def test_shuffled_bars_are_noticed(piece: str, request: pytest.FixtureRequest) -> None:
    score: Score = request.getfixturevalue(piece)
    human = values(score)
    spoilt = [values(CORRUPTIONS["bars_shuffled"](score, seed)) for seed in SEEDS]
    for metric in ("bar_order", "motif_coverage_8", "structure_mid"):
        before = human[metric]
        assert before is not None
        assert before > fmean(v[metric] or 0.0 for v in spoilt), metric


def test_corruptions_keep_what_they_do_not_spoil(ode: Score) -> None:
    notes = sum(len(p.notes) for p in ode.parts)
    for name in ("bars_shuffled", "pitches_shuffled", "random_pitch", "flat_dynamics", "drunk"):
        spoilt = CORRUPTIONS[name](ode, 1)
        assert sum(len(p.notes) for p in spoilt.parts) == notes, name
        assert spoilt.bars == ode.bars
    pitches = sorted(n.pitch for n in ode.parts[0].notes)
    shuffled = CORRUPTIONS["pitches_shuffled"](ode, 1)
    assert sorted(n.pitch for n in shuffled.parts[0].notes) == pitches
