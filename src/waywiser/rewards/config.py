"""The `rewards` section of a recipe: components, weights and parameters."""

from typing import Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, field_validator, model_validator

Component = Literal["format", "accuracy", "repetition", "length"]
Numeric = Literal["exact", "mra", "ednm"]


class EdnmParameters(BaseModel):
    """Parameters of `ednm`; written gamma, lambda, eps and zero_floor in a recipe."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    gamma: float = Field(default=1.0, gt=0, description="reward of an exact answer")
    lambda_: float = Field(
        default=2.0, gt=0, alias="lambda", description="decay per unit of relative error"
    )
    eps: float = Field(default=1e-8, gt=0, description="added to the size of the true value")
    zero_floor: bool = Field(
        default=False, description="rescale so that relative errors of 1 and more earn nothing"
    )


class TaskRewards(EdnmParameters):
    """Overrides for one task.

    Counts are exact unless their task says otherwise here (VSI-Bench scores them by MRA).
    """

    numeric: Numeric | None = Field(
        default=None, description="score of the task's numbers and integers; null: the common rule"
    )


class RepetitionParameters(BaseModel):
    """Parameters of `repetition_reward`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    n: int = Field(default=4, ge=1, description="words of an n-gram")
    max_rate: float = Field(
        validation_alias=AliasChoices("max_rate", "allowed"),
        serialization_alias="allowed",
        default=0.2,
        ge=0,
        lt=1,
        description="share of repeated n-grams without a penalty",
    )


class LengthParameters(BaseModel):
    """Parameters of `length_reward`, in characters."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    free_length: int = Field(
        validation_alias=AliasChoices("free_length", "free"),
        serialization_alias="free",
        default=2048,
        ge=0,
        description="length without a penalty",
    )
    limit: int = Field(default=4096, ge=1, description="length from which the penalty is -1")

    @model_validator(mode="after")
    def _check_limit(self) -> "LengthParameters":
        if self.limit <= self.free_length:
            raise ValueError("the length limit must be above the free length")
        return self


class CustomRewardConfig(BaseModel):
    """A user-defined reward function and its weight."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    function: str = Field(description="module:name or path/file.py:name")
    weight: float = Field(default=1.0, allow_inf_nan=False, description="weight of the reward")

    @model_validator(mode="before")
    @classmethod
    def _parse_name(cls, value: Any) -> Any:
        return {"function": value} if isinstance(value, str) else value

    @field_validator("function")
    @classmethod
    def _check_function_name(cls, function: str) -> str:
        module, _, name = function.rpartition(":")
        if not module or not all(part.isidentifier() for part in name.split(".")):
            raise ValueError(
                f"{function!r} names no function: write module:name or path/file.py:name"
            )
        return function

    @property
    def module(self) -> str:
        return self.function.rpartition(":")[0]

    @property
    def name(self) -> str:
        return self.function.rpartition(":")[2]


class RewardConfig(BaseModel):
    """The rewards of a completion.

    Example:
        config = RewardConfig(weights={"format": 0.2, "accuracy": 1.0}, numeric="mra")
        total(score(completion, sample.answer, sample.task, config), config)
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    numeric: Numeric = Field(
        default="ednm",
        description="accuracy of answers of kind number; every other kind is exact",
    )
    weights: dict[Component, float] = Field(
        default_factory=lambda: {"format": 0.2, "accuracy": 1.0},
        description="weight of each component; one without a weight is not computed",
    )
    ednm: EdnmParameters = Field(
        default=EdnmParameters.model_validate({}), description="parameters of ednm"
    )
    repetition: RepetitionParameters = Field(
        default=RepetitionParameters(), description="parameters of the repetition penalty"
    )
    length: LengthParameters = Field(
        default=LengthParameters(), description="parameters of the length penalty"
    )
    tasks: dict[str, TaskRewards] = Field(
        default_factory=dict, description="overrides of numeric and of ednm's fields, by task"
    )
    functions: list[CustomRewardConfig] = Field(
        default_factory=list, description="user-defined rewards (rewards/custom_rewards.py)"
    )

    @field_validator("functions", mode="before")
    @classmethod
    def _wrap_single_name(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @model_validator(mode="after")
    def _check_any_weight(self) -> "RewardConfig":
        if not self.weights and not self.functions:
            raise ValueError("at least one reward needs a weight")
        return self

    def ednm_for(self, task: str) -> EdnmParameters:
        """The parameters of one task: its own where the recipe sets them, else the common ones."""
        override = self.tasks.get(task)
        if override is None:
            return self.ednm
        named = override.model_fields_set - {"numeric"}
        return self.ednm.model_copy(update={name: getattr(override, name) for name in named})

    def numeric_for(self, task: str, kind: str) -> Numeric:
        """How a task's answers of a kind count: the task's own rule for numbers and integers, else
        the common one.
        """
        override = self.tasks.get(task)
        if override is not None and override.numeric is not None and kind in ("integer", "number"):
            return override.numeric
        return self.numeric if kind == "number" else "exact"
