"""Load what training starts from."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import torch

from waywiser.models.loading import load
from waywiser.models.starter import default_starter_path


def model_path(name: str) -> str:
    """The folder of a model; "starter" is the one that is shipped."""
    return str(default_starter_path()) if name == "starter" else name


def load_start(name: str) -> tuple[Any, Any]:
    """Model (in float32, the precision of its updates) and processor of a model folder or "starter"."""
    model, processor = load(model_path(name), dtype=torch.float32)
    cast(Any, processor).tokenizer  # noqa: B018 - says so where a folder holds weights alone
    return model, processor


@contextmanager
def attention(model: Any, implementation: str) -> Iterator[None]:
    """Within this context the model attends by `implementation`: "sdpa", "eager" or what transformers has."""
    before = model.config._attn_implementation
    if before == implementation:
        yield
        return
    model.set_attn_implementation(implementation)
    try:
        yield
    finally:
        model.set_attn_implementation(before)
