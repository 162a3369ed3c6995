"""Difficulty = 1 - pass rate of a named model over k sampled completions (M2-Reasoning, arXiv
2507.08306, 2.1.2).
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from waywiser.errors import RecipeError
from waywiser.io import write_atomically
from waywiser.models.generation import generate_completions
from waywiser.prompting import PromptFormat
from waywiser.rewards import RewardConfig, accuracy_reward
from waywiser.rewards.wilson import wilson_interval
from waywiser.sample import Sample

__all__ = ["measure_difficulty", "wilson_interval", "write_difficulty"]


def measure_difficulty(
    model: Any,
    processor: Any,
    samples: Sequence[Sample],
    *,
    k: int = 4,
    temperature: float = 1.0,
    batch_size: int = 256,
    max_new_tokens: int = 64,
    seed: int = 0,
    rewards: RewardConfig | None = None,
    title: str | None = None,
    prompt: PromptFormat | None = None,
    pictures: Any = None,
) -> dict[str, float]:
    """Sample id -> 1 - mean accuracy over `k` completions, in [0, 1].

    Accuracy is what RLVR pays for: exact for choices and integers, EDNM for numbers unless
    `rewards` says otherwise, so that a number that is nearly right is easier than one that is far
    off. With few completions it is coarse: `wilson_interval` says how coarse.

    Args:
        model: The model, whose training mode is restored afterwards.
        processor: The model's processor.
        samples: The samples.
        k: Completions per sample.
        temperature: Sampling temperature; 0 is greedy.
        batch_size: Maximum number of completions generated together.
        max_new_tokens: Maximum tokens per completion.
        seed: Seed of the sampling.
        rewards: What accuracy means; None for the defaults.
        title: Label of a progress bar; None shows no bar.
        prompt: System prompt and instruction; None for neither.
        pictures: Source of the samples' images; None decodes those that the samples hold.

    Returns:
        The difficulty of each sample by its id.

    Raises:
        RecipeError: `k` is less than 1.
        ModelError: A setting is out of range, or an image cannot be decoded.
    """
    if k < 1:
        raise RecipeError(f"difficulty needs at least one completion per question, not {k}")

    config = rewards or RewardConfig()
    completions = generate_completions(
        model,
        processor,
        samples,
        n=k,
        temperature=temperature,
        batch_size=batch_size,
        max_new_tokens=max_new_tokens,
        seed=seed,
        title=title,
        prompt=prompt,
        pictures=pictures,
    )

    return {
        sample.id: (
            1.0
            - sum(accuracy_reward(text, sample.answer, sample.task, config) for text in texts) / k
        )
        for sample, texts in zip(samples, completions, strict=True)
    }


def write_difficulty(path: Path, table: dict[str, float]) -> None:
    """Write what a recipe's `data.difficulty` reads: JSON, sample id to difficulty."""
    write_atomically(path, (json.dumps(table, indent=0) + "\n").encode())
