"""`ChatClient`: many requests to an OpenAI-compatible endpoint at once: bounded, retried, cached, counted."""

import asyncio
import contextlib
import logging
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import chain, count
from typing import Any, TypeVar

import openai
import stamina

from waywiser.clients.advice import Keys, recipe_keys
from waywiser.clients.budget import Budget
from waywiser.clients.cache import ReplyCache
from waywiser.clients.config import EndpointConfig
from waywiser.clients.dispatch import FIRST, Dispatch
from waywiser.clients.health import Health, question_of
from waywiser.clients.requests import Failure, Outcome, Reply, Request
from waywiser.clients.transport import connect, is_address, post
from waywiser.errors import EndpointError, TeacherError

Tag = TypeVar("Tag")
LARGEST_BODY = 64 * 1024 * 1024
TRIES_OF_NONSENSE = 4
"""A server that answers with something else than a completion is asked again less often than one that is silent."""
logging.getLogger("stamina").addHandler(logging.NullHandler())  # retries are counted, not printed


class _AgainError(Exception):
    """An attempt that failed and may succeed later."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


class ChatClient:
    """Asks one endpoint. Counts are kept over calls: `asked`, `cached`, `retries`, `failures` by kind, `budget`.

    Without a cache every request is sent. `keys` names the settings in errors, by default those of a recipe's teacher.
    """

    def __init__(self, config: EndpointConfig, cache: ReplyCache | None, keys: Keys | None = None) -> None:
        self.config, self._cache = config, cache
        self.budget = Budget(config, *(cache.spent(config.model) if cache else ()))
        self.cached = self.retries = 0
        self._health = Health(config, keys or recipe_keys("teacher"))
        self._probes: dict[int, asyncio.Event] = {}
        self._next_slot = 0.0
        self._numbers = count()
        self._stop: TeacherError | None = None

    @property
    def asked(self) -> int:
        """Replies that were got by asking."""
        return self._health.answers

    @property
    def failures(self) -> Counter[str]:
        """Requests that failed, by kind."""
        return self._health.failures

    @property
    def last_failure(self) -> Failure | None:
        """The last failure that tells something of the endpoint."""
        return self._health.last[0] if self._health.last else None

    def ask_all(
        self, requests: Iterable[tuple[Tag, Request]], done: Callable[[Tag, Outcome], None], *, last: bool = True
    ) -> None:
        """Call `done(tag, outcome)` for every request, in any order, as outcomes come.

        Requests are taken from the iterable only as fast as they are answered. A request that fails after all
        attempts is a Failure. Raises EndpointError where the endpoint does not answer or refuses everything, and
        TeacherError where a cap is reached; what was answered until then is in the cache. Few requests of which
        none is answered are an error too, unless more calls follow (not `last`).
        """
        waiting = iter(requests)
        first = self._from_cache(waiting, done)  # without an event loop as long as nothing must be asked
        if first is not None and self._stop is None:
            if not is_address(self.config.url):
                raise self._health.no_address(first[1])
            try:
                _run(self._drive(chain([first], waiting), done))
            except BaseExceptionGroup as group:  # what a worker raised, as if there had been one
                raise _first(group) from None
        if self._stop is None and last:
            self._stop = self.unanswered()
        if self._stop is not None:
            raise self._stop

    def unanswered(self) -> EndpointError | None:
        """The error that nothing was answered, and why; None if something was."""
        return self._health.unanswered(known=self.budget.replies > 0)

    def _key(self, request: Request) -> bytes:
        """The request's own key, or without a cache one that no other has: then each is asked."""
        return request.key() if self._cache else next(self._numbers).to_bytes(8)

    def _known(self, key: bytes) -> Reply | None:
        reply = self._cache.get(key) if self._cache else None
        self.cached += reply is not None
        return reply

    def _from_cache(
        self, waiting: Iterator[tuple[Tag, Request]], done: Callable[[Tag, Outcome], None]
    ) -> tuple[Tag, Request] | None:
        for tag, request in waiting:
            reply = self._known(self._key(request))
            if reply is None:
                return tag, request
            done(tag, reply)
        return None

    async def _drive(self, waiting: Iterator[tuple[Tag, Request]], done: Callable[[Tag, Outcome], None]) -> None:
        async with connect(self.config) as client:
            self._few = asyncio.Semaphore(FIRST)  # may ask again a server that gave nothing but nonsense
            ask, stopped = partial(self._ask_once, client), lambda: self._stop is not None
            dispatch = Dispatch(waiting, done, self._key, self._known, ask, stopped)
            await dispatch.run(self.config.concurrency, trusted=self.asked > 0, failing=lambda: self._health.only_fails)

    async def _ask_once(self, client: openai.AsyncOpenAI, key: bytes, request: Request) -> Outcome:
        """Ask, but no further sample of a question that was refused since the last answer.

        As long as a server only fails, the samples of a question wait for its first.
        """
        health = self._health
        if not health.refused and not health.only_fails:
            return await self._ask(client, key, request)

        question = question_of(request)
        if probe := self._probes.get(question):
            await probe.wait()
        if refused := health.refused.get(question):
            health.failures[refused.kind] += 1
            return refused

        probe = self._probes[question] = asyncio.Event()
        try:
            return await self._ask(client, key, request)
        finally:
            self._probes.pop(question, None)
            probe.set()

    async def _ask(self, client: openai.AsyncOpenAI, key: bytes, request: Request) -> Outcome:
        if not self.budget.reserve(request):
            self._stop = self._stop or TeacherError(
                f"the cap on {self.config.model} is reached after {self.budget.replies} replies "
                f"({self.budget.tokens_in + self.budget.tokens_out} tokens, cost {self.budget.cost:.2f}): "
                "raise max_cost or max_total_tokens and run again to go on"
            )
            return Failure("cap: not asked")
        outcome: Outcome = Failure("unreachable: no attempt was made")
        start = time.perf_counter()
        try:
            outcome = await self._attempts(client, request)
            outcome = _counted(request, outcome, time.perf_counter() - start)
        finally:
            self.budget.settle(request, outcome if isinstance(outcome, Reply) else None)

        if isinstance(outcome, Failure):
            error = self._health.failed(request, outcome)
            self._stop = self._stop or error
        else:
            if self._cache:
                self._cache.put(key, request.model, outcome)
            self._health.answered()
        return outcome

    async def _attempts(self, client: openai.AsyncOpenAI, request: Request) -> Outcome:
        if sum(map(len, request.images)) * 4 / 3 > LARGEST_BODY:
            return Failure(f"too large: its pictures make a request of more than {LARGEST_BODY // 2**20} MB", "request")
        config, body, nonsense = self.config, request.body(), 0
        outcome: Outcome = Failure("unreachable: no attempt was made")
        try:
            async with contextlib.AsyncExitStack() as stack:
                async for attempt in stamina.retry_context(
                    on=_backoff, attempts=config.attempts, timeout=None, wait_initial=config.first_wait,
                    wait_max=config.longest_wait, wait_jitter=min(1.0, config.first_wait),
                ):  # fmt: skip
                    with attempt:
                        if nonsense == 1 and self._health.only_fails:
                            await stack.enter_async_context(self._few)
                        if attempt.num > 1 and self._stop is not None:
                            return outcome
                        self.retries += attempt.num > 1

                        await self._slot()
                        outcome = await post(client, body)
                        if isinstance(outcome, Reply):
                            return outcome

                        self._health.failed_attempts += 1
                        nonsense += outcome.fault == "refuses"
                        if not outcome.again or nonsense == TRIES_OF_NONSENSE:
                            return outcome
                        raise _AgainError(outcome)
        except _AgainError as last:
            return last.failure
        return outcome

    async def _slot(self) -> None:
        """Wait for this request's turn under the rate limit."""
        if self.config.requests_per_minute is None:
            return
        now = time.monotonic()
        self._next_slot = max(self._next_slot, now) + 60.0 / self.config.requests_per_minute
        await asyncio.sleep(self._next_slot - 60.0 / self.config.requests_per_minute - now)


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end, in a thread where this one has an event loop already (a notebook)."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(work)
        return
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


def _counted(request: Request, outcome: Outcome, seconds: float) -> Outcome:
    """The reply with what it took, and its tokens guessed if the server does not say, so that a cap still holds."""
    if isinstance(outcome, Failure):
        return outcome
    if outcome.tokens_out:
        return replace(outcome, seconds=seconds)
    guess = {"tokens_in": request.expected_tokens()[0], "tokens_out": len(outcome.text) // 3 + 1}
    return replace(outcome, seconds=seconds, **guess)


def _first(group: BaseExceptionGroup) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _backoff(error: Exception) -> bool | float:
    if not isinstance(error, _AgainError):
        return False
    return True if error.failure.wait is None else error.failure.wait
