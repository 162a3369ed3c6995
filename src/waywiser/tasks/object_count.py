"""Object count: how many instances of a category does the picture show?"""

from collections.abc import Iterable

import numpy as np

from waywiser.sample import Answer
from waywiser.scenes.categories import are_confusable, pluralize
from waywiser.tasks.base import (
    MIN_PIXEL_SHARE,
    ImageTask,
    ObjectId,
    Question,
    View,
    group_visible_by_category,
    is_visible,
    sample_up_to,
)
from waywiser.tasks.registry import register_task

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


@register_task(seed=0)
class ObjectCount(ImageTask):
    """Every visible instance must stand above the visibility floor, else nothing is asked.

    People disagree about half-hidden things. Instances out of view or wholly hidden do not count.
    `margin` is by how much of the picture the smallest counted instance exceeds the floor, in [0,
    1].
    """

    name = "object_count"
    kind = "integer"
    single_rooms = True
    templates = TEMPLATES

    class Inputs(ImageTask.Inputs):
        category: str
        objects: tuple[ObjectId, ...]

    def propose(self, view: View, rng: np.random.Generator) -> list[Question]:
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

    def answer(self, view: View, inputs: Inputs) -> Answer:
        group = group_visible_by_category(view).get(inputs.category, [])
        return Answer(kind="integer", value=sum(is_visible(view, obj.id) for obj in group))

    def _build_question(self, view: View, category: str, rng: np.random.Generator) -> Question:
        ids = tuple(obj.id for obj in group_visible_by_category(view)[category])

        return self.question(
            view,
            self.Inputs(camera=view.camera_index, category=category, objects=ids),
            self.ask(rng, things=pluralize(category)),
            margin=min(view.pixel_share(i) for i in ids) - MIN_PIXEL_SHARE,
            subject=category,
        )

    def explain(self, view: View, inputs: Inputs, answer: Answer) -> str:
        counts = running_count(view.x_percent(i) for i in inputs.objects)
        return f"Left to right, {inputs.category} {counts}: {answer.value}."
