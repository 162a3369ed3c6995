"""Object size: how long is the longest side of an object?"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from waywiser.sample import Answer, AnswerKind, Program
from waywiser.scenes.scene import Object
from waywiser.tasks._base import Draft, Needs, View, draw, nameable, some
from waywiser.tasks.camera_distance import bucket

SMALLEST = 15.0
"""Centimetres. Smaller things are hard to measure in a picture of a room; rounding moves them by > 3 %."""
MIN_FRACTION = 0.9

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
    """Longest side of the object's box (VSI-Bench's definition), of a unique category, wholly in the picture
    and at least 90 % unhidden. The answer is rounded to 1 cm; the exact one stays in the program. No margin.
    """

    name = "object_size"
    kind: AnswerKind = "number"
    unit: str | None = "cm"
    needs: Needs = "image"

    def questions(self, view: View, rng: np.random.Generator) -> list[Draft]:
        return [self._draft(view, thing, rng) for thing in some(rng, [o for o in nameable(view) if whole(view, o)])]

    def answer(self, view: View, inputs: Mapping[str, Any]) -> Answer:
        return Answer(kind="number", value=float(round(longest_cm(view.object(inputs["object"])))), unit=self.unit)

    def _draft(self, view: View, thing: Object, rng: np.random.Generator) -> Draft:
        exact = longest_cm(thing)
        inputs = {"camera": view.camera_index, "object": thing.id, "exact_cm": round(exact, 2)}
        answer = self.answer(view, inputs)
        shown = view.visible[thing.id]
        left, top, right, bottom = shown.bbox
        wide = round(100 * (right - left) / view.camera.width)
        high = round(100 * (bottom - top) / view.camera.height)
        way, span = ("across", wide) if wide >= high else ("down", high)
        return Draft(
            task=self.name,
            question=draw(rng, TEMPLATES).format(a=thing.category),
            answer=answer,
            reasoning=(
                f"Distance: {thing.category} {shown.nearest_distance:.1f} m. Span {way} the picture: "
                f"{thing.category} {span} of 100. So its longest side is about {answer.value:.0f} cm."
            ),
            program=Program(name=self.name, inputs=inputs),
            topic=thing.category,
            bucket=str(bucket(exact)),
        )


def longest_cm(thing: Object) -> float:
    """Longest side of the object's box, in centimetres."""
    return 100.0 * max(thing.box.size)


def whole(view: View, thing: Object) -> bool:
    """Whether the object shows nearly all of itself and is large enough to measure."""
    shown = view.visible[thing.id]
    return not shown.truncated and shown.fraction >= MIN_FRACTION and longest_cm(thing) >= SMALLEST
