"""A plan as lines of text."""

from .planning import Plan, PlanRequest


def describe(plan: Plan, request: PlanRequest) -> str:
    """The lines that `waywiser plan --model` prints."""
    counts = ", ".join(f"{name} {_large(n)}" for name, n in plan.parameters.items() if n and name != "total")
    source = f", as {plan.published} is published" if plan.published else ""
    lines = [f"{plan.model_type}{source}: {_large(plan.parameters['total'])} parameters ({counts})"]
    memory = plan.memory_gib
    lines += [
        f"answering, {request.context} tokens x {request.batch_size}, {request.dtype}: {_size(memory['inference'])}",
        f"LoRA training (rank {request.lora_rank}, {_large(plan.lora_parameters)} parameters): "
        f"{_size(memory['lora_training'])}, on weights in 4 bits {_size(memory['lora_training_4bit'])}",
        f"full training (float32 weights, AdamW): {_size(memory['full_training'])}; "
        f"RLVR's reference model adds {_size(memory['rlvr_reference'])}",
    ]
    if plan.image_tokens is not None:
        lines.append(f"a picture of {request.width} x {request.height}: {plan.image_tokens} tokens")
    if plan.video_tokens is not None:
        lines.append(f"a video of {request.seconds:g} s: {plan.video_frames} frames, {plan.video_tokens} tokens")
    if plan.tensors is not None:
        lines.append(_tensors(plan))
    return "\n".join(lines)


def _tensors(plan: Plan) -> str:
    if plan.fits:
        return f"its {plan.tensors} tensors map one to one to the model's"
    kinds = {"missing": plan.missing, "unexpected": plan.unexpected, "mismatched": plan.mismatched}
    parts = [f"{len(names)} {kind}, first {names[0]}" for kind, names in kinds.items() if names]
    return f"its {plan.tensors} tensors do not fit: " + "; ".join(parts)


def _large(n: int) -> str:
    for unit, size in (("B", 10**9), ("M", 10**6), ("k", 10**3)):
        if n >= size:
            return f"{n / size:.2f}{unit}"
    return str(n)


def _size(gib: float) -> str:
    return f"{gib:.1f} GiB" if gib >= 1 else f"{gib * 1024:.1f} MiB"
