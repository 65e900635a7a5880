"""Near-duplicates and drafts that miss a request are passed over, in the order of the drafts."""

from __future__ import annotations

import random

import pytest
from tests.session.variants.made_up import draft

from songwright.session.variants.drafts import choose, duplicate_limit

A, B, C = {"a": 1.0}, {"b": 1.0}, {"c": 1.0}
NEAR_A = {"a": 1.0, "b": 0.1}


def test_a_near_duplicate_is_replaced_by_a_later_draft() -> None:
    drafts = [draft(0, A), draft(1, NEAR_A), draft(2, B), draft(3, C)]
    chosen = choose(drafts, 3, 0.9)
    assert chosen.kept == (0, 2, 3)
    assert chosen.passed == {1: "it is 100% like draft 1"}


def test_a_draft_that_misses_a_request_is_replaced() -> None:
    chosen = choose([draft(0, A, adherence=0.5), draft(1, B)], 1, 0.9)
    assert chosen.kept == (1,)
    assert chosen.passed == {0: "it misses tempo 120 BPM"}


def test_the_order_of_arrival_changes_nothing() -> None:
    drafts = [draft(i, theme) for i, theme in enumerate([A, NEAR_A, B, A, C])]
    shuffled = random.Random(3).sample(drafts, len(drafts))
    assert choose(shuffled, 3, 0.9) == choose(drafts, 3, 0.9)


def test_more_takes_the_same_first() -> None:
    drafts = [draft(i, theme) for i, theme in enumerate([A, NEAR_A, B, C])]
    assert choose(drafts, 2, 0.9).kept == choose(drafts, 3, 0.9).kept[:2]


def test_when_nothing_better_is_left_the_best_of_the_rest_are_taken() -> None:
    drafts = [draft(0, A), draft(1, A), draft(2, NEAR_A), draft(3, B, adherence=0.0)]
    chosen = choose(drafts, 2, 0.9, fill=True)
    assert chosen.kept == (0, 2)  # obeys, and is less alike than draft 1
    assert set(chosen.passed) == {1, 3}


def test_more_diverse_puts_up_with_less_likeness() -> None:
    assert duplicate_limit(0.0) > duplicate_limit(0.5) > duplicate_limit(1.0) > 0.5
    assert duplicate_limit(1.0) == pytest.approx(0.8)
