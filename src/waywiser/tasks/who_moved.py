"""Who moved: the object, the camera, both or neither; and do they come closer?"""

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
    sample_up_to,
)
from waywiser.tasks.clip_view import ClipView, uniquely_named_in_clip
from waywiser.tasks.mover_cues import explain_approach, explain_mover
from waywiser.tasks.mover_geometry import classify_approach, classify_mover
from waywiser.tasks.registry import register_task
from waywiser.tasks.trajectories import clearly_visible_frames
from waywiser.tasks.wording import list_short_options

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
            "From the first clear view of the {a} to the last, does it come closer to the camera,"
            " get farther away, or stay at about the same distance?"
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
        moving = clip_view.moving_ids
        named = uniquely_named_in_clip(clip_view)
        movers = [obj for obj in named if obj.id in moving]
        others = [obj for obj in named if obj.id not in moving]

        # Few things move and many stay, and either is asked about.
        for obj in [*movers, *sample_up_to(rng, others)]:
            if len(clearly_visible_frames(clip_view, obj.id)) < 2:
                continue
            if classify_mover(clip_view, obj) is not None:
                questions.append(self._build_who_question(clip_view, obj, rng))
            if classify_approach(clip_view, obj) is not None:
                questions.append(self._build_approach_question(clip_view, obj, rng))

        return questions[:MAX_QUESTIONS]

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
        obj = clip_view.object(inputs.object)
        if inputs.ask == "who":
            return explain_mover(clip_view, obj, str(answer.value))
        return explain_approach(clip_view, obj, str(answer.value))
