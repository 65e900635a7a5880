"""Mood words and the mode that a listener expects of them."""

from __future__ import annotations

import pytest

from songwright.brief import understand
from songwright.brief.leaning import expected_side
from songwright.brief.model import Affect, Brief
from songwright.brief.vocabulary import vocabulary
from songwright.composition.planning import make_plan
from songwright.styles import style, style_ids

MAJOR = (
    "heroic", "triumphant", "majestic", "playful", "happy", "cheerful", "hopeful", "uplifting",
    "festive", "romantic", "whimsical", "noble", "regal", "joyful", "optimistic", "childlike",
    "quirky", "proud", "victorious", "sunny", "maestoso", "giocoso",
)  # fmt: skip
MINOR = (
    "epic", "dark", "ominous", "sad", "tragic", "menacing", "scary", "tense", "mysterious",
    "melancholic", "gloomy", "furious", "sinister", "mournful", "suspenseful", "battle",
    "doloroso", "agitato",
)  # fmt: skip
EITHER = ("calm", "driving", "nostalgic", "dreamy", "sultry", "urban", "powerful", "energetic")


def _side(word: str) -> str:
    affect = vocabulary().phrases[word].affect
    assert affect is not None
    return expected_side(Affect(*affect))


@pytest.mark.parametrize(
    ("words", "side"), [(MAJOR, "major"), (MINOR, "minor"), (EITHER, "")], ids=lambda v: str(v)[:5]
)
def test_words_have_the_side_that_listeners_expect(words: tuple[str, ...], side: str) -> None:
    assert {word: _side(word) for word in words} == dict.fromkeys(words, side)


@pytest.mark.parametrize("word", ["heroic", "majestic", "playful"])
def test_a_bright_mood_is_major_in_every_seed(word: str) -> None:
    for style_id in ("epic_trailer", "orchestral_film", "string_quartet", "chiptune", "pop"):
        brief = understand(f"{word} music", {"style": style_id, "bars": "8"})
        for seed in range(6):
            assert not make_plan(brief, seed).key.is_minor, (style_id, seed)


def test_a_dark_mood_is_minor_in_every_style() -> None:
    for style_id in style_ids():
        brief = understand("ominous music", {"style": style_id, "bars": "8"})
        assert make_plan(brief, 3).key.is_minor, style_id


def test_what_is_said_beats_the_mood() -> None:
    assert make_plan(understand("heroic fanfare in a minor key, 8 bars"), 1).key.is_minor
    assert not make_plan(understand("dark cue in D major, 8 bars"), 1).key.is_minor


def test_moods_vote_and_hints_only_break_silence() -> None:
    assert understand("heroic, driving, huge").leans == "major"
    assert understand("epic and heroic").leans == "major"  # "epic" only hints
    assert understand("an epic orchestra").leans == "minor"
    assert understand("dark but heroic").leans == ""
    assert understand("piano, 90 bpm").leans == ""


def test_a_style_without_major_keeps_its_modes() -> None:
    brief = understand("happy trap, 8 bars")
    assert brief.leans == "major"
    assert make_plan(brief, 1).key.mode in style("hiphop_trap").modes


def test_the_affect_alone_leans_too() -> None:
    brief = Brief(style="epic_trailer", affect=Affect(valence=0.6))
    assert not any(make_plan(brief, seed).key.is_minor for seed in range(4))
