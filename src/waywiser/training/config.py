"""Training recipes: what `waywiser train` reads from YAML, one pydantic model a stage."""

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from waywiser.prompting import PromptConfig
from waywiser.rewards import RewardConfig
from waywiser.scenes.procedural.room_config import RoomConfig
from waywiser.sources.open_data import DataSource
from waywiser.sources.user_data import FrameConfig
from waywiser.training.data.curriculum import Mixing, Order
from waywiser.training.grpo.weighting import SIGMA, WeightKind
from waywiser.training.run.schedules import KlSchedule


class OnlineData(BaseModel):
    """Samples that are drawn while RLVR runs: `prompts_per_step` fresh rooms a step, of one task
    (see stream).

    The level of each task, in [0, 1], starts at `start_level` and moves by `gain` (pass rate -
    `target`) a step. `workers` processes render up to `ahead` steps ahead; 0 draws in the trainer.
    `replay` is the folder `samples` of an earlier run, whose samples come again. `split` says which
    furniture the rooms hold.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: float = Field(default=0.5, gt=0, lt=1)
    start_level: float = Field(default=0.3, ge=0, le=1)
    gain: float = Field(default=0.15, ge=0, le=1)
    workers: int = Field(default=1, ge=0)
    ahead: int = Field(default=2, ge=1)
    split: Literal["train", "heldout"] = "train"
    assets: str | None = None
    room: RoomConfig = Field(default_factory=RoomConfig)
    replay: Path | None = None


class DataConfig(BaseModel):
    """Which samples to train on: datasets (one or several), a split, some tasks, at most `limit`
    samples.

    `path` is a dataset folder, or other people's data: a JSON, JSONL, Parquet, CSV or TSV file, a
    folder of such files, or hub:NAME. `format` names its layout (auto tells by looking), `mapping`
    is a file that says which field is what, and `images` where relative paths of pictures start
    (docs/guide/your_data.md).

    `difficulty` is a JSON file {sample id: difficulty} that overrides the samples' own, as
    `waywiser.training.data.difficulty` writes it; `keep_difficulty` = [low, high] leaves out
    samples outside of that range, and those without a difficulty (the paper's offline filter,
    3.1.2). A `limit` keeps an even draw (by `seed`), not the first ones.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path | list[Path] = Field(default_factory=list)
    format: str = "auto"
    mapping: str | None = None
    images: Path | None = None
    frames: FrameConfig = FrameConfig()
    online: OnlineData | None = None
    split: str | None = None
    tasks: list[str] | None = None
    limit: int | None = Field(default=None, ge=1)
    difficulty: Path | None = None
    keep_difficulty: tuple[float, float] | None = None

    @property
    def folders(self) -> list[Path]:
        return self.path if isinstance(self.path, list) else [self.path]

    def sources(self) -> list[DataSource]:
        """What to open, a source for each path."""
        common = {
            "format": self.format,
            "mapping": self.mapping,
            "images": self.images,
            "split": self.split,
        }

        return [DataSource(path=str(path), frames=self.frames, **common) for path in self.folders]

    @model_validator(mode="after")
    def _check_one_source(self) -> "DataConfig":
        if bool(self.folders) == (self.online is not None):
            raise ValueError(
                "give either path (dataset folders) or online (samples drawn while training)"
            )

        paths = {
            "split",
            "limit",
            "difficulty",
            "keep_difficulty",
            "format",
            "mapping",
            "images",
            "frames",
        }

        given = paths & self.model_fields_set
        if self.online is not None and given:
            raise ValueError(f"{', '.join(sorted(given))} go with path, not with online")

        return self


class StarterShape(BaseModel):
    """A fresh starter model: its tokenizer is learned from the data, its weights are random."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vocab_size: int = Field(default=1024, ge=300, le=65536)
    hidden_size: int = Field(default=256, ge=16)
    num_hidden_layers: int = Field(default=6, ge=1)
    num_attention_heads: int = Field(default=4, ge=1)
    num_key_value_heads: int = Field(default=2, ge=1)
    head_dim: int = Field(default=64, ge=8)
    intermediate_size: int = Field(default=768, ge=16)
    connector_layers: int = Field(default=2, ge=0)
    connector_heads: int = Field(default=4, ge=1)
    connector_intermediate_size: int = Field(default=512, ge=16)
    feature_dropout: float = Field(default=0.1, ge=0, lt=1)


class LoraRecipe(BaseModel):
    """Adapters of PEFT instead of all weights.

    `targets` are names of layers, a pattern for whole names, or "all-linear".
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rank: int = Field(default=16, ge=1)
    alpha: int = Field(default=32, ge=1)
    dropout: float = Field(default=0.0, ge=0, lt=1)
    targets: str | list[str] = Field(default="all-linear", min_length=1)


