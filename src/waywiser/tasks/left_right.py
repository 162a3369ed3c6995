"""Left or right: on which side of another object does an object appear in the picture?"""

from itertools import combinations

import numpy as np

from waywiser.sample import Answer
from waywiser.scenes.scene import Object
from waywiser.tasks.base import ImageTask, ObjectId, Question, View, sample_up_to, uniquely_named
from waywiser.tasks.registry import register_task
from waywiser.tasks.visual_cues import pick_style, position_in_words

MIN_HORIZONTAL_GAP = 0.05
"""Least horizontal gap between the two masks, as a share of the picture's width."""

TEMPLATES = (
    "In the image, is the {a} to the {p} or to the {q} of the {b}?",
    "Is the {a} on the {p} or on the {q} side of the {b} in this image?",
    "Looking at the image, which side of the {b} is the {a} on, {p} or {q}?",
    "Does the {a} appear to the {p} or to the {q} of the {b} in the image?",
    "From the camera's point of view, is the {a} to the {p} or to the {q} of the {b}?",
    "Where does the {a} appear relative to the {b} in the image: {p} or {q}?",
    "If you look at this image, do you find the {a} to the {p} or to the {q} of the {b}?",
    "In this photo, as the camera sees it, is the {a} to the {p} or to the {q} of the {b}?",
    "As the camera sees them, is the {a} to the {p} or to the {q} of the {b}?",
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
        x_a, x_b = view.x_percent(a.id), view.x_percent(b.id)
        word = "less" if x_a < x_b else "more"
        style = pick_style(
            inputs,
            (
                "The {a} is {at_a}, centered at {x_a} % of the image width. The {b} is {at_b}, at"
                " {x_b} %. {x_a} is {word} than {x_b}, so the {a} is to the {side} of the {b}.",
                "Across the image, the middle of the {a} is at {x_a} % and that of the {b} at {x_b}"
                " %. So the {b} is to the {other} of the {a}, and conversely, the {a} is to the"
                " {side}.",
                "I find the {b} {at_b} (about {x_b} % from the left edge of the image) and the {a}"
                " {at_a} (about {x_a} %). Going from the {b} to the {a} means going {side}.",
            ),
        )

        return style.format(
            a=a.category,
            b=b.category,
            at_a=position_in_words(view, a.id),
            at_b=position_in_words(view, b.id),
            x_a=x_a,
            x_b=x_b,
            side=answer.value,
            other="right" if answer.value == "left" else "left",
            word=word,
        )


def horizontal_gap(view: View, a: Object, b: Object) -> float:
    """Columns between the two masks as a share of the width; negative where they overlap."""
    left_a, _, right_a, _ = view.visible[a.id].bbox
    left_b, _, right_b, _ = view.visible[b.id].bbox
    return max(left_a - right_b, left_b - right_a) / view.camera.width
