"""Who moved: the object, the camera, both or neither; and do they come closer?"""

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np

from waywiser.sample import Answer
from waywiser.scenes.scene import Object
from waywiser.tasks.base import (
    MAX_QUESTIONS,
    ClipTask,
    ObjectId,
    Question,
    View,
    sample_up_to,
)
from waywiser.tasks.clip_view import ClipView, uniquely_named_in_clip
from waywiser.tasks.directions import Floats, bearing, heading
from waywiser.tasks.registry import register_task
from waywiser.tasks.trajectories import (
    camera_trajectory,
    clearly_visible_frames,
    max_distance_from_start,
    object_trajectory,
    object_yaws,
)
from waywiser.tasks.wording import list_short_options

MIN_MOVE = 0.3
MAX_STILL_MOVE = 0.02
"""Metres: what gets this far from its start has moved, what stays within so few has not; between,
nothing is asked.
"""
MAX_STILL_TURN = 2.0
"""Degrees that a thing or a camera that stays may turn."""
MIN_DISTANCE_CHANGE = 0.20
MAX_SAME_CHANGE = 0.05
"""The distance has changed when it differs by this fraction, and stayed when it never differs by
more than this.
"""
NEARLY_CLEAR_PIXEL_SHARE = 0.008
NEARLY_CLEAR_FRACTION = 0.1
"""Share of the picture, and unhidden fraction, from which on some would call a thing plain to see.
"""

TEMPLATES = {
    "who": (
        "Does the {a} move through the room during the video, does the camera, do both or neither?",
        "Which of these moves through the room in the video: the {a}, the camera, both or neither?",
        (
            "During the video, what changes position in the room: the {a}, the camera, both or"
            " neither?"
        ),
        "Who or what moves in this video: the {a}, the camera, both or neither?",
        "Considering only the {a} and the camera, which of them moves through the room?",
        "Of the {a} and the camera, which changes its position in the room during the video?",
        (
            "Look at the {a} against the room around it. Is the {a} moving, the camera, both or"
            " neither?"
        ),
        "In this video, is it the {a}, the camera, both or neither that moves through the room?",
    ),
    "approach": (
        (
            "Over the video, does the {a} get closer to the camera, get farther from it, or stay"
            " at about the same distance?"
        ),
        (
            "While the {a} is in view, does it get closer to the camera, get farther away, or"
            " stay about as far?"
        ),
        (
            "From the first clear view of the {a} to the last, does its distance to the camera"
            " become smaller, larger, or neither?"
        ),
        (
            "At the last clear view of the {a}, is it closer to the camera than at the first,"
            " farther, or about as far?"
        ),
        (
            "Does the {a} end up closer to the camera, farther from it, or about as far as when"
            " it first came into view?"
        ),
        "How does the {a}'s distance from the camera change while it is in view?",
        (
            "Between the first and the last clear view of the {a}, how does its distance from the"
            " camera change?"
        ),
        (
            "While the video shows the {a}, does the distance between it and the camera shrink,"
            " grow, or stay about the same?"
        ),
    ),
}
APPROACH_OPTIONS = ("closer", "farther", "about the same")


