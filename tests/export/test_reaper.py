"""REAPER projects: read back by a parser of their own, and by an independent one if it is here."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from dataclasses import dataclass, field

import pytest
from tests.export.exported import package, seconds_of, small_song

from songwright.score import smf
from songwright.score.midi import write_midi
from songwright.session.exports import export


@dataclass
class Block:
    """A chunk: its words, its lines as words, and the chunks inside."""

    words: list[str]
    lines: list[list[str]] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)

    def get(self, name: str) -> list[str]:
        return next(line for line in self.lines if line[0] == name)

    def all(self, name: str) -> list[Block]:
        return [b for b in self.blocks if b.words[0] == name]


def parse(text: str) -> Block:
    stack = [Block([])]
    for line in text.splitlines():
        stripped = line.strip()
        if stripped == ">":
            done = stack.pop()
            stack[-1].blocks.append(done)
        elif stripped.startswith("<"):
            stack.append(Block(shlex.split(stripped[1:])))
        elif not stripped.startswith("|"):
            stack[-1].lines.append(shlex.split(stripped))
    assert len(stack) == 1, "a chunk is not closed"
    return stack[0].blocks[0]


@pytest.fixture(scope="module")
def song():
    return small_song("pop for violin and piano with drums, 8 bars, called \"Say 'hi' & go\"")


@pytest.fixture(scope="module")
def exported(song, tmp_path_factory):
    folder = package(song, tmp_path_factory.mktemp("rpp") / "piece")
    return export(folder, ["reaper"])[0]


@pytest.fixture(scope="module")
def text(exported):
    (name,) = [f for f in exported.files if f.endswith(".rpp")]
    return (exported.folder / name).read_text("utf-8")


@pytest.fixture(scope="module")
def project(text):
    return parse(text)


def test_folders_close_and_media_are_there(song, exported, project):
    depth = 0
    files = []
    for track in project.all("TRACK"):
        depth += int(track.get("ISBUS")[2])
        assert depth in (0, 1)
        for item in track.all("ITEM"):
            for source in item.all("SOURCE"):
                if source.words[1] == "WAVE":
                    files.append(source.get("FILE")[1])
                    assert float(item.get("LENGTH")[1]) == pytest.approx(seconds_of(song), abs=1e-4)
    assert depth == 0
    assert len(files) == len(song.score.parts) + 1
    assert all((exported.folder / name).exists() for name in files)


def test_stems_are_neutral_and_notes_muted(song, project):
    tracks = {t.get("NAME")[1]: t for t in project.all("TRACK")}
    for name, track in tracks.items():
        if name.endswith("(notes)"):
            assert track.get("MUTESOLO")[1] == "1"
        elif re.match(r"\d\d ", name):
            assert track.get("VOLPAN")[1:3] == ["1", "0"] and track.get("MUTESOLO")[1] == "0"
    gains = [float(t.get("VOLPAN")[1]) for n, t in tracks.items() if n.endswith("(notes)")]
    assert len(gains) == len(song.score.parts)
    assert max(gains) == pytest.approx(1.0) and min(gains) > 0


def test_notes_are_those_of_the_midi_file(song, project):
    midi = smf.parse_smf(write_midi(song.score, song.perform()))
    seconds_a_tick = 60 / (song.plan.tempo_bpm * 480)
    notes = [t for t in project.all("TRACK") if t.get("NAME")[1].endswith("(notes)")]
    assert len({t.bpm for t in song.score.tempos}) == 1
    for track, events in zip(notes, midi.tracks[1:], strict=True):
        found = Counter()
        for item in track.all("ITEM"):
            start = round(float(item.get("POSITION")[1]) / seconds_a_tick)
            source = item.all("SOURCE")[0]
            tick = 0
            down = Counter()
            for line in source.lines:
                if line[0] != "E":
                    continue
                tick += int(line[1])
                status, a, b = (int(word, 16) for word in line[2:5])
                if status & 0xF0 == smf.NOTE_ON:
                    found[start + tick, a, b] += 1
                    down[a] += 1
                elif status & 0xF0 == smf.NOTE_OFF:
                    down[a] -= 1
            assert not +down, "a note is left hanging"
            assert tick * seconds_a_tick == pytest.approx(float(item.get("LENGTH")[1]), abs=1e-6)
        assert found == Counter((e.tick, e.a, e.b) for e in events if e.kind == smf.NOTE_ON and e.b)


def test_markers_regions_and_tempo(song, project):
    markers = [line for line in project.lines if line[0] == "MARKER"]
    count = len(song.score.sections)
    assert len(markers) == 3 * count
    assert [m[3] for m in markers[:count]] == [m[3] for m in markers[count::2]]
    assert float(markers[-1][2]) == pytest.approx(seconds_of(song))
    points = project.all("TEMPOENVEX")[0].lines
    first = next(p for p in points if p[0] == "PT")
    assert float(first[2]) == pytest.approx(song.plan.tempo_bpm)
    meter = song.score.meters[0].meter
    assert divmod(int(first[4]), 65536) == (meter.denominator, meter.numerator)


def test_an_independent_parser_reads_it(song, text):
    rpp = pytest.importorskip("rpp")
    tree = rpp.loads(text)
    assert tree.tag == "REAPER_PROJECT"
    assert len(tree.findall("TRACK")) == 2 * len(song.score.parts) + 3
    assert rpp.dumps(rpp.loads(rpp.dumps(tree))) == rpp.dumps(tree)


def test_equal_pieces_give_equal_text(song, text, tmp_path):
    folder = package(small_song(song.brief.prompt), tmp_path / "other")
    done = export(folder, ["reaper"])[0]
    (name,) = [f for f in done.files if f.endswith(".rpp")]
    assert (done.folder / name).read_text("utf-8") == text
