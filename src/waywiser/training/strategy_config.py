"""The `strategy` section of an RLVR recipe: order, weights and KL penalty."""

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, model_validator

from waywiser.training.data.curriculum import Mixing, Order
from waywiser.training.grpo.weighting import SIGMA, WeightKind
from waywiser.training.run.schedules import KlSchedule


class StrategyConfig(BaseModel):
    """The paper's dynamic RLVR strategy, one switch per axis; the defaults are its choices."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    order: Order = Field(
        default="curriculum",
        description="prompts easy to hard, random, or online: the most uncertain ones first",
    )
    mixing: Mixing = Field(
        default="task-homogeneous", description="batches of one task each, or of all tasks"
    )
    weight: WeightKind = Field(
        default="p(1-p)", description="weight of a prompt by the pass rate p of its completions"
    )
    weight_scale: float = Field(
        validation_alias=AliasChoices("weight_scale", "sigma"),
        serialization_alias="sigma",
        default=SIGMA,
        gt=0,
        description="factor of the weight, the paper's sigma",
    )
    weight_floor: float = Field(default=0.0, ge=0, le=1, description="least weight of a prompt")
    kl: KlSchedule = Field(
        default="cosine", description="schedule of the KL coefficient; none: no KL penalty"
    )
    beta: float = Field(
        default=0.03, ge=0, description="KL coefficient; under cosine, at the start"
    )
    beta_min: float = Field(
        default=0.0, ge=0, description="KL coefficient at the end, under cosine"
    )
    pace_steps: int | None = Field(
        default=None,
        ge=1,
        description="steps that the curriculum is spread over; null: max_steps, or an epoch",
    )

    @model_validator(mode="after")
    def _check_beta(self) -> "StrategyConfig":
        if self.kl != "none" and self.beta == 0:
            raise ValueError("beta must be above 0 unless kl is none")
        if self.beta_min > self.beta:
            raise ValueError("beta_min must not exceed beta")
        return self
