"""Object size: how long is the longest side of an object?"""

from typing import Literal

import numpy as np

from waywiser.sample import Answer
from waywiser.scenes.scene import Object
from waywiser.tasks.base import (
    ImageTask,
    ObjectId,
    Question,
    View,
    is_clearly_visible,
    sample_up_to,
    uniquely_named,
)
from waywiser.tasks.camera_distance import log_bin
from waywiser.tasks.registry import register_task
from waywiser.tasks.visual_cues import (
    MAX_CUE_ERROR,
    format_meters,
    image_span,
    position_in_words,
    size_cues,
    view_factor,
)
from waywiser.tasks.wording import fov_note

MIN_SIZE_CM = 15.0
"""Centimeters. Smaller things are hard to measure in an image of a room; rounding moves them by >
3 %.
"""
MIN_VISIBLE_FRACTION = 0.9
MAX_DEPTH_DIFFERENCE = 0.15
"""Relative difference of the depths up to which a neighbor counts as equally far away."""
DEPTH_STEP = 0.2
"""Meters to which a depth is judged by eye."""

TEMPLATES = {
    "height": (
        "How tall is the {a}, in centimeters?",
        "What is the height of the {a} in centimeters?",
        "Estimate the height of the {a} in centimeters.",
        "How many centimeters tall is the {a}?",
        "How high is the {a} from its bottom to its top, in centimeters?",
        "In centimeters, how tall is the {a}?",
        "What would you measure from the bottom to the top of the {a}, in centimeters?",
        "Roughly how tall is the {a}? Answer in centimeters.",
    ),
    "length": (
        "What is the longest dimension of the {a} (length, width or height), in centimeters?",
        "How long is the {a} along its longest dimension, in centimeters?",
        "Estimate the largest dimension of the {a} in centimeters.",
        "Of the length, width and height of the {a}, what is the largest, in centimeters?",
        "In centimeters, how much does the {a} measure along its longest dimension?",
        "What is the largest of the {a}'s length, width and height, in centimeters?",
        "How many centimeters long is the longest dimension of the {a}?",
        "If you measured the {a} along its longest dimension, how many centimeters would it be?",
    ),
}


UPRIGHT_RATIO = 1.0
"""Of what is taller than wide and deep, by this factor, the height is asked; else the longest side."""


@register_task(seed=4)
class ObjectSize(ImageTask):
    """Height of an upright object, or the longest dimension of its box (VSI-Bench's definition) of
    any other: in both cases its longest side.

    The object has a unique category, is wholly in the image and at least 90 % unhidden, and
    something tells its size: a neighbor of known size at about its depth, or its depth itself. The
    answer is rounded to 1 cm; the exact one stays in the program. No margin.
    """

    name = "object_size"
    kind = "number"
    unit = "cm"
    scan_needs = ("objects", "boxes")
    single_rooms = True
    category_tells = True
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
        text = self.ask(rng, "height" if is_upright(obj) else "length", a=obj.category)

        return self.question(
            view,
            self.Inputs(camera=view.camera_index, object=obj.id, exact_cm=round(exact, 2)),
            f"{text} {fov_note(view.camera)}",
            subject=obj.category,
            answer_class=str(log_bin(exact)),
        )

    def explain(self, view: View, inputs: Inputs, answer: Answer) -> str:
        obj = view.object(inputs.object)
        visible = [view.object(i) for i in view.visible if i != obj.id]
        neighbors = [other for other in visible if is_clearly_visible(view, other.id)]
        cue = next(
            (text for other in neighbors if (text := explain_by_neighbor(view, obj, other))),
            "",
        ) or explain_by_depth(view, obj)
        if not cue:
            return ""

        where = f"The {obj.category} is {position_in_words(view, obj.id)}."
        word = "tall" if is_upright(obj) else "long"
        return f"{where} {cue} So it is about {answer.value:.0f} cm {word}, give or take a tenth."


def longest_side_cm(obj: Object) -> float:
    """Longest side of the object's box, in centimeters."""
    return 100.0 * max(obj.box.size)


def is_upright(obj: Object) -> bool:
    """Whether the object's longest side is its height."""
    width, depth, height = obj.box.size
    return height >= UPRIGHT_RATIO * max(width, depth)


def is_size_measurable(view: View, obj: Object) -> bool:
    """Whether the object shows nearly all of itself and is large enough to measure."""
    visibility = view.visible[obj.id]
    return (
        not visibility.truncated
        and visibility.fraction >= MIN_VISIBLE_FRACTION
        and longest_side_cm(obj) >= MIN_SIZE_CM
    )


def explain_by_neighbor(view: View, obj: Object, other: Object) -> str:
    """The object's size by that of something as far away; empty if they do not agree.

    Example: the chair beside it is about 0.9 m tall and spans 20 % of the image height.
    """
    cues = size_cues(view, other)[:1]
    depths = [middle_depth(view, one) for one in (obj, other)]
    if not cues or abs(depths[0] / depths[1] - 1) > MAX_DEPTH_DIFFERENCE:
        return ""

    [cue] = cues
    meters_per_percent = cue.assumed / cue.percent
    percent, axis = span_along_longest(view, obj)
    meters = round(percent * meters_per_percent, 2)
    if axis != cue.axis or abs(100 * meters / longest_side_cm(obj) - 1) > MAX_CUE_ERROR:
        return ""

    return (
        f"The {other.category} is about as far from the camera. It is about"
        f" {format_meters(cue.assumed)} m {'tall' if axis == 'height' else 'wide from here'} and"
        f" spans {cue.percent} % of the image {axis}; the {obj.category} spans {percent} %:"
        f" {format_meters(cue.assumed)} x {percent} / {cue.percent} = {meters:.2f} m."
    )


def explain_by_depth(view: View, obj: Object) -> str:
    """The object's size by how far away it is and how much of the image it spans; empty if off."""
    depth = round(middle_depth(view, obj) / DEPTH_STEP) * DEPTH_STEP
    percent, axis = span_along_longest(view, obj)
    factor = view_factor(view.camera, axis)
    across = round(depth * factor, 2)  # as it is written, so that a reader gets the same product
    meters = round(across * percent / 100, 2)
    if depth <= 0 or abs(100 * meters / longest_side_cm(obj) - 1) > MAX_CUE_ERROR:
        return ""

    return (
        f"I judge it to be about {depth:.1f} m away. There the image {axis} covers {depth:.1f} x"
        f" {factor:.2f} = {across:.2f} m. The {obj.category} spans {percent} % of it:"
        f" {percent / 100:.2f} x {across:.2f} = {meters:.2f} m."
    )


def middle_depth(view: View, obj: Object) -> float:
    """Depth of the middle of the object's box along the optical axis, in meters."""
    return float(view.camera.to_camera(np.asarray(obj.box.center)[None])[0, 2])


def span_along_longest(view: View, obj: Object) -> tuple[int, Literal["width", "height"]]:
    """Percent of the image that the object spans along the axis on which its longest side shows."""
    span = image_span(view, obj.id)
    return (span.height, "height") if is_upright(obj) else (span.width, "width")
