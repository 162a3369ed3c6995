"""Camera distance: how far is the nearest visible point of an object from the camera?"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from waywiser.sample import Answer, AnswerKind, Program
from waywiser.scenes.scene import Object
from waywiser.tasks._base import Draft, Needs, View, draw, nameable, some

NEAREST = 1.0
"""Metres. Closer than this, rounding to 0.1 m would move an answer by more than 5 %."""
MIN_FRACTION = 0.5

TEMPLATES = (
    "How far is the {a} from the camera, in metres?",
    "How many metres away from the camera is the {a}?",
    "What is the distance in metres from the camera to the {a}?",
    "Estimate how far the {a} is from the camera, in metres.",
    "How far away is the {a} from where the picture was taken? Answer in metres.",
    "In metres, how far is the nearest point of the {a} from the camera?",
    "Measured from the camera, how many metres is it to the {a}?",
    "What is the distance between the viewer and the {a}, in metres?",
    "Give the distance from the camera to the {a} in metres.",
)


class CameraDistance:
    """Straight distance from the camera's centre to the nearest visible surface point of an object of unique
    category, at least half of it unhidden and no part of it cut by the picture's edge (what lies outside
    might be nearer). The answer is rounded to 0.1 m; the exact one stays in the program. A number has no
    decision boundary, hence no margin.
    """

    name = "camera_distance"
    kind: AnswerKind = "number"
    unit: str | None = "m"
    needs: Needs = "image"

    def questions(self, view: View, rng: np.random.Generator) -> list[Draft]:
        return [self._draft(view, thing, rng) for thing in some(rng, [o for o in nameable(view) if clear(view, o)])]

    def answer(self, view: View, inputs: Mapping[str, Any]) -> Answer:
        distance = view.visible[inputs["object"]].nearest_distance
        return Answer(kind="number", value=round(distance, 1), unit=self.unit)

    def _draft(self, view: View, thing: Object, rng: np.random.Generator) -> Draft:
        exact = view.visible[thing.id].nearest_distance
        inputs = {"camera": view.camera_index, "object": thing.id, "exact_m": round(float(exact), 4)}
        answer = self.answer(view, inputs)
        return Draft(
            task=self.name,
            question=draw(rng, TEMPLATES).format(a=thing.category),
            answer=answer,
            reasoning=(
                f"Across the picture, {thing.category} {view.across(thing.id)} of 100. "
                f"Distance: {thing.category} {answer.value:.1f} m."
            ),
            program=Program(name=self.name, inputs=inputs),
            topic=thing.category,
            bucket=str(bucket(exact)),
        )


def clear(view: View, thing: Object) -> bool:
    """Whether enough of the object shows, wholly inside the picture and not too near, to measure to it."""
    shown = view.visible[thing.id]
    measured = NEAREST <= shown.nearest_distance < math.inf
    return not shown.truncated and shown.fraction >= MIN_FRACTION and measured


def bucket(value: float, ratio: float = 1.25) -> int:
    """Number of the logarithmic bin, `ratio` wide, of a positive value."""
    return int(np.floor(np.log(value) / np.log(ratio)))
