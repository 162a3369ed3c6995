"""The recipe of rejection-sampling fine-tuning."""

from typing import Literal

from pydantic import Field, model_validator

from waywiser.rewards import RewardConfig
from waywiser.training.config import RLVRRecipe, SFTRecipe, SupervisedRecipe


class RejectionRecipe(SupervisedRecipe):
    """Rejection-sampling fine-tuning (RFT, arXiv 2308.01825; RAFT, arXiv 2304.06767, 2504.11343).

    Each of `rounds` samples completions from the model of the round before, scores them by the
    rewards of RLVR, keeps the good ones and fine-tunes on them. The learning rate warms up in every
    round and falls along one cosine over the whole run.

    Example:
        data = DataConfig(path="data/rooms")
        recipe = RejectionRecipe(out="runs/rejection", data=data, model="starter", epochs=1)
        result = run_rejection(recipe)
    """

    stage: Literal["rejection"] = Field(default="rejection", description="this stage's name")
    model: str = Field(description="model to start from: folder, name on the hub, or 'starter'")
    rewards: RewardConfig = Field(
        default_factory=lambda: RewardConfig(), description="rewards of a completion"
    )
    rounds: int = Field(default=3, ge=1, description="rounds of sampling and fine-tuning")
    questions_per_round: int | None = Field(
        default=None,
        ge=1,
        description="questions that a round samples for, in a random order; null: all of them",
    )
    samples_per_question: int = Field(default=8, ge=1, description="completions per question")
    keep: Literal["best", "threshold"] = Field(
        default="best",
        description=(
            "best: a question's best completion where it beats the mean of the question's"
            " completions; threshold: every distinct completion whose reward reaches threshold"
        ),
    )
    threshold: float = Field(
        default=1.1, description="least weighted reward of a kept completion, for keep: threshold"
    )
    sampling_share: float = Field(
        default=0.5,
        gt=0,
        lt=1,
        description="share of a round's time after which sampling stops, where max_minutes is set",
    )
    temperature: float = Field(default=1.0, gt=0, description="sampling temperature")
    max_completion_length: int = Field(
        default=96, ge=4, description="maximum tokens per completion"
    )
    generation_batch_size: int = Field(
        default=256, ge=1, description="completions sampled together"
    )
    epochs: float | None = Field(
        default=None, gt=0, description="passes over the kept completions of each round"
    )
    max_steps: int | None = Field(
        default=None, ge=1, description="optimizer steps, divided evenly among the rounds"
    )
    max_minutes: float | None = Field(
        default=None,
        gt=0,
        description="minutes of sampling and fine-tuning, divided evenly among the rounds",
    )
    learning_rate: float = Field(default=1e-4, gt=0, description="peak of the learning rate")
    warmup_steps: int = Field(
        default=5, ge=0, description="steps of each round over which the learning rate rises"
    )
    weight_decay: float = Field(default=0.0, ge=0, description="weight decay of the optimizer")

    @model_validator(mode="after")
    def _check_stage(self) -> "RejectionRecipe":
        if self.data.online is not None:
            raise ValueError("data.online is for stage rlvr: synthesize a dataset for rejection")
        if self.report_to:
            raise ValueError("report_to is not for stage rejection: see log.jsonl")
        if self.keep == "best" and self.samples_per_question < 2:
            raise ValueError(
                "keep best compares completions: samples_per_question must be 2 or more"
            )
        if self.max_steps is not None and self.max_steps < self.rounds:
            raise ValueError("max_steps must give each of rounds a step")

        return self


StageRecipe = SFTRecipe | RejectionRecipe | RLVRRecipe
"""A recipe of any stage that trains."""
