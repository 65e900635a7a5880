"""A batch obeys its brief, does not depend on the number of jobs, and goes on where it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.session.variants.conftest import PROMPT

from songwright.brief import Brief
from songwright.composition import Plan
from songwright.errors import BriefError, ExecutionError
from songwright.score import Score
from songwright.session.execution import InProcess
from songwright.session.store import Project
from songwright.session.variants import Step, batches, make_variants
from songwright.session.variants.stages import SLOTS


def test_every_variant_obeys_what_the_brief_fixes(batch: tuple[Project, list[Step]]) -> None:
    project, _ = batch
    found = project.variants()
    assert [v.name for v in found] == ["v1", "v2", "v3", "v4"]
    for variant in found:
        plan = project.value(variant.slots["plan"], Plan)
        assert str(plan.key) == "C major"
        assert plan.bars == 8
        assert plan.tempo_bpm == pytest.approx(120.0, rel=0.02)
        assert plan.style == "pop"
        families = {part.instrument for part in plan.parts}
        assert any("piano" in name for name in families)
        assert any("bass" in name for name in families)
        assert any("kit" in name for name in families)


def test_variants_differ(batch: tuple[Project, list[Step]]) -> None:
    project, _ = batch
    tunes = {
        tuple(
            (n.onset_ticks, n.pitch) for n in project.value(v.slots["score"], Score).parts[0].notes
        )
        for v in project.variants()
    }
    assert len(tunes) == 4
    assert batches(project)[0].vendi > 1.2


def test_all_that_a_variant_needs_is_stored(batch: tuple[Project, list[Step]]) -> None:
    project, steps = batch
    for variant in project.variants():
        assert set(variant.slots) == set(SLOTS)
        asked = project.value(variant.slots["asked"], Brief)
        assert asked.prompt == PROMPT
    assert project.verify().ok
    drafts = [step for step in steps if step.stage == "draft"]
    assert [step.done for step in drafts] == list(range(1, len(drafts) + 1))
    assert all(step.evaluation is not None for step in drafts)


def test_the_number_of_jobs_changes_nothing(
    batch: tuple[Project, list[Step]], tmp_path: Path
) -> None:
    one, _ = batch
    with Project.create(tmp_path / "two") as two:
        list(make_variants(two, PROMPT, 4, jobs=2))
        assert [v.id for v in two.variants()] == [v.id for v in one.variants()]
        assert [v.slots for v in two.variants()] == [v.slots for v in one.variants()]
        assert {n.key for n in two.nodes()} == {n.key for n in one.nodes()}
        assert {n.blob for n in two.nodes()} == {n.blob for n in one.nodes()}


def test_again_makes_nothing_and_more_adds(project: Project) -> None:
    list(make_variants(project, PROMPT, 2, jobs=1))
    before = [(v.name, v.slots) for v in project.variants()]
    nodes = len(project.nodes())
    list(make_variants(project, PROMPT, 2, jobs=1))
    assert [(v.name, v.slots) for v in project.variants()] == before
    assert len(project.nodes()) == nodes
    list(make_variants(project, PROMPT, 3, jobs=1))
    assert [(v.name, v.slots) for v in project.variants()][:2] == before
    assert len(project.variants()) == 3


def test_another_brief_continues_a_project(project: Project) -> None:
    list(make_variants(project, PROMPT, 1, jobs=1))
    list(make_variants(project, "calm solo piano, 8 bars", 1, jobs=1, diverse=0.0))
    first, second = project.variants()
    assert (first.name, second.name) == ("v1", "v2")
    assert project.value(second.slots["plan"], Plan).style == "solo_piano"
    assert len(batches(project)) == 2
    assert project.verify().ok


def test_a_batch_that_was_stopped_goes_on(project: Project) -> None:
    executor = InProcess()
    steps = make_variants(project, PROMPT, 3, executor=executor)
    next(steps)
    executor.cancel()
    with pytest.raises(ExecutionError, match="start the batch again"):
        list(steps)
    kept = {node.key for node in project.nodes()}
    assert kept
    assert project.variants() == []
    list(make_variants(project, PROMPT, 3, jobs=1))
    assert len(project.variants()) == 3
    assert kept <= {node.key for node in project.nodes()}


@pytest.mark.parametrize(
    ("prompt", "options", "message"),
    [
        (PROMPT, {"count": 0}, "must be 1 to"),
        (PROMPT, {"count": -3}, "must be 1 to"),
        (PROMPT, {"diverse": 1.5}, "--diverse"),
        (PROMPT, {"seed": -1}, "outside"),
        ("", {}, "empty"),
        ("solo violin, no violin", {}, "forbidden"),
    ],
)
def test_bad_requests_leave_nothing_behind(
    project: Project, prompt: str, options: dict[str, float], message: str
) -> None:
    with pytest.raises(BriefError, match=message):
        make_variants(project, prompt, **({"count": 2, "jobs": 1} | options))  # type: ignore[arg-type]
    assert project.nodes() == []
