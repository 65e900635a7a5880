"""A dynamic that is asked for is heard in the velocities and printed in the score."""

from __future__ import annotations

from itertools import pairwise
from statistics import median

import pytest

from songwright.brief import understand
from songwright.session import compose_brief

LEVELS = ("pianissimo", "quiet", "mezzo forte", "loud", "fortissimo")


def _played(prompt: str, seed: int = 1) -> tuple[float, set[str]]:
    song = compose_brief(understand(prompt), seed)
    velocities = [n.velocity for part in song.perform().parts for n in part.notes]
    return median(velocities), {mark.mark for mark in song.score.dynamics}


@pytest.mark.parametrize("who", ["orchestral piece", "string quartet"])
def test_levels_stand_in_order(who: str) -> None:
    found = [_played(f"{who}, {level}, 8 bars")[0] for level in LEVELS]
    assert found == sorted(found)
    assert all(b - a >= 7 for a, b in pairwise(found)), found


@pytest.mark.parametrize("who", ["orchestral piece", "string quartet", "rock", "solo piano"])
def test_the_extremes_are_extreme(who: str) -> None:
    soft, soft_marks = _played(f"{who}, pianissimo, 8 bars")
    loud, loud_marks = _played(f"{who}, fortissimo, 8 bars")
    assert soft <= 48, soft
    assert loud >= 95, loud
    assert soft_marks <= {"pp", "p"}
    assert loud_marks <= {"f", "ff"}
    assert "ff" in loud_marks


def test_a_quiet_end_is_no_quiet_piece() -> None:
    brief = understand("string quartet, 24 bars, ends pianissimo")
    assert brief.dynamics == ""
    assert any(point.position > 0.9 and point.level < 0.3 for point in brief.energy)
