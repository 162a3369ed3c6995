"""A tiny starter model (real frozen tower, 2 small layers) and pictures to show it."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from waywiser.models.starter import WaywiserStarterConfig, build_starter

torch.set_num_threads(1)

TEXTS = [
    f"How far is the {thing} from the camera?<think>It is {i / 10} m away.</think><answer>{i / 10} m</answer>"
    for i in range(40)
    for thing in ("chair", "table", "lamp")
]


def tiny_config(**changes):
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


def picture(seed, size=(64, 48)):
    noise = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize(size, Image.Resampling.BILINEAR)


@pytest.fixture(scope="session")
def starter():
    """(model, processor), never trained in place: a test that changes weights builds its own."""
    model, processor = build_starter(TEXTS, tiny_config(), vocab_size=320, seed=3)
    with torch.no_grad():  # initial weights are small: make attention and positions matter in comparisons
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.mul_(5)
    return model, processor


@pytest.fixture(scope="session")
def saved(starter, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("starter")
    for part in starter:
        part.save_pretrained(folder)
    return folder
