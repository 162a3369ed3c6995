"""`WaywiserStarterConfig`: the numbers that make a starter model."""

from typing import Any, ClassVar

from transformers import AutoConfig, PreTrainedConfig
from transformers.configuration_utils import SubConfigSpec

DEFAULT_TEXT = {
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
    """A frozen EfficientNet-Lite0, a small trained connector, and any decoder of transformers as text model.

    Args:
        text_config: configuration (or its mapping, with "model_type") of the text model; Qwen3, Qwen2 and
            Llama are tested. Default: Qwen3, 6 layers of width 256, 4.7 M parameters.
        image_token_id: the token whose places the image features take; `image_tokens` of them for each image.
        vision_tower: the frozen encoder; "efficientnet-lite0" is the only one there is.
        feature_size, image_tokens, image_size: what that encoder gives (1,728 channels at 49 places of a
            224 x 224 picture); kept here so that a checkpoint says what it was trained on.
        connector_layers, connector_heads, connector_intermediate_size: the bidirectional encoder over the
            tokens of one image.
        feature_dropout: share of feature channels zeroed in training, the same ones at every place of an
            image.
    """

    model_type = "waywiser_starter"
    sub_configs_defaults: ClassVar = {
        "text_config": SubConfigSpec(config_class=AutoConfig, model_type="qwen3", init_kwargs=DEFAULT_TEXT)
    }

    text_config: dict[str, Any] | PreTrainedConfig | None = None
    image_token_id: int = 4
    vision_tower: str = "efficientnet-lite0"
    feature_size: int = 1728
    image_tokens: int = 49
    image_size: int = 224
    connector_layers: int = 2
    connector_heads: int = 4
    connector_intermediate_size: int = 512
    feature_dropout: float = 0.1
    initializer_range: float = 0.02
    tie_word_embeddings: bool = True
