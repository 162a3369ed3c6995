"""Absolute distance: how far apart are two objects of the scene?"""

from itertools import combinations

import numpy as np

from waywiser.rendering.boxes import box_distance, box_distances
from waywiser.sample import Answer
from waywiser.scenes.scene import Object
from waywiser.tasks.base import (
    MIN_OUTLINE_FRACTION,
    ClipTask,
    ObjectId,
    Question,
    is_clearly_visible,
    sample_up_to,
)
from waywiser.tasks.camera_distance import log_bin
from waywiser.tasks.clip_view import ClipView, static_objects
from waywiser.tasks.registry import register_task
from waywiser.tasks.wording import format_measure, round_meters

MIN_DISTANCE = 0.2
"""Metres. What nearly touches is not asked about."""

TEMPLATES = (
    "How far apart are the {a} and the {b} in the video, in metres, between their nearest points?",
    "What is the distance in metres between the nearest points of the {a} and the {b}?",
    "Measured from the closest point of each, how many metres lie between the {a} and the {b}?",
    "How many metres is it from the {a} to the {b}, taking their nearest points?",
    "Estimate the smallest distance between the {a} and the {b} in metres.",
    "In metres, how wide is the gap between the {a} and the {b} where they are closest?",
    "Give the shortest straight distance between the {a} and the {b} in metres.",
    (
        "If a tape were stretched between the closest points of the {a} and the {b}, how many"
        " metres would it measure?"
    ),
    "How far is the {a} from the {b} at their closest, in metres?",
)


@register_task(seed=13)
class AbsoluteDistance(ClipTask):
    """Smallest distance between the oriented boxes of two objects, exact (no sampling), at least 20
    cm.

    Both have a word of their own in all of the video, do not move, and at least half of each shows
    in some frame. The answer is rounded to 0.1 m (below 1 m to 0.01 m); the exact one stays in the
    program. No margin.
    """

    name = "absolute_distance"
    kind = "number"
    unit = "m"
    needs = "video"
    scan_needs = ("objects", "boxes", "frames", "times")
    templates = TEMPLATES

    class Inputs(ClipTask.Inputs):
        a: ObjectId
        b: ObjectId
        exact_m: float

    def propose(self, clip_view: ClipView, rng: np.random.Generator) -> list[Question]:
        pairs = list(
            combinations(
                [obj for obj in static_objects(clip_view) if is_half_visible(clip_view, obj)], 2
            )
        )

        exact_N = box_distances([a.box for a, _ in pairs], [b.box for _, b in pairs])
        far = [
            pair
            for pair, exact in zip(pairs, exact_N.tolist(), strict=True)
            if exact >= MIN_DISTANCE
        ]

        return [
            self._build_question(clip_view, *sample_up_to(rng, pair), rng=rng)
            for pair in sample_up_to(rng, far)
        ]

    def answer(self, clip_view: ClipView, inputs: Inputs) -> Answer:
        exact = box_distance(clip_view.object(inputs.a).box, clip_view.object(inputs.b).box)
        return Answer(kind="number", value=round_meters(exact), unit=self.unit)

    def _build_question(
        self, clip_view: ClipView, a: Object, b: Object, *, rng: np.random.Generator
    ) -> Question:
        exact = box_distance(a.box, b.box)

        return self.question(
            clip_view,
            self.Inputs(clip=clip_view.clip_index, a=a.id, b=b.id, exact_m=round(exact, 4)),
            self.ask(rng, a=a.category, b=b.category),
            subject=" ".join(sorted((a.category, b.category))),
            answer_class=str(log_bin(exact)),
        )

    def explain(self, clip_view: ClipView, inputs: Inputs, answer: Answer) -> str:
        a, b = (clip_view.object(i) for i in (inputs.a, inputs.b))
        level = float(np.hypot(*np.subtract(a.box.center[:2], b.box.center[:2])))
        sizes = " and ".join(f"{obj.category} {100 * max(obj.box.size):.0f} cm" for obj in (a, b))
        metres = format_measure(float(answer.value))  # type: ignore[arg-type] - a number task

        return (
            f"Their middles are about {level:.1f} m apart on the floor. Longest sides: {sizes}. "
            f"Between the nearest points that leaves about {metres} m."
        )


def is_half_visible(clip_view: ClipView, obj: Object) -> bool:
    """Whether some frame shows the object plainly and at least half of it."""
    return any(
        is_clearly_visible(view, obj.id) and view.visible[obj.id].fraction >= MIN_OUTLINE_FRACTION
        for view in clip_view.views
    )
