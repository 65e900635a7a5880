"""Notes from files, packages of refined songs, remedies and the commands."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from songwright.cli.app import group
from songwright.errors import FileFormatError, ProjectError
from songwright.score.codec import digest
from songwright.score.midi import write_midi
from songwright.session import Song, compose, load
from songwright.session.refine import Edit, Scope, apply, refine
from songwright.session.refine.files import edit_of_file
from songwright.session.refine.folders import next_folder, save_refined
from songwright.session.refine.remedies import fix
from songwright.session.refine.state import Piece
from songwright.session.refine.takeover import taken_from


@pytest.fixture(scope="module")
def other() -> Song:
    """Another piece of the same length and metre."""
    return compose("pop song in C major, 24 bars, piano, bass, drums, strings", seed=11)


def test_a_part_taken_over_is_kept_to_the_note(song: Song, other: Song) -> None:
    given = taken_from(other.score, Piece.of(song), "lead")[0]
    after = apply(song, Edit("take", given=(given,)))
    assert after.score.part("lead").notes == given.notes
    assert [p for p in after.score.parts if p.id != "lead"] == [
        p for p in song.score.parts if p.id != "lead"
    ]
    inside = apply(song, Edit("take", Scope(bars=((4, 8),)), given=(given,)))
    bar = song.plan.meter.bar_ticks
    for notes, source in ((inside.score.part("lead").notes, song.score.part("lead").notes),):
        assert [n for n in notes if not 4 <= n.onset_ticks // bar < 8] == [
            n for n in source if not 4 <= n.onset_ticks // bar < 8
        ]


def test_the_same_notes_again_change_nothing(song: Song) -> None:
    after = apply(song, Edit("take", given=song.score.parts))
    assert after.score == song.score
    assert after.perform() == song.perform()


def test_a_given_tune_is_fixed_and_the_rest_written_around_it(song: Song, other: Song) -> None:
    given = taken_from(other.score, Piece.of(song), "lead")[0]
    after = apply(song, Edit("control", given=(given,)))
    assert digest(after.score.part("lead").notes) == digest(given.notes)
    assert after.score.part("bass") != song.score.part("bass")
    again = apply(after, Edit("regenerate"))
    assert digest(again.score.part("lead").notes) == digest(given.notes)
    with pytest.raises(ProjectError, match="locked"):
        apply(after, Edit("regenerate", Scope(parts=("lead",))))


def test_a_given_chord_track_is_obeyed(song: Song, other: Song) -> None:
    after = apply(song, Edit("control", chords=other.score.chords))
    bar = song.plan.meter.bar_ticks
    for tick in range(0, song.plan.bars * bar, bar // 2):
        names = [
            next(c.chord for c in s.score.chords if c.onset_ticks <= tick < c.end_ticks)
            for s in (after, other)
        ]
        assert names[0] == names[1]


def test_notes_that_do_not_fit_are_refused(song: Song, tmp_path: Path) -> None:
    waltz = compose("waltz for piano, 8 bars, 3/4", seed=1)
    with pytest.raises(ProjectError, match="3/4"):
        taken_from(waltz.score, Piece.of(song))
    long = apply(song, Edit("repeat", Scope((song.plan.sections[0].id,)), 1.0))
    with pytest.raises(ProjectError, match="bars"):
        taken_from(long.score, Piece.of(song))
    strange = replace(
        song.score, parts=tuple(replace(p, id="x", name="x", instrument="koto")
                                for p in song.score.parts[:1])
    )  # fmt: skip
    with pytest.raises(ProjectError, match="--part"):
        taken_from(strange, Piece.of(song))
    with pytest.raises(FileFormatError):
        edit_of_file("take", tmp_path / "none.mid", song, "lead")


def test_midi_goes_out_and_comes_back(song: Song, tmp_path: Path) -> None:
    path = tmp_path / "bass.mid"
    bass = apply(song, Edit("octave", Scope(parts=("bass",)), 1.0)).score.part("bass")
    path.write_bytes(write_midi(replace(song.score, parts=(bass,))))
    after = apply(song, edit_of_file("take", path, song, "bass"))
    assert [(n.onset_ticks, n.pitch) for n in after.score.part("bass").notes] == [
        (n.onset_ticks, n.pitch) for n in bass.notes
    ]


def test_folders_are_numbered(tmp_path: Path) -> None:
    (tmp_path / "rain").mkdir()
    assert next_folder(tmp_path / "rain").name == "rain-2"
    (tmp_path / "rain-2").mkdir()
    assert next_folder(tmp_path / "rain").name == "rain-3"
    assert next_folder(tmp_path / "rain-2").name == "rain-3"


def test_remedies_are_tried_and_only_helpful_ones_stay(song: Song) -> None:
    after = fix(song, most=2)
    kept = [t for t in after.trials if t.kept]
    for trial in kept:
        assert trial.severity_after < trial.severity_before
        assert trial.grade_after >= trial.grade_before - 0.02
    edits = after.song.refined.edits if after.song.refined is not None else ()
    assert bool(edits) == bool(kept)


def test_faults_of_the_sound_are_mended(tmp_path: Path) -> None:
    spoilt = apply(
        compose("pop in C major, 8 bars, piano, bass, drums", seed=4),
        Edit("brighter", amount=12.0), Edit("level", Scope(parts=("bass",)), 9.0),
    )  # fmt: skip
    spoilt.save(tmp_path / "piece", evaluation=False)
    done = CliRunner().invoke(group, ["fix", str(tmp_path / "piece"), "--most", "4", "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    sound = [t for t in told["trials"] if t["kept"] and "--mix" in t["arguments"]]
    assert sound
    assert all(t["severity_after"] < t["severity_before"] for t in sound)
    mended = Path(told["folder"])
    assert (mended / "master.wav").read_bytes() != (tmp_path / "piece/master.wav").read_bytes()
    refined = load(mended).refined
    assert refined is not None
    assert len(refined.edits) > 2


def test_commands(song: Song, tmp_path: Path) -> None:
    first = tmp_path / "piece"
    song.save(first, audio=False, evaluation=False)
    before = {p.name: p.read_bytes() for p in first.iterdir()}
    run = CliRunner()
    result = run.invoke(group, ["refine", str(first), "bass an octave higher, wobble it"])
    assert result.exit_code == 0, result.output
    assert "not understood: wobble" in result.output
    assert {p.name: p.read_bytes() for p in first.iterdir()} == before
    second = load(tmp_path / "piece-2")
    assert second.refined is not None
    assert [e.kind for e in second.refined.edits] == ["octave"]
    result = run.invoke(group, ["diff", str(first), str(tmp_path / "piece-2")])
    assert "bass" in result.output
    result = run.invoke(
        group, ["refine", str(first), "--section", song.plan.sections[0].id, "--vary", "0.6",
                "--dry-run", "--json"],
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert not (tmp_path / "piece-3").exists()
    result = run.invoke(group, ["refine", str(first), "lose the tuba"])
    assert isinstance(result.exception, ProjectError)


def test_only_what_changed_is_rendered(tmp_path: Path) -> None:
    tiny = compose("pop in C major, 4 bars, piano, bass, drums", seed=1)
    root = apply(tiny, Edit("remaster"))
    save_refined(root, tmp_path, tmp_path / "a", audio=True)
    louder = refine(root, "drums +2 dB").song
    from songwright.session.produce import produce

    (tmp_path / "sound").mkdir()
    ready = produce(
        louder, louder.perform(), tmp_path / "sound", ("wav",), lambda *_: None,
        parent=tmp_path / "a",
    )  # fmt: skip
    assert ready == {p.id for p in tiny.score.parts} - {"drums"}
    save_refined(louder, tmp_path / "a", tmp_path / "b", audio=True)
    save_refined(louder, tmp_path, tmp_path / "c", audio=True)  # all of it rendered
    for part in tiny.score.parts:
        stems = [(tmp_path / x / "stems" / f"{part.id}.wav").read_bytes() for x in "abc"]
        assert stems[1] == stems[2]
        assert (stems[0] == stems[1]) == (part.id != "drums")
    for name in ("mix.wav", "song.json", "song.mid"):
        assert (tmp_path / "b" / name).read_bytes() == (tmp_path / "c" / name).read_bytes()
