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
from waywiser.tasks.visual_cues import (
    MAX_CUE_ERROR,
    SizeCue,
    extent_in_depth,
    format_meters,
    position_in_words,
    round_assumed,
    size_cues,
)
from waywiser.tasks.wording import fov_note

MIN_DISTANCE = 1.0
"""Metres. Closer than this, rounding to 0.1 m would move an answer by more than 5 %."""
MAX_DISTANCE = 6.0
"""Meters. Beyond, nobody judges a distance in a home by eye."""
MIN_VISIBLE_FRACTION = 0.5

TEMPLATES = (
    "How far is the nearest point of the {a} from the camera, in meters?",
    "How many meters away from the camera is the {a}, measured to its nearest point?",
    "What is the distance in meters from the camera to the nearest part of the {a}?",
    "Estimate the distance from the camera to the closest point of the {a}, in meters.",
    "How far away from the camera is the {a}? Give the distance to its nearest point in meters.",
    "In meters, how far is the closest part of the {a} from the camera?",
    (
        "What is the straight-line distance, in meters, from the camera to the nearest point of"
        " the {a}?"
    ),
    "Measured to its nearest point, how many meters is the {a} from the camera?",
)


@register_task(seed=3)
class CameraDistance(ImageTask):
    """Straight distance from the camera's centre to the nearest visible surface point of an object
    of unique category, at least half of it unhidden and no part of it cut by the picture's edge
    (what lies outside might be nearer), 1 to 6 m away, and of a size
    that tells the distance. The answer is rounded to 0.1 m; the exact one stays in the
    program. A number has no decision boundary, hence no margin.
    """

    name = "camera_distance"
    kind = "number"
    unit = "m"
    single_rooms = True
    category_tells = True
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
            f"{self.ask(rng, a=obj.category)} {fov_note(view.camera)}",
            subject=obj.category,
            answer_class=str(log_bin(exact)),
        )

    def explain(self, view: View, inputs: Inputs, answer: Answer) -> str:
        obj = view.object(inputs.object)
        estimate = next(
            (found for cue in size_cues(view, obj) if (found := estimate_distance(view, obj, cue))),
            None,
        )
        if estimate is None:
            return ""

        cue, off_axis, nearer, meters = estimate
        steps = [
            f"The {obj.category} is {position_in_words(view, obj.id)}.",
            cue.in_words(obj.category),
        ]
        distance = f"{cue.depth:.1f}"
        if off_axis > 1.04:
            steps.append(
                f"It lies off the center of the image, which makes the straight way {off_axis:.2f}"
                f" times as long: {cue.depth:.1f} x {off_axis:.2f} = {cue.depth * off_axis:.2f} m."
            )
            distance = f"{cue.depth * off_axis:.2f}"
        if nearer:
            steps.append(
                f"Its near side is about {format_meters(nearer)} m closer than its middle:"
                f" {distance} - {format_meters(nearer)} = {meters:.2f} m."
            )

        return f"{' '.join(steps)} That is good to about 10 %, so the distance is about {answer.value} m."


def is_distance_measurable(view: View, obj: Object) -> bool:
    """Whether enough of the object shows, wholly inside the picture and not too near, to measure to
    it.
    """
    visibility = view.visible[obj.id]
    measured = MIN_DISTANCE <= visibility.nearest_distance <= MAX_DISTANCE
    return not visibility.truncated and visibility.fraction >= MIN_VISIBLE_FRACTION and measured


def estimate_distance(
    view: View, obj: Object, cue: SizeCue
) -> tuple[SizeCue, float, float, float] | None:
    """The distance to the nearest point that follows from a size cue.

    Returns:
        The cue, the factor for the way off the optical axis (to 0.01), how much closer the near
        side is in meters (as sizes are assumed), and the distance in meters (to 1 cm); None where that is too
        far from the truth.
    """
    u, v = view.visible[obj.id].centroid
    camera = view.camera
    off_axis = round(math.hypot(1.0, (u - camera.cx) / camera.fx, (v - camera.cy) / camera.fy), 2)
    half = extent_in_depth(camera, obj) / 2
    nearer = round_assumed(half) if half >= 0.025 else 0.0
    meters = round(cue.depth * (off_axis if off_axis > 1.04 else 1.0), 2) - nearer
    exact = view.visible[obj.id].nearest_distance

    if abs(meters - exact) > MAX_CUE_ERROR * exact:
        return None
    return cue, off_axis, nearer, round(meters, 2)


def log_bin(value: float, ratio: float = 1.25) -> int:
    """Number of the logarithmic bin, `ratio` wide, of a positive value."""
    return int(np.floor(np.log(value) / np.log(ratio)))
