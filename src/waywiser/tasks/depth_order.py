"""Depth order: which of two objects is closer to the camera?"""

import math
from itertools import combinations

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
from waywiser.tasks.visible_objects import stands_on_floor
from waywiser.tasks.visual_cues import (
    format_meters,
    image_span,
    pick_style,
    position_in_words,
    size_cues,
    with_article,
)

MIN_RELATIVE_GAP = 0.2
"""Two depths are told apart by eye only when they differ by this fraction of the nearer one ..."""
MIN_GAP = 0.3
"""... and by this many meters."""
MIN_BASE_GAP = 3
"""Percent of the image height by which the base of the nearer object is lower."""
MAX_BASE_ERROR = 4
"""Percent of the image height by which the lowest visible pixel may miss the foot of the box."""

TEMPLATES = (
    "Which is closer to the camera, the {x} or the {y}?",
    "Which one is nearer to the camera, the {x} or the {y}?",
    "Is the {x} or the {y} closer to the camera?",
    "Of the {x} and the {y}, which is nearer to the camera?",
    "Between the {x} and the {y}, which one is closer to the camera?",
    "Which object is closer to where the image was taken, the {x} or the {y}?",
    "If you walked from the camera to the nearer one, would you reach the {x} or the {y}?",
    "Which of these two is nearer to the camera: the {x} or the {y}?",
)


@register_task(seed=1)
class DepthOrder(ImageTask):
    """Compares the nearest visible points of two objects of unique category.

    Depth along the optical axis and straight distance must agree on the order, each with a gap of
    20 % of the nearer one and of 30 cm, so that "closer" has one meaning and an eye can tell.
    `margin` is the gap in depth, in meters.
    """

    name = "depth_order"
    kind = "choice"
    single_rooms = True
    templates = TEMPLATES

    class Inputs(ImageTask.Inputs):
        objects: tuple[ObjectId, ObjectId]

    def propose(self, view: View, rng: np.random.Generator) -> list[Question]:
        pairs = [
            pair
            for pair in combinations(uniquely_named(view), 2)
            if have_clear_depth_order(view, *pair)
        ]

        return [
            self._build_question(view, *sample_up_to(rng, pair), rng=rng)
            for pair in sample_up_to(rng, pairs)
        ]

    def answer(self, view: View, inputs: Inputs) -> Answer:
        ids = inputs.objects
        winner = min(ids, key=lambda i: view.visible[i].nearest_depth)
        options = [view.object(i).category for i in ids]
        return Answer(kind="choice", value=view.object(winner).category, options=options)

    def _build_question(
        self, view: View, first: Object, second: Object, *, rng: np.random.Generator
    ) -> Question:
        inputs = self.Inputs(camera=view.camera_index, objects=(first.id, second.id))
        answer = self.answer(view, inputs)
        near, far = (first, second) if answer.value == first.category else (second, first)
        text = self.ask(rng, x=first.category, y=second.category)

        return self.question(
            view,
            inputs,
            f"{text} Answer with '{first.category}' or '{second.category}'.",
            answer=answer,
            margin=abs(view.visible[far.id].nearest_depth - view.visible[near.id].nearest_depth),
            subject=" ".join(sorted((near.category, far.category))),
            answer_class="first" if near is first else "second",
            compared=(near.category, far.category),
        )

    def explain(self, view: View, inputs: Inputs, answer: Answer) -> str:
        near, far = sorted(
            (view.object(i) for i in inputs.objects),
            key=lambda obj: view.visible[obj.id].nearest_depth,
        )
        cues = [
            text
            for text in (
                explain_by_base(view, near, far),
                explain_by_overlap(view, near, far),
                explain_by_size(view, near, far),
            )
            if text
        ]
        if not cues:
            return ""

        places = (
            f"The {near.category} is {position_in_words(view, near.id)} and the {far.category}"
            f" {position_in_words(view, far.id)}."
        )
        shown = cues[: 1 + int(pick_style(inputs, ("1", "2")) == "2")]
        return f"{places} {' '.join(shown)} So the {answer.value} is closer to the camera."


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


def explain_by_base(view: View, near: Object, far: Object) -> str:
    """The nearer of two things on the floor has its base lower in the image; empty if not so."""
    if not (stands_on_floor(near) and stands_on_floor(far)) or not shows_base(view, far):
        return ""

    base_near, base_far = (image_span(view, obj.id).bottom for obj in (near, far))
    if base_near - base_far < MIN_BASE_GAP:
        return ""

    is_cut = base_near >= 99
    if not is_cut and not shows_base(view, near):
        return ""

    where = (
        "reaches below the lower edge of the image"
        if is_cut
        else f"is at {base_near} % of the image height"
    )
    return (
        f"Both stand on the floor. The base of the {near.category} {where}, that of the"
        f" {far.category} is at {base_far} %; on the floor, lower in the image means nearer."
    )


def shows_base(view: View, obj: Object) -> bool:
    """Whether what shows of an object goes down to where it stands."""
    corners_8_3 = obj.box.corners
    floor_4_3 = corners_8_3[corners_8_3[:, 2] <= corners_8_3[:, 2].min() + 1e-6]
    if view.camera.to_camera(floor_4_3)[:, 2].min() <= 0:
        return False

    lowest = float(view.camera.project(floor_4_3)[:, 1].max()) / view.camera.height
    return lowest < 1 and abs(100 * lowest - image_span(view, obj.id).bottom) <= MAX_BASE_ERROR


def explain_by_overlap(view: View, near: Object, far: Object) -> str:
    """The nearer of two things hides a part of the other; empty if they do not overlap."""
    one, two = (view.visible[obj.id].bbox for obj in (near, far))
    overlaps = min(one[2], two[2]) - max(one[0], two[0]) > 0.25 * (two[2] - two[0]) and (
        min(one[3], two[3]) - max(one[1], two[1]) > 0.25 * (two[3] - two[1])
    )
    if not overlaps or view.visible[far.id].fraction > 0.85 or not hides(view, near, far):
        return ""

    return f"The {near.category} covers a part of the {far.category}, so it stands in front of it."


def hides(view: View, near: Object, far: Object) -> bool:
    """Whether most of what lies next to the far object's pixels in the picture is the near one."""
    ids_H_W = view.frame.ids
    mask_H_W = ids_H_W == far.id
    border = np.zeros_like(mask_H_W)
    border[:, 1:] |= mask_H_W[:, :-1]
    border[:, :-1] |= mask_H_W[:, 1:]
    border[:-1] |= mask_H_W[1:]
    beside = ids_H_W[border & ~mask_H_W]
    return bool((beside == near.id).sum() >= 0.2 * len(beside))


def explain_by_size(view: View, near: Object, far: Object) -> str:
    """Known sizes tell the depths of both, in the same order; empty if they do not."""
    cues = [size_cues(view, obj)[:1] for obj in (near, far)]
    if not all(cues) or cues[1][0].depth < 1.1 * cues[0][0].depth:
        return ""

    told = [
        f"{with_article(obj.category)} is about {format_meters(cue.assumed)} m"
        f" {'tall' if cue.axis == 'height' else 'wide from here'} and spans {cue.percent} % of the"
        f" image {cue.axis}, which puts it at about {format_meters(cue.assumed)} /"
        f" ({cue.percent / 100:.2f} x {cue.factor:.2f}) = {cue.depth:.1f} m"
        for obj, [cue] in zip((near, far), cues, strict=True)
    ]
    return f"{told[0]}. {told[1]}."
