"""Styles, uses, moods, instruments, negatives, and the traps among them."""

from __future__ import annotations

import pytest

from songwright.brief import understand
from songwright.brief.vocabulary import normal, vocabulary
from songwright.errors import BriefError
from songwright.score import ROLES, instruments
from songwright.styles import style_ids


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("drum and bass", "drum_and_bass"),
        ("d&b", "drum_and_bass"),
        ("drum'n'bass", "drum_and_bass"),
        ("lo-fi hip hop", "lofi_hiphop"),
        ("12-bar blues", "blues"),
        ("solo piano", "solo_piano"),
        ("string quartet", "string_quartet"),
        ("disco", "house"),
        ("shoegaze", "cinematic_ambient"),
        ("blues rock", "rock"),
        ("jazzy lofi", "lofi_hiphop"),
        ("8-bit", "chiptune"),
        ("R&B", "soul_rnb"),
        ("bossa nova", "bossa_nova"),
        ("elevator muzak", "jazz_swing"),
        ("marching band", "orchestral_film"),
        ("lullaby for harp", "cinematic_ambient"),
        ("rock lullaby", "rock"),
        ("cinematic ambient", "cinematic_ambient"),
    ],
)
def test_style(text: str, style: str) -> None:
    assert understand(text).style == style


def test_near_genre_says_so() -> None:
    (heard,) = (h for h in understand("shoegaze").heard if h.control == "style")
    assert "nearest to shoegaze" in heard.value


def test_two_styles_the_later_wins() -> None:
    brief = understand("techno, then reggae")
    assert brief.style == "reggae"
    assert any("techno" in sentence for sentence in brief.conflicts)


def test_boss_battle_is_a_game_and_no_bossa() -> None:
    brief = understand("boss battle")
    assert brief.style == ""
    assert brief.use == "game cue"


@pytest.mark.parametrize(
    ("text", "use"),
    [
        ("background music for a podcast", "background score"),
        ("backing track for a singer", "vocal bed"),
        ("8-bar loop", "social loop"),
        ("a loop for a boss fight", "game cue"),
        ("film cue", "film cue"),
        ("logo sting", "sting"),
        ("piano etude", "study etude"),
        ("full song", "full song"),
    ],
)
def test_use(text: str, use: str) -> None:
    assert understand(text).use == use


@pytest.mark.parametrize(
    ("text", "first", "role", "pattern"),
    [
        ("walking bass", "acoustic_bass", "bass", "walking"),
        ("finger-picked guitar", "acoustic_guitar_steel", "chords", "travis"),
        ("evolving pad layers", "pad_2_warm", "pad", "evolving"),
        ("four on the floor", "electronic_kit", "drums", "house_four"),
        ("bass drum", "standard_kit", "drums", ""),
        ("violins", "violin", "", ""),
        ("flute melody", "flute", "lead", ""),
        ("melody on the oboe", "oboe", "lead", ""),
        ("synth bass 2", "synth_bass_2", "bass", ""),
        ("Trompete", "trumpet", "", ""),
        ("female vocals", "voice_oohs", "", ""),
    ],
)
def test_instrument(text: str, first: str, role: str, pattern: str) -> None:
    (request,) = understand(f"pop with {text}").instruments
    assert (request.instruments[0], request.role, request.pattern) == (first, role, pattern)


def test_adjectives_go_with_their_instrument() -> None:
    brief = understand("ambient, sparse percussion, soft warm pads")
    assert brief.instruments[0].adjectives == ("sparse",)
    assert brief.note_density == ""
    assert understand("sparse ambient").note_density == "sparse"


def test_every_program_and_kit_has_its_name() -> None:
    for name in instruments():
        phrase = normal(name.replace("_", " "))
        assert vocabulary().phrases[phrase].instruments[0] == name or phrase == "steel drums"
        (request,) = understand("", {"instruments": name}).instruments
        assert request.instruments == (name,)


def test_ensembles() -> None:
    quartet = understand("string quartet")
    assert [r.instruments[0] for r in quartet.instruments] == ["violin", "violin", "viola", "cello"]
    assert quartet.only_these
    trio = understand("piano trio")
    assert [r.instruments[0] for r in trio.instruments] == [
        "violin",
        "cello",
        "acoustic_grand_piano",
    ]
    assert understand("solo piano").only_these


