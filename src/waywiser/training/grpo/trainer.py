"""`DynamicGRPOTrainer`: TRL's GRPOTrainer with the paper's strategy, each part of it one switch.

Every override calls super() and changes what goes in or comes out; no body of TRL's is copied. With
order random, mixing shuffled, weight none and KL constant it is plain GRPO. The pure parts are
curriculum, online_order, pass_rates, weighting, schedules and telemetry.
"""

import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from accelerate.utils import gather_object
from transformers import TrainerCallback
from trl.trainer.grpo_trainer import GRPOTrainer

from waywiser.errors import RecipeError, TrainingError, WaywiserError
from waywiser.models.decoding import grouped_generation
from waywiser.rewards import completion_text
from waywiser.training.config import StrategyConfig
from waywiser.training.data.curriculum import CurriculumSampler
from waywiser.training.data.online_sampler import OnlineSampler
from waywiser.training.data.pass_rates import PassRateEstimator
from waywiser.training.data.repeat_sampler import ResumableRepeatSampler
from waywiser.training.data.stream import SampleStream, StreamSampler
from waywiser.training.grpo.dynamic_sampling import DynamicSamplingMixin, as_array
from waywiser.training.grpo.generation_output import COMPLETION_IDS, COMPLETIONS
from waywiser.training.grpo.metrics import group_metrics, reward_metrics, task_metrics, text_metrics
from waywiser.training.grpo.mixed_batches import (
    drop_empty_image_inputs,
    fill_missing_images,
    move_images_into_prompt,
)
from waywiser.training.grpo.weighting import group_weights, mean_accuracy
from waywiser.training.run.adapters import unwrap_adapters
from waywiser.training.run.budgeted_trainer import BudgetedTrainer
from waywiser.training.run.initial_model import use_attention
from waywiser.training.run.rollouts import RolloutGroup, RolloutWriter, group_rollouts
from waywiser.training.run.schedules import kl_coefficient
from waywiser.training.run.seeding import torch_seed

ACCURACY = "accuracy"


