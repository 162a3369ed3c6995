"""Size order: three or four objects by height, or by length, from the largest on."""

from collections.abc import Sequence
from itertools import combinations, islice, pairwise, permutations
from typing import Literal

import numpy as np

from waywiser.sample import Answer
from waywiser.scenes.scene import Object
from waywiser.tasks.base import (
    ImageTask,
    ObjectId,
    Question,
    View,
    is_fully_visible,
    sample_up_to,
    uniquely_named,
)
from waywiser.tasks.object_size import middle_depth
from waywiser.tasks.registry import register_task
from waywiser.tasks.size_comparison import both_may_be_larger, extent_along, has_side
from waywiser.tasks.visual_cues import image_span, position_in_words
from waywiser.tasks.wording import list_in_words, list_options

MIN_DIFFERENCE = 0.10
"""Meters by which each object exceeds the next smaller one ..."""
RATIOS = {1: 0.5, 2: 0.25, 3: 0.25}
"""... and by this fraction of the smaller one, by depth."""
COUNTS = {1: 3, 2: 3, 3: 4}
"""Objects that are put in order, by depth."""
MIN_SIZE = 0.15
"""Meters. Nobody puts what is flatter, or shorter, in an order."""
MIN_CUE_RATIO = 1.1
"""Factor by which the measures that follow from the image must differ."""
AXES = ("height", "length")
PER_DEPTH = 4
"""Questions of each depth about one image."""

TEMPLATES = {
    "height": (
        "Put {list} in order of height, tallest first.",
        "Sort {list} by their real height, from tallest to shortest.",
        "Order {list} from tallest to shortest.",
        "Rank {list} by how tall they are in reality, starting with the tallest.",
        "What is the order of {list} by height, tallest first?",
        "Arrange {list} by height from the tallest to the shortest.",
        "List {list} in order of their real height, tallest first.",
        "If {list} stood side by side, what would be their order from tallest to shortest?",
    ),
    "length": (
        "Seen from above, what is the order of {list} from longest to shortest?",
        "Sort {list} by their longest horizontal side, longest first.",
        "Ignoring height, order {list} from longest to shortest.",
        "Seen from above, rank {list} by length, starting with the longest.",
        "What is the order of {list} by their length on the floor plan, longest first?",
        "Put {list} in order of horizontal length, longest first.",
        "Compare the longer side of each, seen from above: {list}. What is the order from longest to shortest?",
        "Arrange {list} by their horizontal length in the room, from the longest to the shortest.",
    ),
}


