"""Random work on a project against a simple picture of it: nothing is lost, nothing invented."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.session.store.stages import chain

from songwright.errors import ProjectError
from songwright.session.store import Project

NAMES = ("v1", "v2", "v3", "v4", "v5")
seeds = st.integers(0, 5)
picks = st.integers(0, 4)


class Line:
    """What a variant should be: all states it ever had, as a tree, and where it stands."""

    def __init__(self, parent: str, state: tuple[str, ...]) -> None:
        self.parent = parent
        self.states: list[tuple[int, tuple[str, ...]]] = [(-1, state)]
        self.at = 0
        self.redo: dict[int, int] = {}
        self.star = 0

    def go(self, number: int) -> None:
        self.at = number
        while (origin := self.states[number][0]) >= 0:
            self.redo[origin] = number
            number = origin

    def add(self, state: tuple[str, ...]) -> None:
        step = (self.at, state)
        if step not in self.states:
            self.states.append(step)
        self.go(self.states.index(step))


class Work(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp())
        self.project = Project.create(self.home / "p")
        self.lines: dict[str, Line] = {}
        self.contents: dict[str, bytes] = {}

    def teardown(self) -> None:
        assert self.project.verify().ok
        self.project.close()
        shutil.rmtree(self.home)

    def picked(self, pick: int) -> str:
        return sorted(self.lines)[pick % len(self.lines)]

    def made(self, seed: int) -> dict[str, str]:
        nodes = chain(self.project, seed)
        self.contents |= {node.key: self.project.read(node) for node in nodes.values()}
        return {slot: node.key for slot, node in nodes.items()}

    @precondition(lambda self: len(self.lines) < len(NAMES))
    @rule(seed=seeds, pick=picks, child=st.booleans())
    def add(self, seed: int, pick: int, child: bool) -> None:
        parent = self.picked(pick) if child and self.lines else ""
        name = next(n for n in NAMES if n not in self.lines)
        nodes = self.made(seed)
        self.project.add_variant(nodes, name, parent, text=f"born as {len(self.lines)}")
        self.lines[name] = Line(parent, tuple(sorted(nodes.values())))

    @precondition(lambda self: self.lines)
    @rule(seed=seeds, pick=picks)
    def update(self, seed: int, pick: int) -> None:
        name, nodes = self.picked(pick), self.made(seed)
        line, state = self.lines[name], tuple(sorted(nodes.values()))
        if state != line.states[line.at][1]:
            line.add(state)
        self.project.update(name, nodes)

    @precondition(lambda self: self.lines)
    @rule(pick=picks)
    def undo(self, pick: int) -> None:
        line = self.lines[name := self.picked(pick)]
        before = line.states[line.at][0]
        if before < 0:
            with pytest.raises(ProjectError):
                self.project.undo(name)
        else:
            self.project.undo(name)
            line.go(before)

    @precondition(lambda self: self.lines)
    @rule(pick=picks)
    def redo(self, pick: int) -> None:
        line = self.lines[name := self.picked(pick)]
        if line.at not in line.redo:
            with pytest.raises(ProjectError):
                self.project.redo(name)
        else:
            self.project.redo(name)
            line.go(line.redo[line.at])

    @precondition(lambda self: self.lines)
    @rule(pick=picks, star=st.sampled_from([-1, 0, 1]))
    def mark(self, pick: int, star: int) -> None:
        name = self.picked(pick)
        (self.project.reject, self.project.unmark, self.project.star)[star + 1](name)
        self.lines[name].star = star

    @rule()
    def collect(self) -> None:
        doomed = {n for n, line in self.lines.items() if line.star < 0}
        changed = True
        while changed:  # a rejected one with a child that stays, stays
            needed = {self.lines[n].parent for n in self.lines if n not in doomed}
            changed = bool(doomed & needed)
            doomed -= needed
        found = self.project.collect_garbage(dry_run=False, grace_seconds=0.0)
        assert set(found.variants) == doomed
        for name in doomed:
            del self.lines[name]
        kept = {key for line in self.lines.values() for _, state in line.states for key in state}
        assert {node.key for node in self.project.nodes()} == kept  # chains hold their inputs
        self.contents = {key: data for key, data in self.contents.items() if key in kept}

    @rule()
    def reopen(self) -> None:
        self.project.close()
        self.project = Project.open(self.home / "p")

    @rule()
    def lose_the_database(self) -> None:
        self.project.close()
        (self.home / "p" / "project.db").unlink()
        assert Project.salvage(self.home / "p").skipped == ()
        self.project = Project.open(self.home / "p")

    @invariant()
    def heads_are_where_they_should_be(self) -> None:
        found = {v.name: v for v in self.project.variants()}
        assert set(found) == set(self.lines)
        for name, line in self.lines.items():
            assert tuple(sorted(found[name].slots.values())) == line.states[line.at][1]
            assert found[name].star == line.star

    @invariant()
    def everything_can_be_read(self) -> None:
        for key, data in self.contents.items():
            assert self.project.read(key) == data


Work.TestCase.settings = settings(
    max_examples=6, stateful_step_count=20, deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
TestWork = Work.TestCase
