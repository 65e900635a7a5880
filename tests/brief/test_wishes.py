"""What people ask is what is heard: pieces of the kit, articulation, line-ups, choirs, counts."""

from __future__ import annotations

import pytest

from songwright.brief import understand
from songwright.brief.kit import all_but, voices_of
from songwright.composition.drum_voices import VOICES


def _silent(prompt: str) -> set[str]:
    return {voice for avoid in understand(prompt).avoid for voice in avoid.voices}


@pytest.mark.parametrize(
    ("prompt", "silent"),
    [
        ("hip hop, no heavy bass drum", {"kick", "kick2"}),
        ("lofi, no bass drum heavy stuff", {"kick", "kick2"}),
        ("rock, no hi-hats", {"hat", "open", "pedal"}),
        ("pop without claps", {"clap"}),
    ],
)
def test_a_piece_of_the_kit_goes_and_the_drummer_stays(prompt: str, silent: set[str]) -> None:
    brief = understand(prompt)
    assert _silent(prompt) == silent
    assert not any(avoid.roles or avoid.instruments for avoid in brief.avoid)


def test_no_drums_is_still_no_drums() -> None:
    (avoid,) = understand("pop, no drums").avoid
    assert "drums" in avoid.roles


def test_just_kick_and_hats_is_nothing_else_of_the_kit() -> None:
    silent = _silent("techno, just kick, hats and acid bassline")
    assert {"snare", "clap", "crash", "tom_low"} <= silent
    assert not silent & {"kick", "hat", "open"}


def test_every_piece_of_the_kit_is_a_voice_of_the_grids() -> None:
    words = ("kick", "snare", "hats", "cymbals", "ride", "toms", "claps", "cowbell", "shaker")
    assert all(set(voices_of(word)) <= set(VOICES) for word in words)
    assert all_but(["drums"]) is None


@pytest.mark.parametrize(
    ("prompt", "articulation"),
    [
        ("piano piece, staccato", "staccato"),
        ("string quartet, all pizzicato", "pizzicato"),
        ("string quartet, pizzicato, playful", "pizzicato"),
        ("solo violin, sempre legato", "legato"),
        ("brass quintet, marcato", "marcato"),
        ("pop, no staccato", "legato"),
        ("staccato violin and legato cello", ""),
    ],
)
def test_articulation_of_the_piece(prompt: str, articulation: str) -> None:
    assert understand(prompt).articulation == articulation


def test_articulation_of_one_player() -> None:
    asked = understand("string quartet with pizzicato cello").instruments
    assert [r.instruments[0] for r in asked if "pizzicato" in r.adjectives] == ["cello"]


@pytest.mark.parametrize(
    ("prompt", "dynamics"),
    [
        ("fortissimo brass and percussion", "ff"),
        ("quiet string quartet", "p"),
        ("loud drums and soft piano", ""),
        ("stealth music, no melody instruments too loud", "mp"),
        ("fortissimo brass fanfare, three trumpets and tuba", "ff"),
    ],
)
def test_dynamics_before_a_list_are_those_of_the_list(prompt: str, dynamics: str) -> None:
    assert understand(prompt).dynamics == dynamics


@pytest.mark.parametrize(
    "prompt",
    [
        "wedding processional: harp and cello, 3/4",
        "harp and cello, slow",
        "she reads the letter. solo cello over quiet strings",
        "Irish jig for fiddle, tin whistle and bodhran",
        "study for violin, moderato",
        "5/4 jazz, alto sax, piano, bass, drums",
        "binary form, harpsichord, C minor",
    ],
)
def test_a_line_up_is_the_whole_band(prompt: str) -> None:
    assert understand(prompt).only_these


@pytest.mark.parametrize(
    "prompt",
    [
        "synthwave: analog bass, arps, gated drums",
        "pop with violin and piano",
        "boss fight, choir and low brass, heavy percussion",
        "slow blues, organ and clean guitar, brushes",
        "warm pads and piano, slow",
    ],
)
def test_a_list_in_a_produced_style_is_no_line_up(prompt: str) -> None:
    assert not understand(prompt).only_these


@pytest.mark.parametrize(
    ("prompt", "singers"),
    [
        ("SATB anthem, G major", 4),
        ("a cappella hymn in G, SATB choir, no instruments", 4),
        ("SSA choir and piano", 3),
        ("TTBB sea shanty", 4),
    ],
)
def test_a_choir_has_its_voices(prompt: str, singers: int) -> None:
    asked = understand(prompt).instruments
    assert sum(r.instruments == ("choir_aahs",) for r in asked) == singers


@pytest.mark.parametrize(
    ("prompt", "form"),
    [
        ("hymn in G, 4 verses", ["verse"] * 4),
        ("carol in three verses", ["verse"] * 3),
        ("folk song with three verses and a chorus", ["verse", "verse", "verse", "chorus"]),
        ("death metal, drop tuned", []),
        ("outro for a true crime podcast, 20 secs", []),
    ],
)
def test_sections_that_are_counted_or_only_seem_named(prompt: str, form: list[str]) -> None:
    assert [section.function for section in understand(prompt).form] == form


def test_a_school_year_is_no_number_of_players() -> None:
    assert len(understand("Year 4 recorder tune").instruments) == 1
    assert len(understand("4 recorders and piano").instruments) == 5


def test_sloppy_spelling_of_what_must_be_obeyed() -> None:
    brief = understand("chill jazz, no drumz, 85bmp")
    assert any("drums" in avoid.roles for avoid in brief.avoid)
    assert brief.tempo is not None and brief.tempo.low_bpm == 85


def test_minutes_and_seconds_in_the_marks_of_a_cue_sheet() -> None:
    brief = understand("chase cue, hits hard at 0:40, 1'10\"")
    assert brief.length is not None and brief.length.low == 70
    assert any(point.seconds == 40 for point in brief.energy)


def test_who_is_left_out_of_an_ensemble_is_no_clash() -> None:
    assert not understand("Adagio for strings, no double basses").conflicts
