"""Perspective taking: where is an object, seen from another picture's viewpoint?"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from waywiser.sample import Answer, AnswerKind, Program
from waywiser.scenes.scene import Camera, Object
from waywiser.tasks.base import (
    NEGLIGIBLE_PIXEL_SHARE,
    Needs,
    Question,
    is_clearly_visible,
    sample_one,
    sample_up_to,
)
from waywiser.tasks.clip_view import ClipView, static_objects
from waywiser.tasks.directions import (
    MIN_SECTOR_MARGIN,
    QUADRANTS,
    angle_to_boundary,
    bearing,
    floor_point,
    heading,
    quadrant_name,
)
from waywiser.tasks.view_geometry import sample_frame_pairs, view_overlap
from waywiser.tasks.wording import list_short_options

MIN_OVERLAP = 0.1
MIN_DISTANCE = 0.5
"""Metres in the floor plan. Of what stands at one's feet, the direction changes with every step."""
SECTOR_BOUNDARIES = (0.0, 90.0, 180.0, -90.0)

TEMPLATES = (
    (
        "Imagine you stand where the second picture was taken and look the same way. Where is the"
        " {a} of the first picture from you?"
    ),
    (
        "The {a} is in the first picture. From the viewpoint of the second picture, facing as its"
        " camera does, in which direction is it?"
    ),
    (
        "Put yourself in the place of the second picture's camera. In which direction from you is"
        " the {a} that picture 1 shows?"
    ),
    (
        "Taking the second picture's viewing direction as front, where does the {a} (seen in"
        " picture 1) stand?"
    ),
    "Picture 1 shows the {a}. For the photographer of picture 2, in which direction is it?",
    (
        "If you were holding the camera of the second picture, where would the {a} from the first"
        " picture be?"
    ),
    "Relative to the camera of picture 2, where is the {a} that can be seen in picture 1?",
    (
        "You look along the second picture. In which direction would you find the {a} that the"
        " first picture shows?"
    ),
    "From where picture 2 was taken, facing the way it faces, where is the {a} of picture 1?",
)


class Perspective:
    """Direction, in the floor plan, of the middle of an object's box from camera b in its heading:
    one of four quadrants, at least 10 degrees from every boundary (straight ahead, left, right,
    behind).

    Picture a shows the object plainly, and no other of its word is in either picture; picture b
    does not show it at all, but at least 10 % of picture a's points, so that its pose can be told.
    The object is at least 50 cm away. `margin` is the angle to the nearest boundary, in degrees.
    """

    name = "perspective"
    kind: AnswerKind = "choice"
    unit: str | None = None
    needs: Needs = "views"

    def questions(self, clip_view: ClipView, rng: np.random.Generator) -> list[Question]:
        candidates: list[tuple[int, int, Object]] = []

        for a, b in sample_frame_pairs(clip_view, rng):
            one = clip_view.views[a]
            two = clip_view.views[b]
            objects = [
                obj
                for obj in static_objects(clip_view, (a, b))
                if is_clearly_visible(one, obj.id)
                and two.pixel_share(obj.id) < NEGLIGIBLE_PIXEL_SHARE
                and has_clear_quadrant(clip_view.cameras[b], obj)
            ]
            if objects and view_overlap(one, two) >= MIN_OVERLAP:
                candidates += [(a, b, obj) for obj in objects]

        return [
            self._build_question(clip_view, a, b, obj, rng)
            for a, b, obj in sample_up_to(rng, candidates)
        ]

    def answer(self, clip_view: ClipView, inputs: Mapping[str, Any]) -> Answer:
        where = object_bearing(
            clip_view.cameras[inputs["frame_b"]], clip_view.object(inputs["object"])
        )
        return Answer(kind="choice", value=quadrant_name(where), options=list(inputs["options"]))

    def _build_question(
        self, clip_view: ClipView, a: int, b: int, obj: Object, rng: np.random.Generator
    ) -> Question:
        options = sample_up_to(rng, QUADRANTS)
        inputs = clip_view.inputs(frame_a=a, frame_b=b, object=obj.id, options=options)
        answer = self.answer(clip_view, inputs)
        bearing_a, bearing_b = (object_bearing(clip_view.cameras[frame], obj) for frame in (a, b))

        return Question(
            task=self.name,
            question=(
                f"{sample_one(rng, TEMPLATES).format(a=obj.category)} {list_short_options(options)}"
            ),
            answer=answer,
            reasoning=(
                f"From the first camera the {obj.category} is {format_turn(bearing_a)}. The second"
                " camera is turned by"
                f" {format_turn(bearing(heading(clip_view.cameras[a]), heading(clip_view.cameras[b])))},"
                f" and from its place the {obj.category} is {format_turn(bearing_b)}:"
                f" {answer.value}."
            ),
            program=Program(name=self.name, inputs=inputs),
            margin=angle_to_boundary(bearing_b, SECTOR_BOUNDARIES),
            subject=obj.category,
            answer_class=str(answer.value),
            frames=(a, b),
        )


def object_bearing(camera: Camera, obj: Object) -> float:
    """Bearing in degrees of the middle of the object's box from the camera's heading, positive to
    the left.
    """
    return bearing(heading(camera), floor_point(obj) - camera.position[:2])


def has_clear_quadrant(camera: Camera, obj: Object) -> bool:
    """Whether the object is far enough from the camera and from every boundary between quadrants."""
    far = float(np.linalg.norm(floor_point(obj) - camera.position[:2]))
    return (
        far >= MIN_DISTANCE
        and angle_to_boundary(object_bearing(camera, obj), SECTOR_BOUNDARIES) >= MIN_SECTOR_MARGIN
    )


def format_turn(degrees: float) -> str:
    """The angle in words: 30 degrees left."""
    return f"{abs(degrees):.0f} degrees {'left' if degrees > 0 else 'right'}"
