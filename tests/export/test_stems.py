"""Stems and masters: same samples, same length, and tags that other programs read."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess

import numpy as np
import pytest
import soundfile
from tests.export.exported import package, small_song

from songwright.errors import FileFormatError, OutputError
from songwright.export.naming import file_name
from songwright.export.tagging import tagged_flac, tagged_mp3, tagged_ogg
from songwright.export.wav import wav_facts
from songwright.session.export_targets import song_tags
from songwright.session.exports import export

FORMATS = ("wav", "flac", "mp3", "ogg")
needs_ffmpeg = pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffmpeg is not installed")


@pytest.fixture(scope="module")
def song():
    return small_song(title="Été — 秋")


@pytest.fixture(scope="module")
def folder(song, tmp_path_factory):
    return package(song, tmp_path_factory.mktemp("stems") / "piece", FORMATS)


@pytest.fixture(scope="module")
def stems(folder):
    return export(folder, ["stems"])[0]


@pytest.fixture(scope="module")
def masters(folder):
    return export(folder, ["master"])[0]


def chunks(data: bytes) -> dict[bytes, bytes]:
    assert data[:4] == b"RIFF" and struct.unpack("<I", data[4:8])[0] == len(data) - 8
    found, at = {}, 12
    while at < len(data):
        name, size = data[at : at + 4], struct.unpack("<I", data[at + 4 : at + 8])[0]
        kind = data[at + 8 : at + 12] if name == b"LIST" else b""
        found[name + kind] = data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    assert at == len(data)
    return found


def tags_of(path) -> dict[str, str]:
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", str(path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    data = json.loads(done.stdout)
    tags = {**data["streams"][0].get("tags", {}), **data["format"].get("tags", {})}
    return {name.upper(): value for name, value in tags.items()}


def test_stems_hold_the_same_samples_and_add_up(song, folder, stems):
    assert len(stems.files) == len(song.score.parts)
    assert stems.files[0].startswith("01 ") and stems.files == tuple(sorted(stems.files))
    total = 0.0
    for name, part in zip(stems.files, song.score.parts, strict=True):
        copy, rate = soundfile.read(stems.folder / name, dtype="int32")
        original, _ = soundfile.read(folder / "stems" / f"{part.id}.wav", dtype="int32")
        assert rate == 48_000 and soundfile.info(stems.folder / name).subtype == "PCM_24"
        assert np.array_equal(copy, original)
        total = total + copy / 2**31
    mix, _ = soundfile.read(folder / "master.wav")
    assert np.abs(total - mix).max() < 10 ** (-90 / 20)


def test_a_stem_says_what_it_is(song, stems):
    found = chunks((stems.folder / stems.files[0]).read_bytes())
    flags, root, _, _, beats, denominator, numerator, bpm = struct.unpack(
        "<IHHfIHHf", found[b"acid"]
    )
    meter = song.score.meters[0].meter
    assert (numerator, denominator) == (meter.numerator, meter.denominator)
    assert bpm == pytest.approx(song.plan.tempo_bpm) and flags == 3  # one-shot with a root note
    assert root % 12 == song.plan.key.tonic_pc
    assert beats == song.score.bars * meter.bar_ticks / 480
    assert found[b"bext"][338:346] == bytes(8)  # time reference: all start together
    assert f"<TEMPO>{song.plan.tempo_bpm:.6g}</TEMPO>".encode() in found[b"iXML"]
    count = struct.unpack("<I", found[b"cue "][:4])[0]
    assert count == len(song.score.sections) == found[b"LISTadtl"].count(b"labl")
    assert "秋" in song.score.title and song.score.title.encode() in found[b"LISTINFO"]


def test_a_loop_carries_its_loop_points(tmp_path):
    song = small_song("lofi loop, 4 bars", ending="loop")
    done = export(package(song, tmp_path / "loop"), ["stems"])[0]
    path = done.folder / done.files[0]
    loop = struct.unpack("<6I", chunks(path.read_bytes())[b"smpl"][36:60])
    assert loop[2] == 0 and loop[3] == soundfile.info(path).frames - 1
    assert struct.unpack("<I", chunks(path.read_bytes())[b"acid"][:4])[0] & 1 == 0


@needs_ffmpeg
@pytest.mark.parametrize("suffix", FORMATS)
def test_ffmpeg_reads_the_tags_of_a_master(song, masters, suffix):
    tags = tags_of(masters.folder / f"{file_name(song.score.title)}.{suffix}")
    assert tags["TITLE"] == song.score.title
    assert "Songwright" in tags.get("ENCODER", "") + tags.get("ENCODED_BY", "")
    assert f"{song.plan.tempo_bpm:.6g} BPM" in tags["COMMENT"]
    assert "belongs" in tags.get("LICENSE", tags.get("COPYRIGHT", ""))
    assert tags.get("BPM", tags.get("TBPM", str(round(song.plan.tempo_bpm)))).startswith(
        str(round(song.plan.tempo_bpm))[:2]
    )


@pytest.mark.parametrize("suffix", FORMATS)
def test_tagging_leaves_the_sound_alone(song, folder, masters, suffix):
    before, _ = soundfile.read(folder / f"master.{suffix}")
    after, _ = soundfile.read(masters.folder / f"{file_name(song.score.title)}.{suffix}")
    assert np.array_equal(before, after)


def test_tagging_twice_is_tagging_once(song, folder):
    tags = song_tags(song)
    kinds = {"flac": tagged_flac, "mp3": tagged_mp3, "ogg": tagged_ogg}
    for suffix, tagged in kinds.items():
        once = tagged((folder / f"master.{suffix}").read_bytes(), tags)
        assert tagged(once, tags) == once


def test_long_comments_spread_over_ogg_pages(song, folder, tmp_path):
    from dataclasses import replace

    tags = replace(song_tags(song), licence="long " * 30_000)
    path = tmp_path / "long.ogg"
    path.write_bytes(tagged_ogg((folder / "master.ogg").read_bytes(), tags))
    assert np.array_equal(soundfile.read(path)[0], soundfile.read(folder / "master.ogg")[0])


def test_damage_is_named(song, tmp_path):
    folder = package(song, tmp_path / "piece")
    victim = folder / "stems" / f"{song.score.parts[0].id}.wav"
    whole = victim.read_bytes()
    for damaged in (whole[: len(whole) // 2], b"RIFFxxxxWAVE", b"", b"no sound at all"):
        victim.write_bytes(damaged)
        with pytest.raises(FileFormatError, match="compose the piece again"):
            export(folder, ["stems"])
    victim.unlink()
    with pytest.raises(FileFormatError, match=f"lacks {victim.name}"):
        export(folder, ["stems"])
    assert not (folder / "exports" / "stems").exists()
    with pytest.raises(ValueError, match="MPEG"):
        tagged_mp3(b"ID3\3\0\0\0\0\0\0nothing", song_tags(song))


def test_stems_of_different_lengths_are_refused(song, tmp_path):
    folder = package(song, tmp_path / "piece")
    first, second = (folder / "stems" / f"{p.id}.wav" for p in song.score.parts[:2])
    audio, rate = soundfile.read(first)
    soundfile.write(second, audio[:-1], rate, subtype="PCM_24")
    with pytest.raises(FileFormatError, match="differ in length"):
        export(folder, ["stems"])
    assert wav_facts(second).frames == len(audio) - 1


def test_no_audio_no_stems(song, tmp_path):
    folder = tmp_path / "piece"
    folder.mkdir()
    (folder / "song.json").write_bytes(song.to_json())
    for target in ("stems", "master"):
        with pytest.raises(OutputError, match="compose with audio first"):
            export(folder, [target])
    done = {d.target: d for d in export(folder, ["all"])}
    assert "left out" in done["stems"].notes[0] and done["midi"].files


def test_unknown_targets_and_foreign_folders(song, folder, tmp_path):
    with pytest.raises(OutputError, match="unknown export ableton; choose from dawproject"):
        export(folder, ["midi", "ableton"])
    with pytest.raises(OutputError, match=r"\(none\)"):
        export(folder, [])
    (tmp_path / "midi").mkdir()
    (tmp_path / "midi" / "mine.txt").write_text("keep")
    with pytest.raises(OutputError, match="other files"):
        export(folder, ["midi"], tmp_path)
    assert (tmp_path / "midi" / "mine.txt").read_text() == "keep"


def test_a_second_export_takes_away_what_is_out_of_date(song, tmp_path):
    folder = package(song, tmp_path / "piece")
    out = export(folder, ["stems"])[0].folder
    (out / "notes of mine.txt").write_text("keep")
    (out / "99 Old - Part.wav").write_bytes(b"old")
    about = out / "about.txt"
    about.write_text(about.read_text("utf-8") + "  99 Old - Part.wav\n  ../../song.json\n", "utf-8")
    export(folder, ["stems"])
    assert not (out / "99 Old - Part.wav").exists()
    assert (out / "notes of mine.txt").exists() and (folder / "song.json").exists()


@pytest.mark.parametrize(
    ("text", "name"),
    [("a/b\\c:d", "a b c d"), ("..", "Untitled"), ("CON", "Untitled"), ("x. ", "x"),
     ("Ω秋", "Ω秋"), ("tab\tnew\nline", "tab new line")],
)  # fmt: skip
def test_file_names_are_safe_everywhere(text, name):
    assert file_name(text) == name
    assert len(file_name("é" * 500).encode()) <= 160


def test_drums_alone_have_no_lead_sheet(tmp_path):
    from dataclasses import replace

    from songwright.errors import ScoreError

    whole = small_song("rock drums, 8 bars")
    drums = tuple(p for p in whole.score.parts if p.role == "drums")
    song = replace(whole, score=replace(whole.score, parts=drums))
    folder = package(song, tmp_path / "piece")
    with pytest.raises(ScoreError, match="no tune"):
        export(folder, ["leadsheet"])
    done = {d.target: d for d in export(folder, ["all"])}
    assert not done["leadsheet"].files and done["reaper"].files and done["musicxml"].files
