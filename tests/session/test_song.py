"""Songs: same seed same bytes, save and load, packages that replace each other cleanly."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import numpy as np
import pytest

from songwright.audio import read_audio
from songwright.errors import BriefError, FileFormatError, OutputError
from songwright.evaluate import measure_midi
from songwright.export.evaluation_data import evaluation_data
from songwright.score.midi import write_midi
from songwright.session import (
    compose,
    compose_batch,
    load,
    read_prompts,
    render_midi,
    save,
)
from songwright.session.folder import replacing
from songwright.session.judge import judge

PROMPT = "lo-fi hip-hop in A minor, 80 BPM, 8 bars"


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_the_same_seed_gives_the_same_song_and_another_another() -> None:
    first, again, other = compose(PROMPT, 1), compose(PROMPT, 1), compose(PROMPT, 2)
    assert first.to_json() == again.to_json()
    lead = {s.score.parts[0].notes for s in (first, other)}
    assert len(lead) == 2


def test_a_package_has_every_file_and_loads_back(tmp_path: Path) -> None:
    song = compose(PROMPT, 1)
    package = song.save(tmp_path / "song", audio=False)
    assert set(package.files) == {
        "song.json", "song.mid", "song.musicxml", "report.json", "report.html", "evaluation.json",
        "evaluation.html",
    }  # fmt: skip
    assert load(tmp_path / "song") == song
    json.loads((tmp_path / "song" / "report.json").read_text())


def test_audio_stems_sum_to_the_mix_and_the_master_meets_its_target(tmp_path: Path) -> None:
    song = compose(PROMPT, 3)
    package = song.save(tmp_path / "a", formats=("wav", "flac"))
    stems = sorted((tmp_path / "a" / "stems").glob("*.wav"))
    assert [s.stem for s in stems] == sorted(p.id for p in song.plan.parts)
    mix, rate = read_audio(tmp_path / "a" / "mix.wav")
    total = np.sum([read_audio(s)[0].astype(np.float64) for s in stems], axis=0)
    assert rate == 48_000
    assert np.max(np.abs(total - mix)) < 10 ** (-90 / 20)
    assert {"master.wav", "master.flac"} <= set(package.files)
    assert package.report is not None
    sound = {row.control: row.measured for row in package.report.controls}
    assert abs(float(sound["loudness"].split()[0]) + 14.0) <= 0.5
    assert float(sound["true peak"].split()[0]) <= -1.0 + 0.05
    seconds = song.perform().duration_seconds
    assert mix.shape[1] == round(seconds * rate)


def test_one_and_four_workers_write_the_same_bytes(tmp_path: Path) -> None:
    lines = [
        {"id": "a", "prompt": "waltz for piano, 12 bars"},
        {"id": "b", "prompt": "techno, 130 BPM, 8 bars", "seed": 5},
        {"id": "c", "prompt": "string quartet in G major", "bars": 8},
    ]
    file = tmp_path / "prompts.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines))
    items = read_prompts(file, seed=1)
    for jobs in (1, 4):
        results = compose_batch(items, tmp_path / str(jobs), jobs, audio=False)
        assert [r.error for r in results] == ["", "", ""]
    assert _bytes(tmp_path / "1") == _bytes(tmp_path / "4")


def test_a_batch_that_was_stopped_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "prompts.jsonl"
    rows = [{"id": name, "prompt": "sad piano, 4 bars"} for name in ("a", "b")]
    file.write_text("\n".join(json.dumps(row) for row in rows))
    out = tmp_path / "out"
    compose_batch(read_prompts(file, seed=1)[:1], out, audio=False)
    made = (out / "a" / "song.json").stat().st_mtime_ns
    compose_batch(read_prompts(file, seed=1), out, audio=False)
    assert (out / "a" / "song.json").stat().st_mtime_ns == made
    assert (out / "b" / "song.json").exists()
    compose_batch(read_prompts(file, seed=2), out, audio=False)
    assert load(out / "a").seed == 2


def test_a_broken_line_does_not_stop_the_others(tmp_path: Path) -> None:
    file = tmp_path / "prompts.jsonl"
    file.write_text(
        '{"id": "good", "prompt": "sad piano, 4 bars"}\n'
        "not json\n"
        '{"id": "../evil", "prompt": "pop"}\n'
        '{"id": "good", "prompt": "twice"}\n'
        '{"id": "unknown-field", "prompt": "pop", "colour": "red"}\n'
        '{"id": "impossible", "prompt": "pop at 5000 BPM"}\n'
    )
    results = compose_batch(read_prompts(file), tmp_path / "out", audio=False)
    assert [bool(r.error) for r in results] == [False, True, True, True, True, True]
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["good"]


def test_a_new_version_replaces_the_old_and_keeps_foreign_files(tmp_path: Path) -> None:
    out = tmp_path / "song"
    compose(PROMPT, 1).save(out, audio=False)
    (out / "my notes.txt").write_text("keep me")
    compose(PROMPT, 2).save(out, audio=False)
    assert load(out).seed == 2
    assert (out / "my notes.txt").read_text() == "keep me"
    assert [p.name for p in tmp_path.iterdir()] == ["song"], "nothing is left beside it"


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(OutputError, match="other files"):
        compose(PROMPT, 1).save(tmp_path, audio=False)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]


def test_an_error_while_writing_leaves_the_old_version(tmp_path: Path) -> None:
    out = tmp_path / "song"
    song = compose(PROMPT, 1)
    song.save(out, audio=False)
    before = _bytes(out)

    def fill_the_disk(stage: str, share: float) -> None:
        if stage == "measuring":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(OutputError, match="full"):
        save(compose(PROMPT, 2), out, audio=False, progress=fill_the_disk)
    assert _bytes(out) == before
    assert [p.name for p in tmp_path.iterdir()] == ["song"]


def test_a_file_in_the_way_is_an_error_with_advice(tmp_path: Path) -> None:
    (tmp_path / "song").write_text("a file")
    with pytest.raises(OutputError, match="folder"), replacing(tmp_path / "song"):
        pass


@pytest.mark.parametrize("seed", [-1, 2**63])
def test_impossible_seeds(seed: int) -> None:
    with pytest.raises(BriefError, match="seed"):
        compose(PROMPT, seed)


def test_unknown_formats(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="wma"):
        compose(PROMPT, 1).save(tmp_path / "x", formats=("wma",))


def test_a_package_holds_what_the_judge_says_of_it(tmp_path: Path) -> None:
    out = tmp_path / "song"
    compose(PROMPT, 1).save(out, audio=False)
    inside = json.loads((out / "evaluation.json").read_text("utf-8"))
    found = judge(out)
    again = json.loads(json.dumps(evaluation_data("song.json", inside["title"], found)))
    assert inside == again, "judging the package later says the same"
    assert {m["group"] for m in inside["metrics"]}.isdisjoint({"timbre", "translation"})
    assert 'href="evaluation.html"' in (out / "report.html").read_text("utf-8")
    for name in ("evaluation.json", "evaluation.html", "report.html"):
        text = (out / name).read_text("utf-8")
        assert str(tmp_path) not in text
        assert "NaN" not in text


def test_the_sound_of_a_package_is_judged_with_its_stems(tmp_path: Path) -> None:
    out = tmp_path / "song"
    compose("house, 4 bars", 1).save(out)
    inside = json.loads((out / "evaluation.json").read_text("utf-8"))
    values = {m["id"]: m["value"] for m in inside["metrics"]}
    assert abs(values["loudness_integrated"] + 14.0) < 1.0
    assert values["stem_masked"] is not None
    assert inside == json.loads(
        json.dumps(evaluation_data("song.json", inside["title"], judge(out)))
    )
    assert "Short-term loudness" in (out / "evaluation.html").read_text("utf-8")


def test_without_evaluation_an_older_one_goes(tmp_path: Path) -> None:
    out = tmp_path / "song"
    song = compose(PROMPT, 1)
    song.save(out, audio=False)
    package = song.save(out, audio=False, evaluation=False)
    assert "evaluation.html" not in package.files
    assert not (out / "evaluation.html").exists()
    assert not (out / "evaluation.json").exists()
    assert "evaluation.html" not in (out / "report.html").read_text("utf-8")


def test_loading_nonsense(tmp_path: Path) -> None:
    (tmp_path / "song.json").write_text('{"format": 1}')
    with pytest.raises(FileFormatError, match="damaged"):
        load(tmp_path)
    with pytest.raises(FileFormatError, match="cannot be read"):
        load(tmp_path / "missing")


def test_any_midi_file_is_rendered(tmp_path: Path) -> None:
    song = compose("chiptune, 4 bars", 1)
    path = tmp_path / "x.mid"
    path.write_bytes(write_midi(song.score, song.perform()))
    package = render_midi(path, tmp_path / "out")
    assert {"mix.wav", "master.wav"} <= set(package.files)
    assert measure_midi(path.read_bytes()).bars == 4
    path.write_bytes(b"MThd nonsense")
    with pytest.raises(FileFormatError):
        render_midi(path, tmp_path / "out2")
    assert not (tmp_path / "out2").exists()
