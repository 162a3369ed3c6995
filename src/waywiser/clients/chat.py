"""`ChatClient`: many requests to an OpenAI-compatible endpoint at once: bounded, retried, cached, counted."""

import asyncio
import contextlib
import logging
import os
import re
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import chain, count
from typing import Any, TypeVar
from urllib.parse import urlsplit

import openai
import stamina

from waywiser.clients.advice import Keys, advice, recipe_keys
from waywiser.clients.budget import Budget
from waywiser.clients.cache import ReplyCache
from waywiser.clients.config import KEY_VARIABLE, EndpointConfig
from waywiser.clients.dispatch import FIRST, Dispatch
from waywiser.clients.replies import read_reply, status_failure
from waywiser.clients.requests import Failure, Outcome, Reply, Request
from waywiser.clients.server_words import one_line
from waywiser.clients.waiting import retry_after
from waywiser.errors import EndpointError, TeacherError

Tag = TypeVar("Tag")
LARGEST_BODY = 64 * 1024 * 1024
TRIES_OF_NONSENSE = 4
"""A server that answers with something else than a completion is asked again less often than one that is silent."""
_HOPELESS = frozenset({"http 401", "http 402", "http 429", "error 401", "error 402", "error 429"})
"""Refusals (429: of a quota that is used up) that no other question changes."""
logging.getLogger("stamina").addHandler(logging.NullHandler())  # retries are counted, not printed


class _AgainError(Exception):
    """An attempt that failed and may succeed later."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


class ChatClient:
    """Asks one endpoint. Counts are kept over calls: `asked`, `cached`, `retries`, `failures` by kind, `budget`.

    Without a cache every request is sent. `keys` names the settings in errors, by default those of a recipe.
    """

    def __init__(self, config: EndpointConfig, cache: ReplyCache | None, keys: Keys | None = None) -> None:
        self.config, self._cache = config, cache
        self._keys = keys or recipe_keys("teacher")
        self.budget = Budget(config, *(cache.spent(config.model) if cache else ()))
        self.asked = self.cached = self.retries = self._failed_attempts = 0
        self.failures: Counter[str] = Counter()
        self._silent_in_a_row = 0
        self._refused: dict[int, Failure] = {}  # since the last answer, by question
        self._probes: dict[int, asyncio.Event] = {}
        self._last: tuple[Failure, Request] | None = None
        self._next_slot = 0.0
        self._numbers = count()
        self._stop: TeacherError | None = None

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
            self._check_address(first[1])
            try:
                _run(self._drive(chain([first], waiting), done))
            except BaseExceptionGroup as group:  # what a worker raised, as if there had been one
                raise _first(group) from None
        if self._stop is None and last:
            self._stop = self.unanswered()
        if self._stop is not None:
            raise self._stop

    def unanswered(self) -> EndpointError | None:
        """The error that nothing was answered, neither now nor ever, nor by whom; None if something was."""
        if self.asked or self._last is None:
            return None
        failure = self._last[0]
        known = self.budget.replies > 0  # in an earlier run: what is asked again may well fail again
        if known and failure.fault != "absent":
            return None
        return self._refusing() if failure.fault == "refuses" else self._silent()

    @property
    def last_failure(self) -> Failure | None:
        """The last failure that tells something of the endpoint."""
        return self._last[0] if self._last else None

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
        async with openai.AsyncOpenAI(
            base_url=re.sub(r"/chat/completions/?$", "", self.config.url),
            api_key=_api_key(),
            max_retries=0,
            timeout=self.config.timeout,
        ) as client:
            self._few = asyncio.Semaphore(FIRST)  # may ask again a server that gave nothing but nonsense
            ask, stopped = partial(self._ask_once, client), lambda: self._stop is not None
            dispatch = Dispatch(waiting, done, self._key, self._known, ask, stopped)
            await dispatch.run(self.config.concurrency, trusted=self.asked > 0, failing=self._only_fails)

    def _only_fails(self) -> bool:
        return self._failed_attempts > 0 and not self.asked

    async def _ask_once(self, client: openai.AsyncOpenAI, key: bytes, request: Request) -> Outcome:
        """Ask, but no further sample of a question that was refused since the last answer.

        As long as a server only fails, the samples of a question wait for its first.
        """
        if not self._refused and not self._only_fails():
            return await self._ask(client, key, request)

        question = _question(request)
        if probe := self._probes.get(question):
            await probe.wait()
        if refused := self._refused.get(question):
            self.failures[refused.kind] += 1
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
        if isinstance(outcome, Reply):
            self._count_reply(key, request, outcome)
        else:
            self._count_failure(request, outcome)
        return outcome

    def _count_reply(self, key: bytes, request: Request, reply: Reply) -> None:
        if self._cache:
            self._cache.put(key, request.model, reply)
        self.asked += 1
        self._silent_in_a_row = 0
        self._refused.clear()

    def _count_failure(self, request: Request, failure: Failure) -> None:
        self.failures[failure.kind] += 1
        if failure.fault == "request":
            return
        self._last = failure, request
        if failure.fault != "refuses":
            self._silent_in_a_row += 1
            if self._silent_in_a_row >= self.config.give_up_after:
                self._stop = self._stop or self._silent()
        else:
            self._refused[_question(request)] = failure
            hopeless = failure.kind in _HOPELESS and not self.asked
            if hopeless or len(self._refused) >= self.config.max_refusals:
                self._stop = self._stop or self._refusing()

    def _check_address(self, request: Request) -> None:
        """Raises EndpointError for an address that no request can be sent to."""
        try:
            parts = urlsplit(self.config.url)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            usable = False
        if not usable or re.search(r"\s", self.config.url):
            self._last = Failure(f"unreachable: {one_line(self.config.url)} is no http address", "absent"), request
            raise self._silent()

    def _silent(self) -> EndpointError:
        reason = self._last[0].reason if self._last else ""
        return EndpointError(
            f"the endpoint {one_line(self.config.url)} does not answer ({reason}): see that it runs and that its "
            "address, model and key are right, then run again to go on"
        )

    def _refusing(self) -> EndpointError:
        assert self._last is not None
        failure, request = self._last
        after = "" if not self.asked else f" since its last answer, {len(self._refused)} questions in a row"
        return EndpointError(
            f"the endpoint {one_line(self.config.url)} refuses what it is asked{after} ({failure.reason}): "
            f"{advice(failure, request, self._keys)}, then run again to go on"
        )

    async def _attempts(self, client: openai.AsyncOpenAI, request: Request) -> Outcome:
        if sum(map(len, request.images)) * 4 / 3 > LARGEST_BODY:
            return Failure(f"too large: its pictures make a request of more than {LARGEST_BODY // 2**20} MB", "request")
        config, body, nonsense = self.config, request.body(), 0
        try:
            async with contextlib.AsyncExitStack() as stack:
                async for attempt in stamina.retry_context(
                    on=_backoff, attempts=config.attempts, timeout=None, wait_initial=config.first_wait,
                    wait_max=config.longest_wait, wait_jitter=min(1.0, config.first_wait),
                ):  # fmt: skip
                    with attempt:
                        self.retries += attempt.num > 1
                        if nonsense == 1 and self._only_fails():
                            await stack.enter_async_context(self._few)
                        await self._slot()
                        outcome = await _post(client, body)
                        self._failed_attempts += isinstance(outcome, Failure)
                        if isinstance(outcome, Reply) or not outcome.again:
                            return outcome
                        nonsense += outcome.fault == "refuses"
                        if nonsense == TRIES_OF_NONSENSE or self._stop is not None:
                            return outcome
                        raise _AgainError(outcome)
        except _AgainError as last:
            return last.failure
        return Failure("unreachable: no attempt was made")

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


def _api_key() -> str:
    """The endpoint's key. Raises TeacherError for one that no header can carry, without showing it."""
    key = os.environ.get(KEY_VARIABLE, "").strip()
    if not (key.isascii() and key.isprintable()):
        raise TeacherError(f"{KEY_VARIABLE} holds characters that no key has: set it again")
    return key or "none"


