"""Load what training starts from."""

from typing import Any

import torch

from waywiser.models.loading import load
from waywiser.models.starter import default_starter_path


def model_path(name: str) -> str:
    """The folder of a model; "starter" is the one that is shipped."""
    return str(default_starter_path()) if name == "starter" else name


def load_start(name: str) -> tuple[Any, Any]:
    """Model (in float32, the precision of its updates) and processor of a model folder or "starter"."""
    return load(model_path(name), dtype=torch.float32)
