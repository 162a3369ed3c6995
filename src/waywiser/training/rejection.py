"""Rejection-sampling fine-tuning: rounds of sampling, keeping what is good, and SFT on it."""

import json
import shutil
import time
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from waywiser.errors import RecipeError, TrainingError, error_text
from waywiser.io import write_atomically
from waywiser.json_types import JsonObject
from waywiser.models.model_families import max_frames
from waywiser.prompting import PromptFormat
from waywiser.training.data.rejection_sampling import (
    KeptCompletions,
    KeptSet,
    sample_completions,
)
from waywiser.training.data.training_set import TrainingSet, dataset_fingerprint, read_training_set
from waywiser.training.rejection_config import RejectionRecipe
from waywiser.training.run.adapters import check_lora_targets
from waywiser.training.run.budgeted_trainer import (
    STATE_FILE,
    disable_transformers_progress_bars,
    process_state,
    resolve_prompt_format,
    save_model,
    total_steps,
)
from waywiser.training.run.initial_model import load_initial_model
from waywiser.training.run.provenance import furniture_seen_in_training
from waywiser.training.run.run_dir import CLOCK_FILE, RunDir, TrainResult, trained_seconds
from waywiser.training.run.seeding import derive_seed
from waywiser.training.run.training_budget import RoundBudget
from waywiser.training.run.write_errors import explain_write_errors
from waywiser.training.sft import build_sft_trainer, make_rows


def run_rejection(recipe: RejectionRecipe, *, resume: bool = False) -> TrainResult:
    """Train by `recipe`, write `recipe.out` (see training.run.run_dir) and return its summary.

    `resume` goes on after the last finished round; a run that has ended before is returned as it
    is. rollouts.jsonl holds every kept completion, log.jsonl a line for each round. Raises
    RecipeError for a bad request before anything is written, TrainingError where no round keeps a
    completion or a model cannot be written, and what reading data and models raises.
    """
    if process_state().num_processes > 1:
        raise RecipeError("stage rejection runs in one process: start it without a launcher")

    run_dir = RunDir(recipe, resume=resume)
    if (done := run_dir.read_result()) is not None:
        return done

    disable_transformers_progress_bars()
    if recipe.threads:
        torch.set_num_threads(recipe.threads)

    data = read_training_set(recipe.data, recipe.seed)
    furniture_keys = furniture_seen_in_training(recipe.data.folders, recipe.model)
    checkpoint = run_dir.open(dataset_fingerprint(data))
    run = _Rounds(recipe, run_dir, data, furniture_keys, checkpoint)

    while run.index < recipe.rounds:
        run.run_round()

    if run.folder is None:
        raise TrainingError(
            f"{recipe.rounds} rounds kept no completion to train on: sample more per question or at"
            " another temperature, or lower threshold"
        )

    return run.finish(run.folder)


