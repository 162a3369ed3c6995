"""Which prompts come when: per-task easy-to-hard order and batches of one task (M2-Reasoning, 3.1)."""

from collections.abc import Iterator, Sequence
from typing import Literal, get_args

import numpy as np

from waywiser.errors import RecipeError
from waywiser.recipe import nearest_name

Order = Literal["random", "curriculum", "online"]
Mixing = Literal["shuffled", "task-homogeneous"]


class CurriculumSampler:
    """Flat dataset indices for TRL's GRPOTrainer, one epoch per iteration.

    A generation batch is `batch_size` prompts, each repeated `num_generations` times, and the whole
    batch repeated `repeat_count` times (num_iterations * steps_per_generation), as TRL's own
    RepeatSampler lays them out, so every process draws the same order and takes its slice.

    - mixing "task-homogeneous": each batch holds one task, drawn uniformly among tasks that have a
      full batch left. "shuffled": batches draw from all tasks.
    - order "curriculum": ascending difficulty within each task, ties in random order; under
      "shuffled" mixing prompts of equal *rank* within their tasks come together. "random": a
      random order.

    No sample comes twice in an epoch. Only full batches are made: the `n % batch_size` samples that
    a task cannot fill a batch with are left out, drawn at random anew each epoch (so not always the
    hardest). `batches` is how many generation batches the run will take: where that is less than an
    epoch, a curriculum runs over an even draw of each task, so that the run still ends on the
    hardest prompts and not half-way.

    Everything follows from (`seed`, epoch). `set_epoch` is called by accelerate, and by a resumed
    Trainer.

    Args:
        tasks: Task of each sample.
        difficulty: Difficulty of each sample in [0, 1]; NaN if unknown.
        batch_size: Prompts per generation batch.
        num_generations: Completions per prompt.
        repeat_count: Times that each batch comes.
        order: "curriculum" or "random".
        mixing: "task-homogeneous" or "shuffled".
        batches: Generation batches of the run; None for whole epochs.
        seed: Seed of every draw.

    Raises:
        RecipeError: An axis has an unknown value, a curriculum lacks difficulties, or nothing fills
            a batch.
    """

    def __init__(
        self,
        tasks: Sequence[str],
        difficulty: Sequence[float],
        *,
        batch_size: int,
        num_generations: int = 1,
        repeat_count: int = 1,
        order: Order = "curriculum",
        mixing: Mixing = "task-homogeneous",
        batches: int | None = None,
        seed: int = 0,
    ) -> None:
        _check_choice("order", order, get_args(Order)[:2])  # online is another sampler's
        _check_choice("mixing", mixing, get_args(Mixing))

        if len(tasks) != len(difficulty):
            raise ValueError(f"{len(tasks)} tasks but {len(difficulty)} difficulties")

        self.difficulty = np.asarray(difficulty, dtype=np.float64)
        if order == "curriculum" and np.isnan(self.difficulty).any():
            missing = int(np.isnan(self.difficulty).sum())
            raise RecipeError(
                f"order curriculum needs a difficulty, which {missing} samples lack: measure it"
                " with `waywiser difficulty MODEL --data DATA --out FILE` and set data.difficulty"
                " to FILE, or set strategy.order random"
            )

        self.batch_size = batch_size
        self.num_generations = num_generations
        self.repeat_count = repeat_count
        self.order = order
        self.mixing = mixing
        self.batches = batches
        self.seed = seed
        self.epoch = 0
        self.tasks = _indices_by_task(tasks)
        sizes = (
            [len(tasks)] if mixing == "shuffled" else [len(group) for group in self.tasks.values()]
        )

        for name, size in zip(
            ["the dataset"] if mixing == "shuffled" else self.tasks, sizes, strict=True
        ):
            if size < batch_size:
                raise RecipeError(
                    f"{name} has {size} samples, fewer than the {batch_size} of one batch: "
                    "lower prompts_per_step, add samples or leave the task out"
                )

        full = sum(size // batch_size for size in sizes)
        self.batches_per_epoch = full if batches is None else min(full, batches)

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch that the next iteration draws."""
        self.epoch = epoch

    def __len__(self) -> int:
        return self.batches_per_epoch * self.batch_size * self.num_generations * self.repeat_count

    def __iter__(self) -> Iterator[int]:
        for batch in self.prompt_batches():
            for _ in range(self.repeat_count):
                for index in batch:
                    yield from [index] * self.num_generations

    def prompt_batches(self) -> list[list[int]]:
        """The epoch's generation batches, each of `batch_size` distinct sample indices."""
        rng = np.random.default_rng((self.seed, self.epoch))

        if self.mixing == "shuffled":
            sampled = rng.permutation(len(self.difficulty))[
                : self.batches_per_epoch * self.batch_size
            ]

            return self._split_into_batches(
                self._interleave_by_rank(sampled) if self.order == "curriculum" else sampled
            )

        task_order = self._sample_task_order(rng)
        queues: dict[str, list[list[int]]] = {}

        for name, group in self.tasks.items():
            sampled = rng.permutation(group)[: task_order.count(name) * self.batch_size]
            queues[name] = self._split_into_batches(
                self._sort_by_difficulty(sampled) if self.order == "curriculum" else sampled
            )

        return [queues[name].pop(0) for name in task_order]

    def _sample_task_order(self, rng: np.random.Generator) -> list[str]:
        remaining = {name: len(group) // self.batch_size for name, group in self.tasks.items()}
        task_order: list[str] = []

        for _ in range(self.batches_per_epoch):
            open_tasks = [name for name, count in remaining.items() if count]
            name = open_tasks[int(rng.integers(len(open_tasks)))]
            remaining[name] -= 1
            task_order.append(name)

        return task_order

    def _sort_by_difficulty(self, sampled: np.ndarray) -> np.ndarray:
        # `sampled` is in random order and the sort is stable, so ties stay random
        return sampled[np.argsort(self.difficulty[sampled], kind="stable")]

    def _interleave_by_rank(self, sampled: np.ndarray) -> np.ndarray:
        """Tasks together, each in ascending order: sorted by rank within the task, in (0, 1)."""
        indices = []
        ranks = []

        for group in self.tasks.values():
            ordered = self._sort_by_difficulty(sampled[np.isin(sampled, group)])
            indices.append(ordered)
            ranks.append((np.arange(len(ordered)) + 0.5) / max(1, len(ordered)))

        order = np.argsort(np.concatenate(ranks), kind="stable")
        return np.concatenate(indices)[order]

    def _split_into_batches(self, indices: np.ndarray) -> list[list[int]]:
        size = self.batch_size
        return [indices[i : i + size].tolist() for i in range(0, len(indices), size)]


def _indices_by_task(tasks: Sequence[str]) -> dict[str, np.ndarray]:
    """Sample indices by task; tasks in alphabetical order, so that the draw does not hang on the
    data's order.
    """
    names = np.asarray(tasks)
    return {name: np.flatnonzero(names == name) for name in sorted(set(tasks))}


def _check_choice(axis: str, value: str, known: Sequence[str]) -> None:
    if value not in known:
        near = nearest_name(value, known)
        hint = f"did you mean {near!r}?" if near else f"choose from {', '.join(known)}"
        raise RecipeError(f"unknown {axis} {value!r}; {hint}")