class VllmRecipe(BaseModel):
    """Completions by vLLM, as TRL runs it: in the trainer's own GPUs ("colocate") or on a server of
    its own.

    `memory` is the share of a GPU that a colocated vLLM takes. A server is started with `trl
    vllm-serve`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Literal["colocate", "server"] = "colocate"
    memory: float = Field(default=0.3, gt=0, lt=1)
    tensor_parallel: int = Field(default=1, ge=1)
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)

    def arguments(self) -> dict[str, Any]:
        """What TRL's GRPOConfig calls them."""
        return {
            "use_vllm": True,
            "vllm_mode": self.mode,
            "vllm_gpu_memory_utilization": self.memory,
            "vllm_tensor_parallel_size": self.tensor_parallel,
            "vllm_server_host": self.host,
            "vllm_server_port": self.port,
        }


Tracker = Literal["trackio", "tensorboard", "wandb"]


class TrainingRecipe(BaseModel):
    """What both stages share. At least one of `epochs`, `max_steps` and `max_minutes` ends the run.

    With `max_minutes` the learning rate and the KL coefficient follow the clock, so that a run
    always ends annealed, however fast the machine; with `max_steps` or `epochs` they follow the
    steps; with both, whichever is further. The learning rate warms up over `warmup_steps`, then
    falls by a cosine to `final_lr` of its peak.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    out: Path = Field(description="folder of the run: model/, log.jsonl, recipe.yaml, checkpoints/")
    seed: int = Field(default=0, ge=0)
    data: DataConfig
    prompt: PromptConfig = Field(
        default=PromptConfig(), description="system prompt and instruction; kept with the model"
    )
    epochs: float | None = Field(default=None, gt=0)
    max_steps: int | None = Field(default=None, ge=1)
    max_minutes: float | None = Field(default=None, gt=0)
    learning_rate: float = Field(default=1e-3, gt=0)
    warmup_steps: int = Field(default=40, ge=0)
    final_lr: float = Field(default=0.02, ge=0, le=1)
    weight_decay: float = Field(default=0.1, ge=0)
    betas: tuple[float, float] = (0.9, 0.98)
    optimizer: Literal["adamw", "muon"] = Field(
        default="adamw",
        description=(
            "muon: for the weights of linear layers; all else stays with adamw (optimizers.py)"
        ),
    )
    max_grad_norm: float = Field(default=1.0, gt=0)
    bf16: bool = False
    dtype: Literal["float32", "bfloat16"] = Field(
        default="float32",
        description="of the weights in memory; bfloat16 halves them where only adapters learn",
    )
    attention: Literal["sdpa", "eager"] | None = Field(
        default=None,
        description=(
            "attention of forward and backward; null keeps the model's. On a CPU with bf16, eager"
            " is faster"
        ),
    )
    gradient_checkpointing: bool = False
    lora: LoraRecipe | None = Field(
        default=None, description="adapters, merged when saved; null: all weights"
    )
    load_4bit: bool = Field(
        default=False,
        description=(
            "keep the decoder's frozen weights in 4 bits (NF4, extra `quantize`) under the adapters"
            " of lora"
        ),
    )
    threads: int | None = Field(
        default=None, ge=1, description="CPU threads; null leaves them to torch"
    )
    save_steps: int = Field(
        default=200, ge=0, description="steps between checkpoints; 0 saves none before the end"
    )
    keep_checkpoints: bool = False
    log_steps: int = Field(default=10, ge=1)
    report_to: list[Tracker] = Field(
        default_factory=list,
        description="none, or one or several of trackio, tensorboard, wandb (trackers.py)",
    )
    project: str = Field(
        default="waywiser", min_length=1, description="of the run, in trackio and wandb"
    )
    run_name: str | None = Field(default=None, description="in the trackers; null: the name of out")

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


class SFTRecipe(TrainingRecipe):
    """Cold start: supervised fine-tuning on questions with their gold reasoning and answers.

    `packing: image` puts all questions about one picture behind one image prefix (models that take
    `segment_ids`); `none` is TRL's own prompt-completion collation, for any vision-language model;
    `auto` is image where the model can, else none. `batch_size` counts rows: pictures under image,
    questions under none.
    """

    stage: Literal["sft"] = "sft"
    model: str | None = Field(
        default=None, description="folder, name on the hub, or 'starter' for the shipped one"
    )
    starter: StarterShape | None = Field(
        default=None, description="build a fresh starter model instead"
    )
    packing: Literal["auto", "image", "none"] = "auto"
    batch_size: int = Field(default=32, ge=1)
    accumulate: int = Field(default=1, ge=1, description="forward passes per optimiser step")
    max_pack_tokens: int = Field(
        default=384, ge=64, description="a picture with more questions takes several rows"
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


class StrategyConfig(BaseModel):
    """The dynamic RLVR strategy of the paper, one switch an axis; the defaults are the paper's
    choices.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    order: Order = "curriculum"
    mixing: Mixing = "task-homogeneous"
    weight: WeightKind = "p(1-p)"
    sigma: float = Field(default=SIGMA, gt=0)
    weight_floor: float = Field(default=0.0, ge=0, le=1)
    kl: KlSchedule = "cosine"
    beta: float = Field(
        default=0.03, ge=0, description="KL coefficient, at the start where it is annealed"
    )
    beta_min: float = Field(default=0.0, ge=0)
    pace_steps: int | None = Field(
        default=None,
        ge=1,
        description="steps that the curriculum is spread over; null: max_steps, else an epoch",
    )

    @model_validator(mode="after")
    def _check_beta(self) -> "StrategyConfig":
        if self.kl != "none" and self.beta == 0:
            raise ValueError("beta must be above 0 unless kl is none")
        if self.beta_min > self.beta:
            raise ValueError("beta_min must not exceed beta")
        return self


