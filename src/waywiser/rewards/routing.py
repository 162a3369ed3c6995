"""Rewards of one completion, composed and routed by task as a `RewardConfig` says."""

from collections.abc import Callable, Mapping
from typing import Literal, get_args

from waywiser.answers import AnswerLike, Verdict, as_answer, grade
from waywiser.errors import RecipeError
from waywiser.rewards.config import Component, Numeric, RewardConfig
from waywiser.rewards.functions import (
    ednm,
    exact_reward,
    format_reward,
    length_reward,
    mra,
    repetition_reward,
)
from waywiser.sample import Answer

RewardName = Literal["format", "accuracy", "repetition", "length", "exact", "mra", "ednm"]
"""A component of the recipe, or accuracy by one rule for every number and integer."""


def accuracy_reward(completion: str, answer: AnswerLike, task: str, config: RewardConfig) -> float:
    """Accuracy of a completion: in [0, 1] (EDNM: [0, gamma]). A malformed `answer` raises
    DatasetError.
    """
    gold = as_answer(answer)
    return accuracy_of(grade(completion, gold), gold, task, config)


def accuracy_of(
    verdict: Verdict,
    answer: Answer,
    task: str,
    config: RewardConfig,
    numeric: Numeric | None = None,
) -> float:
    """`accuracy_reward` for an existing verdict; `numeric` is the rule (None: the config's)."""
    rule = numeric or config.numeric_for(task, answer.kind)
    if rule == "exact" or answer.kind not in ("integer", "number"):
        return exact_reward(verdict)
    if verdict.value is None:
        return 0.0

    value = float(verdict.value)
    truth = float(answer.value)  # type: ignore[arg-type] - as_answer made it a number

    return (
        mra(value, truth)
        if rule == "mra"
        else ednm(value, truth, **config.ednm_for(task).model_dump())
    )


def text_reward(component: str, config: RewardConfig) -> Callable[[str], float] | None:
    """The reward of a component that looks at nothing but the text; None for those that need the
    answer.
    """
    match component:
        case "format":
            return format_reward
        case "repetition":
            return lambda text: repetition_reward(text, **config.repetition.model_dump())
        case "length":
            return lambda text: length_reward(text, **config.length.model_dump())

    return None


def numeric_rule(name: str) -> Numeric | None:
    """The rule that a reward's name forces ("exact", "mra", "ednm"); None for "accuracy".

    Raises RecipeError for a name that is not a reward.
    """
    if name not in get_args(RewardName):
        raise RecipeError(f"unknown reward {name!r}: choose from {', '.join(get_args(RewardName))}")
    return name if name in get_args(Numeric) else None  # type: ignore[return-value]


def component_scores(
    completion: str, answer: AnswerLike, task: str, config: RewardConfig
) -> dict[Component, float]:
    """Every weighted component of the reward, by name. A malformed `answer` raises DatasetError."""
    scores: dict[Component, float] = {}

    for component in config.weights:
        reward = text_reward(component, config)
        scores[component] = (
            reward(completion) if reward else accuracy_reward(completion, answer, task, config)
        )

    return scores


def weighted_total(scores: Mapping[Component, float], config: RewardConfig) -> float:
    """The weighted sum of `component_scores`'s components."""
    return sum(weight * scores[component] for component, weight in config.weights.items())
