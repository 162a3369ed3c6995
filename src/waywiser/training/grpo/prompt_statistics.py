"""What a GRPO step shows about its prompts: their weights, pass rates, metrics and rollouts.

Dimensions: B completions (rows), F reward functions, P prompts, G completions per prompt.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from accelerate.utils import gather_object
from transformers import TrainerCallback

from waywiser.json_types import JsonObject
from waywiser.training.grpo.metrics import group_metrics, reward_metrics, task_metrics
from waywiser.training.grpo.weighting import group_weights, mean_accuracy
from waywiser.training.run.rollouts import RolloutGroup, group_rollouts

if TYPE_CHECKING:
    from waywiser.training.config import StrategyConfig
    from waywiser.training.data.pass_rates import PassRateEstimator
    from waywiser.training.data.stream import SampleStream
    from waywiser.training.run.rollouts import RolloutWriter

ACCURACY = "accuracy"
"""Name of the reward that pass rates are computed from."""


class PromptStatisticsMixin:
    """Mix-in of `DynamicGRPOTrainer`: weights, pass rates, metrics and rollouts of prompts."""

    _completions: list[Any]
    _observed_pass_rates: list[tuple[list[int], np.ndarray]]
    _removed_groups: list[RolloutGroup]
    _rewards_B_F: np.ndarray

    if TYPE_CHECKING:
        _metrics: Any
        accelerator: Any
        num_generations: int
        pass_rate_estimator: PassRateEstimator
        reward_func_names: list[str]
        reward_weights: Any
        rollouts: RolloutWriter
        state: Any
        strategy: StrategyConfig
        stream: SampleStream | None

    def _local_rows(self, values_P: np.ndarray, rows: int) -> np.ndarray:
        """Expand (P,) values of the whole batch to one for each completion of this process."""
        first = self.accelerator.process_index * rows
        return np.repeat(values_P, self.num_generations)[first : first + rows]

    def _total_rewards(self, rewards_B_F: np.ndarray) -> np.ndarray:
        """Weighted sums of the components, (P, G)."""
        weighted = np.nansum(rewards_B_F * self.reward_weights.cpu().numpy(), axis=1)
        return weighted.reshape(-1, self.num_generations)

    def _accuracies(self, rewards_B_F: np.ndarray) -> np.ndarray | None:
        if ACCURACY not in self.reward_func_names:
            return None
        return rewards_B_F[:, self.reward_func_names.index(ACCURACY)].reshape(
            -1, self.num_generations
        )

    def _prompt_weights(self, rewards_B_F: np.ndarray) -> np.ndarray:
        """The weight of each prompt, (P,)."""
        acc_P_G = self._accuracies(rewards_B_F)
        strategy = self.strategy
        if acc_P_G is None:
            return np.ones(len(rewards_B_F) // self.num_generations)
        return group_weights(strategy.weight, acc_P_G, strategy.weight_scale, strategy.weight_floor)

    def _observe_rewards(
        self, inputs: Sequence[JsonObject], rewards_B_F: np.ndarray, *, first: bool = True
    ) -> None:
        """Keep the pass rates of a batch of all processes, and log it if it is the `first` of its
        step.
        """
        tasks = gather_object([row["task"] for row in inputs])
        rows = gather_object([row["row"] for row in inputs])
        acc_P_G = self._accuracies(rewards_B_F)
        rate_P = None if acc_P_G is None else mean_accuracy(acc_P_G)

        if rate_P is not None:
            self._observed_pass_rates.append((rows[:: self.num_generations], rate_P))

        if first:
            self._record_metrics(task_metrics(rewards_B_F, self.reward_func_names, tasks))
            self._record_metrics(
                group_metrics(
                    self._total_rewards(rewards_B_F), self._prompt_weights(rewards_B_F), rate_P
                )
            )

    def update_pass_rates(self) -> None:
        """Pass the pass rates of the finished step to the estimator and the stream, and log them."""
        for rows, rate_P in self._observed_pass_rates:
            self.pass_rate_estimator.update(rows, rate_P.tolist(), self.num_generations)

        if self.stream is not None and self._observed_pass_rates:
            self.stream.observe(
                self.state.global_step - 1, float(self._observed_pass_rates[0][1].mean())
            )
            self._record_metrics(
                {f"level/{task}": level for task, level in self.stream.controller.state().items()}
            )

        self._observed_pass_rates = []
        self._record_metrics(
            {
                f"pass_rate/{task}": rate
                for task, rate in self.pass_rate_estimator.task_rates().items()
            }
        )

    def _reward_metrics(self, rewards_B_F: np.ndarray) -> dict[str, float]:
        return reward_metrics(rewards_B_F, self.reward_func_names, self._total_rewards(rewards_B_F))

    def _write_rollouts(self, inputs: Any, advantages: list[float], weight_P: np.ndarray) -> None:
        """Write the main process's groups, if the step is one that is written."""
        step = self.state.global_step
        if not self.rollouts.is_due(step) or not self.accelerator.is_main_process:
            return

        local_weights = self._local_rows(weight_P, len(inputs))[:: self.num_generations].tolist()
        scored = self._rewards_B_F[: len(inputs)]
        groups = group_rollouts(
            inputs, self._completions, self.reward_func_names, scored, advantages, local_weights
        )
        self.rollouts.write(step, [*groups, *self._removed_groups])

    def _record_metrics(self, metrics: Mapping[str, float]) -> None:
        for name, value in metrics.items():
            self._metrics["train"][name].append(value)


class PassRateCallback(TrainerCallback):
    """Updates the pass rates after each optimizer step, before it is logged or saved."""

    def __init__(self, trainer: PromptStatisticsMixin) -> None:
        self.trainer = trainer

    def on_step_end(self, *_: Any, **__: Any) -> None:
        self.trainer.update_pass_rates()
