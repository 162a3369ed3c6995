"""Above or below: does an object appear higher or lower in the picture than another?"""

from itertools import combinations

import numpy as np

from waywiser.sample import Answer
from waywiser.scenes.scene import Object
from waywiser.tasks.base import ImageTask, ObjectId, Question, View, sample_up_to, uniquely_named
from waywiser.tasks.registry import register_task
from waywiser.tasks.wording import list_short_options

MIN_VERTICAL_GAP = 0.05
"""Least vertical gap between the two masks, as a share of the picture's height."""

TEMPLATES = (
    "In the picture, is the {a} {p} or {q} the {b}?",
    "As seen in the picture, does the {a} appear {p} or {q} the {b}?",
    "Looking at the picture, is the {a} {p} or {q} the {b}?",
    "Where is the {a} in the picture, {p} or {q} the {b}?",
    "Does the {a} show up {p} or {q} the {b} in this picture?",
    "Compared with the {b}, is the {a} placed {p} or {q} it in the picture?",
    "In this image, does the {a} lie {p} or {q} the {b}?",
    "On the picture plane, is the {a} {p} or {q} the {b}?",
    "Going by the rows of the picture, is the {a} {p} or {q} the {b}?",
)


@register_task(seed=5)
class AboveBelow(ImageTask):
    """Both objects have a unique category and their visible pixels share no row, with at least 5 %
    of the picture's height between them. It is the place in the picture that counts, not in the
    room. Which is asked about is drawn at random. `margin` is the gap as a share of the height, in
    [0, 1].
    """

    name = "above_below"
    kind = "choice"
    templates = TEMPLATES

    class Inputs(ImageTask.Inputs):
        a: ObjectId
        b: ObjectId
        options: tuple[str, str]

    def propose(self, view: View, rng: np.random.Generator) -> list[Question]:
        pairs = [
            pair
            for pair in combinations(uniquely_named(view), 2)
            if vertical_gap(view, *pair) >= MIN_VERTICAL_GAP
        ]

        return [
            self._build_question(view, *sample_up_to(rng, pair), rng=rng)
            for pair in sample_up_to(rng, pairs)
        ]

    def answer(self, view: View, inputs: Inputs) -> Answer:
        a, b = (view.visible[i].centroid[1] for i in (inputs.a, inputs.b))
        return Answer(
            kind="choice", value="above" if a < b else "below", options=list(inputs.options)
        )

    def _build_question(
        self, view: View, a: Object, b: Object, *, rng: np.random.Generator
    ) -> Question:
        p, q = sample_up_to(rng, ("above", "below"))
        inputs = self.Inputs(camera=view.camera_index, a=a.id, b=b.id, options=(p, q))
        answer = self.answer(view, inputs)
        text = self.ask(rng, a=a.category, b=b.category, p=p, q=q)
        upper, lower = (a, b) if answer.value == "above" else (b, a)

        return self.question(
            view,
            inputs,
            f"{text} {list_short_options([p, q])}",
            answer=answer,
            margin=vertical_gap(view, a, b),
            subject=" ".join(sorted((a.category, b.category))),
            answer_class=f"{answer.value} {'first' if answer.value == p else 'second'}",
            # Lamps stand over rugs: a word must not tell.
            compared=(upper.category, lower.category),
        )

    def explain(self, view: View, inputs: Inputs, answer: Answer) -> str:
        a, b = (view.object(i) for i in (inputs.a, inputs.b))
        return (
            f"Down the picture, {a.category} {y_percent(view, a)} and {b.category}"
            f" {y_percent(view, b)} of 100, so the {a.category} is {answer.value}."
        )


def y_percent(view: View, obj: Object) -> int:
    """Where the middle of the object's visible pixels lies, from 0 (top edge) to 100 (bottom edge)."""
    return round(100 * view.visible[obj.id].centroid[1] / view.camera.height)


def vertical_gap(view: View, a: Object, b: Object) -> float:
    """Rows between the two masks as a share of the height; negative where they overlap."""
    _, top_a, _, bottom_a = view.visible[a.id].bbox
    _, top_b, _, bottom_b = view.visible[b.id].bbox
    return max(top_a - bottom_b, top_b - bottom_a) / view.camera.height
