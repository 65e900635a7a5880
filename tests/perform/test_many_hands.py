"""Hundreds of parts cost hundreds of times one part, not its square."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.perform.conftest import make_part, make_score, make_style

from songwright.composition.plan import Plan
from songwright.perform import performer
from songwright.perform.performer import perform


def test_hands_of_one_player_share_their_foot(
    plan: Callable[..., Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The foot is worked out once for all hands, from all of them, and is the same for each."""
    hands = [
        make_part([(480 * (k % 4) + 1920 * bar, 480, 60 + k) for bar in range(8)], "chords",
                  "acoustic_grand_piano", f"hand {k}", "piano")
        for k in range(20)
    ]  # fmt: skip
    asked: list[int] = []
    pedal_points = performer.pedal_points

    def counted(score, times, groups, end_seconds):  # type: ignore[no-untyped-def]
        asked.append(len(groups))
        return pedal_points(score, times, groups, end_seconds)

    monkeypatch.setattr(performer, "pedal_points", counted)
    played = perform(make_score(*hands), plan(), make_style(pedal=True))
    assert asked == [20 * 8]
    feet = [[c for c in part.controls if c.controller == 64] for part in played.parts]
    assert feet[0]
    assert all(foot == feet[0] for foot in feet)
