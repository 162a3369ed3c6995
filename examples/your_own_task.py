"""A task of your own in one file: which of two objects is nearer to the left edge?

Usage: python examples/your_own_task.py
"""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

import waywiser
from waywiser.tasks.base import ObjectId, sample_up_to, uniquely_named

MIN_GAP = 20  # of 100 across the picture


@waywiser.register_task()
class NearerToLeft(waywiser.ImageTask):
    """Compares where the middles of two objects lie across the picture."""

    name = "nearer_to_left"
    kind = "choice"
    single_rooms = True
    templates = ("Which is nearer to the left edge of the picture, the {a} or the {b}?",)

    class Inputs(waywiser.ImageTask.Inputs):
        objects: tuple[ObjectId, ObjectId]

    def propose(self, view: waywiser.View, rng: np.random.Generator) -> Iterator[waywiser.Question]:
        for a, b in sample_up_to(rng, list(combinations(uniquely_named(view), 2))):
            gap = abs(view.x_percent(a.id) - view.x_percent(b.id))
            if gap >= MIN_GAP:
                inputs = self.Inputs(camera=view.camera_index, objects=(a.id, b.id))
                text = self.ask(rng, a=a.category, b=b.category)
                subject = " ".join(sorted((a.category, b.category)))
                yield self.question(view, inputs, text, subject=subject, margin=gap - MIN_GAP)

    def answer(self, view: waywiser.View, inputs: Inputs) -> waywiser.Answer:
        left = min(inputs.objects, key=view.x_percent)
        names = [view.object(i).category for i in inputs.objects]
        return waywiser.Answer(kind="choice", value=view.object(left).category, options=names)

    def explain(self, view: waywiser.View, inputs: Inputs, answer: waywiser.Answer) -> str:
        places = (f"{view.object(i).category} {view.x_percent(i)}" for i in inputs.objects)
        return f"Across the picture, {', '.join(places)} of 100: the {answer.value} is left."


if __name__ == "__main__":
    library = waywiser.open_library("parametric")
    generator = waywiser.QuestionGenerator("nearer_to_left", library, width=112, height=84)
    sample = generator.sample(seed=0, level=0.5)
    print(sample.question, sample.reasoning, sample.answer.value, sep="\n")
