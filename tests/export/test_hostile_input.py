"""Names that no file system takes, damaged pieces and full disks, through every writer."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import mido
import pytest
import soundfile
from tests.export.exported import package, small_song

from songwright.errors import FileFormatError
from songwright.score import Score, TempoChange
from songwright.session.exports import export
from songwright.session.song import Song, load

NAMES = (
    'a/b\\c:d*?"<>|', "🎻🎺 \u200b\u202e😀", "x" * 300, "", "..", "con", "\x00\x1b[31m\x0b]]>&'`\"",
    "%s{}$(rm)",
)  # fmt: skip
TARGETS = ("dawproject", "reaper", "stems", "master", "midi", "musicxml", "leadsheet", "abc", "cue")


def with_score(song: Song, **changes: object) -> Song:
    return replace(song, score=replace(song.score, **changes))


@pytest.fixture(scope="module")
def song() -> Song:
    return small_song()


@pytest.fixture(scope="module")
def folder(song: Song, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return package(song, tmp_path_factory.mktemp("hostile") / "piece")


@pytest.fixture(scope="module")
def named(song: Song, tmp_path_factory: pytest.TempPathFactory) -> Path:
    parts = song.score.parts
    odd = [replace(p, name=name) for p, name in zip(parts, NAMES, strict=False)]
    title = "Ü/🎻\\..\x00\x1f]]>\"'` " + "y" * 300
    hostile = with_score(song, title=title, parts=(*odd, *parts[len(odd) :]))
    return package(hostile, tmp_path_factory.mktemp("named") / "piece")


@pytest.mark.parametrize("target", TARGETS)
def test_odd_names_reach_every_program_as_files_that_open(
    target: str, named: Path, song: Song
) -> None:
    done = export(named, [target])[0]
    assert done.files
    assert sorted(p.name for p in named.iterdir()) == ["exports", "master.wav", "song.json",
                                                       "stems"]  # fmt: skip
    for name in done.files:
        path = done.folder / name
        assert path.resolve().is_relative_to(done.folder.resolve())
        assert all(len(piece.encode()) <= 200 for piece in Path(name).parts)
        match path.suffix:
            case ".wav":
                assert soundfile.info(str(path)).frames > 0
            case ".mid":
                assert sum(m.type == "note_on" for t in mido.MidiFile(path).tracks for m in t)
            case ".musicxml":
                ElementTree.fromstring(path.read_bytes())
            case ".dawproject":
                with zipfile.ZipFile(path) as archive:
                    assert archive.testzip() is None
                    root = ElementTree.fromstring(archive.read("project.xml"))
                    assert len(list(root.iter("Track"))) >= len(song.score.parts)
            case ".rpp":
                lines = path.read_text("utf-8").splitlines()
                opened = sum(line.lstrip().startswith("<") for line in lines)
                assert opened == sum(line.strip() == ">" for line in lines)
            case ".pdf":
                assert path.read_bytes()[:5] == b"%PDF-"
            case _:
                text = path.read_text("utf-8")
                assert not any(ord(c) < 32 and c not in "\n\r\t" for c in text)


def damaged(score: Score) -> dict[str, Score]:
    first, *rest = score.parts
    note = first.notes[0]

    def of(**changes: object) -> Score:
        return replace(score, parts=(first.with_notes((replace(note, **changes),)), *rest))

    return {
        "no length": of(duration_ticks=0), "before the start": of(onset_ticks=-480),
        "after the end": of(onset_ticks=10**7), "pitch": of(pitch=200), "silent": of(velocity=0),
        "stopped": replace(score, tempos=(TempoChange(0, 0.0),)),
        "tempo later": replace(score, tempos=(TempoChange(480, 120.0),)),
        "outside": replace(score, parts=(replace(first, id="../../evil"), *rest)),
        "nameless": replace(score, parts=(replace(first, id=""), *rest)),
        "twice": replace(score, parts=(replace(first, id=rest[0].id), *rest)),
    }  # fmt: skip


@pytest.mark.parametrize(
    "case",
    ["no length", "before the start", "after the end", "pitch", "silent", "stopped", "tempo later",
     "outside", "nameless", "twice"],
)  # fmt: skip
def test_a_damaged_piece_is_refused_with_what_is_wrong(
    case: str, song: Song, tmp_path: Path
) -> None:
    path = tmp_path / "song.json"
    path.write_bytes(replace(song, score=damaged(song.score)[case]).to_json())
    with pytest.raises(FileFormatError, match="is damaged: "):
        load(path)


def test_changes_of_tempo_far_behind_the_end_do_no_harm(
    song: Song, folder: Path, tmp_path: Path
) -> None:
    far = (*song.score.tempos, TempoChange(1_000 * 1_920, 90.0))
    copy = package(with_score(song, tempos=far), tmp_path / "far")
    for one in ("dawproject", "reaper", "midi", "musicxml", "abc", "cue"):
        assert export(copy, [one])[0].files == export(folder, [one])[0].files


FULL = """
import json, resource, sys
from songwright.errors import OutputError
from songwright.session.exports import export
folder, targets = sys.argv[1], sys.argv[2:]
for target in targets:
    export(folder, [target])
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))
found = {}
for target in targets:
    try:
        export(folder, [target])
        found[target] = "written"
    except OutputError as error:
        found[target] = str(error)
print(json.dumps(found))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="file sizes cannot be limited")
def test_a_full_disk_leaves_the_older_export(folder: Path) -> None:
    targets = ["dawproject", "reaper", "stems", "master", "midi", "musicxml", "abc"]
    for target in targets:
        export(folder, [target])

    def kept() -> dict[str, bytes]:
        paths = sorted(p for p in (folder / "exports").rglob("*") if p.is_file())
        return {p.relative_to(folder).as_posix(): p.read_bytes() for p in paths}

    before = kept()
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(folder), *targets], capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert all("cannot be written" in why or "is full" in why for why in found.values()), found
    assert kept() == before
    assert not list((folder / "exports").glob(".*"))
