"""Everything that completions of one prompt can share in a GRPO step, put into a trainer's models."""

from typing import Any

from waywiser.models.vision_sharing import can_share_vision, share_vision
from waywiser.training.adapters import without_adapters
from waywiser.training.shared_prompts import can_share, share_prompts


PICTURES = ("pixel_values", "image_grid_thw")


def skip_no_pictures(model: Any) -> None:
    """Let `model` take empty tensors of pictures as none at all.

    TRL cuts a batch into smaller ones; one that holds only rows without pictures gets tensors of length 0, which no
    vision tower takes.
    """

    original = model.forward

    def forward(*args: Any, **kwargs: Any) -> Any:
        empty = {name for name in PICTURES if kwargs.get(name) is not None and len(kwargs[name]) == 0}
        return original(*args, **{name: value for name, value in kwargs.items() if name not in empty})

    forward.__wrapped__ = original  # type: ignore[attr-defined] - generate() reads the signature
    model.forward = forward


def share(trainer: Any, *, prompts: bool = True, vision: bool = True, cache_bytes: int = 0) -> None:
    """Let the policy and the reference of a GRPOTrainer read prompts (`prompts`) and pictures (`vision`) once.

    What a model cannot share stays as it is. `cache_bytes` bounds the features kept of each model's frozen tower.
    """
    pad = trainer.processing_class.tokenizer.pad_token_id
    policy = trainer.accelerator.unwrap_model(trainer.model)
    for model, frozen in ((policy, None), (trainer.ref_model, True)):
        if model is None:
            continue
        inner = without_adapters(trainer.accelerator.unwrap_model(model))
        skip_no_pictures(inner)
        if prompts and can_share(inner):
            share_prompts(inner, pad)
        if vision and can_share_vision(inner):
            share_vision(inner, cache_bytes=cache_bytes, frozen=frozen)
