"""What a completion is paid for, as a recipe says it."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Component = Literal["format", "accuracy", "repetition", "length"]
Numeric = Literal["exact", "mra", "ednm"]


class EdnmParameters(BaseModel):
    """Of `ednm`; written gamma, lambda, eps and zero_floor in a recipe."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    gamma: float = Field(default=1.0, gt=0)
    lambda_: float = Field(default=2.0, gt=0, alias="lambda")
    eps: float = Field(default=1e-8, gt=0)
    zero_floor: bool = False


class TaskRewards(EdnmParameters):
    """What one task does otherwise: fields of `ednm`, and `numeric`, which then holds for its
    integers too.

    Counts are exact unless their own task says otherwise (VSI-Bench scores them by MRA).
    """

    numeric: Numeric | None = None


class RepetitionParameters(BaseModel):
    """Of `repetition_reward`: n-grams of `n` words, of which a share of `allowed` may occur before."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    n: int = Field(default=4, ge=1)
    allowed: float = Field(default=0.2, ge=0, lt=1)


class LengthParameters(BaseModel):
    """Of `length_reward`, in characters."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    free: int = Field(default=2048, ge=0)
    limit: int = Field(default=4096, ge=1)

    @model_validator(mode="after")
    def _check_limit(self) -> "LengthParameters":
        if self.limit <= self.free:
            raise ValueError("the length limit must be above the free length")
        return self


class FunctionReward(BaseModel):
    """A reward function of the user's own: `module:name` or `path/file.py:name`, and its weight."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    function: str
    weight: float = Field(default=1.0, allow_inf_nan=False)

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
    """What a completion is paid for.

    `numeric` is how answers of kind "number" count towards accuracy; every other kind is exact.
    `tasks` overrides it, and fields of `ednm`, by task. Components without a weight are not
    computed. `functions` are rewards of the user's own (see own_functions).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    numeric: Numeric = "ednm"
    weights: dict[Component, float] = Field(
        default_factory=lambda: {"format": 0.2, "accuracy": 1.0}
    )
    ednm: EdnmParameters = EdnmParameters.model_validate({})
    repetition: RepetitionParameters = RepetitionParameters()
    length: LengthParameters = LengthParameters()
    tasks: dict[str, TaskRewards] = Field(default_factory=dict)
    functions: list[FunctionReward] = Field(default_factory=list)

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
