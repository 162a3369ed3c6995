"""`ChatClient`: many requests to an OpenAI-compatible endpoint at once: bounded, retried, cached,
counted.
"""

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

from waywiser.clients.budget import Budget
from waywiser.clients.cache import ReplyCache
from waywiser.clients.config import EndpointConfig
from waywiser.clients.dispatch import INITIAL_REQUESTS, RequestDispatcher
from waywiser.clients.fix_suggestions import SettingNames, recipe_setting_names
from waywiser.clients.health import EndpointHealth, question_hash
from waywiser.clients.requests import Failure, Reply, ReplyOrFailure, Request
from waywiser.clients.transport import is_http_url, open_connection, post_request
from waywiser.errors import ChatClientError, EndpointError

Tag = TypeVar("Tag")
MAX_BODY_BYTES = 64 * 1024 * 1024
MAX_MALFORMED_REPLIES = 4
"""Attempts at a request that a server answers with something other than a completion."""
logging.getLogger("stamina").addHandler(logging.NullHandler())  # retries are counted, not printed


class _RetryableError(Exception):
    """An attempt that failed and may succeed later."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


class ChatClient:
    """A client of one endpoint, with a cache, retries, and a budget.

    Counts accumulate over calls: `asked`, `cached`, `retries`, `failures` by kind, and `budget`.

    Args:
        config: the endpoint.
        cache: replies of earlier runs; None sends every request.
        setting_names: how errors name settings; None: as keys of a recipe's teacher.

    Example:
        >>> client = ChatClient(EndpointConfig(model="m"), ReplyCache(Path("cache.sqlite")))
        >>> client.ask_all([("q1", Request("m", "1 + 1?"))], on_outcome=print)
    """

    def __init__(
        self,
        config: EndpointConfig,
        cache: ReplyCache | None,
        setting_names: SettingNames | None = None,
    ) -> None:
        self.config = config
        self._cache = cache
        self.budget = Budget(config, *(cache.usage_totals(config.model) if cache else ()))
        self.cached = self.retries = 0
        self._health = EndpointHealth(config, setting_names or recipe_setting_names("teacher"))
        self._probes: dict[int, asyncio.Event] = {}
        self._next_slot = 0.0
        self._request_counter = count()
        self._stop_error: ChatClientError | None = None

    @property
    def asked(self) -> int:
        """Number of replies that did not come from the cache."""
        return self._health.answers

    @property
    def failures(self) -> Counter[str]:
        """Requests that failed, by kind."""
        return self._health.failures

    @property
    def last_failure(self) -> Failure | None:
        """The last failure that was not the fault of its request."""
        return self._health.last[0] if self._health.last else None

    def ask_all(
        self,
        requests: Iterable[tuple[Tag, Request]],
        on_outcome: Callable[[Tag, ReplyOrFailure], None],
        *,
        last: bool = True,
    ) -> None:
        """Call `on_outcome(tag, outcome)` for every request, in any order, as outcomes come.

        Requests are taken from the iterable only as fast as they are answered. A request that fails
        after all attempts is a Failure.

        Args:
            requests: (tag, request) pairs; a tag may be anything that identifies the request.
            on_outcome: called once per request.
            last: whether no more calls follow; then it is an error if nothing was answered.

        Raises:
            EndpointError: the endpoint does not answer, or refuses everything.
            ChatClientError: a cap on cost or tokens is reached; earlier replies are in the cache.
        """
        waiting = iter(requests)
        first = self._from_cache(
            waiting, on_outcome
        )  # no event loop unless something must be asked
        if first is not None and self._stop_error is None:
            if not is_http_url(self.config.url):
                raise self._health.invalid_address_error(first[1])

            try:
                _run_coroutine(self._run_dispatcher(chain([first], waiting), on_outcome))
            except BaseExceptionGroup as group:  # what a worker raised, as if there had been one
                raise _first_error(group) from None

        if self._stop_error is None and last:
            self._stop_error = self.no_reply_error()
        if self._stop_error is not None:
            raise self._stop_error

    def no_reply_error(self) -> EndpointError | None:
        """The error to raise if nothing was answered; None if something was."""
        return self._health.no_reply_error(answered_before=self.budget.replies > 0)

    def _key(self, request: Request) -> bytes:
        """The key of a request; without a cache a unique one, so that every request is sent."""
        return request.key() if self._cache else next(self._request_counter).to_bytes(8)

    def _known(self, key: bytes) -> Reply | None:
        reply = self._cache.get(key) if self._cache else None
        self.cached += reply is not None
        return reply

    def _from_cache(
        self,
        waiting: Iterator[tuple[Tag, Request]],
        on_outcome: Callable[[Tag, ReplyOrFailure], None],
    ) -> tuple[Tag, Request] | None:
        for tag, request in waiting:
            reply = self._known(self._key(request))
            if reply is None:
                return tag, request
            on_outcome(tag, reply)

        return None

    async def _run_dispatcher(
        self,
        waiting: Iterator[tuple[Tag, Request]],
        on_outcome: Callable[[Tag, ReplyOrFailure], None],
    ) -> None:
        async with open_connection(self.config) as client:
            # Limits retries of a server that has returned nothing but nonsense.
            self._retry_semaphore = asyncio.Semaphore(INITIAL_REQUESTS)
            ask = partial(self._ask_unless_refused, client)

            def stopped() -> bool:
                return self._stop_error is not None

            dispatch = RequestDispatcher(waiting, on_outcome, self._key, self._known, ask, stopped)
            await dispatch.run(
                self.config.concurrency,
                trusted=self.asked > 0,
                failing=lambda: self._health.has_only_failed,
            )

    async def _ask_unless_refused(
        self, client: openai.AsyncOpenAI, key: bytes, request: Request
    ) -> ReplyOrFailure:
        """Ask, unless another sample of the question was refused since the last answer.

        While a server only fails, further samples of a question wait for its first one.
        """
        health = self._health
        if not health.refused and not health.has_only_failed:
            return await self._ask(client, key, request)

        question = question_hash(request)
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

    async def _ask(
        self, client: openai.AsyncOpenAI, key: bytes, request: Request
    ) -> ReplyOrFailure:
        if not self.budget.reserve(request):
            self._stop_error = self._stop_error or ChatClientError(
                f"the cap on {self.config.model} is reached after {self.budget.replies} replies"
                f" ({self.budget.tokens_in + self.budget.tokens_out} tokens, cost"
                f" {self.budget.cost:.2f}): raise max_cost or max_total_tokens and run again to"
                " resume"
            )

            return Failure("cap: not asked")

        outcome: ReplyOrFailure = Failure("unreachable: no attempt was made")
        start = time.perf_counter()

        try:
            outcome = await self._ask_with_retries(client, request)
            outcome = _with_usage(request, outcome, time.perf_counter() - start)
        finally:
            self.budget.record_usage(request, outcome if isinstance(outcome, Reply) else None)

        if isinstance(outcome, Failure):
            error = self._health.record_failure(request, outcome)
            self._stop_error = self._stop_error or error
        else:
            if self._cache:
                self._cache.put(key, request.model, outcome)

            self._health.record_reply()

        return outcome

    async def _ask_with_retries(
        self, client: openai.AsyncOpenAI, request: Request
    ) -> ReplyOrFailure:
        if sum(map(len, request.images)) * 4 / 3 > MAX_BODY_BYTES:
            return Failure(
                f"too large: its pictures make a request of more than {MAX_BODY_BYTES // 2**20} MB",
                "request",
            )

        config = self.config
        body = request.body()
        num_malformed = 0
        outcome: ReplyOrFailure = Failure("unreachable: no attempt was made")

        try:
            async with contextlib.AsyncExitStack() as stack:
                async for attempt in stamina.retry_context(
                    on=_retry_delay,
                    attempts=config.attempts,
                    timeout=None,
                    wait_initial=config.initial_wait,
                    wait_max=config.max_wait,
                    wait_jitter=min(1.0, config.initial_wait),
                ):
                    with attempt:
                        if num_malformed == 1 and self._health.has_only_failed:
                            await stack.enter_async_context(self._retry_semaphore)
                        if attempt.num > 1 and self._stop_error is not None:
                            return outcome

                        self.retries += attempt.num > 1

                        await self._wait_for_slot()
                        outcome = await post_request(client, body)
                        if isinstance(outcome, Reply):
                            return outcome

                        self._health.failed_attempts += 1
                        num_malformed += outcome.fault == "refuses"
                        if not outcome.retryable or num_malformed == MAX_MALFORMED_REPLIES:
                            return outcome

                        raise _RetryableError(outcome)
        except _RetryableError as last:
            return last.failure

        return outcome

    async def _wait_for_slot(self) -> None:
        """Wait for this request's turn under the rate limit."""
        if self.config.requests_per_minute is None:
            return
        now = time.monotonic()
        self._next_slot = max(self._next_slot, now) + 60.0 / self.config.requests_per_minute
        await asyncio.sleep(self._next_slot - 60.0 / self.config.requests_per_minute - now)


def _run_coroutine(work: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine, in another thread if this one has an event loop already (a notebook)."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(work)
        return

    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


def _with_usage(request: Request, outcome: ReplyOrFailure, seconds: float) -> ReplyOrFailure:
    """The reply with its duration, and with estimated tokens if the server reports none."""
    if isinstance(outcome, Failure):
        return outcome
    if outcome.tokens_out:
        return replace(outcome, seconds=seconds)

    estimated_usage = {
        "tokens_in": request.estimate_tokens()[0],
        "tokens_out": len(outcome.text) // 3 + 1,
    }

    return replace(outcome, seconds=seconds, **estimated_usage)


def _first_error(group: BaseExceptionGroup) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _retry_delay(error: Exception) -> bool | float:
    if not isinstance(error, _RetryableError):
        return False
    return True if error.failure.retry_after is None else error.failure.retry_after
