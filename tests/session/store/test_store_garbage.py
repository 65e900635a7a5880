"""Garbage is collected on request only, and never what a star leads to."""

from __future__ import annotations

import os
import time

from tests.session.store.stages import blob_file, chain

from songwright.session.store import Project


def test_nothing_goes_without_a_request(project: Project) -> None:
    project.add_variant(chain(project, 1))
    project.reject("v1")
    found = project.collect_garbage(grace_seconds=0.0)
    assert (found.variants, found.moves, len(found.nodes), found.removed) == (("v1",), 1, 3, False)
    assert found.bytes > 0
    assert project.variant("v1").rejected
    assert len(project.nodes()) == 3


def test_rejected_variants_and_loose_nodes_go(project: Project) -> None:
    project.add_variant(kept := chain(project, 1))
    project.add_variant(chain(project, 2))
    loose = chain(project, 3)
    project.reject("v2")
    files = [blob_file(project, node) for node in loose.values()]
    found = project.collect_garbage(dry_run=False, grace_seconds=0.0)
    assert (found.variants, len(found.nodes), found.removed) == (("v2",), 6, True)
    assert project.nodes() == list(kept.values())
    assert not any(file.exists() for file in files)
    assert project.verify().ok
    again = project.collect_garbage(dry_run=False, grace_seconds=0.0)
    assert (again.nodes, again.blobs, again.bytes) == ((), (), 0)


def test_the_lineage_of_a_star_stays_even_under_a_rejection(project: Project) -> None:
    project.add_variant(chain(project, 1), "root")
    project.add_variant(chain(project, 2), "middle", parent="root")
    project.add_variant(chain(project, 3), "leaf", parent="middle")
    project.add_variant(chain(project, 4), "other leaf", parent="middle")
    for name in ("root", "middle", "other leaf"):
        project.reject(name)
    project.star("leaf")
    found = project.collect_garbage(dry_run=False, grace_seconds=0.0)
    assert found.variants == ("other leaf",)
    assert [v.name for v in project.variants()] == ["root", "middle", "leaf"]
    assert len(project.nodes()) == 9


def test_what_was_just_made_stays(project: Project) -> None:
    chain(project, 1)
    assert project.collect_garbage(dry_run=False).nodes == ()
    assert len(project.nodes()) == 3


def test_contents_that_two_nodes_share_stay_for_the_other(project: Project) -> None:
    kept = project.make("score", {}, {"a": 1}, 1, lambda: b"same")
    project.make("score", {}, {"a": 2}, 1, lambda: b"same")
    project.add_variant({"score": kept})
    found = project.collect_garbage(dry_run=False, grace_seconds=0.0)
    assert (len(found.nodes), found.blobs) == (1, ())
    assert project.read(kept) == b"same"


def test_reports_of_kept_nodes_stay(project: Project) -> None:
    nodes = chain(project, 1)
    report = project.make("evaluation", {"score": nodes["score"]}, {}, 1, lambda: b"good")
    stem = project.make("stem", {"score": nodes["score"]}, {}, 1, lambda: b"sound")
    project.add_variant(nodes)
    found = project.collect_garbage(dry_run=False, grace_seconds=0.0)
    assert [n.key for n in found.nodes] == [stem.key]
    assert project.read(report) == b"good"


def test_history_goes_only_when_asked_and_not_from_stars(project: Project) -> None:
    for name in ("plain", "starred"):
        project.add_variant(chain(project, 1), name, text=name)
        project.update(name, chain(project, 2))
        project.undo(name)
        project.update(name, chain(project, 3))  # the step to 2 can no longer be redone
        project.update(name, chain(project, 4))
        project.undo(name)
    project.star("starred")
    assert project.collect_garbage(dry_run=False, grace_seconds=0.0).moves == 0
    assert project.collect_garbage(dry_run=False, drop_history=True, grace_seconds=0.0).moves == 1
    assert (len(project.moves("plain")), len(project.moves("starred"))) == (3, 4)
    assert project.redo("plain").slots == project.redo("starred").slots
    project.undo("plain")
    project.undo("plain")
    assert project.verify().ok


def test_left_overs_of_killed_processes_are_swept(project: Project) -> None:
    node = chain(project, 1)["score"]
    project.add_variant({"score": node})
    waiting = project.folder / "blobs" / "waiting"
    (waiting / "abc.partial").write_bytes(b"half")
    loose = project.files.blobs.put(b"a content without a node")
    assert project.verify().loose_blobs == 1
    old = time.time() - 7200
    os.utime(waiting / "abc.partial", (old, old))
    assert project.collect_garbage(dry_run=False).blobs == ()
    assert not list(waiting.iterdir())
    assert project.collect_garbage(dry_run=False, grace_seconds=0.0).blobs == (loose,)
    assert project.verify().loose_blobs == 0
