"""Rejection sampling: completions of a model, scored by the rewards of RLVR, of which the good ones
are kept to fine-tune on.

Dimensions: Q questions, K completions of each.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from waywiser.models.generation import generate_completions
from waywiser.prompting import PromptFormat, sample_messages
from waywiser.rewards import RewardConfig, make_reward_functions, reward_weights
from waywiser.rewards.custom_rewards import CustomReward
from waywiser.sample import Sample
from waywiser.training.data.training_set import TrainingSet
from waywiser.training.rejection_config import RejectionRecipe
from waywiser.training.run.seeding import derive_seed

_BATCHES_PER_CALL = 4
"""Batches that are sampled between looks at the clock; questions of a kind are sampled together."""


class KeptSet(TrainingSet):
    """Samples with the completions that were kept of them, one each.

    Args:
        data: The samples that were asked.
        indices: Which of them each completion answers; one may come several times.
        completions: The completions.
    """

    def __init__(
        self, data: TrainingSet, indices: Sequence[int], completions: Sequence[str]
    ) -> None:
        kept = data.take(indices)
        super().__init__(
            kept.stores, kept._store_N, kept._row_N, kept.difficulty_N, kept.max_frames
        )
        self._source = (data, list(indices), list(completions))

    def completion(self, index: int) -> str:
        """The completion that was kept."""
        return self._source[2][index]

    def __reduce__(self) -> Any:
        return (KeptSet, self._source)


@dataclass
class KeptCompletions:
    """What a round sampled and kept.

    `indices`, `completions` and `rewards` have an entry for each kept completion; `questions` and
    `reward_sum` count all that were sampled, `sampled` the completions that have a reward.
    """

    indices: list[int] = field(default_factory=list)
    completions: list[str] = field(default_factory=list)
    rewards: list[float] = field(default_factory=list)
    questions: int = 0
    sampled: int = 0
    reward_sum: float = 0.0

    @property
    def mean_reward(self) -> float:
        """Mean reward of all sampled completions."""
        return self.reward_sum / max(1, self.sampled)


class RewardTotal:
    """The weighted sum of a recipe's rewards, the user's own included, as RLVR computes it."""

    def __init__(self, config: RewardConfig) -> None:
        self._functions = make_reward_functions(config)
        self._weights = np.asarray(reward_weights(config))

    def __call__(
        self,
        samples: Sequence[Sample],
        completions: Sequence[Sequence[str]],
        prompt: PromptFormat | None,
    ) -> np.ndarray:
        """Rewards (Q, K) of K completions of each of Q samples; NaN where no reward applies.

        Raises what the rewards raise.
        """
        rows = [_columns(sample, prompt) for sample in samples]
        repeated = [row for row, texts in zip(rows, completions, strict=True) for _ in texts]
        columns = {name: [row[name] for row in repeated] for name in rows[0]}
        said = [[{"role": "assistant", "content": text}] for texts in completions for text in texts]

        for function in self._functions:
            if isinstance(function, CustomReward):
                function.check_columns(list(columns))

        values = np.asarray(
            [function(completions=said, **columns) for function in self._functions], dtype=float
        )
        totals = np.nansum(values * self._weights[:, None], axis=0)
        totals[np.isnan(values).all(axis=0)] = np.nan
        return totals.reshape(len(samples), -1)


def _columns(sample: Sample, prompt: PromptFormat | None) -> dict[str, Any]:
    """A row as TRL's trainers hand it to rewards, without pictures."""
    return {
        "prompts": sample_messages(sample, [None] * len(sample.images), prompt),
        "answer": sample.answer.model_dump(),
        "task": sample.task,
        "difficulty": sample.difficulty,
        "sample_id": sample.id,
    }


def choose_completions(
    completions: Sequence[str],
    rewards: Sequence[float],
    keep: Literal["best", "threshold"],
    threshold: float,
) -> list[int]:
    """Which of a question's K completions are kept.

    Args:
        completions: The completions.
        rewards: Their rewards; one that is NaN is never kept.
        keep: "best": the best one (the first of equals) where it beats the mean; "threshold": those
            with at least `threshold`, equal texts once.
        threshold: Least reward, for "threshold".

    Returns:
        Places in `completions`, in order.
    """
    known = [i for i, reward in enumerate(rewards) if np.isfinite(reward)]
    if keep == "threshold":
        first = {text: i for i, text in reversed(list(enumerate(completions)))}
        return [i for i in known if rewards[i] >= threshold and first[completions[i]] == i]

    if not known:
        return []

    best = max(known, key=lambda i: rewards[i])
    beats_mean = rewards[best] > min(rewards[i] for i in known)
    return [best] if beats_mean else []


def question_order(size: int, seed: int, start: int, count: int) -> np.ndarray:
    """Questions `start` to `start + count` of an endless stream over `size` questions.

    Every pass over the questions has its own order by `seed`.
    """
    first = start // size
    passes = range(first, (start + count - 1) // size + 1)
    stream = [np.random.default_rng([seed, number]).permutation(size) for number in passes]
    return np.concatenate(stream)[start - first * size :][:count]


def sample_completions(
    recipe: RejectionRecipe,
    data: TrainingSet,
    model: Any,
    processor: Any,
    prompt: PromptFormat | None,
    *,
    start: int = 0,
    deadline: float | None = None,
    progress: Callable[[int], object] | None = None,
) -> KeptCompletions:
    """Sample completions of a round's questions and keep the good ones.

    Args:
        recipe: How many, how they are sampled and which are kept.
        data: The questions.
        model: The model that answers.
        processor: Its processor.
        prompt: System prompt and instruction; None for neither.
        start: Place in the stream of questions at which the round begins.
        deadline: Time (of `time.monotonic`) after which no more questions are asked; None asks all.
        progress: Told after each call how many questions were asked.

    Returns:
        What was kept, by its index in `data`.
    """
    total = RewardTotal(recipe.rewards)
    count = recipe.questions_per_round or len(data)
    order = question_order(len(data), recipe.seed, start, count)
    per_batch = max(1, recipe.generation_batch_size // recipe.samples_per_question)
    kept = KeptCompletions()

    for at in range(0, count, _BATCHES_PER_CALL * per_batch):
        if at and deadline is not None and time.monotonic() >= deadline:
            break

        chunk = order[at : at + _BATCHES_PER_CALL * per_batch]
        asked = data.take(chunk)
        samples = list(asked.samples)
        completions = generate_completions(
            model,
            processor,
            samples,
            n=recipe.samples_per_question,
            temperature=recipe.temperature,
            batch_size=recipe.generation_batch_size,
            max_new_tokens=recipe.max_completion_length,
            seed=derive_seed(recipe.seed, start + at),
            prompt=prompt,
            pictures=asked,
        )

        _keep(recipe, kept, chunk, completions, total(samples, completions, prompt))
        if progress is not None:
            progress(len(chunk))

    return kept


def _keep(
    recipe: RejectionRecipe,
    kept: KeptCompletions,
    indices_Q: np.ndarray,
    completions: Sequence[Sequence[str]],
    rewards_QK: np.ndarray,
) -> None:
    """Add what is good among the completions of Q questions to `kept`."""
    kept.questions += len(indices_Q)
    kept.sampled += int(np.isfinite(rewards_QK).sum())
    kept.reward_sum += float(np.nansum(rewards_QK))

    for index, texts, rewards in zip(
        indices_Q.tolist(), completions, rewards_QK.tolist(), strict=True
    ):
        for place in choose_completions(texts, rewards, recipe.keep, recipe.threshold):
            kept.indices.append(index)
            kept.completions.append(texts[place])
            kept.rewards.append(rewards[place])
