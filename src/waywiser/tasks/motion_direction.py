"""Motion direction: which way does an object move in the room, whatever the camera does?"""

import numpy as np

from waywiser.sample import Answer
from waywiser.scenes.scene import Object
from waywiser.tasks.base import ClipTask, ObjectId, Question, sample_up_to
from waywiser.tasks.clip_view import ClipView, uniquely_named_in_clip
from waywiser.tasks.directions import Floats, angle_to_boundary, bearing, heading
from waywiser.tasks.floor_map import (
    FloorMap,
    cross,
    cross_in_words,
    dot_in_words,
    format_pair,
    sketch_map,
)
from waywiser.tasks.registry import register_task
from waywiser.tasks.trajectories import clearly_visible_frames, object_trajectory, path_length
from waywiser.tasks.wording import list_short_options

MIN_MOVE = 0.3
"""Metres from where the object starts to where it ends; below, no direction is asked for."""
MIN_STRAIGHTNESS = 0.8
"""Least share of its way by which the object gets away from its start."""
MIN_DIAGONAL_MARGIN = 15.0
"""Degrees from the diagonals, on either side, within which no direction is asked for."""
SECTOR_BOUNDARIES = (45.0, 135.0, -135.0, -45.0)
OPTIONS = ("left", "right", "towards the camera", "away from the camera")

TEMPLATES = (
    "Seen from the camera's starting position, in which direction does the {a} move?",
    "From where the camera is at the start of the video, in which direction does the {a} move?",
    (
        "Ignoring the camera's own motion, which way does the {a} move, as seen from the camera's"
        " starting position?"
    ),
    "As seen from the camera position of the first frame, where does the {a} go?",
    "The {a} moves during the video. In which direction, as seen from where the camera starts?",
    "If you had stayed where the camera starts and watched the {a}, which way would it have moved?",
    (
        "Relative to the camera's starting position, in which direction does the {a} mainly move"
        " during the video?"
    ),
    "From the viewpoint of the first frame, which way does the {a} move through the room?",
)


@register_task(seed=18)
class MotionDirection(ClipTask):
    """Direction of the object's move in the world, from the first frame to the last, in the frame
    of the line of sight: the level direction from the camera's place in the first frame to where
    the object is then. Along it is "away", against it "towards", across it "left" and "right".

    The camera's own motion is left out. The move is at least 30 cm and straight (80 % of its way),
    at least 15 degrees from every boundary (the diagonals), and of the same class from the first to
    the last frame that clearly shows the object, and when the first camera's heading stands for the
    line of sight. `margin` is in degrees.
    """

    name = "motion_direction"
    kind = "choice"
    needs = "motion"
    scan_needs = ("motion",)
    templates = TEMPLATES

    class Inputs(ClipTask.Inputs):
        object: ObjectId
        options: tuple[str, ...]

    def propose(self, clip_view: ClipView, rng: np.random.Generator) -> list[Question]:
        movers = [
            obj
            for obj in uniquely_named_in_clip(clip_view)
            if obj.id in clip_view.moving_ids and has_clear_direction(clip_view, obj)
        ]
        return [self._build_question(clip_view, obj, rng) for obj in sample_up_to(rng, movers)]

    def answer(self, clip_view: ClipView, inputs: Inputs) -> Answer:
        track = object_trajectory(clip_view, inputs.object)
        option = direction_option(move_bearing(line_of_sight(clip_view, track), track))
        return Answer(kind="choice", value=option, options=list(inputs.options))

    def _build_question(
        self, clip_view: ClipView, obj: Object, rng: np.random.Generator
    ) -> Question:
        options = sample_up_to(rng, OPTIONS)
        track = object_trajectory(clip_view, obj.id)
        degrees = move_bearing(line_of_sight(clip_view, track), track)

        return self.question(
            clip_view,
            self.Inputs(clip=clip_view.clip_index, object=obj.id, options=tuple(options)),
            f"{self.ask(rng, a=obj.category)} {list_short_options(options)}",
            margin=angle_to_boundary(degrees, SECTOR_BOUNDARIES),
            subject=obj.category,
        )

    def explain(self, clip_view: ClipView, inputs: Inputs, answer: Answer) -> str:
        track = object_trajectory(clip_view, inputs.object)
        category = clip_view.object(inputs.object).category

        def is_faithful(sketched: FloorMap) -> bool:
            sight_2, move_2 = sketched.places_N_2[0], sketched.move(0, 1)
            if not sight_2.any() or not move_2.any():
                return False
            degrees = bearing(sight_2, move_2)
            edge = angle_to_boundary(degrees, SECTOR_BOUNDARIES)
            return edge > 5 and direction_option(degrees) == answer.value

        sketched = sketch_map(clip_view.cameras[0], [track[0, :2], track[-1, :2]], is_faithful)
        if sketched is None:
            return ""

        sight_2, move_2 = sketched.places_N_2[0], sketched.move(0, 1)
        along, across = float(sight_2 @ move_2), cross(sight_2, move_2)
        ahead = "away" if along > 0 else "towards the camera"
        side = "left" if across > 0 else "right"
        larger = "first" if abs(along) > abs(across) else "second"
        return (
            f"I place the {category} against things that stand still. On a sketch of the floor in"
            f" meters, with the camera's starting position at (0, 0), it starts at about"
            f" {sketched.format(0)} and ends at about {sketched.format(1)}, so it moves by"
            f" {format_pair(move_2)}. Along the line of sight: {dot_in_words(sight_2, move_2)},"
            f" {ahead}; across it: {cross_in_words(sight_2, move_2)}, {side}. The {larger} is larger:"
            f" {answer.value}."
        )


def line_of_sight(clip_view: ClipView, track_F_3: Floats) -> Floats:
    """(2,) unit level direction from the first camera to where the object is then."""
    sight_2 = track_F_3[0, :2] - clip_view.cameras[0].position[:2]
    return sight_2 / max(float(np.linalg.norm(sight_2)), 1e-9)


def move_bearing(front_2: Floats, track_F_3: Floats) -> float:
    """Degrees from the direction `front_2` to the move from the track's start to its end, positive
    to the left.
    """
    return bearing(front_2, track_F_3[-1, :2] - track_F_3[0, :2])


def direction_option(degrees: float) -> str:
    """The option for a move by its angle from the line of sight."""
    if abs(degrees) < 45:
        return "away from the camera"
    if abs(degrees) > 135:
        return "towards the camera"
    return "left" if degrees > 0 else "right"


def has_clear_direction(clip_view: ClipView, obj: Object) -> bool:
    """Whether the move is long, straight, off the diagonals, and the same in what the video shows
    of it.
    """
    track = object_trajectory(clip_view, obj.id)
    visible_frames = clearly_visible_frames(clip_view, obj.id)
    if len(visible_frames) < 2:
        return False

    part = track[visible_frames[0] : visible_frames[-1] + 1]
    sight_2 = line_of_sight(clip_view, track)
    option = direction_option(move_bearing(sight_2, track))

    for piece, front_2, margin in (
        (track, sight_2, MIN_DIAGONAL_MARGIN),
        (part, sight_2, MIN_DIAGONAL_MARGIN),
        (track, heading(clip_view.cameras[0]), 0),
    ):
        net = float(np.linalg.norm(piece[-1, :2] - piece[0, :2]))
        degrees = move_bearing(front_2, piece)
        if (
            net < max(MIN_MOVE, MIN_STRAIGHTNESS * path_length(piece))
            or direction_option(degrees) != option
        ):
            return False

        if angle_to_boundary(degrees, SECTOR_BOUNDARIES) < margin:
            return False

    return True
