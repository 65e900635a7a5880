"""Soft wishes: what is met costs nothing, and what is far costs more than what is near."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songwright.models.grooves import GrooveWish, Stroke
from songwright.models.likeness import Sound, contour, likeness
from songwright.models.line_grammar import LineGrammar, LineRules
from songwright.models.lines import Frame, Harmony, Wish, density_of
from songwright.models.progressions import HarmonyWish
from songwright.models.variation import CHANCE_LIKENESS, aims, kept_share, varied
from songwright.models.wishes import contour_miss, groove_miss, harmony_miss, line_miss

FRAME = Frame(4, 4, 4)
THEME = tuple(Sound(12 * i, 12, 60 + (0, 2, 4, 7)[i % 4] + i // 8) for i in range(16))


def _line(*pitches: int) -> tuple[Sound, ...]:
    return tuple(Sound(12 * i, 12, pitch) for i, pitch in enumerate(pitches))


SHAPES = {
    "rising": _line(60, 60, 64, 64, 68, 68),
    "falling": _line(68, 68, 64, 64, 60, 60),
    "arch": _line(60, 60, 67, 67, 60, 60),
    "valley": _line(67, 67, 60, 60, 67, 67),
    "flat": _line(60, 61, 60, 61, 60, 61),
}


@pytest.mark.parametrize("asked", SHAPES)
@pytest.mark.parametrize("drawn", SHAPES)
def test_a_contour_misses_all_others(asked: str, drawn: str) -> None:
    assert contour(SHAPES[drawn]) == drawn
    assert (contour_miss(SHAPES[drawn], asked) == 0.0) == (asked == drawn)


def test_short_lines_are_flat() -> None:
    assert contour_miss(THEME[:2], "flat") == 0.0
    assert contour_miss(THEME[:2], "arch") == 1.0


def test_an_open_wish_costs_nothing() -> None:
    assert line_miss(THEME, FRAME, Wish(), THEME) == 0.0
    assert harmony_miss((Harmony(0, 0, "maj"),), HarmonyWish(4, 4, 4)) == 0.0


def test_twice_as_many_notes_miss_by_one() -> None:
    wish = Wish(density=density_of(THEME, FRAME) / 2)
    assert line_miss(THEME, FRAME, wish) == pytest.approx(1.0)


def test_loud_drums_miss_a_soft_wish() -> None:
    strokes = [Stroke(12 * i, "kick", 96) for i in range(8)]
    soft = groove_miss(strokes, GrooveWish(4, 4, 2, loudness=64.0))
    assert soft == pytest.approx(1.0)
    assert groove_miss(strokes, GrooveWish(4, 4, 2, loudness=96.0, likeness=1.0)) == 0.0
    assert groove_miss((), GrooveWish(4, 4, 2)) == 1.0


def test_a_whole_theme_is_kept_to_the_letter() -> None:
    rules = varied(LineRules(), FRAME, THEME, 1.0)
    assert rules.locked == THEME and rules.closed_bars == frozenset(range(4))
    LineGrammar(FRAME, Wish(), rules)  # does not contradict itself


def test_heads_are_kept_before_tails() -> None:
    rules = varied(LineRules(), FRAME, THEME, 0.65)
    kept = {s.onset for s in rules.locked}
    assert len(kept) == 8 and {0, 12, 96, 108} <= kept  # the first bar of each half
    assert kept < {s.onset for s in THEME}


def test_rules_go_before_the_theme() -> None:
    narrow = LineRules(low=62, high=70, locked=(Sound(0, 12, 65),))
    rules = varied(narrow, FRAME, THEME, 1.0)
    assert Sound(0, 12, 65) in rules.locked
    assert all(62 <= s.pitch <= 70 for s in rules.locked)
    assert len({s.onset for s in rules.locked}) == len(rules.locked)
    LineGrammar(FRAME, Wish(), rules)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_more_likeness_keeps_no_less(one: float, other: float) -> None:
    less, more = sorted((one, other))
    kept = [set(varied(LineRules(), FRAME, THEME, like).locked) for like in (less, more)]
    assert kept[0] <= kept[1]
    alone = likeness(tuple(sorted(kept[1])), THEME, FRAME.bar_steps)
    assert alone == pytest.approx(1.0) if kept_share(more) == 1.0 else alone <= 1.0


def test_counts_of_the_rules_hold_with_the_kept_notes() -> None:
    asked = LineRules(least_onsets=10, most_onsets=20)
    rules = varied(asked, FRAME, THEME, 0.65)
    assert (rules.least_onsets, rules.most_onsets) == (2, 12)
    assert varied(asked, FRAME, THEME, CHANCE_LIKENESS) == replace(asked)


def test_aims_lie_around_the_wish() -> None:
    found = aims(0.5, 6)
    assert found[0] < 0.5 < found[-1] and found == sorted(found)
    assert max(aims(1.0, 4)) == 1.0
