"""Judging files from anywhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from songwright import session
from songwright.audio import write_audio
from songwright.errors import FileFormatError, StyleError
from songwright.evaluate.diagnosis import diagnose
from songwright.score.codec import encode
from songwright.session.judge import examine, judge, sources

RATE = 22_050


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("judge") / "piece"
    session.compose("rock in E minor, 16 bars", 2).save(folder, audio=False)
    return folder


def wave(path: Path, seconds: float = 2.0, level: float = 0.3, channels: int = 2) -> Path:
    t = np.arange(round(seconds * RATE)) / RATE
    tone = level * np.sin(2 * np.pi * 220.0 * t) * np.exp(-2.0 * (t % 0.5))
    write_audio(path, np.tile(tone, (channels, 1)).astype(np.float32), RATE)
    return path


def test_a_package_is_read_against_its_style(package: Path) -> None:
    found = judge(package)
    assert (found.kind, found.nearness, found.style) == ("multitrack", "close", "rock")
    assert {g.name for g in found.groups} >= {"coherence", "tonality", "rhythm", "adherence"}
    controls = found.metric("controls_met")
    assert controls is not None
    assert controls.value is not None
    assert judge(package / "song.json") == found
    assert judge(package, "hymn").kind == "hymn"


def test_its_master_and_stems_are_heard(package: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    (copy / "stems").mkdir(parents=True)
    for name in ("song.json", "report.json"):
        (copy / name).write_bytes((package / name).read_bytes())
    wave(copy / "master.wav")
    parts = [p.id for p in session.load(package).score.parts]
    for part in parts:
        wave(copy / "stems" / f"{part}.wav", level=0.05)
    found = judge(copy)
    level = found.metric("lead_level")
    assert level is not None
    assert level.value is not None or level.measurement.reason
    assert found.group("translation") is not None
    alone = judge(copy / "master.wav")
    style = session.load(package).plan.style
    assert style.replace("_", " ") in alone.why
    for metric in alone.metrics:
        assert found.metric(metric.id) == metric


def test_midi_and_notation_are_guessed(package: Path) -> None:
    midi = judge(package / "song.mid")
    assert (midi.kind, midi.nearness) == ("multitrack", "guessed")
    assert "drums" in midi.why
    notation = judge(package / "song.musicxml")
    timing = notation.metric("microtiming_ms")
    assert timing is not None
    assert timing.value is None
    assert "robotic_timing" not in {f.id for f in diagnose(notation)}


def test_kinds_are_told_by_their_bytes_not_their_names(package: Path, tmp_path: Path) -> None:
    unnamed = tmp_path / "song"
    unnamed.write_bytes((package / "song.mid").read_bytes())
    assert judge(unnamed).kind == "multitrack"


def test_sound_alone(tmp_path: Path) -> None:
    found = examine(wave(tmp_path / "a.wav"))
    assert found.judgement.kind == ""
    assert found.curves is not None
    assert found.score is None
    silent = examine(wave(tmp_path / "b.wav", level=0.0))
    assert silent.judgement.groups == ()
    assert silent.curves is None
    short = judge(wave(tmp_path / "c.wav", seconds=0.2, channels=1))
    assert short.metric("true_peak") is not None


def test_no_nan_reaches_a_judgement(package: Path, tmp_path: Path) -> None:
    for place in (package, package / "song.mid", wave(tmp_path / "a.wav")):
        assert b"NaN" not in encode(judge(place))
        for judged in judge(place).metrics:
            for number in (judged.value, judged.score, judged.percentile):
                assert number is None or np.isfinite(number)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.mid", b"MThd broken"),
        ("b.mid", b""),
        ("c.musicxml", b"<score-partwise><part>"),
        ("d.mxl", b"PK\x03\x04nothing"),
        ("e.wav", b"RIFF\x00\x00\x00\x00WAVE"),
        ("f.txt", b"la la la"),
        ("g.json", b"{}"),
        ("h.xml", b"<?xml version='1.0'?><html/>"),
    ],
)
def test_broken_files_are_one_kind_of_error(name: str, data: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(FileFormatError):
        judge(path)


def test_missing_files_and_empty_folders(tmp_path: Path) -> None:
    for place in (tmp_path / "nowhere.mid", tmp_path / "nowhere", tmp_path):
        with pytest.raises(FileFormatError):
            judge(place)
    with pytest.raises(FileFormatError, match="holds no"):
        sources(tmp_path)


def test_a_folder_of_pieces_is_each_of_them(package: Path) -> None:
    assert sources(package) == (package,)
    assert package in sources(package.parent)


def test_an_unknown_band(package: Path) -> None:
    with pytest.raises(StyleError, match="polka"):
        judge(package, "polka")
