"""`DynamicGRPOTrainer`: TRL's GRPOTrainer with the paper's strategy, each part of it one switch.

Every override calls super() and changes what goes in or comes out; no body of TRL's is copied. With order
random, mixing shuffled and weight none it is plain GRPO. The pure parts are curriculum, weighting and schedules.
"""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate.utils import gather_object
from trl.trainer.grpo_trainer import GRPOTrainer

from waywiser.errors import RecipeError
from waywiser.models.generation import shared_prefill
from waywiser.rewards import completion_text
from waywiser.training.config import StrategyConfig
from waywiser.training.curriculum import CurriculumSampler
from waywiser.training.schedules import kl_coefficient
from waywiser.training.trainer import BudgetedTrainer
from waywiser.training.weighting import dead_groups, effective_weight, group_weights

ACCURACY = "accuracy"
_BINS = 5


class DynamicGRPOTrainer(BudgetedTrainer, GRPOTrainer):
    """GRPO with curriculum batches, pass-rate weights and an annealed KL penalty (arXiv 2507.08306, 3.1).

    `tasks` and `difficulty` (NaN: unknown) describe the rows of `train_dataset`, which must have the columns
    task and sample_id. `use_budget` must be called before `train`. `rollouts` is a JSONL file for some
    completions every `log_rollouts` steps.
    """

    def __init__(
        self,
        *args: Any,
        strategy: StrategyConfig,
        tasks: Sequence[str],
        difficulty: Sequence[float],
        pace_steps: int | None = None,
        rollouts: Path | None = None,
        log_rollouts: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if strategy.weight != "none" and ACCURACY not in self.reward_func_names:
            raise RecipeError(f"weight {strategy.weight} needs the accuracy reward: give it a weight in rewards")
        self.strategy, self.tasks, self.difficulty = strategy, tasks, difficulty
        self.pace_steps, self.rollouts, self.log_rollouts = pace_steps, rollouts, log_rollouts
        self._rewards: torch.Tensor | None = None
        self._generation_seconds = 0.0

    def _get_train_sampler(self, dataset: Any = None) -> Any:
        if (self.strategy.order, self.strategy.mixing) == ("random", "shuffled"):
            return super()._get_train_sampler(dataset)
        repeats = self.num_iterations * self.args.steps_per_generation
        batches = None
        if self.pace_steps is not None:
            batches = max(1, -(-self.pace_steps * self.args.gradient_accumulation_steps // repeats))
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

    def training_step(self, *args: Any, **kwargs: Any) -> Any:
        strategy = self.strategy
        progress = self.budget.progress(self.state.global_step)
        self.beta = kl_coefficient(strategy.kl, progress, strategy.beta, strategy.beta_min)
        self._metrics["train"]["strategy/beta"].append(self.beta)
        return super().training_step(*args, **kwargs)

    def _generate(self, *args: Any, **kwargs: Any) -> Any:
        started = time.perf_counter()
        with shared_prefill(self.accelerator.unwrap_model(self.model), self.num_generations):
            generated = super()._generate(*args, **kwargs)
        self._generation_seconds = time.perf_counter() - started
        return generated

    def _calculate_rewards(self, *args: Any, **kwargs: Any) -> torch.Tensor:
        self._rewards = super()._calculate_rewards(*args, **kwargs)
        return self._rewards

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Any]:
        started = time.perf_counter()
        output = super()._generate_and_score_completions(inputs)
        if not self.model.training:
            return output
        weight_P, acc_P = self._weigh(inputs)
        weight_B = torch.as_tensor(weight_P, dtype=torch.float32).repeat_interleave(self.num_generations)
        mine = slice(self.accelerator.process_index * len(inputs), (self.accelerator.process_index + 1) * len(inputs))
        output["advantages"] = output["advantages"] * weight_B[mine].to(output["advantages"].device)
        self._log_groups(weight_P, acc_P)
        self._log_rollouts(inputs, weight_P)
        seconds = time.perf_counter() - started
        self._metrics["train"]["time/generation"].append(self._generation_seconds)
        self._metrics["train"]["time/scoring"].append(seconds - self._generation_seconds)
        return output

    def _weigh(self, inputs: Sequence[dict[str, Any]]) -> tuple[np.ndarray, np.ndarray]:
        """Weight and pass rate of each prompt of the whole batch, all processes together, both (P,)."""
        assert self._rewards is not None
        rewards_B_F = self._rewards.detach().cpu().double().numpy()
        tasks = gather_object([row["task"] for row in inputs])
        self._log_tasks(rewards_B_F, tasks)
        if ACCURACY not in self.reward_func_names:
            nothing = np.full(len(rewards_B_F) // self.num_generations, np.nan)
            return np.ones_like(nothing), nothing
        acc_P_G = rewards_B_F[:, self.reward_func_names.index(ACCURACY)].reshape(-1, self.num_generations)
        weight_P = group_weights(self.strategy.weight, acc_P_G, self.strategy.sigma, self.strategy.weight_floor)
        known_P_G = ~np.isnan(acc_P_G)
        acc_P = np.where(known_P_G, acc_P_G, 0).sum(axis=1) / np.maximum(known_P_G.sum(axis=1), 1)
        return weight_P, acc_P

    def _log_tasks(self, rewards_B_F: np.ndarray, tasks: Sequence[str]) -> None:
        names = np.asarray(tasks)
        for task in sorted(set(tasks)):
            for column, component in enumerate(self.reward_func_names):
                values = rewards_B_F[names == task, column]
                if not np.isnan(values).all():
                    self._metrics["train"][f"tasks/{task}/{component}"].append(float(np.nanmean(values)))

    def _log_groups(self, weight_P: np.ndarray, acc_P: np.ndarray) -> None:
        assert self._rewards is not None
        metrics = self._metrics["train"]
        total_B = (self._rewards.cpu() * self.reward_weights.cpu()).nansum(dim=1).numpy()
        metrics["groups/dead"].append(float(dead_groups(total_B.reshape(-1, self.num_generations)).mean()))
        metrics["groups/weight"].append(float(weight_P.mean()))
        if np.isnan(acc_P).any():
            return
        effective_P = effective_weight(weight_P, acc_P)
        metrics["groups/pass_rate"].append(float(acc_P.mean()))
        metrics["groups/effective_weight"].append(float(effective_P.mean()))
        bins = np.minimum((acc_P * _BINS).astype(int), _BINS - 1)
        for k in sorted(set(bins.tolist())):
            name = f"groups/effective_weight/{k / _BINS:.1f}-{(k + 1) / _BINS:.1f}"
            metrics[name].append(float(effective_P[bins == k].mean()))

    def _log_rollouts(self, inputs: Sequence[dict[str, Any]], weight_P: np.ndarray) -> None:
        """Two completions of the first two prompts of this process's batch."""
        step = self.state.global_step
        if self.rollouts is None or not self.log_rollouts or step % self.log_rollouts:
            return
        if not self.accelerator.is_main_process:
            return
        completions = list(self._logs["completion"])[-len(weight_P) * self.num_generations :]
        advantages = list(self._logs["advantages"])[-len(completions) :]
        with self.rollouts.open("a") as file:
            for prompt in range(min(2, len(inputs) // self.num_generations)):
                for k in range(min(2, self.num_generations)):
                    i = prompt * self.num_generations + k
                    rewards = {n: list(r)[-len(completions) :][i] for n, r in self._logs["rewards"].items()}
                    row = {
                        "step": step,
                        "sample_id": inputs[i]["sample_id"],
                        "task": inputs[i]["task"],
                        "question": inputs[i]["prompt"][-1]["content"],
                        "completion": completion_text(completions[i]),
                        "rewards": {n: None if np.isnan(r) else r for n, r in rewards.items()},
                        "advantage": advantages[i],
                        "weight": float(weight_P[prompt]),
                    }
                    file.write(json.dumps(row) + "\n")
