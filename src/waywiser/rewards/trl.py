"""Rewards as TRL's trainers call them (`reward_funcs` and `reward_weights` of GRPOTrainer)."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from waywiser.answers import grade_all
from waywiser.errors import DatasetError, RecipeError
from waywiser.rewards.config import RewardConfig
from waywiser.rewards.custom_rewards import CustomReward, load_custom_rewards
from waywiser.rewards.functions import format_reward
from waywiser.rewards.gold_answers import EXPECTED_FORMS, read_answer
from waywiser.rewards.routing import RewardName, accuracy_of, numeric_rule, text_reward
from waywiser.rewards.turns import completion_text, model_turns
from waywiser.sample import Answer

logger = logging.getLogger(__name__)


GOLD_COLUMNS = ("answer", "solution")
OPTION_COLUMNS = ("options", "choices")


class BuiltinReward:
    """One reward: called with prompts, completions, completion_ids, trainer_state and the dataset's
    columns.

    Of a conversation only what the model said counts: not the messages of users, tools or the
    environment. "accuracy" (and "exact", "mra", "ednm") need the column `answer`, or `solution`,
    and `task` where rules differ by task. Plain answers ("3", 2.5, `<answer>3</answer>`, "B" with a
    column `options` or `choices`) are typed by guess, and a line in the log says so once.

    Returns one float per completion; None marks a row whose answer is malformed. Such rows are
    logged, and counted in the metric "rewards/malformed_rows", as are verdicts that timed out in
    "rewards/timed_out". Raises DatasetError where no row so far had an answer that can be graded,
    and RecipeError without a column of answers. A class and no closure, so that trainers can send
    it to another process.
    """

    def __init__(self, name: RewardName, config: RewardConfig) -> None:
        self.__name__: str = name
        self.config = config
        self._numeric = numeric_rule(name)
        self._any_graded = False
        self._warned_guess = False

    def __call__(self, completions: Sequence[Any], **columns: Any) -> list[float | None]:
        if self.__name__ == "format":
            return [format_reward(model_turns(completion)) for completion in completions]

        texts = [completion_text(completion) for completion in completions]
        reward = text_reward(self.__name__, self.config)
        if reward is not None:
            return [reward(text) for text in texts]

        answers = self._read_answers(columns, len(texts))
        tasks = columns.get("task") or [""] * len(texts)
        return self._accuracy(texts, answers, tasks, columns.get("log_metric"))

    def _read_answers(self, columns: Mapping[str, Any], count: int) -> list[Answer | None]:
        """The typed answers, None for malformed ones, which are logged."""
        present = [columns[name] for name in GOLD_COLUMNS if columns.get(name) is not None]
        if not present:
            raise RecipeError(
                "the accuracy reward needs the dataset's column 'answer' (or 'solution'): keep it"
                " in the training rows"
            )

        gold = [_first_non_blank(values) for values in zip(*present, strict=True)]
        options = next(
            (columns[name] for name in OPTION_COLUMNS if columns.get(name) is not None),
            [None] * count,
        )

        answers: list[Answer | None] = []
        problems: list[str] = []

        for row, row_options in zip(gold, options, strict=True):
            try:
                answer, guessed = read_answer(row, row_options)
            except DatasetError as error:
                problems.append(str(error))
                answers.append(None)
                continue

            answers.append(answer)
            if guessed:
                self._warn_guess(row, answer)

        self._check_gradable(problems, count)
        return answers

    def _warn_guess(self, row: Any, answer: Answer) -> None:
        if self._warned_guess:
            return
        self._warned_guess = True

        logger.warning(
            "answers are plain values, whose kind is a guess: %s was read as %s %s; give {kind,"
            " value} to be sure",
            _short_repr(row),
            answer.kind,
            _short_repr(answer.value),
        )

    def _check_gradable(self, problems: Sequence[str], count: int) -> None:
        self._any_graded = self._any_graded or len(problems) < count
        if not self._any_graded and problems:
            raise DatasetError(
                f"none of {count} rows has an answer that can be graded ({problems[0]}):"
                f" {EXPECTED_FORMS}"
            )

        if problems:
            logger.warning(
                "%d rows have no gradable answer and no reward; the first: %s",
                len(problems),
                problems[0],
            )

    def _accuracy(
        self,
        texts: Sequence[str],
        answers: Sequence[Answer | None],
        tasks: Sequence[str],
        log_metric: Callable[[str, float], None] | None,
    ) -> list[float | None]:
        gradable = [i for i, answer in enumerate(answers) if answer is not None]
        verdicts = grade_all([texts[i] for i in gradable], [answers[i] for i in gradable])  # type: ignore[misc]

        rewards: list[float | None] = [None] * len(texts)
        for i, verdict in zip(gradable, verdicts, strict=True):
            rewards[i] = accuracy_of(verdict, answers[i], tasks[i], self.config, self._numeric)  # type: ignore[arg-type]

        if log_metric is not None:
            log_metric("rewards/malformed_rows", float(len(texts) - len(gradable)))
            log_metric("rewards/timed_out", float(sum(v.outcome == "timed_out" for v in verdicts)))

        return rewards


def _first_non_blank(values: Sequence[Any]) -> Any:
    """The first column that holds something in this row: some datasets have both and fill one."""
    return next(
        (value for value in values if value is not None and not _is_blank(value)), values[0]
    )


def _is_blank(value: Any) -> bool:
    return isinstance(value, str) and not value.strip()


def _short_repr(value: Any) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{text[:57]}..."


def make_reward_functions(config: RewardConfig) -> list[BuiltinReward | CustomReward]:
    """One function per weighted component, then the user's own, to pass as TRL's `reward_funcs`.

    They stand in the order of `reward_weights`. Raises RecipeError for an own function that cannot
    be loaded.
    """
    components = [BuiltinReward(component, config) for component in config.weights]
    return [*components, *load_custom_rewards(config)]


def reward_weights(config: RewardConfig) -> list[float]:
    """The weights of `make_reward_functions(config)`, in order: TRL's `reward_weights`."""
    return [*config.weights.values(), *(entry.weight for entry in config.functions)]
