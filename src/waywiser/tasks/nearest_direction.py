"""Nearest direction: find the nearest of several things, then say how it lies to another."""

from collections.abc import Sequence
from itertools import combinations, islice

import numpy as np

from waywiser.rendering.boxes import box_distances
from waywiser.sample import Answer
from waywiser.scenes.categories import pluralize
from waywiser.scenes.scene import Object
from waywiser.tasks.base import (
    ImageTask,
    ObjectId,
    Question,
    View,
    group_visible_by_category,
    is_fully_visible,
    sample_up_to,
    uniquely_named,
)
from waywiser.tasks.camera_relations import (
    RelationAxis,
    explain_depth,
    is_plain,
    relation_lead,
    relation_to,
)
from waywiser.tasks.counting_conditions import countable_groups
from waywiser.tasks.floor_map import FloorMap, sketch_map
from waywiser.tasks.registry import register_task
from waywiser.tasks.visual_cues import image_span, keep_short, position_in_words
from waywiser.tasks.wording import list_in_words, list_short_options

MIN_RELATIVE_GAP = 0.25
"""The nearest is told from the next only when they differ by this fraction of its distance ..."""
MIN_GAP = 0.3
"""... and by this many meters, so that an eye can tell."""
MIN_LISTED = 3
MAX_LISTED = 4
"""Different things that the nearest is looked for among; of a kind, two will do."""
MAX_TRIES = 300
"""Choices of things, anchor and reference that are tried at each depth."""
PER_DEPTH = 4
"""Questions of each depth about one image."""

TEMPLATES = {
    "kind": (
        "Find the {kind} nearest to the {anchor}.",
        "Look at the {kind} that is nearest to the {anchor}.",
        "Think of the {kind} nearest to the {anchor}.",
        "Pick out the {kind} closest to the {anchor}.",
        "Take the {kind} that is closest to the {anchor}.",
        "One of the {kinds} is closest to the {anchor}.",
        "Of all the {kinds}, consider the one nearest to the {anchor}.",
        "Among the {kinds}, find the one nearest to the {anchor}.",
    ),
    "list": (
        "Of {list}, take the one nearest to the {anchor}.",
        "Take whichever is nearest to the {anchor}: {list}.",
        "Among {list}, find the one closest to the {anchor}.",
        "One of the following is nearest to the {anchor}: {list}.",
        "Consider {list}. Find the one closest to the {anchor}.",
        "Out of {list}, pick the one that is nearest to the {anchor}.",
        "Look at {list}. Take the one nearest to the {anchor}.",
        "Find the one that is closest to the {anchor} among {list}.",
    ),
}
ASKED = {
    "side": "Is it to the left or to the right of the {other} in the image?",
    "depth": "Is it closer to the camera or farther from it than the {other}?",
    "both": (
        "Is it to the left or right of the {other} in the image, and is it closer to the camera or"
        " farther away?"
    ),
}
OPTIONS = {
    "side": ("left", "right"),
    "depth": ("closer", "farther"),
    "both": ("left and closer", "left and farther", "right and closer", "right and farther"),
}
AXES: dict[str, tuple[RelationAxis, ...]] = {
    "side": ("side",),
    "depth": ("depth",),
    "both": ("side", "depth"),
}


