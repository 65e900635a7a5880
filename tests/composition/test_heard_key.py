"""A key that was asked for is heard in the notes, not only written in the plan."""

from __future__ import annotations

import pytest

from songwright.brief import understand
from songwright.composition import compose_piece
from songwright.composition.clarity import heard_clarity
from songwright.theory import Key


@pytest.mark.parametrize("seed", [2, 3, 4, 7])
def test_lofi_in_a_minor_is_not_heard_in_c(seed: int) -> None:
    brief = understand("", {"style": "lofi_hiphop", "key": "A minor", "duration": "40"})
    plan, score = compose_piece(brief, seed, "rules")
    assert heard_clarity(score, plan.key) > 0.0
    assert any(d.value == "clearer" for d in plan.decisions)  # the first drafts were not


def test_a_scale_is_heard_in_its_own_key() -> None:
    brief = understand("", {"style": "hymn_choral", "key": "D major", "duration": "30"})
    _, score = compose_piece(brief, 1, "rules")
    own = heard_clarity(score, Key("D", "major"))
    assert own > 0.0
    assert heard_clarity(score, Key("Eb", "major")) < 0.0


@pytest.mark.parametrize("prompt", ["E aeolian, cold, strings", "A minor, cold strings"])
def test_visits_to_the_relative_major_do_not_take_a_minor_key_away(prompt: str) -> None:
    plan, score = compose_piece(understand(prompt), 1)
    assert heard_clarity(score, plan.key) > 0.0
    assert plan.key.is_minor
