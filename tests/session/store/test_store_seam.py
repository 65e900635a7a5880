"""Another store behind the same seam: stages, variants and bundles need nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.session.store.stages import chain

from songwright.errors import ProjectError
from songwright.session.store import Build, MemoryStore, Project, Store
from songwright.session.store.bundle import export_bundle
from songwright.session.store.unbundle import import_bundle
from songwright.session.store.versions import Versions


@pytest.fixture
def memory() -> Iterator[Store]:
    store = MemoryStore()
    yield store
    store.close()


def test_stages_and_variants_over_another_store(memory: Store) -> None:
    plan = Build(memory).make("plan", {}, 1, 1, lambda: b"plan")
    build = Build(memory)
    assert build.make("plan", {}, 1, 1, lambda: b"plan") == plan
    score = build.make("score", {"plan": plan}, {}, 1, lambda: b"score")
    assert (build.found, build.made) == ([plan], [score])
    assert memory.content(score.blob) == b"score"
    work = Versions(memory)
    work.add_variant({"plan": plan})
    work.update("v1", {"score": score})
    assert "score" not in work.undo("v1").slots
    assert "score" in work.redo("v1").slots
    with pytest.raises(ProjectError, match="no node"):
        work.update("v1", {"score": "ab" * 32})
    assert "score" in work.star("v1").slots


def test_a_bundle_goes_from_one_store_to_the_other_and_back(
    memory: Store, project: Project, tmp_path: Path
) -> None:
    project.add_variant(chain(project, 1))
    project.update("v1", chain(project, 2))
    project.undo("v1")
    first = project.export_bundle(tmp_path / "first")
    assert import_bundle(memory, first).variants == ("v1",)
    assert memory.variants() == project.variants()
    second = export_bundle(memory, tmp_path / "second.songwright")
    assert second.read_bytes() == first.read_bytes()
