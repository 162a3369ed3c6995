"""Motion direction: which way does an object move in the room, whatever the camera does?"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from waywiser.sample import Answer, AnswerKind, Program
from waywiser.scenes.scene import Object
from waywiser.tasks._base import Draft, Needs, draw, some
from waywiser.tasks._directions import MARGIN, Floats, bearing, edge_gap, heading
from waywiser.tasks._footage import Footage, known
from waywiser.tasks._tracks import object_track, path_length, plain_frames
from waywiser.tasks._words import one_of

LEAST = 0.3
"""Metres from where the object starts to where it ends; below, no direction is asked for."""
STRAIGHT = 0.8
"""Least share of its way by which the object gets away from its start."""
EDGES = (45.0, 135.0, -135.0, -45.0)
OPTIONS = ("left", "right", "towards the camera", "away from the camera")

TEMPLATES = (
    "Seen from where the camera is at the start of the video, in which direction does the {a} move through the room?",
    "Which way does the {a} move in the room, judged from the camera's place at the beginning of the video?",
    "Leaving the camera's own motion aside: from its first viewpoint, in which direction does the {a} go?",
    "For someone standing where the video starts and looking at the {a}, which way does the {a} move over the video?",
    "From the viewpoint of the first frame, where does the {a} move to in the course of the video?",
    "Where is the {a} at the start and at the end? As seen from the first frame's place, which way did it move?",
    "The {a} moves during the video. In which main direction, as seen from the camera's starting place?",
    "In the room, not the picture: which way does the {a} move, for an observer who stays where the camera starts?",
    "An observer stays where the video begins. In which direction does this observer see the {a} move?",
)


class MotionDirection:
    """Direction of the object's move in the world, from the first frame to the last, in the frame of the line of
    sight: the level direction from the camera's place in the first frame to where the object is then. Along it is
    "away", against it "towards", across it "left" and "right".

    The camera's own motion is left out. The move is at least 30 cm and straight (80 % of its way), at least 10 degrees
    from every boundary (the diagonals), and of the same class from the first to the last frame that shows the object
    plainly, and when the first camera's heading stands for the line of sight. `margin` is in degrees.
    """

    name = "motion_direction"
    kind: AnswerKind = "choice"
    unit: str | None = None
    needs: Needs = "motion"

    def questions(self, footage: Footage, rng: np.random.Generator) -> list[Draft]:
        movers = [thing for thing in known(footage) if thing.id in footage.moving and clear(footage, thing)]
        return [self._draft(footage, thing, rng) for thing in some(rng, movers)]

    def answer(self, footage: Footage, inputs: Mapping[str, Any]) -> Answer:
        track = object_track(footage, inputs["object"])
        way = direction(angle(line_of_sight(footage, track), track))
        return Answer(kind="choice", value=way, options=list(inputs["options"]))

    def _draft(self, footage: Footage, thing: Object, rng: np.random.Generator) -> Draft:
        options = some(rng, OPTIONS)
        inputs = footage.inputs(object=thing.id, options=options)
        answer = self.answer(footage, inputs)
        track = object_track(footage, thing.id)
        sight_2 = line_of_sight(footage, track)
        move_2 = track[-1, :2] - track[0, :2]
        along, across = float(move_2 @ sight_2), float(move_2 @ np.array([sight_2[1], -sight_2[0]]))
        return Draft(
            task=self.name,
            question=f"{draw(rng, TEMPLATES).format(a=thing.category)} {one_of(options)}",
            answer=answer,
            reasoning=(
                f"Set against the things that stand still, the {thing.category} goes {abs(along):.1f} m "
                f"{'away' if along > 0 else 'nearer'} and {abs(across):.1f} m to the "
                f"{'right' if across > 0 else 'left'}, as seen from the first frame: {answer.value}."
            ),
            program=Program(name=self.name, inputs=inputs),
            margin=edge_gap(angle(sight_2, track), EDGES),
            topic=thing.category,
            bucket=str(answer.value),
        )


def line_of_sight(footage: Footage, track_F_3: Floats) -> Floats:
    """(2,) unit level direction from the first camera to where the object is then."""
    sight_2 = track_F_3[0, :2] - footage.cameras[0].position[:2]
    return sight_2 / max(float(np.linalg.norm(sight_2)), 1e-9)


def angle(front_2: Floats, track_F_3: Floats) -> float:
    """Degrees from the direction `front_2` to the move from the track's start to its end, positive to the left."""
    return bearing(front_2, track_F_3[-1, :2] - track_F_3[0, :2])


def direction(degrees: float) -> str:
    """The option for a move by its angle from the line of sight."""
    if abs(degrees) < 45:
        return "away from the camera"
    if abs(degrees) > 135:
        return "towards the camera"
    return "left" if degrees > 0 else "right"


def clear(footage: Footage, thing: Object) -> bool:
    """Whether the move is long, straight, off the diagonals, and the same in what the video shows of it."""
    track = object_track(footage, thing.id)
    shown = plain_frames(footage, thing.id)
    if len(shown) < 2:
        return False
    part = track[shown[0] : shown[-1] + 1]
    sight_2 = line_of_sight(footage, track)
    way = direction(angle(sight_2, track))
    for piece, front_2, margin in (
        (track, sight_2, MARGIN),
        (part, sight_2, MARGIN),
        (track, heading(footage.cameras[0]), 0),
    ):
        net = float(np.linalg.norm(piece[-1, :2] - piece[0, :2]))
        degrees = angle(front_2, piece)
        if net < max(LEAST, STRAIGHT * path_length(piece)) or direction(degrees) != way:
            return False
        if edge_gap(degrees, EDGES) < margin:
            return False
    return True
