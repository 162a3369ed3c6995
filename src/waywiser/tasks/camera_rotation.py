"""Camera rotation: by how many degrees did the camera turn between two pictures?"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from waywiser.sample import Answer, AnswerKind, Program
from waywiser.scenes.scene import Camera
from waywiser.tasks._base import MAX_DRAFTS, Draft, Needs, draw
from waywiser.tasks._directions import bearing, heading
from waywiser.tasks._footage import Footage
from waywiser.tasks._sight import frame_pairs, overlap
from waywiser.tasks.camera_distance import bucket

LEAST = 15.0
"""Degrees. Smaller turns are hard to tell from moves."""
MOST_PITCH_CHANGE, MOST_ROLL, MOST_PITCH = 5.0, 3.0, 30.0
"""Degrees: the turn is one about the vertical, seen by a camera that looks about level."""
LEAST_OVERLAP = 0.1

TEMPLATES = (
    "By how many degrees did the camera turn horizontally from the first picture to the second?",
    "How large is the horizontal angle between the viewing directions of the two pictures, in degrees?",
    "Between picture 1 and picture 2, through how many degrees was the camera turned to the left or right?",
    "Estimate the camera's horizontal turn between the two pictures in degrees, whichever way it went.",
    "How many degrees did the camera rotate about the vertical between the first and the second picture?",
    "In degrees, how much does the second picture's viewing direction differ from the first's, seen from above?",
    "Compare the two pictures: by what angle, in degrees, has the camera panned?",
    "What is the size of the camera's pan from picture 1 to picture 2, in degrees?",
    "Seen from above, how many degrees lie between the directions in which the two pictures were taken?",
)


class CameraRotation:
    """Unsigned angle between the headings (optical axes in the floor plan) of two cameras, at least 15 degrees.

    Pitch changes by at most 5 degrees, roll stays below 3, and the second picture shows at least 10 % of the
    first's points. The answer is rounded to 1 degree; the exact one stays in the program. No margin.
    """

    name = "camera_rotation"
    kind: AnswerKind = "number"
    unit: str | None = "deg"
    needs: Needs = "views"

    def questions(self, footage: Footage, rng: np.random.Generator) -> list[Draft]:
        drafts: list[Draft] = []
        for a, b in frame_pairs(footage, rng):
            if not level_turn(footage.cameras[a], footage.cameras[b]):
                continue
            if overlap(footage.views[a], footage.views[b]) < LEAST_OVERLAP:
                continue
            drafts.append(self._draft(footage, a, b, rng))
            if len(drafts) == MAX_DRAFTS:
                break
        return drafts

    def answer(self, footage: Footage, inputs: Mapping[str, Any]) -> Answer:
        exact = abs(turn(footage.cameras[inputs["frame_a"]], footage.cameras[inputs["frame_b"]]))
        return Answer(kind="number", value=float(round(exact)), unit=self.unit)

    def _draft(self, footage: Footage, a: int, b: int, rng: np.random.Generator) -> Draft:
        signed = turn(footage.cameras[a], footage.cameras[b])
        inputs = footage.inputs(frame_a=a, frame_b=b, exact_deg=round(abs(signed), 4))
        answer = self.answer(footage, inputs)
        shared = overlap(footage.views[a], footage.views[b])
        side = "left" if signed > 0 else "right"
        camera = footage.cameras[a]
        wide = math.degrees(2 * math.atan(camera.width / 2 / camera.fx))
        return Draft(
            task=self.name,
            question=draw(rng, TEMPLATES),
            answer=answer,
            reasoning=(
                f"A picture spans {wide:.0f} degrees. {100 * shared:.0f} of 100 points of the first are still in the "
                f"second, and the view went to the {side}: a turn of about {answer.value:.0f} deg."
            ),
            program=Program(name=self.name, inputs=inputs),
            topic="camera",
            bucket=str(bucket(abs(signed))),
            frames=(a, b),
        )


def turn(first: Camera, second: Camera) -> float:
    """Degrees from the first camera's heading to the second's, positive to the left."""
    return bearing(heading(first), heading(second))


def level_turn(first: Camera, second: Camera) -> bool:
    """Whether the cameras look about level and differ by a turn about the vertical that is large enough."""
    pitches = [math.degrees(math.asin(np.clip(c.pose[2, 2], -1, 1))) for c in (first, second)]
    rolls = [math.degrees(math.asin(np.clip(c.pose[2, 0], -1, 1))) for c in (first, second)]
    return (
        max(abs(pitch) for pitch in pitches) <= MOST_PITCH
        and abs(pitches[0] - pitches[1]) <= MOST_PITCH_CHANGE
        and max(abs(roll) for roll in rolls) <= MOST_ROLL
        and abs(turn(first, second)) >= LEAST
    )
