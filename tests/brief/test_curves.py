"""Curves by points in the brief."""

from __future__ import annotations

import pytest

from songwright.brief import understand
from songwright.brief.curves import parse_points, points_text
from songwright.brief.model import EnergyPoint
from songwright.composition.drawn import levels_of
from songwright.errors import BriefError


def test_bars_and_shares() -> None:
    assert parse_points("0:0.2 16:0.9, 24:.5") == (
        EnergyPoint(0.2, bar=0.0), EnergyPoint(0.9, bar=16.0), EnergyPoint(0.5, bar=24.0),
    )  # fmt: skip
    assert parse_points("0:0.2 0.6:0.9") == (EnergyPoint(0.2, 0.0), EnergyPoint(0.9, 0.6))
    assert parse_points([(0, 0.2), (8, 1)]) == parse_points("0:0.2 8:1")
    assert parse_points("1:10") is None
    assert parse_points("build") is None


def test_points_are_written_as_they_are_read() -> None:
    points = parse_points("0:0.2 16:0.9 24:0.5")
    assert points is not None
    assert parse_points(points_text(points)) == points


def test_levels_between_points() -> None:
    points = parse_points("0:0 4:1 8:0")
    assert points is not None
    assert levels_of(points, 8, 2.0) == (0.125, 0.375, 0.625, 0.875, 0.875, 0.625, 0.375, 0.125)
    with pytest.raises(BriefError, match="ask for more bars"):
        levels_of(points, 6, 2.0)


def test_fields() -> None:
    brief = understand(
        "pop", {"energy": "0:0.2 16:0.9", "density": "0:0.1 8:1", "tension": "0:1 2:0"}
    )
    assert [c.name for c in brief.curves] == ["density", "energy", "tension"]
    assert [p.bar for p in brief.energy] == [0.0, 16.0]
    assert understand("pop", {"density": "sparse", "register": "low"}).register == "low"
    with pytest.raises(BriefError, match="points of bar and level"):
        understand("pop", {"tension": "huge"})


@pytest.mark.parametrize(
    ("prompt", "rises"),
    [
        ("piano, from pianissimo to fortissimo", True),
        ("rock, quiet to loud", True),
        ("film score, ff to pp", False),
    ],
)
def test_from_one_loudness_to_another(prompt: str, rises: bool) -> None:
    brief = understand(prompt)
    first, last = brief.energy
    assert (last.level > first.level) == rises
    assert not brief.dynamics
    assert not brief.conflicts
