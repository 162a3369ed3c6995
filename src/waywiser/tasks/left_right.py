"""Left or right: on which side of another object does an object appear in the picture?"""

from itertools import combinations

import numpy as np

from waywiser.sample import Answer
from waywiser.scenes.scene import Object
from waywiser.tasks.base import ImageTask, ObjectId, Question, View, sample_up_to, uniquely_named
from waywiser.tasks.registry import register_task

MIN_HORIZONTAL_GAP = 0.05
"""Least horizontal gap between the two masks, as a share of the picture's width."""

TEMPLATES = (
    "In the picture, is the {a} to the {p} or to the {q} of the {b}?",
    "As seen in the picture, is the {a} {p} or {q} of the {b}?",
    "On which side of the {b} is the {a} in the picture, {p} or {q}?",
    "Looking at the picture, is the {a} on the {p} or on the {q} of the {b}?",
    "Seen from the camera, does the {a} appear to the {p} or to the {q} of the {b}?",
    "Is the {a} {p} or {q} of the {b} in this picture?",
    "From the viewer's side, is the {a} to the {p} or to the {q} of the {b}?",
    "Where is the {a} in the picture: to the {p} or to the {q} of the {b}?",
    "Compared with the {b}, is the {a} further {p} or further {q} in the picture?",
)


@register_task(seed=2)
class LeftRight(ImageTask):
    """Both objects have a unique category and their visible pixels share no column, with at least 5
    % of the picture's width between them. Which is asked about is drawn at random. `margin` is the
    gap as a share of the width, in [0, 1].
    """

    name = "left_right"
    kind = "choice"
    single_rooms = True
    templates = TEMPLATES

    class Inputs(ImageTask.Inputs):
        objects: tuple[ObjectId, ObjectId]
        options: tuple[str, str]

    def propose(self, view: View, rng: np.random.Generator) -> list[Question]:
        pairs = [
            pair
            for pair in combinations(uniquely_named(view), 2)
            if horizontal_gap(view, *pair) >= MIN_HORIZONTAL_GAP
        ]

        return [
            self._build_question(view, *sample_up_to(rng, pair), rng=rng)
            for pair in sample_up_to(rng, pairs)
        ]

    def answer(self, view: View, inputs: Inputs) -> Answer:
        a, b = (view.visible[i].centroid[0] for i in inputs.objects)
        return Answer(
            kind="choice", value="left" if a < b else "right", options=list(inputs.options)
        )

    def _build_question(
        self, view: View, a: Object, b: Object, *, rng: np.random.Generator
    ) -> Question:
        p, q = sample_up_to(rng, ("left", "right"))
        inputs = self.Inputs(camera=view.camera_index, objects=(a.id, b.id), options=(p, q))
        answer = self.answer(view, inputs)
        text = self.ask(rng, a=a.category, b=b.category, p=p, q=q)

        return self.question(
            view,
            inputs,
            f"{text} Answer with '{p}' or '{q}'.",
            answer=answer,
            margin=horizontal_gap(view, a, b),
            subject=" ".join(sorted((a.category, b.category))),
            answer_class=f"{answer.value} {'first' if answer.value == p else 'second'}",
            compared=None,  # which is asked about is a fair coin: no word tells left from right
        )

    def explain(self, view: View, inputs: Inputs, answer: Answer) -> str:
        a, b = (view.object(i) for i in inputs.objects)
        return (
            f"Across the picture, {a.category} {view.x_percent(a.id)} and {b.category}"
            f" {view.x_percent(b.id)} of 100, so the {a.category} is to the {answer.value}."
        )


def horizontal_gap(view: View, a: Object, b: Object) -> float:
    """Columns between the two masks as a share of the width; negative where they overlap."""
    left_a, _, right_a, _ = view.visible[a.id].bbox
    left_b, _, right_b, _ = view.visible[b.id].bbox
    return max(left_a - right_b, left_b - right_a) / view.camera.width
