"""The engine "processes": spawned processes on this machine, kept from one round of jobs to the
next.
"""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from waywiser.engine.worker_process import exit_with_parent
from waywiser.errors import DatasetError

WORKER_DIED = "a worker process died (out of memory?): use fewer workers and run again"


class ProcessRunner:
    """At most `workers` processes, from the first round that needs them to the end of the
    `with`.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._pool: ProcessPoolExecutor | None = None
        self._size = 0
        self._before: set[Any] = set()

    def __enter__(self) -> "ProcessRunner":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._shut_down()
        else:
            self._terminate()

    def run_jobs(self, work: Callable[..., Any], jobs: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
        """Results of `work(*job)`, as they come; in this process when one worker is enough."""
        if self.workers == 1 or len(jobs) <= 1:
            for job in jobs:
                yield work(*job)

            return

        try:
            pool = self._get_pool(min(self.workers, len(jobs)))
            for future in as_completed([pool.submit(work, *job) for job in jobs]):
                yield future.result()
        except BrokenProcessPool as error:
            self._terminate()
            raise DatasetError(WORKER_DIED) from error
        except BaseException:
            self._terminate()
            raise

    def _get_pool(self, size: int) -> ProcessPoolExecutor:
        if self._pool is None or self._size < size:
            self._shut_down()
            self._before = set(multiprocessing.active_children())
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(size, mp_context=context, initializer=exit_with_parent)
            self._size = size

        return self._pool

    def _shut_down(self) -> None:
        """Let the processes end by themselves."""
        if self._pool is not None:
            self._pool.shutdown()
        self._pool = None

    def _terminate(self) -> None:
        """Stop them at once: files are whole or absent, so that may be at any moment."""
        if self._pool is None:
            return

        self._pool.shutdown(wait=False, cancel_futures=True)

        for process in set(multiprocessing.active_children()) - self._before:
            process.terminate()
            process.join()

        self._pool = None
