"""Experiment trackers: `report_to` in a recipe sends metrics and rollouts to trackio, TensorBoard
or W&B.

transformers' own callbacks do the work, under the names that users of TRL know (`train/reward`).
Here they get the run's folder to write in, the recipe as configuration, the step as their axis, and
tables of rollouts.
"""

# ruff: noqa: ARG002 - a callback is called with more than it needs

import contextlib
import html
import importlib
import importlib.util
import inspect
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, cast

import yaml
from transformers.integrations.integration_utils import (
    TensorBoardCallback,
    TrackioCallback,
    WandbCallback,
    rewrite_logs,
)

from waywiser.errors import RecipeError
from waywiser.json_types import JsonObject
from waywiser.training.config import TrainingRecipe
from waywiser.training.run.rollouts import RolloutGroup, RolloutWriter
from waywiser.training.run.run_dir import RunDir

logger = logging.getLogger(__name__)

_MAX_TEXT_LENGTH = 2000
"""Characters of a text in a TensorBoard table."""


def check_trackers(recipe: TrainingRecipe) -> None:
    """Raises RecipeError where a tracker cannot be used here, before anything is written."""
    for name in recipe.report_to:
        if importlib.util.find_spec(name) is None:
            extra = "" if name == "wandb" else ", or waywiser with its extra `track`"
            raise RecipeError(
                f"report_to {name} needs the package {name}: pip install {name}{extra}"
            )

    if "wandb" in recipe.report_to:
        _check_wandb()


def tracker_arguments(recipe: TrainingRecipe) -> JsonObject:
    """The TrainingArguments that name trackers, project and run."""
    return {
        "report_to": list(recipe.report_to) or "none",
        "project": recipe.project,
        "run_name": recipe.run_name or recipe.out.name,
        "trackio_static_space_id": False,  # nothing is published at the end of a run
    }


def use_trackers(trainer: Any, recipe: TrainingRecipe, folder: RunDir) -> None:
    """Put the trackers of this file in the place of transformers', and let the trainer's rollouts
    reach them.
    """
    trackers: list[Any] = []

    for base_callback, tracker_class in _TRACKERS.values():
        if any(type(callback) is base_callback for callback in trainer.callback_handler.callbacks):
            trainer.remove_callback(base_callback)
            trackers.append(tracker_class(recipe, folder.path.resolve()))
            trainer.add_callback(trackers[-1])

    rollouts = getattr(trainer, "rollouts", None)
    if isinstance(rollouts, RolloutWriter):
        rollouts.tables = [tracker.log_rollouts for tracker in trackers]


class TrackioTracker(TrackioCallback):
    """Trackio in the run's folder (OUT/trackio, or where TRACKIO_DIR says), by step."""

    def __init__(self, recipe: TrainingRecipe, folder: Path) -> None:
        super().__init__()
        self._recipe = recipe
        self._folder = Path(os.environ.get("TRACKIO_DIR") or folder / "trackio")

    def setup(self, args: Any, state: Any, model: Any, **kwargs: Any) -> None:
        if state.is_world_process_zero:
            with _silence_stdout():
                self._finish_other_run()
            _set_trackio_dir(self._folder)

        with _silence_stdout():
            super().setup(args, state, model, **kwargs)

        if state.is_world_process_zero:
            self._trackio.config.update({"recipe": _recipe_values(self._recipe)})
            _announce(f"trackio: TRACKIO_DIR={self._folder} trackio show --project {args.project}")

    def on_log(
        self,
        args: Any,
        state: Any,
        control: Any,
        model: Any = None,
        logs: Any = None,
        **kwargs: Any,
    ) -> None:
        if not self._initialized:
            self.setup(args, state, model)

        if state.is_world_process_zero and (numbers := _drop_missing_metrics(logs)):
            self._trackio.log(
                {**rewrite_logs(numbers), "train/global_step": state.global_step}, state.global_step
            )

    def on_train_end(self, *args: Any, **kwargs: Any) -> None:
        with _silence_stdout():
            super().on_train_end(*args, **kwargs)

    def _finish_other_run(self) -> None:
        """One that an error left open; what it still holds belongs into its own folder."""
        if cast(Any, self._trackio).context_vars.current_run.get() is not None:
            self._trackio.finish()

    def log_rollouts(self, step: int, groups: Sequence[RolloutGroup]) -> None:
        """All completions of a step as a table, each group's pictures at its first."""
        picture = lambda image: self._trackio.Image(image)  # noqa: E731
        rows = [
            {**row, "pictures": list(map(picture, row["pictures"]))}
            for row in rollout_rows(step, groups)
        ]

        self._trackio.log({"rollouts": self._trackio.Table(data=cast(Any, rows))}, step)


