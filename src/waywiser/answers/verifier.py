"""Bounded comparison of expressions: a warm pool of worker processes, each call within a deadline
and a memory cap.

What a call may cost is bounded three times: the text is short (LONGEST), the worker's kernel timer
ends it at the deadline, and should that fail the pool kills the worker a little later. A worker
that died is replaced. A call that met its deadline with less than an eighth of a processor gets a
second try of twice the time, so that a busy machine does not turn right answers into wrong ones.
The pool may be used from any thread and from asyncio; a process that was forked or spawned starts
its own at its first call. Workers end with the pipe they read from, so also after Ctrl-C or SIGKILL
of this process.
"""

import asyncio
import atexit
import os
import threading
import weakref
from collections import OrderedDict, deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from waywiser.answers._worker import Worker
from waywiser.json_types import JsonObject

MAX_EXPRESSION_CHARACTERS = 512
"""Longer expressions are refused without a look."""
MAX_OUTPUT_CHARACTERS = 262_144
"""Longer outputs are not compared by a harness's rule."""
_MAX_CACHED = 8192

Status = Literal["equal", "different", "mixed", "unreadable", "timed_out"]


class VerifierConfig(BaseModel):
    """Bounds of a pool: `deadline_s` seconds and `memory_mb` MiB (beyond the warm worker's own) for
    each call.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    workers: int = Field(default_factory=lambda: min(4, os.cpu_count() or 1), ge=1)
    deadline_s: float = Field(default=3.0, gt=0)
    memory_mb: int = Field(default=512, ge=16)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What an answer says against the gold expression, in LaTeX without dollar signs.

    `parts` are (text, tolerance) pairs that state one value one after the other, as in "1/3 =
    0.333"; where a tolerance is not 0, the part is a number that may be off by so much.
    """

    gold: str
    parts: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class HarnessComparison:
    """An answer against a truth, as the harness of that name compares them: see
    `_harness_values.RULES`.
    """

    harness: str
    answer: str
    truth: str


@dataclass(frozen=True, slots=True)
class ComparisonResult:
    """What came out. "mixed": some parts are equal and some are not; `reason` says which bound a
    call met.
    """

    status: Status
    reason: str = ""


_BOUNDS = {
    "deadline": "the comparison passed its deadline",
    "memory": "the comparison needed more memory than it may have",
    "starved": "the comparison passed its deadline on a machine that is too busy",
    "crashed": "the worker that compared it died",
}


