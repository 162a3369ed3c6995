"""Pictures that we draw ourselves, each with its exact truth: geometry, charts and tables, visual
logic.
"""

from waywiser.sources.synthetic_figures.source import FIGURE_TASKS, FigureSource

__all__ = ["FIGURE_TASKS", "FigureSource"]
