"""Object count: how many instances of a category does the picture show?"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from waywiser.sample import Answer, AnswerKind, Program
from waywiser.scenes.categories import confusable, plural
from waywiser.tasks._base import FLOOR_SHARE, Draft, View, by_category, draw, seen, some

MOST = 8

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


class ObjectCount:
    """Every visible instance must stand above the visibility floor, else nothing is asked.

    People disagree about half-hidden things. Instances out of view or wholly hidden do not count. `margin` is
    by how much of the picture the smallest counted instance exceeds the floor, in [0, 1].
    """

    name = "object_count"
    kind: AnswerKind = "integer"
    unit: str | None = None

    def questions(self, view: View, rng: np.random.Generator) -> list[Draft]:
        groups = by_category(view)
        clear = [
            category
            for category, group in groups.items()
            if len(group) <= MOST
            and all(seen(view, thing.id) for thing in group)
            and not any(confusable(category, other) for other in groups if other != category)
        ]
        return [self._draft(view, category, rng) for category in some(rng, clear)]

    def answer(self, view: View, inputs: Mapping[str, Any]) -> Answer:
        group = by_category(view).get(inputs["category"], [])
        return Answer(kind="integer", value=sum(seen(view, thing.id) for thing in group))

    def _draft(self, view: View, category: str, rng: np.random.Generator) -> Draft:
        inputs = {"camera": view.camera_index, "category": category}
        group = by_category(view)[category]
        # One after the other, each by its name: "is there another one further right?" is easier than "how many?".
        listed = ", ".join(f"{category} {place}" for place in sorted(view.across(thing.id) for thing in group))
        answer = self.answer(view, inputs)
        return Draft(
            task=self.name,
            question=draw(rng, TEMPLATES).format(things=plural(category)),
            answer=answer,
            reasoning=f"Across the picture, {listed} of 100: {answer.value}.",
            program=Program(name=self.name, inputs={**inputs, "objects": [thing.id for thing in group]}),
            margin=min(view.share(thing.id) for thing in group) - FLOOR_SHARE,
            topic=category,
            bucket=str(answer.value),
        )
