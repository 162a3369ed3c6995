"""Camera rotation: by how many degrees did the camera turn between two pictures?"""

import math

import numpy as np

from waywiser.sample import Answer
from waywiser.scenes.scene import Camera
from waywiser.tasks.base import MAX_QUESTIONS, ClipTask, Question
from waywiser.tasks.camera_distance import log_bin
from waywiser.tasks.clip_view import ClipView
from waywiser.tasks.directions import bearing, heading
from waywiser.tasks.registry import register_task
from waywiser.tasks.view_geometry import sample_frame_pairs, view_overlap

MIN_TURN = 15.0
"""Degrees. Smaller turns are hard to tell from moves."""
MAX_PITCH_CHANGE = 5.0
MAX_ROLL = 3.0
MAX_PITCH = 30.0
"""Degrees: the turn is one about the vertical, seen by a camera that looks about level."""
MIN_OVERLAP = 0.1

TEMPLATES = (
    "By how many degrees did the camera turn to the left or right between image 1 and image 2?",
    "How many degrees did the camera rotate horizontally from image 1 to image 2?",
    "What is the horizontal angle, in degrees, between the viewing directions of the two images?",
    "Estimate how many degrees the camera turned about the vertical axis between the two images.",
    "Through what angle, in degrees, was the camera panned between image 1 and image 2?",
    "Seen from above, how many degrees lie between the viewing directions of image 1 and image 2?",
    "In degrees, how far did the camera turn sideways between the first and the second image?",
    "How large is the camera's horizontal rotation from image 1 to image 2, in degrees?",
)


@register_task(seed=10)
class CameraRotation(ClipTask):
    """Unsigned angle between the headings (optical axes in the floor plan) of two cameras, at least
    15 degrees.

    Pitch changes by at most 5 degrees, roll stays below 3, and the second picture shows at least 10
    % of the first's points. The answer is rounded to 1 degree; the exact one stays in the program.
    No margin.
    """

    name = "camera_rotation"
    kind = "number"
    unit = "deg"
    needs = "views"
    scan_needs = ("frames", "up")
    templates = TEMPLATES

    class Inputs(ClipTask.Inputs):
        frame_a: int
        frame_b: int
        exact_deg: float

    def propose(self, clip_view: ClipView, rng: np.random.Generator) -> list[Question]:
        questions: list[Question] = []

        for a, b in sample_frame_pairs(clip_view, rng):
            if not is_level_turn(clip_view.cameras[a], clip_view.cameras[b]):
                continue
            if view_overlap(clip_view.views[a], clip_view.views[b]) < MIN_OVERLAP:
                continue

            questions.append(self._build_question(clip_view, a, b, rng))
            if len(questions) == MAX_QUESTIONS:
                break

        return questions

    def answer(self, clip_view: ClipView, inputs: Inputs) -> Answer:
        exact = abs(
            heading_change(clip_view.cameras[inputs.frame_a], clip_view.cameras[inputs.frame_b])
        )
        return Answer(kind="number", value=float(round(exact)), unit=self.unit)

    def _build_question(
        self, clip_view: ClipView, a: int, b: int, rng: np.random.Generator
    ) -> Question:
        exact = abs(heading_change(clip_view.cameras[a], clip_view.cameras[b]))

        return self.question(
            clip_view,
            self.Inputs(clip=clip_view.clip_index, frame_a=a, frame_b=b, exact_deg=round(exact, 4)),
            self.ask(rng),
            subject="camera",
            answer_class=str(log_bin(exact)),
            complexity=abs(a - b),
            frames=(a, b),
        )

    def explain(self, clip_view: ClipView, inputs: Inputs, answer: Answer) -> str:
        a = inputs.frame_a
        b = inputs.frame_b
        shared = view_overlap(clip_view.views[a], clip_view.views[b])
        camera = clip_view.cameras[a]
        side = "left" if heading_change(camera, clip_view.cameras[b]) > 0 else "right"
        wide = math.degrees(2 * math.atan(camera.width / 2 / camera.fx))

        return (
            f"A picture spans {wide:.0f} degrees. {100 * shared:.0f} of 100 points of the first"
            f" are still in the second, and the view went to the {side}: a turn of about"
            f" {answer.value:.0f} deg."
        )


def heading_change(first: Camera, second: Camera) -> float:
    """Degrees from the first camera's heading to the second's, positive to the left."""
    return bearing(heading(first), heading(second))


def is_level_turn(first: Camera, second: Camera) -> bool:
    """Whether the cameras look about level and differ by a turn about the vertical that is large
    enough.
    """
    pitches = [math.degrees(math.asin(np.clip(c.pose[2, 2], -1, 1))) for c in (first, second)]
    rolls = [math.degrees(math.asin(np.clip(c.pose[2, 0], -1, 1))) for c in (first, second)]

    return (
        max(abs(pitch) for pitch in pitches) <= MAX_PITCH
        and abs(pitches[0] - pitches[1]) <= MAX_PITCH_CHANGE
        and max(abs(roll) for roll in rolls) <= MAX_ROLL
        and abs(heading_change(first, second)) >= MIN_TURN
    )
