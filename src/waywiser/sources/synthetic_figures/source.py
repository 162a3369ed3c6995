"""`FigureSource`: drawn tasks as samples."""

import zlib
from collections.abc import Callable, Iterator

import numpy as np

from waywiser import __version__
from waywiser.errors import RecipeError
from waywiser.recipe import nearest_name
from waywiser.sample import Program, Sample
from waywiser.sources.base import InvalidItem, verify_gold
from waywiser.sources.synthetic_figures import charts, geometry, logic
from waywiser.sources.synthetic_figures.canvas import FigureQuestion, figure_to_png

FIGURE_TASKS: dict[str, Callable[[np.random.Generator], FigureQuestion]] = {
    task.__name__: task
    for task in (
        geometry.triangle_angle,
        geometry.right_triangle,
        geometry.grid_polygon_area,
        geometry.grid_distance,
        geometry.l_shape_area,
        charts.bar_chart,
        charts.line_chart,
        charts.table,
        logic.matrix,
        logic.sequence,
    )
}
"""Drawn tasks by name."""


class FigureSource:
    """Item i is drawn with a generator seeded by (seed, task, i); its reasoning is how the answer
    was made.
    """

    licence = "Apache-2.0"

    def __init__(self, task: str, count: int, seed: int) -> None:
        if task not in FIGURE_TASKS:
            near = nearest_name(task, FIGURE_TASKS)
            raise RecipeError(
                f"no drawn task {task!r}; "
                + (f"did you mean {near!r}?" if near else ", ".join(FIGURE_TASKS))
            )

        self.name = f"drawn:{task}"
        self._task = task
        self._count = count
        self._seed = seed

    def __len__(self) -> int:
        return self._count

    def items(self, start: int, stop: int) -> Iterator[Sample | InvalidItem]:
        for index in range(start, stop):
            rng = np.random.default_rng([self._seed, zlib.crc32(self._task.encode()), index])
            drawing = FIGURE_TASKS[self._task](rng)
            sample = Sample(
                id=f"drawn-{self._task}-{self._seed}-{index}",
                split="",
                domain="general",
                task=self._task,
                source=self.name,
                question=drawing.question,
                options=drawing.answer.options,
                answer=drawing.answer,
                images=[figure_to_png(drawing.picture)],
                reasoning=drawing.reasoning,
                program=Program(name=f"drawn:{self._task}", inputs=drawing.truth),
                seed=self._seed,
                version=__version__,
            )

            yield verify_gold(sample, f"{self.name} {index}")
