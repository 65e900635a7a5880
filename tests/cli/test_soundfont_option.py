"""``--soundfont``: what it lists, what it plays, what it says when it cannot."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from tests.render.soundfonts.fonts import looped_font, write
from tests.render.soundfonts.listening import hz_of

from songwright.audio import read_audio
from songwright.cli.app import group
from songwright.errors import FileFormatError
from songwright.perform import PlayedNote, PlayedPart
from songwright.render.hosts.midi_part import midi_file


@pytest.fixture
def font(tmp_path: Path) -> Path:
    return write(tmp_path, looped_font(presets=((0, 40, "Test violin"), (128, 0, "Test kit"))))


def run(*words: str) -> str:
    result = CliRunner().invoke(group, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_presets_are_listed(font: Path) -> None:
    text = run("instruments", "--soundfont", str(font))
    assert "Test violin" in text and "41" in text and "kit" in text and "licence: MIT" in text
    found = json.loads(run("instruments", "--soundfont", str(font), "--json"))
    assert found["presets"][0] == {"bank": 0, "program": 40, "name": "Test violin"}


def test_a_midi_file_is_played_with_it(font: Path, tmp_path: Path) -> None:
    part = PlayedPart("v", "V", "lead", "violin", (PlayedNote(0.0, 2.0, 69, 90),))
    (tmp_path / "a.mid").write_bytes(midi_file(part, 0, 40, False))
    run("render", str(tmp_path / "a.mid"), "--out", str(tmp_path / "out"), "--quiet",
        "--soundfont", str(font))  # fmt: skip
    (stem,) = (tmp_path / "out/stems").iterdir()
    sound, rate = read_audio(stem)
    assert rate == 48000 and np.abs(sound).max() > 0.01
    assert abs(hz_of(sound, 0.5, 1.5) - 480.0) < 1.0  # our own violin would play 440 Hz


def test_what_is_missing_is_named_before_anything_is_written(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(FileFormatError, match=r"nothing\.sf2"):
        run("compose", "waltz, 10 seconds", "--out", str(out), "--quiet", "--no-evaluation",
            "--soundfont", "nothing.sf2")  # fmt: skip
    assert not out.exists()
