"""Relative distance: which of several objects is closest to an anchor object?"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from waywiser.rendering.boxes import box_distances
from waywiser.sample import Answer
from waywiser.scenes.scene import Object
from waywiser.tasks.base import (
    MAX_QUESTIONS,
    ImageTask,
    ObjectId,
    Question,
    View,
    is_fully_visible,
    sample_up_to,
    uniquely_named,
)
from waywiser.tasks.floor_map import FloorMap, sketch_map
from waywiser.tasks.registry import register_task
from waywiser.tasks.visual_cues import position_in_words
from waywiser.tasks.wording import list_short_options

MIN_RELATIVE_GAP = 0.25
"""The closest is told from the next only when they differ by this fraction of its distance ..."""
MIN_GAP = 0.3
"""... and by this many meters, so that an eye can tell."""
MIN_DISTANCE = 0.15
"""Meters. No candidate is nearer than this: what touches needs no measuring."""
MAX_CANDIDATES = 4

TEMPLATES = {
    "two": (
        "Which is closer to the {anchor}, {list}?",
        "Which of these two is closer to the {anchor}: {list}?",
        "Measured between their closest points, which is nearer to the {anchor}, {list}?",
        "In the room, which is nearer to the {anchor}: {list}?",
        "Which one is the shorter distance from the {anchor}, {list}?",
        "Starting at the {anchor}, which is closer, {list}?",
        "In real space, which is closer to the {anchor}, {list}?",
        "Comparing distances in the room, which one is nearer to the {anchor}: {list}?",
    ),
    "more": (
        "Which is closest to the {anchor}: {list}?",
        "Which of these objects is closest to the {anchor}: {list}?",
        "Measured between their closest points, which is nearest to the {anchor}: {list}?",
        "In the room, which of these is nearest to the {anchor}: {list}?",
        "Which object is the shortest distance from the {anchor}: {list}?",
        "Starting at the {anchor}, which of these is closest: {list}?",
        "In real space, which of these is closest to the {anchor}: {list}?",
        "Comparing distances in the room, which one is nearest to the {anchor}: {list}?",
    ),
}


@register_task(seed=6)
class RelativeDistance(ImageTask):
    """Smallest distance between the oriented boxes in the room, exact, from the anchor to two to
    four candidates.

    All are of unique category and their outline can be told (wholly in the picture, half unhidden).
    The closest candidate is at least 15 cm away, and the next one farther by at least 25 % and 30
    cm. `margin` is that gap in meters.
    """

    name = "relative_distance"
    kind = "choice"
    scan_needs = ("objects", "boxes")
    templates = TEMPLATES

    class Inputs(ImageTask.Inputs):
        anchor: ObjectId
        candidates: tuple[ObjectId, ...]
        exact_m: tuple[float, ...]

    def propose(self, view: View, rng: np.random.Generator) -> list[Question]:
        objects = [obj for obj in uniquely_named(view) if is_fully_visible(view, obj.id)]
        questions: list[Question] = []

        for anchor in sample_up_to(rng, objects):
            others = [obj for obj in objects if obj is not anchor]
            apart = dict(
                zip(
                    [o.id for o in others],
                    distances_to_anchor(anchor, others).tolist(),
                    strict=True,
                )
            )

            groups = [
                group
                for count in range(2, MAX_CANDIDATES + 1)
                for group in combinations(others, count)
                if distance_lead([apart[o.id] for o in group]) is not None
            ]

            questions += [
                self._build_question(view, anchor, sample_up_to(rng, group), rng)
                for group in sample_up_to(rng, groups, 2)
            ]

        return questions[:MAX_QUESTIONS]

    def answer(self, view: View, inputs: Inputs) -> Answer:
        objects = [view.object(i) for i in inputs.candidates]
        nearest = objects[int(np.argmin(distances_to_anchor(view.object(inputs.anchor), objects)))]

        return Answer(
            kind="choice", value=nearest.category, options=[obj.category for obj in objects]
        )

    def _build_question(
        self, view: View, anchor: Object, objects: list[Object], rng: np.random.Generator
    ) -> Question:
        exact = distances_to_anchor(anchor, objects)
        inputs = self.Inputs(
            camera=view.camera_index,
            anchor=anchor.id,
            candidates=tuple(obj.id for obj in objects),
            exact_m=tuple(round(float(d), 4) for d in exact),
        )

        answer = self.answer(view, inputs)
        order = np.argsort(exact)
        names = [obj.category for obj in objects]
        listed = f"{', '.join(f'the {n}' for n in names[:-1])} or the {names[-1]}"
        group = "two" if len(names) == 2 else "more"
        text = self.ask(rng, group, anchor=anchor.category, list=listed)

        return self.question(
            view,
            inputs,
            f"{text} {list_short_options(names)}",
            answer=answer,
            margin=distance_lead(exact.tolist()),
            subject=anchor.category,
            answer_class=f"{len(objects)} {names.index(str(answer.value))}",
            subtask=str(len(objects)),
            complexity=len(objects),
            compared=(objects[order[0]].category, objects[order[1]].category),
        )

    def explain(self, view: View, inputs: Inputs, answer: Answer) -> str:
        anchor = view.object(inputs.anchor)
        objects = [view.object(i) for i in inputs.candidates]
        nearest = next(i for i, obj in enumerate(objects) if obj.category == answer.value)

        def is_faithful(sketched: FloorMap) -> bool:
            meters = [
                round(float(np.hypot(*sketched.move(0, 1 + i))), 1) for i in range(len(objects))
            ]
            others = [m for i, m in enumerate(meters) if i != nearest]
            return meters[nearest] + 0.1 <= min(others)

        places = [obj.box.center[:2] for obj in (anchor, *objects)]
        sketched = sketch_map(view.camera, places, is_faithful)
        if sketched is None:
            return ""

        told = [
            f"{obj.category} {sketched.format(i)}, {np.hypot(*sketched.move(0, i)):.1f} m from it"
            for i, obj in enumerate(objects, start=1)
        ]
        return (
            f"I sketch the floor from above, in meters, with the camera at (0, 0) and looking along"
            f" the second axis. The {anchor.category}, {position_in_words(view, anchor.id)}, is at"
            f" about {sketched.format(0)}. The others: {'; '.join(told)}. The {answer.value} is"
            f" {'closer' if len(objects) == 2 else 'closest'}."
        )


def distances_to_anchor(anchor: Object, objects: Sequence[Object]) -> np.ndarray:
    """(N,) distances in metres from the anchor's box to those of the things."""
    return box_distances([anchor.box] * len(objects), [obj.box for obj in objects])


def distance_lead(metres: Sequence[float]) -> float | None:
    """By how much the closest leads in metres, or None where it is too near or leads by too little."""
    first, second = sorted(metres)[:2]
    if first < MIN_DISTANCE or second - first < max(MIN_GAP, MIN_RELATIVE_GAP * first):
        return None
    return second - first
