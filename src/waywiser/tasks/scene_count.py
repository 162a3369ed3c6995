"""Scene count: how many instances of a category does a video show in all?"""

import numpy as np

from waywiser.sample import Answer
from waywiser.scenes.categories import are_confusable, is_askable, pluralize
from waywiser.scenes.scene import Object
from waywiser.tasks.base import (
    MAX_QUESTIONS,
    MIN_CLEAR_PIXEL_SHARE,
    ClipTask,
    ObjectId,
    Question,
    is_clearly_visible,
    is_noticeable,
    is_visible,
    sample_up_to,
)
from waywiser.tasks.clip_view import ClipView
from waywiser.tasks.registry import register_task
from waywiser.tasks.visual_cues import pick_style, position_in_words

MAX_COUNT = 10

TEMPLATES = (
    "How many different {things} appear in the video?",
    "Counting each one once, how many {things} appear in the video?",
    "How many {things} does the video show in total?",
    "Over the whole video, how many different {things} can you see?",
    "Count the {things} shown in the video. Count each one only once, even if it reappears.",
    "What is the total number of different {things} in the video?",
    "If you watch the whole video, how many different {things} do you see?",
    "Across all frames of the video, how many distinct {things} are there?",
    "How many separate {things} come into view during the video?",
)


@register_task(seed=12)
class SceneCount(ClipTask):
    """Distinct instances that come into view in any frame; what the video never shows does not
    count.

    Every instance that shows as more than a speck in some frame must be clearly visible in some frame
    (1 % of the picture, 30 % unhidden, 15 cm), else nothing is asked; nor is it where another word
    could be used for one of the things in view. `margin` is by how much of the picture the least
    visible instance exceeds 1 %, in [0, 1].
    """

    name = "scene_count"
    kind = "integer"
    needs = "video"
    scan_needs = ("objects", "frames", "times")
    templates = TEMPLATES

    class Inputs(ClipTask.Inputs):
        category: str
        objects: tuple[ObjectId, ...]

    def propose(self, clip_view: ClipView, rng: np.random.Generator) -> list[Question]:
        groups = group_clip_objects_by_category(clip_view)
        countable = [
            category
            for category, group in groups.items()
            if len(group) <= MAX_COUNT
            and is_askable(category)
            and all(
                any(is_clearly_visible(view, obj.id) for view in clip_view.views) for obj in group
            )
            and not any(are_confusable(category, other) for other in groups if other != category)
        ]

        several_first = sorted(
            sample_up_to(rng, countable, len(countable)), key=lambda name: len(groups[name]) == 1
        )
        return [
            self._build_question(clip_view, category, rng)
            for category in several_first[:MAX_QUESTIONS]
        ]

    def answer(self, clip_view: ClipView, inputs: Inputs) -> Answer:
        return Answer(
            kind="integer",
            value=len(group_clip_objects_by_category(clip_view).get(inputs.category, [])),
        )

    def _build_question(
        self, clip_view: ClipView, category: str, rng: np.random.Generator
    ) -> Question:
        group = group_clip_objects_by_category(clip_view)[category]
        inputs = self.Inputs(
            clip=clip_view.clip_index,
            category=category,
            objects=tuple(obj.id for obj in group),
        )

        return self.question(
            clip_view,
            inputs,
            self.ask(rng, things=pluralize(category)),
            margin=min(max_clear_pixel_share(clip_view, obj) for obj in group)
            - MIN_CLEAR_PIXEL_SHARE,
            subject=category,
        )

    def explain(self, clip_view: ClipView, inputs: Inputs, answer: Answer) -> str:
        sightings = sorted((first_seen_frame(clip_view, i), i) for i in inputs.objects)
        told = [
            f"{number}: at {clip_view.times[frame]:g} s"
            f" {position_in_words(clip_view.views[frame], i)}"
            for number, (frame, i) in enumerate(sightings, start=1)
        ]
        style = pick_style(
            inputs,
            (
                "I follow the video and note each {word} when it first comes into view. {list}."
                " Every other {word} is one of these seen again, so the count is {count}.",
                "New {plural} in the order in which they appear: {list}. No others are new. That"
                " makes {count}.",
            ),
        )

        return style.format(
            word=inputs.category,
            plural=pluralize(inputs.category),
            list="; ".join(told),
            count=answer.value,
        )


def group_clip_objects_by_category(clip_view: ClipView) -> dict[str, list[Object]]:
    """Objects that show as more than a speck in any frame, by category, in id order."""
    visible_ids = {i for view in clip_view.views for i in view.visible if is_noticeable(view, i)}

    groups: dict[str, list[Object]] = {}

    for object_id in sorted(visible_ids):
        obj = clip_view.object(object_id)
        groups.setdefault(obj.category, []).append(obj)

    return groups


def max_clear_pixel_share(clip_view: ClipView, obj: Object) -> float:
    """Largest share of a picture that the object covers in a frame in which it is clearly visible."""
    return max(
        view.pixel_share(obj.id) for view in clip_view.views if is_clearly_visible(view, obj.id)
    )


def first_seen_frame(clip_view: ClipView, object_id: int) -> int:
    """The first frame in which the object is seen."""
    return next(i for i, view in enumerate(clip_view.views) if is_visible(view, object_id))
