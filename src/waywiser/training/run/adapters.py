"""LoRA by PEFT (arXiv 2106.09685): only small adapters are trained, and the saved model has them
merged in.

On weights in 4 bits (QLoRA, arXiv 2305.14314) they are merged into the weights of the folder that
training started from: merging into 4 bits would quantize the sum again, which loses much of what
the adapters have learned.
"""

import re
from typing import Any

import torch
from torch import nn

from waywiser.errors import RecipeError
from waywiser.models.loading import load
from waywiser.training.config import LoraSettings

ALL_LINEAR = "all-linear"


def check_lora_targets(model: nn.Module, recipe: LoraSettings | None) -> None:
    """Raises RecipeError where no linear layer of the model is among the recipe's targets, as PEFT
    reads them.
    """
    if recipe is None or recipe.targets == ALL_LINEAR:
        return

    names = [name for name, module in model.named_modules() if isinstance(module, nn.Linear)]
    try:
        if isinstance(recipe.targets, str):
            has_match = any(re.fullmatch(recipe.targets, name) for name in names)
        else:
            has_match = any(
                f".{name}".endswith(f".{target}") for name in names for target in recipe.targets
            )
    except re.error as error:
        raise RecipeError(
            f"lora.targets {recipe.targets!r} is not a valid pattern: {error}"
        ) from error

    if not has_match:
        raise RecipeError(
            f"lora.targets {recipe.targets!r} name no linear layer; one is called {names[-1]}"
        )


def build_peft_config(recipe: LoraSettings | None) -> Any:
    """PEFT's configuration of a recipe's adapters; None trains all weights."""
    if recipe is None:
        return None

    from peft import LoraConfig

    return LoraConfig(
        r=recipe.rank,
        lora_alpha=recipe.alpha,
        lora_dropout=recipe.dropout,
        target_modules=recipe.targets,
    )


def unwrap_adapters(model: Any) -> Any:
    """The model itself, which adapters were put into; a model without adapters as it is."""
    return (
        model.get_base_model()
        if hasattr(model, "peft_config") and hasattr(model, "get_base_model")
        else model
    )


def merge_adapters(model: Any) -> Any:
    """The model with its adapters added to its weights, as one without adapters; others as they
    are.
    """
    return model.merge_and_unload() if hasattr(model, "merge_and_unload") else model


def prepare_for_4bit_training(model: Any) -> Any:
    """A model in 4 bits made ready for adapters. Checkpointing is left to the trainer."""
    from peft import prepare_model_for_kbit_training

    return prepare_model_for_kbit_training(model, use_gradient_checkpointing=False)


def cast_trainable_to_float32(model: Any) -> None:
    """Let the adapters be float32, where small updates are not lost: on quantized models TRL makes
    them bfloat16.
    """
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.to(torch.float32)


def merge_adapters_into(model: Any, folder: str) -> Any:
    """The model of `folder`, in the precision of its files, with the adapters of `model` added to
    its weights.
    """
    from peft import get_peft_model, get_peft_model_state_dict, set_peft_model_state_dict

    adapters = {name: value.cpu() for name, value in get_peft_model_state_dict(model).items()}
    original, _ = load(folder)

    target = get_peft_model(original, model.peft_config["default"])
    set_peft_model_state_dict(target, adapters)
    return merge_adapters(target)
