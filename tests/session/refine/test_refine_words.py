"""Requests in words: what is understood, what is not, and that every remedy of the judge exists."""

from __future__ import annotations

import pytest

from songwright.errors import ProjectError
from songwright.evaluate.diagnosis import catalogue
from songwright.session import Song
from songwright.session.refine import refine
from songwright.session.refine.clauses import rules_and_names
from songwright.session.refine.kinds import KINDS
from songwright.session.refine.options import edits_of, read_arguments
from songwright.session.refine.words import read_words

CASES = [
    ("make the chorus bigger", "energy", ("chorus",), ()),
    ("lose the bass", "remove", (), ("bass",)),
    ("bass an octave lower", "octave", (), ("bass",)),
    ("drums +2 dB", "level", (), ("drums",)),
    ("louder drums", "level", (), ("drums",)),
    ("a bit faster", "tempo", (), ()),
    ("regenerate the drums in bars 9-12", "regenerate", (), ("drums",)),
    ("vary the first verse by 60 %", "vary", ("verse#1",), ()),
    ("change the key to D minor", "key", (), ()),
    ("use the chords C | F | G | Am", "chords", (), ()),
    ("simplify the melody for beginners", "simplify", (), ("lead",)),
    ("fade out", "ending", (), ()),
    ("shorten it to 40 seconds", "length", (), ()),
    ("add a cello", "add", (), ()),
    ("change the style to bossa nova", "style", (), ()),
    ("more syncopated melody", "syncopation", (), ("lead",)),
    ("delete the verse", "delete", ("verse",), ()),
    ("swap the verse and the chorus", "swap", ("verse", "chorus"), ()),
    ("duck bass", "duck", (), ("bass",)),
    ("narrower", "wider", (), ()),
    ("let the melody breathe", "breathe", (), ("lead",)),
    ("transpose up a tone", "transpose", (), ()),
    ("transpose everything down by 3 semitones", "transpose", (), ()),
    ("down a semitone", "transpose", (), ()),
    ("transpose the bass down an octave", "octave", (), ("bass",)),
]


AMOUNTS = [
    ("up a minor third", "transpose", 3.0, ""),
    ("transpose up a fourth", "transpose", 5.0, ""),
    ("transpose everything down a perfect fifth", "transpose", -7.0, ""),
    ("a tone lower", "transpose", -2.0, ""),
    ("a half step higher", "transpose", 1.0, ""),
    ("up 2 tones", "transpose", 4.0, ""),
    ("up 2 semitones", "transpose", 2.0, ""),
    ("an octave higher", "octave", 1.0, ""),
    ("halve the tempo", "tempo", 0.5, "factor"),
    ("double the tempo", "tempo", 2.0, "factor"),
    ("10 bpm faster", "tempo", 10.0, "more"),
    ("7.5 bpm slower", "tempo", -7.5, "more"),
    ("20 % slower", "tempo", -20.0, "percent"),
    ("20% faster", "tempo", 20.0, "percent"),
    ("96 bpm", "tempo", 96.0, ""),
]


@pytest.mark.parametrize(("text", "kind", "amount", "value"), AMOUNTS)
def test_how_far_is_read_from_intervals_and_numbers(
    song: Song, text: str, kind: str, amount: float, value: str
) -> None:
    reading = read_words(text, song.plan)
    assert [(e.kind, e.amount, e.value) for e in reading.edits] == [(kind, amount, value)]
    assert reading.not_understood == ()


def test_a_step_of_something_else_moves_no_pitch(song: Song) -> None:
    assert not read_words("energy up a step", song.plan).edits


def test_half_time_is_a_feel_and_not_a_tempo(song: Song) -> None:
    assert [e.kind for e in read_words("half time", song.plan).edits] == ["half time"]


@pytest.mark.parametrize(("text", "kind", "sections", "parts"), CASES)
def test_words(
    song: Song, text: str, kind: str, sections: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    reading = read_words(text, song.plan)
    assert [e.kind for e in reading.edits] == [kind]
    assert sorted(reading.edits[0].scope.sections) == sorted(sections)
    assert reading.edits[0].scope.parts == parts
    assert reading.not_understood == ()


@pytest.mark.parametrize(
    ("text", "bars"),
    [
        ("make the second half louder", (12, 24)),
        ("louder drums in the first third", (0, 8)),
        ("make the middle third bigger", (8, 16)),
        ("regenerate the last quarter", (18, 24)),
        ("vary the last 4 bars", (20, 24)),
        ("regenerate the drums in the last bar", (23, 24)),
    ],
)
def test_a_share_of_the_piece_is_a_place(song: Song, text: str, bars: tuple[int, int]) -> None:
    reading = read_words(text, song.plan)
    assert reading.not_understood == ()
    assert reading.edits[0].scope.bars == (bars,)


def test_several_clauses_and_what_is_kept(song: Song) -> None:
    outcome = refine(song, "regenerate the verse and the chorus, keep the bass line")
    assert outcome.song.score.part("bass") == song.score.part("bass")
    assert outcome.song.score.part("drums") != song.score.part("drums")
    assert outcome.song.refined is not None
    assert outcome.song.refined.locks == ()
    assert any("kept" in line for line in outcome.done)


def test_what_is_not_there_is_not_done(song: Song) -> None:
    reading = read_words("lose the tuba, make the fifth chorus bigger, wobble", song.plan)
    assert reading.edits == ()
    assert "tuba (not in this piece)" in reading.not_understood
    assert "wobble" in reading.not_understood
    with pytest.raises(ProjectError, match="nothing to do was understood"):
        refine(song, "flibbertigibbet")


def test_every_rule_has_a_kind() -> None:
    for rule, _ in rules_and_names()[0]:
        assert rule.kind in KINDS


@pytest.mark.parametrize("name", list(catalogue()))
def test_the_remedies_of_the_judge_are_real(song: Song, name: str) -> None:
    options = read_arguments(catalogue()[name].refine)
    if "section" in options:
        options["section"] = song.plan.sections[1].letter
    edits = edits_of(options, song.plan)
    assert edits
    assert all(edit.kind in KINDS for edit in edits)
