"""Compose rewards and route them by task; give them the shape that TRL's GRPOTrainer calls."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from waywiser.answers import as_answer, grade
from waywiser.errors import DatasetError, RecipeError
from waywiser.rewards.ednm import ednm
from waywiser.rewards.exact import exact_reward
from waywiser.rewards.format import format_reward
from waywiser.rewards.mra import mra
from waywiser.rewards.repetition import repetition_reward
from waywiser.sample import Answer

logger = logging.getLogger(__name__)

Component = Literal["format", "accuracy", "repetition"]
Row = Answer | Mapping[str, Any] | str
RewardFunction = Callable[..., list[float | None]]


class EdnmParameters(BaseModel):
    """Of `ednm`; written gamma, lambda, eps and zero_floor in a recipe."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    gamma: float = Field(default=1.0, gt=0)
    lambda_: float = Field(default=2.0, gt=0, alias="lambda")
    eps: float = Field(default=1e-8, gt=0)
    zero_floor: bool = False


class RewardConfig(BaseModel):
    """What a completion is paid for.

    `numeric` is how answers of kind "number" count towards accuracy; every other kind is exact. `tasks`
    overrides fields of `ednm` by task. Components without a weight are not computed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    numeric: Literal["exact", "mra", "ednm"] = "ednm"
    weights: dict[Component, float] = Field(default_factory=lambda: {"format": 0.2, "accuracy": 1.0})
    ednm: EdnmParameters = EdnmParameters.model_validate({})
    tasks: dict[str, EdnmParameters] = Field(default_factory=dict)

    @field_validator("weights")
    @classmethod
    def _some_weight(cls, weights: dict[Component, float]) -> dict[Component, float]:
        if not weights:
            raise ValueError("at least one reward needs a weight")
        return weights

    def ednm_for(self, task: str) -> EdnmParameters:
        """The parameters of one task: its own where the recipe sets them, else the common ones."""
        override = self.tasks.get(task)
        if override is None:
            return self.ednm
        return self.ednm.model_copy(update={name: getattr(override, name) for name in override.model_fields_set})


def accuracy_reward(completion: str, answer: Row, task: str, config: RewardConfig) -> float:
    """Accuracy of a completion: in [0, 1] (EDNM: [0, gamma]). A malformed `answer` raises DatasetError."""
    gold = as_answer(answer)
    verdict = grade(completion, gold)
    if gold.kind != "number" or config.numeric == "exact":
        return exact_reward(verdict)
    if verdict.value is None:
        return 0.0
    truth = float(gold.value)  # type: ignore[arg-type] - as_answer made it a number
    if config.numeric == "mra":
        return mra(float(verdict.value), truth)
    parameters = config.ednm_for(task)
    return ednm(float(verdict.value), truth, **parameters.model_dump())


def score(completion: str, answer: Row, task: str, config: RewardConfig) -> dict[str, float]:
    """Every weighted component of the reward, by name. A malformed `answer` raises DatasetError."""
    scores: dict[str, float] = {}
    for component in config.weights:
        if component == "accuracy":
            scores[component] = accuracy_reward(completion, answer, task, config)
        else:
            scores[component] = _BY_TEXT[component](completion)
    return scores


def total(scores: Mapping[str, float], config: RewardConfig) -> float:
    """The weighted sum of `score`'s components."""
    return sum(weight * scores[component] for component, weight in config.weights.items())


def make_reward_functions(config: RewardConfig) -> list[RewardFunction]:
    """One function per weighted component, in the order of `reward_weights`, to pass as TRL's `reward_funcs`.

    Each is called with prompts, completions, completion_ids, trainer_state and the dataset's columns, of
    which `accuracy` needs `task` and `answer`, and returns one float per completion. None marks a row whose
    answer is malformed; such rows are logged, and counted in the metric "rewards/malformed_rows".
    """
    return [_accuracy_function(config) if c == "accuracy" else _text_function(c) for c in config.weights]


def reward_weights(config: RewardConfig) -> list[float]:
    """The weights of `make_reward_functions(config)`, in order: TRL's `reward_weights`."""
    return list(config.weights.values())


_BY_TEXT: dict[str, Callable[[str], float]] = {"format": format_reward, "repetition": repetition_reward}


def _text_function(component: str) -> RewardFunction:
    reward = _BY_TEXT[component]

    def function(completions: Sequence[Any], **_columns: Any) -> list[float | None]:
        return [reward(completion_text(completion)) for completion in completions]

    function.__name__ = function.__qualname__ = component
    return function


def _accuracy_function(config: RewardConfig) -> RewardFunction:
    def accuracy(completions: Sequence[Any], **columns: Any) -> list[float | None]:
        if "answer" not in columns:
            raise RecipeError("the accuracy reward needs the dataset's column 'answer': keep it in the training rows")
        tasks = columns.get("task") or [""] * len(completions)
        rewards: list[float | None] = []
        problems: list[str] = []
        for completion, answer, task in zip(completions, columns["answer"], tasks, strict=True):
            try:
                rewards.append(accuracy_reward(completion_text(completion), answer, task, config))
            except DatasetError as error:
                problems.append(str(error))
                rewards.append(None)
        _record(problems, columns.get("log_metric"))
        return rewards

    accuracy.__qualname__ = "accuracy"
    return accuracy


def _record(problems: list[str], log_metric: Callable[[str, float], None] | None) -> None:
    if problems:
        logger.warning("%d rows have no gradable answer and no reward; the first: %s", len(problems), problems[0])
    if log_metric is not None:
        log_metric("rewards/malformed_rows", float(len(problems)))


def completion_text(completion: Any) -> str:
    """The text of a completion as TRL passes it: a string, or a list of {"role", "content"} messages."""
    if isinstance(completion, str):
        return completion
    if isinstance(completion, Mapping):
        completion = [completion]
    parts = [_content(message.get("content")) for message in completion if message.get("role") != "tool"]
    return "".join(parts)


def _content(content: Any) -> str:
    if content is None or isinstance(content, str):
        return content or ""
    return "".join(str(part.get("text") or "") for part in content)
