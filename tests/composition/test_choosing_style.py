"""Which style a mood, players or a use mean when none is named."""

from __future__ import annotations

import pytest

from songwright.brief import understand
from songwright.composition.choosing_style import choose_style
from songwright.styles import style, style_ids

OF_THEIR_OWN = {
    "reggae", "bossa_nova", "latin_salsa", "blues", "chiptune", "hymn_choral", "funk",
    "drum_and_bass", "hiphop_trap",
}  # fmt: skip


def chosen(prompt: str) -> str:
    return choose_style(understand(prompt), []).id


@pytest.mark.parametrize(
    "mood",
    ["sad", "happy", "angry", "calm", "dark", "tense", "romantic", "mysterious", "playful",
     "heroic", "dreamy", "hopeful", "scary", "triumphant", "nostalgic", "intense",
     "wedding", "halloween", "love story", "detective story", "victory", "town theme", "game over"],
)  # fmt: skip
def test_a_mood_alone_means_no_idiom_that_people_name_when_they_want_it(mood: str) -> None:
    assert chosen(mood) not in OF_THEIR_OWN


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("angry", "metal"),
        ("happy", "pop"),
        ("heroic", "orchestral_film"),
        ("energetic", "house"),
        ("peaceful", "cinematic_ambient"),
        ("boss fight", "epic_trailer"),
        ("distorted guitars, aggressive", "metal"),
        ("walking bass and brushes", "jazz_swing"),
        ("808 and hi hats, dark", "hiphop_trap"),
        ("epic drums and brass", "epic_trailer"),
        ("angry reggae", "reggae"),
    ],
)
def test_what_a_listener_expects(prompt: str, expected: str) -> None:
    assert chosen(prompt) == expected


def test_breadth_is_no_more_than_a_share_of_the_moods() -> None:
    breadths = {name: style(name).affect.breadth for name in style_ids()}
    assert all(0.0 <= breadth <= 0.5 for breadth in breadths.values())
    assert not any(breadths[name] for name in OF_THEIR_OWN)
