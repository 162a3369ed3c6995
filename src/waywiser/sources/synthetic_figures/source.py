"""`FigureSource`: drawn tasks as samples."""

from collections.abc import Callable

import numpy as np

from waywiser.json_types import JsonObject
from waywiser.sample import Answer
from waywiser.sources.seeded_source import SeededSource
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


class FigureSource(SeededSource):
    """Drawn questions; the reasoning is how the answer was made."""

    kind = "drawn"
    known_tasks = FIGURE_TASKS

    def draw(self, rng: np.random.Generator) -> tuple[str, Answer, str, JsonObject, list[bytes]]:
        drawing = FIGURE_TASKS[self.task](rng)
        picture = figure_to_png(drawing.picture)
        return drawing.question, drawing.answer, drawing.reasoning, drawing.truth, [picture]
