"""Appearance order: in which order do objects come into view in a video?"""

from collections.abc import Sequence
from itertools import combinations, pairwise

import numpy as np

from waywiser.sample import Answer
from waywiser.scenes.scene import Object
from waywiser.tasks.base import (
    MIN_CLEAR_PIXEL_SHARE,
    NEGLIGIBLE_PIXEL_SHARE,
    ClipTask,
    ObjectId,
    Question,
    sample_up_to,
)
from waywiser.tasks.clip_view import ClipView, uniquely_named_in_clip
from waywiser.tasks.registry import register_task
from waywiser.tasks.wording import list_options

NUM_OBJECTS = 4
MIN_CONSECUTIVE_FRAMES = 2
"""An object has appeared at the first of so many consecutive frames in which it covers 1 % of the
picture.
"""
LOWER_PIXEL_SHARES = (0.005, 0.002, NEGLIGIBLE_PIXEL_SHARE)
"""Shares at which sharper eyes may see an object, in a single frame."""
MIN_APPEARANCE_GAP = 1.0
"""Seconds between one appearance and the next."""

SYMMETRIC_ORDERS = (
    ((0, 1, 2, 3), (1, 0, 2, 3), (0, 1, 3, 2), (1, 0, 3, 2)),
    ((0, 1, 2, 3), (0, 2, 1, 3), (3, 1, 2, 0), (3, 2, 1, 0)),
    ((0, 1, 2, 3), (1, 0, 3, 2), (2, 3, 0, 1), (3, 2, 1, 0)),
)
"""Sets of permutations that are groups: each option relates to the others alike, so the set does
not tell which is right (options made by distorting the right one do: it has the most in common with
the rest).
"""

TEMPLATES = (
    "In which order do these objects first come into view in the video: {list}?",
    "What is the order in which {list} first appear in the video?",
    "Sort by first appearance in the video: {list}.",
    "Watching the video from the start, in which order do you first see {list}?",
    "Which comes into view first, second, third and last in the video: {list}?",
    "Put these in the order of their first appearance in the video: {list}.",
    "As the video plays, {list} come into view one after another. In which order?",
    "Give the order of first appearance of {list} in this video.",
    "By the time each is first visible in the video, how are {list} ordered?",
)


@register_task(seed=16)
class AppearanceOrder(ClipTask):
    """Order of first appearance of four objects, each with a word of its own in all of the video.

    An object has appeared at the first of two consecutive frames in which it covers at least 1 % of
    the picture. Appearances are at least 1 s apart, and never in the opposite order for a sharper
    eye, to which 0.5 %, 0.2 % or a speck in a single frame is enough. `margin` is the smallest time
    between appearances, in seconds.
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
            (obj, times)
            for obj in uniquely_named_in_clip(clip_view)
            if (times := appearance_times(clip_view, obj)) is not None
        ]

        appeared.sort(key=lambda item: item[1])
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
        sets = SYMMETRIC_ORDERS[int(rng.integers(len(SYMMETRIC_ORDERS)))]
        options = sample_up_to(rng, [format_order([ordered[i] for i in order]) for order in sets])
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
        appeared = sorted(
            ((appearance_time(clip_view, obj), obj.category) for obj in objects),
            key=lambda item: item[0],
        )
        appearances = ", ".join(f"{category} {t:.1f} s" for t, category in appeared)
        return f"First seen: {appearances}. So the order is {answer.value}."


def format_order(objects: Sequence[Object]) -> str:
    """An order as an option: "bed, lamp, chair, rug"."""
    return ", ".join(obj.category for obj in objects)


def appearance_times(clip_view: ClipView, obj: Object) -> tuple[float, ...] | None:
    """When the object appears, and when it is first seen by ever sharper eyes, in seconds; None if
    it never appears.
    """
    shares = [view.pixel_share(obj.id) for view in clip_view.views]
    times: list[float] = []

    for pixel_share, run in (
        (MIN_CLEAR_PIXEL_SHARE, MIN_CONSECUTIVE_FRAMES),
        *((pixel_share, 1) for pixel_share in LOWER_PIXEL_SHARES),
    ):
        starts = range(len(shares) - run + 1)
        first = next(
            (i for i in starts if all(s >= pixel_share for s in shares[i : i + run])), None
        )
        if first is None:
            return None

        times.append(clip_view.times[first])

    return tuple(times)


def appearance_time(clip_view: ClipView, obj: Object) -> float:
    """When the object appears, in seconds. Raises ValueError where it never does."""
    seen = appearance_times(clip_view, obj)
    if seen is None:
        raise ValueError(f"object {obj.id} never appears")
    return seen[0]


def appears_clearly_earlier(earlier: Sequence[float], later: Sequence[float]) -> bool:
    """Whether two objects' times, as `appearance_times` gives them, leave no doubt about which
    comes first.
    """
    return later[0] - earlier[0] >= MIN_APPEARANCE_GAP and all(
        b >= a for a, b in zip(earlier, later, strict=True)
    )