class RLVRRecipe(TrainingRecipe):
    """Dynamic multi-task RLVR: GRPO with verifiable rewards from an annealed cold start."""

    stage: Literal["rlvr"] = "rlvr"
    model: str = Field(
        description="folder or name on the hub to start from, also the KL reference; or 'starter'"
    )
    strategy: StrategyConfig = Field(default_factory=lambda: StrategyConfig())
    rewards: RewardConfig = Field(default_factory=lambda: RewardConfig())
    prompts_per_step: int = Field(default=16, ge=1)
    num_generations: int = Field(default=8, ge=2)
    micro_batches: int = Field(
        default=1, ge=1, description="forward passes that a step's completions are split into"
    )
    temperature: float = Field(default=1.0, gt=0)
    max_completion_length: int = Field(default=96, ge=4)
    loss_type: Literal["dapo", "grpo", "dr_grpo", "bnpo"] = "dapo"
    epsilon: float = Field(default=0.2, gt=0)
    share_prompts: bool = Field(
        default=True,
        description=(
            "run each prompt once for all its completions, where the model takes segment_ids"
        ),
    )
    vllm: VllmRecipe | None = Field(
        default=None, description="complete with vLLM; null: with transformers"
    )
    freeze_vision: bool = Field(
        default=False, description="leave the vision tower as it is; its features are kept"
    )
    share_vision: bool = Field(
        default=True, description="encode each distinct picture once a pass (Qwen2.5-VL)"
    )
    vision_cache_mb: int = Field(
        default=256, ge=0, description="features kept of each frozen vision tower, in MiB"
    )
    drop_dead_groups: bool = Field(
        default=False,
        description="leave groups of one reward out of the update: only their KL term is lost",
    )
    redraw_dead_groups: int = Field(
        default=0,
        ge=0,
        description="times that other prompts are drawn in place of groups of one reward",
    )
    overlong: Literal["keep", "mask", "penalise"] = Field(
        default="keep",
        description="completions cut off at the limit: as others, out of the loss, or at a price",
    )
    overlong_buffer: int = Field(
        default=16, ge=1, description="tokens before the limit over which the price rises"
    )
    kl_limit: float = Field(
        default=100.0, gt=0, description="a KL per token above this stops the run"
    )
    rollout_pages: int = Field(
        default=0, ge=0, description="steps between pages of all completions; 0: none"
    )
    log_rollouts: int = Field(
        default=0, ge=0, description="steps between logged completions; 0 logs none"
    )
    learning_rate: float = Field(default=1e-4, gt=0)
    warmup_steps: int = Field(default=5, ge=0)
    weight_decay: float = Field(default=0.0, ge=0)
    log_steps: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _check_combinations(self) -> "RLVRRecipe":
        if (self.prompts_per_step * self.num_generations) % self.micro_batches:
            raise ValueError("micro_batches must divide prompts_per_step * num_generations")

        if self.load_4bit and self.vllm is not None:
            raise ValueError(
                "load_4bit completes with transformers: leave out vllm, which takes whole weights"
            )

        if self.drop_dead_groups and (self.micro_batches > 1 or self.loss_type != "dapo"):
            raise ValueError("drop_dead_groups needs micro_batches 1 and loss_type dapo")

        if self.data.online is not None and (self.max_steps is None or self.epochs is not None):
            raise ValueError(
                "data.online needs max_steps, and no epochs: there is no dataset to count them by"
            )

        if self.data.online is not None and (
            self.redraw_dead_groups or self.strategy.order != "random"
        ):
            raise ValueError(
                "data.online needs strategy.order random and redraw_dead_groups 0: it draws by"
                " level"
            )

        if self.overlong == "penalise" and self.overlong_buffer > self.max_completion_length:
            raise ValueError("overlong_buffer must not exceed max_completion_length")

        return self
