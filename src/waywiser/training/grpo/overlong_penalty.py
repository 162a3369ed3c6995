"""A price on completions that run into the length limit, as in DAPO (arXiv 2503.14476, 3.4)."""

from collections.abc import Sequence
from typing import Any


class OverlongPenalty:
    """A reward in [-1, 0] by length in tokens, to pass among TRL's `reward_funcs`.

    0 up to `limit` - `buffer` tokens, then linear down to -1 at `limit`.
    """

    def __init__(self, limit: int, buffer: int) -> None:
        self.__name__ = "overlong"
        self.limit = limit
        self.buffer = buffer

    def __call__(self, completion_ids: Sequence[Sequence[int]], **_: Any) -> list[float]:
        free = self.limit - self.buffer
        return [-min(1.0, max(0.0, (len(ids) - free) / self.buffer)) for ids in completion_ids]
