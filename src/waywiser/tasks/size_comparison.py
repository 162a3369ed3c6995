"""Size comparison: which of two objects is taller, or longer?"""

from functools import lru_cache
from itertools import combinations
from typing import Literal

import numpy as np

from waywiser.sample import Answer
from waywiser.scenes.categories import CATEGORIES, GENERAL_WORDS
from waywiser.scenes.category import Range
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
from waywiser.tasks.object_size import middle_depth
from waywiser.tasks.registry import register_task
from waywiser.tasks.visual_cues import image_span, position_in_words
from waywiser.tasks.wording import list_short_options

MIN_RELATIVE_DIFFERENCE = 0.25
"""The larger measure exceeds the smaller by this fraction of the smaller ..."""
MIN_DIFFERENCE = 0.10
"""... and by this many meters."""
LIVING = ("person", "dog", "cat")
Axis = Literal["height", "length"]
AXES: tuple[Axis, ...] = ("height", "length")

TEMPLATES = {
    "height": (
        "Which is taller in real life, the {x} or the {y}?",
        "Which is taller, the {x} or the {y}?",
        "Is the {x} or the {y} taller in reality?",
        "Of the {x} and the {y}, which one is taller?",
        "Which has the greater real height, the {x} or the {y}?",
        "If they stood side by side, which would be taller, the {x} or the {y}?",
        "In the actual room, which is taller: the {x} or the {y}?",
        "Between the {x} and the {y}, which one is the taller?",
    ),
    "length": (
        "Seen from above, which is longer, the {x} or the {y}?",
        "Ignoring height, which is longer in real life, the {x} or the {y}?",
        "Which is longer along the floor, the {x} or the {y}?",
        "Which would take up more length on the floor, the {x} or the {y}?",
        "Comparing the longer side of each, seen from above, which is longer: the {x} or the {y}?",
        "Seen from above, is the {x} or the {y} longer?",
        "Of the {x} and the {y}, which is longer on the floor plan?",
        "In the actual room, which has the greater horizontal length, the {x} or the {y}?",
    ),
}


@register_task(seed=7)
class SizeComparison(ImageTask):
    """Compares the boxes of two objects: their "height", or their "length" (the longer horizontal
    side).

    Both are of unique category and their outline can be told (wholly in the picture, half
    unhidden). The larger measure exceeds the smaller by 25 % and 10 cm. By the natural sizes of
    their categories either may be the larger one by that much: of a wardrobe and a cup nobody needs
    to look. (The words of scans have no known sizes; all their pairs may be asked about.) `margin`
    is the difference in meters.
    """

    name = "size_comparison"
    kind = "choice"
    scan_needs = ("objects", "boxes", "up")
    category_tells = True
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
            if has_side(a.category, axis)
            and has_side(b.category, axis)
            and both_may_be_larger(a.category, b.category, axis)
            and sizes_differ_clearly(a, b, axis)
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
        axis: Literal["width", "height"] = "height" if inputs.axis == "height" else "width"
        depths = [round(middle_depth(view, obj) * 2) / 2 for obj in (a, b)]
        percents = [getattr(image_span(view, obj.id), axis) for obj in (a, b)]
        products = [depth * percent for depth, percent in zip(depths, percents, strict=True)]
        larger = a if products[0] > products[1] else b
        if larger.category != answer.value or max(products) < 1.1 * min(products):
            return ""

        word = "taller" if inputs.axis == "height" else "longer"
        told = [
            f"The {obj.category} ({position_in_words(view, obj.id)}) spans {percent} % of the image"
            f" {axis} at a depth of roughly {depth:g} m"
            for obj, percent, depth in zip((a, b), percents, depths, strict=True)
        ]
        return (
            f"How large a thing looks times how far away it is tells its size. {told[0]}:"
            f" {percents[0]} x {depths[0]:g} = {products[0]:g}. {told[1]}: {percents[1]} x"
            f" {depths[1]:g} = {products[1]:g}. The {answer.value} is {word}."
        )


def has_side(category: str, axis: str) -> bool:
    """Whether people would say how tall or how long it is: nobody asks for a person's length."""
    return axis == "height" or category not in LIVING


def extent_along(obj: Object, axis: str) -> float:
    """The object's height, or its longer horizontal side, in metres."""
    width, depth, height = obj.box.size
    return height if axis == "height" else max(width, depth)


def sizes_differ_clearly(a: Object, b: Object, axis: str) -> bool:
    """Whether one exceeds the other by the gap, whichever it is."""
    small, large = sorted((extent_along(a, axis), extent_along(b, axis)))
    return exceeds_clearly(large, small)


def exceeds_clearly(large: float, small: float) -> bool:
    """Whether a length (m) exceeds another by the gap."""
    return large - small >= max(MIN_DIFFERENCE, MIN_RELATIVE_DIFFERENCE * small)


def both_may_be_larger(a: str, b: str, axis: str) -> bool:
    """Whether natural sizes allow either category to exceed the other by the gap."""
    ranges = [natural_range(category, axis) for category in (a, b)]
    if None in ranges:
        return True

    (low_a, high_a), (low_b, high_b) = (known for known in ranges if known is not None)
    return exceeds_clearly(high_a, low_b) and exceeds_clearly(high_b, low_a)


@lru_cache(maxsize=1024)
def natural_range(category: str, axis: str) -> Range | None:
    """The shortest and the longest `extent_along` (m) that things of a category have, None if not
    known. Of a general word ("lamp") it spans all categories that it covers.
    """
    known = [
        CATEGORIES[name] for name in GENERAL_WORDS.get(category, (category,)) if name in CATEGORIES
    ]
    spans = [c.height if axis == "height" else tuple(map(max, c.width, c.depth)) for c in known]
    if not spans:
        return None
    return min(low for low, _ in spans), max(high for _, high in spans)
