"""From what a command was given to an executor."""

from __future__ import annotations

from collections.abc import Callable

from songwright.session.execution.in_process import InProcess
from songwright.session.execution.local import LocalProcesses
from songwright.session.execution.protocol import Executor


def executor_for(
    jobs: int = 0, cluster: str = "", warm: Callable[[], object] | None = None
) -> Executor:
    """Where to run tasks.

    Parameters
    ----------
    jobs
        Workers: 1 works in this process, 0 takes one for each core.
    cluster
        Address of a Ray cluster (see `RayCluster`); "" stays on this machine.
    warm
        Function at the top of a module, called once in each worker.

    Raises
    ------
    ExecutionError
        If the cluster cannot be reached or ``jobs`` is negative.
    """
    if cluster:
        from songwright.session.execution.ray_cluster import RayCluster  # noqa: PLC0415

        return RayCluster(cluster, jobs, warm)
    return InProcess(warm) if jobs == 1 else LocalProcesses(jobs, warm)
