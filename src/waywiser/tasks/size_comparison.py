"""Size comparison: which of two objects is taller, or longer?"""

from itertools import combinations
from typing import Literal

import numpy as np

from waywiser.sample import Answer
from waywiser.scenes.scene import Object
from waywiser.tasks.base import (
    ImageTask,
    ObjectId,
    Question,
    View,
    is_fully_visible,
    sample_up_to,
    uniquely_named,
)
from waywiser.tasks.registry import register_task
from waywiser.tasks.wording import list_short_options

MIN_RELATIVE_DIFFERENCE = 0.20
"""The larger measure exceeds the smaller by this fraction of the smaller ..."""
MIN_DIFFERENCE = 0.10
"""... and by so many metres."""
Axis = Literal["height", "length"]
AXES: tuple[Axis, ...] = ("height", "length")

TEMPLATES = {
    "height": (
        "Which is taller, the {x} or the {y}?",
        "Measured from its bottom to its top, which is taller: the {x} or the {y}?",
        "Which object has the greater height in reality, the {x} or the {y}?",
        "Is the {x} or the {y} the taller object?",
        "Of the {x} and the {y}, which one is taller?",
        "Comparing their own heights in metres, which is taller, the {x} or the {y}?",
        "In the real room, which of the two is taller: the {x} or the {y}?",
        "Which has the larger vertical size, the {x} or the {y}?",
        "Between the {x} and the {y}, which measures more from bottom to top?",
    ),
    "length": (
        "Which is longer along its longest horizontal side, the {x} or the {y}?",
        "Comparing their longest horizontal sides, which is longer: the {x} or the {y}?",
        "Seen from above, whose longest side is longer, that of the {x} or that of the {y}?",
        (
            "Which object has the longer horizontal extent (its longest side on the floor plan),"
            " the {x} or the {y}?"
        ),
        "In reality, is the {x} or the {y} longer along its longest horizontal side?",
        "Of the {x} and the {y}, which has the longest horizontal side?",
        "Which would need more length on a floor plan (longest side), the {x} or the {y}?",
        "Ignoring height, which is longer at its longest side, the {x} or the {y}?",
        "Between the {x} and the {y}, which one's longest horizontal side measures more?",
    ),
}


@register_task(seed=7)
class SizeComparison(ImageTask):
    """Compares the boxes of two objects: their "height", or their "length" (the longer horizontal
    side).

    Both are of unique category and their outline can be told (wholly in the picture, half
    unhidden). The larger measure exceeds the smaller by 20 % and 10 cm. `margin` is the difference
    in metres.
    """

    name = "size_comparison"
    kind = "choice"
    scan_needs = ("objects", "boxes", "up")
    templates = TEMPLATES

    class Inputs(ImageTask.Inputs):
        a: ObjectId
        b: ObjectId
        axis: Axis

    def propose(self, view: View, rng: np.random.Generator) -> list[Question]:
        objects = [obj for obj in uniquely_named(view) if is_fully_visible(view, obj.id)]
        comparable: list[tuple[Object, Object, Axis]] = [
            (a, b, axis)
            for a, b in combinations(objects, 2)
            for axis in AXES
            if sizes_differ_clearly(a, b, axis)
        ]

        return [
            self._build_question(view, sample_up_to(rng, (a, b)), axis, rng)
            for a, b, axis in sample_up_to(rng, comparable)
        ]

    def answer(self, view: View, inputs: Inputs) -> Answer:
        a, b = (view.object(i) for i in (inputs.a, inputs.b))
        larger = max((a, b), key=lambda obj: extent_along(obj, inputs.axis))
        return Answer(kind="choice", value=larger.category, options=[a.category, b.category])

    def _build_question(
        self, view: View, pair: list[Object], axis: Axis, rng: np.random.Generator
    ) -> Question:
        a, b = pair
        one = extent_along(a, axis)
        two = extent_along(b, axis)
        larger, smaller = (a, b) if one > two else (b, a)
        text = self.ask(rng, axis, x=a.category, y=b.category)

        return self.question(
            view,
            self.Inputs(camera=view.camera_index, a=a.id, b=b.id, axis=axis),
            f"{text} {list_short_options([a.category, b.category])}",
            margin=abs(one - two),
            subject=f"{axis} {' '.join(sorted((a.category, b.category)))}",
            answer_class=f"{axis} {'first' if larger is a else 'second'}",
            subtask=axis,
            compared=(f"{axis} {larger.category}", f"{axis} {smaller.category}"),
        )

    def explain(self, view: View, inputs: Inputs, answer: Answer) -> str:
        a, b = (view.object(i) for i in (inputs.a, inputs.b))
        far_a, far_b = (view.visible[obj.id].nearest_distance for obj in (a, b))
        one, two = (100 * extent_along(obj, inputs.axis) for obj in (a, b))
        word = "taller" if inputs.axis == "height" else "longer"

        return (
            f"Distances: {a.category} {far_a:.1f} m, {b.category} {far_b:.1f} m."
            f" {inputs.axis.capitalize()}s: {a.category} {one:.0f} cm, {b.category}"
            f" {two:.0f} cm, so the {answer.value} is {word}."
        )


def extent_along(obj: Object, axis: str) -> float:
    """The object's height, or its longer horizontal side, in metres."""
    width, depth, height = obj.box.size
    return height if axis == "height" else max(width, depth)


def sizes_differ_clearly(a: Object, b: Object, axis: str) -> bool:
    """Whether one exceeds the other by the gap, whichever it is."""
    small, large = sorted((extent_along(a, axis), extent_along(b, axis)))
    return large - small >= max(MIN_DIFFERENCE, MIN_RELATIVE_DIFFERENCE * small)
