"""Object size: how long is the longest side of an object?"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from waywiser.sample import Answer, AnswerKind, Program
from waywiser.scenes.scene import Object
from waywiser.tasks.base import Needs, Question, View, sample_one, sample_up_to, uniquely_named
from waywiser.tasks.camera_distance import log_bin

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


class ObjectSize:
    """Longest side of the object's box (VSI-Bench's definition), of a unique category, wholly in
    the picture and at least 90 % unhidden. The answer is rounded to 1 cm; the exact one stays in
    the program. No margin.
    """

    name = "object_size"
    kind: AnswerKind = "number"
    unit: str | None = "cm"
    needs: Needs = "image"

    def questions(self, view: View, rng: np.random.Generator) -> list[Question]:
        return [
            self._build_question(view, obj, rng)
            for obj in sample_up_to(
                rng, [o for o in uniquely_named(view) if is_size_measurable(view, o)]
            )
        ]

    def answer(self, view: View, inputs: Mapping[str, Any]) -> Answer:
        return Answer(
            kind="number",
            value=float(round(longest_side_cm(view.object(inputs["object"])))),
            unit=self.unit,
        )

    def _build_question(self, view: View, obj: Object, rng: np.random.Generator) -> Question:
        exact = longest_side_cm(obj)
        inputs = {"camera": view.camera_index, "object": obj.id, "exact_cm": round(exact, 2)}
        answer = self.answer(view, inputs)
        visibility = view.visible[obj.id]
        left, top, right, bottom = visibility.bbox
        wide = round(100 * (right - left) / view.camera.width)
        high = round(100 * (bottom - top) / view.camera.height)
        axis_word, span = ("across", wide) if wide >= high else ("down", high)

        return Question(
            task=self.name,
            question=sample_one(rng, TEMPLATES).format(a=obj.category),
            answer=answer,
            reasoning=(
                f"Distance: {obj.category} {visibility.nearest_distance:.1f} m. Span {axis_word}"
                f" the picture: {obj.category} {span} of 100. So its longest side is about"
                f" {answer.value:.0f} cm."
            ),
            program=Program(name=self.name, inputs=inputs),
            subject=obj.category,
            answer_class=str(log_bin(exact)),
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
