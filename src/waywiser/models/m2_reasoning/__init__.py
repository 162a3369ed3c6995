"""M2-Reasoning (arXiv 2507.08306) as the release has it, `bailing_qwen2_5`, on current transformers.

Importing it registers it with transformers' Auto classes.
"""

from transformers import AutoConfig, AutoModel, AutoModelForCausalLM, AutoModelForImageTextToText

from . import weights
from .config import M2ReasoningConfig
from .model import M2ReasoningForConditionalGeneration, M2ReasoningModel

__all__ = [
    "M2ReasoningConfig",
    "M2ReasoningForConditionalGeneration",
    "M2ReasoningModel",
]

weights.register(M2ReasoningConfig.model_type)
AutoConfig.register(M2ReasoningConfig.model_type, M2ReasoningConfig, exist_ok=True)
AutoModel.register(M2ReasoningConfig, M2ReasoningModel, exist_ok=True)
AutoModelForImageTextToText.register(M2ReasoningConfig, M2ReasoningForConditionalGeneration, exist_ok=True)
# TRL opens the reference model through AutoModelForCausalLM when it does not know the architecture by name.
AutoModelForCausalLM.register(M2ReasoningConfig, M2ReasoningForConditionalGeneration, exist_ok=True)
