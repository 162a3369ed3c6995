"""Scores of models, the text-only baseline next to them, and the uncertainty of differences."""

from waywiser.evaluation.blind import BlindBaseline
from waywiser.evaluation.bootstrap import (
    BootstrapInterval,
    mean_interval,
    paired_difference,
    standard_error,
    z_distance,
)
from waywiser.evaluation.evaluate import (
    ItemResult,
    evaluate_model,
    paired_comparison,
    score_completions,
    summarise,
    summarise_all,
    z_scores_by_task,
)
from waywiser.evaluation.signatures import signatures

Interval = BootstrapInterval
"""The name until 0.1."""

__all__ = [
    "BlindBaseline",
    "BootstrapInterval",
    "Interval",
    "ItemResult",
    "evaluate_model",
    "mean_interval",
    "paired_comparison",
    "paired_difference",
    "score_completions",
    "signatures",
    "standard_error",
    "summarise",
    "summarise_all",
    "z_distance",
    "z_scores_by_task",
]
