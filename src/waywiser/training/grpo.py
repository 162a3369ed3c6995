"""`DynamicGRPOTrainer`: TRL's GRPOTrainer with the paper's strategy, each part of it one switch.

Every override calls super() and changes what goes in or comes out; no body of TRL's is copied. With order
random, mixing shuffled and weight none it is plain GRPO. The pure parts are curriculum, weighting and schedules.
"""

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from accelerate.utils import gather_object
from trl.trainer.grpo_trainer import GRPOTrainer

from waywiser.errors import RecipeError
from waywiser.models.decoding import grouped_generation
from waywiser.rewards import completion_text
from waywiser.training.adapters import without_adapters
from waywiser.training.config import StrategyConfig
from waywiser.training.curriculum import CurriculumSampler
from waywiser.training.loading import attention
from waywiser.training.schedules import kl_coefficient
from waywiser.training.telemetry import group_metrics, task_metrics
from waywiser.training.trainer import BudgetedTrainer
from waywiser.training.weighting import dead_groups, group_weights, mean_accuracy

ACCURACY = "accuracy"


class DynamicGRPOTrainer(BudgetedTrainer, GRPOTrainer):
    """GRPO with curriculum batches, pass-rate weights and an annealed KL penalty (arXiv 2507.08306, 3.1).

    `tasks` and `difficulty` (NaN: unknown) describe the rows of `train_dataset`, which must have the columns
    task and sample_id. `pace_steps` is how many optimiser steps the curriculum is spread over. `rollouts` is a
    JSONL file for some completions every `log_rollouts` steps. `drop_dead_groups` leaves groups of one reward out
    of the update: they have no advantage, and the loss keeps its scale, so only their KL term goes, and half of
    the time where half of the groups are dead. `use_budget` must be called before `train`.
    Raises RecipeError for a weight without an accuracy reward.
    """

    generation_attention: str | None = None
    """Attention while sampling, where one query a row makes another one fast; None: as in the update."""

    if TYPE_CHECKING:
        args: Any
        num_generations: int
        model: Any

    def __init__(
        self,
        *args: Any,
        strategy: StrategyConfig,
        tasks: Sequence[str],
        difficulty: Sequence[float],
        pace_steps: int | None = None,
        rollouts: Path | None = None,
        log_rollouts: int = 0,
        drop_dead_groups: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if strategy.weight != "none" and ACCURACY not in self.reward_func_names:
            raise RecipeError(f"weight {strategy.weight} needs the accuracy reward: give it a weight in rewards")
        self.strategy, self.tasks, self.difficulty = strategy, tasks, difficulty
        self.pace_steps, self.rollouts, self.log_rollouts = pace_steps, rollouts, log_rollouts
        self.drop_dead_groups = drop_dead_groups
        self._rewards_B_F = np.zeros((0, 0))
        self._generation_seconds = 0.0

    def _get_train_sampler(self, dataset: Any = None) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        if (self.strategy.order, self.strategy.mixing) == ("random", "shuffled"):
            return super()._get_train_sampler(dataset)
        repeats = self.num_iterations * self.args.steps_per_generation
        batches = None
        if self.pace_steps is not None:  # a generation batch serves `repeats` forward passes
            batches = -(-self.pace_steps * self.args.gradient_accumulation_steps // repeats)
        return CurriculumSampler(
            self.tasks,
            self.difficulty,
            batch_size=self.args.generation_batch_size // self.num_generations,
            num_generations=self.num_generations,
            repeat_count=repeats,
            order=self.strategy.order,
            mixing=self.strategy.mixing,
            batches=batches,
            seed=self.args.seed,
        )

    def training_step(self, *args: Any, **kwargs: Any) -> torch.Tensor:
        strategy = self.strategy
        progress = self.budget.progress(self.state.global_step)
        self.beta = kl_coefficient(strategy.kl, progress, strategy.beta, strategy.beta_min)
        self._note({"strategy/beta": self.beta})
        return super().training_step(*args, **kwargs)

    def _generate(self, *args: Any, **kwargs: Any) -> Any:
        started = time.perf_counter()
        policy = without_adapters(self.accelerator.unwrap_model(self.model))
        chosen = self.generation_attention or policy.config._attn_implementation
        with grouped_generation(policy, self.num_generations), attention(policy, chosen):
            generated = super()._generate(*args, **kwargs)
        self._generation_seconds = time.perf_counter() - started
        return generated

    def _calculate_rewards(self, *args: Any, **kwargs: Any) -> Any:
        rewards = super()._calculate_rewards(*args, **kwargs)
        self._rewards_B_F = rewards.detach().double().cpu().numpy()  # of all processes
        return rewards

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Any]:
        started = time.perf_counter()
        output = super()._generate_and_score_completions(inputs)
        if not self.model.training:
            return output
        weight_P, dead_P = self._weigh(inputs)
        weight_B = torch.as_tensor(self._mine(weight_P, len(inputs)), dtype=torch.float32)
        output["advantages"] = output["advantages"] * weight_B.to(output["advantages"].device)
        self._write_rollouts(inputs, weight_P)
        if self.drop_dead_groups:
            output = keep_rows(output, ~self._mine(dead_P, len(inputs)))
        seconds = time.perf_counter() - started
        self._note({"time/generation": self._generation_seconds, "time/scoring": seconds - self._generation_seconds})
        return output

    def _mine(self, values_P: np.ndarray, rows: int) -> np.ndarray:
        """A value for each prompt of the whole batch -> one for each completion of this process."""
        first = self.accelerator.process_index * rows
        return np.repeat(values_P, self.num_generations)[first : first + rows]

    def _weigh(self, inputs: Sequence[dict[str, Any]]) -> tuple[np.ndarray, np.ndarray]:
        """Weight of each prompt of the whole batch, all processes together, and whether its group is dead.

        Both (P,); logs what they are made from.
        """
        rewards_B_F, size = self._rewards_B_F, self.num_generations
        self._note(task_metrics(rewards_B_F, self.reward_func_names, gather_object([row["task"] for row in inputs])))
        total_P_G = np.nansum(rewards_B_F * self.reward_weights.cpu().numpy(), axis=1).reshape(-1, size)
        weight_P, pass_rate_P = np.ones(len(total_P_G)), None
        if ACCURACY in self.reward_func_names:
            acc_P_G = rewards_B_F[:, self.reward_func_names.index(ACCURACY)].reshape(-1, size)
            strategy = self.strategy
            weight_P = group_weights(strategy.weight, acc_P_G, strategy.sigma, strategy.weight_floor)
            pass_rate_P = mean_accuracy(acc_P_G)
        self._note(group_metrics(total_P_G, weight_P, pass_rate_P))
        return weight_P, dead_groups(total_P_G)

    def _write_rollouts(self, inputs: Sequence[dict[str, Any]], weight_P: np.ndarray) -> None:
        """Two completions of the first two prompts of this process's batch."""
        step = self.state.global_step
        due = self.rollouts is not None and self.log_rollouts and step % self.log_rollouts == 0
        if not due or self.rollouts is None or not self.accelerator.is_main_process:
            return
        count = len(weight_P) * self.num_generations
        completions = list(self._logs["completion"])[-count:]
        advantages = list(self._logs["advantages"])[-count:]
        with self.rollouts.open("a") as file:
            for prompt in range(min(2, len(inputs) // self.num_generations)):
                for i in range(prompt * self.num_generations, prompt * self.num_generations + 2):
                    rewards = zip(self.reward_func_names, self._rewards_B_F[i].tolist(), strict=True)
                    row = {
                        "step": step,
                        "sample_id": inputs[i]["sample_id"],
                        "task": inputs[i]["task"],
                        "question": inputs[i]["prompt"][-1]["content"],
                        "completion": completion_text(completions[i]),
                        "rewards": {name: None if np.isnan(value) else value for name, value in rewards},
                        "advantage": advantages[i],
                        "weight": float(weight_P[prompt]),
                    }
                    file.write(json.dumps(row) + "\n")

    def _note(self, metrics: Mapping[str, float]) -> None:
        for name, value in metrics.items():
            self._metrics["train"][name].append(value)


def keep_rows(batch: dict[str, Any], keep_B: np.ndarray) -> dict[str, Any]:
    """The rows of TRL's scored batch where `keep_B` holds; all of them if none does or a layout is not known."""
    rows = np.flatnonzero(keep_B).tolist()
    per_row = {k: v for k, v in batch.items() if isinstance(v, list) or (torch.is_tensor(v) and v.ndim > 0)}
    if not rows or any(len(value) != len(keep_B) for value in per_row.values()):
        return batch
    kept = {k: [v[i] for i in rows] if isinstance(v, list) else v[rows] for k, v in per_row.items()}
    return {**batch, **kept}
