"""Executors: the same outcomes wherever tasks run, and workers that may die."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.session.execution import work

from songwright.errors import ExecutionError
from songwright.session.execution import Executor, InProcess, LocalProcesses, Outcome, Task, gather
from songwright.session.store import Project


@pytest.fixture(scope="module")
def pool() -> Iterator[LocalProcesses]:
    """Two workers for all tests that leave them alive."""
    with LocalProcesses(2, warm=work.warm, retries=1) as made:
        yield made


@pytest.fixture(params=["in process", "processes"])
def executor(request: pytest.FixtureRequest, pool: LocalProcesses) -> Executor:
    return InProcess() if request.param == "in process" else pool


def draws(count: int) -> list[Task]:
    return [Task(str(seed), work.draw, (seed,)) for seed in range(count)]


def test_results_do_not_depend_on_who_runs_the_tasks(executor: Executor) -> None:
    outcomes = gather(executor, draws(20))
    assert [o.id for o in outcomes] == [str(n) for n in range(20)]
    assert [o.result() for o in outcomes] == [work.draw(seed) for seed in range(20)]
    assert list(executor.run([])) == []


def test_a_failure_is_an_outcome_and_the_others_go_on(executor: Executor) -> None:
    tasks = [
        Task("ours", work.fail, ("the key is unknown",)), Task("theirs", work.divide, (0,)),
        Task("good", work.divide, (2,)), Task("wrong", work.divide, (1, 2)),
    ]  # fmt: skip
    outcomes = {o.id: o for o in executor.run(tasks)}
    assert outcomes["ours"].error == "the key is unknown"
    assert outcomes["theirs"].error == "ZeroDivisionError: division by zero"
    assert outcomes["wrong"].state == "failed"
    assert outcomes["good"].result() == 0.5
    with pytest.raises(ExecutionError, match="task ours: the key"):
        outcomes["ours"].result()


def test_ids_are_unique(executor: Executor) -> None:
    with pytest.raises(ExecutionError, match="same id"):
        gather(executor, [*draws(2), *draws(1)])


def test_tasks_are_read_only_as_fast_as_outcomes_are_taken(executor: Executor) -> None:
    read: list[int] = []

    def endless() -> Iterator[Task]:
        number = 0
        while True:
            read.append(number)
            yield Task(str(number), work.draw, (number,))
            number += 1

    run = executor.run(endless())
    for taken in range(1, 30):
        assert isinstance(next(run), Outcome)
        assert len(read) <= taken + 2 * 2  # what two workers hold, and what they have finished
    run.close()  # type: ignore[attr-defined]
    assert gather(executor, draws(2))[1].result() == work.draw(1)


def test_outcomes_come_as_they_finish(pool: LocalProcesses) -> None:
    gather(pool, [Task(str(n), work.nap, (0.05,)) for n in range(4)])  # both workers are there
    tasks = [
        Task("slow", work.nap, (0.6,)),
        *(Task(f"quick {n}", work.nap, (0.0,)) for n in (1, 2)),
    ]
    outcomes = list(pool.run(tasks))
    assert [o.id for o in outcomes] == ["quick 1", "quick 2", "slow"]
    assert os.getpid() not in {o.value for o in outcomes}


def test_large_results_travel(pool: LocalProcesses) -> None:
    assert [len(o.result()) for o in gather(pool, [Task("a", work.large, (8,))])] == [8 * 2**20]


def test_what_cannot_travel_is_said(pool: LocalProcesses) -> None:
    tasks = [Task("in", lambda: 1), Task("out", work.pack), *draws(1)]
    outcomes = {o.id: o for o in pool.run(tasks)}
    assert "the task cannot travel" in outcomes["in"].error
    assert "the result cannot travel" in outcomes["out"].error
    assert outcomes["0"].state == "done"


def test_a_lost_worker_is_replaced_and_its_task_tried_again(
    pool: LocalProcesses, tmp_path: Path
) -> None:
    tasks = [Task("dies", work.die_until, (str(tmp_path), 1)), *draws(6)]
    outcomes = gather(pool, tasks)
    assert (outcomes[0].result(), outcomes[0].attempts) == (1, 2)
    assert [o.result() for o in outcomes[1:]] == [work.draw(seed) for seed in range(6)]


def test_a_task_that_kills_every_worker_is_given_up(pool: LocalProcesses) -> None:
    outcomes = gather(pool, [Task("dies", work.die), *draws(2)])
    assert (outcomes[0].state, outcomes[0].attempts) == ("lost", 2)
    assert "stopped 2 times (last: exit code 3)" in outcomes[0].error
    assert [o.state for o in outcomes[1:]] == ["done", "done"]


def test_a_worker_that_dies_while_idle_is_not_missed(pool: LocalProcesses) -> None:
    pids = {o.value for o in pool.run([Task(str(n), work.nap, (0.05,)) for n in range(4)])}
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    time.sleep(0.05)
    assert [o.state for o in gather(pool, draws(4))] == ["done"] * 4


def test_cancel_stops_what_is_under_way(pool: LocalProcesses) -> None:
    timer = threading.Timer(0.3, pool.cancel)
    timer.start()
    start = time.perf_counter()
    outcomes = list(pool.run(Task(str(n), work.nap, (60.0,)) for n in range(5)))
    timer.join()
    assert time.perf_counter() - start < 20
    assert [o.state for o in outcomes] == ["cancelled", "cancelled"]
    assert gather(pool, draws(1))[0].state == "done"


def test_cancel_in_process_ends_with_the_task() -> None:
    executor = InProcess()
    outcomes = []
    for outcome in executor.run(draws(9)):
        outcomes.append(outcome)
        executor.cancel()
    assert [o.id for o in outcomes] == ["0"]


def test_each_worker_warms_up_once(pool: LocalProcesses) -> None:
    tasks = [Task(str(n), work.warmed) for n in range(8)]
    for outcome in pool.run(tasks):
        pid, warmed = outcome.result()
        assert warmed == [pid]
    with InProcess(warm=work.warm) as here:
        assert [o.value[1] for o in here.run(tasks)] == [[os.getpid()]] * 8
    work.WARMED.clear()


def test_a_worker_that_cannot_warm_up_says_so() -> None:
    with LocalProcesses(1, warm=work.warm_badly) as executor:
        (outcome,) = executor.run(draws(1))
    assert outcome.error == "the worker could not warm up: no model"


def test_use_after_close_and_two_runs_at_once(pool: LocalProcesses) -> None:
    run = pool.run(draws(3))
    next(run)
    with pytest.raises(ExecutionError, match="running already"):
        next(pool.run(draws(1)))
    assert len(list(run)) == 2
    closed = LocalProcesses(1)
    closed.close()
    with pytest.raises(ExecutionError, match="closed"):
        next(closed.run(draws(1)))
    with pytest.raises(ExecutionError, match="jobs"):
        LocalProcesses(-1)
    assert LocalProcesses().jobs == os.cpu_count()


def test_workers_build_one_project_together(pool: LocalProcesses, tmp_path: Path) -> None:
    keys = {}
    for name, executor in (("a", InProcess()), ("b", pool)):
        Project.create(tmp_path / name).close()
        tasks = [Task(str(n), work.make_piece, (str(tmp_path / name), n)) for n in range(12)]
        keys[name] = [o.result() for o in gather(executor, tasks)]
        with Project.open(tmp_path / name) as project:
            assert project.verify().ok
            assert {v.name for v in project.variants()} == {f"take {n}" for n in range(12)}
    assert keys["a"] == keys["b"]
