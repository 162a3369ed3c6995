"""Conditional count: how many of several things meet one or two conditions?"""

from collections.abc import Collection, Mapping, Sequence
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
PER_FORM = 3
"""Questions of each form about one image."""
ZERO_SHARE = 0.35
"""Share of the forms that may be asked such that nothing meets their conditions."""

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
SIDES: tuple[Relation, ...] = ("left", "right")
WAYS: tuple[Relation, ...] = ("closer", "farther")
CONDITIONS: dict[Relation, str] = {
    "left": "to the left of the {other} in the image",
    "right": "to the right of the {other} in the image",
    "closer": "closer to the camera than the {other}",
    "farther": "farther from the camera than the {other}",
}
_BOTH: tuple[tuple[Relation, ...], ...] = tuple((side, way) for side in SIDES for way in WAYS)
FORMS: tuple[tuple[int, tuple[tuple[Relation, ...], ...]], ...] = (
    (1, tuple((side,) for side in SIDES)),
    (1, tuple((way,) for way in WAYS)),
    (2, _BOTH),
    (3, _BOTH),
)
"""Depths, and the conditions that are asked about at each."""


@register_task(seed=21)
class ConditionalCount(ImageTask):
    """Instances of a kind, or things of a list, that lie left or right of another object in the
    image, or closer to the camera or farther than it.

    Depth 1: one condition. Depth 2: a side and a distance, both against the same object. Depth 3:
    against two objects. Of a kind, two to six show, and every one is surely seen; listed things
    have words of their own, as the objects they are compared with. Each thing plainly meets every
    condition or fails one: its middle lies 4 % of the width beyond the other's edge, its nearest
    point is nearer or farther by 20 % and 30 cm, in depth and in straight distance. `margin` is how
    plain the least plain of them is, as a multiple of the least gap allowed.
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
        questions: list[Question] = []

        for depth, conditions in FORMS:
            # One of each count: of all conditions, far more are met by nothing than by several.
            missing = set(range(int(rng.random() > ZERO_SHARE), MAX_INSTANCES + 1))
            found = 0
            drafts = [
                (category, relations, references)
                for category in (None, *groups)
                for relations in conditions
                for references in references_of(depth, named)
            ]

            for category, relations, references in sample_up_to(rng, drafts, len(drafts)):
                ids = groups[category] if category else named
                checked = {
                    i: meets_plainly(view, i, relations, references)
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
                    conditions=relations,
                    references=references,
                )
                question = self._build_question(view, depth, inputs, rng)
                if question.reasoning:
                    missing.remove(int(question.answer.value))  # type: ignore[arg-type] - a count
                    questions.append(question)
                    found += 1
                if found == PER_FORM:
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
            margin=min(member_lead(view, inputs, i) for i in inputs.objects),
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
    """One thing against each condition, or only against the one that it fails."""
    obj = view.object(object_id)
    name = "" if inputs.category else f" the {obj.category}"
    clauses: list[str] = []

    for wanted, other in zip(inputs.conditions, inputs.references, strict=True):
        axis = AXIS_OF_RELATION[wanted]
        if not has_plain_relation(view, object_id, other, axis):
            continue

        found = relation_to(view, object_id, other, axis)
        cue = explain_depth(view, obj, view.object(other)) if axis == "depth" else ""
        clauses.append(f"{cue}, so {found}" if cue else found)
        if found != wanted:
            clauses = clauses[-1:]
            break

    return f"{number},{name} at {view.x_percent(object_id)} %: {' and '.join(clauses)}"


def member_lead(view: View, inputs: ConditionalCount.Inputs, object_id: int) -> float:
    """How plain it is that a thing counts, or that it does not.

    What meets all conditions is as plain as the narrowest of them; what fails some, as the plainest
    of those.
    """
    met: list[float] = []
    failed: list[float] = []

    for wanted, other in zip(inputs.conditions, inputs.references, strict=True):
        axis = AXIS_OF_RELATION[wanted]
        lead = relation_lead(view, object_id, other, axis)
        is_met = relation_to(view, object_id, other, axis) == wanted
        (met if is_met else failed).append(lead)

    return max(failed) if failed else min(met)


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


def meets_plainly(
    view: View, object_id: int, conditions: Sequence[Relation], references: Sequence[int]
) -> bool | None:
    """Whether an object plainly meets every condition, or fails one; None where neither shows."""
    is_met = True

    for relation, other in zip(conditions, references, strict=True):
        axis = AXIS_OF_RELATION[relation]
        is_shown = has_plain_relation(view, object_id, other, axis)
        if is_shown and relation_to(view, object_id, other, axis) != relation:
            return False
        is_met &= is_shown

    return True if is_met else None


def has_plain_relation(view: View, object_id: int, other_id: int, axis: RelationAxis) -> bool:
    """Whether everybody would say how one lies to the other, and something shows it."""
    if not is_plain(view, object_id, other_id, axis):
        return False
    return axis == "side" or bool(
        explain_depth(view, view.object(object_id), view.object(other_id))
    )


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
