"""Camera distance: how far is the nearest visible point of an object from the camera?"""

import math

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

MIN_DISTANCE = 1.0
"""Metres. Closer than this, rounding to 0.1 m would move an answer by more than 5 %."""
MIN_VISIBLE_FRACTION = 0.5

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


@register_task(seed=3)
class CameraDistance(ImageTask):
    """Straight distance from the camera's centre to the nearest visible surface point of an object
    of unique category, at least half of it unhidden and no part of it cut by the picture's edge
    (what lies outside might be nearer). The answer is rounded to 0.1 m; the exact one stays in the
    program. A number has no decision boundary, hence no margin.
    """

    name = "camera_distance"
    kind = "number"
    unit = "m"
    single_rooms = True
    templates = TEMPLATES

    class Inputs(ImageTask.Inputs):
        object: ObjectId
        exact_m: float

    def propose(self, view: View, rng: np.random.Generator) -> list[Question]:
        return [
            self._build_question(view, obj, rng)
            for obj in sample_up_to(
                rng, [o for o in uniquely_named(view) if is_distance_measurable(view, o)]
            )
        ]

    def answer(self, view: View, inputs: Inputs) -> Answer:
        distance = view.visible[inputs.object].nearest_distance
        return Answer(kind="number", value=round(distance, 1), unit=self.unit)

    def _build_question(self, view: View, obj: Object, rng: np.random.Generator) -> Question:
        exact = view.visible[obj.id].nearest_distance

        return self.question(
            view,
            self.Inputs(camera=view.camera_index, object=obj.id, exact_m=round(float(exact), 4)),
            self.ask(rng, a=obj.category),
            subject=obj.category,
            answer_class=str(log_bin(exact)),
        )

    def explain(self, view: View, inputs: Inputs, answer: Answer) -> str:
        category = view.object(inputs.object).category
        return (
            f"Across the picture, {category} {view.x_percent(inputs.object)} of 100. "
            f"Distance: {category} {answer.value:.1f} m."
        )


def is_distance_measurable(view: View, obj: Object) -> bool:
    """Whether enough of the object shows, wholly inside the picture and not too near, to measure to
    it.
    """
    visibility = view.visible[obj.id]
    measured = MIN_DISTANCE <= visibility.nearest_distance < math.inf
    return not visibility.truncated and visibility.fraction >= MIN_VISIBLE_FRACTION and measured


def log_bin(value: float, ratio: float = 1.25) -> int:
    """Number of the logarithmic bin, `ratio` wide, of a positive value."""
    return int(np.floor(np.log(value) / np.log(ratio)))
