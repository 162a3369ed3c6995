"""Uniform draws for tasks: one item, or at most so many in a random order."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

MAX_QUESTIONS = 12
"""Maximum questions a task proposes per view; more would only repeat the same picture."""

T = TypeVar("T")


def sample_one(rng: np.random.Generator, items: Sequence[T]) -> T:
    """One of `items`, uniformly."""
    return items[int(rng.integers(len(items)))]


def sample_up_to(
    rng: np.random.Generator, items: Sequence[T], limit: int = MAX_QUESTIONS
) -> list[T]:
    """At most `limit` of `items`, in a random order."""
    return [items[i] for i in rng.permutation(len(items))[:limit]]
