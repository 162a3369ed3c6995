"""Above or below: does an object appear higher or lower in the picture than another?"""

from itertools import combinations

import numpy as np

from waywiser.sample import Answer
from waywiser.scenes.scene import Object
from waywiser.tasks.base import ImageTask, ObjectId, Question, View, sample_up_to, uniquely_named
from waywiser.tasks.registry import register_task
from waywiser.tasks.visual_cues import pick_style, position_in_words
from waywiser.tasks.wording import list_short_options

MIN_VERTICAL_GAP = 0.05
"""Least vertical gap between the two masks, as a share of the picture's height."""

OPTIONS = ("higher", "lower")

TEMPLATES = (
    "Does the {a} appear {p} or {q} in the image than the {b}?",
    "In the image, is the {a} {p} or {q} than the {b}?",
    "Compared with the {b}, does the {a} appear {p} or {q} in the image?",
    "Looking only at positions in the image, is the {a} {p} or {q} than the {b}?",
    "Where in the image is the {a}: {p} or {q} than the {b}?",
    "Within the frame, is the {a} {p} or {q} than the {b}?",
    "In this image, would you find the {a} {p} or {q} than the {b}?",
    "Judging by where they are in the image, is the {a} {p} or {q} than the {b}?",
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
        # Datasets of before 0.3 ask with "above" and "below".
        words = ("above", "below") if "above" in inputs.options else OPTIONS
        return Answer(kind="choice", value=words[int(a > b)], options=list(inputs.options))

    def _build_question(
        self, view: View, a: Object, b: Object, *, rng: np.random.Generator
    ) -> Question:
        p, q = sample_up_to(rng, OPTIONS)
        inputs = self.Inputs(camera=view.camera_index, a=a.id, b=b.id, options=(p, q))
        answer = self.answer(view, inputs)
        text = self.ask(rng, a=a.category, b=b.category, p=p, q=q)
        upper, lower = (a, b) if answer.value == OPTIONS[0] else (b, a)

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
        y_a, y_b = y_percent(view, a), y_percent(view, b)
        style = pick_style(
            inputs,
            (
                "Measured from the top of the image, the middle of the {a} is at {y_a} % of the"
                " height and that of the {b} at {y_b} %, so the {b} is {other} and, conversely,"
                " the {a} is {word}.",
                "The {a} is {at_a}, {y_a} % of the way down the image. The {b} is {at_b}, {y_b} %"
                " of the way down. What is less far down is higher, so the {a} is {word} in the"
                " image.",
                "Down the image, {b} at {y_b} % and {a} at {y_a} %: the {a} appears {word}.",
            ),
        )

        return style.format(
            a=a.category,
            b=b.category,
            at_a=position_in_words(view, a.id),
            at_b=position_in_words(view, b.id),
            y_a=y_a,
            y_b=y_b,
            word=answer.value,
            other="lower" if answer.value == "higher" else "higher",
        )


def y_percent(view: View, obj: Object) -> int:
    """Where the middle of the object's visible pixels lies, from 0 (top edge) to 100 (bottom edge)."""
    return round(100 * view.visible[obj.id].centroid[1] / view.camera.height)


def vertical_gap(view: View, a: Object, b: Object) -> float:
    """Rows between the two masks as a share of the height; negative where they overlap."""
    _, top_a, _, bottom_a = view.visible[a.id].bbox
    _, top_b, _, bottom_b = view.visible[b.id].bbox
    return max(top_a - bottom_b, top_b - bottom_a) / view.camera.height
