"""Variants: names, parents, steps, marks, comparison."""

from __future__ import annotations

import pytest
from tests.session.store.stages import chain

from songwright.errors import ProjectError
from songwright.session.store import Project


def test_a_variant_holds_nodes_and_its_step(project: Project) -> None:
    nodes = chain(project, 1)
    variant = project.add_variant(nodes, text="calm")
    assert variant.name == "v1"
    assert variant.slots == {slot: node.key for slot, node in nodes.items()}
    assert project.variant("v1") == project.variant(variant.id) == variant
    (step,) = project.moves("v1")
    assert (step.id, step.text, step.parent) == (variant.move, "calm", "")


def test_names_parents_children_siblings_branches(project: Project) -> None:
    first = project.add_variant(chain(project, 1), "Opening")
    second = project.add_variant(chain(project, 2))
    child = project.add_variant(chain(project, 3), parent=first, text="darker", branch="dark")
    grandchild = project.add_variant(chain(project, 4), parent=child)
    assert [v.name for v in project.variants()] == ["Opening", "v2", "v3", "v4"]
    assert project.children("Opening") == [child]
    assert project.siblings("v2") == [first]
    assert grandchild.branch == "dark"
    assert project.variants("dark") == [child, grandchild]
    assert project.move_to_branch("v2", "B side").branch == "B side"
    assert project.rename(second, "Second").name == "Second"
    with pytest.raises(ProjectError, match="there is a variant 'Second' already"):
        project.rename("v3", "Second")
    with pytest.raises(ProjectError, match="already"):
        project.add_variant(chain(project, 5), "Second")
    with pytest.raises(ProjectError, match="the variants are: Opening, Second"):
        project.variant("v9")


@pytest.mark.parametrize(
    "name", ["", "../up", "a/b", ".hidden", "x" * 65, "ab" * 32, "end ", "a\nb"]
)
def test_names_that_could_hurt_are_refused(name: str, project: Project) -> None:
    project.add_variant(chain(project, 1))
    with pytest.raises(ProjectError, match="cannot be the name"):
        project.rename("v1", name)
    with pytest.raises(ProjectError, match="no slot"):
        project.update("v1", {name: chain(project, 1)["brief"]})


def test_update_undo_redo_restore(project: Project) -> None:
    a, b, c = (chain(project, seed) for seed in (1, 2, 3))
    start = project.add_variant(a)
    project.update("v1", {"score": b["score"]}, "other notes")
    moved = project.update("v1", {"score": None, "plan": c["plan"]}, "no notes")
    assert moved.slots == {"brief": a["brief"].key, "plan": c["plan"].key}
    assert project.undo("v1").slots["score"] == b["score"].key
    assert project.undo("v1").slots == start.slots
    with pytest.raises(ProjectError, match="nothing to undo"):
        project.undo("v1")
    project.redo("v1")
    assert project.redo("v1").slots == moved.slots
    with pytest.raises(ProjectError, match="nothing to redo"):
        project.redo("v1")
    project.undo("v1")
    branch = project.update("v1", {"brief": c["brief"]}, "another way")
    with pytest.raises(ProjectError, match="nothing to redo"):
        project.redo("v1")
    assert len(project.moves("v1")) == 4
    assert project.restore("v1", moved.move).slots == moved.slots  # what was undone is still there
    project.undo("v1")
    assert project.redo("v1").slots == moved.slots  # redo leads to where one was last
    assert project.restore("v1", branch.move).slots == branch.slots
    assert project.verify().ok


def test_a_change_that_changes_nothing_is_no_step(project: Project) -> None:
    nodes = chain(project, 1)
    project.add_variant(nodes)
    project.update("v1", {"score": nodes["score"]}, "nothing")
    assert len(project.moves("v1")) == 1


def test_the_same_edit_after_an_undo_is_the_same_step(project: Project) -> None:
    project.add_variant(chain(project, 1))
    moved = project.update("v1", chain(project, 2), "x")
    project.undo("v1")
    assert project.update("v1", chain(project, 2), "x").move == moved.move
    assert len(project.moves("v1")) == 2


def test_a_variant_that_somebody_moved_on_is_not_overwritten(project: Project) -> None:
    seen = project.add_variant(chain(project, 1))
    project.update("v1", chain(project, 2), "theirs")
    with pytest.raises(ProjectError, match="changed by another process"):
        project.update(seen, chain(project, 3), "ours")
    assert project.variant("v1").slots["score"] == chain(project, 2)["score"].key


def test_locks_are_undone_like_edits_and_pass_to_children(project: Project) -> None:
    project.add_variant(chain(project, 1))
    project.lock("v1", "bass", "verse/lead")
    assert project.variant("v1").locks == ("bass", "verse/lead")
    child = project.add_variant(chain(project, 2), parent="v1", locks=["drums"])
    assert child.locks == ("bass", "drums", "verse/lead")
    assert project.unlock("v1", "bass").locks == ("verse/lead",)
    with pytest.raises(ProjectError, match="no lock bass"):
        project.unlock("v1", "bass")
    assert project.undo("v1").locks == ("bass", "verse/lead")
    assert project.undo("v1").locks == ()


def test_marks_stay_through_undo(project: Project) -> None:
    project.add_variant(chain(project, 1))
    project.update("v1", chain(project, 2))
    project.tag("v1", "for Ana", "short")
    project.note("v1", "the bridge drags")
    project.star("v1")
    project.undo("v1")
    now = project.untag("v1", "short")
    assert (now.starred, now.note, now.tags) == (True, "the bridge drags", ("for Ana",))
    assert project.reject("v1").rejected
    assert project.unmark("v1").star == 0


def test_diff_tells_other_bytes_from_another_history(project: Project) -> None:
    a = chain(project, 1)
    twin = project.make(
        "plan", {"from": a["brief"]}, {"n": "twin"}, 1, lambda: project.read(a["plan"])
    )
    project.add_variant({**a, "mix": a["score"]})
    project.add_variant({**a, "plan": twin, "score": chain(project, 2)["score"], "midi": twin})
    difference = project.diff("v1", "v2")
    assert difference.same == ("brief",)
    assert difference.changed == ("score",)
    assert difference.remade == ("plan",)
    assert (difference.only_first, difference.only_second) == (("mix",), ("midi",))


def test_settings(project: Project) -> None:
    project.set_setting("ranking", {"hook": 0.5})
    assert project.setting("ranking") == {"hook": 0.5}
    project.set_setting("ranking", None)
    assert project.setting("ranking", "none") == "none"


def test_the_same_variant_cannot_begin_twice(project: Project) -> None:
    project.add_variant(chain(project, 1), "a")
    project.rename("a", "b")
    with pytest.raises(ProjectError, match="already there, as 'b'"):
        project.add_variant(chain(project, 1), "a")
