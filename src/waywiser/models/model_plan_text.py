"""A plan as lines of text."""

from waywiser.models.model_plan import ModelPlan, ModelPlanRequest


def describe_model_plan(plan: ModelPlan, request: ModelPlanRequest) -> str:
    """The lines that `waywiser plan --model` prints."""
    counts = ", ".join(
        f"{name} {_format_count(n)}" for name, n in plan.parameters.items() if n and name != "total"
    )
    source = f", as {plan.published} is published" if plan.published else ""
    lines = [
        f"{plan.model_type}{source}: {_format_count(plan.parameters['total'])} parameters"
        f" ({counts})"
    ]
    memory = plan.memory_gib
    lines += [
        (
            f"answering, {request.context} tokens x {request.batch_size}, {request.dtype}:"
            f" {_format_memory(memory['inference'])}"
        ),
        (
            f"LoRA training (rank {request.lora_rank}, {_format_count(plan.lora_parameters)}"
            f" parameters): {_format_memory(memory['lora_training'])}, on weights in 4 bits"
            f" {_format_memory(memory['lora_training_4bit'])}"
        ),
        (
            f"full training (float32 weights, AdamW): {_format_memory(memory['full_training'])}; "
            f"RLVR's reference model adds {_format_memory(memory['rlvr_reference'])}"
        ),
    ]

    if plan.image_tokens is not None:
        lines.append(f"a picture of {request.width} x {request.height}: {plan.image_tokens} tokens")

    if plan.video_tokens is not None:
        lines.append(
            f"a video of {request.seconds:g} s: {plan.video_frames} frames, {plan.video_tokens}"
            " tokens"
        )

    if plan.tensors is not None:
        lines.append(_describe_tensors(plan))

    return "\n".join(lines)


def _describe_tensors(plan: ModelPlan) -> str:
    if plan.fits:
        return f"its {plan.tensors} tensors map one to one to the model's"
    kinds = {"missing": plan.missing, "unexpected": plan.unexpected, "mismatched": plan.mismatched}
    parts = [f"{len(names)} {kind}, first {names[0]}" for kind, names in kinds.items() if names]
    return f"its {plan.tensors} tensors do not fit: " + "; ".join(parts)


def _format_count(n: int) -> str:
    for unit, size in (("B", 10**9), ("M", 10**6), ("k", 10**3)):
        if n >= size:
            return f"{n / size:.2f}{unit}"
    return str(n)


def _format_memory(gib: float) -> str:
    return f"{gib:.1f} GiB" if gib >= 1 else f"{gib * 1024:.1f} MiB"
