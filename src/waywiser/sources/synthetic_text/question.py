"""`TextQuestion`, and what all families draw words and numbers with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from waywiser.json_types import JsonObject
from waywiser.sample import Answer
from waywiser.tasks.wording import list_short_options

NAMES = ("Ana", "Bo", "Cem", "Dia", "Eli", "Fay", "Gus", "Ida", "Jon", "Kim")
"""People of the stories; none is "he" or "she"."""


@dataclass(frozen=True, slots=True)
class TextQuestion:
    """A question in words; `truth` holds the values that determine its answer."""

    question: str
    answer: Answer
    reasoning: str
    truth: JsonObject = field(default_factory=dict)


TextTask = Callable[[np.random.Generator, float], TextQuestion]
"""Makes a question from a generator and a level in [0, 1]: more of it means more steps."""


def steps_at(level: float, low: int, high: int) -> int:
    """A number of steps from `low` to `high`; equal shares of [0, 1] have equal shares of it."""
    return min(high, low + int(level * (high - low + 1)))


def capitalize(text: str) -> str:
    """The text with its first letter in upper case, the rest as it is."""
    return text[:1].upper() + text[1:]


def choice_question(
    story: str, answer: str, options: Sequence[str], reasoning: str, truth: JsonObject
) -> TextQuestion:
    """A question whose options stand at its end, in the order given.

    Args:
        story: the question without its options.
        answer: the right option.
        options: all options.
        reasoning: the chain of thought.
        truth: what determines the answer.
    """
    return TextQuestion(
        f"{story} {list_short_options(options)}",
        Answer(kind="choice", value=answer, options=list(options)),
        reasoning,
        truth,
    )
