"""Many requests at once, a bounded number under way, the same one never twice at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Generic, TypeVar

from waywiser.clients.requests import Outcome, Reply, Request

Tag = TypeVar("Tag")
FIRST = 4
"""Requests under way until a server that was not heard of yet answers one, or fails at none for `LOOK` seconds."""
LOOK = 0.25
_BREATH = 256


class Dispatch(Generic[Tag]):
    """Takes requests from an iterator as fast as they are answered, and hands every outcome to `done`.

    `key(request)` names what is the same, `known(key)` gives a reply that is there already, `ask(key, request)` asks
    for one. Once `stopped()` is true no request is taken any more, and failures of those under way are not handed over.
    """

    def __init__(
        self,
        waiting: Iterator[tuple[Tag, Request]],
        done: Callable[[Tag, Outcome], None],
        key: Callable[[Request], bytes],
        known: Callable[[bytes], Reply | None],
        ask: Callable[[bytes, Request], Awaitable[Outcome]],
        stopped: Callable[[], bool],
    ) -> None:
        self._waiting, self._done = waiting, done
        self._key, self._known, self._ask, self._stopped = key, known, ask, stopped
        self._under_way: dict[bytes, asyncio.Future[Outcome]] = {}
        self._later = 0

    async def run(self, workers: int, *, trusted: bool, failing: Callable[[], bool]) -> None:
        """Until no request is left. A server that is not `trusted` yet is asked by a few workers first.

        The others follow at its first reply, or soon unless it is `failing`.
        """
        async with asyncio.TaskGroup() as self._group:
            first = workers if trusted else min(FIRST, workers)
            self._later = workers - first
            self._timer = asyncio.get_running_loop().call_later(LOOK, lambda: failing() or self._start_the_others())
            for _ in range(first):
                self._group.create_task(self._work())

    def _start_the_others(self) -> None:
        waiting, self._later = self._later, 0
        for _ in range(waiting):
            self._group.create_task(self._work())

    async def _work(self) -> None:
        hits = 0
        try:
            while not self._stopped() and (item := next(self._waiting, None)) is not None:
                tag, request = item
                key = self._key(request)
                if (reply := self._known(key)) is not None:
                    self._done(tag, reply)
                    hits += 1
                    if hits % _BREATH == 0:
                        await asyncio.sleep(0)
                elif key in self._under_way:
                    self._hand_over(tag, await self._under_way[key])
                else:
                    self._hand_over(tag, await self._fresh(key, request))
        finally:
            self._timer.cancel()  # no request is left for further workers

    async def _fresh(self, key: bytes, request: Request) -> Outcome:
        answer = self._under_way[key] = asyncio.get_running_loop().create_future()
        outcome = await self._ask(key, request)
        answer.set_result(outcome)
        del self._under_way[key]
        return outcome

    def _hand_over(self, tag: Tag, outcome: Outcome) -> None:
        if isinstance(outcome, Reply):
            self._start_the_others()
        if isinstance(outcome, Reply) or not self._stopped():
            self._done(tag, outcome)
