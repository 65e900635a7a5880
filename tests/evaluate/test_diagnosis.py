"""Known verdicts on spoilt pieces, and a catalogue that is sound."""

from __future__ import annotations

import math

import pytest
from bench.corruptions import CORRUPTIONS

from songwright import session
from songwright.evaluate import Measurement, evaluate_score, metric_facts
from songwright.evaluate.diagnosis import Finding, catalogue, diagnose, unchecked
from songwright.evaluate.judgement import CONTROLS_MET, judge_measurements, reference_for
from songwright.evaluate.sound import sound_facts, sound_limits
from songwright.score import Score
from songwright.styles import style_ids


def verdicts(score: Score, kind: str = "hymn", style: str = "") -> dict[str, Finding]:
    judgement = judge_measurements(evaluate_score(score), reference_for(kind), style=style)
    return {f.id: f for f in diagnose(judgement)}


def test_every_sign_names_a_metric_that_can_show_it() -> None:
    known = {**metric_facts(), **sound_facts(), CONTROLS_MET.id: CONTROLS_MET}
    for row in catalogue().values():
        for sign in row.signs:
            assert sign.metric in known, f"{row.id}: {sign.metric}"
            limits = sound_limits().get(sign.metric)
            if sign.value is None and sign.metric in sound_facts():
                assert limits is not None, f"{row.id}: {sign.metric} judges nothing"
                edge = limits.low if sign.side == "below" else limits.high
                assert edge is not None, f"{row.id}: {sign.metric} has no limit {sign.side}"
        assert set(row.not_for) <= set(style_ids()), row.id


def test_the_catalogue_covers_what_people_complain_of() -> None:
    assert len(catalogue()) >= 16
    assert [row.id for row in unchecked()] == ["too_close_to_a_reference"]
    for row in catalogue().values():
        assert row.advice.endswith(".")
        assert row.refine.startswith("--")


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("corruption", "expected"),
    [
        ("looped", {"too_repetitive"}),
        ("random_pitch", {"clashing_notes", "key_unclear", "restless_tune"}),
        ("random_rhythm", {"aimless_rhythm"}),
        ("robot", {"robotic_timing"}),
    ],
)
def test_a_spoilt_hymn_is_told_what_it_suffers_from(
    corruption: str, expected: set[str], seed: int, hundredth: Score
) -> None:
    human = verdicts(hundredth)
    spoilt = verdicts(CORRUPTIONS[corruption](hundredth, seed))
    assert expected <= set(spoilt)
    # The tune as written here is quantised, so that finding is true of it from the start.
    assert not (expected - {"robotic_timing"}) & set(human)


@pytest.mark.parametrize("seed", range(4))
def test_a_drunk_band_is_told_so(seed: int) -> None:
    band = session.compose("pop, 24 bars", 3).score
    assert "drunken_timing" in verdicts(CORRUPTIONS["drunk"](band, seed), "multitrack")
    assert "drunken_timing" not in verdicts(band, "multitrack")


def test_a_played_piece_is_not_called_robotic(hundredth: Score) -> None:
    assert "robotic_timing" in verdicts(hundredth)
    assert "robotic_timing" not in verdicts(CORRUPTIONS["drunk"](hundredth, 1))


def test_machines_may_be_exact(hundredth: Score) -> None:
    assert "robotic_timing" not in verdicts(hundredth, style="techno")


def test_findings_say_why_where_and_what_to_do(hundredth: Score) -> None:
    found = verdicts(CORRUPTIONS["random_pitch"](hundredth, 1))["clashing_notes"]
    assert 0.5 <= found.severity <= 1.0
    assert len(found.reasons) == len(found.metrics) >= 2
    assert all("percentile of human music (hymn)" in r for r in found.reasons)
    assert found.bars
    assert all(0 <= a < b <= hundredth.bars for a, b in found.bars)
    assert all(math.isfinite(a) and a < b for a, b in found.seconds)
    assert list(found.bars) == sorted(found.bars)


def test_missed_controls_are_off_brief() -> None:
    near = reference_for("pop")
    missed = judge_measurements([], near, controls=[("key", True), ("tempo", False)])
    assert [f.id for f in diagnose(missed)] == ["off_brief"]
    assert diagnose(missed)[0].reasons == ("missed: tempo",)
    assert diagnose(judge_measurements([], near, controls=[("key", True)])) == ()


@pytest.mark.parametrize(
    ("metric", "value", "expected"),
    [
        ("mud", 5.0, "muddy_low_end"),
        ("harshness", 4.0, "harsh_highs"),
        ("lead_level", -9.0, "buried_lead"),
        ("mono_loss", -6.0, "mono_loss"),
        ("true_peak", 0.2, "faults_in_the_file"),
        ("cut_tail", -3.0, "abrupt_ending"),
    ],
)
def test_sound_beyond_its_limits(metric: str, value: float, expected: str) -> None:
    near = reference_for("pop")
    bad = judge_measurements([], near, sound=[Measurement(metric, value)])
    assert [f.id for f in diagnose(bad)] == [expected]
    limits = sound_limits()[metric]
    good = limits.high if limits.high is not None else limits.low
    assert good is not None
    fine = judge_measurements([], near, sound=[Measurement(metric, good)])
    assert diagnose(fine) == ()


def test_crushed_needs_two_signs() -> None:
    near = reference_for("pop")
    one = judge_measurements([], near, sound=[Measurement("plr", 6.0)])
    two = judge_measurements([], near, sound=[Measurement("plr", 6.0), Measurement("psr_p5", 5.0)])
    assert diagnose(one) == ()
    assert [f.id for f in diagnose(two)] == ["crushed_dynamics"]
