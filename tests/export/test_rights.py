"""A package says whose everything in it is."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.export.exported import small_song

from songwright.composition.plan import Decision
from songwright.export.rights import rights
from songwright.models.weights import card


@pytest.fixture(scope="module")
def song():
    return small_song("solo piano, 4 bars")


def _with(song, *decisions):
    return replace(song.plan, decisions=decisions)


def test_a_piece_by_rules_is_its_makers(song, tmp_path):
    (only,) = rights(_with(song, Decision("melody", "rules", "")), song.score, tmp_path)
    assert (only.what, only.licence) == ("the piece", "yours")


def test_models_are_named_once_with_their_licence_and_corpora(song, tmp_path):
    plan = _with(
        song, Decision("drums", "mixed", ""), Decision("drum touch", "learned", ""),
        Decision("part:alto", "learned", ""), Decision("part:bass", "rules", ""),
        Decision("density", "learned", "not a maker"),
    )  # fmt: skip
    _, drums, parts = rights(plan, song.score, tmp_path)
    assert (drums.what, drums.licence) == ("drums, drum touch", card("drums").licence)
    assert "groove_midi (CC-BY-4.0)" in drums.origin
    assert parts.what == "alto" and "parts" in parts.source


def test_what_was_given_belongs_to_its_owner(song, tmp_path):
    plan = _with(song, Decision("given melody", "1f", "tune.mid: 9 notes kept exactly"))
    given = rights(plan, song.score, tmp_path)[1]
    assert (given.what, given.source) == ("melody", "tune.mid")
    assert given.licence == "that of its owner"


def test_sounds_are_read_from_the_mix_and_grouped(song, tmp_path):
    font = {"name": "Grand", "licence": "CC0", "origin": "Grand.sf2"}
    first, second = song.score.parts[:2]
    stems = {
        first.id: {"bus": "music", "dry": "", "stem": "", "credit": font},
        second.id: {"bus": "music", "dry": "", "stem": "", "credit": font},
        "silent": {"bus": "music", "dry": "", "stem": ""},
    }
    (tmp_path / "mix.json").write_text(json.dumps({"stems": stems}), "utf-8")
    sound = rights(_with(song), song.score, tmp_path)[1]
    assert sound.what == f"sound of {first.name}, {second.name}"
    assert (sound.source, sound.licence, sound.origin) == ("Grand", "CC0", "Grand.sf2")


@pytest.mark.parametrize("text", ["", "[]", '{"stems": {"a": {"credit": {"name": 1}}}}'])
def test_a_damaged_mix_says_nothing_of_sounds(song, tmp_path, text):
    (tmp_path / "mix.json").write_text(text, "utf-8")
    assert len(rights(_with(song), song.score, tmp_path)) == 1
