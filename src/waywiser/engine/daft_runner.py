"""The engines "native" and "ray": jobs as the rows of a Daft dataframe, a worker class as its
user-defined function.

Daft is imported here and nowhere else.
"""

import logging
import os
import pickle
import socket
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import daft
import daft.execution.udf
import psutil
from daft import DataType, col

from waywiser.engine.processes import WORKER_DIED
from waywiser.engine.runner import JobRunner
from waywiser.engine.worker_process import exit_with_parent
from waywiser.errors import DatasetError, RecipeError
from waywiser.json_types import JsonObject

_CONNECT_TIMEOUT_S = 10
_SETTLE_S = 10
_QUIET_POLLS = 10
_NATIVE_WORKER = "daft.execution.udf_worker"
_DEATH_SIGNS = (
    "UDF process",
    "ActorDied",
    "ActorUnavailable",
    "WorkerCrashed",
    "OutOfMemory",
    "NodeDied",
)
"""Parts of the errors that Daft and Ray raise if a worker dies."""


@contextmanager
def open_daft(engine: str, workers: int) -> Iterator[JobRunner]:
    """Daft on this machine or on Ray. Raises RecipeError if it cannot be set up."""
    native = engine == "native"
    with nullcontext() if native else _ray_cluster(workers):
        _choose_runner(engine)
        with _silence_daft():
            yield lambda work, jobs: _run_as_rows(work, jobs, workers, native)


def _choose_runner(engine: str) -> None:
    """Set Daft's runner, of which a process can have only one."""
    try:
        if engine == "native":
            daft.set_runner_native()
        else:
            daft.set_runner_ray(noop_if_initialized=True)
    except Exception as error:  # DaftCoreException is not exported
        if (active := daft.runners.get_or_infer_runner_type()) != engine:
            raise RecipeError(
                f"Daft runs on {active!r} in this process already: use engine {engine!r} in another"
            ) from error


@contextmanager
def _ray_cluster(workers: int) -> Iterator[None]:
    """The cluster at RAY_ADDRESS, or a local Ray with as many places as workers, which ends with
    the block.
    """
    import ray

    if ray.is_initialized():
        yield
        return

    settings: JsonObject = {"log_to_driver": False, "logging_level": logging.ERROR}
    address = os.environ.get("RAY_ADDRESS")
    if not address:
        settings |= {"num_cpus": workers, "include_dashboard": False}

    try:
        _check_reachable(address)
        ray.init(address=address or "local", **settings)
    except Exception as error:  # Ray raises plain ones too
        why = " ".join(str(error.__cause__ or error).split())[-600:]

        if address:
            message = (
                f"the Ray cluster at {address} does not answer ({why}): check RAY_ADDRESS and"
                " RAY_AUTH_MODE"
            )
        else:
            message = (
                f"no local Ray could be started ({why}): try again, or set RAY_ADDRESS to one that"
                " runs"
            )

        raise RecipeError(message) from error

    try:
        yield
    finally:
        ray.shutdown()


def _check_reachable(address: str | None) -> None:
    """Raises OSError where nobody listens at host:port, for which Ray itself would wait for
    minutes.
    """
    host, _, port = (address or "").rpartition(":")
    if host and port.isdigit() and "/" not in host:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_CONNECT_TIMEOUT_S).close()


@contextmanager
def _silence_daft() -> Iterator[None]:
    """What fails is raised, so Daft need not also log it."""
    logger = logging.getLogger("daft")
    before = logger.level
    logger.level = logging.CRITICAL

    try:
        yield
    finally:
        logger.setLevel(before)


def _run_as_rows(
    work: Callable[..., Any], jobs: Sequence[tuple[Any, ...]], workers: int, native: bool
) -> Iterator[Any]:
    """One row a job, one job a batch, `workers` instances of the worker class.

    Jobs and results are pickled as multiprocessing pickles them, between processes of one run. A
    column of Python objects would do, but with one Daft quietly runs the function in threads of
    this process.
    """
    if not jobs:
        return

    pool = daft.cls(_Worker, use_process=native or None, max_concurrency=min(workers, len(jobs)))
    worker = pool(work, native, Path.cwd())
    table = daft.from_pydict({"job": [pickle.dumps(job) for job in jobs]})
    table = table.into_batches(1) if native else table.into_partitions(len(jobs))

    with _ending_workers() if native else nullcontext():
        for row in _raise_if_worker_died(
            table.select(worker.run(col("job")).alias("result")).iter_rows()
        ):
            result = pickle.loads(row["result"])
            if isinstance(result, _JobError):
                raise result.error

            yield result


def _raise_if_worker_died(rows: Iterator[JsonObject]) -> Iterator[JsonObject]:
    """The rows. Raises DatasetError if a worker died; errors of jobs are in the rows."""
    try:
        yield from rows
    except Exception as error:
        if any(sign in f"{type(error).__name__} {error}" for sign in _DEATH_SIGNS):
            raise DatasetError(WORKER_DIED) from error
        raise


@contextmanager
def _ending_workers() -> Iterator[None]:
    """End the processes that Daft started, and let its threads come to rest.

    Left to itself Daft lets processes work on, and its threads, which still wait for them, bring
    Python down as it exits.
    """
    here = psutil.Process()
    before = {child.pid for child in here.children()}

    try:
        yield
    finally:
        ours = [child for child in here.children() if child.pid not in before and _is_worker(child)]
        for child in ours:
            child.kill()

        psutil.wait_procs(ours, timeout=_SETTLE_S)
        if ours:
            _await_threads()


def _await_threads() -> None:
    """Wait until no thread has been busy with Daft's processes for a while."""
    end = time.monotonic() + _SETTLE_S
    quiet = 0
    while quiet < _QUIET_POLLS and time.monotonic() < end:
        quiet = 0 if _threads_in_daft() else quiet + 1
        time.sleep(0.05)


def _threads_in_daft() -> bool:
    """Whether a thread is still busy with one of Daft's processes."""
    return any(
        frame.f_code.co_filename == daft.execution.udf.__file__
        for frame in sys._current_frames().values()
    )


def _is_worker(process: psutil.Process) -> bool:
    try:
        return _NATIVE_WORKER in process.cmdline()
    except psutil.Error:
        return False


@dataclass(frozen=True)
class _JobError:
    """An error on its way from a worker: Daft would give its text alone."""

    error: Exception


class _Worker:
    """Lives in a process of its own and does one job after another."""

    def __init__(self, work: Callable[..., Any], native: bool, folder: Path) -> None:
        self.work = work

        if native:
            exit_with_parent()
        else:
            # On a machine without this folder, jobs with relative paths fail with their own errors.
            with suppress(OSError):
                os.chdir(folder)

    @daft.method(return_dtype=DataType.binary())
    def run(self, job: bytes) -> bytes:
        """`work(*job)`, or the error that it raised."""
        try:
            return pickle.dumps(self.work(*pickle.loads(job)))
        except Exception as error:
            error.add_note(traceback.format_exc())
            return pickle.dumps(_JobError(error))
