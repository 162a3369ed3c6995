"""`Teacher`: many requests to an OpenAI-compatible endpoint at once: bounded, retried, cached, counted."""

import asyncio
import logging
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

import openai
import stamina

from waywiser.curation.budget import Budget
from waywiser.curation.cache import ReplyCache
from waywiser.curation.config import EndpointConfig
from waywiser.curation.requests import Failure, Outcome, Reply, Request, read_reply
from waywiser.errors import TeacherError
from waywiser.evaluation.endpoint import KEY_VARIABLE

Tag = TypeVar("Tag")
LARGEST_BODY = 64 * 1024 * 1024
_BREATH = 256
_RETRIED = frozenset({408, 409, 425, 429})
_REFUSED = frozenset({"http 401", "http 403", "http 404"})
"""A wrong key, model or address: asking on is of no use."""
logging.getLogger("stamina").addHandler(logging.NullHandler())  # retries are counted, not printed


class _RetryError(Exception):
    """An attempt that failed but may succeed later, after `wait` seconds if the server said so."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.reason, self.wait = reason, wait


class Teacher:
    """Asks one endpoint. Counts are kept over calls: `asked`, `cached`, `retries`, `failures` by kind, `budget`."""

    def __init__(self, config: EndpointConfig, cache: ReplyCache) -> None:
        self.config, self._cache = config, cache
        self.budget = Budget(config, *cache.spent(config.model))
        self.asked = self.cached = self.retries = 0
        self.failures: Counter[str] = Counter()
        self._failed_in_a_row = 0
        self._last_failure = ""
        self._next_slot = 0.0
        self._stop: TeacherError | None = None

    def ask_all(self, requests: Iterable[tuple[Tag, Request]], done: Callable[[Tag, Outcome], None]) -> None:
        """Call `done(tag, outcome)` for every request, in any order, as outcomes come.

        Requests are taken from the iterable only as fast as they are answered. A request that fails after all
        attempts is a Failure. Raises TeacherError where the endpoint does not answer at all or a cap is reached;
        what was answered until then is in the cache.
        """
        waiting = iter(requests)
        first = self._from_cache(waiting, done)  # without an event loop as long as nothing must be asked
        if first is not None:
            try:
                asyncio.run(self._drive(first, waiting, done))
            except BaseExceptionGroup as group:  # what a worker raised, as if there had been one
                raise _first(group) from None
        if self._stop is None and self._failed_in_a_row and not self.asked:
            self._stop = self._silent(self._last_failure)  # few requests, and none got through
        if self._stop is not None:
            raise self._stop

    def _from_cache(
        self, waiting: Iterator[tuple[Tag, Request]], done: Callable[[Tag, Outcome], None]
    ) -> tuple[Tag, Request] | None:
        for tag, request in waiting:
            reply = self._cache.get(request.key())
            if reply is None:
                return tag, request
            self.cached += 1
            done(tag, reply)
        return None

    async def _drive(
        self, first: tuple[Tag, Request], waiting: Iterator[tuple[Tag, Request]], done: Callable[[Tag, Outcome], None]
    ) -> None:
        under_way: dict[bytes, asyncio.Future[Outcome]] = {}
        queue = [first]
        async with openai.AsyncOpenAI(
            base_url=self.config.url,
            api_key=os.environ.get(KEY_VARIABLE) or "none",
            max_retries=0,
            timeout=self.config.timeout,
        ) as client:

            async def work() -> None:
                hits = 0
                while self._stop is None:
                    item = queue.pop() if queue else next(waiting, None)
                    if item is None:
                        return
                    tag, request = item
                    key = request.key()
                    reply = self._cache.get(key)
                    if reply is not None:
                        self.cached += 1
                        hits += 1
                        done(tag, reply)
                        if hits % _BREATH == 0:
                            await asyncio.sleep(0)
                        continue
                    if key in under_way:  # the same request twice is asked once
                        done(tag, await under_way[key])
                        continue
                    under_way[key] = asyncio.get_running_loop().create_future()
                    outcome = await self._ask(client, key, request)
                    under_way.pop(key).set_result(outcome)
                    if self._stop is None or isinstance(outcome, Reply):
                        done(tag, outcome)

            async with asyncio.TaskGroup() as group:
                for _ in range(self.config.concurrency):
                    group.create_task(work())

    async def _ask(self, client: openai.AsyncOpenAI, key: bytes, request: Request) -> Outcome:
        if not self.budget.reserve(request):
            self._stop = self._stop or TeacherError(
                f"the cap on {self.config.model} is reached after {self.budget.replies} replies "
                f"({self.budget.tokens_in + self.budget.tokens_out} tokens, cost {self.budget.cost:.2f}): "
                "raise max_cost or max_total_tokens and run again to go on"
            )
            return Failure("cap: not asked")
        outcome: Outcome = Failure("unreachable: no attempt was made")
        try:
            outcome = _counted(request, await self._attempts(client, request))
        finally:
            self.budget.settle(request, outcome if isinstance(outcome, Reply) else None)
        if isinstance(outcome, Reply):
            self._cache.put(key, request.model, outcome)
            self.asked += 1
            self._failed_in_a_row = 0
        else:
            self._count_failure(outcome)
        return outcome

    def _count_failure(self, failure: Failure) -> None:
        self.failures[failure.kind] += 1
        refused = failure.kind in _REFUSED
        if failure.kind in ("too large", "nonsense") or (
            failure.kind.startswith("http 4") and failure.kind != "http 429" and not refused
        ):
            return  # the request is at fault, not the endpoint
        self._failed_in_a_row += 1
        self._last_failure = failure.reason
        if self._failed_in_a_row >= self.config.give_up_after or (self.asked == 0 and refused):
            self._stop = self._stop or self._silent(failure.reason)

    def _silent(self, reason: str) -> TeacherError:
        return TeacherError(
            f"the endpoint {self.config.url} does not answer ({reason}): see that it runs and that its model and key "
            "are right, then run again to go on"
        )

    async def _attempts(self, client: openai.AsyncOpenAI, request: Request) -> Outcome:
        body = request.body()
        if sum(map(len, request.images)) * 4 / 3 > LARGEST_BODY:
            return Failure(f"too large: its pictures make a request of more than {LARGEST_BODY // 2**20} MB")
        config = self.config
        try:
            async for attempt in stamina.retry_context(
                on=_backoff, attempts=config.attempts, timeout=None, wait_initial=config.first_wait,
                wait_max=config.longest_wait, wait_jitter=min(1.0, config.first_wait),
            ):  # fmt: skip
                with attempt:
                    if attempt.num > 1:
                        self.retries += 1
                    await self._slot()
                    return await _post(client, body)
        except _RetryError as last:
            return Failure(last.reason)
        return Failure("unreachable: no attempt was made")

    async def _slot(self) -> None:
        """Wait for this request's turn under the rate limit."""
        if self.config.requests_per_minute is None:
            return
        now = time.monotonic()
        self._next_slot = max(self._next_slot, now) + 60.0 / self.config.requests_per_minute
        await asyncio.sleep(self._next_slot - 60.0 / self.config.requests_per_minute - now)


