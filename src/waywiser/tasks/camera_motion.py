"""Camera motion: in which direction did the camera move between two pictures?"""

import numpy as np

from waywiser.sample import Answer
from waywiser.scenes.scene import Camera
from waywiser.tasks.base import MAX_QUESTIONS, ClipTask, Question, sample_up_to
from waywiser.tasks.clip_view import ClipView
from waywiser.tasks.directions import heading
from waywiser.tasks.pair_cues import growth_cues, parallax_cues, relative_shift
from waywiser.tasks.registry import register_task
from waywiser.tasks.view_geometry import sample_frame_pairs, view_overlap
from waywiser.tasks.wording import list_in_words, list_short_options

MIN_MOVE = 0.3
"""Metres along the dominant axis. What moves less is refused: small moves have no direction that
people agree on.
"""
MIN_DOMINANCE = 2.0
"""The dominant axis has so many times the runner-up."""
MIN_OVERLAP = 0.3
OPTIONS = ("forward", "backward", "left", "right")

TEMPLATES = (
    (
        "Compared with image 1, was image 2 taken from farther forward, farther backward, farther"
        " left or farther right?"
    ),
    (
        "From the viewpoint of image 1, in which direction did the camera mainly move to reach"
        " the viewpoint of image 2?"
    ),
    (
        "The two images show the same place. Relative to the viewing direction of image 1, in"
        " which direction is the camera of image 2?"
    ),
    (
        "Seen from the camera of image 1, where was image 2 taken: mainly forward, backward, left"
        " or right of it?"
    ),
    (
        "In which direction would you have to move from the viewpoint of image 1 to stand where"
        " image 2 was taken?"
    ),
    "If you took image 1 and then wanted to take image 2, which way would you mainly have to move?",
    (
        "Taking the viewing direction of image 1 as forward, in which direction does the camera"
        " position of image 2 lie?"
    ),
    (
        "How did the camera position change from image 1 to image 2, relative to the direction"
        " image 1 faces?"
    ),
    (
        "Facing the way image 1 faces, which way is it from the camera of image 1 to the camera"
        " of image 2?"
    ),
)


@register_task(seed=9)
class CameraMotion(ClipTask):
    """Dominant axis of the move from camera a to camera b, in the heading of camera a: level
    forward (the optical axis in the floor plan), its right, and up.

    The dominant component is at least 30 cm and twice the runner-up, also when the camera's own
    tilted axes are taken instead; vertical moves are not asked about. The second picture shows at
    least 30 % of the first's points. `margin` is the metres by which the dominant component exceeds
    both bounds.
    """

    name = "camera_motion"
    kind = "choice"
    needs = "views"
    scan_needs = ("frames", "up")
    templates = TEMPLATES

    class Inputs(ClipTask.Inputs):
        frame_a: int
        frame_b: int
        options: tuple[str, ...]

    def propose(self, clip_view: ClipView, rng: np.random.Generator) -> list[Question]:
        questions: list[Question] = []

        for a, b in sample_frame_pairs(clip_view, rng):
            space = margin(clip_view.cameras[a], clip_view.cameras[b])
            if space is None or view_overlap(clip_view.views[a], clip_view.views[b]) < MIN_OVERLAP:
                continue

            questions.append(self._build_question(clip_view, a, b, space, rng))
            if len(questions) == MAX_QUESTIONS:
                break

        return questions

    def answer(self, clip_view: ClipView, inputs: Inputs) -> Answer:
        first, second = (clip_view.cameras[i] for i in (inputs.frame_a, inputs.frame_b))
        return Answer(
            kind="choice",
            value=main_axis(level_move(first, second)),
            options=list(inputs.options),
        )

    def _build_question(
        self, clip_view: ClipView, a: int, b: int, space: float, rng: np.random.Generator
    ) -> Question:
        options = sample_up_to(rng, OPTIONS)

        return self.question(
            clip_view,
            self.Inputs(clip=clip_view.clip_index, frame_a=a, frame_b=b, options=tuple(options)),
            f"{self.ask(rng)} {list_short_options(options)}",
            margin=space,
            subject="camera",
            complexity=abs(a - b),
            frames=(a, b),
        )

    def explain(self, clip_view: ClipView, inputs: Inputs, answer: Answer) -> str:
        a, b = inputs.frame_a, inputs.frame_b
        if answer.value in ("forward", "backward"):
            return explain_by_growth(clip_view, a, b, str(answer.value))
        return explain_by_parallax(clip_view, a, b, str(answer.value))


