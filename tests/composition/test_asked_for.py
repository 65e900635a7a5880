"""From request to score: roles, choirs, silent drums, articulation, modes, titles, drops."""

from __future__ import annotations

import pytest

from songwright.brief import understand
from songwright.composition.drum_voices import VOICES
from songwright.composition.modality import from_tonic, is_within
from songwright.composition.plan import Plan
from songwright.composition.planning import make_plan
from songwright.composition.progressions import parse_bars
from songwright.composition.titles import title_of
from songwright.composition.writing import write_score
from songwright.score import Score
from songwright.theory import Key


def _plan(prompt: str, seed: int = 1) -> Plan:
    return make_plan(understand(prompt), seed, "rules")


def _score(prompt: str, seed: int = 1) -> Score:
    brief = understand(prompt)
    return write_score(make_plan(brief, seed, "rules"), brief)


def _players(prompt: str) -> list[tuple[str, str]]:
    return [(part.role, part.instrument) for part in _plan(prompt).parts]


def test_the_line_player_of_a_duo_has_the_tune() -> None:
    assert _players("harp and cello, slow") == [("lead", "cello"), ("chords", "orchestral_harp")]
    assert _players("flute and guitar, calm")[0] == ("lead", "flute")


def test_a_named_soloist_comes_before_the_style_s_own() -> None:
    assert ("lead", "alto_sax") in _players("jazz with alto sax")
    assert ("lead", "whistle") in _players("western on synths, whistle lead")


def test_a_choir_sings_in_four_named_voices_that_do_not_cross_their_ranges() -> None:
    parts = _plan("SATB carol, D minor, unaccompanied").parts
    assert [part.name for part in parts] == ["Soprano", "Alto", "Tenor", "Bass"]
    assert [part.low for part in parts] == sorted((p.low for p in parts), reverse=True)


def test_a_choir_is_one_pad_among_the_players_of_a_trailer() -> None:
    players = _players("epic trailer with SATB choir")
    assert players.count(("pad", "choir_aahs")) == 1
    assert ("bass", "choir_aahs") not in players


def test_silent_pieces_of_the_kit_are_never_struck() -> None:
    score = _score("rock, no hi-hats, 24 bars")
    struck = {n.pitch for p in score.parts if p.role == "drums" for n in p.notes}
    assert struck
    assert not struck & {VOICES["hat"], VOICES["open"], VOICES["pedal"]}


def test_staccato_is_written_short_and_marked() -> None:
    score = _score("piano piece, staccato, 16 bars")
    for part in score.parts:
        last = max(n.onset_ticks for n in part.notes)
        inner = [n for n in part.notes if n.onset_ticks < last]
        assert all(n.duration_ticks <= 480 for n in inner)
        marked = sum(n.articulation == "staccato" for n in inner)
        assert marked > 0.9 * len(inner)


def test_a_plucked_quartet_keeps_its_names() -> None:
    parts = _plan("string quartet, all pizzicato").parts
    assert {part.instrument for part in parts} == {"pizzicato_strings"}
    assert [part.name for part in parts] == ["Violin", "Violin", "Viola", "Cello"]


def test_a_mode_that_is_asked_for_keeps_to_its_notes_and_starts_on_its_tonic() -> None:
    for seed in range(3):
        plan = _plan("funk in E dorian, 32 bars", seed)
        scale = set(plan.key.diatonic_pcs)
        assert all(set(span.chord.pcs) <= scale for span in plan.chords)
        bar = plan.meter.bar_ticks
        for section in plan.sections:
            if section.function in ("verse", "chorus", "A", "B"):
                at = section.start_bar * bar
                chord = next(s for s in plan.chords if s.onset_ticks <= at < s.end_ticks)
                assert chord.chord.root_pc == plan.key.tonic_pc


def test_a_loop_is_turned_to_its_tonic() -> None:
    key = Key("E", "dorian")
    assert from_tonic(parse_bars("IV | i | IV | i"), key, "verse") == parse_bars("i | IV | i | IV")
    assert from_tonic(parse_bars("IV | i"), key, "bridge") == parse_bars("IV | i")
    assert is_within(parse_bars("i7 | IV9"), key)
    assert not is_within(parse_bars("iv | V"), key)


@pytest.mark.parametrize("seconds", [45, 60, 90])
def test_the_drop_comes_when_it_was_asked_for(seconds: int) -> None:
    for seed in range(3):
        clock = f"{seconds // 60}:{seconds % 60:02d}"
        plan = _plan(f"house, 124 bpm, drop at {clock}, 3:00 long", seed)
        drop = next(s for s in plan.sections if s.function == "drop")
        bar_seconds = plan.meter.bar_ticks / 480 * 60.0 / plan.tempo_bpm
        assert drop.start_bar * bar_seconds == pytest.approx(seconds, abs=bar_seconds)
        assert sum(s.bars for s in plan.sections) == plan.bars


@pytest.mark.parametrize(
    ("prompt", "title"),
    [
        ("Lullaby in 3/4 with ritardando", "Lullaby with ritardando"),
        ("hey can u make me background musik for a cooking show, 2 mins",
         "Background musik for a cooking show"),
        ("I need a 30 sec ad bed for a bank. Warm.", "Ad bed for a bank"),
        ("house track 124bpm Gm, piano stabs", "House track"),
        ("Dm9 | G13 | Cmaj9 | A7alt, bossa nova", "Bossa nova"),
        ("key: Eb, mood: proud", "Proud"),
        ("C# minor / 3/4 / 84 bpm / cello + piano / 40 bars", "Cello + piano"),
        ("120 bpm", ""),
    ],
)  # fmt: skip
def test_titles_say_what_a_piece_is_about(prompt: str, title: str) -> None:
    assert title_of(prompt) == title


def test_a_few_acoustic_players_are_no_band_with_a_missing_drummer() -> None:
    for prompt in ("lullaby for music box", "three trumpets and tuba", "solo cello, very loud"):
        assert _plan(prompt).style not in {
            "lofi_hiphop",
            "latin_salsa",
            "epic_trailer",
            "jazz_swing",
        }
