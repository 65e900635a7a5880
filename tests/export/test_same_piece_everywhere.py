"""Pieces that programs stumble over (tempos, 7/8, a loop): each export tells the same story."""

from __future__ import annotations

import json
import os
import re
import subprocess
import xml.etree.ElementTree as ET
import zipfile
from collections import Counter

import mido
import pytest
from tests.export.exported import small_song
from tests.musescore import MUSESCORE, needs_musescore

from songwright.score.timemap import TimeMap
from songwright.session.exports import export

PIECES = {
    "orchestra": "film score for clarinet, horn, strings and timpani, 12 bars, ends with a "
    "ritardando",
    "seven": "rock in 7/8, 8 bars",
    "loop": "house, social loop, 4 bars, 124 BPM",
}
TICKS = 480


@pytest.fixture(scope="module", params=sorted(PIECES))
def song(request):
    return small_song(PIECES[request.param])


@pytest.fixture(scope="module")
def folder(song, tmp_path_factory):
    """The package without sound: all that these exports need."""
    folder = tmp_path_factory.mktemp("everywhere") / "piece"
    folder.mkdir()
    (folder / "song.json").write_bytes(song.to_json())
    return folder


@pytest.fixture(scope="module")
def files(folder):
    done = export(folder, ["dawproject", "reaper", "midi", "leadsheet", "cue"], engraver="")
    return {d.target: [d.folder / name for name in d.files] for d in done}


def one(paths, pattern):
    (found,) = [p for p in paths if re.search(pattern, p.name)]
    return found


def tempos_of(song):
    return [(t.tick / TICKS, t.bpm) for t in song.score.tempos]


def test_a_dawproject_holds_all_tempos_sections_and_notes(song, files):
    with zipfile.ZipFile(one(files["dawproject"], r"\.dawproject$")) as archive:
        root = ET.fromstring(archive.read("project.xml"))
    points = [
        (float(p.get("time")), float(p.get("value")))
        for p in root.findall(".//TempoAutomation/RealPoint")
    ]
    assert points[0] == pytest.approx((0, song.score.tempos[0].bpm))
    for beat, bpm in tempos_of(song):
        held = [value for time, value in points if time <= beat + 1e-9][-1]
        assert held == pytest.approx(bpm, abs=1e-5)
    meter = song.score.meters[0].meter
    sign = root.find("Transport/TimeSignature")
    assert (int(sign.get("numerator")), int(sign.get("denominator"))) == (
        meter.numerator, meter.denominator
    )  # fmt: skip
    markers = [float(m.get("time")) for m in root.iter("Marker")]
    assert markers == [s.start_bar * meter.bar_ticks / TICKS for s in song.score.sections]
    keys = Counter(int(n.get("key")) for n in root.iter("Note"))
    assert keys == Counter(n.pitch for part in song.score.parts for n in part.notes)


def test_a_reaper_project_changes_tempo_where_the_piece_does(song, files):
    text = one(files["reaper"], r"\.rpp$").read_text("utf-8")
    times = TimeMap.of(song.score)
    points = [
        (float(at), float(bpm)) for at, bpm in re.findall(r"^ +PT ([\d.]+) ([\d.]+)", text, re.M)
    ]
    for tempo in song.score.tempos:
        at = times.seconds(tempo.tick)
        held = [bpm for second, bpm in points if second <= at + 1e-6][-1]
        assert held == pytest.approx(tempo.bpm, abs=1e-5)
    starts = [float(s) for s in re.findall(r"^ *MARKER \d+ ([\d.]+) \S+ 0 ", text, re.M)]
    bar = song.score.meters[0].meter.bar_ticks
    wanted = [times.seconds(s.start_bar * bar) for s in song.score.sections]
    assert starts == pytest.approx(wanted, abs=1e-6)


def test_cue_rows_stand_where_the_played_midi_has_its_sections(song, files):
    whole = [p for p in files["midi"] if p.parent.name != "Parts" and "written" not in p.name]
    midi = mido.MidiFile(whole[0])
    seconds, marks = 0.0, []
    for message in midi:
        seconds += message.time
        if message.type == "marker" and message.text.endswith("]"):
            marks.append(seconds)
    rows = one(files["cue"], r"Markers\.csv$").read_text("utf-8").splitlines()[1:]
    starts = [row.split(",")[2] for row in rows]
    found = [60 * int(m) + float(s) for m, s in (start.split(":") for start in starts)]
    assert found == pytest.approx(marks, abs=1e-3)


@pytest.fixture(scope="module")
def read_by_musescore(files, tmp_path_factory):
    """The written MIDI and the lead sheet as MuseScore saves them again: scores and MIDI."""
    home = tmp_path_factory.mktemp("musescore")
    sources = {
        "midi": next(p for p in files["midi"] if "as written" in p.name),
        "lead": one(files["leadsheet"], r"\.musicxml$"),
    }
    job = [
        {"in": str(path), "out": [str(home / f"{name}.mscx"), str(home / f"{name}.mid")]}
        for name, path in sources.items()
    ]
    (home / "job.json").write_text(json.dumps(job), "utf-8")
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(home)}
    environment["XDG_RUNTIME_DIR"] = str(home)
    subprocess.run(
        [str(MUSESCORE), "-j", str(home / "job.json")],
        check=True, capture_output=True, timeout=240, env=environment,
    )  # fmt: skip
    return {
        name: (ET.parse(home / f"{name}.mscx").getroot(), mido.MidiFile(home / f"{name}.mid"))
        for name in sources
    }


def struck(track, division):
    at, notes = 0, Counter()
    for message in track:
        at += message.time
        if message.type == "note_on" and message.velocity:
            notes[at * TICKS // division, message.note] += 1
    return notes


@needs_musescore
def test_musescore_reads_the_written_midi_as_it_was_composed(song, read_by_musescore):
    score, midi = read_by_musescore["midi"]
    # An import may spread one part over two staves (a piano, wide chords), so all are counted.
    found = sum((struck(t, midi.ticks_per_beat) for t in midi.tracks), Counter())
    wanted = Counter((n.onset_ticks, n.pitch) for p in song.score.parts for n in p.notes)
    assert found == wanted
    bars = [len(staff.findall("Measure")) for staff in score.findall("Score/Staff")]
    assert set(bars) == {song.score.bars}
    meter = song.score.meters[0].meter
    signs = {(s.findtext("sigN"), s.findtext("sigD")) for s in score.iter("TimeSig")}
    assert signs == {(str(meter.numerator), str(meter.denominator))}
    tempo = float(next(score.iter("Tempo")).findtext("tempo")) * 60
    assert tempo == pytest.approx(song.score.tempos[0].bpm, abs=0.5)  # it rounds to whole BPM


@needs_musescore
def test_musescore_reads_tune_sections_and_tempos_of_the_lead_sheet(song, read_by_musescore):
    score, midi = read_by_musescore["lead"]
    tunes = [p for p in song.score.parts if p.role == "lead"]
    assert tunes, "the prompt gives each piece a lead"
    notes = sum((struck(t, midi.ticks_per_beat) for t in midi.tracks), Counter())
    assert sorted(at for at, _ in notes.elements()) == sorted(n.onset_ticks for n in tunes[0].notes)
    marks = ["".join(m.find("text").itertext()) for m in score.iter("RehearsalMark")]
    assert len(marks) == len(song.score.sections) and all(marks)
    tempos = [m for t in midi.tracks for m in t if m.type == "set_tempo"]
    heard = [mido.tempo2bpm(m.tempo) for m in tempos]
    assert {round(b, 1) for b in heard} == {round(t.bpm, 1) for t in song.score.tempos}
