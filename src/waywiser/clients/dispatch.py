"""Send many requests at once: a bounded number in flight, and never the same one twice."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Generic, TypeVar

from waywiser.clients.requests import Reply, ReplyOrFailure, Request

Tag = TypeVar("Tag")
INITIAL_REQUESTS = 4
"""Requests in flight until a new server has replied once, or has not failed for `PROBE_SECONDS`."""
PROBE_SECONDS = 0.25
_YIELD_INTERVAL = 256


class RequestDispatcher(Generic[Tag]):
    """Takes requests from an iterator as fast as they are answered.

    Args:
        waiting: (tag, request) pairs.
        on_outcome: called with the tag and outcome of every request.
        key: identifies equal requests.
        known: a reply from the cache, or None.
        ask: sends a request.
        stopped: once true, no more requests are taken, and failures are not passed on.
    """

    def __init__(
        self,
        waiting: Iterator[tuple[Tag, Request]],
        on_outcome: Callable[[Tag, ReplyOrFailure], None],
        key: Callable[[Request], bytes],
        known: Callable[[bytes], Reply | None],
        ask: Callable[[bytes, Request], Awaitable[ReplyOrFailure]],
        stopped: Callable[[], bool],
    ) -> None:
        self._requests = waiting
        self._on_outcome = on_outcome
        self._key = key
        self._known = known
        self._ask = ask
        self._stopped = stopped
        self._in_flight: dict[bytes, asyncio.Future[ReplyOrFailure]] = {}
        self._num_deferred = 0

    async def run(self, workers: int, *, trusted: bool, failing: Callable[[], bool]) -> None:
        """Run until no request is left.

        A server that is not `trusted` yet is asked by a few workers first; the others start at its
        first reply, or after `PROBE_SECONDS` unless it is `failing`.
        """
        async with asyncio.TaskGroup() as self._group:
            first = workers if trusted else min(INITIAL_REQUESTS, workers)
            self._num_deferred = workers - first
            self._timer = asyncio.get_running_loop().call_later(
                PROBE_SECONDS, lambda: failing() or self._start_remaining_workers()
            )

            for _ in range(first):
                self._group.create_task(self._work())

    def _start_remaining_workers(self) -> None:
        waiting = self._num_deferred
        self._num_deferred = 0
        for _ in range(waiting):
            self._group.create_task(self._work())

    async def _work(self) -> None:
        num_cached = 0
        try:
            while not self._stopped() and (item := next(self._requests, None)) is not None:
                tag, request = item
                key = self._key(request)
                if (reply := self._known(key)) is not None:
                    self._on_outcome(tag, reply)
                    num_cached += 1
                    if num_cached % _YIELD_INTERVAL == 0:
                        await asyncio.sleep(0)
                elif key in self._in_flight:
                    self._deliver(tag, await self._in_flight[key])
                else:
                    self._deliver(tag, await self._send_new(key, request))
        finally:
            self._timer.cancel()  # no request is left for further workers

    async def _send_new(self, key: bytes, request: Request) -> ReplyOrFailure:
        answer = self._in_flight[key] = asyncio.get_running_loop().create_future()
        outcome = await self._ask(key, request)
        answer.set_result(outcome)
        del self._in_flight[key]
        return outcome

    def _deliver(self, tag: Tag, outcome: ReplyOrFailure) -> None:
        if isinstance(outcome, Reply):
            self._start_remaining_workers()
        if isinstance(outcome, Reply) or not self._stopped():
            self._on_outcome(tag, outcome)
