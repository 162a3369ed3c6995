"""A tiny starter model: the real frozen tower, two small layers."""

from pathlib import Path

import pytest
import torch

from helpers.m2_tiny import tiny_folder
from helpers.tiny_models import TEXTS, tiny_config
from waywiser.models import load
from waywiser.models.starter import build_starter

torch.set_num_threads(1)


@pytest.fixture(scope="session")
def starter():
    """(model, processor), never trained in place: a test that changes weights builds its own."""
    model, processor = build_starter(TEXTS, tiny_config(), vocab_size=320, seed=3)
    with (
        torch.no_grad()
    ):  # initial weights are small: make attention and positions matter in comparisons
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


@pytest.fixture(scope="session")
def m2_folder(tmp_path_factory) -> Path:
    """The tiny M2-Reasoning checkpoint with a processor; read it, never write to it."""
    return tiny_folder(tmp_path_factory.mktemp("m2") / "model")


@pytest.fixture(scope="session")
def m2(m2_folder):
    """(model, processor), never trained in place."""
    return load(m2_folder)
