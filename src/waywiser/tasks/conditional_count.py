"""Conditional count: how many of several things meet one or two conditions?"""

from collections.abc import Sequence

import numpy as np

from waywiser.sample import Answer
from waywiser.scenes.categories import are_confusable, is_askable, pluralize
from waywiser.scenes.scene import Object
from waywiser.tasks.base import (
    MAX_QUESTIONS,
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
    explain_depth,
    is_plain,
    relation_lead,
    relation_to,
)
from waywiser.tasks.registry import register_task
from waywiser.tasks.visual_cues import image_span, list_in_words, position_in_words

MIN_INSTANCES = 2
"""Fewer of a kind leave nothing to count."""
MAX_INSTANCES = 6
LISTED = 5
"""Different things that a question lists where it does not ask about one kind ..."""
MIN_LISTED = 4
"""... or as many as the image has, but not fewer than this."""
MAX_DRAWS = 24
"""Choices of conditions and references that are tried for a list of things."""

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
        named = uniquely_named(view)
        groups = countable_groups(view)
        questions: list[Question] = []
        used: set[tuple[str, int]] = set()

        for _ in range(MAX_DRAWS):
            depth = int(rng.integers(1, 4))
            conditions = draw_conditions(rng, depth)
            if len(named) < len(set(references_of(depth))):
                continue

            drawn = sample_up_to(rng, named, 2)
            references = [drawn[place].id for place in references_of(depth)]
            choices = [
                *([None] if len(named) > MIN_LISTED else []),
                *(c for c in groups if all(view.object(r).category != c for r in references)),
            ]
            if not choices:
                continue

            category = sample_one(rng, choices)
            members = groups[category] if category else named
            plain = [
                obj for obj in members if is_plain_in_all(view, obj.id, conditions, references)
            ]
            if category:
                objects = plain if len(plain) == len(members) else []
            else:
                objects = self._draw_list(view, plain, conditions, references, rng)
            if not objects or (category or "", depth) in used:
                continue

            inputs = self.Inputs(
                camera=view.camera_index,
                category=category,
                objects=tuple(obj.id for obj in objects),
                conditions=tuple(conditions),
                references=tuple(references),
            )
            question = self._build_question(view, inputs, rng)
            if question.reasoning:
                used.add((category or "", depth))
                questions.append(question)

        return questions[:MAX_QUESTIONS]

    def answer(self, view: View, inputs: Inputs) -> Answer:
        ids = inputs.objects
        if inputs.category is not None:
            ids = [obj.id for obj in group_visible_by_category(view).get(inputs.category, [])]

        value = sum(meets_all(view, i, inputs.conditions, inputs.references) for i in ids)
        return Answer(kind="integer", value=value)

    def _draw_list(
        self,
        view: View,
        plain: list[Object],
        conditions: Sequence[Relation],
        references: Sequence[int],
        rng: np.random.Generator,
    ) -> list[Object]:
        """Some of the things, so many of which meet the conditions as a die says."""
        if len(plain) < MIN_LISTED:
            return []

        meets = [meets_all(view, obj.id, conditions, references) for obj in plain]
        size = min(LISTED, len(plain))
        wanted = int(rng.integers(size + 1))
        inside = [obj for obj, is_met in zip(plain, meets, strict=True) if is_met]
        outside = [obj for obj, is_met in zip(plain, meets, strict=True) if not is_met]
        taken = sample_up_to(rng, inside, min(wanted, len(inside)))
        taken += sample_up_to(rng, outside, size - len(taken))
        return sample_up_to(rng, taken) if len(taken) >= MIN_LISTED else []

    def _build_question(
        self, view: View, inputs: Inputs, rng: np.random.Generator
    ) -> Question:
        depth = depth_of(inputs.references)
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
        return (
            f"{'. '.join(places)}. From left to right: {'; '.join(told)}."
            f" {conclude(kept)}: {answer.value}."
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


def explain_member(
    view: View, inputs: ConditionalCount.Inputs, object_id: int, number: int
) -> str:
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


def references_of(depth: int) -> tuple[int, ...]:
    """Which of two references each condition is about, at a depth."""
    return {1: (0,), 2: (0, 0), 3: (0, 1)}[depth]


def depth_of(references: Sequence[int]) -> int:
    """Steps that a count takes: one condition, two, or two against different objects."""
    return len(references) + (len(set(references)) - 1)


def draw_conditions(rng: np.random.Generator, depth: int) -> list[Relation]:
    """A side, a distance, or at depths from 2 on both."""
    side: Relation = sample_one(rng, ("left", "right"))
    distance: Relation = sample_one(rng, ("closer", "farther"))
    return [sample_one(rng, (side, distance))] if depth == 1 else [side, distance]


def is_plain_in_all(
    view: View, object_id: int, conditions: Sequence[Relation], references: Sequence[int]
) -> bool:
    """Whether the object is none of the references and plainly meets each condition or does not."""
    return all(
        is_plain(view, object_id, other, AXIS_OF_RELATION[relation])
        for relation, other in zip(conditions, references, strict=True)
    )


def meets_all(
    view: View, object_id: int, conditions: Sequence[Relation], references: Sequence[int]
) -> bool:
    """Whether an object meets every condition."""
    return all(
        relation_to(view, object_id, other, AXIS_OF_RELATION[relation]) == relation
        for relation, other in zip(conditions, references, strict=True)
    )