class TensorBoardTracker(TensorBoardCallback):
    """TensorBoard in OUT/tensorboard, or where TENSORBOARD_LOGGING_DIR says."""

    def __init__(self, recipe: TrainingRecipe, folder: Path) -> None:
        super().__init__()
        self._recipe = recipe
        self.logging_dir = self.logging_dir or str(folder / "tensorboard")

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        super().on_train_begin(args, state, control, **kwargs)
        if self.tb_writer is not None:
            text = yaml.safe_dump(_recipe_values(self._recipe), sort_keys=False)
            self.tb_writer.add_text(
                "recipe", "\n".join(f"    {line}" for line in text.splitlines())
            )

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        super().on_log(args, state, control, logs=_drop_missing_metrics(logs), **kwargs)

    def log_rollouts(self, step: int, groups: Sequence[RolloutGroup]) -> None:
        """All completions of a step as a table in text."""
        rows = [
            {k: v for k, v in row.items() if k != "pictures"} for row in rollout_rows(step, groups)
        ]
        if self.tb_writer is not None and rows:
            self.tb_writer.add_text("rollouts", _markdown_table(rows), step)


class WandbTracker(WandbCallback):
    """W&B with its files in OUT/wandb, or where WANDB_DIR says; WANDB_MODE=offline needs no
    network.
    """

    def __init__(self, recipe: TrainingRecipe, folder: Path) -> None:
        super().__init__()
        self._recipe = recipe
        self._folder = folder
        self._started_run = False

    def setup(self, args: Any, state: Any, model: Any, **kwargs: Any) -> None:
        if state.is_world_process_zero and self._wandb.run is None:
            folder = os.environ.get("WANDB_DIR") or str(self._folder)
            with _silence_stdout():
                self._wandb.init(project=args.project, name=args.run_name, dir=folder)
            self._started_run = True

        super().setup(args, state, model, **kwargs)

        if state.is_world_process_zero:
            self._wandb.config.update(
                {"recipe": _recipe_values(self._recipe)}, allow_val_change=True
            )

    def on_log(
        self,
        args: Any,
        state: Any,
        control: Any,
        model: Any = None,
        logs: Any = None,
        **kwargs: Any,
    ) -> None:
        super().on_log(
            args, state, control, model=model, logs=_drop_missing_metrics(logs), **kwargs
        )

    def on_train_end(self, *args: Any, **kwargs: Any) -> None:
        super().on_train_end(*args, **kwargs)
        if self._started_run:
            with _silence_stdout():
                self._wandb.finish()
            self._started_run = False

    def log_rollouts(self, step: int, groups: Sequence[RolloutGroup]) -> None:
        """All completions of a step as a table, each group's pictures at its first."""
        rows = rollout_rows(step, groups)
        if not rows or self._wandb.run is None:
            return

        rows = _one_image_per_cell(rows, self._wandb.Image)
        table = self._wandb.Table(columns=list(rows[0]), data=[list(row.values()) for row in rows])
        self._wandb.log({"rollouts": table, "train/global_step": step})


_TRACKERS: dict[str, tuple[type, type]] = {
    "trackio": (TrackioCallback, TrackioTracker),
    "tensorboard": (TensorBoardCallback, TensorBoardTracker),
    "wandb": (WandbCallback, WandbTracker),
}