def test_only_these() -> None:
    assert understand("piano and strings only").only_these
    assert understand("just a harp").only_these
    assert understand("solo cello").only_these
    soloist = understand("synthwave with a solo guitar")
    assert not soloist.only_these
    assert soloist.instruments[0].role == "lead"


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("medieval dance with recorder, drum and lute", True),
        ("japanese koto and shakuhachi, calm", True),
        ("indian sitar and tabla", True),
        ("country rock with banjo and fiddle", False),
        ("celtic with fiddle", False),
        ("dixieland with trumpet and piano", False),
    ],
)
def test_a_folk_style_that_stands_in_adds_no_strangers(text: str, alone: bool) -> None:
    assert understand(text).only_these == alone


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("guitar solo", True),
        ("drum solo, funk", True),
        ("flamenco guitar solo", True),
        ("rock guitar solo in E", False),
        ("jazz piano solo", False),
    ],
)
def test_whose_solo_has_no_band(text: str, alone: bool) -> None:
    brief = understand(text)
    assert brief.only_these == alone
    assert len(brief.instruments) == 1


@pytest.mark.parametrize(
    ("text", "forbidden"),
    [
        ("techno without drums or vocals", {"standard_kit", "voice_oohs"}),
        ("rock, avoid brass and synths", {"trumpet", "lead_2_sawtooth"}),
        ("no drums, brass or choir, pop", {"tr808_kit", "tuba", "choir_aahs"}),
        ("drum-free ambient", {"standard_kit"}),
        ("everything except guitars, pop", {"acoustic_guitar_steel"}),
        ("Klavier ohne Schlagzeug", {"standard_kit"}),
    ],
)
def test_negatives(text: str, forbidden: set[str]) -> None:
    brief = understand(text)
    barred = {i for avoid in brief.avoid for i in avoid.instruments}
    assert forbidden <= barred
    assert not {i for r in brief.instruments for i in r.instruments} & forbidden


def test_comma_ends_a_negative() -> None:
    brief = understand("no drums, piano and strings")
    assert [r.word for r in brief.instruments] == ["piano", "strings"]


def test_negative_narrows_a_broader_request() -> None:
    (request,) = understand("strings but no violins").instruments
    assert "violin" not in request.instruments
    assert "cello" in request.instruments


def test_percussion_without_drums() -> None:
    brief = understand("sparse percussion, no drums")
    assert brief.instruments[0].role == "percussion"
    assert "standard_kit" not in {i for a in brief.avoid for i in a.instruments}
    assert "drums" in {r for a in brief.avoid for r in a.roles}


def test_specific_beats_general() -> None:
    brief = understand("no drums except a shaker, jazz, solo trumpet, no brass")
    words = [r.word for r in brief.instruments]
    assert "shaker" in words
    assert "trumpet" in words


def test_negative_beats_the_same_thing() -> None:
    brief = understand("piano and choir, no choir")
    assert [r.word for r in brief.instruments] == ["piano"]
    assert any("choir" in sentence for sentence in brief.conflicts)
    with pytest.raises(BriefError, match="forbidden"):
        understand("a choir but no choir")


def test_moods() -> None:
    happy, sad = understand("happy piano piece").affect, understand("a sad piece, piano").affect
    assert happy.valence > 0 > sad.valence
    assert understand("not sad, piano").affect.valence > 0
    assert understand("dark and tense").affect.tension > 0.5


def test_vocabulary_is_as_large_as_promised() -> None:
    phrases = vocabulary().phrases
    styles = {p for p, w in phrases.items() if w.style}
    moods = {p for p, w in phrases.items() if w.affect is not None and w.mood}
    players = {p for p, w in phrases.items() if w.instruments}
    assert len(styles) >= 60 and len(moods) >= 80 and len(players) >= 120
    assert {w.style for w in phrases.values() if w.style} == set(style_ids())
    assert {i for w in phrases.values() for i in w.instruments} == set(instruments())


def test_vocabulary_names_only_what_exists() -> None:
    for phrase, word in vocabulary().phrases.items():
        roles = {word.role, word.part, *word.roles} - {""}
        assert roles <= set(ROLES), phrase
        assert not word.roles or len(word.roles) == len(word.instruments), phrase
        if word.affect is not None:
            assert all(-1 <= x <= 1 for x in word.affect), phrase


def test_typos_are_mended_and_said() -> None:
    brief = understand("ambeint music with pinao")
    assert brief.style == "cinematic_ambient"
    assert brief.instruments[0].instruments[0] == "acoustic_grand_piano"
    assert any(h.control == "spelling" for h in brief.heard)


@pytest.mark.parametrize("word", ["horse", "chair", "mental", "coral", "county", "march"])
def test_english_words_are_not_mended(word: str) -> None:
    heard = understand(f"piano and a {word}").heard
    assert not any(h.control == "spelling" for h in heard)
