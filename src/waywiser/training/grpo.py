"""`DynamicGRPOTrainer`: TRL's GRPOTrainer with the paper's strategy, each part of it one switch.

Every override calls super() and changes what goes in or comes out; no body of TRL's is copied. With order
random, mixing shuffled, weight none and KL constant it is plain GRPO. The pure parts are curriculum,
online_order, pass_rates, weighting, schedules and telemetry.
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
from waywiser.training.adapters import without_adapters
from waywiser.training.config import StrategyConfig
from waywiser.training.curriculum import CurriculumSampler
from waywiser.training.generated import COMPLETION_IDS, COMPLETIONS
from waywiser.training.loading import attention
from waywiser.training.mixed_batches import skip_no_pictures, with_empty_rows, with_pictures_inside
from waywiser.training.online_order import OnlineSampler
from waywiser.training.pass_rates import PassRateMemory
from waywiser.training.redrawing import DeadGroupTending, as_array
from waywiser.training.rollouts import RolloutGroup, RolloutWriter, group_rollouts
from waywiser.training.samplers import ResumableRepeatSampler
from waywiser.training.schedules import kl_coefficient
from waywiser.training.seeding import seeded
from waywiser.training.stream import SampleStream, StreamSampler
from waywiser.training.telemetry import group_metrics, reward_metrics, task_metrics, text_metrics
from waywiser.training.trainer import BudgetedTrainer
from waywiser.training.weighting import group_weights, mean_accuracy

ACCURACY = "accuracy"


class DynamicGRPOTrainer(BudgetedTrainer, GRPOTrainer, DeadGroupTending):
    """GRPO with curriculum batches, pass-rate weights and an annealed KL penalty (arXiv 2507.08306, 3.1).

    `tasks` and `difficulty` (NaN: unknown) describe the rows of `train_dataset`, which must have the columns
    row (its index), task and sample_id. `pace_steps` is how many optimiser steps the curriculum is spread over.
    Dead groups, of one reward for all, are found before any forward pass but the sampling itself: `redraws` times
    others are drawn in their place, and `drop_dead_groups` leaves out those that remain. They have no advantage,
    and the loss keeps its scale, so only their KL term goes. `seed_generation` draws completions by (seed, step,
    process) instead of from the running state of chance. `stream` draws the rows of `train_dataset`, in its own order,
    and is told the pass rates. A KL above `kl_limit`, or anything that is no number,
    stops the run before the weights take it in. `use_budget` must be called before `train`.
    Raises RecipeError for a weight or an order without the accuracy reward, and TrainingError where a reward fails
    or the loss is no number.
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
        rollouts: RolloutWriter | None = None,
        drop_dead_groups: bool = False,
        redraws: int = 0,
        seed_generation: bool = False,
        kl_limit: float = float("inf"),
        stream: SampleStream | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for model in filter(None, (self.model, self.ref_model)):
            skip_no_pictures(without_adapters(self.accelerator.unwrap_model(model)))

        for axis, name in (("weight", strategy.weight), ("order", strategy.order)):
            if name in ("p(1-p)", "variance", "online") and ACCURACY not in self.reward_func_names:
                raise RecipeError(f"{axis} {name} needs the accuracy reward: give it a weight in rewards")
        if (drop_dead_groups or redraws) and self.accelerator.num_processes > 1:
            raise RecipeError("dead groups are dropped or redrawn by one process only: switch both off")
        self.strategy, self.tasks, self.difficulty = strategy, tasks, difficulty
        self.pace_steps, self.rollouts = pace_steps, rollouts or RolloutWriter()
        self.drop_dead_groups, self.redraws = drop_dead_groups, redraws
        self.seed_generation, self.kl_limit, self.stream = seed_generation, kl_limit, stream
        self.memory = PassRateMemory(tasks, 1.0 - np.asarray(difficulty, dtype=np.float64))
        self.sampler: Any = None
        self.add_callback(_TakeIn(self))
        self._observed: list[tuple[list[int], np.ndarray]] = []
        self._inputs: list[dict[str, Any]] = []
        self._inputs_of_trl: list[dict[str, Any]] = []
        self._completions: list[Any] = []
        self._rewards_B_F = np.zeros((0, 0))
        self._known_rewards: torch.Tensor | None = None
        self._first_metrics: dict[str, float] = {}
        self._left_out: list[RolloutGroup] = []
        self._dropped_tokens = 0
        self._generation_seconds = self._input_seconds = 0.0

    # --- which prompts ---------------------------------------------------------------------------------------

    def _get_train_sampler(self, dataset: Any = None) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        strategy, repeats = self.strategy, self.num_iterations * self.args.steps_per_generation
        if self.stream is not None:
            return StreamSampler(self.stream, num_generations=self.num_generations, repeat_count=repeats)
        size = self.args.generation_batch_size // self.num_generations
        if (strategy.order, strategy.mixing) == ("random", "shuffled"):
            data = self.train_dataset if dataset is None else dataset
            self.sampler = ResumableRepeatSampler(
                data, mini_repeat_count=self.num_generations, batch_size=size, repeat_count=repeats, seed=self.args.seed
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
            common["batches"] = -(-self.pace_steps * self.args.gradient_accumulation_steps // repeats)
        if strategy.order == "online":
            self.sampler = OnlineSampler(self.tasks, self.difficulty, memory=self.memory, **common)
            self.sampler.load(self.restored.get("sampler", self.sampler.state()))
        else:
            self.sampler = CurriculumSampler(self.tasks, self.difficulty, order=strategy.order, **common)
        return self.sampler

    # --- one step --------------------------------------------------------------------------------------------

    def training_step(self, *args: Any, **kwargs: Any) -> torch.Tensor:
        strategy, started = self.strategy, time.perf_counter()
        progress = self.budget.progress(self.state.global_step)
        self.beta = kl_coefficient(strategy.kl, progress, strategy.beta, strategy.beta_min)
        self._note({"strategy/beta": self.beta})
        self._input_seconds = 0.0
        loss = super().training_step(*args, **kwargs)
        self._note({"time/update": time.perf_counter() - started - self._input_seconds})
        self._check(loss)
        return loss

    def _check(self, loss: torch.Tensor) -> None:
        """Stop before the optimiser takes in what is no number; the weights are still those of the last step."""
        kl = (self._metrics["train"]["kl"] or [0.0])[-1] if self.beta else 0.0
        problem = None
        if not bool(torch.isfinite(loss).all()):
            problem = "the loss is no number"
        elif not kl <= self.kl_limit:
            problem = f"KL to the reference is {kl:.3g}, above kl_limit {self.kl_limit:g}"
        elif self.accelerator.sync_gradients and not _finite_gradients(self.model):
            problem = "a gradient is no number"
        found = gather_object([problem]) if self.accelerator.num_processes > 1 else [problem]
        problem = next(filter(None, found), None)  # all stop together, or none
        if problem:
            self.stop_with_checkpoint(problem, "lower learning_rate or max_grad_norm, or raise strategy.beta")

    def _prepare_inputs(self, inputs: Any) -> Any:
        started, step = time.perf_counter(), self.state.global_step
        place = (self.args.seed, step, self.accelerator.process_index)
        chance = seeded(*place, device=self.accelerator.device) if self.seed_generation else nullcontext()
        with chance if self.model.training else nullcontext():
            prepared = super()._prepare_inputs(inputs)
        self._input_seconds = time.perf_counter() - started
        return prepared

    # --- completions and rewards -----------------------------------------------------------------------------

    def _generate(self, prompts: list[Any]) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        started = time.perf_counter()
        generated = self._sample(prompts)
        tokens = sum(map(len, generated[COMPLETION_IDS]))
        self._generation_seconds = time.perf_counter() - started
        self._note({"speed/tokens_per_second": tokens / max(1e-9, self._generation_seconds)})
        if self._inputs and (self.drop_dead_groups or self.redraws):
            generated = self._tend(prompts, generated)
        return with_empty_rows(generated)

    def _sample(self, prompts: list[Any]) -> tuple[Any, ...]:
        policy = without_adapters(self.accelerator.unwrap_model(self.model))
        chosen = self.generation_attention or policy.config._attn_implementation
        with grouped_generation(policy, self.num_generations), attention(policy, chosen):
            return super()._generate(prompts)

    def _score(self, inputs: Any, prompts: Any, generated: tuple[Any, ...]) -> torch.Tensor:
        return self._calculate_rewards(inputs, prompts, generated[COMPLETIONS], generated[COMPLETION_IDS])

    def _calculate_rewards(self, inputs: Any, prompts: Any, completions: Any, completion_ids_list: Any) -> Any:
        rewards, self._known_rewards = self._known_rewards, None
        if inputs is self._inputs_of_trl:
            inputs = self._inputs
        if rewards is None:
            try:
                rewards = super()._calculate_rewards(inputs, prompts, completions, completion_ids_list)
            except WaywiserError:
                raise
            except Exception as error:
                what = " ".join(str(error).split())
                raise TrainingError(
                    f"a reward failed at step {self.state.global_step} ({type(error).__name__}: {what}): mend it and "
                    f"go on with --resume from {self.last_checkpoint()}"
                ) from error
            if inputs is self._inputs:  # not where one prompt is redrawn
                self._refuse_unscored(inputs, rewards)
        self._rewards_B_F, self._completions = as_array(rewards), completions
        return rewards

    def _refuse_unscored(self, inputs: Sequence[dict[str, Any]], rewards: torch.Tensor) -> None:
        names = self.reward_func_names
        lost = torch.isnan(rewards[:, names.index(ACCURACY)] if ACCURACY in names else rewards)
        if bool(lost.all()):
            task = inputs[0]["task"]
            raise TrainingError(
                f"task {task!r} has no reward: none of {len(lost)} completions could be scored; mend its answers or "
                "leave the task out (data.tasks)"
            )

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Any]:
        if not self.model.training:
            return super()._generate_and_score_completions([with_pictures_inside(row) for row in inputs])
        started = time.perf_counter()
        self._inputs, self._left_out, self._dropped_tokens, self._first_metrics = inputs, [], 0, {}
        self._inputs_of_trl = [with_pictures_inside(row) for row in inputs]
        output = super()._generate_and_score_completions(self._inputs_of_trl)
        self._inputs, self._inputs_of_trl = [], []
        if self._first_metrics:  # what TRL logged is of the groups that were left
            for name, value in self._first_metrics.items():
                self._metrics["train"][name][-1] = value
            output["num_items_in_batch"] = output["num_items_in_batch"] + self._dropped_tokens
        else:
            self._observe(inputs, self._rewards_B_F)
        weight_P = self._weights(self._rewards_B_F)
        weight_B = torch.as_tensor(self._mine(weight_P, len(inputs)), dtype=torch.float32)
        unweighted = output["advantages"]
        output["advantages"] = unweighted * weight_B.to(unweighted.device)
        self._write_rollouts(inputs, unweighted.tolist(), weight_P)
        seconds = time.perf_counter() - started
        self._note({"time/generation": self._generation_seconds, "time/scoring": seconds - self._generation_seconds})
        self._note(text_metrics([completion_text(completion) for completion in self._completions]))
        return output

    def _mine(self, values_P: np.ndarray, rows: int) -> np.ndarray:
        """A value for each prompt of the whole batch -> one for each completion of this process."""
        first = self.accelerator.process_index * rows
        return np.repeat(values_P, self.num_generations)[first : first + rows]

    def _totals(self, rewards_B_F: np.ndarray) -> np.ndarray:
        """Weighted sums of the components, (P, G)."""
        weighted = np.nansum(rewards_B_F * self.reward_weights.cpu().numpy(), axis=1)
        return weighted.reshape(-1, self.num_generations)

    def _accuracies(self, rewards_B_F: np.ndarray) -> np.ndarray | None:
        if ACCURACY not in self.reward_func_names:
            return None
        return rewards_B_F[:, self.reward_func_names.index(ACCURACY)].reshape(-1, self.num_generations)

    def _weights(self, rewards_B_F: np.ndarray) -> np.ndarray:
        """The weight of each prompt, (P,)."""
        acc_P_G, strategy = self._accuracies(rewards_B_F), self.strategy
        if acc_P_G is None:
            return np.ones(len(rewards_B_F) // self.num_generations)
        return group_weights(strategy.weight, acc_P_G, strategy.sigma, strategy.weight_floor)

    # --- what is learned and logged about prompts ------------------------------------------------------------

    def _observe(self, inputs: Sequence[dict[str, Any]], rewards_B_F: np.ndarray, *, first: bool = True) -> None:
        """Log a batch of all processes, where it is the `first` of its step, and keep its pass rates for the memory."""
        tasks, rows = gather_object([row["task"] for row in inputs]), gather_object([row["row"] for row in inputs])
        acc_P_G = self._accuracies(rewards_B_F)
        rate_P = None if acc_P_G is None else mean_accuracy(acc_P_G)
        if rate_P is not None:
            self._observed.append((rows[:: self.num_generations], rate_P))
        if first:
            self._note(task_metrics(rewards_B_F, self.reward_func_names, tasks))
            self._note(group_metrics(self._totals(rewards_B_F), self._weights(rewards_B_F), rate_P))

    def take_in(self) -> None:
        """Let the pass-rate memory have what the finished step has shown."""
        for rows, rate_P in self._observed:
            self.memory.update(rows, rate_P.tolist(), self.num_generations)
        if self.stream is not None and self._observed:
            self.stream.observe(self.state.global_step - 1, float(self._observed[0][1].mean()))
            self._note({f"level/{task}": level for task, level in self.stream.controller.state().items()})
        self._observed = []
        self._note({f"pass_rate/{task}": rate for task, rate in self.memory.task_rates().items()})

    def run_state(self) -> dict[str, Any]:
        sampler = {"sampler": self.sampler.state()} if isinstance(self.sampler, OnlineSampler) else {}
        metrics = {name: values for name, values in self._metrics["train"].items() if values}
        stream = {"stream": self.stream.state()} if self.stream is not None else {}
        return {**super().run_state(), **sampler, **stream, "memory": self.memory.state(), "metrics": metrics}

    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        if "memory" in state:
            self.memory.load(state["memory"])
        if self.stream is not None and "stream" in state:
            self.stream.load(state["stream"])
        self._metrics["train"].update({name: list(values) for name, values in state.get("metrics", {}).items()})

    def _reward_metrics(self, rewards_B_F: np.ndarray) -> dict[str, float]:
        return reward_metrics(rewards_B_F, self.reward_func_names, self._totals(rewards_B_F))

    def _write_rollouts(self, inputs: Any, advantages: list[float], weight_P: np.ndarray) -> None:
        """This process's groups, where they are due; those of the main process are written."""
        step = self.state.global_step
        if not self.rollouts.due(step) or not self.accelerator.is_main_process:
            return
        mine = self._mine(weight_P, len(inputs))[:: self.num_generations].tolist()
        scored = self._rewards_B_F[: len(inputs)]
        groups = group_rollouts(inputs, self._completions, self.reward_func_names, scored, advantages, mine)
        self.rollouts.write(step, [*groups, *self._left_out])

    def _note(self, metrics: Mapping[str, float]) -> None:
        for name, value in metrics.items():
            self._metrics["train"][name].append(value)


class _TakeIn(TrainerCallback):
    """After each optimiser step, before it is logged or saved."""

    def __init__(self, trainer: DynamicGRPOTrainer) -> None:
        self.trainer = trainer

    def on_step_end(self, *_: Any, **__: Any) -> None:
        self.trainer.take_in()


def _finite_gradients(model: Any) -> bool:
    grads = [p.grad for p in model.parameters() if p.grad is not None]
    return not grads or bool(torch.isfinite(torch.nn.utils.get_total_norm(grads)))