@register_task(seed=24)
class SizeOrder(ImageTask):
    """Objects in the order of their height, or of the longer horizontal side of their boxes, the
    largest first.

    Depth 1: three objects, each larger than the next by half. Depth 2: three, by a quarter. Depth
    3: four, by a quarter. Each exceeds the next by 10 cm, too, and measures at least 15 cm. By the
    natural sizes of their categories either of the two largest may be the larger one. All have
    words of their own and their outline can be told. Four orders are offered, the right one
    and another, each beside itself with the two first exchanged. `margin` is the
    smallest difference between neighbors, in meters.
    """

    name = "size_order"
    kind = "choice"
    category_tells = True
    scan_needs = ("objects", "boxes", "up")
    templates = TEMPLATES

    class Inputs(ImageTask.Inputs):
        objects: tuple[ObjectId, ...]
        axis: Literal["height", "length"]
        depth: int
        options: tuple[str, ...]

    def propose(self, view: View, rng: np.random.Generator) -> list[Question]:
        objects = [obj for obj in uniquely_named(view) if is_fully_visible(view, obj.id)]
        questions: list[Question] = []

        for depth, count in COUNTS.items():
            drafts = [
                (group, axis)
                for group in combinations(objects, count)
                for axis in AXES
                if all(has_side(obj.category, axis) for obj in group)
                and order_depth(group, axis) == depth
                and is_open_at_the_top(group, axis)
            ]
            proposed = (
                self._build_question(view, depth, sample_up_to(rng, group), axis, rng)
                for group, axis in sample_up_to(rng, drafts, len(drafts))
            )
            questions += islice((q for q in proposed if q.reasoning), PER_DEPTH)

        return questions

    def answer(self, view: View, inputs: Inputs) -> Answer:
        order = sort_by_size([view.object(i) for i in inputs.objects], inputs.axis)
        return Answer(kind="choice", value=name_order(order), options=list(inputs.options))

    def _build_question(
        self, view: View, depth: int, group: list[Object], axis: str, rng: np.random.Generator
    ) -> Question:
        order = sort_by_size(group, axis)
        options = draw_orders(order, rng)
        names = list_in_words([f"the {obj.category}" for obj in group])
        inputs = self.Inputs(
            camera=view.camera_index,
            objects=tuple(obj.id for obj in group),
            axis=axis,  # type: ignore[arg-type] - one of AXES
            depth=depth,
            options=tuple(options),
        )

        # Of three objects there are fewer first places than options, hence the second one too.
        num_places = 2 if len(group) == 3 else 1
        places = [group.index(obj) for obj in order[:2]]
        first, second = (obj.category for obj in order[:2])
        pair = " and ".join(sorted((first, second)))

        return self.question(
            view,
            inputs,
            f"{self.ask(rng, axis, list=names)} {list_options(options)}",
            margin=size_margin(order, axis),
            subject=f"{axis} {' '.join(sorted(obj.category for obj in group))}",
            answer_class=f"{axis} {' '.join(map(str, places[:num_places]))}",
            subtask=f"{axis} {depth}",
            # Even in each pair of the two largest; that some things are large in most is no secret.
            compared=(f"{axis} {first} of {pair}", f"{axis} {second} of {pair}"),
            complexity=depth,
        )

    def explain(self, view: View, inputs: Inputs, answer: Answer) -> str:
        order = sort_by_size([view.object(i) for i in inputs.objects], inputs.axis)
        axis = "height" if inputs.axis == "height" else "width"
        depths = [round(middle_depth(view, obj) * 2) / 2 for obj in order]
        percents = [getattr(image_span(view, obj.id), axis) for obj in order]
        products = [depth * percent for depth, percent in zip(depths, percents, strict=True)]
        if any(large < MIN_CUE_RATIO * small for large, small in pairwise(products)):
            return ""

        told = [
            f"the {obj.category} ({position_in_words(view, obj.id)}): {percent} x {depth:g} ="
            f" {product:g}"
            for obj, percent, depth, product in sorted(
                zip(order, percents, depths, products, strict=True),
                key=lambda row: inputs.objects.index(row[0].id),
            )
        ]
        return (
            f"How large a thing looks times how far away it is tells its size. Percent of the image"
            f" {axis} times rough depth in meters: {'; '.join(told)}. From the largest on:"
            f" {answer.value}."
        )


def sort_by_size(objects: Sequence[Object], axis: str) -> list[Object]:
    """The objects from the largest on."""
    return sorted(objects, key=lambda obj: -extent_along(obj, axis))


def name_order(order: Sequence[Object]) -> str:
    """An order as an option: "wardrobe, chair, stool"."""
    return ", ".join(obj.category for obj in order)


def size_margin(order: Sequence[Object], axis: str) -> float:
    """Smallest difference between neighbors of an order, in meters."""
    return min(extent_along(a, axis) - extent_along(b, axis) for a, b in pairwise(order))


def order_depth(objects: Sequence[Object], axis: str) -> int | None:
    """The depth of putting these in order, None where two neighbors are too much alike."""
    sizes = [extent_along(obj, axis) for obj in sort_by_size(objects, axis)]
    if min(sizes) < MIN_SIZE or any(
        large - small < MIN_DIFFERENCE for large, small in pairwise(sizes)
    ):
        return None

    lead = min(large / small - 1 for large, small in pairwise(sizes))
    depths = [
        depth for depth, ratio in RATIOS.items() if COUNTS[depth] == len(objects) and lead >= ratio
    ]
    return min(depths, default=None)


def is_open_at_the_top(objects: Sequence[Object], axis: str) -> bool:
    """Whether natural sizes leave open which of the two largest is larger."""
    first, second, *_ = sort_by_size(objects, axis)
    return both_may_be_larger(first.category, second.category, axis)


def draw_orders(order: Sequence[Object], rng: np.random.Generator) -> list[str]:
    """The right order among others, shuffled.

    Each of them stands beside the one with its two first exchanged, which is what the natural sizes
    leave open; so the options do not tell which two that are.
    """
    others = [other for other in permutations(order) if set(other[:2]) != set(order[:2])]
    other = others[int(rng.integers(len(others)))]
    options = [name_order(o) for first in (order, other) for o in (first, swap_first_two(first))]
    return sample_up_to(rng, options)


def swap_first_two(order: Sequence[Object]) -> list[Object]:
    """The order with its first two exchanged."""
    first, second, *rest = order
    return [second, first, *rest]
