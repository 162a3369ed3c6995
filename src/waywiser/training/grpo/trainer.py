"""`DynamicGRPOTrainer`: TRL's GRPOTrainer with the paper's strategy, each part of it one switch.

Every override calls super() and changes its inputs or outputs; no method body of TRL's is copied.
With order random, mixing shuffled, weight none and KL constant it is plain GRPO. The pure parts are
in data.curriculum, data.online_sampler, data.pass_rates, weighting, metrics and run.schedules.

Dimensions: B completions (rows), F reward functions, P prompts.
"""

import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from accelerate.utils import gather_object
from trl.trainer.grpo_trainer import GRPOTrainer

from waywiser.errors import RecipeError, TrainingError, WaywiserError
from waywiser.json_types import JsonObject
from waywiser.models.decoding import grouped_generation
from waywiser.rewards import completion_text
from waywiser.training.config import StrategyConfig
from waywiser.training.data.online_sampler import OnlineSampler
from waywiser.training.data.pass_rates import PassRateEstimator
from waywiser.training.data.stream import SampleStream
from waywiser.training.grpo.dynamic_sampling import DynamicSamplingMixin, as_array
from waywiser.training.grpo.generation_output import COMPLETION_IDS, COMPLETIONS
from waywiser.training.grpo.metrics import text_metrics
from waywiser.training.grpo.mixed_batches import (
    drop_empty_image_inputs,
    fill_missing_images,
    move_images_into_prompt,
)
from waywiser.training.grpo.prompt_order import build_prompt_sampler
from waywiser.training.grpo.prompt_statistics import (
    ACCURACY,
    PassRateCallback,
    PromptStatisticsMixin,
)
from waywiser.training.run.adapters import unwrap_adapters
from waywiser.training.run.budgeted_trainer import BudgetedTrainer
from waywiser.training.run.initial_model import use_attention
from waywiser.training.run.rollouts import RolloutGroup, RolloutWriter
from waywiser.training.run.schedules import kl_coefficient
from waywiser.training.run.seeding import torch_seed


