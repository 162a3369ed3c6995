"""Everything that completions of one prompt can share in a GRPO step, put into a trainer's models."""

from typing import Any

from waywiser.models.vision_sharing import can_share_vision, share_vision
from waywiser.training.grpo.prompt_sharing import share_prompts, supports_segment_ids
from waywiser.training.run.adapters import unwrap_adapters


def share_computation(
    trainer: Any, *, prompts: bool = True, vision: bool = True, cache_bytes: int = 0
) -> None:
    """Let the policy and the reference of a GRPOTrainer read prompts and pictures once.

    What a model cannot share stays as it is.

    Args:
        trainer: The trainer, whose models are changed in place.
        prompts: Whether the completions of a prompt share one pass over it.
        vision: Whether each distinct picture is encoded once.
        cache_bytes: Maximum size of the features kept of each model's frozen tower, in bytes.
    """
    pad = trainer.processing_class.tokenizer.pad_token_id
    policy = trainer.accelerator.unwrap_model(trainer.model)
    for model, frozen in ((policy, None), (trainer.ref_model, True)):
        if model is None:
            continue

        inner = unwrap_adapters(trainer.accelerator.unwrap_model(model))
        if prompts and supports_segment_ids(inner):
            share_prompts(inner, pad)
        if vision and can_share_vision(inner):
            share_vision(inner, cache_bytes=cache_bytes, frozen=frozen)
