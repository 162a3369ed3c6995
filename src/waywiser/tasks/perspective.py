"""Perspective taking: where is an object, seen from another picture's viewpoint?"""

import numpy as np

from waywiser.sample import Answer
from waywiser.scenes.scene import Camera, Object
from waywiser.tasks.base import (
    ClipTask,
    ObjectId,
    Question,
    is_clearly_visible,
    is_noticeable,
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
from waywiser.tasks.floor_map import (
    FloorMap,
    cross,
    cross_in_words,
    dot_in_words,
    format_pair,
    sketch_map,
)
from waywiser.tasks.pair_cues import common_objects
from waywiser.tasks.registry import register_task
from waywiser.tasks.view_geometry import sample_frame_pairs, view_overlap
from waywiser.tasks.visual_cues import position_in_words
from waywiser.tasks.wording import list_short_options

MIN_OVERLAP = 0.3
MIN_DISTANCE = 0.5
"""Meters in the floor plan. Of what stands at one's feet, the direction changes with every step."""
SECTOR_BOUNDARIES = (0.0, 90.0, 180.0, -90.0)

TEMPLATES = (
    (
        "Imagine you are standing where image 2 was taken, facing the same way. Where is the {a}"
        " from image 1?"
    ),
    (
        "The {a} is visible in image 1. From the camera position and viewing direction of image"
        " 2, where is it?"
    ),
    (
        "If you stood at the camera of image 2 and looked the way it looks, in which direction"
        " would the {a} from image 1 be?"
    ),
    "Image 1 shows the {a}; image 2 does not. Relative to the camera of image 2, where is the {a}?",
    "You are taking image 2. In which direction from you is the {a} that image 1 shows?",
    "Relative to the position and viewing direction of image 2, where is the {a} seen in image 1?",
    "From the viewpoint of image 2, in which direction is the {a} from image 1?",
    "With the viewing direction of image 2 as front, where is the {a} that is visible in image 1?",
)


@register_task(seed=11)
class Perspective(ClipTask):
    """Direction, in the floor plan, of the middle of an object's box from camera b in its heading:
    one of four quadrants, at least 10 degrees from every boundary (straight ahead, left, right,
    behind).

    Picture a shows the object plainly, and no other of its word is in either picture; picture b
    does not show it at all, but at least 30 % of picture a's points, so that its pose can be told.
    The object is at least 50 cm away. `margin` is the angle to the nearest boundary, in degrees.
    """

    name = "perspective"
    kind = "choice"
    needs = "views"
    scan_needs = ("objects", "boxes", "frames", "up")
    templates = TEMPLATES

    class Inputs(ClipTask.Inputs):
        frame_a: int
        frame_b: int
        object: ObjectId
        options: tuple[str, ...]

    def propose(self, clip_view: ClipView, rng: np.random.Generator) -> list[Question]:
        candidates: list[tuple[int, int, Object]] = []

        for a, b in sample_frame_pairs(clip_view, rng):
            one = clip_view.views[a]
            two = clip_view.views[b]
            objects = [
                obj
                for obj in static_objects(clip_view, (a, b))
                if is_clearly_visible(one, obj.id)
                and not is_noticeable(two, obj.id)
                and has_clear_quadrant(clip_view.cameras[b], obj)
            ]
            if objects and view_overlap(one, two) >= MIN_OVERLAP:
                candidates += [(a, b, obj) for obj in objects]

        return [
            self._build_question(clip_view, a, b, obj, rng)
            for a, b, obj in sample_up_to(rng, candidates)
        ]

    def answer(self, clip_view: ClipView, inputs: Inputs) -> Answer:
        where = object_bearing(clip_view.cameras[inputs.frame_b], clip_view.object(inputs.object))
        return Answer(kind="choice", value=quadrant_name(where), options=list(inputs.options))

    def _build_question(
        self, clip_view: ClipView, a: int, b: int, obj: Object, rng: np.random.Generator
    ) -> Question:
        options = sample_up_to(rng, QUADRANTS)
        inputs = self.Inputs(
            clip=clip_view.clip_index,
            frame_a=a,
            frame_b=b,
            object=obj.id,
            options=tuple(options),
        )

        return self.question(
            clip_view,
            inputs,
            f"{self.ask(rng, a=obj.category)} {list_short_options(options)}",
            margin=angle_to_boundary(object_bearing(clip_view.cameras[b], obj), SECTOR_BOUNDARIES),
            subject=obj.category,
            complexity=abs(a - b),
            frames=(a, b),
        )

    def explain(self, clip_view: ClipView, inputs: Inputs, answer: Answer) -> str:
        a, b = inputs.frame_a, inputs.frame_b
        obj = clip_view.object(inputs.object)
        first, second = (clip_view.cameras[i] for i in (a, b))
        landmark = next(
            (other for other in common_objects(clip_view, a, b) if other.id != obj.id), None
        )
        if landmark is None:
            return ""

        def is_faithful(sketched: FloorMap) -> bool:
            facing_2, to_2 = sketched.move(1, 2), sketched.move(1, 0)
            side, front = cross(facing_2, to_2), float(facing_2 @ to_2)
            word = f"{'front' if front > 0 else 'back'}-{'left' if side > 0 else 'right'}"
            return bool(side) and bool(front) and word == answer.value

        ahead_2 = second.position[:2] + heading(second)
        sketched = sketch_map(first, [floor_point(obj), second.position[:2], ahead_2], is_faithful)
        if sketched is None:
            return ""

        facing_2, to_2 = sketched.move(1, 2), sketched.move(1, 0)
        side = cross(facing_2, to_2)
        one, two = (clip_view.views[i] for i in (a, b))
        return (
            f"The {landmark.category} links the images: {position_in_words(one, landmark.id)} of"
            f" image 1 and {position_in_words(two, landmark.id)} of image 2. I sketch the floor in"
            f" meters with camera 1 at (0, 0), looking along the second axis. The {obj.category} is"
            f" at about {sketched.format(0)}; camera 2 is at about {sketched.format(1)} and faces"
            f" along {format_pair(facing_2)}. From it the {obj.category} lies along"
            f" {format_pair(to_2)}: {dot_in_words(facing_2, to_2)},"
            f" {'in front' if float(facing_2 @ to_2) > 0 else 'behind'};"
            f" {cross_in_words(facing_2, to_2)}, to the {'left' if side > 0 else 'right'}."
            f" {str(answer.value).capitalize()}."
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