class DynamicGRPOTrainer(BudgetedTrainer, GRPOTrainer, DynamicSamplingMixin, PromptStatisticsMixin):
    """GRPO with curriculum batches, pass-rate weights and annealed KL (arXiv 2507.08306, 3.1).

    Call `use_budget` before `train`. A KL above `kl_limit`, or a loss or gradient that is not a
    finite number, stops the run before the weights change.
    """

    generation_attention: str | None = None
    """Attention implementation while sampling, when there is one query per row; None: as in the
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
        drop_zero_std_groups: bool = False,
        max_resamples: int = 0,
        seed_generation: bool = False,
        kl_limit: float = float("inf"),
        stream: SampleStream | None = None,
        **kwargs: Any,
    ) -> None:
        """Set up the trainer; positional and other keyword arguments are GRPOTrainer's.

        Args:
            strategy: Order of prompts, weights and KL penalty.
            tasks: Task of each row of `train_dataset`, which must have the columns row (its index),
                task and sample_id.
            difficulty: Difficulty of each row in [0, 1], NaN if unknown.
            pace_steps: Optimizer steps that the curriculum is spread over; None for an epoch.
            rollouts: Writer of completions; None writes none.
            drop_dead_groups: Drop groups with equal rewards before any forward pass. They have no
                advantage and the loss keeps its scale, so only their KL term is lost.
            max_resamples: Times that such groups are first replaced by other prompts.
            seed_generation: Sample completions by (seed, step, process) instead of from the running
                random state.
            kl_limit: Maximum KL per token.
            stream: Source of the rows of `train_dataset`, in its own order; it receives pass rates.

        Raises:
            RecipeError: A weight or an order needs the accuracy reward, or zero-std groups are
                dropped or resampled by more than one process.
        """
        super().__init__(*args, **kwargs)
        for model in filter(None, (self.model, self.ref_model)):
            drop_empty_image_inputs(unwrap_adapters(self.accelerator.unwrap_model(model)))

        self._check_settings(strategy, drop_zero_std_groups or max_resamples > 0)
        self.strategy = strategy
        self.tasks = tasks
        self.difficulty = difficulty
        self.pace_steps = pace_steps
        self.rollouts = rollouts or RolloutWriter()
        self.drop_zero_std_groups = drop_zero_std_groups
        self.max_resamples = max_resamples
        self.seed_generation = seed_generation
        self.kl_limit = kl_limit
        self.stream = stream
        self.pass_rate_estimator = PassRateEstimator(
            tasks, 1.0 - np.asarray(difficulty, dtype=np.float64)
        )
        self.sampler: Any = None
        self.add_callback(PassRateCallback(self))
        self._observed_pass_rates: list[tuple[list[int], np.ndarray]] = []
        self._step_inputs: list[JsonObject] = []
        self._trl_inputs: list[JsonObject] = []
        self._completions: list[Any] = []
        self._rewards_B_F = np.zeros((0, 0))
        self._precomputed_rewards: torch.Tensor | None = None
        self._initial_reward_metrics: dict[str, float] = {}
        self._removed_groups: list[RolloutGroup] = []
        self._num_dropped_tokens = 0
        self._generation_seconds = 0.0
        self._input_seconds = 0.0

    def _check_settings(self, strategy: StrategyConfig, replaces_groups: bool) -> None:
        for axis, name in (("weight", strategy.weight), ("order", strategy.order)):
            if name in ("p(1-p)", "variance", "online") and ACCURACY not in self.reward_func_names:
                raise RecipeError(
                    f"{axis} {name} needs the accuracy reward: give it a weight in rewards"
                )

        if replaces_groups and self.accelerator.num_processes > 1:
            raise RecipeError(
                "dead groups are dropped or redrawn by one process only: switch both off"
            )

    # --- which prompts

    def _get_train_sampler(self, dataset: Any = None) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        self.sampler = build_prompt_sampler(
            self, self.train_dataset if dataset is None else dataset
        )
        return self.sampler

    # --- one step

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
        """Stop before the optimizer applies a gradient that is not finite; the weights are still
        those of the last step.
        """
        kl = (self._metrics["train"]["kl"] or [0.0])[-1] if self.beta else 0.0
        problem = None

        if not bool(torch.isfinite(loss).all()):
            problem = "the loss is NaN or infinite"
        elif not kl <= self.kl_limit:
            problem = f"KL to the reference is {kl:.3g}, above kl_limit {self.kl_limit:g}"
        elif self.accelerator.sync_gradients and not _has_finite_gradients(self.model):
            problem = "a gradient is NaN or infinite"

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

    def _generate(self, prompts: list[Any]) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        started = time.perf_counter()
        generated = self._sample_completions(prompts)
        tokens = sum(map(len, generated[COMPLETION_IDS]))
        self._generation_seconds = time.perf_counter() - started
        self._record_metrics(
            {"speed/tokens_per_second": tokens / max(1e-9, self._generation_seconds)}
        )

        if self._step_inputs and (self.drop_zero_std_groups or self.max_resamples):
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
                    f" {what}): fix it, then resume with --resume from"
                    f" {self.describe_last_checkpoint()}"
                ) from error

            if inputs is self._step_inputs:  # not where one prompt is redrawn
                self._check_scored(inputs, rewards)

        self._rewards_B_F = as_array(rewards)
        self._completions = completions
        return rewards

    def _check_scored(self, inputs: Sequence[JsonObject], rewards: torch.Tensor) -> None:
        names = self.reward_func_names
        unscored = torch.isnan(rewards[:, names.index(ACCURACY)] if ACCURACY in names else rewards)
        if bool(unscored.all()):
            task = inputs[0]["task"]
            raise TrainingError(
                f"task {task!r} has no reward: none of {len(unscored)} completions could be scored;"
                " fix its answers or leave the task out (data.tasks)"
            )

    def _generate_and_score_completions(self, inputs: list[JsonObject]) -> JsonObject:
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

    # --- state of a checkpoint

    def run_state(self) -> JsonObject:
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


def _has_finite_gradients(model: Any) -> bool:
    grads = [p.grad for p in model.parameters() if p.grad is not None]
    return not grads or bool(torch.isfinite(torch.nn.utils.get_total_norm(grads)))
