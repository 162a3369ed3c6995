"""The end of a run, its log and its bar, as callbacks of transformers' Trainer."""

# ruff: noqa: ARG002 - a callback is called with more than it needs

import json
import math
from pathlib import Path
from typing import Any

from tqdm import tqdm
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from transformers.trainer_utils import PREFIX_CHECKPOINT_DIR

from waywiser.json_types import JsonObject
from waywiser.training.run.run_dir import RunDir
from waywiser.training.run.training_budget import TrainingBudget


class BudgetCallback(TrainerCallback):
    """Stops at the end of the budget and marks checkpoints complete with the seconds they hold."""

    def __init__(self, budget: TrainingBudget, run_dir: RunDir) -> None:
        self.budget = budget
        self.run_dir = run_dir

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        self.budget.start()

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        if self.budget.is_exhausted(state.global_step):
            control.should_training_stop = True

    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        if state.is_world_process_zero:
            checkpoint = Path(str(args.output_dir)) / f"{PREFIX_CHECKPOINT_DIR}-{state.global_step}"
            self.run_dir.mark_complete(checkpoint, self.budget.seconds)


class LogCallback(TrainerCallback):
    """Writes each log to `log.jsonl` as one JSON object with `step` and `seconds`, and shows a bar.

    The bar is on standard error and only where that is a terminal.

    Args:
        budget: Steps or minutes of training.
        path: The log file.
        title: Label of the bar.
        bar_metrics: Logged metrics that the bar shows.
    """

    def __init__(
        self,
        budget: TrainingBudget,
        path: Path,
        title: str,
        bar_metrics: tuple[str, ...] = ("loss",),
    ) -> None:
        self.budget = budget
        self.path = path
        self.title = title
        self.bar_metrics = bar_metrics
        self.last = _read_last_metrics(path)
        self._bar: Any = None

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        steps = self.budget.max_steps
        self._bar = tqdm(
            total=100 if steps is None else steps,
            desc=self.title,
            disable=None if state.is_world_process_zero else True,
            bar_format="{l_bar}{bar}| {elapsed}{postfix}" if steps is None else None,
        )

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        step = state.global_step
        self._bar.n = step if self.budget.max_steps else round(100 * self.budget.progress(step), 1)
        self._bar.refresh()

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: JsonObject | None = None,
        **_: Any,
    ) -> None:
        if logs is None or not state.is_world_process_zero or "train_runtime" in logs:
            return

        numbers = {key: float(value) for key, value in logs.items() if _is_finite_number(value)}
        step = self.budget.first_step + state.global_step
        row = {"step": step, "seconds": round(self.budget.seconds, 3), **numbers}

        with self.path.open("a") as file:
            file.write(json.dumps(row) + "\n")

        self.last = numbers
        if self._bar is not None:
            self._bar.set_postfix(
                {k: f"{numbers[k]:.3g}" for k in self.bar_metrics if k in numbers}, refresh=False
            )

    def on_train_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        if self._bar is not None:
            self._bar.close()


def _read_last_metrics(path: Path) -> dict[str, float]:
    """The metrics of the log's last line: those of a run that goes on."""
    lines = path.read_text().splitlines() if path.is_file() else []
    return (
        {k: v for k, v in json.loads(lines[-1]).items() if k not in ("step", "seconds")}
        if lines
        else {}
    )


def _is_finite_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