def _counted(request: Request, outcome: Outcome) -> Outcome:
    """The reply with its tokens guessed where the server does not say, so that a cap still holds."""
    if isinstance(outcome, Failure) or outcome.tokens_out:
        return outcome
    return replace(outcome, tokens_in=request.expected_tokens()[0], tokens_out=len(outcome.text) // 3 + 1)


def _first(group: BaseExceptionGroup) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _backoff(error: Exception) -> bool | float:
    if not isinstance(error, _RetryError):
        return False
    return True if error.wait is None else error.wait


async def _post(client: openai.AsyncOpenAI, body: dict[str, Any]) -> Outcome:
    """One attempt: a reply, a Failure that is final, or _RetryError."""
    try:
        # The body is complete and the reply is read here; the typed method walks through both, for a third of the time.
        outcome = read_reply(await client.post("/chat/completions", cast_to=str, body=body))
    except openai.APIStatusError as error:
        reason = f"http {error.status_code}: {' '.join(str(error.message).split())[:120]}"
        if error.status_code in _RETRIED or error.status_code >= 500:
            raise _RetryError(reason, _retry_after(error)) from error
        return Failure(reason)
    except openai.APITimeoutError as error:
        raise _RetryError("timeout: no reply in time") from error
    except openai.APIConnectionError as error:
        raise _RetryError(f"unreachable: {' '.join(str(error.__cause__ or error).split())[:120]}") from error
    if isinstance(outcome, Failure):
        raise _RetryError(outcome.reason)
    return outcome


def _retry_after(error: openai.APIStatusError) -> float | None:
    """Seconds that the server asks to wait, at most ten minutes."""
    try:
        wait = float(error.response.headers.get("retry-after", ""))
    except ValueError:
        return None
    return min(600.0, wait) if wait >= 0 else None
