"""`open_engine`: one way to run many jobs, whatever runs them."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from waywiser.engine.names import check_engine
from waywiser.engine.processes import ProcessRunner

_TELEMETRY_VARIABLES = ("DAFT_ANALYTICS_ENABLED", "DAFT_PROGRESS_BAR", "RAY_USAGE_STATS_ENABLED")
"""Set to 0 unless the user sets them: no telemetry of Daft or Ray, and no second progress bar."""


class JobRunner(Protocol):
    """Runs jobs and gives their results."""

    def __call__(self, work: Callable[..., Any], jobs: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
        """Results of `work(*job)` for every job, in the order in which they finish.

        Args:
            work: a function of a module; files that it writes must be complete or absent, since a
                job may be interrupted and run again.
            jobs: arguments of each call.

        Raises:
            WaywiserError: the first error of a job.
            DatasetError: a worker died.
        """
        ...


@contextmanager
def open_engine(engine: str = "processes", workers: int = 1) -> Iterator[JobRunner]:
    """A runner of jobs until the end of the `with`; no process is left behind.

    Spawned processes need a script to call this under `if __name__ == "__main__":`.

    Args:
        engine: "processes" spawns worker processes, "native" is Daft on this machine, and "ray" is
            Daft on the cluster at `RAY_ADDRESS`, or on a local Ray that is started here.
        workers: number of workers.

    Raises:
        RecipeError: the engine is unknown, not installed, or cannot be set up.

    Example:
        >>> with open_engine("processes", workers=2) as run_jobs:
        ...     print(sorted(run_jobs(math.sqrt, [(1,), (4,)])))
        [1.0, 2.0]
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
