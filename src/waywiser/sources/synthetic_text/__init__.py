"""Text questions that we make ourselves, each with a short chain of thought that leads to its exact
answer.
"""

from waywiser.sources.synthetic_text.source import TEXT_TASKS, TextSource

__all__ = ["TEXT_TASKS", "TextSource"]
