"""Training recipes: the YAML that `waywiser train` reads, one pydantic model per stage."""

from pathlib import Path
from typing import Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, field_validator, model_validator

from waywiser.prompting import PromptConfig
from waywiser.rewards import RewardConfig
from waywiser.training.data_config import DataConfig, OnlineData
from waywiser.training.model_config import LoraSettings, StarterShape, VllmSettings
from waywiser.training.strategy_config import StrategyConfig

__all__ = [
    "DataConfig",
    "LoraSettings",
    "OnlineData",
    "RLVRRecipe",
    "SFTRecipe",
    "StarterShape",
    "StrategyConfig",
    "SupervisedRecipe",
    "Tracker",
    "TrainingRecipe",
    "VllmSettings",
]

Tracker = Literal["trackio", "tensorboard", "wandb"]


class TrainingRecipe(BaseModel):
    """Settings that all stages share. `epochs`, `max_steps` or `max_minutes` must end the run.

    With `max_minutes`, the learning rate and the KL coefficient follow the clock, so that a run
    always ends annealed, however fast the machine is; with `max_steps` or `epochs` they follow the
    steps; with both, whichever is further. The learning rate warms up over `warmup_steps`, then
    falls along a cosine to `final_lr` of its peak.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    out: Path = Field(description="folder of the run: model/, log.jsonl, recipe.yaml, checkpoints/")
    seed: int = Field(default=0, ge=0, description="seed of everything random in the run")
    data: DataConfig = Field(description="samples to train on")
    prompt: PromptConfig = Field(
        default=PromptConfig(), description="system prompt and instruction; kept with the model"
    )
    epochs: float | None = Field(
        default=None, gt=0, description="end after this many passes over the data"
    )
    max_steps: int | None = Field(
        default=None, ge=1, description="end after this many optimizer steps"
    )
    max_minutes: float | None = Field(
        default=None, gt=0, description="end after this many minutes of training"
    )
    learning_rate: float = Field(default=1e-3, gt=0, description="peak of the learning rate")
    warmup_steps: int = Field(
        default=40, ge=0, description="steps over which the learning rate rises to its peak"
    )
    final_lr: float = Field(
        default=0.02, ge=0, le=1, description="learning rate at the end, as a share of its peak"
    )
    weight_decay: float = Field(default=0.1, ge=0, description="weight decay of the optimizer")
    betas: tuple[float, float] = Field(
        default=(0.9, 0.98), description="decay rates of AdamW's two moments"
    )
    optimizer: Literal["adamw", "muon"] = Field(
        default="adamw",
        description=(
            "muon: for the weights of linear layers; adamw for the rest (run/optimizers.py)"
        ),
    )
    max_grad_norm: float = Field(
        default=1.0, gt=0, description="norm that gradients are clipped to"
    )
    bf16: bool = Field(
        default=False, description="compute in bfloat16 (autocast); the weights keep their dtype"
    )
    dtype: Literal["float32", "bfloat16"] = Field(
        default="float32",
        description="type of the weights in memory; bfloat16 halves them, for use with lora",
    )
    attention: Literal["sdpa", "eager"] | None = Field(
        default=None,
        description=(
            "attention of forward and backward passes; null keeps the model's. On a CPU with bf16,"
            " eager is faster"
        ),
    )
    gradient_checkpointing: bool = Field(
        default=False, description="recompute activations in the backward pass, to save memory"
    )
    lora: LoraSettings | None = Field(
        default=None, description="train adapters, merged when saved; null: train all weights"
    )
    load_4bit: bool = Field(
        default=False,
        description=(
            "keep the decoder's frozen weights in 4 bits (NF4, extra `quantize`) under the adapters"
            " of lora"
        ),
    )
    threads: int | None = Field(
        default=None, ge=1, description="CPU threads; null: torch's default"
    )
    save_steps: int = Field(
        default=200, ge=0, description="steps between checkpoints; 0 saves none before the end"
    )
    keep_checkpoints: bool = Field(
        default=False, description="keep the checkpoints when the run is finished"
    )
    log_steps: int = Field(default=10, ge=1, description="steps between lines of log.jsonl")
    report_to: list[Tracker] = Field(
        default_factory=list,
        description="none, or some of trackio, tensorboard, wandb (run/trackers.py)",
    )
    project: str = Field(
        default="waywiser", min_length=1, description="project of the run in trackio and wandb"
    )
    run_name: str | None = Field(
        default=None, description="name of the run in the trackers; null: the name of out"
    )

    @field_validator("report_to", mode="before")
    @classmethod
    def _parse_trackers(cls, value: Any) -> Any:
        names = [value] if isinstance(value, str) else value or []
        return [] if names == ["none"] else names

    @model_validator(mode="after")
    def _check_end(self) -> "TrainingRecipe":
        if self.epochs is None and self.max_steps is None and self.max_minutes is None:
            raise ValueError("say when training ends: set max_steps, max_minutes or epochs")

        if self.dtype == "bfloat16" and self.lora is None:
            raise ValueError(
                "dtype bfloat16 needs lora: small updates of bfloat16 weights are lost (see bf16)"
            )

        if self.load_4bit and self.lora is None:
            raise ValueError(
                "load_4bit needs lora: weights in 4 bits cannot be trained, adapters can (write"
                " lora: {})"
            )

        return self


class SupervisedRecipe(TrainingRecipe):
    """Settings of stages that fine-tune on completions: how rows are made and batched."""

    packing: Literal["auto", "image", "none"] = Field(
        default="auto",
        description=(
            "image: put all questions about the same images after one prefix of them (models that"
            " take segment_ids); none: TRL's collation, for any model; auto: image if the model can"
        ),
    )
    batch_size: int = Field(
        default=32,
        ge=1,
        description="rows of a forward pass: packed questions about the same images, else questions",
    )
    gradient_accumulation_steps: int = Field(
        validation_alias=AliasChoices("gradient_accumulation_steps", "accumulate"),
        serialization_alias="accumulate",
        default=1,
        ge=1,
        description="forward passes per optimizer step",
    )
    max_pack_tokens: int = Field(
        default=768,
        ge=64,
        description=(
            "maximum tokens of a row of several questions; the rest takes more rows, and a longer"
            " question one of its own"
        ),
    )
    max_batch_tokens: int = Field(
        default=16384,
        ge=64,
        description=(
            "maximum tokens, with padding, that packed rows of a batch take to memory at once; a"
            " larger batch is read in parts, to the same gradient"
        ),
    )


class SFTRecipe(SupervisedRecipe):
    """Cold start: supervised fine-tuning on questions with their gold reasoning and answers."""

    stage: Literal["sft"] = Field(default="sft", description="this stage's name")
    model: str | None = Field(
        default=None, description="model to start from: folder, name on the hub, or 'starter'"
    )
    starter: StarterShape | None = Field(
        default=None, description="build a fresh starter model instead"
    )

    @model_validator(mode="after")
    def _check_one_start(self) -> "SFTRecipe":
        if (self.model is None) == (self.starter is None):
            raise ValueError("give either model (a folder) or starter (a fresh model's shape)")
        if self.data.online is not None:
            raise ValueError("data.online is for stage rlvr: synthesize a dataset for sft")
        if self.load_4bit and self.starter is not None:
            raise ValueError("load_4bit needs model: a fresh starter has no weights to quantize")

        return self


class RLVRRecipe(TrainingRecipe):
    """Dynamic multi-task RLVR: GRPO with verifiable rewards, from an annealed cold start.

    Example:
        data = DataConfig(path="data/rooms")
        recipe = RLVRRecipe(out="runs/rlvr", data=data, model="starter", max_steps=100)
        result = run_rlvr(recipe)
    """

    stage: Literal["rlvr"] = Field(default="rlvr", description="this stage's name")
    model: str = Field(
        description=(
            "model to start from, also the KL reference: folder, name on the hub, or 'starter'"
        )
    )
    strategy: StrategyConfig = Field(
        default_factory=lambda: StrategyConfig(), description="order, weights and KL penalty"
    )
    rewards: RewardConfig = Field(
        default_factory=lambda: RewardConfig(), description="rewards of a completion"
    )
    prompts_per_step: int = Field(default=16, ge=1, description="prompts of an optimizer step")
    num_generations: int = Field(default=8, ge=2, description="completions per prompt")
    gradient_accumulation_steps: int = Field(
        validation_alias=AliasChoices("gradient_accumulation_steps", "micro_batches"),
        serialization_alias="micro_batches",
        default=1,
        ge=1,
        description="forward passes that a step's completions are split into",
    )
    temperature: float = Field(default=1.0, gt=0, description="sampling temperature")
    max_completion_length: int = Field(
        default=96, ge=4, description="maximum tokens per completion"
    )
    loss_type: Literal["dapo", "grpo", "dr_grpo", "bnpo"] = Field(
        default="dapo", description="how TRL averages the loss over tokens"
    )
    epsilon: float = Field(default=0.2, gt=0, description="clipping range of the probability ratio")
    share_prompts: bool = Field(
        default=True,
        description=(
            "run each prompt once for all its completions, if the model takes segment_ids"
        ),
    )
    vllm: VllmSettings | None = Field(
        default=None, description="generate with vLLM; null: with transformers"
    )
    freeze_vision: bool = Field(
        default=False, description="do not train the vision tower; its features are cached"
    )
    share_vision: bool = Field(
        default=True, description="encode each distinct image once per pass (Qwen2.5-VL)"
    )
    vision_cache_mb: int = Field(
        default=256, ge=0, description="cached features of each frozen vision tower, in MiB"
    )
    drop_zero_std_groups: bool = Field(
        validation_alias=AliasChoices("drop_zero_std_groups", "drop_dead_groups"),
        serialization_alias="drop_dead_groups",
        default=False,
        description="drop groups with equal rewards from the update; only their KL term is lost",
    )
    resample_zero_std_groups: int = Field(
        validation_alias=AliasChoices("resample_zero_std_groups", "redraw_dead_groups"),
        serialization_alias="redraw_dead_groups",
        default=0,
        ge=0,
        description="times that groups with equal rewards are replaced by other prompts",
    )
    overlong: Literal["keep", "mask", "penalise"] = Field(
        default="keep",
        description="completions cut off at the limit: treat as others, mask, or penalize",
    )
    overlong_buffer: int = Field(
        default=16, ge=1, description="tokens before the limit over which the penalty rises"
    )
    kl_limit: float = Field(
        default=100.0, gt=0, description="stop the run if the KL per token exceeds this"
    )
    rollout_pages: int = Field(
        default=0, ge=0, description="steps between HTML pages of all completions; 0: none"
    )
    log_rollouts: int = Field(
        default=0, ge=0, description="steps between completions in rollouts.jsonl; 0: none"
    )
    learning_rate: float = Field(default=1e-4, gt=0, description="peak of the learning rate")
    warmup_steps: int = Field(
        default=5, ge=0, description="steps over which the learning rate rises to its peak"
    )
    weight_decay: float = Field(default=0.0, ge=0, description="weight decay of the optimizer")
    log_steps: int = Field(default=1, ge=1, description="steps between lines of log.jsonl")

    @model_validator(mode="after")
    def _check_combinations(self) -> "RLVRRecipe":
        if (self.prompts_per_step * self.num_generations) % self.gradient_accumulation_steps:
            raise ValueError(
                "gradient_accumulation_steps must divide prompts_per_step * num_generations"
            )

        if self.load_4bit and self.vllm is not None:
            raise ValueError(
                "load_4bit completes with transformers: leave out vllm, which takes whole weights"
            )

        if self.drop_zero_std_groups and (
            self.gradient_accumulation_steps > 1 or self.loss_type != "dapo"
        ):
            raise ValueError(
                "drop_zero_std_groups needs gradient_accumulation_steps 1 and loss_type dapo"
            )

        if self.data.online is not None and (self.max_steps is None or self.epochs is not None):
            raise ValueError(
                "data.online needs max_steps, and no epochs: there is no dataset to count them by"
            )

        if self.data.online is not None and (
            self.resample_zero_std_groups or self.strategy.order != "random"
        ):
            raise ValueError(
                "data.online needs strategy.order random and resample_zero_std_groups 0: it draws by"
                " level"
            )

        if self.overlong == "penalise" and self.overlong_buffer > self.max_completion_length:
            raise ValueError("overlong_buffer must not exceed max_completion_length")

        return self
