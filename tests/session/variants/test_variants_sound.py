"""Previews: the most telling bars, a performance cut to them, safe in mono."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from songwright.audio import read_audio
from songwright.composition import Plan
from songwright.errors import OutputError, ProjectError
from songwright.perform import ControlPoint, Performance, PlayedNote, PlayedPart
from songwright.score import Score, TimeMap
from songwright.session.song import compose
from songwright.session.store import Project
from songwright.session.variants import (
    Step,
    comparison_page,
    finish,
    preview_of,
    preview_there,
    song_of,
)
from songwright.session.variants.excerpt import Excerpt, cut, most_telling
from songwright.session.variants.preview import MONO_LOSS_DB, mono_loss_db, mono_safe


@pytest.fixture(scope="module")
def song() -> tuple[Plan, Score]:
    made = compose("pop song with verses and choruses, 120 BPM, 2 minutes", 3)
    return made.plan, made.score


def test_the_excerpt_holds_the_loudest_chorus(song: tuple[Plan, Score]) -> None:
    plan, score = song
    found = most_telling(plan, score)
    section = next(s for s in plan.sections if s.id == found.section)
    assert section.function == "chorus"
    choruses = [s.energy for s in plan.sections if s.function == "chorus"]
    assert section.energy == max(choruses)
    times = TimeMap.of(score)
    bars = [times.seconds(b * plan.meter.bar_ticks) for b in range(plan.bars)]
    assert min(abs(bar - found.start_seconds) for bar in bars) < 1e-5
    start = times.seconds(section.start_bar * plan.meter.bar_ticks)
    assert found.start_seconds <= start < found.end_seconds
    assert 25.0 < found.end_seconds - found.start_seconds <= 30.0 + 1e-6


def test_a_short_piece_is_heard_whole(song: tuple[Plan, Score]) -> None:
    made = compose("pop, 8 bars, 120 BPM", 1)
    found = most_telling(made.plan, made.score)
    assert found.start_seconds == 0.0
    assert found.end_seconds == pytest.approx(16.0, abs=3.0)


def test_a_cut_keeps_what_sounds_and_what_was_set() -> None:
    times = ((0.0, 5.0, 60), (1.0, 0.5, 62), (3.0, 9.0, 64), (8.0, 1.0, 65))
    notes = tuple(PlayedNote(*time, 80) for time in times)
    controls = (ControlPoint(0.0, 64, 127), ControlPoint(1.5, 11, 90), ControlPoint(4.0, 64, 0))
    part = PlayedPart("lead", "Lead", "lead", "violin", notes, controls, "", ((0.0, 96.0),))
    other = PlayedPart("bass", "Bass", "bass", "acoustic_bass", (PlayedNote(9.0, 1.0, 40, 80),))
    short = cut(Performance((part, other), 12.0, "loop"), Excerpt("A", 2.0, 7.0))
    assert short.duration_seconds == 5.0
    assert [p.id for p in short.parts] == ["lead"]
    assert [(n.onset_seconds, n.duration_seconds, n.pitch) for n in short.parts[0].notes] == [
        (0.0, 3.0, 60), (1.0, 4.0, 64)
    ]  # fmt: skip
    assert short.parts[0].tempos == ((-2.0, 96.0),)  # beats are still counted from the start
    assert short.parts[0].controls == (
        ControlPoint(0.0, 11, 90), ControlPoint(0.0, 64, 127), ControlPoint(2.0, 64, 0)
    )  # fmt: skip


def test_sides_are_drawn_in_until_mono_is_safe() -> None:
    chance = np.random.default_rng(1)
    left, right = chance.normal(0.0, 0.1, (2, 48_000)).astype(np.float32)
    assert mono_loss_db(np.stack([left, left])) == pytest.approx(0.0, abs=1e-3)
    noise = np.stack([left, right])
    assert mono_loss_db(noise) == pytest.approx(-3.0, abs=0.1)
    wide = np.stack([left, -0.9 * left + 0.1 * right]).astype(np.float32)
    assert mono_loss_db(wide) < -10.0
    safe = mono_safe(wide)
    assert mono_loss_db(safe) >= MONO_LOSS_DB
    assert np.allclose(safe[0] + safe[1], wide[0] + wide[1], atol=1e-6)  # what mono hears stays
    same = np.stack([left, 0.5 * left])
    assert mono_safe(same) is same


def test_a_preview_is_sound_of_the_right_length_and_is_made_once(
    batch: tuple[Project, list[Step]], project: Project
) -> None:
    project.import_bundle(batch[0].export_bundle(project.folder.parent / "batch"))
    variant = project.variant("v1")
    assert preview_there(project, variant) is None
    node = preview_of(project, project.build(), variant)
    audio, rate = soundfile.read(io.BytesIO(project.read(node)), always_2d=True)
    facts = node.measured
    assert rate == 48_000
    assert len(audio) / rate == pytest.approx(
        facts["end_seconds"] - facts["start_seconds"], abs=0.01
    )
    assert 0.3 < np.abs(audio).max() <= 1.0
    assert facts["mono_loss_db"] >= MONO_LOSS_DB
    build = project.build()
    assert preview_of(project, build, variant).key == node.key
    assert not build.made
    found = preview_there(project, variant)
    assert found is not None
    assert found.key == node.key
    page = project.folder.parent / "page.html"
    comparison_page(project, ["v1", "v2"], page)
    text = page.read_text("utf-8")
    assert text.count("<audio") == 1
    assert text.count("no preview") == 1
    assert 'src="http' not in text


def test_a_finished_variant_holds_its_sound(
    batch: tuple[Project, list[Step]], project: Project, tmp_path: Path
) -> None:
    project.import_bundle(batch[0].export_bundle(project.folder.parent / "batch"))
    package = finish(project, "v2", formats=("flac",))
    assert package.folder == project.folder / "finished" / "v2"
    assert {"master.flac", "mix.wav", "report.html", "song.json"} <= set(package.files)
    variant = project.variant("v2")
    master = project.node(variant.slots["master:flac"])
    assert project.read(master) == (package.folder / "master.flac").read_bytes()
    stems = {part.id for part in song_of(project, variant).score.parts}
    assert {slot for slot in variant.slots if slot.startswith("stem:")} == {
        f"stem:{name}" for name in stems
    }
    stem = sorted(stems)[0]
    copy = tmp_path / "stem.flac"
    copy.write_bytes(project.read(project.node(variant.slots[f"stem:{stem}"])))
    written = read_audio(package.folder / "stems" / f"{stem}.wav")[0]
    assert np.array_equal(read_audio(copy)[0], written)
    song = song_of(project, variant)
    assert song.score == project.value(variant.slots["score"], Score)
    assert "master:flac" not in project.undo("v2").slots
    assert project.verify().ok


def test_what_is_no_piece_is_told(project: Project) -> None:
    project.add_variant({"score": project.add("score", b"{}")}, "sketch")
    with pytest.raises(ProjectError, match="sketch holds no asked"):
        finish(project, "sketch")
    with pytest.raises(ProjectError, match="sketch holds no asked"):
        comparison_page(project, ["sketch"], project.folder / "page.html")
    with pytest.raises(ProjectError, match="keys for 9"):
        comparison_page(project, ["sketch"] * 10, project.folder / "page.html")
    with pytest.raises(ProjectError, match="no variants to compare"):
        comparison_page(project, [], project.folder / "page.html")


def test_an_unknown_format_is_told(batch: tuple[Project, list[Step]], tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="unknown audio format"):
        finish(batch[0], "v1", tmp_path / "out", ("tape",))