def _counted(request: Request, outcome: Outcome, seconds: float) -> Outcome:
    """The reply with what it took, and its tokens guessed if the server does not say, so that a cap still holds."""
    if isinstance(outcome, Failure):
        return outcome
    if outcome.tokens_out:
        return replace(outcome, seconds=seconds)
    guess = {"tokens_in": request.expected_tokens()[0], "tokens_out": len(outcome.text) // 3 + 1}
    return replace(outcome, seconds=seconds, **guess)


def _question(request: Request) -> int:
    """The same for all samples of a question."""
    return hash((request.text, request.images))


def _first(group: BaseExceptionGroup) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _backoff(error: Exception) -> bool | float:
    if not isinstance(error, _AgainError):
        return False
    return True if error.failure.wait is None else error.failure.wait


async def _post(client: openai.AsyncOpenAI, body: dict[str, Any]) -> Outcome:
    """One attempt."""
    try:
        # The body is complete and the reply is read here; the typed method walks through both, for a third of the time.
        return read_reply(await client.post("/chat/completions", cast_to=str, body=body))
    except openai.APIStatusError as error:
        answer = error.response
        return status_failure(answer.status_code, answer.text, retry_after(answer.headers))
    except openai.APITimeoutError:
        return Failure("timeout: no reply in time", again=True)
    except openai.APIConnectionError as error:
        cause = error.__cause__ or error
        absent = type(cause).__name__.startswith("Connect")
        reason = one_line(str(cause), 120) or type(cause).__name__
        return Failure(f"unreachable: {reason}", "absent" if absent else "silent", again=True)
