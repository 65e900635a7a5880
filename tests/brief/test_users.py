"""Requests in the words of users: what was once misread."""

from __future__ import annotations

import pytest

from songwright.brief import understand
from songwright.composition.planning import make_plan


def _plan(prompt: str):  # type: ignore[no-untyped-def]
    return make_plan(understand(prompt), 1)


@pytest.mark.parametrize(
    ("prompt", "players"),
    [
        ("Allegro ma non troppo in G for two violins and cello", ["violin", "violin", "cello"]),
        ("lullaby for music box, A major", ["music_box", "music_box"]),
        ("Pieza alegre para guitarra y flauta, re mayor", ["flute", "acoustic_guitar_steel"]),
        ("warm-up for my choir class: piano and nothing else", ["acoustic_grand_piano"] * 2),
        ("étude for my guitar pupils: nylon guitar alone", ["acoustic_guitar_nylon"] * 2),
    ],
)
def test_a_piece_for_players_is_for_nobody_else(prompt: str, players: list[str]) -> None:
    assert [part.instrument for part in _plan(prompt).parts] == players


def test_a_score_for_strings_less_the_basses() -> None:
    players = [p.instrument for p in _plan("Adagio for strings, no double basses, D minor").parts]
    assert players == ["violin", "violin", "viola", "cello"]


@pytest.mark.parametrize("section", ["intro", "outro", "solo", "bridge"])
def test_unwanted_sections_are_left_out(section: str) -> None:
    for style in ("pop", "funk", "rock"):
        brief = understand(f"{style}, 64 bars, no {section}")
        for seed in range(4):
            assert section not in {s.function for s in make_plan(brief, seed).sections}


def test_a_bass_without_a_tune_stays_a_bass() -> None:
    plan = _plan("techno, no melody, just kick, hats, acid bassline")
    assert "lead" not in {part.role for part in plan.parts}


@pytest.mark.parametrize(
    ("prompt", "word"),
    [
        ("piano piece, quarter notes", "quartet"),
        ("wedding processional, organ", "professional"),
        ("piano, first position", "positive"),
    ],
)
def test_words_are_not_mended_into_others(prompt: str, word: str) -> None:
    assert not any(word in heard.value for heard in understand(prompt).heard)


@pytest.mark.parametrize(
    ("prompt", "seconds"),
    [("cello over strings, 1:15, builds to 0:50 then dies away", 50.0),
     ("house, 2:30 long, drop at 1:00", 60.0)],
)  # fmt: skip
def test_the_time_of_a_climax_is_no_length(prompt: str, seconds: float) -> None:
    brief = understand(prompt)
    assert brief.length is not None and brief.length.low > seconds
    assert any(point.seconds == seconds and point.level > 0.9 for point in brief.energy)


@pytest.mark.parametrize(
    ("prompt", "use", "ending"),
    [
        ("podcast intro, 12 seconds, ends with a clean hit", "sting", "hard"),
        ("ad bed, piano, leave room for voice over", "vocal bed", ""),
        ("lofi study beat", "", ""),
    ],
)
def test_uses_and_ends_in_plain_words(prompt: str, use: str, ending: str) -> None:
    brief = understand(prompt)
    assert brief.ending == ending
    assert brief.use == use


def test_a_cue_without_a_style_is_film_or_game_music() -> None:
    for prompt in ("heroic boss battle", "creepy game cue", "mysterious film cue", "dark film cue"):
        style = _plan(prompt).style
        assert style in {
            "orchestral_film", "epic_trailer", "cinematic_ambient", "chiptune", "solo_piano",
            "string_quartet", "hymn_choral",
        }, prompt  # fmt: skip


def test_horns_are_those_of_the_style() -> None:
    reggae = {p.instrument for p in _plan("reggae with horns").parts if p.requested}
    film = {p.instrument for p in _plan("orchestral film music with horns").parts if p.requested}
    assert "french_horn" not in reggae and reggae
    assert "french_horn" in film
