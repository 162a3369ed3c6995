"""Load what training starts from."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import torch

from waywiser.errors import RecipeError
from waywiser.models.loading import load, load_config
from waywiser.models.model_paths import resolve_model_folder
from waywiser.training.run.adapters import prepare_for_4bit_training


def resolve_model_path(name: str) -> str:
    """The folder of a model by path or name (see `models.model_paths.resolve_model_folder`)."""
    return str(resolve_model_folder(name))


def load_initial_model(
    name: str, dtype: str = "float32", *, load_4bit: bool = False, bf16: bool = False
) -> tuple[Any, Any]:
    """Model and processor that training starts from.

    Args:
        name: A model folder, "starter" or a name on the hub.
        dtype: Type of the weights; float32 is the precision of their updates.
        load_4bit: Quantize the decoder and prepare it as PEFT does: all weights frozen, those that
            are not quantized in float32.
        bf16: Compute products with 4-bit weights in bfloat16, not float32.

    Returns:
        The model and its processor.

    Raises:
        RecipeError: The weights are quantized already.
        ModelError: Something is missing, damaged or unknown.
    """
    folder = resolve_model_path(name)
    if getattr(load_config(folder), "quantization_config", None) is not None:
        raise RecipeError(
            f"the weights in {name} are quantized, which loses what is trained: start from the"
            " model that they were made of, with load_4bit: true where memory is short"
        )

    compute = torch.bfloat16 if bf16 else torch.float32
    model, processor = load(folder, dtype=dtype, load_4bit=load_4bit, compute_dtype=compute)

    if load_4bit:
        model = prepare_for_4bit_training(model)

    cast(Any, processor).tokenizer  # noqa: B018 - says so where a folder holds weights alone
    return model, processor


def freeze_vision(model: Any) -> None:
    """Let the vision tower keep its weights. Raises RecipeError for a model without one that is
    known here.
    """
    tower = getattr(getattr(model, "model", None), "visual", None)
    if tower is None:
        raise RecipeError(
            f"freeze_vision: {type(model).__name__} has no vision tower of Qwen's layout: switch"
            " it off"
        )

    tower.requires_grad_(False)


@contextmanager
def use_attention(model: Any, implementation: str) -> Iterator[None]:
    """Within this context the model attends by `implementation`: "sdpa", "eager" or what
    transformers has.
    """
    before = model.config._attn_implementation
    if before == implementation:
        yield
        return

    model.set_attn_implementation(implementation)

    try:
        yield
    finally:
        model.set_attn_implementation(before)
