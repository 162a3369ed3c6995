"""Training on samples that are drawn while it runs: ordered ahead, rendered in the background,
recorded.

Batch b holds one task, drawn from (seed, b). Its level is what the controller says once step
b - lag is done, so that workers have `prefetch_steps` steps to render it in, and so that it does not depend
on how fast they are.
"""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import wait
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from waywiser.dataset.schema import SAMPLE_SCHEMA, row_to_sample, sample_to_row
from waywiser.errors import DatasetError, TrainingError, WaywiserError, error_text
from waywiser.io import write_atomically, write_table
from waywiser.json_types import JsonObject
from waywiser.sample import Sample
from waywiser.training.data.level_controller import LevelController
from waywiser.training.run.seeding import derive_seed

SampleFactory = Callable[[str, int, float], Sample]
"""(task, seed, level in [0, 1]) -> a sample, a pure function; sent to workers, so it must be
picklable.
"""

_EXTRA_FIELDS = [
    pa.field("batch", pa.int64()),
    pa.field("place", pa.int64()),
    pa.field("level", pa.float64()),
]
_RECORD_SCHEMA = pa.schema([*SAMPLE_SCHEMA, *_EXTRA_FIELDS], metadata=SAMPLE_SCHEMA.metadata)
_MAX_CACHED_BATCHES = 4
"""Batches held in memory: the one that is trained on, and what the data loader looks ahead."""


