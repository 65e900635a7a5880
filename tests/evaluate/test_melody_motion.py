"""How the tune moves: known answers."""

from __future__ import annotations

import pytest

from songwright.evaluate import evaluate_score
from tests.evaluate.conftest import line, score_of


def test_motion_by_hand() -> None:
    # Moves: +2 +2 0 +7 -4 +1 -8 (as semitones of C D E E B G G# C).
    score = score_of(("lead", "violin", line("C4:1 D4:1 E4:1 E4:1 B4:1 G4:1 G#4:1 C4:1")))
    found = {m.metric: m.value for m in evaluate_score(score)}
    assert found["step_share"] == pytest.approx(3 / 6)
    assert found["repeat_share"] == pytest.approx(1 / 7)
    assert found["mean_interval"] == pytest.approx((2 + 2 + 0 + 7 + 4 + 1 + 8) / 7)
    assert found["melodic_range"] == 11.0
    assert found["tune_density"] == 4.0
    assert found["leap_recovery"] is None  # fewer than four leaps


def test_leaps_that_turn_back() -> None:
    back = line("C4:1 G4:1 F4:1 E4:1 " * 4)
    on = line("C4:1 G4:1 A4:1 D4:1 " * 4)
    for tune, share in ((back, 1.0), (on, 0.0)):
        found = {m.metric: m.value for m in evaluate_score(score_of(("lead", "violin", tune)))}
        assert found["leap_recovery"] == share


def test_wide_leaps_are_pointed_at() -> None:
    score = score_of(("lead", "violin", line("C4:1 D4:1 E4:1 D4:1 C4:1 C6:1 C4:1 D4:1")))
    found = {m.metric: m for m in evaluate_score(score)}
    assert found["mean_interval"].evidence.bars == ((1, 2),)