class Verifier:
    """A pool of workers: `compare` blocks, `acompare` awaits, `compare_all` spreads a batch over
    the workers.
    """

    def __init__(self, config: VerifierConfig | None = None) -> None:
        self.config = config or VerifierConfig()
        self._workers = [Worker(self.config.memory_mb) for _ in range(self.config.workers)]
        self._renew()
        _VERIFIERS.add(self)

    def _renew(self) -> None:
        self._idle = deque(self._workers)
        self._free = threading.Semaphore(len(self._workers))
        self._lock = threading.Lock()
        self._cache: OrderedDict[Comparison, ComparisonResult] = OrderedDict()
        self._threads: ThreadPoolExecutor | None = None

    def compare(self, comparison: Comparison) -> ComparisonResult:
        """Compare within the bounds. Waits for a free worker first; raises VerifierError where none
        can start.
        """
        cached = self._cached_result(comparison)
        if cached is not None:
            return cached

        if (
            len(comparison.gold) > MAX_EXPRESSION_CHARACTERS
            or sum(len(text) for text, _ in comparison.parts) > MAX_EXPRESSION_CHARACTERS
        ):
            return ComparisonResult(
                "unreadable", f"longer than {MAX_EXPRESSION_CHARACTERS} characters"
            )

        compared = self._ask_worker({"gold": comparison.gold, "parts": comparison.parts})
        if (
            compared.status != "timed_out"
        ):  # that is not remembered: the machine may only have had a slow moment
            self._remember(comparison, compared)

        return compared

    def compare_as_harness(self, comparison: HarnessComparison) -> ComparisonResult:
        """Compare by a harness's own rule, within the same bounds; "equal", "different" or
        "timed_out".
        """
        if len(comparison.answer) + len(comparison.truth) > MAX_OUTPUT_CHARACTERS:
            return ComparisonResult("unreadable", f"longer than {MAX_OUTPUT_CHARACTERS} characters")
        return self._ask_worker(asdict(comparison))

    def _ask_worker(self, request: JsonObject) -> ComparisonResult:
        with self._free:
            worker = self._idle.pop()  # the one used last: its caches are the warmest
            try:
                reply = worker.ask(request, self.config.deadline_s)
                if reply == "starved":  # the text may be harmless: once more, with more patience
                    reply = worker.ask(request, 2 * self.config.deadline_s)
            finally:
                self._idle.append(worker)

        if isinstance(reply, str):
            return ComparisonResult("timed_out", _BOUNDS[reply])

        return ComparisonResult(_combine_statuses(reply))

    def compare_all(self, comparisons: Sequence[Comparison]) -> list[ComparisonResult]:
        """`compare` for each, in order, on all workers at once; equal ones are compared once."""
        distinct = list(dict.fromkeys(comparisons))
        if len(distinct) < 2:
            results = [self.compare(comparison) for comparison in distinct]
        else:
            futures = [self._executor().submit(self.compare, comparison) for comparison in distinct]
            try:
                results = [future.result() for future in futures]
            except BaseException:  # Ctrl-C: nothing may be left that still works or waits
                for future in futures:
                    future.cancel()

                self.close()
                raise

        by_comparison = dict(zip(distinct, results, strict=True))
        return [by_comparison[comparison] for comparison in comparisons]

    async def acompare(self, comparison: Comparison) -> ComparisonResult:
        """`compare` without blocking the event loop."""
        return await asyncio.get_running_loop().run_in_executor(
            self._executor(), self.compare, comparison
        )

    def warm_up(self) -> None:
        """Start all workers now, so that no call waits for one."""
        threads = [threading.Thread(target=worker.start) for worker in self._workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def close(self) -> None:
        """End all workers, also busy ones (their calls return "timed_out"). A later call starts
        them again.
        """
        for worker in self._workers:
            worker.kill()

        with self._lock:
            threads = self._threads
            self._threads = None

        if threads is not None:
            threads.shutdown(wait=False, cancel_futures=True)

    def forget_results(self) -> None:
        """Empty the cache of results: what was compared before is compared again."""
        with self._lock:
            self._cache.clear()

    def pids(self) -> list[int]:
        """Process ids of the workers that run now."""
        return [worker.pid for worker in self._workers if worker.pid is not None]

    def _executor(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._threads is None:
                self._threads = ThreadPoolExecutor(
                    len(self._workers), thread_name_prefix="waywiser-verifier"
                )
            return self._threads

    def _cached_result(self, comparison: Comparison) -> ComparisonResult | None:
        with self._lock:
            return self._cache.get(comparison)

    def _remember(self, comparison: Comparison, compared: ComparisonResult) -> None:
        with self._lock:
            self._cache[comparison] = compared
            if len(self._cache) > _MAX_CACHED:
                self._cache.popitem(last=False)

    def _after_fork(self) -> None:
        for worker in self._workers:
            worker.forget()
        self._renew()


def _combine_statuses(statuses: list[Status]) -> Status:
    kinds = set(statuses)
    if "unreadable" in kinds:
        return "unreadable"
    return statuses[0] if len(kinds) == 1 else "mixed"


_VERIFIERS: "weakref.WeakSet[Verifier]" = weakref.WeakSet()
_default: Verifier | None = None
_default_lock = threading.Lock()


def default_verifier() -> Verifier:
    """The pool that `grade` uses; made at first use, its workers at their first call."""
    global _default
    with _default_lock:
        if _default is None:
            _default = Verifier()
        return _default


def configure_verifier(config: VerifierConfig) -> Verifier:
    """Give `grade` a pool with other bounds; the one before is closed."""
    global _default

    with _default_lock:
        previous = _default
        _default = Verifier(config)

    if previous is not None:
        previous.close()

    return _default


def _close_all() -> None:
    for verifier in list(_VERIFIERS):
        verifier.close()


def _after_fork_in_child() -> None:
    global _default_lock
    _default_lock = threading.Lock()
    for verifier in list(_VERIFIERS):
        verifier._after_fork()


atexit.register(_close_all)
os.register_at_fork(after_in_child=_after_fork_in_child)
