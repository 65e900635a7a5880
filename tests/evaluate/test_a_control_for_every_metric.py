"""Every symbolic metric has a piece that, spoilt in one way, must land on the other side.

The direction is what the metric means, not what it happened to do. The enumeration at the end fails
when a metric is added without a control here.
"""

from __future__ import annotations

from functools import cache
from statistics import fmean

import pytest
from bench.corruptions import CORRUPTIONS

from songwright.evaluate import evaluate_score, metric_facts
from songwright.score import Score
from tests.evaluate.spoiling import SPECIAL, band_piece, leaping_piece

SEEDS = range(4)

# piece, way of spoiling it, metrics and where they must go
CONTROLS: dict[tuple[str, str], dict[str, int]] = {
    ("twinkle", "pitches_shuffled"): {
        "structure_short": -1, "structure_mid": -1, "structure_long": -1, "phrase_return": -1,
        "development_exact": -1, "development_varied": 1, "bar_repeat_exact": -1,
        "bar_repeat_varied": 1, "compression_cosiatec": -1, "compression_zlib": -1,
        "pitch_entropy_1": 1, "step_share": -1, "repeat_share": -1, "mean_interval": 1,
    },
    ("ode", "random_rhythm"): {
        "section_identity": -1, "development_near": -1, "bar_novelty": 1,
        "groove_similarity_16": -1, "onset_jaccard_16": -1, "syncopation": 1, "offbeat_share": 1,
        "rhythm_entropy": 1,
    },
    ("twinkle", "bars_shuffled"): {
        "bar_order": -1, "bar_joins": -1, "motif_coverage_5": -1, "motif_coverage_8": -1,
        "closure_final": -1, "theme_coverage": -1, "theme_spread": -1, "theme_treatments": -1,
    },
    ("twinkle", "random_pitch"): {
        "pitch_entropy_4": 1, "key_clarity": -1, "key_margin": -1, "key_stability": -1,
        "scale_consistency": -1, "chord_tone_ratio": -1, "chord_tone_ratio_beats": -1,
        "ctnctr": -1, "consonance_pcs": -1, "tonal_distance": 1, "clash_share": 1,
        "phrase_end_tonic": -1,
    },
    ("twinkle", "flat_form"): {"phrase_end_length": -1},
    ("twinkle", "chords_late"): {"harmonic_coupling": -1},
    ("ode", "random_pitch"): {"nonchord_resolution": -1},
    ("hundredth", "random_pitch"): {"chord_vocabulary": 1, "chord_entropy": 1, "chord_length": -1},
    ("hundredth", "looped"): {"progression_irregularity": -1},
    ("band", "every_other_bar_a_tritone_off"): {"chord_distance": 1},
    ("hundredth", "alto_in_fifths_with_the_tune"): {"parallel_perfects": 1},
    ("hundredth", "alto_above_the_tune"): {"voice_crossing": 1},
    ("band", "drums_at_random"): {"drum_jaccard_16": -1, "drum_variety": 1},
    ("band", "straightened"): {"swing_ratio": -1},
    ("band", "drunk"): {"microtiming_ms": 1},
    ("band", "flat_dynamics"): {"velocity_spread": -1, "dynamics_span": -1},
    ("leaping", "leaps_go_on"): {"leap_recovery": -1},
    ("band", "thrown_over_octaves"): {
        "melodic_range": 1, "hook_singability": -1, "hook_strength": -1,
    },
    ("band", "twice_as_many_notes"): {"tune_density": 1},
    ("band", "late_and_low"): {"hook_prominence": -1},
    ("band", "on_one_note"): {"hook_distinctiveness": -1},
    ("band", "one_bar_for_ever"): {
        "density_contrast": -1, "energy_contrast": -1, "energy_span": -1, "energy_range": -1,
        "layers_span": -1, "fills": -1,
    },
    ("band", "loud_and_soft_bars_mixed"): {"energy_flow": -1},
    ("band", "backwards"): {"peak_position": -1, "energy_plan": -1},
    ("band", "everybody_all_the_time"): {"entries_exits": -1},
    ("band", "doubled_by_a_choir"): {"layers": 1, "note_density": 1, "voices": 1},
    ("band", "in_minor"): {"valence": -1},
    ("band", "slowly"): {"arousal": -1},
}  # fmt: skip
PLAN = [0.3] * 8 + [0.8] * 8 + [0.4] * 8 + [1.0] * 8


@cache
def values(score: Score) -> dict[str, float | None]:
    plan = PLAN if score.bars == len(PLAN) else None
    return {m.metric: m.value for m in evaluate_score(score, None, plan)}


def spoilt(score: Score, way: str) -> list[Score]:
    if way in SPECIAL:
        return [SPECIAL[way](score)]
    return [CORRUPTIONS[way](score, seed) for seed in SEEDS]


@pytest.mark.parametrize(("piece", "way"), CONTROLS)
def test_spoilt_music_lands_on_the_other_side(
    piece: str, way: str, request: pytest.FixtureRequest
) -> None:
    own = {"band": band_piece, "leaping": leaping_piece}
    score: Score = own[piece]() if piece in own else request.getfixturevalue(piece)
    before, after = values(score), [values(s) for s in spoilt(score, way)]
    for metric, direction in CONTROLS[piece, way].items():
        was = before[metric]
        now = [v[metric] or 0.0 for v in after]  # what is gone (no hook any more) counts as 0
        assert was is not None, metric
        assert (fmean(now) - was) * direction > 0.0, f"{metric}: {was} became {now}"


def test_every_metric_has_a_control() -> None:
    there = {metric for metrics in CONTROLS.values() for metric in metrics}
    assert there == set(metric_facts())
