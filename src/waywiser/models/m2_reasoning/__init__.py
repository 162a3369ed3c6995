"""M2-Reasoning (arXiv 2507.08306) as the release has it, `bailing_qwen2_5`, on current
transformers.

Importing it registers it with transformers' Auto classes.
"""

from transformers import (
    AutoConfig,
    AutoImageProcessor,
    AutoModel,
    AutoModelForCausalLM,
    AutoModelForImageTextToText,
    AutoProcessor,
    AutoTokenizer,
    AutoVideoProcessor,
    PreTrainedTokenizerFast,
)
from transformers.utils.import_utils import is_torchvision_available

from waywiser.models.m2_reasoning.image_processor import M2ReasoningImageProcessor

from . import weights
from .config import M2ReasoningConfig
from .model import M2ReasoningForConditionalGeneration, M2ReasoningModel
from .processor import M2ReasoningProcessor, M2ReasoningVideoProcessor

__all__ = [
    "M2ReasoningConfig",
    "M2ReasoningForConditionalGeneration",
    "M2ReasoningImageProcessor",
    "M2ReasoningModel",
    "M2ReasoningProcessor",
    "M2ReasoningVideoProcessor",
]

weights.register_weight_names(M2ReasoningConfig.model_type)
AutoConfig.register(M2ReasoningConfig.model_type, M2ReasoningConfig, exist_ok=True)
AutoModel.register(M2ReasoningConfig, M2ReasoningModel, exist_ok=True)
AutoModelForImageTextToText.register(
    M2ReasoningConfig, M2ReasoningForConditionalGeneration, exist_ok=True
)
# TRL opens the reference model through AutoModelForCausalLM when it does not know the architecture
# by name.
AutoModelForCausalLM.register(M2ReasoningConfig, M2ReasoningForConditionalGeneration, exist_ok=True)
AutoImageProcessor.register(
    M2ReasoningConfig, image_processor_classes={"pil": M2ReasoningImageProcessor}, exist_ok=True
)
if is_torchvision_available():  # without it this Auto class does nothing; ours needs none
    AutoVideoProcessor.register(M2ReasoningConfig, M2ReasoningVideoProcessor, exist_ok=True)
AutoTokenizer.register(
    M2ReasoningConfig, fast_tokenizer_class=PreTrainedTokenizerFast, exist_ok=True
)
AutoProcessor.register(M2ReasoningConfig, M2ReasoningProcessor, exist_ok=True)
