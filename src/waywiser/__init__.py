"""waywiser: teach multimodal language models to reason about space and to measure it."""

__version__ = "0.1.0"
