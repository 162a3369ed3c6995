"""`RawQuestion`: the question of a row, before its answer is parsed and its pictures are read."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class RawQuestion:
    """A question as a row states it.

    Attributes:
        text: the question, with `<image>` where the row places its pictures.
        answer: the answer by itself: text, a number, or an option's number.
        response: a complete reply that ends in the answer; used only if `answer` is None.
        options: the options with their labels, in any form that the row has.
        pictures: paths, addresses, bytes or {bytes, path} of pictures, in order.
        videos: paths of videos, or lists of frames.
        reasoning: a chain of thought.
        kind: how to read the answer: "auto", "choice", "number", "integer", "text", "expression",
            "index" or "index1".
        unit: unit of a number that is written without one.
        task: kind of question, as the row names it.
        id: id of the row.
        turn: number of the question in the row.
        notes: guesses that were made, as sentences that are counted.
    """

    text: str
    answer: Any = None
    response: str | None = None
    options: Any = None
    pictures: list[Any] = field(default_factory=list)
    videos: list[Any] = field(default_factory=list)
    reasoning: str | None = None
    kind: str = "auto"
    unit: str | None = None
    task: str | None = None
    id: str | None = None
    turn: int = 0
    notes: list[str] = field(default_factory=list)