@register_task(seed=23)
class NearestDirection(ImageTask):
    """How the nearest of several things lies to another object: left or right of it in the image,
    closer to the camera or farther.

    Depth 1: the nearest to the camera (by the nearest points that show), and its side. Depth 2: the
    nearest to an object (by the smallest distance between boxes), and its side or its distance
    against that object. Depth 3: the same, both against a second object. The things are all
    instances of a kind, two to six, each surely seen, or three or four objects of a list; these and
    the others have words of their own, and their outline can be told. The nearest leads by 25 % and
    30 cm; the relation is plain as in `conditional_count`. `margin` is the smallest gap over the
    least one allowed.
    """

    name = "nearest_direction"
    kind = "choice"
    scan_needs = ("objects", "boxes")
    templates = TEMPLATES

    class Inputs(ImageTask.Inputs):
        category: str | None = None
        objects: tuple[ObjectId, ...]
        anchor: ObjectId | None = None
        reference: ObjectId
        ask: str
        options: tuple[str, ...]

    def propose(self, view: View, rng: np.random.Generator) -> list[Question]:
        named = [obj for obj in uniquely_named(view) if is_fully_visible(view, obj.id)]
        groups = countable_groups(view)
        questions: list[Question] = []

        for depth in (1, 2, 3):
            drafts = [
                (category, members, anchor, reference, ask)
                for category, members in candidate_sets(named, groups, rng)
                for anchor in ([None] if depth == 1 else named)
                for reference in ([anchor] if depth == 2 else uniquely_named(view))
                for ask in {1: ("side",), 2: ("side", "depth"), 3: ("both",)}[depth]
                if anchor not in members
                and reference is not None
                and reference not in members
                and (depth == 2 or reference is not anchor)
            ]
            proposed = (
                self._build_question(view, depth, *draft, rng=rng)
                for draft in sample_up_to(rng, drafts, MAX_TRIES)
            )
            found = (question for question in proposed if question and question.reasoning)
            questions += islice(found, PER_DEPTH)

        return questions

    def answer(self, view: View, inputs: Inputs) -> Answer:
        ids = inputs.objects
        if inputs.category is not None:
            ids = [obj.id for obj in group_visible_by_category(view).get(inputs.category, [])]

        distances = distances_from(view, inputs.anchor, ids)
        nearest = ids[int(np.argmin(distances))]
        words = [relation_to(view, nearest, inputs.reference, axis) for axis in AXES[inputs.ask]]
        return Answer(kind="choice", value=" and ".join(words), options=list(inputs.options))

    def _build_question(
        self,
        view: View,
        depth: int,
        category: str | None,
        members: Sequence[Object],
        anchor: Object | None,
        reference: Object,
        ask: str,
        *,
        rng: np.random.Generator,
    ) -> Question | None:
        ids = tuple(obj.id for obj in members)
        anchor_id = anchor.id if anchor else None
        distances = distances_from(view, anchor_id, ids)
        nearest = ids[int(np.argmin(distances))]
        lead = nearest_lead(distances)
        if lead < 1 or not all(is_plain(view, nearest, reference.id, axis) for axis in AXES[ask]):
            return None

        options = sample_up_to(rng, OPTIONS[ask])
        names = [f"the {obj.category}" for obj in sample_up_to(rng, members)]
        text = self.ask(
            rng,
            "kind" if category else "list",
            kind=category,
            kinds=pluralize(category) if category else "",
            list=list_in_words(names),
            anchor=anchor.category if anchor else "camera",
        )
        inputs = self.Inputs(
            camera=view.camera_index,
            category=category,
            objects=ids,
            anchor=anchor_id,
            reference=reference.id,
            ask=ask,
            options=tuple(options),
        )
        answer = self.answer(view, inputs)
        leads = [relation_lead(view, nearest, reference.id, axis) for axis in AXES[ask]]

        return self.question(
            view,
            inputs,
            " ".join(
                (text, ASKED[ask].format(other=reference.category), list_short_options(options))
            ),
            answer=answer,
            margin=min(lead, *leads),
            subject=category or "list",
            answer_class=f"{depth} {answer.value}",
            subtask=f"{depth} {ask}",
            compared=depths_compared(view, nearest, reference, answer) if ask == "depth" else None,
            complexity=depth,
        )

    def explain(self, view: View, inputs: Inputs, answer: Answer) -> str:
        ids = sorted(inputs.objects, key=view.x_percent)
        nearest = ids[int(np.argmin(distances_from(view, inputs.anchor, ids)))]
        found = explain_nearest(view, inputs.anchor, ids, nearest, numbered=bool(inputs.category))
        relation = explain_relation(view, nearest, inputs.reference, AXES[inputs.ask])
        if not found or not relation:
            return ""
        return keep_short(f"{found} {relation} {str(answer.value).capitalize()}.")


def candidate_sets(
    named: Sequence[Object], groups: dict[str, list[Object]], rng: np.random.Generator
) -> list[tuple[str | None, list[Object]]]:
    """All kinds, and some lists of named objects, among which the nearest may be looked for."""
    lists = [
        list(group)
        for count in range(MIN_LISTED, MAX_LISTED + 1)
        for group in combinations(named, count)
    ]
    return [*groups.items(), *((None, group) for group in sample_up_to(rng, lists, 4))]