class DynamicGRPOTrainer(BudgetedTrainer, GRPOTrainer, DynamicSamplingMixin):
    """GRPO with curriculum batches, pass-rate weights and an annealed KL penalty (arXiv 2507.08306,
    3.1).

    `tasks` and `difficulty` (NaN: unknown) describe the rows of `train_dataset`, which must have
    the columns row (its index), task and sample_id. `pace_steps` is how many optimiser steps the
    curriculum is spread over. Dead groups, of one reward for all, are found before any forward pass
    but the sampling itself: `max_resamples` times others are drawn in their place, and
    `drop_dead_groups` leaves out those that remain. They have no advantage, and the loss keeps its
    scale, so only their KL term goes. `seed_generation` draws completions by (seed, step, process)
    instead of from the running state of chance. `stream` draws the rows of `train_dataset`, in its
    own order, and is told the pass rates. A KL above `kl_limit`, or anything that is no number,
    stops the run before the weights take it in. `use_budget` must be called before `train`. Raises
    RecipeError for a weight or an order without the accuracy reward, and TrainingError where a
    reward fails or the loss is no number.
    """

    generation_attention: str | None = None
    """Attention while sampling, where one query a row makes another one fast; None: as in the
    update.
    """

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
        rollouts: RolloutWriter | None = None,
        drop_dead_groups: bool = False,
        max_resamples: int = 0,
        seed_generation: bool = False,
        kl_limit: float = float("inf"),
        stream: SampleStream | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for model in filter(None, (self.model, self.ref_model)):
            drop_empty_image_inputs(unwrap_adapters(self.accelerator.unwrap_model(model)))

        for axis, name in (("weight", strategy.weight), ("order", strategy.order)):
            if name in ("p(1-p)", "variance", "online") and ACCURACY not in self.reward_func_names:
                raise RecipeError(
                    f"{axis} {name} needs the accuracy reward: give it a weight in rewards"
                )

        if (drop_dead_groups or max_resamples) and self.accelerator.num_processes > 1:
            raise RecipeError(
                "dead groups are dropped or redrawn by one process only: switch both off"
            )

        self.strategy = strategy
        self.tasks = tasks
        self.difficulty = difficulty
        self.pace_steps = pace_steps
        self.rollouts = rollouts or RolloutWriter()
        self.drop_dead_groups = drop_dead_groups
        self.max_resamples = max_resamples
        self.seed_generation = seed_generation
        self.kl_limit = kl_limit
        self.stream = stream
        self.pass_rate_estimator = PassRateEstimator(
            tasks, 1.0 - np.asarray(difficulty, dtype=np.float64)
        )
        self.sampler: Any = None
        self.add_callback(_PassRateCallback(self))
        self._observed_pass_rates: list[tuple[list[int], np.ndarray]] = []
        self._step_inputs: list[dict[str, Any]] = []
        self._trl_inputs: list[dict[str, Any]] = []
        self._completions: list[Any] = []
        self._rewards_B_F = np.zeros((0, 0))
        self._precomputed_rewards: torch.Tensor | None = None
        self._initial_reward_metrics: dict[str, float] = {}
        self._removed_groups: list[RolloutGroup] = []
        self._num_dropped_tokens = 0
        self._generation_seconds = self._input_seconds = 0.0

    # --- which prompts
    # ---------------------------------------------------------------------------------------

    def _get_train_sampler(self, dataset: Any = None) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        strategy = self.strategy
        repeats = self.num_iterations * self.args.steps_per_generation

        if self.stream is not None:
            return StreamSampler(
                self.stream, num_generations=self.num_generations, repeat_count=repeats
            )

        size = self.args.generation_batch_size // self.num_generations

        if (strategy.order, strategy.mixing) == ("random", "shuffled"):
            data = self.train_dataset if dataset is None else dataset
            self.sampler = ResumableRepeatSampler(
                data,
                mini_repeat_count=self.num_generations,
                batch_size=size,
                repeat_count=repeats,
                seed=self.args.seed,
            )

            return self.sampler

        common: dict[str, Any] = {
            "batch_size": size,
            "num_generations": self.num_generations,
            "repeat_count": repeats,
            "mixing": strategy.mixing,
            "seed": self.args.seed,
        }

        if self.pace_steps is not None:  # a generation batch serves `repeats` forward passes
            common["batches"] = -(
                -self.pace_steps * self.args.gradient_accumulation_steps // repeats
            )

        if strategy.order == "online":
            self.sampler = OnlineSampler(
                self.tasks, self.difficulty, pass_rate_estimator=self.pass_rate_estimator, **common
            )
            self.sampler.load(self.restored_state.get("sampler", self.sampler.state()))
        else:
            self.sampler = CurriculumSampler(
                self.tasks, self.difficulty, order=strategy.order, **common
            )

        return self.sampler

    # --- one step
    # --------------------------------------------------------------------------------------------

    def training_step(self, *args: Any, **kwargs: Any) -> torch.Tensor:
        strategy = self.strategy
        started = time.perf_counter()
        progress = self.budget.progress(self.state.global_step)
        self.beta = kl_coefficient(strategy.kl, progress, strategy.beta, strategy.beta_min)
        self._record_metrics({"strategy/beta": self.beta})
        self._input_seconds = 0.0
        loss = super().training_step(*args, **kwargs)
        self._record_metrics({"time/update": time.perf_counter() - started - self._input_seconds})
        self._check_finite(loss)

        return loss

    def _check_finite(self, loss: torch.Tensor) -> None:
        """Stop before the optimiser takes in what is no number; the weights are still those of the
        last step.
        """
        kl = (self._metrics["train"]["kl"] or [0.0])[-1] if self.beta else 0.0
        problem = None

        if not bool(torch.isfinite(loss).all()):
            problem = "the loss is no number"
        elif not kl <= self.kl_limit:
            problem = f"KL to the reference is {kl:.3g}, above kl_limit {self.kl_limit:g}"
        elif self.accelerator.sync_gradients and not _has_finite_gradients(self.model):
            problem = "a gradient is no number"

        problems = gather_object([problem]) if self.accelerator.num_processes > 1 else [problem]
        problem = next(filter(None, problems), None)  # all stop together, or none
        if problem:
            self.stop_with_checkpoint(
                problem, "lower learning_rate or max_grad_norm, or raise strategy.beta"
            )

    def _prepare_inputs(self, inputs: Any) -> Any:
        started = time.perf_counter()
        step = self.state.global_step
        seed_key = (self.args.seed, step, self.accelerator.process_index)
        rng_context = (
            torch_seed(*seed_key, device=self.accelerator.device)
            if self.seed_generation
            else nullcontext()
        )

        with rng_context if self.model.training else nullcontext():
            prepared = super()._prepare_inputs(inputs)

        self._input_seconds = time.perf_counter() - started
        return prepared

    # --- completions and rewards
    # -----------------------------------------------------------------------------

    def _generate(self, prompts: list[Any]) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        started = time.perf_counter()
        generated = self._sample_completions(prompts)
        tokens = sum(map(len, generated[COMPLETION_IDS]))
        self._generation_seconds = time.perf_counter() - started
        self._record_metrics(
            {"speed/tokens_per_second": tokens / max(1e-9, self._generation_seconds)}
        )

        if self._step_inputs and (self.drop_dead_groups or self.max_resamples):
            generated = self._resample_zero_std_groups(prompts, generated)

        return fill_missing_images(generated)

    def _sample_completions(self, prompts: list[Any]) -> tuple[Any, ...]:
        policy = unwrap_adapters(self.accelerator.unwrap_model(self.model))
        chosen = self.generation_attention or policy.config._attn_implementation
        with grouped_generation(policy, self.num_generations), use_attention(policy, chosen):
            return super()._generate(prompts)

    def _score_completions(
        self, inputs: Any, prompts: Any, generated: tuple[Any, ...]
    ) -> torch.Tensor:
        return self._calculate_rewards(
            inputs, prompts, generated[COMPLETIONS], generated[COMPLETION_IDS]
        )

    def _calculate_rewards(
        self, inputs: Any, prompts: Any, completions: Any, completion_ids_list: Any
    ) -> Any:
        rewards = self._precomputed_rewards
        self._precomputed_rewards = None
        if inputs is self._trl_inputs:
            inputs = self._step_inputs

        if rewards is None:
            try:
                rewards = super()._calculate_rewards(
                    inputs, prompts, completions, completion_ids_list
                )
            except WaywiserError:
                raise
            except Exception as error:
                what = " ".join(str(error).split())
                raise TrainingError(
                    f"a reward failed at step {self.state.global_step} ({type(error).__name__}:"
                    f" {what}): mend it and go on with --resume from"
                    f" {self.describe_last_checkpoint()}"
                ) from error

            if inputs is self._step_inputs:  # not where one prompt is redrawn
                self._check_scored(inputs, rewards)

        self._rewards_B_F = as_array(rewards)
        self._completions = completions
        return rewards

    def _check_scored(self, inputs: Sequence[dict[str, Any]], rewards: torch.Tensor) -> None:
        names = self.reward_func_names
        unscored = torch.isnan(rewards[:, names.index(ACCURACY)] if ACCURACY in names else rewards)
        if bool(unscored.all()):
            task = inputs[0]["task"]
            raise TrainingError(
                f"task {task!r} has no reward: none of {len(unscored)} completions could be scored;"
                " mend its answers or leave the task out (data.tasks)"
            )

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Any]:
        if not self.model.training:
            return super()._generate_and_score_completions(
                [move_images_into_prompt(row) for row in inputs]
            )

        started = time.perf_counter()
        self._step_inputs = inputs
        self._removed_groups = []
        self._num_dropped_tokens = 0
        self._initial_reward_metrics = {}
        self._trl_inputs = [move_images_into_prompt(row) for row in inputs]
        output = super()._generate_and_score_completions(self._trl_inputs)
        self._step_inputs = []
        self._trl_inputs = []

        if self._initial_reward_metrics:  # what TRL logged is of the groups that were left
            for name, value in self._initial_reward_metrics.items():
                self._metrics["train"][name][-1] = value

            output["num_items_in_batch"] = output["num_items_in_batch"] + self._num_dropped_tokens
        else:
            self._observe_rewards(inputs, self._rewards_B_F)

        weight_P = self._prompt_weights(self._rewards_B_F)
        weight_B = torch.as_tensor(self._local_rows(weight_P, len(inputs)), dtype=torch.float32)
        unweighted = output["advantages"]
        output["advantages"] = unweighted * weight_B.to(unweighted.device)
        self._write_rollouts(inputs, unweighted.tolist(), weight_P)
        seconds = time.perf_counter() - started
        self._record_metrics(
            {
                "time/generation": self._generation_seconds,
                "time/scoring": seconds - self._generation_seconds,
            }
        )

        self._record_metrics(
            text_metrics([completion_text(completion) for completion in self._completions])
        )

        return output

    def _local_rows(self, values_P: np.ndarray, rows: int) -> np.ndarray:
        """A value for each prompt of the whole batch -> one for each completion of this process."""
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
        return group_weights(strategy.weight, acc_P_G, strategy.sigma, strategy.weight_floor)

    # --- what is learned and logged about prompts
    # ------------------------------------------------------------

    def _observe_rewards(
        self, inputs: Sequence[dict[str, Any]], rewards_B_F: np.ndarray, *, first: bool = True
    ) -> None:
        """Log a batch of all processes, where it is the `first` of its step, and keep its pass
        rates for the memory.
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
        """Let the pass-rate memory have what the finished step has shown."""
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

    def run_state(self) -> dict[str, Any]:
        sampler = (
            {"sampler": self.sampler.state()} if isinstance(self.sampler, OnlineSampler) else {}
        )
        metrics = {name: values for name, values in self._metrics["train"].items() if values}
        stream = {"stream": self.stream.state()} if self.stream is not None else {}

        return {
            **super().run_state(),
            **sampler,
            **stream,
            "memory": self.pass_rate_estimator.state(),
            "metrics": metrics,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        if "memory" in state:
            self.pass_rate_estimator.load(state["memory"])
        if self.stream is not None and "stream" in state:
            self.stream.load(state["stream"])

        self._metrics["train"].update(
            {name: list(values) for name, values in state.get("metrics", {}).items()}
        )

    def _reward_metrics(self, rewards_B_F: np.ndarray) -> dict[str, float]:
        return reward_metrics(rewards_B_F, self.reward_func_names, self._total_rewards(rewards_B_F))

    def _write_rollouts(self, inputs: Any, advantages: list[float], weight_P: np.ndarray) -> None:
        """This process's groups, where they are due; those of the main process are written."""
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


class _PassRateCallback(TrainerCallback):
    """After each optimiser step, before it is logged or saved."""

    def __init__(self, trainer: DynamicGRPOTrainer) -> None:
        self.trainer = trainer

    def on_step_end(self, *_: Any, **__: Any) -> None:
        self.trainer.update_pass_rates()


def _has_finite_gradients(model: Any) -> bool:
    grads = [p.grad for p in model.parameters() if p.grad is not None]
    return not grads or bool(torch.isfinite(torch.nn.utils.get_total_norm(grads)))
