"""Depth order: which of two objects is closer to the camera?"""

import math
from itertools import combinations

import numpy as np

from waywiser.sample import Answer
from waywiser.scenes.scene import Object
from waywiser.tasks.base import (
    ImageTask,
    ObjectId,
    Question,
    View,
    sample_up_to,
    uniquely_named,
)
from waywiser.tasks.registry import register_task

MIN_RELATIVE_GAP = 0.15
"""Two depths are told apart only when they differ by this fraction of the nearer one ..."""
MIN_GAP = 0.15
"""... and by so many metres, so that they still differ when rounded to 0.1 m."""

TEMPLATES = (
    "Which is closer to the camera, the {x} or the {y}?",
    "Which one is nearer to the camera: {x} or {y}?",
    "From where the picture was taken, which is closer, the {x} or the {y}?",
    "Is the {x} or the {y} closer to the camera?",
    "Of the {x} and the {y}, which is nearer to the camera?",
    "Which object is closer to the viewer, the {x} or the {y}?",
    "Seen from the camera, which is nearer: the {x} or the {y}?",
    "Between the {x} and the {y}, which one is closer to the camera?",
    "What is closer to the point of view of the picture, the {x} or the {y}?",
)


@register_task(seed=1)
class DepthOrder(ImageTask):
    """Compares the nearest visible points of two objects of unique category.

    Depth along the optical axis and straight distance must agree on the order, each with a gap of
    15 % of the nearer one and of 15 cm, so that "closer" has one meaning. `margin` is the gap in
    depth, in metres.
    """

    name = "depth_order"
    kind = "choice"
    single_rooms = True
    templates = TEMPLATES

    class Inputs(ImageTask.Inputs):
        objects: tuple[ObjectId, ObjectId]

    def propose(self, view: View, rng: np.random.Generator) -> list[Question]:
        pairs = [
            pair
            for pair in combinations(uniquely_named(view), 2)
            if have_clear_depth_order(view, *pair)
        ]

        return [
            self._build_question(view, *sample_up_to(rng, pair), rng=rng)
            for pair in sample_up_to(rng, pairs)
        ]

    def answer(self, view: View, inputs: Inputs) -> Answer:
        ids = inputs.objects
        winner = min(ids, key=lambda i: view.visible[i].nearest_depth)
        options = [view.object(i).category for i in ids]
        return Answer(kind="choice", value=view.object(winner).category, options=options)

    def _build_question(
        self, view: View, first: Object, second: Object, *, rng: np.random.Generator
    ) -> Question:
        inputs = self.Inputs(camera=view.camera_index, objects=(first.id, second.id))
        answer = self.answer(view, inputs)
        near, far = (first, second) if answer.value == first.category else (second, first)
        text = self.ask(rng, x=first.category, y=second.category)

        return self.question(
            view,
            inputs,
            f"{text} Answer with '{first.category}' or '{second.category}'.",
            answer=answer,
            margin=abs(view.visible[far.id].nearest_depth - view.visible[near.id].nearest_depth),
            subject=" ".join(sorted((near.category, far.category))),
            answer_class="first" if near is first else "second",
            compared=(near.category, far.category),
        )

    def explain(self, view: View, inputs: Inputs, answer: Answer) -> str:
        first, second = (
            f"{view.object(i).category} {view.visible[i].nearest_distance:.1f} m"
            for i in inputs.objects
        )
        return f"Distances: {first}, {second}, so the {answer.value} is closer."


def have_clear_depth_order(view: View, a: Object, b: Object) -> bool:
    """Whether depth and distance order the nearest points of `a` and `b` alike, each by the
    required gap.
    """
    one = view.visible[a.id]
    two = view.visible[b.id]
    if (one.nearest_depth < two.nearest_depth) != (one.nearest_distance < two.nearest_distance):
        return False

    return differ_clearly(one.nearest_depth, two.nearest_depth) and differ_clearly(
        one.nearest_distance, two.nearest_distance
    )


def differ_clearly(x: float, y: float) -> bool:
    """Whether two lengths are measured (positive, finite) and differ by at least the gap, on either
    side.
    """
    return 0 < min(x, y) <= max(x, y) < math.inf and abs(x - y) >= max(
        MIN_GAP, MIN_RELATIVE_GAP * min(x, y)
    )
