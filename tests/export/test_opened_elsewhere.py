"""Exports opened in other programs: what those read is what the piece holds.

Each check runs where its program is installed and is skipped elsewhere.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import numpy as np
import pytest
import soundfile
from tests.export.exported import package, small_song

from songwright.export.cue import cue_rows
from songwright.export.naming import track_name
from songwright.score import smf
from songwright.session.exports import export


def needs(*programs: str) -> pytest.MarkDecorator:
    absent = [p for p in programs if shutil.which(p) is None]
    return pytest.mark.skipif(bool(absent), reason=f"not installed: {', '.join(absent)}")


def run(*words: object, folder: object = None) -> str:
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, check=False,
        cwd=None if folder is None else str(folder), timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def song():
    return small_song("waltz for clarinet, piano and bass, 12 bars", meter="3/4", title="Łódź")


@pytest.fixture(scope="module")
def folder(song, tmp_path_factory):
    return package(song, tmp_path_factory.mktemp("elsewhere") / "piece", ("wav", "flac", "mp3"))


@pytest.fixture(scope="module")
def files(folder):
    """Paths of everything that was exported, by target."""
    made = export(folder, ["stems", "master", "musicxml", "pdf", "cue"], engraver="")
    return {done.target: [done.folder / name for name in done.files] for done in made}


@needs("sox")
def test_sox_mixes_the_stems_into_the_mix(folder, files, tmp_path):
    total = tmp_path / "sum.wav"
    inputs = [word for path in files["stems"] for word in ("-v", "1", path)]
    run("sox", "-D", "-m", *inputs, "-e", "floating-point", "-b", "32", total)
    found, _ = soundfile.read(total)
    expected, _ = soundfile.read(folder / "master.wav")
    assert found.shape == expected.shape
    assert np.abs(found - expected).max() < 10 ** (-90 / 20)


@needs("mediainfo")
def test_mediainfo_reads_the_tags_of_stems_and_masters(song, files):
    tempo = f"{song.plan.tempo_bpm:.6g}"
    for path, part in zip(files["stems"], enumerate(song.score.parts, start=1), strict=True):
        data = json.loads(run("mediainfo", "--Output=JSON", path))
        general, sound = data["media"]["track"][:2]
        assert sound["BitDepth"] == "24" and general["Genre"] == "Solo piano (romantic)"
        # Broadcast Wave holds plain ASCII: letters lose their accents, none becomes a "?".
        assert general["Description"].startswith(f"Lodz - {track_name(*part)}; {tempo} BPM")
    masters = {path.suffix: path for path in files["master"]}
    for suffix in (".flac", ".mp3"):
        general = json.loads(run("mediainfo", "--Output=JSON", masters[suffix]))["media"]["track"][
            0
        ]
        assert general["Title"] == "Łódź"
        assert float(general["BPM"]) == pytest.approx(song.plan.tempo_bpm, abs=0.5)


@needs("exiftool")
def test_exiftool_reads_tempo_metre_and_key_of_a_stem(song, files):
    data = json.loads(run("exiftool", "-json", files["stems"][0]))[0]
    meter = song.score.meters[0].meter
    assert float(data["Tempo"]) == pytest.approx(song.plan.tempo_bpm)
    assert data["Meter"] == f"{meter.numerator}/{meter.denominator}"
    assert str(data["RootNote"]).endswith(song.plan.key.tonic[:1])
    assert data["TimeReference"] == 0 and "Warning" not in data


@needs("flac", "metaflac")
def test_flac_takes_the_sections_of_the_cue_file(song, folder, files, tmp_path):
    (cue,) = [path for path in files["cue"] if path.suffix == ".cue"]
    target = tmp_path / "sections.flac"
    run("flac", "-s", f"--cuesheet={cue}", "-o", target, folder / "master.wav")
    listing = run("metaflac", "--list", "--block-type=CUESHEET", target)
    starts = [int(n) / 48_000 for n in re.findall(r"^ {6}offset: (\d+)", listing, re.MULTILINE)]
    rows = cue_rows(song.score)
    # The last "track" of a FLAC cue sheet is where the sound ends.
    assert starts[:-1] == pytest.approx([r.start_seconds for r in rows], abs=0.5 / 75 + 1e-4)
    assert starts[-1] == pytest.approx(rows[-1].end_seconds, abs=1e-3)


@needs("musicxml2ly", "lilypond")
def test_lilypond_plays_every_written_note(song, files, tmp_path):
    run("musicxml2ly", "-o", "score.ly", files["musicxml"][0], folder=tmp_path)
    source = (tmp_path / "score.ly").read_text("utf-8")
    # The converter writes no MIDI by default, and tempos with decimals that LilyPond refuses.
    source = re.sub(r"%\s*\\midi", r"\\midi", source)
    source = re.sub(r"(\\tempo \d+\.* = \d+)\.\d+", r"\1", source)
    (tmp_path / "score.ly").write_text(source, "utf-8")
    run("lilypond", "-s", "-dno-print-pages", "score.ly", folder=tmp_path)
    played = smf.parse_smf((tmp_path / "score.midi").read_bytes())
    counts = [sum(e.kind == smf.NOTE_ON and e.b > 0 for e in track) for track in played.tracks]
    # The first track conducts, the second plays the chord symbols.
    found = sorted(n for n in counts[2:] if n)
    assert found == sorted(len(part.notes) for part in song.score.parts)


@needs("qpdf", "pdftotext")
def test_pdf_tools_find_sound_pages_with_the_whole_title(song, files):
    pytest.importorskip("verovio")
    pytest.importorskip("reportlab")
    for path in files["pdf"]:
        run("qpdf", "--check", path)
    (score,) = [path for path in files["pdf"] if "Full score" in path.name]
    text = run("pdftotext", "-layout", score, "-")
    assert "Lódz" in text, "letters that the fonts do not hold lose their accent"
    for part in song.score.parts:
        assert part.name in text
