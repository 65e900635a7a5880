"""Echoes of drums: which stroke came next a bar ago and how it was struck."""

from __future__ import annotations

from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from songwright.models.grid import POSITION_INDEX
from songwright.models.groove_echoes import GROOVE_ECHO_FEATURES, WIDTH
from songwright.models.groove_grammar import GrooveGrammar
from songwright.models.grooves import (
    GROOVE_FEATURES,
    REF,
    VOCABULARY,
    VOICES,
    GrooveWish,
    Stroke,
    groove_table,
    rows_of,
    tokens_of,
    velocity_index,
)
from songwright.models.sampling import sample
from tests.models.fakes import random_decoder

KICK, SNARE, HAT = (VOICES.index(name) for name in ("kick", "snare", "hat"))
BAR = (
    Stroke(0, "kick", 100),
    Stroke(0, "hat", 60),
    Stroke(12, "snare", 110),
    Stroke(18, "hat", 40),
)


def _rows(strokes: tuple[Stroke, ...], bars: int) -> tuple[list[int], np.ndarray]:
    wish = GrooveWish(4, 4, bars)
    tokens, steps = tokens_of(strokes, wish)
    return tokens, rows_of(tokens, steps, groove_table(wish), ())[0]


def _value(row: np.ndarray, name: str) -> int:
    return int(row[GROOVE_FEATURES.index[name]])


def _grooves(bars: int) -> st.SearchStrategy[tuple[Stroke, ...]]:
    stroke = st.builds(
        Stroke, st.sampled_from(range(0, 48 * bars, 6)), st.sampled_from(VOICES),
        st.integers(1, 127), st.integers(-40, 40),
    )  # fmt: skip
    return st.lists(stroke, max_size=20).map(tuple)


def test_echoes_are_the_last_columns() -> None:
    assert list(GROOVE_FEATURES.sizes)[-WIDTH:] == list(GROOVE_ECHO_FEATURES)


def test_the_same_bar_again() -> None:
    tokens, rows = _rows(BAR + tuple(s._replace(onset=s.onset + 48) for s in BAR), 2)
    second = rows[tokens.index(2 + 1) :]  # from the bar line on
    line, place, kick, felt, hat, last, place_2, snare = second[:8]
    assert _value(line, "bar_ago_next") == 2 + POSITION_INDEX[0]
    assert _value(line, "bar_ago_voice") == 0
    assert _value(place, "bar_ago_voice") == 2 + KICK
    assert _value(place, "bar_ago_next") == 2 + POSITION_INDEX[12]
    assert _value(kick, "bar_ago_velocity") == 2 + velocity_index(100)
    assert _value(kick, "last_velocity") == 1 + velocity_index(100)
    assert _value(felt, "bar_ago_voice") == 2 + HAT
    assert _value(felt, "bar_ago_velocity") == 0
    assert _value(hat, "last_velocity") == 1 + velocity_index(40)  # the hat's last, not its first
    assert _value(last, "bar_ago_voice") == 1
    assert _value(place_2, "bar_ago_voice") == 2 + SNARE
    assert _value(snare, "bar_ago_follows") == 2
    assert _value(rows[-2], "bar_ago_next") == 1


def test_another_stroke_ends_the_following() -> None:
    _, rows = _rows((*BAR, Stroke(48, "snare", 90)), 2)
    assert _value(rows[-2], "bar_ago_follows") == 1
    assert _value(rows[-3], "bar_ago_velocity") == 1


@settings(max_examples=60)
@given(_grooves(3), st.integers(0, 60))
def test_no_row_hears_what_is_yet_to_come(strokes: tuple[Stroke, ...], cut: int) -> None:
    wish = GrooveWish(4, 4, 3)
    tokens, steps = tokens_of(strokes, wish)
    cut = min(cut, len(tokens) - 1)
    rows, _ = rows_of(tokens, steps, groove_table(wish), ())
    begun, _ = rows_of(tokens[:cut], steps[:cut], groove_table(wish), ())
    assert (begun == rows[:cut]).all()


@settings(max_examples=20, deadline=None)
@given(_grooves(2).filter(bool), st.integers(0, 1000))
def test_sampling_hears_what_training_heard(reference: tuple[Stroke, ...], seed: int) -> None:
    wish, before = GrooveWish(4, 4, 3), GrooveWish(4, 4, 2)
    told: list[np.ndarray] = []

    class Recorded(GrooveGrammar):
        def accept(self, token: int) -> np.ndarray:
            row = super().accept(token)
            told.append(row)
            return row

    recorded = Recorded(wish, reference=reference, reference_wish=before)
    told += [*recorded.beginning[1]]
    sample(random_decoder(VOCABULARY), [recorded], [Random(seed)], GROOVE_FEATURES.offsets)
    head, at = tokens_of(reference, before, REF)
    first, bars = rows_of(head, at, groove_table(before, True), ())
    tokens, steps = tokens_of(recorded.drums, wish)
    rows, _ = rows_of(tokens, steps, groove_table(wish), bars)
    assert tokens == recorded.tokens
    assert (np.array(told)[:-1] == np.concatenate([first, rows])[:-1]).all()
