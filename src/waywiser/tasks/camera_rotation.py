"""Camera rotation: by how many degrees did the camera turn between two pictures?"""

import math

import numpy as np

from waywiser.sample import Answer
from waywiser.scenes.scene import Camera, Object
from waywiser.tasks.base import MAX_QUESTIONS, ClipTask, Question
from waywiser.tasks.camera_distance import log_bin
from waywiser.tasks.clip_view import ClipView
from waywiser.tasks.directions import bearing, heading
from waywiser.tasks.pair_cues import common_objects
from waywiser.tasks.registry import register_task
from waywiser.tasks.view_geometry import sample_frame_pairs, view_overlap
from waywiser.tasks.visual_cues import field_of_view, image_span
from waywiser.tasks.wording import fov_note

MIN_TURN = 15.0
"""Degrees. Smaller turns are hard to tell from moves."""
MAX_PITCH_CHANGE = 5.0
MAX_ROLL = 3.0
MAX_PITCH = 30.0
"""Degrees: the turn is one about the vertical, seen by a camera that looks about level."""
MIN_OVERLAP = 0.3
MAX_TURN = 60.0
"""Degrees. Two images that differ by more have too little in common to tell."""
MAX_TURN_ERROR = 0.2
"""Relative error up to which the shift of a thing in view counts as telling the turn."""

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
    """Unsigned angle between the headings (optical axes in the floor plan) of two cameras, 15 to 60
    degrees.

    Pitch changes by at most 5 degrees, roll stays below 3, the second image shows at least 30 % of
    the first's points, and the shift of something that both show tells the turn. The answer is
    rounded to 1 degree; the exact one stays in the program. No margin.
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
            f"{self.ask(rng)} {fov_note(clip_view.cameras[a])}",
            subject="camera",
            answer_class=str(log_bin(exact)),
            complexity=abs(a - b),
            frames=(a, b),
        )

    def explain(self, clip_view: ClipView, inputs: Inputs, answer: Answer) -> str:
        a, b = inputs.frame_a, inputs.frame_b
        exact = heading_change(clip_view.cameras[a], clip_view.cameras[b])
        wide = field_of_view(clip_view.cameras[a])
        cues = [
            (obj, before, after, turn)
            for obj in common_objects(clip_view, a, b)
            if (shift := horizontal_shift(clip_view, a, b, obj)) is not None
            for before, after in (shift,)
            if (turn := round(wide * abs(after - before) / 100)) > 0
            and (after > before) == (exact > 0)
            and abs(turn - abs(exact)) <= MAX_TURN_ERROR * abs(exact)
        ]
        if not cues:
            return ""

        cues.sort(key=lambda cue: abs(cue[3] - abs(exact)))
        told = [
            f"the {obj.category} moves from {before} % to {after} % of the image width, by"
            f" {abs(after - before)} %, and {abs(after - before) / 100:.2f} x {wide} is about"
            f" {turn} degrees"
            for obj, before, after, turn in cues[:2]
        ]
        side = "left" if exact > 0 else "right"
        check = ""
        if len(cues) > 1:
            gap = abs(cues[0][3] - cues[1][3])
            near = f"to {gap} degree{'s' * (gap != 1)}" if gap else "to the degree"
            check = f" The second agrees with the first {near}."

        return (
            f"The image spans {wide} degrees from side to side. From image 1 to image 2"
            f" {'; '.join(told)}.{check} Things shift to the {'right' if exact > 0 else 'left'} as the"
            f" camera turns {side}; allowing for its change of place, it turned by about"
            f" {answer.value:.0f} degrees."
        )


def horizontal_shift(clip_view: ClipView, a: int, b: int, obj: Object) -> tuple[int, int] | None:
    """Where the object's middle is across both images, in percent; None where an edge cuts it."""
    views = [clip_view.views[i] for i in (a, b)]
    if any(view.visible[obj.id].truncated for view in views):
        return None
    return image_span(views[0], obj.id).x, image_span(views[1], obj.id).x


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
        and MIN_TURN <= abs(heading_change(first, second)) <= MAX_TURN
    )
