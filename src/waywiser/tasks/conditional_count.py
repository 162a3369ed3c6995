"""Conditional count: how many of several things meet one or two conditions?"""

from collections.abc import Sequence

import numpy as np

from waywiser.sample import Answer
from waywiser.scenes.categories import pluralize
from waywiser.tasks.base import (
    ImageTask,
    ObjectId,
    Question,
    View,
    group_visible_by_category,
    sample_up_to,
    uniquely_named,
)
from waywiser.tasks.camera_relations import (
    AXIS_OF_RELATION,
    Relation,
    explain_depth,
    relation_lead,
    relation_to,
)
from waywiser.tasks.counting_conditions import (
    FORMS,
    choose_members,
    countable_groups,
    has_plain_relation,
    meets_all,
    meets_plainly,
    order_of_counts,
    plain_relations,
    references_of,
)
from waywiser.tasks.registry import register_task
from waywiser.tasks.visual_cues import image_span, keep_short, pick_style, position_in_words
from waywiser.tasks.wording import list_in_words

PER_FORM = {1: 2, 2: 4, 3: 4}
"""Questions of each form about one image, by depth."""

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
    against two objects. Of a kind, two to six show, every one surely seen; listed things
    have words of their own, as the objects they are compared with. Each thing plainly meets every
    condition or fails one: its middle lies 4 % of the width beyond the other's edge and no part of
    it reaches the other's middle; its nearest point is nearer or farther by 20 % and 30 cm, in
    depth and in straight distance. `margin` is how plain the least plain of them is, as a multiple
    of the least gap allowed.
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
        ids = {*named, *(i for group in groups.values() for i in group)}
        plain = plain_relations(view, ids, named)
        questions: list[Question] = []

        for depth, conditions in FORMS:
            drafts = [
                (category, relations, references)
                for category in (None, *groups)
                for relations in conditions
                for references in references_of(depth, named)
            ]
            found: list[Question] = []

            for count in order_of_counts(depth, rng):
                for category, relations, references in sample_up_to(rng, drafts, len(drafts)):
                    checked = {
                        i: meets_plainly(plain, i, relations, references)
                        for i in (groups[category] if category else named)
                        if i not in references
                    }
                    members = choose_members(checked, count, rng, is_list=category is None)
                    if not members:
                        continue

                    inputs = self.Inputs(
                        camera=view.camera_index,
                        category=category,
                        objects=tuple(members),
                        conditions=relations,
                        references=references,
                    )
                    question = self._build_question(view, depth, inputs, rng)
                    if question.reasoning:
                        found.append(question)
                        break
                if len(found) == PER_FORM[depth]:
                    break

            questions += found

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
            condition = condition.removesuffix(others[1]).removesuffix("the ") + "it is"
        names = [f"the {view.object(i).category}" for i in inputs.objects]
        group = "list" if inputs.category is None else "kind"
        things = list_in_words(names) if inputs.category is None else pluralize(inputs.category)

        return self.question(
            view,
            inputs,
            self.ask(rng, group, things=things, condition=condition),
            margin=min(member_lead(view, inputs, i) for i in inputs.objects),
            subject=f"{group} {depth}",
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
