"""Echoes: what a line did before at the same place of the bar, never what it is yet to do."""

from __future__ import annotations

from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from songwright.models.chords import carried
from songwright.models.echoes import ECHO_FEATURES, WIDTH
from songwright.models.grid import DURATIONS, LOWEST, POSITION_INDEX
from songwright.models.likeness import Sound
from songwright.models.line_grammar import LineGrammar, LineRules
from songwright.models.line_memory import read, rows_of
from songwright.models.lines import (
    LINE_FEATURES,
    REF,
    VOCABULARY,
    Frame,
    Harmony,
    Wish,
    tokens_of,
)
from songwright.models.sampling import sample
from tests.models.fakes import random_decoder
from tests.models.test_lines import lines

TWO_CHORDS = Frame(4, 4, 3, (Harmony(0, 0, "maj"), Harmony(48, 7, "7"), Harmony(96, 0, "maj")))
FIGURE = (Sound(0, 12, 48), Sound(12, 24, 55), Sound(12, 24, 60))


def _rows(line: tuple[Sound, ...], frame: Frame) -> tuple[list[int], list[int], np.ndarray]:
    tokens, steps = tokens_of(line, frame)
    rows = rows_of(tokens, steps, frame, Wish())
    return tokens, steps, rows


def _value(row: np.ndarray, name: str) -> int:
    return int(row[LINE_FEATURES.index[name]])


def test_echoes_are_the_last_columns() -> None:
    assert list(LINE_FEATURES.sizes)[-WIDTH:] == list(ECHO_FEATURES)


def test_a_bar_is_heard_in_the_next_one() -> None:
    again = FIGURE + tuple(s._replace(onset=s.onset + 48, pitch=s.pitch - 5) for s in FIGURE)
    _, steps, rows = _rows(again, TWO_CHORDS)
    first = [row for row, step in zip(rows, steps, strict=True) if step < 48]
    assert not any(_value(row, "bar_ago_state") for row in first)
    bar_line, *second = [row for row, step in zip(rows, steps, strict=True) if 48 <= step < 96]
    assert _value(bar_line, "bar_ago_state") == 3
    assert _value(bar_line, "bar_ago_next") == 2 + POSITION_INDEX[12]
    assert _value(bar_line, "bar_ago_moved") == 1 + 7
    begins, pitched, held, chord, lower, upper, _ = second
    assert _value(begins, "bar_ago_pitch") == 2 + 48 - LOWEST
    assert _value(begins, "bar_ago_carried") == 2 + 43 - LOWEST  # the root of the chord of now
    assert _value(begins, "bar_ago_duration") == 1 + DURATIONS.index(12)
    assert _value(begins, "bar_ago_follows") == 4
    assert _value(pitched, "bar_ago_follows") == 3  # a fourth lower, as the chord is
    assert _value(held, "bar_ago_pitch") == _value(held, "bar_ago_carried") == 1
    assert _value(chord, "bar_ago_pitch") == 2 + 55 - LOWEST
    assert _value(lower, "bar_ago_pitch") == 2 + 60 - LOWEST
    assert _value(upper, "bar_ago_pitch") == 1
    assert _value(upper, "bar_ago_next") == 1
    third = rows[-2]  # the bar line before a silent bar: two bars ago is the first bar
    assert _value(third, "two_bars_ago_pitch") == 2 + 48 - LOWEST
    assert _value(third, "two_bars_ago_moved") == 1


def test_other_pitches_in_the_same_rhythm_follow_in_rhythm() -> None:
    again = FIGURE + tuple(s._replace(onset=s.onset + 48) for s in FIGURE)  # against the chord
    _, steps, rows = _rows(again, TWO_CHORDS)
    assert _value(rows[steps.index(48) + 2], "bar_ago_follows") == 2


def test_chord_notes_keep_their_place_in_the_chord() -> None:
    tonic, fifth = (0, "maj"), (7, "7")
    assert [carried(p, tonic, fifth, False) for p in (60, 64, 67)] == [55, 59, 62]
    assert carried(64, tonic, (9, "min"), False) == 60
    assert carried(65, (7, "7"), tonic, False) == 70 + 1  # a seventh that C lacks: on the scale
    assert carried(62, tonic, (2, "min"), False) == 64  # a passing note stays in the scale
    assert carried(61, tonic, (2, "min"), False) == 63  # one from outside moves as it is


def test_another_onset_ends_the_following() -> None:
    late = (*FIGURE, Sound(48 + 6, 6, 48))
    _, _, rows = _rows(late, TWO_CHORDS)
    last = rows[-3]
    assert _value(last, "bar_ago_follows") == 1


def test_notes_held_over_a_bar_line_are_held() -> None:
    held = (Sound(36, 24, 60), Sound(60, 12, 62), Sound(96, 12, 60))
    _, _, rows = _rows(held, Frame(4, 4, 3))
    assert _value(rows[-4], "bar_ago_state") == 2


@settings(max_examples=60)
@given(lines(4, 48), st.integers(0, 80))
def test_no_row_hears_what_is_yet_to_come(line: tuple[Sound, ...], cut: int) -> None:
    frame = Frame(4, 4, 4, TWO_CHORDS.harmony)
    tokens, steps, rows = _rows(line, frame)
    cut = min(cut, len(tokens) - 1)
    begun = rows_of(tokens[:cut], steps[:cut], frame, Wish())
    assert (begun == rows[:cut]).all()


@settings(max_examples=30, deadline=None)
@given(lines(2, 48).filter(bool), st.integers(0, 1000))
def test_sampling_hears_what_training_heard(reference: tuple[Sound, ...], seed: int) -> None:
    frame, before = Frame(4, 4, 3, TWO_CHORDS.harmony), Frame(4, 4, 2)
    wish = Wish("chords", density=1.0)
    rules = LineRules(voices=3)
    told: list[np.ndarray] = []
    at_step = [0]

    class Recorded(LineGrammar):
        def accept(self, token: int) -> np.ndarray:
            row = super().accept(token)
            told.append(row)
            at_step.append(self._now)
            return row

    recorded = Recorded(frame, wish, rules, reference, before, wish)
    told += [*recorded.beginning[1]]
    sample(random_decoder(VOCABULARY), [recorded], [Random(seed)], LINE_FEATURES.offsets)
    _, first, bars = read(reference, before, wish, (), REF)
    rows = rows_of(recorded.tokens, at_step, frame, wish, bars)
    assert (np.array(told)[:-1] == np.concatenate([first, rows])[:-1]).all()
