"""`TextSource`: families of text questions as samples."""

import numpy as np

from waywiser.errors import RecipeError
from waywiser.json_types import JsonObject
from waywiser.sample import Answer
from waywiser.sources.seeded_source import SeededSource
from waywiser.sources.synthetic_text import (
    arithmetic,
    counting,
    inference,
    measures,
    places,
    times,
    tracking,
)
from waywiser.sources.synthetic_text.question import TextTask

TEXT_TASKS: dict[str, TextTask] = {
    task.__name__: task
    for task in (
        arithmetic.running_total,
        arithmetic.shopping_coins,
        arithmetic.number_riddle,
        arithmetic.next_number,
        measures.longest_length,
        measures.largest_value,
        times.weekday_shift,
        times.time_of_end,
        times.minutes_between,
        places.grid_walk,
        places.place_direction,
        places.row_position,
        places.comparison_order,
        tracking.cup_swaps,
        tracking.gift_swaps,
        tracking.moved_box,
        counting.condition_count,
        counting.letter_count,
        inference.if_then_rules,
        inference.class_chain,
    )
}
"""Families of text questions by name."""


class TextSource(SeededSource):
    """Questions in words; the reasoning is how the answer was found, checked once, with the answer
    last.

    Two sources of one task in one recipe need different seeds, whatever their levels.

    Args:
        task: name of the family.
        count: number of items.
        seed: seed of the items.
        options: `levels: [low, high]`, within [0, 1], between which each item's level is drawn: a
            higher one means more steps. All levels by default.
    """

    kind = "text"
    known_tasks = TEXT_TASKS

    def __init__(self, task: str, count: int, seed: int, options: JsonObject | None = None) -> None:
        super().__init__(task, count, seed)
        self._levels = _read_levels(task, options or {})

    def draw(self, rng: np.random.Generator) -> tuple[str, Answer, str, JsonObject, list[bytes]]:
        low, high = self._levels
        level = round(low + (high - low) * float(rng.random()), 3)
        made = TEXT_TASKS[self.task](rng, level)
        return made.question, made.answer, made.reasoning, {"level": level, **made.truth}, []


def _read_levels(task: str, options: JsonObject) -> tuple[float, float]:
    """The lowest and the highest level. Raises RecipeError for other options or no such range."""
    unknown = sorted(set(options) - {"levels"})
    if unknown:
        raise RecipeError(f"the text task {task!r} has no option {unknown[0]!r}: give levels")

    match options.get("levels", [0.0, 1.0]):
        case [int() | float() as low, int() | float() as high] if 0 <= low <= high <= 1:
            return float(low), float(high)
        case levels:
            raise RecipeError(
                f"levels of the text task {task!r} must be [low, high] with"
                f" 0 <= low <= high <= 1, not {levels}"
            )
