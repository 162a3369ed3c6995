"""A tiny starter model's configuration, texts for its tokenizer, and pictures to show it."""

from typing import Any

import numpy as np
from PIL import Image

from waywiser.models.starter import WaywiserStarterConfig

TEXTS = [
    f"How far is the {thing} from the camera?<think>It is {i / 10} m away.</think><answer>{i / 10} m</answer>"
    for i in range(40)
    for thing in ("chair", "table", "lamp")
]


def tiny_config(**changes: Any) -> WaywiserStarterConfig:
    text = {
        "model_type": "qwen3",
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 16,
        "intermediate_size": 64,
        "max_position_embeddings": 512,
        "tie_word_embeddings": True,
    }
    numbers = {"connector_heads": 2, "connector_intermediate_size": 64} | changes
    return WaywiserStarterConfig(text_config=text | numbers.pop("text", {}), **numbers)


def picture(seed: int, size: tuple[int, int] = (64, 48)) -> Image.Image:
    noise = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize(size, Image.Resampling.BILINEAR)
