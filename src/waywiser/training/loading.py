"""Load what training starts from."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from waywiser.errors import RecipeError
from waywiser.models.loading import load
from waywiser.models.starter import default_starter_path


def model_path(name: str) -> str:
    """The folder of a model; "starter" is the one that is shipped."""
    return str(default_starter_path()) if name == "starter" else name


def load_start(name: str, dtype: str = "float32") -> tuple[Any, Any]:
    """Model (in float32, the precision of its updates, unless told) and processor of a model folder or "starter"."""
    model, processor = load(model_path(name), dtype=dtype)
    cast(Any, processor).tokenizer  # noqa: B018 - says so where a folder holds weights alone
    return model, processor


def freeze_vision(model: Any) -> None:
    """Let the vision tower keep its weights. Errors: RecipeError for a model without one that is known here."""
    tower = getattr(getattr(model, "model", None), "visual", None)
    if tower is None:
        raise RecipeError(f"freeze_vision: {type(model).__name__} has no vision tower of Qwen's layout: switch it off")
    tower.requires_grad_(False)


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
