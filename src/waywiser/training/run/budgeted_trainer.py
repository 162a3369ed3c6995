"""What the SFT and the RLVR trainer share: schedules that follow a budget, and a resume that loads
the weights.
"""

import json
import math
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, cast

import torch
from accelerate import PartialState
from torch.optim.lr_scheduler import LambdaLR
from transformers import PreTrainedModel, PrinterCallback, Trainer
from transformers.trainer_utils import PREFIX_CHECKPOINT_DIR
from transformers.utils import logging

from waywiser.errors import TrainingError, error_text
from waywiser.io import write_atomically
from waywiser.json_types import JsonObject
from waywiser.models.model_paths import resolve_model_folder
from waywiser.prompting import PromptFormat, write_prompt_format
from waywiser.training.config import TrainingRecipe
from waywiser.training.run.adapters import (
    cast_trainable_to_float32,
    merge_adapters,
    merge_adapters_into,
)
from waywiser.training.run.callbacks import BudgetCallback, LogCallback
from waywiser.training.run.initial_model import resolve_model_path
from waywiser.training.run.optimizers import muon_adamw
from waywiser.training.run.provenance import write_furniture_record
from waywiser.training.run.run_dir import RunDir, TrainResult
from waywiser.training.run.schedules import learning_rate_factor
from waywiser.training.run.trackers import tracker_arguments, use_trackers
from waywiser.training.run.training_budget import TrainingBudget
from waywiser.training.run.write_errors import WRITE_ERRORS, explain_write_errors, is_write_error

UNLIMITED_STEPS = 10**9
"""Steps of a run that the clock ends."""

STATE_FILE = "run_state.json"
"""In a checkpoint: what a run knows besides weights, optimizer and random state."""

_Base = Trainer if TYPE_CHECKING else object


