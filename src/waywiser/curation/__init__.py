"""General and spatial samples in; checked, scored, ordered and split samples out
(docs/guide/curate.md).

`waywiser.curation.pipeline.curate(CurationRecipe)` does it all; `waywiser.curation.config` holds
the recipe.
"""
