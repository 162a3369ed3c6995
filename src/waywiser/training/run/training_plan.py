"""What a training recipe would take: samples, tokens, memory of a device, hours. Nothing is
written.

Sums and rules of thumb, not measurements: bytes of weights, gradients, AdamW's moments (16 a
trained parameter, float32 as this project trains) and kept activations; 2 FLOPs a parameter and
token forward, twice that backward, once more forward under gradient checkpointing; decoding bound
by reading the weights once a token.
"""

from pydantic import BaseModel, ConfigDict, Field

from waywiser.errors import WaywiserError, error_text
from waywiser.models.model_plan import GIB, ModelPlan, ModelPlanRequest, plan_model
from waywiser.sources.open_data import open_data
from waywiser.training.config import RLVRRecipe
from waywiser.training.rejection_config import RejectionRecipe, StageRecipe

_BYTES_PER_TRAINED_PARAMETER = 16
_PLAN_CONTEXT_LENGTH = 4096
"""Tokens that the model's plan is made for: kept activations are proportional to them."""
_CUDA_CONTEXT_GIB = 1.1
"""GiB that a CUDA context and its libraries take."""


class Hardware(BaseModel):
    """`devices` in all, each with `memory` GiB, `tflops` as reached in training, `bandwidth` GB/s
    of its memory.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    devices: int = Field(default=1, ge=1)
    memory: float | None = Field(default=None, gt=0)
    tflops: float = Field(default=150.0, gt=0)
    bandwidth: float = Field(default=1500.0, gt=0)


class TrainingPlan(BaseModel):
    """What `plan_training` found. Memory in GiB of one device, by part; hours by part; `missing`
    blocks the run.
    """

    stage: str
    parameters: int
    trained: int
    samples: int | None
    steps: int | None
    completions: int
    tokens: int
    memory_gib: dict[str, float]
    fits: bool | None
    hours: dict[str, float] | None
    missing: list[str]

    @property
    def ready(self) -> bool:
        """Whether nothing is missing and the memory is not known to fall short."""
        return not self.missing and self.fits is not False


def plan_training(
    recipe: StageRecipe, machine: Hardware, request: ModelPlanRequest
) -> TrainingPlan:
    """The plan of a recipe on a machine. `request` gives the size of a picture; the rest of it is
    the recipe's.

    Raises ModelError where the model's configuration cannot be read.
    """
    rlvr = recipe if isinstance(recipe, RLVRRecipe) else None
    missing: list[str] = []
    samples = _count_samples(recipe, missing)

    if recipe.model is None:
        missing.append("a model folder: a fresh starter has no configuration to plan by")

    if isinstance(recipe, RLVRRecipe):
        rows = recipe.prompts_per_step * recipe.num_generations
        passes = recipe.gradient_accumulation_steps
    else:
        rows = recipe.batch_size * recipe.gradient_accumulation_steps
        passes = recipe.gradient_accumulation_steps

    micro = max(1, rows // (machine.devices * passes))
    if rows % (machine.devices * (rlvr.gradient_accumulation_steps if rlvr else 1)):
        missing.append(f"a batch of {rows} rows that splits over {machine.devices} devices")

    answer = rlvr.max_completion_length if rlvr else 128
    limits = {
        "model": recipe.model or "starter",
        "context": _PLAN_CONTEXT_LENGTH,
        "batch_size": 1,
        "lora_rank": _lora_rank(recipe),
    }

    model_plan = plan_model(
        request.model_copy(update={**limits, "dtype": "bfloat16" if recipe.bf16 else "float32"})
    )
    prompt = (model_plan.image_tokens or 0) + 128
    total = model_plan.parameters["total"]
    trained = model_plan.lora_parameters if recipe.lora else total
    per_token = (
        model_plan.memory_gib["full_training"] * GIB - total * _BYTES_PER_TRAINED_PARAMETER
    ) / _PLAN_CONTEXT_LENGTH
    memory = _memory_by_part(
        recipe, machine, model_plan, trained, per_token * micro * (prompt + answer)
    )
    steps = _count_steps(recipe, samples)
    hours = (
        None
        if steps is None
        else _hours_by_part(recipe, machine, total, steps, rows, prompt, answer)
    )

    return TrainingPlan(
        stage=recipe.stage,
        parameters=total,
        trained=trained,
        samples=samples,
        steps=steps,
        completions=rows,
        tokens=rows * (prompt + answer),
        memory_gib={part: round(size, 3) for part, size in memory.items()},
        fits=None if machine.memory is None else sum(memory.values()) <= machine.memory,
        hours=hours and {part: round(value, 3) for part, value in hours.items()},
        missing=missing,
    )


def _lora_rank(recipe: StageRecipe) -> int:
    return recipe.lora.rank if recipe.lora else 16


def _count_samples(recipe: StageRecipe, missing: list[str]) -> int | None:
    if recipe.data.online is not None:
        return None

    count = 0

    for source in recipe.data.sources():
        try:
            tasks = recipe.data.tasks
            column = open_data(source).column("task").to_pylist()
            count += sum(1 for task in column if not tasks or task in tasks)
        except WaywiserError as error:
            missing.append(error_text(error))

    return None if missing else min(count, recipe.data.limit or count)


def _count_steps(recipe: StageRecipe, samples: int | None) -> int | None:
    limits = [] if recipe.max_steps is None else [recipe.max_steps]

    # What rejection sampling keeps, nobody knows before.
    if (
        recipe.epochs is not None
        and samples is not None
        and not isinstance(recipe, RejectionRecipe)
    ):
        prompts = (
            recipe.prompts_per_step
            if isinstance(recipe, RLVRRecipe)
            else recipe.batch_size * recipe.gradient_accumulation_steps
        )

        limits.append(max(1, round(recipe.epochs * samples / prompts)))

    return min(limits, default=None)


def _memory_by_part(
    recipe: StageRecipe,
    machine: Hardware,
    model_plan: ModelPlan,
    trained: int,
    activations: float,
) -> dict[str, float]:
    """GiB of one device. All weights trained: everything is sharded over the devices, as FSDP and
    ZeRO-3 do.
    """
    total = model_plan.parameters["total"]
    size = 2 if recipe.dtype == "bfloat16" else 4

    if recipe.load_4bit:
        whole = 4 * (total - model_plan.quantized_parameters)
        parts: dict[str, float] = {"weights in 4 bits": model_plan.quantized_bytes + whole}
        parts["adapters and their AdamW"] = trained * _BYTES_PER_TRAINED_PARAMETER
    elif recipe.lora:
        parts = {
            "weights": total * size,
            "adapters and their AdamW": trained * _BYTES_PER_TRAINED_PARAMETER,
        }
    else:
        parts = {
            "weights, gradients, AdamW": total * _BYTES_PER_TRAINED_PARAMETER / machine.devices
        }

    if isinstance(recipe, RLVRRecipe):
        if recipe.strategy.kl != "none" and not recipe.lora:
            parts["reference"] = total * 4 / machine.devices

        if (
            recipe.vllm is not None
            and recipe.vllm.mode == "colocate"
            and machine.memory is not None
        ):
            parts["vLLM"] = recipe.vllm.memory * machine.memory * GIB
        elif recipe.vllm is None and not recipe.lora and machine.devices > 1:
            parts["weights gathered to complete"] = total * size

    depth = (
        1.0 if recipe.gradient_checkpointing else 6.0
    )  # what checkpointing would have thrown away
    parts["activations"] = activations * depth
    return {**{part: value / GIB for part, value in parts.items()}, "CUDA": _CUDA_CONTEXT_GIB}


def _hours_by_part(
    recipe: StageRecipe,
    machine: Hardware,
    total: int,
    steps: int,
    rows: int,
    prompt: int,
    answer: int,
) -> dict[str, float]:
    flops = 2.0 * total * rows * (prompt + answer)
    speed = machine.devices * machine.tflops * 1e12
    passes = (2 if recipe.lora else 3) + (1 if recipe.gradient_checkpointing else 0)
    hours = {"update": steps * passes * flops / speed / 3600}

    if isinstance(recipe, RLVRRecipe):
        if recipe.strategy.kl != "none":
            hours["reference"] = steps * flops / speed / 3600

        prefill = 2.0 * total * recipe.prompts_per_step * prompt / speed
        decode = max(
            answer * total * 2 / (machine.bandwidth * 1e9), 2.0 * total * rows * answer / speed
        )
        hours["completions"] = steps * (prefill + decode) / 3600

    return hours


def describe_training_plan(plan: TrainingPlan, machine: Hardware) -> str:
    """The lines that `waywiser plan RECIPE` prints."""
    data = "drawn or unknown" if plan.samples is None else f"{plan.samples:,}"
    memory = sum(plan.memory_gib.values())
    limit = "" if machine.memory is None else f" of {machine.memory:g}"
    lines = [
        (
            f"{plan.stage}: {plan.parameters / 1e9:.3g} B parameters, {plan.trained / 1e9:.3g} B of"
            " them trained"
        ),
        f"samples: {data}; steps: {plan.steps or 'by the clock'}",
        f"a step: {plan.completions} rows, {plan.tokens:,} tokens",
        (
            f"memory of each of {machine.devices} devices: {memory:.1f}{limit} GiB"
            f" ({_format_parts(plan.memory_gib)})"
        ),
    ]

    if plan.hours is not None:
        total = sum(plan.hours.values())
        lines.append(
            f"hours at {machine.tflops:g} TFLOP/s a device: {total:.2f}"
            f" ({_format_parts(plan.hours)})"
        )

    if plan.fits is False:
        lines.append("does not fit: more devices, more micro_batches, lora, or a lower vllm.memory")

    return "\n".join([*lines, *(f"missing: {what}" for what in plan.missing)])


def _format_parts(values: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.2f}" for name, value in values.items())