@register_task(seed=20)
class WhoMoved(ClipTask):
    """Asks "who": which of an object and the camera changes its place in the room. What gets 30 cm
    or more from its start (the object also between two frames that show it plainly) has moved; what
    stays within 2 cm and 2 degrees has not; anything between is not asked about, nor is a camera
    that only turns.

    Or "approach": whether the distance from the camera to the middle of the object's box, from the
    first to the last frame that shows it plainly, shrinks or grows by at least 20 %, never leaving
    that range by more than 5 %, or stays within 5 % throughout. No frame before or after shows it
    nearly plainly (0.8 % of the picture, 10 % unhidden). `margin` is by how much the change exceeds
    its bound: metres for "who", a fraction for "approach". The object has a word of its own and is
    plain to see in two frames or more.
    """

    name = "who_moved"
    kind = "choice"
    needs = "motion"
    scan_needs = ("motion",)
    templates = TEMPLATES

    class Inputs(ClipTask.Inputs):
        object: ObjectId
        ask: Literal["who", "approach"]
        options: tuple[str, ...]

    def propose(self, clip_view: ClipView, rng: np.random.Generator) -> list[Question]:
        questions: list[Question] = []

        for obj in sample_up_to(rng, uniquely_named_in_clip(clip_view)):
            if len(clearly_visible_frames(clip_view, obj.id)) < 2:
                continue
            if classify_mover(clip_view, obj) is not None:
                questions.append(self._build_who_question(clip_view, obj, rng))
            if classify_approach(clip_view, obj) is not None:
                questions.append(self._build_approach_question(clip_view, obj, rng))

        return sample_up_to(rng, questions, MAX_QUESTIONS)

    def answer(self, clip_view: ClipView, inputs: Inputs) -> Answer:
        obj = clip_view.object(inputs.object)
        outcome = (classify_mover if inputs.ask == "who" else classify_approach)(clip_view, obj)
        if outcome is None:
            raise ValueError(f"object {obj.id} allows no answer")

        word = {"object": f"only the {obj.category}", "camera": "only the camera"}.get(
            outcome[0], outcome[0]
        )

        return Answer(kind="choice", value=word, options=list(inputs.options))

    def _build_who_question(
        self, clip_view: ClipView, obj: Object, rng: np.random.Generator
    ) -> Question:
        options = sample_up_to(
            rng, (f"only the {obj.category}", "only the camera", "both", "neither")
        )
        outcome = classify_mover(clip_view, obj)
        assert outcome is not None
        word, other = ("moves", "stays") if outcome[0] in ("object", "both") else ("stays", "moves")
        listed = f"{', '.join(options[:-1])} or {options[-1]}"

        return self.question(
            clip_view,
            self._inputs(clip_view, obj, "who", options),
            f"{self.ask(rng, 'who', a=obj.category, options=listed)} {list_short_options(options)}",
            margin=outcome[1],
            subject=f"who {obj.category}",
            answer_class=f"who {outcome[0]}",
            subtask="who",
            compared=(f"{obj.category} {word}", f"{obj.category} {other}"),
        )

    def _build_approach_question(
        self, clip_view: ClipView, obj: Object, rng: np.random.Generator
    ) -> Question:
        options = sample_up_to(rng, APPROACH_OPTIONS)
        outcome = classify_approach(clip_view, obj)
        assert outcome is not None

        return self.question(
            clip_view,
            self._inputs(clip_view, obj, "approach", options),
            f"{self.ask(rng, 'approach', a=obj.category)} {list_short_options(options)}",
            margin=outcome[1],
            subject=f"approach {obj.category}",
            answer_class=f"approach {outcome[0]}",
            subtask="approach",
        )

    def _inputs(
        self,
        clip_view: ClipView,
        obj: Object,
        ask: Literal["who", "approach"],
        options: Sequence[str],
    ) -> Inputs:
        return self.Inputs(
            clip=clip_view.clip_index, object=obj.id, ask=ask, options=tuple(options)
        )

    def explain(self, clip_view: ClipView, inputs: Inputs, answer: Answer) -> str:
        category = clip_view.object(inputs.object).category

        if inputs.ask == "who":
            object_m = max_distance_from_start(object_trajectory(clip_view, inputs.object))
            camera_m = max_distance_from_start(camera_trajectory(clip_view))
            return (
                f"Walls and standing things shift as for a camera that gets {camera_m:.1f} m from"
                f" its start; against them the {category} gets {object_m:.1f} m from its own:"
                f" {answer.value}."
            )

        far = camera_distances(clip_view, clip_view.object(inputs.object))
        assert far is not None
        return (
            f"The {category} is {far[0]:.1f} m from the camera when first plain to see and"
            f" {far[-1]:.1f} m when last: {answer.value}."
        )


