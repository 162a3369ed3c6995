"""The starter model: small enough to train on a laptop, in the same interfaces as the big ones.

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
    PreTrainedTokenizerFast,
)

from waywiser.models.starter.image_processor import WaywiserStarterImageProcessor
from waywiser.models.starter.segment_packing import Segment, pack, segment_mask, segment_positions

from .build import build_starter, default_starter_path, fresh_model
from .config import WaywiserStarterConfig
from .features import FeatureCache, FrozenTower, frozen_tower
from .model import WaywiserStarterForConditionalGeneration, WaywiserStarterModel
from .processor import WaywiserStarterProcessor
from .tokenizer import train_tokenizer

__all__ = [
    "FeatureCache",
    "FrozenTower",
    "Segment",
    "WaywiserStarterConfig",
    "WaywiserStarterForConditionalGeneration",
    "WaywiserStarterImageProcessor",
    "WaywiserStarterModel",
    "WaywiserStarterProcessor",
    "build_starter",
    "default_starter_path",
    "fresh_model",
    "frozen_tower",
    "pack",
    "segment_mask",
    "segment_positions",
    "train_tokenizer",
]

AutoConfig.register(WaywiserStarterConfig.model_type, WaywiserStarterConfig, exist_ok=True)
AutoModel.register(WaywiserStarterConfig, WaywiserStarterModel, exist_ok=True)
AutoModelForImageTextToText.register(
    WaywiserStarterConfig, WaywiserStarterForConditionalGeneration, exist_ok=True
)
# TRL opens the reference model through AutoModelForCausalLM when it does not know the architecture
# by name.
AutoModelForCausalLM.register(
    WaywiserStarterConfig, WaywiserStarterForConditionalGeneration, exist_ok=True
)
AutoImageProcessor.register(
    WaywiserStarterConfig,
    image_processor_classes={"pil": WaywiserStarterImageProcessor},
    exist_ok=True,
)
AutoTokenizer.register(
    WaywiserStarterConfig, fast_tokenizer_class=PreTrainedTokenizerFast, exist_ok=True
)
AutoProcessor.register(WaywiserStarterConfig, WaywiserStarterProcessor, exist_ok=True)
