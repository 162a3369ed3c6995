"""Perspective taking: where is an object, seen from another picture's viewpoint?"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from waywiser.sample import Answer, AnswerKind, Program
from waywiser.scenes.scene import Camera, Object
from waywiser.tasks._base import SPECK_SHARE, Draft, Needs, draw, plain, some
from waywiser.tasks._directions import MARGIN, QUADRANTS, bearing, edge_gap, floor_point, heading, quadrant
from waywiser.tasks._footage import Footage, still
from waywiser.tasks._sight import frame_pairs, overlap
from waywiser.tasks._words import one_of

LEAST_OVERLAP = 0.1
NEAREST = 0.5
"""Metres in the floor plan. Of what stands at one's feet, the direction changes with every step."""
EDGES = (0.0, 90.0, 180.0, -90.0)

TEMPLATES = (
    "Imagine you stand where the second picture was taken and look the same way. Where is the {a} of the first "
    "picture from you?",
    "The {a} is in the first picture. From the viewpoint of the second picture, facing as its camera does, in which "
    "direction is it?",
    "Put yourself in the place of the second picture's camera. In which direction from you is the {a} that picture 1 "
    "shows?",
    "Taking the second picture's viewing direction as front, where does the {a} (seen in picture 1) stand?",
    "Picture 1 shows the {a}. For the photographer of picture 2, in which direction is it?",
    "If you were holding the camera of the second picture, where would the {a} from the first picture be?",
    "Relative to the camera of picture 2, where is the {a} that can be seen in picture 1?",
    "You look along the second picture. In which direction would you find the {a} that the first picture shows?",
    "From where picture 2 was taken, facing the way it faces, where is the {a} of picture 1?",
)


class Perspective:
    """Direction, in the floor plan, of the middle of an object's box from camera b in its heading: one of four
    quadrants, at least 10 degrees from every boundary (straight ahead, left, right, behind).

    Picture a shows the object plainly, and no other of its word is in either picture; picture b does not show it at
    all, but at least 10 % of picture a's points, so that its pose can be told. The object is at least 50 cm away.
    `margin` is the angle to the nearest boundary, in degrees.
    """

    name = "perspective"
    kind: AnswerKind = "choice"
    unit: str | None = None
    needs: Needs = "views"

    def questions(self, footage: Footage, rng: np.random.Generator) -> list[Draft]:
        found: list[tuple[int, int, Object]] = []
        for a, b in frame_pairs(footage, rng):
            one, two = footage.views[a], footage.views[b]
            things = [
                thing
                for thing in still(footage, (a, b))
                if plain(one, thing.id) and two.share(thing.id) < SPECK_SHARE and clear(footage.cameras[b], thing)
            ]
            if things and overlap(one, two) >= LEAST_OVERLAP:
                found += [(a, b, thing) for thing in things]
        return [self._draft(footage, a, b, thing, rng) for a, b, thing in some(rng, found)]

    def answer(self, footage: Footage, inputs: Mapping[str, Any]) -> Answer:
        where = angle(footage.cameras[inputs["frame_b"]], footage.object(inputs["object"]))
        return Answer(kind="choice", value=quadrant(where), options=list(inputs["options"]))

    def _draft(self, footage: Footage, a: int, b: int, thing: Object, rng: np.random.Generator) -> Draft:
        options = some(rng, QUADRANTS)
        inputs = footage.inputs(frame_a=a, frame_b=b, object=thing.id, options=options)
        answer = self.answer(footage, inputs)
        here, there = (angle(footage.cameras[frame], thing) for frame in (a, b))
        return Draft(
            task=self.name,
            question=f"{draw(rng, TEMPLATES).format(a=thing.category)} {one_of(options)}",
            answer=answer,
            reasoning=(
                f"From the first camera the {thing.category} is {told(here)}. The second camera is turned by "
                f"{told(bearing(heading(footage.cameras[a]), heading(footage.cameras[b])))}, and from its place the "
                f"{thing.category} is {told(there)}: {answer.value}."
            ),
            program=Program(name=self.name, inputs=inputs),
            margin=edge_gap(there, EDGES),
            topic=thing.category,
            bucket=str(answer.value),
            frames=(a, b),
        )


def angle(camera: Camera, thing: Object) -> float:
    """Bearing in degrees of the middle of the object's box from the camera's heading, positive to the left."""
    return bearing(heading(camera), floor_point(thing) - camera.position[:2])


def clear(camera: Camera, thing: Object) -> bool:
    """Whether the object is far enough from the camera and from every boundary between quadrants."""
    far = float(np.linalg.norm(floor_point(thing) - camera.position[:2]))
    return far >= NEAREST and edge_gap(angle(camera, thing), EDGES) >= MARGIN


def told(degrees: float) -> str:
    """The angle in words: 30 degrees left."""
    return f"{abs(degrees):.0f} degrees {'left' if degrees > 0 else 'right'}"
