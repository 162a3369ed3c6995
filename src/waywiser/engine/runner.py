"""`open_engine`: one way to run many jobs, whatever runs them."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from waywiser.engine.names import check_engine
from waywiser.engine.processes import ProcessRunner

_TELEMETRY_VARIABLES = ("DAFT_ANALYTICS_ENABLED", "DAFT_PROGRESS_BAR", "RAY_USAGE_STATS_ENABLED")
"""Unless the user asks for it, nobody is told that Daft or Ray was used, and their bars do not
stand beside ours.
"""


class JobRunner(Protocol):
    """Runs jobs and gives their results."""

    def __call__(self, work: Callable[..., Any], jobs: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
        """`work(*job)` for every job, as they come. `work` is a function of a module, and files
        that it writes are whole or absent, for a job may be cut off and run again. The first
        WaywiserError of a job is raised here; DatasetError where a worker dies.
        """
        ...


@contextmanager
def open_engine(engine: str = "processes", workers: int = 1) -> Iterator[JobRunner]:
    """The engine, until the end of the `with`: "processes" spawns its own, "native" is Daft on this
    machine, "ray" Daft on the cluster at `RAY_ADDRESS`, or on a local Ray that is started and
    stopped here.

    No process is left behind, whatever happens inside. Spawned processes need a script to call this
    under `if __name__ == "__main__":`. Raises RecipeError as `check_engine` does, or where Daft or
    Ray cannot be set up.
    """
    check_engine(engine)

    if engine == "processes":
        with ProcessRunner(workers) as processes:
            yield processes.run_jobs

        return

    for name in _TELEMETRY_VARIABLES:
        os.environ.setdefault(name, "0")

    from waywiser.engine.daft_runner import open_daft

    with open_daft(engine, workers) as run_jobs:
        yield run_jobs
