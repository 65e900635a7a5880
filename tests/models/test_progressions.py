"""Chord progressions: tokens and back, what is told of them, and their grammar."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songwright.errors import ConstraintError
from songwright.models.lines import Harmony
from songwright.models.progression_grammar import HarmonyGrammar, HarmonyRules
from songwright.models.progressions import (
    HARMONY_FEATURES,
    VOCABULARY,
    HarmonyWish,
    chords_of,
    chromatic_of,
    harmony_table,
    loop_of,
    richness_of,
    tokens_of,
)
from songwright.models.sampling import sample
from tests.models.fakes import random_decoder

TURN = (Harmony(0, 0, "maj"), Harmony(48, 9, "min"), Harmony(96, 5, "maj"), Harmony(144, 7, "7"))
TWICE = (*TURN, *(c._replace(onset=c.onset + 192) for c in TURN))


def test_tokens_say_the_chords_and_write_none_twice() -> None:
    wish = HarmonyWish(4, 4, 4)
    assert chords_of(tokens_of(TURN, wish)[0], 48) == TURN
    held = (TURN[0], TURN[0]._replace(onset=48), TURN[1]._replace(onset=96))
    assert chords_of(tokens_of(held, wish)[0], 48) == (TURN[0], TURN[1]._replace(onset=96))


def test_what_is_told_of_chords() -> None:
    assert richness_of(TURN) == 0.25
    assert chromatic_of(TURN, False) == 0.0
    assert chromatic_of((Harmony(0, 2, "7"),), False) == 1.0  # V/V
    assert loop_of(TWICE, HarmonyWish(4, 4, 8)) == 4
    assert loop_of(TURN, HarmonyWish(4, 4, 4)) == 0
    table = harmony_table(HarmonyWish(4, 4, 8, phrase_starts=(0, 4)))
    column = table[:, HARMONY_FEATURES.index["phrase_begins"]]
    assert [int(column[48 * b]) for b in range(8)] == [2, 1, 1, 1, 2, 1, 1, 1]


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_no_draw_breaks_a_rule(data: st.DataObject) -> None:
    bars = data.draw(st.integers(1, 8))
    palette = frozenset(
        data.draw(st.sets(st.tuples(st.integers(0, 11), st.sampled_from(("maj", "min", "7"))),
                          min_size=2, max_size=8))
    )  # fmt: skip
    last = frozenset((next(iter(sorted(palette))),))
    given_ = tuple(
        Harmony(48 * bar, 1, "dim7")
        for bar in sorted(data.draw(st.sets(st.integers(1, bars), max_size=2)))
        if bar < bars - 1
    )
    rules = HarmonyRules(palette, frozenset((0, 4)), 2, given_, palette, last)
    grammar = HarmonyGrammar(HarmonyWish(4, 4, bars), rules)
    seed = data.draw(st.integers(0, 50))
    sample(random_decoder(VOCABULARY, seed), [grammar], [Random(seed)], HARMONY_FEATURES.offsets)
    chords = grammar.chords
    assert chords[0].onset == 0
    assert set(given_) <= set(chords)
    assert (chords[-1].root, chords[-1].quality) in last
    assert all((c.root, c.quality) in palette for c in chords if c not in given_)
    assert all(c.onset % 48 in (0, 24) for c in chords)
    assert all(
        sum(c.onset // 48 == bar for c in chords if c not in given_) <= 2 for bar in range(bars)
    )


@pytest.mark.parametrize("rules", [
    HarmonyRules(chords=frozenset()),
    HarmonyRules(last=frozenset()),
    HarmonyRules(given=(Harmony(5, 0, "maj"),)),
    HarmonyRules(given=(Harmony(4800, 0, "maj"),)),
])  # fmt: skip
def test_contradictions_are_named(rules: HarmonyRules) -> None:
    with pytest.raises(ConstraintError):
        HarmonyGrammar(HarmonyWish(4, 4, 4), rules)