def classify_mover(clip_view: ClipView, obj: Object) -> tuple[str, float] | None:
    """("object", "camera", "both" or "neither", metres to the nearest bound), or None where people
    could disagree.
    """
    track = object_trajectory(clip_view, obj.id)
    visible_frames = clearly_visible_frames(clip_view, obj.id)
    object_turn = math.degrees(float(np.ptp(object_yaws(clip_view, obj.id))))
    turns = [
        bearing(heading(clip_view.cameras[0]), heading(camera)) for camera in clip_view.cameras
    ]
    tilts = [
        math.degrees(math.asin(np.clip(camera.pose[2, 2], -1, 1))) for camera in clip_view.cameras
    ]
    camera_turn = max(max(abs(turn) for turn in turns), float(np.ptp(tilts)))
    object_moves = _has_moved(
        max_distance_from_start(track[visible_frames]), max_distance_from_start(track), object_turn
    )
    camera_far = max_distance_from_start(camera_trajectory(clip_view))
    camera_moves = _has_moved(camera_far, camera_far, camera_turn)

    if object_moves is None or camera_moves is None:
        return None

    word = {
        (True, True): "both",
        (True, False): "object",
        (False, True): "camera",
        (False, False): "neither",
    }

    return word[object_moves[0], camera_moves[0]], min(object_moves[1], camera_moves[1])


def _has_moved(seen: float, whole: float, turn: float) -> tuple[bool, float] | None:
    """Whether a thing that gets `whole` metres from its start moves, and the margin; None in doubt.

    `seen` is how far it gets in the frames that show it plainly, `turn` its turn in degrees.
    """
    if min(seen, whole) >= MIN_MOVE:
        return True, whole - MIN_MOVE
    if whole <= MAX_STILL_MOVE and turn <= MAX_STILL_TURN:
        return False, MAX_STILL_MOVE - whole

    return None


def visible_span(clip_view: ClipView, obj: Object) -> tuple[int, int] | None:
    """The first and the last frame that show the object plainly; None where they are not told from
    others.
    """
    visible_frames = clearly_visible_frames(clip_view, obj.id)
    nearly = [index for index, view in enumerate(clip_view.views) if _is_nearly_clear(view, obj.id)]
    if len(visible_frames) < 2 or (visible_frames[0], visible_frames[-1]) != (
        nearly[0],
        nearly[-1],
    ):
        return None

    return visible_frames[0], visible_frames[-1]


def _is_nearly_clear(view: View, object_id: int) -> bool:
    return (
        view.pixel_share(object_id) >= NEARLY_CLEAR_PIXEL_SHARE
        and view.visible[object_id].fraction >= NEARLY_CLEAR_FRACTION
    )


def camera_distances(clip_view: ClipView, obj: Object) -> Floats | None:
    """(P,) metres from the camera to the middle of the object's box in the frames of its
    `visible_span`, None without one.
    """
    frames = visible_span(clip_view, obj)
    if frames is None:
        return None

    far_F = np.linalg.norm(
        object_trajectory(clip_view, obj.id) - camera_trajectory(clip_view), axis=1
    )

    return far_F[frames[0] : frames[1] + 1]


def classify_approach(clip_view: ClipView, obj: Object) -> tuple[str, float] | None:
    """("closer", "farther" or "about the same", how clearly as a fraction), or None where people
    could disagree.
    """
    far = camera_distances(clip_view, obj)
    if far is None:
        return None

    first = float(far[0])
    last = float(far[-1])
    spread = float(np.abs(far / first - 1).max())
    if spread <= MAX_SAME_CHANGE:
        return "about the same", MAX_SAME_CHANGE - spread

    change = last / first - 1
    low = min(first, last) * (1 - MAX_SAME_CHANGE)
    high = max(first, last) * (1 + MAX_SAME_CHANGE)
    if abs(change) < MIN_DISTANCE_CHANGE or far.min() < low or far.max() > high:
        return None

    return ("closer" if change < 0 else "farther"), abs(change) - MIN_DISTANCE_CHANGE