def rollout_rows(step: int, groups: Sequence[RolloutGroup]) -> list[JsonObject]:
    """One row per completion: what was asked, what came, and what it earned. Every row has the same
    columns.
    """
    return [
        {
            "step": step,
            "task": group.task,
            "sample_id": group.sample_id,
            "question": group.question,
            "pictures": list(group.images) if k == 0 else [],
            "answer": str(group.answer.get("value", "")),
            "completion": completion,
            **{f"reward/{name}": values[k] for name, values in group.rewards.items()},
            "advantage": group.advantages[k],
            "weight": group.weight,
            "fate": group.status,
        }
        for group in groups
        for k, completion in enumerate(group.completions)
    ]


def _one_image_per_cell(rows: Sequence[JsonObject], image: Any) -> list[JsonObject]:
    """Rows with a column for the first picture, one for the second, ...: a cell of W&B's tables
    holds no list.
    """
    max_images = max(len(row["pictures"]) for row in rows)
    flat_rows = []

    for row in rows:
        images = [image(picture) for picture in row["pictures"]]
        columns = {
            f"picture {k + 1}": images[k] if k < len(images) else None for k in range(max_images)
        }
        flat_rows.append(
            {**{name: value for name, value in row.items() if name != "pictures"}, **columns}
        )

    return flat_rows


def _markdown_table(rows: Sequence[JsonObject]) -> str:
    """A table as TensorBoard's Markdown reads it; tags and line breaks of a completion stay
    visible.
    """
    lines = [_markdown_row(rows[0]), _markdown_row(["---"] * len(rows[0]))]
    return "\n".join([*lines, *(_markdown_row(row.values()) for row in rows)])


def _markdown_row(values: Any) -> str:
    return f"| {' | '.join(_markdown_cell(value) for value in values)} |"


def _markdown_cell(value: Any) -> str:
    text = f"{value:.4g}" if isinstance(value, float) else "" if value is None else str(value)
    text = text if len(text) <= _MAX_TEXT_LENGTH else f"{text[:_MAX_TEXT_LENGTH]} ..."
    return html.escape(text).replace("|", "&#124;").replace("\n", "<br>")


def _drop_missing_metrics(logs: JsonObject | None) -> JsonObject:
    """Without metrics that have no value in this step, which TRL logs as None."""
    return {name: value for name, value in (logs or {}).items() if value is not None}


def _recipe_values(recipe: TrainingRecipe) -> JsonObject:
    return recipe.model_dump(mode="json", by_alias=True)


def _set_trackio_dir(folder: Path) -> None:
    """Let trackio write there.

    It reads TRACKIO_DIR once, when it is imported, which TRL does before any recipe is known.
    """
    settings = {
        "TRACKIO_DIR": folder,
        "MEDIA_DIR": folder / "media",
        "ARTIFACTS_DIR": folder / "artifacts",
    }

    for name, module in list(sys.modules.items()):
        if name.split(".")[0] == "trackio" and module is not None:
            for setting, path in settings.items():
                if setting in vars(module):
                    setattr(module, setting, path)


@contextlib.contextmanager
def _silence_stdout() -> Iterator[None]:
    """Trackers print on standard output, which `train --json` has for its one object."""
    with contextlib.redirect_stdout(StringIO()):
        yield


def _announce(line: str) -> None:
    if sys.stderr.isatty():
        print(line, file=sys.stderr)
    logger.info(line)


def _check_wandb() -> None:
    """Raises RecipeError where W&B would ask for a key in the middle of a run."""
    wandb: Any = importlib.import_module("wandb")
    offline = os.environ.get("WANDB_MODE") in ("offline", "disabled", "dryrun")
    can_check_login = "prompt" in inspect.signature(wandb.login).parameters
    if (
        not offline
        and wandb.run is None
        and can_check_login
        and not wandb.login(prompt=False, verify=False)
    ):
        raise RecipeError("report_to wandb: run `wandb login` first, or set WANDB_MODE=offline")