def distances_from(view: View, anchor: int | None, ids: Sequence[int]) -> list[float]:
    """Meters from an object's box to those of others, or from the camera (None) to what shows."""
    if anchor is None:
        return [view.visible[i].nearest_distance for i in ids]

    boxes = [view.object(i).box for i in ids]
    return box_distances([view.object(anchor).box] * len(boxes), boxes).tolist()


def nearest_lead(meters: Sequence[float]) -> float:
    """The lead of the nearest over the least one that is asked about."""
    first, second = sorted(meters)[:2]
    return (second - first) / max(MIN_GAP, MIN_RELATIVE_GAP * first)


def explain_nearest(
    view: View, anchor: int | None, ids: Sequence[int], nearest: int, *, numbered: bool
) -> str:
    """Where the things are on a sketch of the floor, and which of them is the nearest.

    Args:
        view: The image.
        anchor: The object that it is the nearest to, None for the camera.
        ids: The things, from left to right.
        nearest: The nearest of them.
        numbered: They have numbers, not names.

    Returns:
        Two sentences; empty where the sketch does not say so.
    """
    shown = [*ids, *([] if anchor is None else [anchor])]
    places = [view.object(i).box.center[:2] for i in shown]
    start = None if anchor is None else len(ids)

    def meters(sketched: FloorMap) -> list[float]:
        origin_2 = np.zeros(2) if start is None else sketched.places_N_2[start]
        return [
            round(float(np.linalg.norm(sketched.places_N_2[i] - origin_2)), 1)
            for i in range(len(ids))
        ]

    def is_faithful(sketched: FloorMap) -> bool:
        own = meters(sketched)[ids.index(nearest)]
        return all(
            own + 0.1 <= far for i, far in zip(ids, meters(sketched), strict=True) if i != nearest
        )

    sketched = sketch_map(view.camera, places, is_faithful)
    if sketched is None:
        return ""

    names = [
        f"number {number}" if numbered else f"the {view.object(i).category}"
        for number, i in enumerate(ids, start=1)
    ]
    told = [
        f"{names[k]}, {position_in_words(view, i)}, at {sketched.format(k)} is"
        f" {meters(sketched)[k]:.1f} m away"
        for k, i in enumerate(ids)
    ]
    head = (
        "I sketch the floor in meters, with the camera at (0, 0) and looking along the second axis."
    )
    if anchor is not None:
        category = view.object(anchor).category
        where = position_in_words(view, anchor)
        head = f"{head} The {category}, {where}, is at about {sketched.format(len(ids))}."

    winner = names[ids.index(nearest)]
    goal = "the camera" if anchor is None else f"the {view.object(anchor).category}"
    return f"{head} From left to right: {'; '.join(told)}. So {winner} is nearest to {goal}."


def explain_relation(view: View, nearest: int, reference: int, axes: Sequence[RelationAxis]) -> str:
    """How the nearest lies to the reference, with a cue for each axis; empty without one."""
    obj, other = view.object(nearest), view.object(reference)
    steps: list[str] = []

    for axis in axes:
        word = relation_to(view, nearest, reference, axis)
        if axis == "side":
            span = image_span(view, reference)
            steps.append(
                f"Its middle is at {view.x_percent(nearest)} % of the image width; the"
                f" {other.category} spans {span.left} to {span.right} %, so it is to the {word}."
            )
            continue

        cue = explain_depth(view, obj, other)
        if not cue:
            return ""
        steps.append(f"{cue[0].upper()}{cue[1:]}, so it is {word}.")

    return " ".join(steps)


def depths_compared(
    view: View, nearest: ObjectId, reference: Object, answer: Answer
) -> tuple[str, str]:
    """The categories of the closer and of the farther one: windows are far in most pictures, so
    each must be closer as often as not.
    """
    categories = [f"depth {view.object(nearest).category}", f"depth {reference.category}"]
    closer, farther = categories if answer.value == "closer" else reversed(categories)
    return closer, farther
