"""Rewards as TRL's trainers call them (`reward_funcs` and `reward_weights` of GRPOTrainer)."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from waywiser.answers import Row, as_answer, grade_all
from waywiser.errors import DatasetError, RecipeError
from waywiser.rewards.config import RewardConfig
from waywiser.rewards.routing import RewardName, accuracy_of, numeric_rule, text_reward
from waywiser.sample import Answer

logger = logging.getLogger(__name__)


class RewardFunction:
    """One reward: called with prompts, completions, completion_ids, trainer_state and the dataset's columns.

    "accuracy" (and "exact", "mra", "ednm") need the columns `answer` and, where rules differ by task, `task`.
    Returns one float per completion; None marks a row whose answer is malformed. Such rows are logged, and
    counted in the metric "rewards/malformed_rows", as are verdicts that timed out in "rewards/timed_out". A
    class and no closure, so that trainers can send it to another process.
    """

    def __init__(self, name: RewardName, config: RewardConfig) -> None:
        self.__name__: str = name
        self.config = config
        self._numeric = numeric_rule(name)

    def __call__(self, completions: Sequence[Any], **columns: Any) -> list[float | None]:
        texts = [completion_text(completion) for completion in completions]
        reward = text_reward(self.__name__, self.config)
        if reward is not None:
            return [reward(text) for text in texts]
        if "answer" not in columns:
            raise RecipeError("the accuracy reward needs the dataset's column 'answer': keep it in the training rows")
        tasks = columns.get("task") or [""] * len(texts)
        return self._accuracy(texts, columns["answer"], tasks, columns.get("log_metric"))

    def _accuracy(
        self,
        texts: Sequence[str],
        rows: Sequence[Row],
        tasks: Sequence[str],
        log_metric: Callable[[str, float], None] | None,
    ) -> list[float | None]:
        answers, problems = _answers(rows)
        good = [i for i, answer in enumerate(answers) if answer is not None]
        verdicts = grade_all([texts[i] for i in good], [answers[i] for i in good])  # type: ignore[misc]
        rewards: list[float | None] = [None] * len(texts)
        for i, verdict in zip(good, verdicts, strict=True):
            rewards[i] = accuracy_of(verdict, answers[i], tasks[i], self.config, self._numeric)  # type: ignore[arg-type]
        if problems:
            logger.warning("%d rows have no gradable answer and no reward; the first: %s", len(problems), problems[0])
        if log_metric is not None:
            log_metric("rewards/malformed_rows", float(len(problems)))
            log_metric("rewards/timed_out", float(sum(v.outcome == "timed_out" for v in verdicts)))
        return rewards


def _answers(rows: Sequence[Row]) -> tuple[list[Answer | None], list[str]]:
    """The typed answers, None for malformed ones, and what is wrong with those."""
    answers: list[Answer | None] = []
    problems: list[str] = []
    for row in rows:
        try:
            answers.append(as_answer(row))
        except DatasetError as error:
            problems.append(str(error))
            answers.append(None)
    return answers, problems


def make_reward_functions(config: RewardConfig) -> list[RewardFunction]:
    """One function per weighted component, in the order of `reward_weights`, to pass as TRL's `reward_funcs`."""
    return [RewardFunction(component, config) for component in config.weights]


def reward_weights(config: RewardConfig) -> list[float]:
    """The weights of `make_reward_functions(config)`, in order: TRL's `reward_weights`."""
    return list(config.weights.values())


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
