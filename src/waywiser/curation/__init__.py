"""General and spatial samples in; checked, scored, ordered and split samples out (docs/curation.md)."""

from waywiser.curation.config import CurationRecipe
from waywiser.curation.pipeline import curate

__all__ = ["CurationRecipe", "curate"]
