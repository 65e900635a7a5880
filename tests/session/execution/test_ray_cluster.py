"""The cluster executor on two nodes that the tests start on this machine."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.session.execution import work

from songwright.errors import ExecutionError
from songwright.session.execution import InProcess, Task, executor_for, gather
from songwright.session.execution.ray_cluster import RayCluster
from songwright.session.store import Project
from songwright.session.variants import make_variants

pytest.importorskip("ray", reason="the extra `cluster` is not installed")
pytestmark = [
    pytest.mark.xdist_group("cluster"),  # one cluster for all of these
    # Ray leaves pipes of its child processes to the garbage collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:.*:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*:FutureWarning"),
]


@pytest.fixture(scope="module")
def two_nodes() -> Iterator[str]:
    """Address of a cluster of two nodes with one processor each."""
    os.environ["PYTHONPATH"] = os.pathsep.join([str(Path.cwd()), os.environ.get("PYTHONPATH", "")])
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    from ray.cluster_utils import Cluster

    facts = {"num_cpus": 1, "object_store_memory": 80_000_000}
    cluster = Cluster(initialize_head=True, head_node_args={**facts, "include_dashboard": False})
    cluster.add_node(**facts)
    yield cluster.address
    cluster.shutdown()


@pytest.fixture(scope="module")
def cluster(two_nodes: str) -> Iterator[RayCluster]:
    with RayCluster(two_nodes, warm=work.warm, retries=1) as made:
        yield made


def draws(count: int) -> list[Task]:
    return [Task(str(seed), work.draw, (seed,)) for seed in range(count)]


def test_one_worker_on_each_node_and_the_same_results(cluster: RayCluster) -> None:
    assert cluster.jobs == 2
    assert [o.result() for o in gather(cluster, draws(20))] == [work.draw(s) for s in range(20)]
    tasks = [Task(str(n), work.warmed) for n in range(8)]
    found = [o.result() for o in cluster.run(tasks)]
    assert len({pid for pid, _ in found}) == 2
    assert all(warmed == [pid] for pid, warmed in found)  # warmed up once, not for each task


def test_failures_are_outcomes(cluster: RayCluster) -> None:
    tasks = [
        Task("ours", work.fail, ("the key is unknown",)), Task("theirs", work.divide, (0,)),
        Task("good", work.divide, (2,)),
    ]  # fmt: skip
    outcomes = {o.id: o for o in cluster.run(tasks)}
    assert outcomes["ours"].error == "the key is unknown"
    assert outcomes["theirs"].error == "ZeroDivisionError: division by zero"
    assert outcomes["good"].result() == 0.5


def test_a_lost_worker_is_replaced_and_its_task_tried_again(
    cluster: RayCluster, tmp_path: Path
) -> None:
    outcomes = gather(cluster, [Task("dies", work.die_until, (str(tmp_path), 1)), *draws(4)])
    assert (outcomes[0].result(), outcomes[0].attempts) == (1, 2)
    assert [o.result() for o in outcomes[1:]] == [work.draw(seed) for seed in range(4)]
    (lost,) = cluster.run([Task("dies", work.die)])
    assert (lost.state, lost.attempts) == ("lost", 2)


def test_tasks_are_read_only_as_fast_as_outcomes_are_taken(cluster: RayCluster) -> None:
    read: list[int] = []

    def endless() -> Iterator[Task]:
        while True:
            read.append(len(read))
            yield Task(str(len(read)), work.draw, (len(read),))

    run = cluster.run(endless())
    for taken in range(1, 12):
        next(run)
        assert len(read) <= taken + 2 * cluster.jobs
    run.close()  # type: ignore[attr-defined]
    assert gather(cluster, draws(2))[1].result() == work.draw(1)


def test_cancel_stops_what_is_under_way(cluster: RayCluster) -> None:
    timer = threading.Timer(0.5, cluster.cancel)
    timer.start()
    start = time.perf_counter()
    outcomes = list(cluster.run(Task(str(n), work.nap, (60.0,)) for n in range(5)))
    timer.join()
    assert time.perf_counter() - start < 30
    assert [o.state for o in outcomes] == ["cancelled", "cancelled"]
    assert gather(cluster, draws(1))[0].state == "done"


def test_variants_are_those_of_one_process_and_are_not_made_twice(
    cluster: RayCluster, tmp_path: Path
) -> None:
    kept = {}
    fields = {"duration": "15"}
    for name, executor in (("here", InProcess()), ("cluster", cluster)):
        with Project.create(tmp_path / name) as project:
            for _ in range(2):  # the second time everything is there
                list(make_variants(project, "calm piano", 3, fields=fields, executor=executor))
                found = {v.name: dict(v.slots) for v in project.variants()}
                assert kept.setdefault(name, found) == found
            assert project.verify().ok
    assert kept["here"] == kept["cluster"]


def test_a_second_connection_and_a_wrong_address_are_refused(cluster: RayCluster) -> None:
    with pytest.raises(ExecutionError, match="connected to a cluster already"):
        executor_for(cluster="local")
    with pytest.raises(ExecutionError, match="jobs"):
        RayCluster(jobs=-1)
