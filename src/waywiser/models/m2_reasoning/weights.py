"""The release's names of weights and transformers', one to one; no tensor is reshaped."""

import re

from transformers.conversion_mapping import register_checkpoint_conversion_mapping
from transformers.core_model_loading import WeightRenaming

WEIGHT_PREFIXES = {
    "vision_model.": "model.visual.",
    "language_model.model.": "model.language_model.",
    "language_model.lm_head.": "lm_head.",
    "linear_proj.": "model.projector.",
}
"""Prefix in the release -> prefix in `M2ReasoningForConditionalGeneration`."""


def to_transformers_name(name: str) -> str:
    """The name of a weight in the model; a name that is transformers' already stays."""
    for released, ours in WEIGHT_PREFIXES.items():
        if name.startswith(released):
            return ours + name.removeprefix(released)
    return name


def to_released_name(name: str) -> str:
    """The release's name of a weight of the model."""
    for released, ours in WEIGHT_PREFIXES.items():
        if name.startswith(ours):
            return released + name.removeprefix(ours)
    return name


def register_weight_names(model_type: str) -> None:
    """Let `from_pretrained` read the release's names and `save_pretrained` write them."""
    register_checkpoint_conversion_mapping(
        model_type,
        [
            WeightRenaming(source_patterns=f"^{re.escape(theirs)}", target_patterns=ours)
            for theirs, ours in WEIGHT_PREFIXES.items()
        ],
        overwrite=True,
    )
