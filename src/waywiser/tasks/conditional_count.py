"""Conditional count: how many of several things meet one or two conditions?"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import permutations

import numpy as np

from waywiser.sample import Answer
from waywiser.scenes.categories import are_confusable, is_askable, pluralize
from waywiser.scenes.scene import Object
from waywiser.tasks.base import (
    ImageTask,
    ObjectId,
    Question,
    View,
    group_visible_by_category,
    is_visible,
    sample_one,
    sample_up_to,
    uniquely_named,
)
from waywiser.tasks.camera_relations import (
    AXIS_OF_RELATION,
    Relation,
    RelationAxis,
    explain_depth,
    is_plain,
    relation_lead,
    relation_to,
)
from waywiser.tasks.registry import register_task
from waywiser.tasks.visual_cues import (
    image_span,
    keep_short,
    list_in_words,
    pick_style,
    position_in_words,
)

MIN_INSTANCES = 2
"""Fewer of a kind leave nothing to count."""
MAX_INSTANCES = 6
LISTED = 5
"""Different things that a question lists where it does not ask about one kind ..."""
MIN_LISTED = 4
"""... or as many as the image has, but not fewer than this."""
PER_DEPTH = 4
"""Questions of each depth about one image."""

TEMPLATES = {
    "kind": (
        "How many of the {things} are {condition}?",
        "How many {things} are {condition}?",
        "Count the {things} that are {condition}.",
        "Looking at all the {things} you can see, how many of them are {condition}?",
        "What is the number of {things} that are {condition}?",
        "Of all the visible {things}, how many are {condition}?",
        "Consider only the {things}. How many of them are {condition}?",
        "Out of all the {things} shown here, how many are {condition}?",
    ),
    "list": (
        "How many of these are {condition}: {things}?",
        "How many of the following objects are {condition}: {things}?",
        "Of {things}, how many are {condition}?",
        "Consider {things}. How many of them are {condition}?",
        "Count how many of the following are {condition}: {things}.",
        "Among {things}, how many are {condition}?",
        "Look at {things}. How many of them are {condition}?",
        "Out of {things}, how many are {condition}?",
    ),
}
CONDITIONS: dict[Relation, str] = {
    "left": "to the left of the {other} in the image",
    "right": "to the right of the {other} in the image",
    "closer": "closer to the camera than the {other}",
    "farther": "farther from the camera than the {other}",
}


@register_task(seed=21)
class ConditionalCount(ImageTask):
    """Instances of a kind, or things of a list, that lie left or right of another object in the
    image, or closer to the camera or farther than it.

    Depth 1: one condition. Depth 2: a side and a distance, both against the same object. Depth 3:
    against two objects. Of a kind, two to six show, and every one is surely seen; listed things
    have words of their own, as the objects they are compared with. Each thing is plainly on one
    side of every condition: its middle at least 4 % of the width beyond the other's edge, its
    nearest point nearer or farther by 20 % and 30 cm, in depth and in straight distance. `margin`
    is the smallest gap over the least one allowed.
    """

    name = "conditional_count"
    kind = "integer"
    templates = TEMPLATES

    class Inputs(ImageTask.Inputs):
        category: str | None = None
        objects: tuple[ObjectId, ...]
        conditions: tuple[Relation, ...]
        references: tuple[ObjectId, ...]

    def propose(self, view: View, rng: np.random.Generator) -> list[Question]:
        named = [obj.id for obj in uniquely_named(view)]
        groups = {c: [obj.id for obj in group] for c, group in countable_groups(view).items()}
        plain = plain_relations(view, {*named, *(i for ids in groups.values() for i in ids)}, named)
        questions: list[Question] = []

        for depth in (1, 2, 3):
            # One of each count: of all conditions, far more are met by nothing than by several.
            missing = set(range(MAX_INSTANCES + 1))
            drafts = [
                (category, conditions, references)
                for category in (None, *groups)
                for conditions in conditions_of(depth)
                for references in references_of(depth, named)
            ]

            for category, conditions, references in sample_up_to(rng, drafts, len(drafts)):
                ids = groups[category] if category else named
                checked = {
                    i: meets_plainly(plain, i, conditions, references)
                    for i in ids
                    if i not in references
                }
                chosen = choose_members(checked, rng, missing, is_list=category is None)
                if not chosen:
                    continue

                inputs = self.Inputs(
                    camera=view.camera_index,
                    category=category,
                    objects=tuple(chosen),
                    conditions=conditions,
                    references=references,
                )
                question = self._build_question(view, depth, inputs, rng)
                if question.reasoning:
                    missing.remove(int(question.answer.value))  # type: ignore[arg-type] - a count
                    questions.append(question)
                if len(missing) <= MAX_INSTANCES + 1 - PER_DEPTH:
                    break

        return questions

    def answer(self, view: View, inputs: Inputs) -> Answer:
        ids = inputs.objects
        if inputs.category is not None:
            ids = [obj.id for obj in group_visible_by_category(view).get(inputs.category, [])]

        value = sum(meets_all(view, i, inputs.conditions, inputs.references) for i in ids)
        return Answer(kind="integer", value=value)

    def _build_question(
        self, view: View, depth: int, inputs: Inputs, rng: np.random.Generator
    ) -> Question:
        others = [view.object(i).category for i in inputs.references]
        condition = " and ".join(
            CONDITIONS[relation].format(other=other)
            for relation, other in zip(inputs.conditions, others, strict=True)
        )
        if depth == 2:
            condition = condition.removesuffix(others[1]).removesuffix("the ") + "it"
        names = [f"the {view.object(i).category}" for i in inputs.objects]
        group = "list" if inputs.category is None else "kind"
        things = list_in_words(names) if inputs.category is None else pluralize(inputs.category)

        return self.question(
            view,
            inputs,
            self.ask(rng, group, things=things, condition=condition),
            margin=min(
                relation_lead(view, i, other, AXIS_OF_RELATION[relation])
                for i in inputs.objects
                for relation, other in zip(inputs.conditions, inputs.references, strict=True)
            ),
            subject=inputs.category or "list",
            complexity=depth,
        )

    def explain(self, view: View, inputs: Inputs, answer: Answer) -> str:
        places = [
            f"The {view.object(i).category} is {position_in_words(view, i)}"
            + (
                f", from {image_span(view, i).left} to {image_span(view, i).right} % of the width"
                if "side" in {axis for axis, other in asked_axes(inputs) if other == i}
                else ""
            )
            for i in dict.fromkeys(inputs.references)
        ]
        ordered = sorted(inputs.objects, key=view.x_percent)
        told = [explain_member(view, inputs, i, n) for n, i in enumerate(ordered, start=1)]
        if not all(told):
            return ""

        kept = [
            str(number)
            for number, i in enumerate(ordered, start=1)
            if meets_all(view, i, inputs.conditions, inputs.references)
        ]
        start = pick_style(
            inputs, ("From left to right:", "I check them one by one from the left:")
        )
        return keep_short(
            f"{'. '.join(places)}. {start} {'; '.join(told)}. {conclude(kept)}: {answer.value}."
        )


def conclude(kept: Sequence[str]) -> str:
    """Which numbers meet the conditions, as a clause."""
    if not kept:
        return "So none of them fits"
    if len(kept) == 1:
        return f"So only number {kept[0]} fits"
    return f"So numbers {list_in_words(kept)} fit"


def asked_axes(inputs: ConditionalCount.Inputs) -> list[tuple[str, int]]:
    """Which axis is asked of which reference, condition by condition."""
    return [
        (AXIS_OF_RELATION[relation], other)
        for relation, other in zip(inputs.conditions, inputs.references, strict=True)
    ]


def explain_member(view: View, inputs: ConditionalCount.Inputs, object_id: int, number: int) -> str:
    """One thing against each condition until one fails; empty where a cue is missing."""
    obj = view.object(object_id)
    name = "" if inputs.category else f" the {obj.category}"
    words = [f"{number},{name} at {view.x_percent(object_id)} %"]

    for wanted, other in zip(inputs.conditions, inputs.references, strict=True):
        axis = AXIS_OF_RELATION[wanted]
        found = relation_to(view, object_id, other, axis)
        cue = explain_depth(view, obj, view.object(other)) if axis == "depth" else ""
        if axis == "depth" and not cue:
            return ""

        words.append(f"{cue}, so {found}" if cue else found)
        if found != wanted:
            break

    return f"{words[0]}: {'; '.join(words[1:])}".replace("; ", " and ")


def countable_groups(view: View) -> dict[str, list[Object]]:
    """Kinds of which some things show, every one surely, and no other word fits any of them."""
    groups = group_visible_by_category(view)
    return {
        category: group
        for category, group in groups.items()
        if MIN_INSTANCES <= len(group) <= MAX_INSTANCES
        and is_askable(category)
        and all(is_visible(view, obj.id) for obj in group)
        and not any(are_confusable(category, other) for other in groups if other != category)
    }


def references_of(depth: int, named: Sequence[int]) -> list[tuple[int, ...]]:
    """The objects that each condition of a depth may be about."""
    if depth == 3:
        return list(permutations(named, 2))
    return [(other,) * depth for other in named]


def conditions_of(depth: int) -> list[tuple[Relation, ...]]:
    """A side or a distance, at depths from 2 on one of each."""
    if depth == 1:
        return [(relation,) for relation in CONDITIONS]
    return [(side, distance) for side in ("left", "right") for distance in ("closer", "farther")]


def plain_relations(
    view: View, ids: Iterable[int], references: Sequence[int]
) -> dict[tuple[int, int, RelationAxis], Relation]:
    """How objects lie to others, where everybody would say the same and something shows it."""
    axes: tuple[RelationAxis, ...] = ("side", "depth")
    return {
        (i, other, axis): relation_to(view, i, other, axis)
        for i in ids
        for other in references
        for axis in axes
        if is_plain(view, i, other, axis)
        and (axis == "side" or explain_depth(view, view.object(i), view.object(other)))
    }


def meets_plainly(
    plain: Mapping[tuple[int, int, RelationAxis], Relation],
    object_id: int,
    conditions: Sequence[Relation],
    references: Sequence[int],
) -> bool | None:
    """Whether an object meets every condition; None where one of them is not plain."""
    found = [
        plain.get((object_id, other, AXIS_OF_RELATION[relation]))
        for relation, other in zip(conditions, references, strict=True)
    ]
    return None if None in found else found == list(conditions)


def choose_members(
    checked: Mapping[int, bool | None],
    rng: np.random.Generator,
    missing: Collection[int],
    *,
    is_list: bool,
) -> list[int]:
    """The things to count, such that the count is one of those missing; empty if that cannot be.

    Of a kind, all; of a list, some of those that are plain.
    """
    inside = [i for i, is_met in checked.items() if is_met]
    outside = [i for i, is_met in checked.items() if is_met is False]
    if not is_list:
        is_countable = len(inside) + len(outside) == len(checked) and len(inside) in missing
        return list(checked) if is_countable else []

    size = min(LISTED, len(inside) + len(outside))
    counts = [n for n in missing if size - len(outside) <= n <= min(size, len(inside))]
    if size < MIN_LISTED or not counts:
        return []

    count = sample_one(rng, sorted(counts))
    members = sample_up_to(rng, inside, count) + sample_up_to(rng, outside, size - count)
    return sample_up_to(rng, members)


def meets_all(
    view: View, object_id: int, conditions: Sequence[Relation], references: Sequence[int]
) -> bool:
    """Whether an object meets every condition."""
    return all(
        relation_to(view, object_id, other, AXIS_OF_RELATION[relation]) == relation
        for relation, other in zip(conditions, references, strict=True)
    )
