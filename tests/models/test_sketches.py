"""Sketches: what bars are said to be is what they are."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songwright.models.likeness import Sound
from songwright.models.line_grammar import LineGrammar, LineRules
from songwright.models.line_memory import read
from songwright.models.lines import (
    BAR,
    FIGURE,
    LINE_FEATURES,
    REF,
    RETURN,
    START,
    VOCABULARY,
    Frame,
    Harmony,
    Wish,
    line_of,
)
from songwright.models.sampling import sample
from songwright.models.sketches import FIGURES, RETURNS
from tests.models.fakes import random_decoder
from tests.models.test_lines import lines

FRAME = Frame(4, 4, 3, (Harmony(0, 0, "maj"), Harmony(48, 7, "maj"), Harmony(96, 0, "maj")))
FIGURE_IN_C = (Sound(0, 12, 60), Sound(12, 12, 64), Sound(24, 24, 67))


def later(line: tuple[Sound, ...], steps: int, by: int = 0) -> tuple[Sound, ...]:
    return tuple(s._replace(onset=s.onset + steps, pitch=s.pitch + by) for s in line)


def said(line: tuple[Sound, ...], reference: tuple[Sound, ...] = ()) -> list[tuple[str, str]]:
    """The sketches of a line, in words."""
    wish = Wish(minor=False)
    bars = read(reference, Frame(4, 4, 1, FRAME.harmony[:1]), wish, (), REF)[2] if reference else []
    tokens = read(line, FRAME, wish, bars)[0]
    begins = [i for i, token in enumerate(tokens) if token in (START, BAR)]
    return [(RETURNS[tokens[i + 1] - RETURN], FIGURES[tokens[i + 2] - FIGURE]) for i in begins]


def test_returns_say_how_close_a_bar_keeps_to_another() -> None:
    to_the_letter = said((*FIGURE_IN_C, *later(FIGURE_IN_C, 48), *later(FIGURE_IN_C, 96)))
    assert [r for r, _ in to_the_letter] == ["new", "bar_ago_exactly", "bar_ago_exactly"]
    carried = said((*FIGURE_IN_C, *later(FIGURE_IN_C, 48, -5), *later(FIGURE_IN_C, 96)))
    assert [r for r, _ in carried] == ["new", "bar_ago_carried", "two_bars_ago_exactly"]
    contour = (Sound(48, 12, 62), Sound(60, 12, 65), Sound(72, 24, 72))
    assert said((*FIGURE_IN_C, *contour))[1][0] == "bar_ago_contour"
    rhythm = (Sound(48, 12, 62), Sound(60, 12, 60), Sound(72, 24, 72))
    assert said((*FIGURE_IN_C, *rhythm))[1][0] == "bar_ago_rhythm"
    assert said((*FIGURE_IN_C, Sound(54, 12, 60)))[1][0] == "new"


def test_a_reference_can_be_returned_to() -> None:
    other = (Sound(48, 48, 62),)
    line = (*other, *later(FIGURE_IN_C, 96))
    assert said(line, FIGURE_IN_C)[2][0] == "model_exactly"


@pytest.mark.parametrize(
    ("pitches", "figure"),
    [((60, 62, 64, 65), "steps_seldom"), ((60, 60, 60, 60), "steps_mostly"),
     ((60, 67, 60, 67), "leaps_seldom"), ((60, 64, 64, 60), "thirds_often")],
)  # fmt: skip
def test_figures_say_how_a_bar_moves(pitches: tuple[int, ...], figure: str) -> None:
    line = tuple(Sound(12 * i, 12, pitch) for i, pitch in enumerate(pitches))
    assert [f for _, f in said((*line, Sound(96, 48, 60)))][:2] == [figure, "silent"]


@settings(max_examples=40)
@given(lines(3, 48).filter(bool))
def test_sketches_change_no_note(line: tuple[Sound, ...]) -> None:
    frame = Frame(4, 4, 3)
    tokens, rows, _ = read(line, frame, Wish())
    assert len(rows) == len(tokens) and max(tokens) < VOCABULARY
    assert line_of(tokens[1:], 48) == line_of([t for t in tokens[1:] if t < RETURN], 48)


def test_a_sketch_is_told_until_the_bar_line() -> None:
    tokens, rows, _ = read((*FIGURE_IN_C, *later(FIGURE_IN_C, 48)), FRAME, Wish())
    column = LINE_FEATURES.index["returns"]
    second = tokens.index(BAR)
    assert rows[second, column] == 0
    assert set(rows[second + 1 : tokens.index(BAR, second + 1), column]) == {
        1 + RETURNS.index("bar_ago_exactly")
    }


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 500))
def test_every_bar_is_sketched_and_promises_only_what_there_is(seed: int) -> None:
    grammar = LineGrammar(FRAME, Wish("bass"), LineRules())
    tokens = sample(random_decoder(VOCABULARY), [grammar], [Random(seed)], LINE_FEATURES.offsets)[0]
    begun = [START, *tokens]
    for i, token in enumerate(begun):
        if token in (START, BAR):
            assert RETURN <= begun[i + 1] < FIGURE <= begun[i + 2] < VOCABULARY
    assert begun[1] == RETURN  # a first bar without a reference is new
