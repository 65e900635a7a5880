"""Drums: tokens and back, and a grammar for patterns that are free or given."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songwright.errors import ConstraintError
from songwright.models.grid import POSITIONS
from songwright.models.groove_grammar import GrooveGrammar, GrooveRules
from songwright.models.grooves import (
    GROOVE_FEATURES,
    LATENESS,
    VOCABULARY,
    VOICES,
    GrooveWish,
    Stroke,
    bar_likeness,
    lateness_index,
    strokes_of,
    tokens_of,
    velocity_index,
)
from songwright.models.sampling import sample
from tests.models.fakes import random_decoder

BEAT = tuple(
    Stroke(bar * 48 + onset, voice, 88)
    for bar in range(2)
    for onset, voice in ((0, "kick"), (0, "hat"), (12, "snare"), (12, "hat"), (24, "kick"))
)


def test_tokens_say_a_beat_up_to_the_steps_of_its_feel() -> None:
    wish = GrooveWish(4, 4, 2)
    back = strokes_of(tokens_of(BEAT, wish)[0], 48)
    assert [(s.onset, s.voice) for s in back] == sorted(
        ((s.onset, s.voice) for s in BEAT), key=lambda k: (k[0], VOICES.index(k[1]))
    )
    assert all(abs(s.velocity - 88) <= 8 for s in back)


@given(st.integers(1, 127), st.floats(-60, 60))
def test_feel_is_rounded_to_its_steps(velocity: int, late: float) -> None:
    assert 0 <= velocity_index(velocity) <= 7
    centre = LATENESS[lateness_index(late)]
    assert all(abs(centre - late) <= abs(other - late) for other in LATENESS)


def test_bars_that_repeat_are_alike() -> None:
    assert bar_likeness(BEAT, 48, 2) == 1.0
    assert bar_likeness(BEAT[:5], 48, 2) == 0.0
    assert bar_likeness(BEAT, 48, 1) is None


@settings(max_examples=40, deadline=None)
@given(
    st.sets(st.sampled_from(VOICES), min_size=1), st.integers(0, 12), st.integers(12, 40),
    st.integers(1, 3), st.integers(0, 50),
)  # fmt: skip
def test_free_drums_stay_on_the_kit(
    voices: set[str], least: int, most: int, together: int, seed: int
) -> None:
    wish = GrooveWish(4, 4, 2)
    positions = frozenset(range(0, 48, 6))
    rules = GrooveRules(None, frozenset(voices), positions, least, most, together)
    grammar = GrooveGrammar(wish, rules)
    sample(random_decoder(VOCABULARY, seed), [grammar], [Random(seed)], GROOVE_FEATURES.offsets)
    drums = grammar.drums
    assert least <= len(drums) <= most
    assert {s.voice for s in drums} <= voices
    assert {s.onset % 48 for s in drums} <= positions
    for onset in {s.onset for s in drums}:
        assert sum(s.onset == onset for s in drums) <= together
    assert len({(s.onset, s.voice) for s in drums}) == len(drums)
    assert set(POSITIONS) >= positions


def test_a_given_pattern_keeps_every_stroke() -> None:
    wish = GrooveWish(4, 4, 2, played=True)
    for seed in range(5):
        grammar = GrooveGrammar(wish, GrooveRules(pattern=BEAT))
        sample(random_decoder(VOCABULARY, seed), [grammar], [Random(seed)], GROOVE_FEATURES.offsets)
        assert {(s.onset, s.voice) for s in grammar.drums} == {(s.onset, s.voice) for s in BEAT}
        assert len({s.lateness for s in grammar.drums}) > 1


@pytest.mark.parametrize("rules", [
    GrooveRules(voices=frozenset()),
    GrooveRules(pattern=(Stroke(5, "kick", 90),)),
    GrooveRules(pattern=(Stroke(960, "kick", 90),)),
    GrooveRules(positions=frozenset((0,)), least_strokes=100),
])  # fmt: skip
def test_contradictions_are_named(rules: GrooveRules) -> None:
    with pytest.raises(ConstraintError):
        GrooveGrammar(GrooveWish(4, 4, 2), rules)
