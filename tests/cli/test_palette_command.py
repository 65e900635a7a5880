"""``songwright palette``: what people see and get."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import soundfile
from click.testing import CliRunner

from songwright.cli.palette import palette
from songwright.errors import StyleError


def run(*words: str) -> str:
    result = CliRunner().invoke(palette, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_overview_counts_every_category() -> None:
    text = run()
    assert "basses" in text
    assert "kits" in text


def test_search_explains_itself() -> None:
    hits = json.loads(run("search", "gritty", "reese", "bass", "--json"))
    assert hits[0]["id"] == "reese_gritty"
    assert hits[0]["reasons"]
    assert "nothing fits" in run("search", "qqqq")


def test_lists_can_be_narrowed() -> None:
    found = json.loads(run("list", "pads", "--style", "techno", "--json"))
    assert found
    assert all("techno" in row["styles"] and row["category"] == "pads" for row in found)
    with pytest.raises(StyleError, match="category"):
        run("list", "spoons")


def test_show_prints_only_what_is_set(tmp_path: Path) -> None:
    text = run("show", "reese_gritty")
    assert "wave growl" in text
    assert "crush" not in text
    settings = json.loads(run("show", "bass_acid@dirt=1", "--json"))["settings"]
    assert settings["effects"]["drive_db"] > 15
    picture = tmp_path / "acid.png"
    run("show", "pluck_chip_blip", "--picture", str(picture))
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_relatives_can_be_heard(tmp_path: Path) -> None:
    text = run("vary", "pluck_chip_blip", "--toward", "brighter", "--count", "2", "--out",
               str(tmp_path))  # fmt: skip
    assert text.count("pluck_chip_blip@") == 2
    assert len(list(tmp_path.glob("*.wav"))) == 2


def test_a_sound_is_rendered_alone(tmp_path: Path) -> None:
    target = tmp_path / "bass.wav"
    run("render", "bass_chip_steps@brightness=0.3", "--out", str(target), "--bpm", "140")
    audio, rate = soundfile.read(target)
    assert rate == 48000
    assert abs(audio).max() == pytest.approx(10 ** (-3 / 20), abs=1e-3)