class _Rounds:
    """Where a run stands between two rounds. Every round starts from the folder that the round
    before has written, so that a resumed run goes on exactly as one that was never stopped.
    """

    def __init__(
        self,
        recipe: RejectionRecipe,
        run_dir: RunDir,
        data: TrainingSet,
        furniture_keys: set[str],
        checkpoint: Path | None,
    ) -> None:
        self.recipe = recipe
        self.run_dir = run_dir
        self.data = data
        self.furniture_keys = furniture_keys
        self.folder = checkpoint
        self.seconds = trained_seconds(checkpoint)
        self.last: dict[str, float] = {}
        state = _read_state(checkpoint)
        self.index: int = state["rounds"]
        self.steps: int = state["steps"]
        self.asked: int = state["questions"]

    def run_round(self) -> None:
        """Sample with the model as it is, fine-tune it on what is kept, and write it."""
        recipe = self._round_recipe()
        model, processor = load_initial_model(
            recipe.model, recipe.dtype, load_4bit=recipe.load_4bit, bf16=recipe.bf16
        )
        check_lora_targets(model, recipe.lora)
        prompt = resolve_prompt_format(recipe, model.config.model_type)

        started = time.monotonic()
        kept = self._sample(model, processor, prompt, started)
        self.asked += kept.questions
        trainer = None

        if kept.indices:
            if recipe.attention:
                model.set_attn_implementation(recipe.attention)

            trainer = self._train(recipe, kept, model, processor, prompt, started)
        else:
            self.seconds += time.monotonic() - started

        self.index += 1
        self._log_round(kept)
        if trainer is not None and trainer.state.global_step:
            self._save(trainer)

    def _round_recipe(self) -> RejectionRecipe:
        recipe = self.recipe
        return recipe.model_copy(
            update={
                "model": str(self.folder or recipe.model),
                "seed": derive_seed(recipe.seed, self.index) % 2**32,
                "max_steps": recipe.max_steps and recipe.max_steps // recipe.rounds,
                "save_steps": 0,
            }
        )

    def _sample(
        self, model: Any, processor: Any, prompt: PromptFormat, started: float
    ) -> KeptCompletions:
        recipe = self.recipe
        deadline = None

        if recipe.max_minutes is not None:
            share = 60 * recipe.max_minutes / recipe.rounds
            deadline = started + share * (self.index + recipe.sampling_share) - self.seconds

        title = f"{self.run_dir.path.name}, round {self.index + 1}: sampling"
        count = recipe.questions_per_round or len(self.data)

        with tqdm(total=count, desc=title, disable=None) as bar:
            kept = sample_completions(
                recipe,
                self.data,
                model,
                processor,
                prompt,
                start=self.asked,
                deadline=deadline,
                progress=bar.update,
            )

        self._write_kept(kept)
        return kept

    def _train(
        self,
        recipe: RejectionRecipe,
        kept: KeptCompletions,
        model: Any,
        processor: Any,
        prompt: PromptFormat,
        started: float,
    ) -> Any:
        """Fine-tune on what was kept; the trainer afterwards."""
        shown = self.data.with_max_frames(max_frames(processor))
        chosen = KeptSet(shown, kept.indices, kept.completions)
        rows, collator = make_rows(recipe, chosen, model, processor, prompt)
        batch_size = min(recipe.batch_size, len(rows))
        recipe = recipe.model_copy(update={"batch_size": batch_size})
        steps_per_epoch = len(rows) // (batch_size * recipe.gradient_accumulation_steps) or 1
        steps = total_steps(recipe, steps_per_epoch)
        trainer = build_sft_trainer(recipe, self.run_dir, model, processor, rows, collator, steps)

        budget = RoundBudget(
            self.index,
            recipe.rounds,
            self.steps,
            steps,
            recipe.max_minutes and 60 * recipe.max_minutes,
            self.seconds + time.monotonic() - started,
        )
        log = trainer.use_budget(recipe, budget, self.run_dir, ("loss", "mean_token_accuracy"))
        trainer.train()
        self.seconds = budget.seconds
        self.steps += trainer.state.global_step
        self.last = log.last
        return trainer

    def _log_round(self, kept: KeptCompletions) -> None:
        numbers = {
            "round": self.index,
            "questions": kept.questions,
            "completions": kept.sampled,
            "reward": round(kept.mean_reward, 6),
            "kept": len(kept.indices),
        }
        row = {"step": self.steps, "seconds": round(self.seconds, 3), **numbers}

        with self.run_dir.log.open("a") as file:
            file.write(json.dumps(row) + "\n")

        self.last = {**self.last, **{name: float(value) for name, value in numbers.items()}}

    def _write_kept(self, kept: KeptCompletions) -> None:
        """Every kept completion, with the step that it was sampled after."""
        with self.run_dir.rollouts.open("a") as file:
            for index, text, reward in zip(
                kept.indices, kept.completions, kept.rewards, strict=True
            ):
                sample = self.data.sample(index)
                row: JsonObject = {
                    "step": self.steps,
                    "round": self.index + 1,
                    "sample_id": sample.id,
                    "task": sample.task,
                    "question": sample.question,
                    "completion": text,
                    "reward": reward,
                }
                file.write(json.dumps(row) + "\n")

    def _save(self, trainer: Any) -> None:
        """Write the round's model as a checkpoint; the one before goes."""
        folder = self.run_dir.checkpoints / f"checkpoint-{self.steps}"
        state = {"rounds": self.index, "steps": self.steps, "questions": self.asked}

        with explain_write_errors(folder, self._describe_last_round):
            folder.mkdir(parents=True, exist_ok=True)
            save_model(trainer, folder, self.furniture_keys)
            write_atomically(folder / STATE_FILE, json.dumps(state).encode())
            self.run_dir.mark_complete(folder, self.seconds)

        if self.folder is not None and not self.recipe.keep_checkpoints:
            shutil.rmtree(self.folder, ignore_errors=True)

        self.folder = folder

    def finish(self, folder: Path) -> TrainResult:
        """Name the last round's model and write the summary."""
        run_dir = self.run_dir
        result = TrainResult(
            stage=self.recipe.stage,
            out=run_dir.path,
            model=run_dir.model,
            log=run_dir.log,
            steps=self.steps,
            samples=len(self.data),
            seconds=round(self.seconds, 3),
            last=self.last,
        )

        def copy_model(path: Path) -> None:
            shutil.copytree(folder, path, ignore=shutil.ignore_patterns(CLOCK_FILE, STATE_FILE))

        with explain_write_errors(run_dir.model, self._describe_last_round):
            return run_dir.close(copy_model, result, keep_checkpoints=self.recipe.keep_checkpoints)

    def _describe_last_round(self) -> object:
        return self.folder or "the start (no round is finished yet)"


def _read_state(checkpoint: Path | None) -> dict[str, int]:
    """Rounds, steps and questions that a run has behind it."""
    if checkpoint is None:
        return {"rounds": 0, "steps": 0, "questions": 0}

    try:
        state = json.loads((checkpoint / STATE_FILE).read_text())
        return {name: int(state[name]) for name in ("rounds", "steps", "questions")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(
            f"{checkpoint / STATE_FILE} is damaged ({error_text(error, 160, '...')}): delete"
            f" {checkpoint} and start anew in another out"
        ) from error
