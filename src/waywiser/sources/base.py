"""`Source`: one interface for everything that yields samples, and `InvalidItem`, an item that could
not become one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from waywiser.answers import grade
from waywiser.errors import DatasetError
from waywiser.sample import Sample
from waywiser.tasks.completion import format_answer


@dataclass(frozen=True, slots=True)
class InvalidItem:
    """An item that could not become a sample: `where` names it, `reason` says why."""

    where: str
    reason: str


class Source(Protocol):
    """A list of items by number. Item `i` depends on nothing but the source's configuration and
    `i`, so any range can be read by itself, in any order and process.
    """

    name: str
    licence: str

    def __len__(self) -> int:
        """Number of items, bad ones included."""
        ...

    def items(self, start: int, stop: int) -> Iterator[Sample | InvalidItem]:
        """Exactly `stop - start` samples or bad items, in order. A bad item never raises."""
        ...


def verify_gold(sample: Sample, where: str) -> Sample | InvalidItem:
    """The sample if its gold answer, written out, is right by its own grader; else why not."""
    try:
        verdict = grade(f"<answer>{format_answer(sample.answer)}</answer>", sample.answer)
    except DatasetError as error:
        return InvalidItem(where, str(error))

    if verdict.outcome != "right":
        return InvalidItem(
            where, f"gold is not right by its own grader: {verdict.outcome} ({verdict.reason})"
        )

    return sample
