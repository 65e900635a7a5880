"""Cue sheets and marker lists agree with the score's clock."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from itertools import pairwise

import pytest
from tests.export.exported import package, seconds_of, small_song

from songwright.export.cue import audacity_labels, cue_file, cue_rows, cue_sheet, markers_csv
from songwright.export.naming import clock, section_names
from songwright.session.export_targets import song_tags
from songwright.session.exports import export


@pytest.fixture(scope="module")
def song():
    return small_song("full pop song, 90 seconds")


def test_rows_cover_the_piece_without_gaps(song):
    rows = cue_rows(song.score)
    assert rows[0].start_seconds == 0 and rows[0].bar == 1
    assert all(a.end_seconds == b.start_seconds for a, b in pairwise(rows))
    assert rows[-1].end_seconds == pytest.approx(seconds_of(song))
    assert sum(r.bars for r in rows) == song.score.bars
    assert len({r.name for r in rows}) == len(rows)


def test_csv_and_labels_say_the_same(song):
    rows = cue_rows(song.score)
    table = list(csv.DictReader(markers_csv(song.score).splitlines()))
    assert [r["Name"] for r in table] == list(section_names(song.score))
    assert [r["Start"] for r in table] == [clock(r.start_seconds) for r in rows]
    labels = [line.split("\t") for line in audacity_labels(song.score).splitlines()]
    assert [float(x[1]) for x in labels] == pytest.approx([r.end_seconds for r in rows], abs=1e-6)


def test_sheet_names_piece_and_rights(song):
    text = cue_sheet(song.score, song_tags(song), "synthesised")
    assert song.score.title in text and "Rights:" in text and "synthesised" in text
    assert len(re.findall(r"\d:\d\d\.\d{3}  \d:\d\d\.\d{3}", text)) == len(song.score.sections)


def test_cue_file_points_at_the_master(song, tmp_path):
    folder = package(song, tmp_path / "piece", ("mp3",))
    done = export(folder, ["cue"])[0]
    path = next(done.folder / f for f in done.files if f.endswith(".cue"))
    text = path.read_text("utf-8")
    name, kind = re.search(r'FILE "([^"]+)" (\w+)', text).groups()
    assert kind == "MP3" and (path.parent / name).resolve() == (folder / "master.mp3").resolve()
    indices = re.findall(r"INDEX 01 (\d\d):(\d\d):(\d\d)", text)
    starts = [int(m) * 60 + int(s) + int(f) / 75 for m, s, f in indices]
    expected = [r.start_seconds for r in cue_rows(song.score)]
    assert starts == pytest.approx(expected, abs=0.5 / 75 + 1e-9)
    assert not done.notes


@pytest.mark.skipif(shutil.which("cueprint") is None, reason="cuetools is not installed")
def test_cuetools_reads_it(song, tmp_path):
    path = tmp_path / "x.cue"
    path.write_text(cue_file(song.score, song_tags(song), "master.wav"))
    done = subprocess.run(
        ["cueprint", "-d", "", "-t", "%t\n", path], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == list(section_names(song.score))


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00.000"), (59.9996, "1:00.000"), (3725.25, "62:05.250")]
)
def test_clock(seconds, text):
    assert clock(seconds) == text


def test_the_command_lists_writes_and_reports(song, tmp_path):
    from click.testing import CliRunner

    from songwright.cli.export import export as command

    folder = tmp_path / "piece"
    folder.mkdir()
    (folder / "song.json").write_bytes(song.to_json())
    listing = CliRunner().invoke(command, [str(folder)])
    assert "dawproject" in listing.output and not (folder / "exports").exists()
    written = CliRunner().invoke(command, [str(folder), "--to", "midi,cue", "--to", "abc"])
    assert written.exit_code == 0, written.output
    assert {p.name for p in (folder / "exports").iterdir()} == {"midi", "cue", "abc"}
    assert "this package does not have" in written.output