class BudgetedTrainer(_Base):
    """Mix-in for a Trainer; call `use_budget` before `train`."""

    budget: TrainingBudget
    recipe: TrainingRecipe
    run_dir: RunDir
    restored_state: Mapping[str, Any] = {}
    """The run state that training goes on from."""

    def use_budget(
        self,
        recipe: TrainingRecipe,
        budget: TrainingBudget,
        run_dir: RunDir,
        bar_metrics: tuple[str, ...],
    ) -> LogCallback:
        """Follow a budget: learning rate, end of training, log and bar.

        Args:
            recipe: The run's recipe.
            budget: Steps or minutes of training.
            run_dir: Folder of the run.
            bar_metrics: Logged metrics that the progress bar shows.
        """
        self.recipe = recipe
        self.budget = budget
        self.run_dir = run_dir

        if recipe.load_4bit:
            cast_trainable_to_float32(self.model)

        log = LogCallback(budget, run_dir.log, f"{run_dir.path.name}", bar_metrics)
        self.remove_callback(PrinterCallback)
        self.add_callback(BudgetCallback(budget, run_dir))
        self.add_callback(log)
        use_trackers(self, recipe, run_dir)

        return log

    def create_optimizer(self, model: Any = None) -> Any:
        """As the recipe's `optimizer` says."""
        if self.optimizer is None and self.recipe.optimizer == "muon":
            args = {"lr": self.recipe.learning_rate, "weight_decay": self.recipe.weight_decay}
            self.optimizer = muon_adamw(
                model or cast(Any, self.model), **args, betas=self.recipe.betas
            )

            return self.optimizer

        return super().create_optimizer(model)

    def create_scheduler(self, num_training_steps: int, optimizer: Any = None) -> Any:  # noqa: ARG002
        """Warm-up and cosine over the budget's progress instead of over `num_training_steps`."""
        if self.lr_scheduler is None:
            factor: Callable[[int], float] = lambda step: learning_rate_factor(  # noqa: E731
                step, self.budget.progress(step), self.recipe.warmup_steps, self.recipe.final_lr
            )
            self.lr_scheduler = LambdaLR(cast(Any, optimizer or self.optimizer), factor)
            self._created_lr_scheduler = True

        return self.lr_scheduler

    def _run_epoch(self, *args: Any, **kwargs: Any) -> None:
        # The Trainer takes a step before it asks whether there is one left: a run that was killed
        # after its last checkpoint, before its model had its name, would train one step too many.
        if self.budget.is_exhausted(self.state.global_step):
            self.control.should_training_stop = True
            return
        super()._run_epoch(*args, **kwargs)

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        # The Trainer's own loading only warns about keys that it does not find, and some
        # vision-language models then go on from their old weights (transformers#43701).
        # from_pretrained maps the names.
        target = model if model is not None else self.model
        if (
            not isinstance(target, PreTrainedModel)
            or self.is_deepspeed_enabled
            or self.is_fsdp_enabled
        ):
            super()._load_from_checkpoint(resume_from_checkpoint, model)
            return

        loaded = type(target).from_pretrained(resume_from_checkpoint, dtype=target.dtype)
        target.load_state_dict(loaded.state_dict())

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        path = Path(str(self.args.output_dir)) / f"{PREFIX_CHECKPOINT_DIR}-{self.state.global_step}"

        try:
            super()._save_checkpoint(model, trial)

            if self.args.should_save:
                write_atomically(path / STATE_FILE, json.dumps(self.run_state()).encode())
                write_prompt_format(
                    path,
                    resolve_prompt_format(self.recipe, cast(Any, self.model).config.model_type),
                )
        except WRITE_ERRORS as error:
            if not is_write_error(error):
                raise

            shutil.rmtree(path, ignore_errors=True)
            raise TrainingError(
                f"{path} could not be written ({error_text(error, 160, '...')}): free some space and go on with"
                f" --resume from {self.describe_last_checkpoint()}"
            ) from error

    def run_state(self) -> JsonObject:
        """What a checkpoint must hold besides weights, optimizer, schedule and random state, as
        plain JSON.
        """
        return {}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a `run_state`; call it before `train`."""
        self.restored_state = state

    def describe_last_checkpoint(self) -> str:
        """The newest whole checkpoint, in words."""
        last = self.run_dir.latest_complete_checkpoint()
        return str(last) if last else "the start (there is no checkpoint yet)"

    def stop_with_checkpoint(self, problem: str, advice: str) -> NoReturn:
        """Save the weights of the last finished step, unless they are unsound or saved, and raise
        TrainingError.
        """
        step = self.state.global_step
        is_finite = all(bool(torch.isfinite(p).all()) for p in cast(Any, self.model).parameters())
        last = self.run_dir.latest_complete_checkpoint()
        if step and is_finite and (last is None or not last.name.endswith(f"-{step}")):
            self._save_checkpoint(self.model, None)
            self.callback_handler.on_save(self.args, self.state, self.control)

        raise TrainingError(
            f"{problem} after step {step}: {advice}; the last sound weights:"
            f" {self.describe_last_checkpoint()}"
        )

    def create_model_card(self, *_: Any, **__: Any) -> None:
        """None: a run folder has its recipe."""


def restore_run_state(trainer: Any, checkpoint: Path | None) -> None:
    """Give a `BudgetedTrainer` the run state of the checkpoint that it goes on from.

    Raises TrainingError for a damaged one.
    """
    if checkpoint is None or not (checkpoint / STATE_FILE).is_file():
        return

    try:
        trainer.restore(json.loads((checkpoint / STATE_FILE).read_text()))
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise TrainingError(
            f"{checkpoint / STATE_FILE} is damaged ({error_text(error, 160, '...')}): delete {checkpoint} and"
            " resume from the one before"
        ) from error


def total_steps(recipe: TrainingRecipe, steps_per_epoch: int) -> int | None:
    """Optimiser steps that the recipe asks for, the fewer of `max_steps` and `epochs`; None: the
    clock decides.
    """
    limits = [] if recipe.max_steps is None else [recipe.max_steps]
    if recipe.epochs is not None:
        limits.append(max(1, math.ceil(recipe.epochs * steps_per_epoch)))
    return min(limits, default=None)


def common_training_arguments(
    recipe: TrainingRecipe, run_dir: RunDir, max_steps: int | None
) -> JsonObject:
    """The TrainingArguments that follow from a recipe, whichever the stage."""
    cpu = not torch.cuda.is_available()
    return {
        "output_dir": str(run_dir.checkpoints),
        "seed": recipe.seed,
        "data_seed": recipe.seed,
        "max_steps": max_steps or UNLIMITED_STEPS,
        "learning_rate": recipe.learning_rate,
        "weight_decay": recipe.weight_decay,
        "adam_beta1": recipe.betas[0],
        "adam_beta2": recipe.betas[1],
        "max_grad_norm": recipe.max_grad_norm,
        "bf16": recipe.bf16,
        "gradient_checkpointing": recipe.gradient_checkpointing,
        "use_cpu": cpu,
        "dataloader_pin_memory": not cpu,
        "dataloader_num_workers": 0,
        "logging_strategy": "steps",
        "logging_steps": recipe.log_steps,
        "logging_nan_inf_filter": False,
        "save_strategy": "steps" if recipe.save_steps else "no",
        "save_steps": recipe.save_steps or 500,
        "save_total_limit": 2,  # the last one may be cut off by a kill; the one before it is whole
        "eval_strategy": "no",
        **tracker_arguments(recipe),
        "disable_tqdm": True,
        "remove_unused_columns": False,
    }


def process_state() -> PartialState:
    """This process among those that train together."""
    return PartialState(cpu=not torch.cuda.is_available())


def resolve_prompt_format(recipe: TrainingRecipe, model_type: str) -> PromptFormat:
    """What a recipe tells a model beside the question: its own keys, else what the start's folder
    says.
    """
    start = getattr(recipe, "model", None)
    model_dir = resolve_model_folder(start, weights=False) if start else None
    return recipe.prompt.resolve(model_dir, model_type)


def disable_transformers_progress_bars() -> None:
    """No bars of transformers' own: a run shows one bar, and none where there is no terminal."""
    logging.disable_progress_bar()


