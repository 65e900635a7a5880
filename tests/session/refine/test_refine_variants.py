"""Variants of a project are refined into children; the parent and its bytes stay."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from songwright.brief import Brief
from songwright.cli.app import group
from songwright.errors import ProjectError
from songwright.session import Song
from songwright.session.refine import Edit, Scope
from songwright.session.refine.variants import refine_variant
from songwright.session.store import Project
from songwright.session.variants import make_variants
from songwright.session.variants.stages import song_of


def test_a_variant_gets_a_refined_child(tmp_path: Path) -> None:
    with Project.create(tmp_path / "project") as project:
        list(make_variants(project, "pop in C major, 8 bars, piano, bass and drums", 1, jobs=1))
        first = project.variants()[0]
        before = song_of(project, first)
        child, outcome = refine_variant(project, first.name, "bass an octave higher")
        assert outcome.not_understood == ()
        after = song_of(project, child)
        assert after.refined is not None
        assert after.score.part("bass") != before.score.part("bass")
        assert song_of(project, project.variant(first.name)) == before
        quiet, _ = refine_variant(project, child, "", Edit("level", Scope(parts=("bass",)), -3.0))
        assert [e.kind for e in _edits(song_of(project, quiet))] == ["octave", "level"]
        assert project.verify().ok
        name = first.name
    result = CliRunner().invoke(
        group, ["refine", str(tmp_path / "project"), "drums +2 dB", "--variant", name]
    )
    assert result.exit_code == 0, result.output
    assert "refined from" in result.output


def test_locks_of_the_project_hold(tmp_path: Path) -> None:
    with Project.create(tmp_path / "project") as project:
        list(make_variants(project, "pop, 16 bars, piano, bass and drums", 1, jobs=1))
        first = project.lock(project.variants()[0], "bass")
        before = song_of(project, first)
        with pytest.raises(ProjectError, match="locked"):
            refine_variant(project, first, "bass an octave higher")
        child, _ = refine_variant(project, first, "regenerate everything", Edit("regenerate"))
        after = song_of(project, child)
        assert after.score.part("bass") == before.score.part("bass")
        assert after.score.part("drums") != before.score.part("drums")
        assert child.locks == ("bass",)
        free, _ = refine_variant(project, project.unlock(child, "bass"), "bass an octave higher")
        assert song_of(project, free).score.part("bass") != before.score.part("bass")
        assert free.locks == ()


def test_locks_set_in_words_are_locks_of_the_project(tmp_path: Path) -> None:
    with Project.create(tmp_path / "project") as project:
        list(make_variants(project, "pop, 16 bars, piano, bass and drums", 1, jobs=1))
        first = project.variants()[0]
        section = song_of(project, first).plan.sections[-1]
        child, _ = refine_variant(project, first, "", Edit("lock", Scope((section.id,), ("bass",))))
        assert child.locks == (f"{section.id}:bass",)
        moved, _ = refine_variant(project, child, "", Edit("insert", value="4-bar intro"))
        shifted = f"bass:bars {section.start_bar + 5}-{section.end_bar + 4}"
        assert moved.locks == (shifted,)
        with pytest.raises(ProjectError, match="cannot keep"):
            refine_variant(project, project.lock(moved, "the nice bit"), "faster")


def test_a_restated_control_is_what_is_asked(tmp_path: Path) -> None:
    with Project.create(tmp_path / "project") as project:
        list(make_variants(project, "pop in 4/4, 8 bars, piano, bass and drums", 1, jobs=1))
        child, _ = refine_variant(project, project.variants()[0], "change the metre to 3/4")
        asked = project.value(project.node(child.slots["asked"]), Brief)
        assert str(asked.meter) == "3/4"


def _edits(song: Song) -> tuple[Edit, ...]:
    assert song.refined is not None
    return song.refined.edits
