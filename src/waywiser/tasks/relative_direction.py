"""Relative direction: standing at one object and facing another, where is a third?"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np

from waywiser.rendering.boxes import box_distances
from waywiser.sample import Answer, AnswerKind, Program
from waywiser.scenes.scene import Object
from waywiser.tasks._base import Draft, Needs, draw, some
from waywiser.tasks._directions import MARGIN, QUADRANTS, bearing, edge_gap, floor_point, quadrant
from waywiser.tasks._footage import Footage, still
from waywiser.tasks._words import one_of

LEAST_GAP, MOST_APART = 0.3, 5.0
"""Metres between any two of the three: at least so much between their boxes, at most so much between middles."""
BACK = 135.0
"""Degrees to either side from which on "back" begins, in the medium level."""

TEMPLATES = (
    "If you stand by the {stand} and face the {face}, is the {target} to your {options}?",
    "Standing at the {stand} and looking towards the {face}, in which direction is the {target}: {options}?",
    "You are at the {stand}, facing the {face}. Where is the {target} from you: {options}?",
    "Imagine you stand where the {stand} is and look at the {face}. The {target} is then to your ... {options}?",
    "From the {stand}, facing the {face}, would you find the {target} to your {options}?",
    "Take your place at the {stand} and turn to the {face}. On which side of you is the {target}: {options}?",
    "A person at the {stand} looks straight at the {face}. Is the {target} to this person's {options}?",
    "With the {stand} as your place and the {face} straight ahead, where is the {target}: {options}?",
    "Being at the {stand} and having turned towards the {face}, to which side do you have the {target}: {options}?",
)


@dataclass(frozen=True)
class _Scale:
    """The classes of a level and the directions (degrees from straight ahead) that bound them."""

    options: tuple[str, ...]
    edges: tuple[float, ...]


SCALES: dict[str, _Scale] = {
    "easy": _Scale(("left", "right"), (0.0, 180.0)),
    "medium": _Scale(("left", "right", "back"), (0.0, BACK, -BACK)),
    "hard": _Scale(QUADRANTS, (0.0, 90.0, 180.0, -90.0)),
}


class RelativeDirection:
    """Bearing, in the floor plan, of the target's middle from the middle of the object one stands at, measured from
    the direction to the middle of the object one faces.

    Levels: "easy" left or right; "medium" left, right, or back from 135 degrees on; "hard" four quadrants. The
    bearing lies at least 10 degrees from every boundary of its level, on either side. All three have words of their
    own in all of the video and do not move; their boxes are at least 30 cm apart, their middles at most 5 m. `margin`
    is the angle to the nearest boundary in degrees.
    """

    name = "relative_direction"
    kind: AnswerKind = "choice"
    unit: str | None = None
    needs: Needs = "video"

    def questions(self, footage: Footage, rng: np.random.Generator) -> list[Draft]:
        triples = near_triples(still(footage))
        drafts: list[Draft] = []
        for level, scale in SCALES.items():
            # One of each class: of all triples, far more have their target in front than behind.
            missing = set(scale.options)
            for triple in some(rng, triples, len(triples)):
                word = direction(level, angle(*triple))
                if word in missing and gap(level, *triple) >= MARGIN:
                    missing.remove(word)
                    drafts.append(self._draft(footage, level, *triple, rng=rng))
        return drafts

    def answer(self, footage: Footage, inputs: Mapping[str, Any]) -> Answer:
        stand, face, target = (footage.object(inputs[key]) for key in ("stand", "face", "target"))
        word = direction(inputs["level"], angle(stand, face, target))
        return Answer(kind="choice", value=word, options=list(inputs["options"]))

    def _draft(
        self, footage: Footage, level: str, stand: Object, face: Object, target: Object, *, rng: np.random.Generator
    ) -> Draft:
        options = some(rng, SCALES[level].options)
        inputs = footage.inputs(stand=stand.id, face=face.id, target=target.id, level=level, options=options)
        answer = self.answer(footage, inputs)
        where = angle(stand, face, target)
        listed = f"{', '.join(options[:-1])} or {options[-1]}"
        question = draw(rng, TEMPLATES).format(
            stand=stand.category, face=face.category, target=target.category, options=listed
        )
        far = float(np.linalg.norm(floor_point(target) - floor_point(stand)))
        side = "left" if where > 0 else "right"
        return Draft(
            task=self.name,
            question=f"{question}{_EXPLAINED[level]} {one_of(options)}",
            answer=answer,
            reasoning=(
                f"At the {stand.category}, with the {face.category} straight ahead, the {target.category} is "
                f"{far:.1f} m away and {abs(where):.0f} degrees to the {side}: {answer.value}."
            ),
            program=Program(name=self.name, inputs=inputs),
            margin=gap(level, stand, face, target),
            topic=f"{level} {target.category}",
            bucket=f"{level} {answer.value}",
            family=level,
        )


_EXPLAINED = {
    "easy": "",
    "medium": " Back means that you would have to turn by at least 135 degrees.",
    "hard": " Front and back are the two sides of the line through your shoulders.",
}


def near_triples(things: list[Object]) -> list[tuple[Object, Object, Object]]:
    """Ordered triples of things whose boxes are apart and whose middles are within reach."""
    pairs = list(permutations(things, 2))
    if not pairs:
        return []
    gaps_P = box_distances([a.box for a, _ in pairs], [b.box for _, b in pairs])
    far_P = [np.linalg.norm(floor_point(a) - floor_point(b)) for a, b in pairs]
    good = {
        (a.id, b.id)
        for (a, b), apart, far in zip(pairs, gaps_P, far_P, strict=True)
        if apart >= LEAST_GAP and LEAST_GAP <= far <= MOST_APART
    }
    return [
        (a, b, c)
        for a, b, c in permutations(things, 3)
        if (a.id, b.id) in good and (a.id, c.id) in good and (b.id, c.id) in good
    ]


def angle(stand: Object, face: Object, target: Object) -> float:
    """Bearing in degrees of the target for one who stands at `stand` and faces `face`, positive to the left."""
    here = floor_point(stand)
    return bearing(floor_point(face) - here, floor_point(target) - here)


def direction(level: str, degrees: float) -> str:
    """The word for a bearing in a level's classes."""
    if level == "hard":
        return quadrant(degrees)
    if level == "medium" and abs(degrees) >= BACK:
        return "back"
    return "left" if degrees > 0 else "right"


def gap(level: str, stand: Object, face: Object, target: Object) -> float:
    """Degrees from the target's bearing to the nearest boundary of the level's classes, on either side."""
    return edge_gap(angle(stand, face, target), SCALES[level].edges)