def finish_training(
    trainer: Any, run_dir: RunDir, *, samples: int, furniture_keys: set[str], last: dict[str, float]
) -> TrainResult:
    """Save the trained model of a `BudgetedTrainer` and the run's summary, which is returned.

    Args:
        trainer: The trainer, after training.
        run_dir: Folder of the run.
        samples: Number of samples that it was trained on.
        furniture_keys: Keys of the furniture models that it has seen (see provenance).
        last: The last metrics.

    Raises:
        TrainingError: The model could not be written.
    """
    recipe = trainer.recipe
    result = TrainResult(
        stage=recipe.stage,
        out=run_dir.path,
        model=run_dir.model,
        log=run_dir.log,
        steps=trainer.state.global_step,
        samples=samples,
        seconds=round(trainer.budget.seconds, 3),
        last=last,
    )

    save = lambda path: save_model(trainer, path, furniture_keys)  # noqa: E731
    with explain_write_errors(run_dir.model, trainer.describe_last_checkpoint):
        final_result = run_dir.close(save, result, keep_checkpoints=recipe.keep_checkpoints)
        trainer.accelerator.wait_for_everyone()
        return final_result


def save_model(trainer: Any, path: Path, furniture_keys: set[str]) -> None:
    """Weights, configuration, processor and what furniture they have seen, without the Trainer's
    pickled arguments.
    """
    model = trainer.accelerator.unwrap_model(trainer.model)
    state = trainer.accelerator.get_state_dict(trainer.model_wrapped)

    if trainer.is_world_process_zero():
        if trainer.recipe.load_4bit:
            model = merge_adapters_into(model, resolve_model_path(trainer.recipe.model))
            state = None
        elif trainer.recipe.lora is not None:
            model = merge_adapters(model)
            state = None

        model.save_pretrained(path, state_dict=state)
        trainer.processing_class.save_pretrained(path)
        write_furniture_record(path, furniture_keys)
        write_prompt_format(path, resolve_prompt_format(trainer.recipe, model.config.model_type))
