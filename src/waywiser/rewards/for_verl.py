"""Rewards as verl calls them: name this file as `custom_reward_function.path` (no verl needed to import it).

    custom_reward_function:
      path: .../waywiser/rewards/for_verl.py
      name: compute_score            # or compute_score_batched with the batch reward manager
      reward_kwargs: {rewards: {numeric: ednm, weights: {format: 0.2, accuracy: 1.0}}}

`ground_truth` is the typed answer, as a mapping or its JSON text, or a plain value whose kind is then guessed (with
`extra_info["options"]` it is one of them); the task is `extra_info["task"]`, else the
data source.
"""

import logging
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from waywiser.answers import Verdict, grade_all
from waywiser.errors import DatasetError, RecipeError
from waywiser.recipe import build
from waywiser.rewards.config import RewardConfig
from waywiser.rewards.plain_answers import read_answer
from waywiser.rewards.routing import RewardName, accuracy_of, numeric_rule, text_reward
from waywiser.sample import Answer

logger = logging.getLogger(__name__)


def compute_score(
    data_source: str,
    solution_str: str,
    ground_truth: Any,
    extra_info: Mapping[str, Any] | None = None,
    *,
    rewards: Mapping[str, Any] | None = None,
    component: RewardName | None = None,
    **_others: Any,
) -> dict[str, float | str]:
    """verl's `compute_score`: "score" is the recipe's weighted sum, or the one reward that `component` names.

    Beside it stand the components by name, "acc" (right or not) and the grader's "outcome"; a malformed
    ground truth is the outcome "malformed_row" with score 0. `rewards` is a RewardConfig's mapping; RecipeError
    where it is none.
    """
    info = [extra_info] if extra_info is not None else None
    return compute_score_batched(
        [data_source], [solution_str], [ground_truth], info, rewards=rewards, component=component
    )[0]


def compute_score_batched(
    data_sources: Sequence[str],
    solution_strs: Sequence[str],
    ground_truths: Sequence[Any],
    extra_infos: Sequence[Mapping[str, Any] | None] | None = None,
    *,
    rewards: Mapping[str, Any] | None = None,
    component: RewardName | None = None,
    **_others: Any,
) -> list[dict[str, float | str]]:
    """`compute_score` for a batch, expressions on all workers at once: for verl's batch reward manager."""
    config = build(RewardConfig, rewards or {})
    if config.functions:
        raise RecipeError("rewards.functions are TRL's: verl takes an own reward as custom_reward_function")
    infos = extra_infos if extra_infos is not None else [None] * len(data_sources)
    tasks = [str((info or {}).get("task") or source) for info, source in zip(infos, data_sources, strict=True)]
    answers = [_answer(row, (info or {}).get("options")) for row, info in zip(ground_truths, infos, strict=True)]
    good = [(i, answer) for i, answer in enumerate(answers) if answer is not None]
    verdicts: list[Verdict | None] = [None] * len(answers)
    graded = grade_all([solution_strs[i] for i, _ in good], [answer for _, answer in good])
    for (i, _), verdict in zip(good, graded, strict=True):
        verdicts[i] = verdict
    names: list[RewardName] = [component] if component else list(config.weights)
    return [
        _scores(names, config, text, answer, verdict, task, one=component is not None)
        for text, answer, verdict, task in zip(solution_strs, answers, verdicts, tasks, strict=True)
    ]


def _scores(
    names: Sequence[RewardName],
    config: RewardConfig,
    text: str,
    answer: Answer | None,
    verdict: Verdict | None,
    task: str,
    *,
    one: bool,
) -> dict[str, float | str]:
    """Every row has the same keys, as verl collects them into columns."""
    if answer is None or verdict is None:
        return {"score": 0.0, **dict.fromkeys(names, 0.0), "acc": 0.0, "outcome": "malformed_row"}
    parts: dict[str, float] = {}
    for name in names:
        rule, reward = numeric_rule(name), text_reward(name, config)
        parts[name] = reward(text) if reward else accuracy_of(verdict, answer, task, config, rule)
    score = parts[names[0]] if one else sum(weight * parts[name] for name, weight in config.weights.items())
    return {"score": score, **parts, "acc": verdict.score, "outcome": verdict.outcome}


def _answer(row: Any, options: Any) -> Answer | None:
    try:
        answer, guessed = read_answer(row, options)
    except DatasetError as error:
        logger.warning("a row has no gradable answer and scores 0: %s", error)
        return None
    if guessed:
        _say_guess(answer.kind)
    return answer


@cache
def _say_guess(kind: str) -> None:
    """Once for each kind, not for each row of each batch."""
    logger.warning("ground truths are plain values: some were read as kind %s by guess; store the typed answer", kind)
