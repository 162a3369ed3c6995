"""Object size: how long is the longest side of an object?"""

import numpy as np

from waywiser.sample import Answer
from waywiser.scenes.scene import Object
from waywiser.tasks.base import ImageTask, ObjectId, Question, View, sample_up_to, uniquely_named
from waywiser.tasks.camera_distance import log_bin
from waywiser.tasks.registry import register_task

MIN_SIZE_CM = 15.0
"""Centimetres. Smaller things are hard to measure in a picture of a room; rounding moves them by >
3 %.
"""
MIN_VISIBLE_FRACTION = 0.9

TEMPLATES = (
    "How long is the longest side of the {a}, in centimetres?",
    "What is the longest dimension (length, width or height) of the {a} in centimetres?",
    "How many centimetres does the longest side of the {a} measure?",
    "Estimate the longest dimension of the {a} in centimetres.",
    "What is the size of the {a} along its longest side, in centimetres?",
    "In centimetres, what does the longest side of the {a} measure?",
    "Of the length, width and height of the {a}, give the largest in centimetres.",
    "Measure the {a} along its longest side. Answer in centimetres.",
    "What is the largest of the {a}'s length, width and height, in centimetres?",
)


@register_task(seed=4)
class ObjectSize(ImageTask):
    """Longest side of the object's box (VSI-Bench's definition), of a unique category, wholly in
    the picture and at least 90 % unhidden. The answer is rounded to 1 cm; the exact one stays in
    the program. No margin.
    """

    name = "object_size"
    kind = "number"
    unit = "cm"
    scan_needs = ("objects", "boxes")
    single_rooms = True
    templates = TEMPLATES

    class Inputs(ImageTask.Inputs):
        object: ObjectId
        exact_cm: float

    def propose(self, view: View, rng: np.random.Generator) -> list[Question]:
        return [
            self._build_question(view, obj, rng)
            for obj in sample_up_to(
                rng, [o for o in uniquely_named(view) if is_size_measurable(view, o)]
            )
        ]

    def answer(self, view: View, inputs: Inputs) -> Answer:
        return Answer(
            kind="number",
            value=float(round(longest_side_cm(view.object(inputs.object)))),
            unit=self.unit,
        )

    def _build_question(self, view: View, obj: Object, rng: np.random.Generator) -> Question:
        exact = longest_side_cm(obj)

        return self.question(
            view,
            self.Inputs(camera=view.camera_index, object=obj.id, exact_cm=round(exact, 2)),
            self.ask(rng, a=obj.category),
            subject=obj.category,
            answer_class=str(log_bin(exact)),
        )

    def explain(self, view: View, inputs: Inputs, answer: Answer) -> str:
        category = view.object(inputs.object).category
        visibility = view.visible[inputs.object]
        left, top, right, bottom = visibility.bbox
        wide = round(100 * (right - left) / view.camera.width)
        high = round(100 * (bottom - top) / view.camera.height)
        axis_word, span = ("across", wide) if wide >= high else ("down", high)

        return (
            f"Distance: {category} {visibility.nearest_distance:.1f} m. Span {axis_word}"
            f" the picture: {category} {span} of 100. So its longest side is about"
            f" {answer.value:.0f} cm."
        )


def longest_side_cm(obj: Object) -> float:
    """Longest side of the object's box, in centimetres."""
    return 100.0 * max(obj.box.size)


def is_size_measurable(view: View, obj: Object) -> bool:
    """Whether the object shows nearly all of itself and is large enough to measure."""
    visibility = view.visible[obj.id]
    return (
        not visibility.truncated
        and visibility.fraction >= MIN_VISIBLE_FRACTION
        and longest_side_cm(obj) >= MIN_SIZE_CM
    )
