"""`WaywiserStarterConfig`: the numbers that make a starter model."""

from typing import Any, ClassVar

from transformers import AutoConfig, PreTrainedConfig
from transformers.configuration_utils import SubConfigSpec

from waywiser.errors import ModelError

from .features import FEATURE_SIZE, IMAGE_SIZE, IMAGE_TOKENS

DEFAULT_TEXT_CONFIG = {
    "hidden_size": 256,
    "num_hidden_layers": 6,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 64,
    "intermediate_size": 768,
    "vocab_size": 1024,
    "max_position_embeddings": 2048,
    "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0},
    "tie_word_embeddings": True,
    "use_cache": True,
}


class WaywiserStarterConfig(PreTrainedConfig):
    """A frozen EfficientNet-Lite0, a small trained connector, and any decoder of transformers as
    text model.

    Args:
        text_config: Configuration (or its mapping, with "model_type") of the text model; Qwen3,
            Qwen2 and Llama are tested. Default: Qwen3, 6 layers of width 256, 4.7 M parameters.
        image_token_id: The token whose places the image features take; `image_tokens` of them for
            each image.
        vision_tower: The frozen encoder; "efficientnet-lite0" is the only one there is.
        feature_size, image_tokens, image_size: What that encoder gives (1,728 channels at 49
            places of a 224 x 224 picture); kept here so that a checkpoint says what it was trained
            on.
        connector_layers, connector_heads, connector_intermediate_size: The bidirectional encoder
            over the tokens of one image.
        feature_dropout: Share of feature channels zeroed in training, the same ones at every place
            of an image.
    """

    model_type = "waywiser_starter"
    # TRL 1.16 reads it from every architecture that transformers itself does not export; never
    # saved.
    auto_map: ClassVar[dict[str, str]] = {}
    sub_configs_defaults: ClassVar = {
        "text_config": SubConfigSpec(
            config_class=AutoConfig, model_type="qwen3", init_kwargs=DEFAULT_TEXT_CONFIG
        )
    }

    text_config: dict[str, Any] | PreTrainedConfig | None = None
    image_token_id: int = 4
    vision_tower: str = "efficientnet-lite0"
    feature_size: int = FEATURE_SIZE
    image_tokens: int = IMAGE_TOKENS
    image_size: int = IMAGE_SIZE
    connector_layers: int = 2
    connector_heads: int = 4
    connector_intermediate_size: int = 512
    feature_dropout: float = 0.1
    initializer_range: float = 0.02
    tie_word_embeddings: bool = True


def check_config(config: WaywiserStarterConfig) -> None:
    """Raises ModelError for numbers that no starter model can be built from."""
    vision_values = (
        config.vision_tower,
        config.feature_size,
        config.image_tokens,
        config.image_size,
    )
    if vision_values != ("efficientnet-lite0", FEATURE_SIZE, IMAGE_TOKENS, IMAGE_SIZE):
        raise ModelError(
            f"vision_tower, feature_size, image_tokens, image_size are {vision_values} in the"
            f" configuration; there is only ('efficientnet-lite0', {FEATURE_SIZE}, {IMAGE_TOKENS},"
            f" {IMAGE_SIZE})"
        )

    text = config.get_text_config()
    if not 0 <= config.image_token_id < text.vocab_size:
        raise ModelError(
            f"image_token_id {config.image_token_id} is outside of the vocabulary of"
            f" {text.vocab_size}"
        )

    if text.hidden_size % config.connector_heads:
        raise ModelError(
            f"{config.connector_heads} connector heads do not divide the width {text.hidden_size}"
        )
