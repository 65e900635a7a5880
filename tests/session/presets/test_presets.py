"""Presets: what they promise is there, and it is what it says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from songwright.audio import read_audio
from songwright.brief import understand
from songwright.cli.app import group
from songwright.errors import BriefError, OutputError
from songwright.session import compose, load
from songwright.session.presets import Delivery, make, preset, preset_names, presets
from songwright.session.presets.cutdowns import shortened
from songwright.session.presets.layers import grouped
from songwright.session.presets.steps import STEPS
from songwright.session.song import compose_brief


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_says_what_it_does_and_its_example_is_understood(name: str) -> None:
    found = preset(name)
    assert found.title and found.person.startswith("For a")
    assert found.steps and all(step["do"] in STEPS for step in found.steps)
    fields = {key: value for key, value in found.fields.items() if key != "duration"}
    brief = understand(found.example, fields)
    assert not brief.not_understood
    assert compose_brief(brief).score.parts


def test_every_step_is_used() -> None:
    assert {step["do"] for p in presets().values() for step in p.steps} == set(STEPS)


def paths(delivery: Delivery) -> set[str]:
    for item in delivery.files:
        assert (delivery.folder / item.path).exists(), item.path
        assert item.purpose
    return {item.path for item in delivery.files}


def test_a_lesson_is_true_of_its_piece(tmp_path: Path) -> None:
    silent = replace(preset("lesson"), formats=())
    delivery = make(silent, "minuet in F major for flute and harp", tmp_path / "out", duration="20")
    assert {"analysis.html", "musicxml", "abc", "midi", "leadsheet"} <= paths(delivery)
    page = (tmp_path / "out" / "analysis.html").read_text("utf-8")
    assert "<details><summary>What is the key?</summary><p>F major</p>" in page
    song = delivery.song
    assert song is not None and load(tmp_path / "out" / "piece") == song
    assert str(song.score.chords[0].chord) in page
    about = (tmp_path / "out" / "about.txt").read_text("utf-8")
    assert "analysis.html" in about and "minuet in F major" in about


def test_words_win_over_what_a_preset_would_choose(tmp_path: Path) -> None:
    silent = replace(preset("ad"), formats=(), steps=({"do": "piece"},))
    delivery = make(silent, "folk guitar, 12 seconds", tmp_path / "a")
    song = delivery.song
    assert song is not None
    assert song.perform().duration_seconds == pytest.approx(12.0, abs=0.2)
    assert song.plan.ending == "final"
    with pytest.raises(BriefError, match="no preset 'advert'"):
        make("advert", "folk", tmp_path / "b")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    with pytest.raises(OutputError, match="other files"):
        make(silent, "folk guitar, 12 seconds", tmp_path / "mine")


@pytest.mark.parametrize("seconds", [30, 15, 6])
def test_cut_downs_are_exact_and_keep_key_players_and_close(seconds: int) -> None:
    song = compose("bright pop for a product launch", 3, duration="60")
    cut = shortened(song, seconds)
    assert cut.perform().duration_seconds == pytest.approx(seconds, abs=0.02)
    assert cut.plan.key == song.plan.key
    assert {p.id for p in cut.score.parts} == {p.id for p in song.score.parts}
    assert cut.score.chords[-1].chord == song.score.chords[-1].chord


def test_layers_are_loops_that_add_up(tmp_path: Path) -> None:
    cue = preset("cue")
    make(
        replace(cue, steps=cue.steps[:2]), "calm synth pads, drums and bass", tmp_path / "cue",
        duration="8",
    )  # fmt: skip
    folder = tmp_path / "cue" / "layers"
    rows = json.loads((folder / "layers.json").read_text("utf-8"))
    assert rows["loops"] and len(rows["layers"]) >= 2
    layers = [read_audio(folder / row["file"])[0] for row in rows["layers"]]
    whole, _ = read_audio(folder / f"intensity {len(layers)}.wav")
    assert np.abs(np.sum(layers, axis=0) - whole).max() < 2e-4
    assert np.abs(whole).max() <= 10 ** (-0.9 / 20)
    members = [part for row in rows["layers"] for part in row["parts"]]
    assert sorted(members) == sorted(p.id for p in load(tmp_path / "cue" / "piece").plan.parts)


def test_a_solo_has_layers_too() -> None:
    plan = compose("solo piano waltz", bars=8).plan
    groups = [members for members in grouped(plan).values() if members]
    assert sorted(m for members in groups for m in members) == sorted(p.id for p in plan.parts)


def test_the_command_lists_presets_and_asks_for_words() -> None:
    listed = CliRunner().invoke(group, ["make"])
    assert listed.exit_code == 0 and all(name in listed.output for name in preset_names())
    silent = CliRunner().invoke(group, ["make", "ad"])
    assert silent.exit_code == 2 and "product launch" in silent.output


def test_a_palette_has_sounds_for_each_role(tmp_path: Path) -> None:
    one = replace(preset("sounds"), steps=({"do": "sounds", "each": 1, "relatives": 0},))
    delivery = make(one, "cold glassy dystopian", tmp_path / "out")
    rows = json.loads((tmp_path / "out" / "sounds" / "sounds.json").read_text("utf-8"))["sounds"]
    assert [row["role"] for row in rows] == ["pad", "bass", "lead", "arp", "chords", "drums"]
    for row in rows:
        audio, rate = read_audio(tmp_path / "out" / "sounds" / row["file"])
        assert audio.shape[1] > 2 * rate and 0.5 < np.abs(audio).max() < 0.75
        assert row["because"] or row["role"] != "pad"
    assert delivery.song is None
