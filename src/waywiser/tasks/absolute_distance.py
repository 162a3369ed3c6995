"""Absolute distance: how far apart are two objects of the scene?"""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np

from waywiser.rendering.boxes import box_distance, box_distances
from waywiser.sample import Answer, AnswerKind, Program
from waywiser.scenes.scene import Object
from waywiser.tasks.base import (
    MIN_OUTLINE_FRACTION,
    Needs,
    Question,
    is_clearly_visible,
    sample_one,
    sample_up_to,
)
from waywiser.tasks.camera_distance import log_bin
from waywiser.tasks.clip_view import ClipView, static_objects
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


class AbsoluteDistance:
    """Smallest distance between the oriented boxes of two objects, exact (no sampling), at least 20
    cm.

    Both have a word of their own in all of the video, do not move, and at least half of each shows
    in some frame. The answer is rounded to 0.1 m (below 1 m to 0.01 m); the exact one stays in the
    program. No margin.
    """

    name = "absolute_distance"
    kind: AnswerKind = "number"
    unit: str | None = "m"
    needs: Needs = "video"

    def questions(self, clip_view: ClipView, rng: np.random.Generator) -> list[Question]:
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

    def answer(self, clip_view: ClipView, inputs: Mapping[str, Any]) -> Answer:
        exact = box_distance(clip_view.object(inputs["a"]).box, clip_view.object(inputs["b"]).box)
        return Answer(kind="number", value=round_meters(exact), unit=self.unit)

    def _build_question(
        self, clip_view: ClipView, a: Object, b: Object, *, rng: np.random.Generator
    ) -> Question:
        exact = box_distance(a.box, b.box)
        inputs = clip_view.inputs(a=a.id, b=b.id, exact_m=round(exact, 4))
        answer = self.answer(clip_view, inputs)
        level = float(np.hypot(*np.subtract(a.box.center[:2], b.box.center[:2])))
        sizes = " and ".join(f"{obj.category} {100 * max(obj.box.size):.0f} cm" for obj in (a, b))

        return Question(
            task=self.name,
            question=sample_one(rng, TEMPLATES).format(a=a.category, b=b.category),
            answer=answer,
            reasoning=(
                f"Their middles are about {level:.1f} m apart on the floor. Longest sides:"
                f" {sizes}. "
                f"Between the nearest points that leaves about {format_measure(float(answer.value))} m."  # type: ignore[arg-type]
            ),
            program=Program(name=self.name, inputs=inputs),
            subject=" ".join(sorted((a.category, b.category))),
            answer_class=str(log_bin(exact)),
        )


def is_half_visible(clip_view: ClipView, obj: Object) -> bool:
    """Whether some frame shows the object plainly and at least half of it."""
    return any(
        is_clearly_visible(view, obj.id) and view.visible[obj.id].fraction >= MIN_OUTLINE_FRACTION
        for view in clip_view.views
    )
