"""`TextSource`: families of text questions as samples."""

import zlib
from collections.abc import Iterator

import numpy as np

from waywiser import __version__
from waywiser.errors import RecipeError
from waywiser.json_types import JsonObject
from waywiser.recipe import nearest_name
from waywiser.sample import Program, Sample
from waywiser.sources.base import InvalidItem, verify_gold
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


class TextSource:
    """Item i is made with a generator seeded by (seed, task, i); its reasoning is how the answer
    was found, checked once, with the answer last.

    Two sources of one task in one recipe need different seeds, whatever their levels.

    Args:
        task: name of the family.
        count: number of items.
        seed: seed of the items.
        options: `levels: [low, high]`, within [0, 1], between which each item's level is drawn: a
            higher one means more steps. All levels by default.
    """

    licence = "Apache-2.0"

    def __init__(self, task: str, count: int, seed: int, options: JsonObject | None = None) -> None:
        if task not in TEXT_TASKS:
            near = nearest_name(task, TEXT_TASKS)
            raise RecipeError(
                f"no text task {task!r}; "
                + (f"did you mean {near!r}?" if near else ", ".join(TEXT_TASKS))
            )

        self.name = f"text:{task}"
        self._task = task
        self._count = count
        self._seed = seed
        self._levels = _read_levels(task, options or {})

    def __len__(self) -> int:
        return self._count

    def items(self, start: int, stop: int) -> Iterator[Sample | InvalidItem]:
        low, high = self._levels

        for index in range(start, stop):
            rng = np.random.default_rng([self._seed, zlib.crc32(self._task.encode()), index])
            level = round(low + (high - low) * float(rng.random()), 3)
            made = TEXT_TASKS[self._task](rng, level)
            sample = Sample(
                id=f"text-{self._task}-{self._seed}-{index}",
                split="",
                domain="general",
                task=self._task,
                source=self.name,
                question=made.question,
                options=made.answer.options,
                answer=made.answer,
                reasoning=made.reasoning,
                program=Program(name=self.name, inputs={"level": level, **made.truth}),
                seed=self._seed,
                version=__version__,
            )

            yield verify_gold(sample, f"{self.name} {index}")


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
