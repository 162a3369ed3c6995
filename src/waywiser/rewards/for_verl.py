"""Rewards as verl calls them: name this file as `custom_reward_function.path` (no verl needed to
import it).

    custom_reward_function:
      path: .../waywiser/rewards/for_verl.py
      name: compute_score            # or compute_score_batched with the batch reward manager
      reward_kwargs: {rewards: {numeric: ednm, weights: {format: 0.2, accuracy: 1.0}}}

`ground_truth` is the typed answer, as a mapping or its JSON text, or a plain value whose kind is
then guessed (with `extra_info["options"]` it is one of them); the task is `extra_info["task"]`,
else the data source. Of a conversation, as messages or decoded to text, only what the model said
counts.
"""

import logging
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from waywiser.answers import Verdict, grade_all
from waywiser.errors import DatasetError, RecipeError
from waywiser.recipe import build
from waywiser.rewards.config import RewardConfig
from waywiser.rewards.functions import format_reward
from waywiser.rewards.gold_answers import EXPECTED_FORMS, read_answer
from waywiser.rewards.routing import RewardName, accuracy_of, numeric_rule, text_reward
from waywiser.rewards.turns import model_turns
from waywiser.sample import Answer

logger = logging.getLogger(__name__)


def compute_score(
    data_source: str,
    solution_str: Any,
    ground_truth: Any,
    extra_info: Mapping[str, Any] | None = None,
    *,
    rewards: Mapping[str, Any] | None = None,
    component: RewardName | None = None,
    **_others: Any,
) -> dict[str, float | str]:
    """verl's `compute_score`: "score" is the recipe's weighted sum, or the one reward that
    `component` names.

    Beside it stand the components by name, "acc" (right or not) and the grader's "outcome"; a
    malformed ground truth is the outcome "malformed_row" with score 0. `rewards` is a
    RewardConfig's mapping; RecipeError where it is none. Raises DatasetError where no row so far
    had an answer that can be graded, after a batch of several or a few dozen single rows.
    """
    info = [extra_info] if extra_info is not None else None
    return compute_score_batched(
        [data_source], [solution_str], [ground_truth], info, rewards=rewards, component=component
    )[0]


def compute_score_batched(
    data_sources: Sequence[str],
    solution_strs: Sequence[Any],
    ground_truths: Sequence[Any],
    extra_infos: Sequence[Mapping[str, Any] | None] | None = None,
    *,
    rewards: Mapping[str, Any] | None = None,
    component: RewardName | None = None,
    **_others: Any,
) -> list[dict[str, float | str]]:
    """`compute_score` for a batch, expressions on all workers at once: for verl's batch reward
    manager.
    """
    config = build(RewardConfig, rewards or {})
    if config.functions:
        raise RecipeError(
            "rewards.functions work only with TRL; in verl set custom_reward_function"
        )

    infos = extra_infos if extra_infos is not None else [None] * len(data_sources)
    tasks = [
        str((info or {}).get("task") or source)
        for info, source in zip(infos, data_sources, strict=True)
    ]

    answers = [
        _parse_answer(row, (info or {}).get("options"))
        for row, info in zip(ground_truths, infos, strict=True)
    ]

    _GRADABLE_CHECK.check(answers)
    turns = [model_turns(solution) for solution in solution_strs]
    texts = ["\n".join(parts) for parts in turns]
    gradable = [(i, answer) for i, answer in enumerate(answers) if answer is not None]
    verdicts: list[Verdict | None] = [None] * len(answers)
    graded = grade_all([texts[i] for i, _ in gradable], [answer for _, answer in gradable])

    for (i, _), verdict in zip(gradable, graded, strict=True):
        verdicts[i] = verdict

    names: list[RewardName] = [component] if component else list(config.weights)
    return [
        _row_scores(names, config, parts, answer, verdict, task, single=component is not None)
        for parts, answer, verdict, task in zip(turns, answers, verdicts, tasks, strict=True)
    ]


def _row_scores(
    names: Sequence[RewardName],
    config: RewardConfig,
    turns: Sequence[str],
    answer: Answer | None,
    verdict: Verdict | None,
    task: str,
    *,
    single: bool,
) -> dict[str, float | str]:
    """Every row has the same keys, as verl collects them into columns."""
    if answer is None or verdict is None:
        return {"score": 0.0, **dict.fromkeys(names, 0.0), "acc": 0.0, "outcome": "malformed_row"}

    parts: dict[str, float] = {}
    for name in names:
        parts[name] = _component_score(name, config, turns, answer, verdict, task)

    score = (
        parts[names[0]]
        if single
        else sum(weight * parts[name] for name, weight in config.weights.items())
    )

    return {"score": score, **parts, "acc": verdict.score, "outcome": verdict.outcome}


def _component_score(
    name: RewardName,
    config: RewardConfig,
    turns: Sequence[str],
    answer: Answer,
    verdict: Verdict,
    task: str,
) -> float:
    if name == "format":
        return format_reward(turns)

    reward = text_reward(name, config)
    return (
        reward("\n".join(turns))
        if reward
        else accuracy_of(verdict, answer, task, config, numeric_rule(name))
    )


class _GradableCheck:
    """Whether any row of this process had an answer that can be graded: a run without one only
    trains the format.
    """

    def __init__(self) -> None:
        self._any_gradable = False
        self._num_ungradable = 0

    def check(self, answers: Sequence[Answer | None]) -> None:
        """Raises DatasetError once enough rows were seen, and none was gradable."""
        self._any_gradable = self._any_gradable or any(answer is not None for answer in answers)
        self._num_ungradable += len(answers)
        if (
            answers
            and not self._any_gradable
            and (len(answers) > 1 or self._num_ungradable >= _MAX_UNGRADED_ROWS)
        ):
            raise DatasetError(
                f"none of {self._num_ungradable} rows has an answer that can be graded:"
                f" {EXPECTED_FORMS}"
            )


_MAX_UNGRADED_ROWS = 32
"""Rows scored one by one until it is an error that none of them could be graded."""
_GRADABLE_CHECK = _GradableCheck()


def _parse_answer(row: Any, options: Any) -> Answer | None:
    try:
        answer, guessed = read_answer(row, options)
    except DatasetError as error:
        logger.warning("a row has no gradable answer and scores 0: %s", error)
        return None

    if guessed:
        _warn_guessed_kind(answer.kind)
    return answer


@cache
def _warn_guessed_kind(kind: str) -> None:
    """Once for each kind, not for each row of each batch."""
    logger.warning(
        "ground truths are plain values: some were read as kind %s by guess; store the typed"
        " answer",
        kind,
    )
