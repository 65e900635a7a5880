"""DAWproject files: the structure that the format asks for, and the music that they hold.

The tables say what the public schema of DAWproject 1.0 requires of the elements that are written.
With the environment variable DAWPROJECT_SCHEMA (a folder with Project.xsd and MetaData.xsd) and
xmllint, files are validated against the schema itself as well.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import xml.etree.ElementTree as ET
import zipfile
from collections import Counter
from pathlib import Path

import pytest
import soundfile
from tests.export.exported import package, seconds_of, small_song

from songwright.score import smf
from songwright.score.midi import write_midi
from songwright.session.exports import export

# Children in the order in which they must stand; "*" marks free choices.
ORDER = {
    "Project": ["Application", "Transport", "Structure", "Arrangement", "Scenes"],
    "Transport": ["Tempo", "TimeSignature"],
    "Arrangement": ["Lanes", "Markers", "TempoAutomation", "TimeSignatureAutomation"],
    "Track": ["Channel", "Track"],
    "Channel": ["Devices", "Mute", "Pan", "Sends", "Volume"],
    "Points": ["Target", "RealPoint"],
    "TempoAutomation": ["Target", "RealPoint"],
    "TimeSignatureAutomation": ["Target", "TimeSignaturePoint"],
    "Audio": ["File"],
    "MetaData": ["Title", "Artist", "Genre", "Copyright", "Website", "Comment"],
}
REQUIRED = {
    "Project": {"version"}, "Application": {"name", "version"}, "Tempo": {"unit"},
    "TimeSignature": {"numerator", "denominator"}, "Pan": {"unit"}, "Volume": {"unit"},
    "Note": {"time", "duration", "channel", "key"}, "Clip": {"time"}, "Marker": {"time"},
    "Audio": {"duration", "channels", "sampleRate"}, "File": {"path"},
    "RealPoint": {"time", "value"}, "TimeSignaturePoint": {"time", "numerator", "denominator"},
}  # fmt: skip
ALLOWED = {
    "unit": {"linear", "normalized", "bpm"}, "timeUnit": {"beats", "seconds"},
    "contentTimeUnit": {"beats", "seconds"}, "role": {"regular", "master"},
    "interpolation": {"hold", "linear"}, "expression": {"channelController", "pitchBend"},
    "contentType": {"audio", "notes", "audio notes"}, "loaded": {"true"},
    "solo": {"false"},
}  # fmt: skip


@pytest.fixture(scope="module")
def song():
    return small_song(ending="fade")


@pytest.fixture(scope="module")
def project(song, tmp_path_factory):
    folder = package(song, tmp_path_factory.mktemp("daw") / "piece")
    (done,) = export(folder, ["dawproject"])
    return done.folder / done.files[0]


@pytest.fixture(scope="module")
def root(project):
    with zipfile.ZipFile(project) as archive:
        return ET.fromstring(archive.read("project.xml"))


def faults(root: ET.Element) -> list[str]:
    found = []
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    found += [f"id {i} twice" for i, n in Counter(ids).items() if n > 1]
    found += [f"id {i} is no XML name" for i in ids if not (i[0].isalpha() and " " not in i)]
    for element in root.iter():
        lacking = REQUIRED.get(element.tag, set()) - set(element.attrib)
        found += [f"{element.tag} lacks {name}" for name in sorted(lacking)]
        for name, values in ALLOWED.items():
            if element.get(name, next(iter(values))) not in values:
                found.append(f"{element.tag} {name}={element.get(name)}")
        for name in ("track", "destination", "parameter"):
            if element.get(name) is not None and element.get(name) not in ids:
                found.append(f"{element.tag} refers to {element.get(name)}")
        if element.tag in ORDER:
            places = [ORDER[element.tag].index(child.tag) for child in element]
            if places != sorted(places):
                found.append(f"children of {element.tag} are out of order")
    return found


def test_the_structure_is_what_the_schema_asks_for(project, root):
    with zipfile.ZipFile(project) as archive:
        metadata = ET.fromstring(archive.read("metadata.xml"))
    assert faults(root) == []
    assert faults(metadata) == []


def test_the_checks_can_fail(root):
    broken = ET.fromstring(ET.tostring(root))
    next(broken.iter("Note")).attrib.pop("key")
    next(broken.iter("Lanes")).set("timeUnit", "bars")
    channel = next(broken.iter("Channel"))
    channel[:] = channel[::-1]
    assert len(faults(broken)) == 3


@pytest.mark.skipif(
    "DAWPROJECT_SCHEMA" not in os.environ or shutil.which("xmllint") is None,
    reason="the schema or xmllint is not here",
)
def test_it_is_valid_against_the_schema(project, tmp_path):
    schemas = Path(os.environ["DAWPROJECT_SCHEMA"])
    with zipfile.ZipFile(project) as archive:
        archive.extract("project.xml", tmp_path)
        archive.extract("metadata.xml", tmp_path)
    for name, schema in (("project", "Project"), ("metadata", "MetaData")):
        done = subprocess.run(
            ["xmllint", "--noout", "--schema", schemas / f"{schema}.xsd", f"{name}.xml"],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr


def test_notes_are_those_of_the_midi_file(song, root):
    midi = smf.parse_smf(write_midi(song.score, song.perform()))
    for number in range(1, len(song.score.parts) + 1):
        expected = Counter(
            (e.tick, e.a, e.b) for e in midi.tracks[number] if e.kind == smf.NOTE_ON and e.b
        )
        lanes = root.find(f".//Lanes[@track='n{number:02d}']")
        found = Counter()
        for clip in lanes.iter("Clip"):
            start, end = float(clip.get("time")), float(clip.get("duration"))
            for note in clip.iter("Note"):
                time, length = float(note.get("time")), float(note.get("duration"))
                assert 0 <= time < end and time + length <= end + 1e-5
                velocity = round(float(note.get("vel")) * 127)
                found[round((start + time) * 480), int(note.get("key")), velocity] += 1
        assert found == expected


def test_clips_of_a_track_do_not_overlap(root):
    for clips in root.iter("Clips"):
        extents = sorted((float(c.get("time")), float(c.get("duration"))) for c in clips)
        ends = [start + length for start, length in extents]
        assert all(a <= b[0] + 1e-6 for a, b in zip(ends, extents[1:], strict=False))


def test_stems_are_whole_neutral_and_aligned(song, project, root, tmp_path):
    with zipfile.ZipFile(project) as archive:
        names = {n for n in archive.namelist() if n.startswith("audio/")}
        archive.extractall(tmp_path)
    paths = [f.get("path") for f in root.iter("File")]
    assert set(paths) == names and len(paths) == len(song.score.parts) + 1
    for audio in root.iter("Audio"):
        info = soundfile.info(tmp_path / audio.find("File").get("path"))
        assert info.frames / info.samplerate == pytest.approx(float(audio.get("duration")))
        assert info.frames / info.samplerate == pytest.approx(seconds_of(song), abs=1e-4)
    for track in root.iter("Track"):
        channel = track.find("Channel")
        if track.get("contentType") == "audio":
            assert channel.find("Volume").get("value") == "1"
            assert channel.find("Pan").get("value") == "0.5"
        elif track.get("contentType") == "notes":
            assert channel.find("Mute").get("value") == "true"


def test_sections_tempo_and_fade(song, root):
    markers = [(m.get("name"), float(m.get("time"))) for m in root.iter("Marker")]
    bar = song.score.meters[0].meter.bar_ticks / 480
    assert [time for _, time in markers] == [s.start_bar * bar for s in song.score.sections]
    assert float(root.find("Transport/Tempo").get("value")) == pytest.approx(song.plan.tempo_bpm)
    fades = [p for p in root.iter("Points") if p.get("id").endswith("-fade")]
    assert len(fades) == len(song.score.parts)
    for fade in fades:
        values = [float(p.get("value")) for p in fade.findall("RealPoint")]
        assert values[0] > 0 and values[-1] == 0 and values == sorted(values, reverse=True)


def test_equal_pieces_give_equal_bytes_and_a_second_export_replaces(song, tmp_path):
    folder = package(song, tmp_path / "piece")
    first = export(folder, ["dawproject"], tmp_path / "a")[0]
    second = export(folder, ["dawproject"], tmp_path / "b")[0]
    export(folder, ["dawproject"], tmp_path / "b")
    name = first.files[0]
    assert (first.folder / name).read_bytes() == (second.folder / name).read_bytes()
    assert {p.name for p in second.folder.iterdir()} == {"about.txt", name}


def test_without_audio_it_holds_the_notes_and_says_so(song, tmp_path):
    folder = tmp_path / "piece"
    folder.mkdir()
    (folder / "song.json").write_bytes(song.to_json())
    (done,) = export(folder, ["dawproject"])
    assert "compose with audio first" in done.notes[0]
    with zipfile.ZipFile(done.folder / done.files[0]) as archive:
        assert archive.namelist() == ["metadata.xml", "project.xml"]
        root = ET.fromstring(archive.read("project.xml"))
    assert faults(root) == []
    assert {m.get("value") for m in root.iter("Mute")} == {"false"}
