"""LoRA by PEFT (arXiv 2106.09685): only small adapters are trained, and the saved model has them merged in."""

from typing import Any

from waywiser.training.config import LoraRecipe


def peft_config(recipe: LoraRecipe | None) -> Any:
    """PEFT's configuration of a recipe's adapters; None trains all weights."""
    if recipe is None:
        return None
    from peft import LoraConfig

    return LoraConfig(
        r=recipe.rank, lora_alpha=recipe.alpha, lora_dropout=recipe.dropout, target_modules=recipe.targets
    )


def without_adapters(model: Any) -> Any:
    """The model itself, which adapters were put into; a model without adapters as it is."""
    return model.get_base_model() if hasattr(model, "peft_config") and hasattr(model, "get_base_model") else model


def merged(model: Any) -> Any:
    """The model with its adapters added to its weights, as one without adapters; others as they are."""
    return model.merge_and_unload() if hasattr(model, "merge_and_unload") else model
