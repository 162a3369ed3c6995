"""Object count: how many instances of a category does the picture show?"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from waywiser.sample import Answer, AnswerKind, Program
from waywiser.scenes.categories import are_confusable, pluralize
from waywiser.tasks.base import (
    MIN_PIXEL_SHARE,
    Needs,
    Question,
    View,
    group_visible_by_category,
    is_visible,
    sample_one,
    sample_up_to,
)

MAX_COUNT = 8
NUM_COLUMNS = 7
"""Equal strips of the picture that a trace goes through from left to right."""

TEMPLATES = (
    "How many {things} can you see in the picture?",
    "How many {things} are visible in this picture?",
    "Count the {things} in the picture.",
    "How many {things} does the picture show?",
    "What is the number of {things} in this picture?",
    "Looking from here, how many {things} are in view?",
    "How many {things} are there in this view of the room?",
    "Count the {things} that can be seen in this image.",
    "Please tell me how many {things} appear in the picture.",
    "In this image, how many {things} do you see?",
)


def running_count(places: Iterable[int]) -> str:
    """How many things there are up to and including each column, e.g. "0 1 1 1 2 2 2".

    `places` are those of their middles, 0 to 100 across the picture. Whether something new stands
    in one strip is a local question with an answer in every strip; a bare count, or a list of
    places, asks for all at once.
    """
    columns = [min(place * NUM_COLUMNS // 100, NUM_COLUMNS - 1) for place in places]
    return " ".join(str(sum(column <= last for column in columns)) for last in range(NUM_COLUMNS))


class ObjectCount:
    """Every visible instance must stand above the visibility floor, else nothing is asked.

    People disagree about half-hidden things. Instances out of view or wholly hidden do not count.
    `margin` is by how much of the picture the smallest counted instance exceeds the floor, in [0,
    1].
    """

    name = "object_count"
    kind: AnswerKind = "integer"
    unit: str | None = None
    needs: Needs = "image"

    def questions(self, view: View, rng: np.random.Generator) -> list[Question]:
        groups = group_visible_by_category(view)
        countable = [
            category
            for category, group in groups.items()
            if len(group) <= MAX_COUNT
            and all(is_visible(view, obj.id) for obj in group)
            and not any(are_confusable(category, other) for other in groups if other != category)
        ]

        return [
            self._build_question(view, category, rng) for category in sample_up_to(rng, countable)
        ]

    def answer(self, view: View, inputs: Mapping[str, Any]) -> Answer:
        group = group_visible_by_category(view).get(inputs["category"], [])
        return Answer(kind="integer", value=sum(is_visible(view, obj.id) for obj in group))

    def _build_question(self, view: View, category: str, rng: np.random.Generator) -> Question:
        inputs = {"camera": view.camera_index, "category": category}
        group = group_visible_by_category(view)[category]
        answer = self.answer(view, inputs)

        return Question(
            task=self.name,
            question=sample_one(rng, TEMPLATES).format(things=pluralize(category)),
            answer=answer,
            reasoning=(
                f"Left to right, {category} {running_count(view.x_percent(t.id) for t in group)}:"
                f" {answer.value}."
            ),
            program=Program(
                name=self.name, inputs={**inputs, "objects": [obj.id for obj in group]}
            ),
            margin=min(view.pixel_share(obj.id) for obj in group) - MIN_PIXEL_SHARE,
            subject=category,
            answer_class=str(answer.value),
        )
