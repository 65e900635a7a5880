"""Running many independent tasks: in this process, in worker processes, or on a cluster.

`Executor` is the seam; what a task returns does not depend on which executor runs it.
"""

from songwright.session.execution.choose import executor_for
from songwright.session.execution.in_process import InProcess
from songwright.session.execution.local import LocalProcesses
from songwright.session.execution.protocol import Executor, Outcome, Task, gather

__all__ = ["Executor", "InProcess", "LocalProcesses", "Outcome", "Task", "executor_for", "gather"]