class SampleStream:
    """Batches of samples that are drawn while training runs.

    A batch that is recorded in `record` or `replay` is read and not drawn. Call `start` before the
    first batch and `close` after the last one.

    Args:
        draw: Function that draws a sample.
        tasks: Names of the tasks.
        controller: Level of each task.
        batches: Number of batches.
        size: Samples per batch.
        seed: Seed of tasks and samples.
        record: Folder that every sample is written to, one Parquet file per batch under data/. It
            opens as a dataset, with batch, place and level beside the columns of a sample.
        replay: Folder with the record of an earlier run, if it is to be repeated.
        workers: Processes that draw; 0 draws in this one.
        ahead: Batches that are drawn ahead.
    """

    def __init__(
        self,
        draw: SampleFactory,
        tasks: Sequence[str],
        controller: LevelController,
        *,
        batches: int,
        size: int,
        seed: int,
        record: Path,
        replay: Path | None = None,
        workers: int = 1,
        prefetch_steps: int = 2,
    ) -> None:
        self.draw, self.names, self.controller = draw, sorted(tasks), controller
        self.batches = batches
        self.size = size
        self.seed = seed
        self.record = record
        self.replay = replay
        self.workers = workers
        self.lag = prefetch_steps + 1
        self._levels: dict[int, float] = {}
        self._pending: dict[int, list[Future[Sample] | Callable[[], Sample]]] = {}
        self._cached_batches: dict[int, list[Sample]] = {}
        self._pool: ProcessPoolExecutor | None = None

    def task_of(self, batch: int) -> str:
        """The task of a batch, drawn uniformly."""
        rng = np.random.default_rng(derive_seed(self.seed, 1, batch))
        return self.names[int(rng.integers(len(self.names)))]

    @property
    def tasks(self) -> list[str]:
        """The task of every sample of the run, in order."""
        return [task for batch in range(self.batches) for task in [self.task_of(batch)] * self.size]

    @contextmanager
    def worker_pool(self, step: int = 0) -> Iterator[None]:
        """Within this context workers draw, from the batches on that a run at `step` needs next."""
        self.start(step)
        try:
            yield
        finally:
            self.close()

    def start(self, step: int = 0) -> None:
        """Order the batches of the first steps, or those that a resumed run at `step` still needs."""
        if self.workers:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(
                self.workers, mp_context=context, initializer=_init_worker
            )

        for batch in range(step, min(step + self.lag, self.batches)):
            self._schedule(batch)

    def close(self) -> None:
        """Stop the workers; what they have not begun is left."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def observe(self, step: int, pass_rate: float) -> None:
        """Take in the mean pass rate of batch `step`, which is done, and order the batch that waits
        for it.
        """
        self.controller.observe(self.task_of(step), pass_rate)
        for done in [batch for batch in self._levels if batch <= step]:
            del self._levels[done]
        if step + self.lag < self.batches:
            self._schedule(step + self.lag)

    def sample(self, index: int) -> Sample:
        """Sample number `index` of the run. Waits for it, and records its batch.

        Raises TrainingError where drawing failed, DatasetError for a damaged record and a full
        disk.
        """
        batch, position = divmod(index, self.size)
        if batch not in self._cached_batches:
            self._cached_batches[batch] = self._read_recorded(batch) or self._draw_batch(batch)
            for old in sorted(self._cached_batches)[:-_MAX_CACHED_BATCHES]:
                del self._cached_batches[old]

        return self._cached_batches[batch][position]

    def state(self) -> JsonObject:
        """Levels of the controller and of the batches that are under way, as plain JSON."""
        levels = [[batch, level] for batch, level in sorted(self._levels.items())]
        return {"controller": self.controller.state(), "levels": levels}

    def load(self, state: JsonObject) -> None:
        """Go on from what `state` gave; call it before `start`."""
        self.controller.load(state["controller"])
        self._levels = {int(batch): level for batch, level in state["levels"]}

    def _schedule(self, batch: int) -> None:
        task = self.task_of(batch)
        level = self._levels.setdefault(batch, self.controller.level(task))

        if any(_batch_path(folder, batch).is_file() for folder in self._record_dirs()):
            return

        jobs = [
            (task, derive_seed(self.seed, 2, batch, position), level)
            for position in range(self.size)
        ]

        if self._pool is not None:
            self._pending[batch] = [self._pool.submit(self.draw, *job) for job in jobs]
        else:
            self._pending[batch] = [lambda job=job: self.draw(*job) for job in jobs]

    def _draw_batch(self, batch: int) -> list[Sample]:
        if batch not in self._pending:
            self._schedule(batch)

        try:
            pending = self._pending.pop(batch)
            samples = [
                order.result() if isinstance(order, Future) else order() for order in pending
            ]
        except WaywiserError:
            raise
        except Exception as error:
            what = error_text(error)
            raise TrainingError(
                f"drawing samples of {self.task_of(batch)} for step {batch} failed ({what}): leave"
                " the task out, or resume"
            ) from error

        level = self._levels.get(batch, self.controller.level(self.task_of(batch)))
        rows = [
            {**sample_to_row(sample), "batch": batch, "place": position, "level": level}
            for position, sample in enumerate(samples)
        ]

        write_table(
            _batch_path(self.record, batch), pa.Table.from_pylist(rows, schema=_RECORD_SCHEMA)
        )

        return samples

    def _record_dirs(self) -> list[Path]:
        return [self.record, *([self.replay] if self.replay is not None else [])]

    def _read_recorded(self, batch: int) -> list[Sample] | None:
        for folder in self._record_dirs():
            path = _batch_path(folder, batch)
            if path.is_file():
                try:
                    rows = (
                        pq.read_table(path).sort_by("place").select(SAMPLE_SCHEMA.names).to_pylist()
                    )
                    recorded = [row_to_sample(row) for row in rows]
                except (OSError, pa.ArrowException, ValueError, TypeError, KeyError) as error:
                    raise DatasetError(
                        f"{path} is not a record of drawn samples: delete it and resume"
                    ) from error

                if len(recorded) != self.size:
                    raise DatasetError(
                        f"{path} holds {len(recorded)} samples, not {self.size}: it comes"
                        " from another run; remove data.online.replay or point it at the right one"
                    )

                if folder != self.record:
                    write_atomically(_batch_path(self.record, batch), path.read_bytes())

                return recorded

        if self.replay is not None:
            raise DatasetError(
                f"{self.replay} holds no samples of step {batch}: it comes from another run; remove"
                " data.online.replay or point it at the right one"
            )

        return None


class StreamSampler:
    """The samples of a stream in their order, laid out as TRL's RepeatSampler does; one epoch is
    the whole run.
    """

    def __init__(self, stream: SampleStream, *, num_generations: int, repeat_count: int) -> None:
        self.stream = stream
        self.num_generations = num_generations
        self.repeat_count = repeat_count

    def __len__(self) -> int:
        return self.stream.batches * self.stream.size * self.num_generations * self.repeat_count

    def __iter__(self) -> Iterator[int]:
        for batch in range(self.stream.batches):
            for _ in range(self.repeat_count):
                for index in range(batch * self.stream.size, (batch + 1) * self.stream.size):
                    yield from [index] * self.num_generations


def _batch_path(folder: Path, batch: int) -> Path:
    return folder / "data" / f"train-{batch:06d}.parquet"


def _init_worker() -> None:
    """Run at low priority and exit with the trainer, however it ends."""
    os.nice(5)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=lambda: (wait([parent.sentinel]), os._exit(1)), daemon=True).start()
