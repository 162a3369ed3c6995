"""Object count: how many instances of a category does the picture show?"""

import numpy as np

from waywiser.sample import Answer
from waywiser.scenes.categories import pluralize
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
from waywiser.tasks.visible_objects import group_countable_by_category
from waywiser.tasks.visual_cues import is_partly_hidden, pick_style, position_in_words

MAX_COUNT = 8
TEMPLATES = (
    "How many {things} are visible in this image?",
    "How many {things} can you see in the image?",
    "Count the {things} in this image.",
    "How many {things} are there in the image?",
    "How many {things} does this image show?",
    "Please count the {things} you can see in the image.",
    "What is the number of {things} visible in the image?",
    "Looking at this image, how many {things} do you see?",
    "How many {things} appear in this photo?",
)


@register_task(seed=0)
class ObjectCount(ImageTask):
    """Every instance in view must surely be seen, cut by the frame's edge or not, else nothing is
    asked.

    Instances out of view or wholly hidden do not count.
    `margin` is by how much of the picture the smallest counted instance exceeds the floor, in
    [0, 1].
    """

    name = "object_count"
    kind = "integer"
    single_rooms = True
    templates = TEMPLATES

    class Inputs(ImageTask.Inputs):
        category: str
        objects: tuple[ObjectId, ...]

    def propose(self, view: View, rng: np.random.Generator) -> list[Question]:
        groups = group_countable_by_category(view, 1, MAX_COUNT)

        # Most words occur once in an image, and a count of one is hardly counting.
        several = [category for category, group in groups.items() if len(group) > 1]
        chosen = sample_up_to(rng, several)
        single = [category for category, group in groups.items() if len(group) == 1]
        chosen += sample_up_to(rng, single)[: 1 + (not chosen)]

        return [self._build_question(view, category, rng) for category in chosen]

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
        ordered = sorted(inputs.objects, key=view.x_percent)
        things = pluralize(inputs.category)
        instances = [f"{n}: {describe_instance(view, i)}" for n, i in enumerate(ordered, start=1)]
        style = pick_style(
            inputs,
            (
                "Going through the image from left to right, I look for {things}. {list}. That"
                " makes {count}.",
                "From left to right, these are the {things} I can see. {list}. There are no others,"
                " so the answer is {count}.",
            ),
        )

        return style.format(things=things, list="; ".join(instances), count=answer.value)


def describe_instance(view: View, object_id: int) -> str:
    """Where one of several things is in the image, and what hides or cuts it."""
    words = f"{position_in_words(view, object_id)} (at {view.x_percent(object_id)} % of the width)"
    if view.visible[object_id].truncated and "edge" not in words:
        return f"{words}, cut off by the image border"
    return f"{words}, partly hidden" if is_partly_hidden(view, object_id) else words
