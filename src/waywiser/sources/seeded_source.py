"""`SeededSource`: questions that a function makes from a random generator, one family a source."""

import zlib
from collections.abc import Collection, Iterator

import numpy as np

from waywiser import __version__
from waywiser.errors import RecipeError
from waywiser.json_types import JsonObject
from waywiser.recipe import nearest_name
from waywiser.sample import Answer, Program, Sample
from waywiser.sources.base import InvalidItem, verify_gold


class SeededSource:
    """Item i is made with a generator seeded by (seed, task, i).

    Subclasses name their kind and their tasks, and make a question in `draw`.
    """

    licence = "Apache-2.0"
    kind: str
    """What the source's name and its ids begin with, and its tasks are called."""
    known_tasks: Collection[str]

    def __init__(self, task: str, count: int, seed: int) -> None:
        if task not in self.known_tasks:
            near = nearest_name(task, self.known_tasks)
            raise RecipeError(
                f"no {self.kind} task {task!r}; "
                + (f"did you mean {near!r}?" if near else ", ".join(self.known_tasks))
            )

        self.name = f"{self.kind}:{task}"
        self.task = task
        self._count = count
        self._seed = seed

    def __len__(self) -> int:
        return self._count

    def items(self, start: int, stop: int) -> Iterator[Sample | InvalidItem]:
        for index in range(start, stop):
            rng = np.random.default_rng([self._seed, zlib.crc32(self.task.encode()), index])
            question, answer, reasoning, truth, images = self.draw(rng)
            sample = Sample(
                id=f"{self.kind}-{self.task}-{self._seed}-{index}",
                split="",
                domain="general",
                task=self.task,
                source=self.name,
                question=question,
                options=answer.options,
                answer=answer,
                images=images,
                reasoning=reasoning,
                program=Program(name=self.name, inputs=truth),
                seed=self._seed,
                version=__version__,
            )

            yield verify_gold(sample, f"{self.name} {index}")

    def draw(self, rng: np.random.Generator) -> tuple[str, Answer, str, JsonObject, list[bytes]]:
        """Question, answer, reasoning, what determines the answer, and encoded pictures."""
        raise NotImplementedError