def explain_by_growth(clip_view: ClipView, a: int, b: int, direction: str) -> str:
    """What grows is nearer, so the camera went forward; empty if no object tells it."""
    grows = direction == "forward"
    cues = list(growth_cues(clip_view, a, b))
    fitting = [cue for cue in cues if (cue[2] > cue[1]) == grows]
    if not fitting or len(fitting) <= len(cues) - len(fitting):
        return ""

    told = list_in_words(
        [
            f"the {obj.category} from {before} % to {after} % of the image height"
            for obj, before, after in fitting[:2]
        ]
    )
    change, meaning = ("grows", "nearer") if grows else ("shrinks", "farther away")
    return (
        f"From image 1 to image 2, what both show {change}: {told}. What looks"
        f" {'larger' if grows else 'smaller'} is {meaning} now, so image 2 was taken from farther"
        f" {direction}."
    )


def explain_by_parallax(clip_view: ClipView, a: int, b: int, direction: str) -> str:
    """Near things shift against far ones, the other way than the camera goes; empty if none do."""
    for near, far, near_x, far_x in parallax_cues(clip_view, a, b):
        shift = relative_shift(near_x, far_x)
        if (shift < 0) != (direction == "right"):
            continue

        side = "right" if shift > 0 else "left"
        return (
            f"I compare something near with something far. The {near.category}, which is near, is"
            f" at {near_x[0]} % of the width in image 1 and at {near_x[1]} % in image 2"
            f" ({near_x[1] - near_x[0]:+d}). The {far.category}, farther away, goes from"
            f" {far_x[0]} % to {far_x[1]} % ({far_x[1] - far_x[0]:+d}). Against the background the"
            f" near one moves to the {side}, and near things move opposite to the camera. So the"
            f" camera moved {direction}."
        )

    return ""


def level_move(first: Camera, second: Camera) -> tuple[float, float, float]:
    """How far the camera went (forward, right, up) in metres, in the level heading of the first.

    Poses are camera-to-world, so a camera's place is the pose's translation as it stands.
    """
    move_3 = second.position - first.position
    ahead_2 = heading(first)
    right_2 = np.array([ahead_2[1], -ahead_2[0]])

    return float(move_3[:2] @ ahead_2), float(move_3[:2] @ right_2), float(move_3[2])


def main_axis(move: tuple[float, float, float]) -> str:
    """The word for the larger of the two level components."""
    forward, right, _ = move
    if abs(forward) > abs(right):
        return "forward" if forward > 0 else "backward"
    return "right" if right > 0 else "left"


def margin(first: Camera, second: Camera) -> float | None:
    """Metres by which the move has one direction, in level and in tilted axes alike; None where it
    has none.
    """
    level = level_move(first, second)
    right, down, forward = (
        float(x) for x in (second.position - first.position) @ first.pose[:3, :3]
    )
    spaces: list[float] = []

    for move in (level, (forward, right, -down)):
        *_, runner_up, most = sorted(abs(x) for x in move)
        level_most = max(abs(move[0]), abs(move[1]))
        if level_most < most or main_axis(move) != main_axis(level):
            return None

        spaces.append(min(most - MIN_MOVE, most - MIN_DOMINANCE * runner_up))

    return min(spaces) if min(spaces) >= 0 else None
