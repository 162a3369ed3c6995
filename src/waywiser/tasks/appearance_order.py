"""Appearance order: in which order do objects come into view in a video?"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, permutations

import numpy as np

from waywiser.sample import Answer
from waywiser.scenes.scene import Object
from waywiser.tasks.base import (
    ClipTask,
    ObjectId,
    Question,
    recognize,
    sample_up_to,
)
from waywiser.tasks.clip_view import ClipView, uniquely_named_in_clip
from waywiser.tasks.registry import register_task
from waywiser.tasks.visual_cues import pick_style, position_in_words
from waywiser.tasks.wording import list_options

NUM_OBJECTS = 4
MIN_APPEARANCE_GAP = 1.0
"""Seconds from when one object is surely seen to when the next may first be noticed."""

NUM_OPTIONS = 4

TEMPLATES = (
    "In which order do these objects first appear in the video: {list}?",
    "In what order do {list} first come into view in the video?",
    "What is the first-time appearance order of these objects in the video: {list}?",
    "Sort these objects by when they first appear in the video: {list}.",
    "As the video plays, in which order do you first see {list}?",
    "Put {list} in the order in which they first appear in the video.",
    "Which of these objects comes into view first, second, third and last in the video: {list}?",
    "Watching the video from the start, in which order do {list} come into view?",
)


@register_task(seed=16)
class AppearanceOrder(ClipTask):
    """Order of first appearance of four objects, each with a word of its own in all of the video.

    An object has appeared at the first frame in which it is seen, cut by the frame's edge or not.
    Every viewer sees each at least 1 s before anyone could notice the next, so two things that the
    first frame shows are never ordered. `margin` is the smallest time between appearances, in
    seconds.
    """

    name = "appearance_order"
    kind = "choice"
    needs = "video"
    scan_needs = ("objects", "frames", "times")
    templates = TEMPLATES

    class Inputs(ClipTask.Inputs):
        objects: tuple[ObjectId, ...]
        options: tuple[str, ...]

    def propose(self, clip_view: ClipView, rng: np.random.Generator) -> list[Question]:
        appeared = [
            (obj, appearance)
            for obj in uniquely_named_in_clip(clip_view)
            if (appearance := find_appearance(clip_view, obj)) is not None
        ]

        appeared.sort(key=lambda item: item[1].seen)
        groups = [
            [obj for obj, _ in group]
            for group in combinations(appeared, NUM_OBJECTS)
            if all(appears_clearly_earlier(one[1], two[1]) for one, two in pairwise(group))
        ]

        return [self._build_question(clip_view, group, rng) for group in sample_up_to(rng, groups)]

    def answer(self, clip_view: ClipView, inputs: Inputs) -> Answer:
        objects = [clip_view.object(i) for i in inputs.objects]
        when = {obj.id: appearance_time(clip_view, obj) for obj in objects}
        ordered = sorted(objects, key=lambda obj: when[obj.id])
        return Answer(kind="choice", value=format_order(ordered), options=list(inputs.options))

    def _build_question(
        self, clip_view: ClipView, ordered: list[Object], rng: np.random.Generator
    ) -> Question:
        shown = sample_up_to(rng, ordered)
        options = [format_order([ordered[i] for i in order]) for order in sample_orders(rng)]
        inputs = self.Inputs(
            clip=clip_view.clip_index,
            objects=tuple(obj.id for obj in shown),
            options=tuple(options),
        )

        answer = self.answer(clip_view, inputs)
        times = [appearance_time(clip_view, obj) for obj in ordered]
        names = [f"the {obj.category}" for obj in shown]
        listed = f"{', '.join(names[:-1])} and {names[-1]}"

        return self.question(
            clip_view,
            inputs,
            f"{self.ask(rng, list=listed)} {list_options(options)}",
            answer=answer,
            margin=float(min(np.diff(times))),
            subject=" ".join(sorted(obj.category for obj in ordered)),
            answer_class=str(options.index(str(answer.value))),
            compared=(ordered[0].category, ordered[-1].category),
        )

    def explain(self, clip_view: ClipView, inputs: Inputs, answer: Answer) -> str:
        objects = [clip_view.object(i) for i in inputs.objects]
        appeared = sorted((appearance_time(clip_view, obj), obj.id) for obj in objects)
        told = []

        for seconds, object_id in appeared:
            view = clip_view.views[clip_view.times.index(seconds)]
            category = clip_view.object(object_id).category
            told.append(f"the {category} at {seconds:g} s {position_in_words(view, object_id)}")

        style = pick_style(
            inputs,
            (
                "I note when each one first comes into view: {list}. So the order is {order}.",
                "Watching from the start, I first see {list}. That gives the order {order}.",
            ),
        )
        return style.format(list=", ".join(told), order=answer.value)


def sample_orders(rng: np.random.Generator) -> list[tuple[int, ...]]:
    """Four orders of four objects, at random, among them the right one, at a random place.

    The right order is first drawn as any other and then renamed (0, 1, 2, 3), so nothing sets it
    apart: options that are made by distorting the right one have the most in common with it.
    """
    orders = list(permutations(range(NUM_OBJECTS)))
    chosen = [orders[i] for i in rng.choice(len(orders), NUM_OPTIONS, replace=False).tolist()]
    right = chosen[int(rng.integers(NUM_OPTIONS))]
    return [tuple(right.index(i) for i in order) for order in chosen]


def format_order(objects: Sequence[Object]) -> str:
    """An order as an option: "bed, lamp, chair, rug"."""
    return ", ".join(obj.category for obj in objects)


@dataclass(frozen=True)
class Appearance:
    """When an object comes into view, in seconds from the start of the clip."""

    noticed: float
    """The first frame in which some viewers see it."""
    seen: float
    """The first frame in which every viewer sees it."""


def find_appearance(clip_view: ClipView, obj: Object) -> Appearance | None:
    """When an object comes into view; None if no frame surely shows it."""
    recognitions = [recognize(view, obj.id) for view in clip_view.views]
    if "seen" not in recognitions:
        return None

    noticed = next(i for i, recognition in enumerate(recognitions) if recognition != "unseen")
    return Appearance(clip_view.times[noticed], clip_view.times[recognitions.index("seen")])


def appearance_time(clip_view: ClipView, obj: Object) -> float:
    """When the object is first seen, in seconds. Raises ValueError where it never is."""
    appearance = find_appearance(clip_view, obj)
    if appearance is None:
        raise ValueError(f"object {obj.id} never appears")
    return appearance.seen


def appears_clearly_earlier(earlier: Appearance, later: Appearance) -> bool:
    """Whether no viewer could take the later object for the one that comes first."""
    return later.noticed - earlier.seen >= MIN_APPEARANCE_GAP
