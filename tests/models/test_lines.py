"""Lines: tokens and back, features, and a grammar that no draw can break."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songwright.errors import ConstraintError
from songwright.models.grid import (
    DURATIONS,
    POSITION_INDEX,
    POSITIONS,
    duration_index,
    nearest_onset,
)
from songwright.models.likeness import Sound, contour, likeness
from songwright.models.line_grammar import LineGrammar, LineRules
from songwright.models.lines import (
    BAR,
    END,
    LINE_FEATURES,
    MOST_TOKENS,
    START,
    VOCABULARY,
    Frame,
    Harmony,
    Wish,
    density_of,
    line_of,
    table_of,
    tokens_of,
)
from songwright.models.sampling import Taste, sample
from tests.models.fakes import random_decoder

WALTZ = Frame(3, 4, 2, (Harmony(0, 0, "maj"), Harmony(36, 7, "7")))


def lines(bars: int, bar: int) -> st.SearchStrategy[tuple[Sound, ...]]:
    places = [b * bar + p for b in range(bars) for p in POSITIONS if p < bar]
    sound = st.builds(
        Sound, st.sampled_from(places), st.sampled_from(DURATIONS), st.integers(21, 108)
    )
    return st.lists(sound, max_size=24, unique_by=lambda s: (s.onset, s.pitch)).map(
        lambda found: tuple(sorted(found, key=lambda s: (s.onset, s.pitch)))
    )


@given(lines(4, 48))
def test_tokens_say_a_line_and_nothing_else(line: tuple[Sound, ...]) -> None:
    frame = Frame(4, 4, 4)
    tokens, steps = tokens_of(line, frame)
    assert line_of(tokens, 48) == line
    assert tokens[0] == START
    assert tokens[-1] == END
    assert tokens.count(BAR) == 3
    assert steps == sorted(steps)
    assert max(tokens) < VOCABULARY


def test_notes_of_a_chord_share_their_duration() -> None:
    chord = tuple(Sound(0, 12, pitch) for pitch in (60, 64, 67))
    assert len(tokens_of(chord, Frame(4, 4, 1))[0]) == 1 + 1 + 3 + 1 + 1


def test_the_grid() -> None:
    assert nearest_onset(2.6, 48) == 3
    assert nearest_onset(47.8, 48) == 48
    assert nearest_onset(43.2, 42) == 42 + 0  # 7/8: the second bar has its own quarters
    assert DURATIONS[duration_index(13)] == 12
    assert DURATIONS[duration_index(1000)] == DURATIONS[-1]


def test_features_say_what_sounds() -> None:
    table = table_of(WALTZ, Wish("bass", "hymn", True))
    column = LINE_FEATURES.index
    assert table.shape == (72, len(LINE_FEATURES.sizes))
    assert table[0, column["root"]] == 1
    assert table[36, column["root"]] == 8
    assert table[0, column["next_root"]] == 8
    assert table[36, column["next_root"]] == 0
    assert table[0, column["bars_left"]] == 2
    assert table[71, column["bars_left"]] == 1
    assert (table < np.array(list(LINE_FEATURES.sizes.values()))).all()


def test_likeness_is_one_for_a_sequence_and_small_for_another_tune() -> None:
    tune = tuple(Sound(12 * i, 12, p) for i, p in enumerate((60, 62, 64, 60)))
    up = tuple(s._replace(pitch=s.pitch + 5) for s in tune)
    other = tuple(Sound(6 * i, 6, p) for i, p in enumerate((60, 72, 55, 67, 50)))
    assert likeness(tune, tune, 48) == 1.0
    assert likeness(up, tune, 48) == 1.0
    assert likeness(other, tune, 48) < 0.4
    assert likeness((), tune, 48) == 0.0


@pytest.mark.parametrize(("pitches", "shape"), [
    ((60, 60, 60), "flat"), ((60, 64, 67), "rising"), ((67, 64, 60), "falling"),
    ((60, 67, 60), "arch"), ((67, 60, 67), "valley"), ((60,), "flat"),
])  # fmt: skip
def test_contours(pitches: tuple[int, ...], shape: str) -> None:
    assert contour([Sound(12 * i, 12, p) for i, p in enumerate(pitches)]) == shape


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_draw_breaks_a_constraint(data: st.DataObject) -> None:
    numerator, denominator = data.draw(st.sampled_from([(4, 4), (3, 4), (6, 8), (7, 8)]))
    frame = Frame(numerator, denominator, data.draw(st.integers(1, 4)))
    low = data.draw(st.integers(40, 70))
    high = low + data.draw(st.integers(4, 30))
    locked = data.draw(
        st.lists(
            st.builds(
                Sound,
                st.sampled_from([b * frame.bar_steps + p for b in range(frame.bars)
                                 for p in (0, 6, 12)]),
                st.sampled_from((3, 6)), st.integers(low, high)),
            max_size=3, unique_by=lambda s: s.onset,
        )
    )  # fmt: skip
    most = data.draw(st.integers(2, 20))
    closed = frozenset(data.draw(st.sets(st.integers(0, frame.bars - 1), max_size=1)))
    classes = frozenset(data.draw(st.sets(st.integers(0, 11), min_size=3)))
    rules = LineRules(
        low, high, voices=data.draw(st.integers(1, 4)), most_onsets=most, least_onsets=0,
        pitch_classes=(classes,) * frame.steps, locked=tuple(locked), closed_bars=closed,
        widest_leap=7,
    )  # fmt: skip
    grammar = LineGrammar(frame, Wish(), rules)
    seed = data.draw(st.integers(0, 99))
    sample(random_decoder(VOCABULARY, seed), [grammar], [Random(seed)], LINE_FEATURES.offsets)
    line = grammar.line
    free = [s for s in line if s not in locked]
    assert set(locked) <= set(line)
    assert all(low <= s.pitch <= high for s in line)
    assert all(s.pitch % 12 in classes for s in free)
    assert len({s.onset for s in free}) <= most
    assert all(s.onset // frame.bar_steps not in closed for s in free)
    assert all(s.onset + s.duration <= frame.steps or s.duration == 1 for s in free)
    for lock in locked:
        assert not any(lock.onset <= s.onset < lock.onset + lock.duration for s in free)
        assert not any(s.onset < lock.onset < s.onset + s.duration and s.duration > 1 for s in free)
    voices = [sum(s.onset == onset for s in free) for onset in {s.onset for s in free}]
    assert max(voices, default=0) <= rules.voices


@pytest.mark.parametrize("least", [0, 5, 11, 16])
def test_a_line_has_as_many_onsets_as_asked_for(least: int) -> None:
    frame = Frame(4, 4, 2)
    rules = LineRules(least_onsets=least, most_onsets=16, positions=frozenset(range(0, 48, 6)))
    for seed in range(8):
        grammar = LineGrammar(frame, Wish(), rules)
        sample(random_decoder(VOCABULARY, seed), [grammar], [Random(seed)], LINE_FEATURES.offsets)
        assert least <= len({s.onset for s in grammar.line}) <= 16
        assert density_of(grammar.line, frame) <= 2.0


@pytest.mark.parametrize("rules", [
    LineRules(low=60, high=50),
    LineRules(low=60, high=72, locked=(Sound(0, 12, 40),)),
    LineRules(locked=(Sound(500, 12, 60),)),
    LineRules(locked=(Sound(1, 12, 60),)),
    LineRules(least_onsets=500),
    LineRules(least_onsets=9, most_onsets=4),
    LineRules(low=60, high=60, pitch_classes=(frozenset((1,)),) * 96, least_onsets=1),
])  # fmt: skip
def test_contradictions_are_named(rules: LineRules) -> None:
    with pytest.raises(ConstraintError):
        LineGrammar(Frame(4, 4, 2), Wish(), rules)


def test_taste_runs_from_the_expected_to_the_daring() -> None:
    tame, learned, daring = Taste.of(0), Taste.of(0.5), Taste.of(1)
    assert tame.temperature < learned.temperature < daring.temperature
    assert learned.top_p == daring.top_p == 1.0
    assert Taste.of(7) == daring


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000))
def test_no_sequence_outgrows_the_models(seed: int) -> None:
    frame = Frame(4, 4, 8)
    last = Sound(7 * 48 + 36, 12, 60)
    rules = LineRules(voices=6, most_repeats=64, locked=(last,))
    long = tuple(Sound(6 * i, 6, 60 + i % 7) for i in range(64))
    grammar = LineGrammar(frame, Wish("chords"), rules, long, frame)
    heard = len(grammar.beginning[0])
    [tokens] = sample(random_decoder(VOCABULARY, seed), [grammar], [Random(seed)],
                      LINE_FEATURES.offsets, Taste(1.0, 1.0))  # fmt: skip
    assert grammar.done and heard + len(tokens) <= MOST_TOKENS
    assert last in grammar.line


def test_the_next_onset_of_the_tune_is_told_ahead() -> None:
    frame = Frame(4, 4, 2, tune=(Sound(0, 12, 72), Sound(24, 12, 74), Sound(54, 6, 76)))
    table = table_of(frame, Wish("bass"))
    told = [int(table[step, LINE_FEATURES.index["tune_next"]]) for step in (0, 23, 24, 47, 48, 60)]
    third, late = 2 + POSITION_INDEX[24], 2 + POSITION_INDEX[6]
    assert told == [third, third, 1, 1, late, 1]
    assert not table[:, LINE_FEATURES.index["bass_next"]].any()
