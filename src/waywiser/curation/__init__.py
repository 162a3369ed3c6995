"""Turn general and spatial samples into checked, scored, ordered and split training data
(docs/guide/curate.md).
"""

from typing import TYPE_CHECKING

from waywiser.lazy import lazy_attributes

if TYPE_CHECKING:
    from waywiser.curation.chains import Chain as Chain
    from waywiser.curation.config import CurationRecipe as CurationRecipe
    from waywiser.curation.config import JudgeConfig as JudgeConfig
    from waywiser.curation.duplicates import Fingerprint as Fingerprint
    from waywiser.curation.judge_rubric import make_judge_request as make_judge_request
    from waywiser.curation.pipeline import curate as curate

_ORIGINS = {
    "Chain": "waywiser.curation.chains.Chain",
    "CurationRecipe": "waywiser.curation.config.CurationRecipe",
    "Fingerprint": "waywiser.curation.duplicates.Fingerprint",
    "JudgeConfig": "waywiser.curation.config.JudgeConfig",
    "curate": "waywiser.curation.pipeline.curate",
    "make_judge_request": "waywiser.curation.judge_rubric.make_judge_request",
}

__all__ = [
    "Chain",
    "CurationRecipe",
    "Fingerprint",
    "JudgeConfig",
    "curate",
    "make_judge_request",
]

if not TYPE_CHECKING:  # so that type checkers and editors know unknown names as such
    __getattr__, __dir__ = lazy_attributes(__name__, _ORIGINS)
