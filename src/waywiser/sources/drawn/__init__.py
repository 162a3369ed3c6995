"""Pictures that we draw ourselves, each with its exact truth: geometry, charts and tables, visual logic."""

from waywiser.sources.drawn.source import DRAWN, DrawnSource

__all__ = ["DRAWN", "DrawnSource"]
