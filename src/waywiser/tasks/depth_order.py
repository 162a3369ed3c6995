"""Depth order: which of two objects is closer to the camera?"""

import math
from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np

from waywiser.sample import Answer, AnswerKind, Program
from waywiser.scenes.scene import Object
from waywiser.tasks.base import Needs, Question, View, sample_one, sample_up_to, uniquely_named

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


class DepthOrder:
    """Compares the nearest visible points of two objects of unique category.

    Depth along the optical axis and straight distance must agree on the order, each with a gap of
    15 % of the nearer one and of 15 cm, so that "closer" has one meaning. `margin` is the gap in
    depth, in metres.
    """

    name = "depth_order"
    kind: AnswerKind = "choice"
    unit: str | None = None
    needs: Needs = "image"

    def questions(self, view: View, rng: np.random.Generator) -> list[Question]:
        pairs = [
            pair
            for pair in combinations(uniquely_named(view), 2)
            if have_clear_depth_order(view, *pair)
        ]

        return [
            self._build_question(view, *sample_up_to(rng, pair), rng=rng)
            for pair in sample_up_to(rng, pairs)
        ]

    def answer(self, view: View, inputs: Mapping[str, Any]) -> Answer:
        ids: list[int] = inputs["objects"]
        winner = min(ids, key=lambda i: view.visible[i].nearest_depth)
        options = [view.object(i).category for i in ids]
        return Answer(kind="choice", value=view.object(winner).category, options=options)

    def _build_question(
        self, view: View, first: Object, second: Object, *, rng: np.random.Generator
    ) -> Question:
        inputs = {"camera": view.camera_index, "objects": [first.id, second.id]}
        answer = self.answer(view, inputs)
        near, far = (first, second) if answer.value == first.category else (second, first)
        d_first, d_second = (view.visible[obj.id].nearest_distance for obj in (first, second))
        question = sample_one(rng, TEMPLATES).format(x=first.category, y=second.category)

        return Question(
            task=self.name,
            question=f"{question} Answer with '{first.category}' or '{second.category}'.",
            answer=answer,
            reasoning=(
                f"Distances: {first.category} {d_first:.1f} m, {second.category} {d_second:.1f} m, "
                f"so the {near.category} is closer."
            ),
            program=Program(name=self.name, inputs=inputs),
            margin=abs(view.visible[far.id].nearest_depth - view.visible[near.id].nearest_depth),
            subject=" ".join(sorted((near.category, far.category))),
            answer_class="first" if near is first else "second",
            compared=(near.category, far.category),
        )


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
