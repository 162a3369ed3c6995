"""Turn general and spatial samples into checked, scored, ordered and split training data
(docs/guide/curate.md).

Entry point: `waywiser.curation.pipeline.curate`, with a recipe of `waywiser.curation.config`.
"""
