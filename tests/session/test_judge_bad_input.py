"""Files that a judge meets in the world: each is answered, or refused in words; no NaN anywhere."""

from __future__ import annotations

import json
import math
from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

from songwright.cli.app import group
from songwright.errors import FileFormatError

RATE = 48_000


def run(path: Path, page: Path) -> Result:
    return CliRunner().invoke(group, ["evaluate", str(path), "--json", "--html", str(page)])


def finite(value: object) -> bool:
    if isinstance(value, dict):
        return all(finite(v) for v in value.values())
    if isinstance(value, list):
        return all(finite(v) for v in value)
    return not isinstance(value, float) or math.isfinite(value)


def notes(pitches: range, length: int = 480, channel: int = 0) -> list[mido.Message]:
    track = []
    for pitch in pitches:
        track.append(mido.Message("note_on", note=pitch, velocity=80, channel=channel))
        track.append(mido.Message("note_off", note=pitch, time=length, channel=channel))
    return track


MIDI: dict[str, list[list[mido.Message]]] = {
    "empty": [[]],
    "one note": [notes(range(60, 61))],
    "no tempo": [notes(range(48, 84))],
    "sixty tracks": [notes(range(30 + k, 46 + k), channel=k % 16) for k in range(60)],
    "notes without length": [notes(range(48, 84), length=0)],
    "all pitches at once, never released": [
        [mido.Message("note_on", note=p, velocity=64) for p in range(128)]
    ],
    "drums alone": [notes(range(35, 75), channel=9)],
}


@pytest.mark.parametrize("name", MIDI)
def test_odd_midi_files_are_answered(name: str, tmp_path: Path) -> None:
    file = mido.MidiFile(type=1, ticks_per_beat=480)
    file.tracks.extend(mido.MidiTrack(track) for track in MIDI[name])
    path = tmp_path / "odd.mid"
    file.save(path)
    answered(path, tmp_path / "page.html")


def answered(path: Path, page: Path) -> dict[str, object]:
    done = run(path, page)
    assert done.exit_code == 0, done.output
    row: dict[str, object] = json.loads(done.stdout)[0]
    assert finite(row)
    for metric in row["metrics"]:  # type: ignore[attr-defined]
        assert (metric["value"] is None) == metric["reason"].startswith("not defined, because ")
    text = page.read_text("utf-8")
    assert ">nan" not in text.lower()
    assert '="nan' not in text.lower()
    return row


def noise(seconds: float, channels: int = 2, level: float = 0.2) -> np.ndarray:
    n = round(seconds * RATE)
    return level * np.random.default_rng(1).normal(size=(n, channels))


def tone() -> np.ndarray:
    return np.tile(0.3 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)[:, None], 2)


SOUNDS: dict[str, tuple[np.ndarray, int]] = {
    "no samples": (np.zeros((0, 2)), RATE),
    "ten samples": (np.full((10, 2), 0.1), RATE),
    "silence": (np.zeros((3 * RATE, 2)), RATE),
    "one second": (tone(), RATE),
    "mono": (noise(3.0, 1), RATE),
    "8 kHz": (noise(1.0), 8_000),
    "clipped": (np.clip(noise(3.0, level=2.0), -1.0, 1.0), RATE),
    "far over full scale": (noise(3.0, level=5.0), RATE),
    "an offset and nothing else": (np.full((3 * RATE, 2), 0.5), RATE),
    "one sample": (np.eye(1, 3 * RATE, RATE).T.repeat(2, 1), RATE),
}


@pytest.mark.parametrize("name", SOUNDS)
def test_odd_sounds_are_answered(name: str, tmp_path: Path) -> None:
    samples, rate = SOUNDS[name]
    path = tmp_path / "odd.wav"
    soundfile.write(path, samples, rate, subtype="FLOAT")
    row = answered(path, tmp_path / "page.html")
    findings = {f["id"] for f in row["findings"]}  # type: ignore[attr-defined]
    assert ("faults_in_the_file" in findings) or name not in ("clipped", "far over full scale")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_samples_that_are_no_numbers_are_refused(value: float, tmp_path: Path) -> None:
    samples = noise(1.0)
    samples[100, 1] = value
    soundfile.write(tmp_path / "bad.wav", samples, RATE, subtype="FLOAT")
    with pytest.raises(FileFormatError, match="NaN or infinite"):
        raise refused(tmp_path / "bad.wav")


def refused(path: Path) -> BaseException:
    done = run(path, path.with_suffix(".html"))
    assert done.exit_code != 0
    assert done.exception is not None
    assert not path.with_suffix(".html").exists()
    return done.exception


def test_more_than_two_channels_and_strange_rates_are_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", noise(1.0, 6), RATE)
    soundfile.write(tmp_path / "b.wav", noise(1.0), 4_000)
    with pytest.raises(FileFormatError, match="6 channels"):
        raise refused(tmp_path / "a.wav")
    with pytest.raises(FileFormatError, match="4000 Hz"):
        raise refused(tmp_path / "b.wav")


@pytest.mark.parametrize("kind", ["mid", "flac", "musicxml"])
def test_files_that_are_cut_off_are_refused(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"cut.{kind}"
    if kind == "mid":
        file = mido.MidiFile()
        file.tracks.append(mido.MidiTrack(notes(range(40, 80))))
        file.save(path)
    elif kind == "flac":
        soundfile.write(path, noise(2.0), RATE)
    else:
        path.write_text("<score-partwise><part-list/><part id='P1'><measure/></part></score-part")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(FileFormatError):
        raise refused(path)


def test_of_a_wave_that_is_cut_off_what_is_there_is_judged(tmp_path: Path) -> None:
    path = tmp_path / "cut.wav"
    soundfile.write(path, noise(4.0), RATE)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    row = answered(path, tmp_path / "page.html")
    assert "abrupt_ending" in {f["id"] for f in row["findings"]}  # type: ignore[attr-defined]


def test_a_stray_event_hours_behind_the_end_is_named(tmp_path: Path) -> None:
    file = mido.MidiFile(ticks_per_beat=1)
    late = mido.Message("note_on", note=62, velocity=80, time=200_000_000)
    file.tracks.append(mido.MidiTrack([*notes(range(60, 61), 1), late]))
    path = tmp_path / "late.mid"
    file.save(path)
    with pytest.raises(FileFormatError, match="bars long"):
        raise refused(path)
