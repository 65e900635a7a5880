"""Measurements against bands and limits: scores, groups, kinds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songwright.errors import StyleError
from songwright.evaluate import Measurement, evaluate_score
from songwright.evaluate.bands import band_of
from songwright.evaluate.comparison import rank
from songwright.evaluate.judgement import (
    Judged,
    figure,
    judge_measurements,
    limit_score,
    reference_for,
)
from songwright.evaluate.kind import guess_kind
from songwright.score import Note, Score
from tests.evaluate.conftest import ODE, line, score_of


def one(metric: str, value: float, against: str = "hymn") -> Judged:
    return judge_measurements([Measurement(metric, value)], reference_for(against)).metrics[0]


def test_the_median_of_human_music_scores_one_and_its_edges_a_half() -> None:
    band = band_of("step_share", "hymn")
    assert band is not None
    middle = one("step_share", band.values[2])
    assert (middle.score, middle.inside) == (1.0, True)
    assert middle.percentile == pytest.approx(50.0)
    edge = one("step_share", band.values[0])
    assert edge.score == pytest.approx(0.5)
    assert edge.inside
    outside = one("step_share", band.values[4] + 0.001)
    assert outside.inside is False


def test_a_metric_without_a_band_is_not_judged() -> None:
    judged = one("drum_variety", 0.5, "hymn")
    assert (judged.band, judged.score, judged.inside) == (None, None, None)


def test_the_second_kind_supplies_bands_that_the_first_has_not() -> None:
    judged = one("microtiming_ms", 18.0, "rock")
    assert judged.kind == "drums"
    assert one("bar_novelty", 0.2, "rock").kind == "multitrack"


def test_a_band_is_not_read_against_single_lines() -> None:
    assert one("voices", 6.0, "country_folk").kind == "multitrack"
    assert one("voices", 1.0, "lead_sheet").kind == "lead_sheet"
    assert one("step_share", 0.6, "country_folk").kind == "lead_sheet"


def test_a_short_piece_is_read_against_openings() -> None:
    measured = [Measurement("chord_vocabulary", 12.0)]
    near = reference_for("string_quartet")
    whole, short = (judge_measurements(measured, near, bars=bars) for bars in (None, 30))
    assert (whole.metrics[0].inside, short.metrics[0].inside) == (False, True)
    assert short.metrics[0].band == band_of("chord_vocabulary", "quartet", 32)
    assert short.why.endswith("; 30 bars are read against openings of 32.")
    assert whole.why == near.why
    assert judge_measurements(measured, near, bars=400).why == near.why


def test_part_writing_judges_only_where_a_style_keeps_its_rules() -> None:
    assert one("parallel_perfects", 20.0, "hymn").inside is False
    elsewhere = one("parallel_perfects", 90.0, "multitrack")
    assert elsewhere.score is None
    assert elsewhere.percentile is not None


def test_context_takes_no_part_in_groups() -> None:
    measured = [Measurement("valence", -1.0), Measurement("step_share", 0.7)]
    judgement = judge_measurements(measured, reference_for("hymn"))
    assert [g.name for g in judgement.groups] == ["melody"]


def test_the_minimum_stands_beside_the_mean() -> None:
    measured = [Measurement("step_share", 0.7), Measurement("mean_interval", 30.0)]
    (group,) = judge_measurements(measured, reference_for("hymn")).groups
    assert group.mean == pytest.approx(0.5)
    assert (group.minimum, group.worst, group.inside, group.count) == (0.0, "mean_interval", 0.5, 2)


def test_controls_become_adherence() -> None:
    judgement = judge_measurements(
        [], reference_for("hymn"), controls=[("key", True), ("tempo", False)]
    )
    (judged,) = judgement.metrics
    assert (judged.value, judged.inside) == (0.5, False)
    assert judged.measurement.evidence.note == "missed: tempo"


def test_sound_is_judged_by_its_limits() -> None:
    sound = [Measurement("true_peak", 0.5), Measurement("plr", 12.0), Measurement("attack", 5.0)]
    judgement = judge_measurements([], reference_for("pop"), sound=sound)
    assert [m.inside for m in judgement.metrics] == [False, True, None]


def test_an_unknown_kind_is_named_with_those_there_are() -> None:
    with pytest.raises(StyleError, match=r"polka.*hymn.*jazz_swing"):
        reference_for("polka")


@given(st.floats(-1e6, 1e6), st.floats(-100, 100), st.floats(0.001, 100))
def test_limit_scores_stay_in_bounds_and_fall(value: float, low: float, width: float) -> None:
    high = low + width
    score = limit_score(value, low, high)
    assert 0.0 <= score <= 1.0
    assert (score == 1.0) is (low <= value <= high)
    assert limit_score(high + 2 * abs(value), low, high) >= limit_score(
        high + 2 * abs(value) + 1, low, high
    )


def test_figures_are_read_without_powers_of_ten() -> None:
    assert [figure(v) for v in (0.0, 0.12345, 11190.0, -0.00012)] == [
        "0", "0.1234" if figure(0.12345) == "0.1234" else "0.1235", "11,190", "-0.0001",
    ]  # fmt: skip


def test_kinds_are_guessed_from_simple_facts(ode: Score, hundredth: Score) -> None:
    strokes = tuple(Note(i * 240, 120, 36 + 2 * (i % 2)) for i in range(32))
    fifths = [Note(i * 480, 480, p) for i in range(16) for p in (48, 55)]
    guesses = {
        "hymn": hundredth,
        "lead_sheet": ode,
        "folk_tune": score_of(("lead", "violin", line(ODE))),
        "drums": score_of(("drums", "standard_kit", strokes)),
        "multitrack": score_of(("lead", "violin", line(ODE)), ("drums", "standard_kit", strokes)),
        "keyboard": score_of(("chords", "acoustic_grand_piano", fifths)),
        "lied": score_of(
            ("lead", "choir_aahs", line(ODE)), ("chords", "acoustic_grand_piano", fifths)
        ),
    }
    for kind, score in guesses.items():
        kinds, why = guess_kind(score)
        assert kinds[0] == kind, why
    assert guess_kind(score_of()) == ((), "there are no notes")


def test_an_empty_piece_is_judged_without_a_number() -> None:
    judgement = judge_measurements(evaluate_score(score_of()), reference_for("hymn"))
    assert judgement.groups == ()
    assert all(m.score is None for m in judgement.metrics if m.value is None)


def test_the_ranking_names_the_group_that_decides(hundredth: Score) -> None:
    from bench.corruptions import CORRUPTIONS

    spoilt = CORRUPTIONS["random_pitch"](hundredth, 1)
    near = reference_for("hymn")
    pieces = [
        ("spoilt", judge_measurements(evaluate_score(spoilt), near)),
        ("human", judge_measurements(evaluate_score(hundredth), near)),
    ]
    first, second = rank(pieces)
    assert (first.name, second.name) == ("human", "spoilt")
    assert first.grade > second.grade
    assert first.reasons[0].group == "tonality"
    assert first.reasons[0].ahead > 0.3
    assert second.reasons[0].ahead < -0.3


def test_pieces_without_a_common_metric_cannot_be_ranked() -> None:
    near = reference_for("hymn")
    notes = judge_measurements([Measurement("step_share", 0.7)], near)
    sound = judge_measurements([], near, sound=[Measurement("plr", 12.0)])
    with pytest.raises(ValueError, match="no metric"):
        rank([("a", notes), ("b", sound)])
