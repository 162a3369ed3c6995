"""Absolute distance: how far apart are two objects of the scene?"""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np

from waywiser.rendering.boxes import box_distance, box_distances
from waywiser.sample import Answer, AnswerKind, Program
from waywiser.scenes.scene import Object
from waywiser.tasks._base import OUTLINE_FRACTION, Draft, Needs, draw, plain, some
from waywiser.tasks._footage import Footage, still
from waywiser.tasks._words import metres, said
from waywiser.tasks.camera_distance import bucket

LEAST = 0.2
"""Metres. What nearly touches is not asked about."""

TEMPLATES = (
    "How far apart are the {a} and the {b} in the video, in metres, between their nearest points?",
    "What is the distance in metres between the nearest points of the {a} and the {b}?",
    "Measured from the closest point of each, how many metres lie between the {a} and the {b}?",
    "How many metres is it from the {a} to the {b}, taking their nearest points?",
    "Estimate the smallest distance between the {a} and the {b} in metres.",
    "In metres, how wide is the gap between the {a} and the {b} where they are closest?",
    "Give the shortest straight distance between the {a} and the {b} in metres.",
    "If a tape were stretched between the closest points of the {a} and the {b}, how many metres would it measure?",
    "How far is the {a} from the {b} at their closest, in metres?",
)


class AbsoluteDistance:
    """Smallest distance between the oriented boxes of two objects, exact (no sampling), at least 20 cm.

    Both have a word of their own in all of the video, do not move, and at least half of each shows in some frame.
    The answer is rounded to 0.1 m (below 1 m to 0.01 m); the exact one stays in the program. No margin.
    """

    name = "absolute_distance"
    kind: AnswerKind = "number"
    unit: str | None = "m"
    needs: Needs = "video"

    def questions(self, footage: Footage, rng: np.random.Generator) -> list[Draft]:
        pairs = list(combinations([thing for thing in still(footage) if half_shown(footage, thing)], 2))
        exact_N = box_distances([a.box for a, _ in pairs], [b.box for _, b in pairs])
        far = [pair for pair, exact in zip(pairs, exact_N.tolist(), strict=True) if exact >= LEAST]
        return [self._draft(footage, *some(rng, pair), rng=rng) for pair in some(rng, far)]

    def answer(self, footage: Footage, inputs: Mapping[str, Any]) -> Answer:
        exact = box_distance(footage.object(inputs["a"]).box, footage.object(inputs["b"]).box)
        return Answer(kind="number", value=metres(exact), unit=self.unit)

    def _draft(self, footage: Footage, a: Object, b: Object, *, rng: np.random.Generator) -> Draft:
        exact = box_distance(a.box, b.box)
        inputs = footage.inputs(a=a.id, b=b.id, exact_m=round(exact, 4))
        answer = self.answer(footage, inputs)
        level = float(np.hypot(*np.subtract(a.box.center[:2], b.box.center[:2])))
        sizes = " and ".join(f"{thing.category} {100 * max(thing.box.size):.0f} cm" for thing in (a, b))
        return Draft(
            task=self.name,
            question=draw(rng, TEMPLATES).format(a=a.category, b=b.category),
            answer=answer,
            reasoning=(
                f"Their middles are about {level:.1f} m apart on the floor. Longest sides: {sizes}. "
                f"Between the nearest points that leaves about {said(float(answer.value))} m."  # type: ignore[arg-type]
            ),
            program=Program(name=self.name, inputs=inputs),
            topic=" ".join(sorted((a.category, b.category))),
            bucket=str(bucket(exact)),
        )


def half_shown(footage: Footage, thing: Object) -> bool:
    """Whether some frame shows the object plainly and at least half of it."""
    return any(plain(view, thing.id) and view.visible[thing.id].fraction >= OUTLINE_FRACTION for view in footage.views)
