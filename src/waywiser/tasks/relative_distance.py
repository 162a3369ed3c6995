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
from waywiser.tasks.registry import register_task
from waywiser.tasks.wording import list_short_options

MIN_RELATIVE_GAP = 0.15
"""The closest is told from the next only when they differ by this fraction of its distance ..."""
MIN_GAP = 0.15
"""... and by so many metres. No candidate is nearer than this either: what touches needs no
measuring.
"""
MAX_CANDIDATES = 4

TEMPLATES = (
    "Which is closest to the {anchor} in the room: {list}?",
    "Of these objects, which one stands closest to the {anchor}: {list}?",
    "Measured between their nearest points in the room, which is closest to the {anchor}: {list}?",
    "Which object is nearest to the {anchor} in real space: {list}?",
    "In three dimensions, which of these is nearest to the {anchor}: {list}?",
    "Which of the following has the smallest distance to the {anchor} in the room: {list}?",
    "Among {list}, which is the closest one to the {anchor}?",
    "Not in the picture but in the room: which of {list} is nearest to the {anchor}?",
    "From the {anchor}, which is the least far away in the room: {list}?",
)


@register_task(seed=6)
class RelativeDistance(ImageTask):
    """Smallest distance between the oriented boxes in the room, exact, from the anchor to two to
    four candidates.

    All are of unique category and their outline can be told (wholly in the picture, half unhidden).
    The closest candidate is at least 15 cm away, and the next one farther by at least 15 % and 15
    cm. `margin` is that gap in metres.
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

        return self.question(
            view,
            inputs,
            f"{self.ask(rng, anchor=anchor.category, list=listed)} {list_short_options(names)}",
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
        measures = ", ".join(
            f"{obj.category} {d:.1f} m"
            for obj, d in zip(objects, distances_to_anchor(anchor, objects), strict=True)
        )

        return (
            f"From the {anchor.category} at {view.visible[anchor.id].nearest_distance:.1f} m:"
            f" {measures}, so the {answer.value} is closest."
        )


def distances_to_anchor(anchor: Object, objects: Sequence[Object]) -> np.ndarray:
    """(N,) distances in metres from the anchor's box to those of the things."""
    return box_distances([anchor.box] * len(objects), [obj.box for obj in objects])


def distance_lead(metres: Sequence[float]) -> float | None:
    """By how much the closest leads in metres, or None where it is too near or leads by too little."""
    first, second = sorted(metres)[:2]
    if first < MIN_GAP or second - first < max(MIN_GAP, MIN_RELATIVE_GAP * first):
        return None
    return second - first
