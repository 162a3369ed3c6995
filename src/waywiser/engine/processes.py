"""The engine "processes": a pool of spawned processes on this machine."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any

from waywiser.engine.worker import serve_parent
from waywiser.errors import DatasetError

DIED = "a worker process died (out of memory?): use fewer workers; run again to resume"


def in_processes(work: Callable[..., Any], jobs: Sequence[tuple[Any, ...]], workers: int) -> Iterator[Any]:
    """Results of `work(*job)`, as they come; in this process when one worker is enough."""
    if workers == 1 or len(jobs) <= 1:
        for job in jobs:
            yield work(*job)
        return
    with _pool(min(workers, len(jobs))) as pool:
        try:
            for future in as_completed([pool.submit(work, *job) for job in jobs]):
                yield future.result()
        except BrokenProcessPool as error:
            raise DatasetError(DIED) from error


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """A pool of spawned processes that leaves none behind, whatever happens inside."""
    before = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=serve_parent)
    try:
        yield pool
    except BaseException:
        # Files are whole or absent, so a worker may be stopped at any moment.
        pool.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - before:
            process.terminate()
            process.join()
        raise
    pool.shutdown()
