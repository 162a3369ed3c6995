"""`RawQuestion`: what a layout finds in a row, before answers are typed and pictures are looked up."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class RawQuestion:
    """A question as a row states it.

    Attributes:
        text: the question, with `<image>` where the row places its pictures.
        answer: the answer by itself: text, a number, or an option's number.
        response: a whole reply that ends in the answer; read only if `answer` is None.
        options: the options, labels and all, or whatever the row has in their place.
        pictures: paths, addresses, bytes or {bytes, path} of pictures, in order.
        videos: paths of videos, or lists of frames.
        reasoning: a chain of thought.
        kind: how to read the answer: "auto", "choice", "number", "integer", "text", "expression",
        "index", "index1". unit: of a number that is written without.
        task: what the row says its kind of question is.
        id: what the row is called.
        turn: which question of the row this is.
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
