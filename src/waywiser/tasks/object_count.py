"""Object count: how many instances of a category does the picture show?"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from waywiser.sample import Answer, AnswerKind, Program
from waywiser.scenes.categories import confusable, plural
from waywiser.tasks._base import FLOOR_SHARE, Draft, Needs, View, by_category, draw, seen, some

MOST = 8
COLUMNS = 7
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

    `places` are those of their middles, 0 to 100 across the picture. Whether something new stands in one strip is a
    local question with an answer in every strip; a bare count, or a list of places, asks for all at once.
    """
    columns = [min(place * COLUMNS // 100, COLUMNS - 1) for place in places]
    return " ".join(str(sum(column <= last for column in columns)) for last in range(COLUMNS))


class ObjectCount:
    """Every visible instance must stand above the visibility floor, else nothing is asked.

    People disagree about half-hidden things. Instances out of view or wholly hidden do not count. `margin` is
    by how much of the picture the smallest counted instance exceeds the floor, in [0, 1].
    """

    name = "object_count"
    kind: AnswerKind = "integer"
    unit: str | None = None
    needs: Needs = "image"

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
        answer = self.answer(view, inputs)
        return Draft(
            task=self.name,
            question=draw(rng, TEMPLATES).format(things=plural(category)),
            answer=answer,
            reasoning=f"Left to right, {category} {running_count(view.across(t.id) for t in group)}: {answer.value}.",
            program=Program(name=self.name, inputs={**inputs, "objects": [thing.id for thing in group]}),
            margin=min(view.share(thing.id) for thing in group) - FLOOR_SHARE,
            topic=category,
            bucket=str(answer.value),
        )
