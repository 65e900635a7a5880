"""Variants of a project are refined into children; the parent and its bytes stay."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from songwright.cli.app import group
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


def _edits(song: Song) -> tuple[Edit, ...]:
    assert song.refined is not None
    return song.refined.edits
