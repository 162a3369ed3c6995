"""Relative distance: which of several objects is closest to an anchor object?"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from waywiser.rendering.boxes import box_distances
from waywiser.sample import Answer, AnswerKind, Program
from waywiser.scenes.scene import Object
from waywiser.tasks._base import MAX_DRAFTS, Draft, Needs, View, draw, nameable, outlined, some
from waywiser.tasks._words import one_of

GAP = 0.15
"""The closest is told from the next only when they differ by this fraction of its distance ..."""
LEAST_GAP = 0.15
"""... and by so many metres. No candidate is nearer than this either: what touches needs no measuring."""
MOST_CANDIDATES = 4

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


class RelativeDistance:
    """Smallest distance between the oriented boxes in the room, exact, from the anchor to two to four candidates.

    All are of unique category and their outline can be told (wholly in the picture, half unhidden). The closest
    candidate is at least 15 cm away, and the next one farther by at least 15 % and 15 cm. `margin` is that gap in
    metres.
    """

    name = "relative_distance"
    kind: AnswerKind = "choice"
    unit: str | None = None
    needs: Needs = "image"

    def questions(self, view: View, rng: np.random.Generator) -> list[Draft]:
        things = [thing for thing in nameable(view) if outlined(view, thing.id)]
        drafts: list[Draft] = []
        for anchor in some(rng, things):
            others = [thing for thing in things if thing is not anchor]
            apart = dict(zip([o.id for o in others], distances(anchor, others).tolist(), strict=True))
            groups = [
                group
                for count in range(2, MOST_CANDIDATES + 1)
                for group in combinations(others, count)
                if gap([apart[o.id] for o in group]) is not None
            ]
            drafts += [self._draft(view, anchor, some(rng, group), rng) for group in some(rng, groups, 2)]
        return drafts[:MAX_DRAFTS]

    def answer(self, view: View, inputs: Mapping[str, Any]) -> Answer:
        things = [view.object(i) for i in inputs["candidates"]]
        nearest = things[int(np.argmin(distances(view.object(inputs["anchor"]), things)))]
        return Answer(kind="choice", value=nearest.category, options=[thing.category for thing in things])

    def _draft(self, view: View, anchor: Object, things: list[Object], rng: np.random.Generator) -> Draft:
        exact = distances(anchor, things)
        inputs = {
            "camera": view.camera_index, "anchor": anchor.id, "candidates": [thing.id for thing in things],
            "exact_m": [round(float(d), 4) for d in exact],
        }  # fmt: skip
        answer = self.answer(view, inputs)
        order = np.argsort(exact)
        names = [thing.category for thing in things]
        told = ", ".join(f"{name} {d:.1f} m" for name, d in zip(names, exact, strict=True))
        listed = f"{', '.join(f'the {n}' for n in names[:-1])} or the {names[-1]}"
        return Draft(
            task=self.name,
            question=f"{draw(rng, TEMPLATES).format(anchor=anchor.category, list=listed)} {one_of(names)}",
            answer=answer,
            reasoning=(
                f"From the {anchor.category} at {view.visible[anchor.id].nearest_distance:.1f} m: {told}, "
                f"so the {answer.value} is closest."
            ),
            program=Program(name=self.name, inputs=inputs),
            margin=gap(exact.tolist()),
            topic=anchor.category,
            bucket=f"{len(things)} {names.index(str(answer.value))}",
            family=str(len(things)),
            rivals=(things[order[0]].category, things[order[1]].category),
        )


def distances(anchor: Object, things: Sequence[Object]) -> np.ndarray:
    """(N,) distances in metres from the anchor's box to those of the things."""
    return box_distances([anchor.box] * len(things), [thing.box for thing in things])


def gap(metres: Sequence[float]) -> float | None:
    """By how much the closest leads in metres, or None where it is too near or leads by too little."""
    first, second = sorted(metres)[:2]
    if first < LEAST_GAP or second - first < max(LEAST_GAP, GAP * first):
        return None
    return second - first
