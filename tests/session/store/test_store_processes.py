"""Several processes on one project, and processes that are killed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from bench.session_store import STAGES, kill_batches, timings
from tests.session.store.stages import chain

from songwright.errors import ProjectError
from songwright.session.store import Project

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="children by fork"),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]


def together(folder: Path, works: list[Callable[[Project], None]]) -> None:
    """Each work in a process of its own, all at once; what fails there fails here."""
    children = []
    for work in works:
        child = os.fork()
        if child == 0:
            try:
                with Project.open(folder) as project:
                    work(project)
                os._exit(0)
            except BaseException as error:
                print(repr(error))
                os._exit(1)
        children.append(child)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    assert codes == [0] * len(works)


def test_ten_kills_lose_nothing_that_was_done(tmp_path: Path) -> None:
    report = kill_batches(tmp_path, kills=10, seed=1, pieces=8)
    assert (report.kills, report.lost, report.unverified) == (10, 0, 0)
    assert report.nodes % (8 * len(STAGES)) == 0
    # Nothing that was finished is made again: at most one stage more for each kill.
    assert report.nodes <= report.ran <= report.nodes + report.kills


def test_processes_share_a_project(tmp_path: Path) -> None:
    folder = tmp_path / "song"
    with Project.create(folder) as project:
        project.add_variant(chain(project, 0), "shared")

    def work(number: int) -> Callable[[Project], None]:
        def run(project: Project) -> None:
            for turn in range(6):
                own = project.make("stem", {}, [number, turn], 1, b"stem".upper)
                chain(project, turn)  # all make the same ones
                project.add_variant({"stem": own})
                while True:
                    seen = project.variant("shared")
                    try:
                        project.update(seen, {f"stem:{number}": own}, f"{number} {turn}")
                        break
                    except ProjectError as error:
                        assert "another process" in str(error)

        return run

    def tidy(project: Project) -> None:
        for _ in range(10):
            project.collect_garbage(dry_run=False)
            project.verify()

    together(folder, [work(1), work(2), work(3), tidy])
    with Project.open(folder) as project:
        assert project.verify().ok
        assert len(project.variants()) == 1 + 3 * 6
        steps = project.moves("shared")
        assert {m.text for m in steps[1:]} == {f"{n} {t}" for n in (1, 2, 3) for t in range(6)}
        assert [m.parent for m in steps[1:]] == [m.id for m in steps[:-1]]  # one line, none lost
        assert len(project.nodes()) == 18 + 6 * 3


def test_a_project_that_is_kept_busy_says_so(tmp_path: Path) -> None:
    with Project.create(tmp_path / "song") as project:
        project.add_variant(chain(project, 1))
        with Project.open(project.folder) as other, other.files.writing():
            assert project.variants()  # reading goes on
            project.files.connection.execute("PRAGMA busy_timeout = 20")
            with pytest.raises(ProjectError, match="busy by another process"):
                project.star("v1")
        project.star("v1")


def test_ten_thousand_nodes_are_quick(tmp_path: Path) -> None:
    found = timings(tmp_path / "large", 10_000, time.process_time)
    # The bench holds 50 ms on a quiet machine; here others may share the processor's caches.
    assert {name: ms for name, ms in found.items() if ms > 120} == {}
