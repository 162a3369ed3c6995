"""The folder of a training run: what may be in it, where a killed run goes on, how the model gets
its name.

recipe.yaml     the recipe with all overrides, as it was run
log.jsonl       one line of metrics per logging step
checkpoints/    checkpoint-N, complete once it holds clock.json
samples/        every sample that was drawn while training, as a dataset, where data is online
rollouts/       pages of a step's completions, where the recipe asks for them
trackio/ ...    what a tracker writes (report_to), under its name
model/          the trained model; it appears only when it is whole
result.json     the run's summary
"""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from waywiser.errors import RecipeError, TrainingError
from waywiser.io import PARTIAL_MARK, remove_partial, write_atomically
from waywiser.json_types import JsonObject
from waywiser.recipe import resolve_aliases
from waywiser.training.config import TrainingRecipe

CLOCK_FILE = "clock.json"
# Settings that a resumed run may change: they do not decide what is learned.
_RESUMABLE_KEYS = {
    "out",
    "threads",
    "save_steps",
    "keep_checkpoints",
    "log_steps",
    "log_rollouts",
    "rollout_pages",
}
_RESUMABLE_KEYS |= {"report_to", "project", "run_name"}


class TrainResult(BaseModel):
    """The summary of a training run. `seconds` is time in training, without loading; `last` the
    last metrics.
    """

    model_config = ConfigDict(extra="forbid")

    stage: str
    out: Path
    model: Path
    log: Path
    steps: int
    samples: int
    seconds: float
    last: dict[str, float] = {}


class RunDir:
    """The folder `recipe.out`. Opening it raises RecipeError where it holds something else than
    this run.

    Of several processes only the `is_main` one looks and writes; the others open the folder after
    it.
    """

    def __init__(self, recipe: TrainingRecipe, *, resume: bool, is_main: bool = True) -> None:
        self.is_main = is_main
        self.path = recipe.out
        self.log = self.path / "log.jsonl"
        self.rollouts = self.path / "rollouts.jsonl"
        self.pages = self.path / "rollouts"
        self.samples = self.path / "samples"
        self.checkpoints = self.path / "checkpoints"
        self.model = self.path / "model"
        self._result = self.path / "result.json"
        self._recipe_file = self.path / "recipe.yaml"
        # Under the names of 0.1, as in the keys of checkpoints; the file has today's names.
        values = recipe.model_dump(mode="json", by_alias=True)
        self._recipe_values = resolve_aliases(type(recipe), values)

        if is_main and self.path.exists() and not self.path.is_dir():
            raise RecipeError(f"{self.path} is a file: choose another out")

        if (
            is_main
            and self.path.is_dir()
            and any(PARTIAL_MARK not in entry.name for entry in self.path.iterdir())
        ):
            self._check_resumable(recipe, resume)

        self._values = values
        self._run_key = ""

    def _check_resumable(self, recipe: TrainingRecipe, resume: bool) -> None:
        if not self._recipe_file.is_file():
            raise RecipeError(
                f"{self.path} is not empty and holds no training run: choose another out"
            )

        if not resume:
            raise RecipeError(
                f"{self.path} holds a run already: go on with --resume or choose another out"
            )

        values = self._recipe_values
        try:
            before = resolve_aliases(type(recipe), yaml.safe_load(self._recipe_file.read_text()))
            changed = sorted(
                key for key in values.keys() | before.keys() if values.get(key) != before.get(key)
            )
        except (yaml.YAMLError, AttributeError) as error:
            raise RecipeError(f"{self._recipe_file} is damaged: choose another out") from error

        changed = [key for key in changed if key not in _RESUMABLE_KEYS]
        if changed:
            raise RecipeError(
                f"the recipe differs from the run in {self.path} ({', '.join(changed)}): choose"
                " another out"
            )

    def read_result(self) -> TrainResult | None:
        """The result of a run that has ended before."""
        if not (self._result.is_file() and self.model.is_dir()):
            return None
        return TrainResult.model_validate_json(self._result.read_text())

    def open(self, data: str = "") -> Path | None:
        """Make the folder and return the checkpoint to go on from; what a killed run left
        unfinished goes.

        `data` names the data by its content. Raises RecipeError, before anything is changed, for a
        checkpoint that another recipe made, or other data.
        """
        decisive_values = {
            key: value for key, value in self._values.items() if key not in _RESUMABLE_KEYS
        }
        self._run_key = hashlib.sha256(
            json.dumps([decisive_values, data], sort_keys=True).encode()
        ).hexdigest()
        if not self.is_main:
            return self.latest_complete_checkpoint()

        for folder in self._complete_checkpoints():
            if _read_clock(folder).get("run", self._run_key) != self._run_key:
                raise RecipeError(
                    f"{folder} was made by another recipe or from other data: delete it, or choose"
                    " another out"
                )

        self.path.mkdir(parents=True, exist_ok=True)
        remove_partial(self.path)

        if not self._recipe_file.exists():
            write_atomically(
                self._recipe_file, yaml.safe_dump(self._recipe_values, sort_keys=False).encode()
            )

        complete = self._complete_checkpoints()

        for folder in self.checkpoints.glob("checkpoint-*"):
            if folder not in complete:
                shutil.rmtree(folder)

        last = self.latest_complete_checkpoint()
        step = _checkpoint_step(last) if last else 0
        # A log line says which step it follows, a rollout during which step it was drawn.
        _truncate_log(self.log, step)
        _truncate_log(self.rollouts, step - 1)

        return last

    def _complete_checkpoints(self) -> list[Path]:
        return [
            folder
            for folder in self.checkpoints.glob("checkpoint-*")
            if (folder / CLOCK_FILE).is_file()
        ]

    def latest_complete_checkpoint(self) -> Path | None:
        """The newest whole checkpoint."""
        return max(self._complete_checkpoints(), key=_checkpoint_step, default=None)

    def mark_complete(self, checkpoint: Path, seconds: float) -> None:
        """Say that a checkpoint is whole, how many seconds of training it holds, and of which run."""
        write_atomically(
            checkpoint / CLOCK_FILE, json.dumps({"seconds": seconds, "run": self._run_key}).encode()
        )

    def close(
        self, save: Callable[[Path], None], result: TrainResult, *, keep_checkpoints: bool
    ) -> TrainResult:
        """Let `save` write the model to a temporary folder, then name it `model`; write the summary
        last.
        """
        partial = self.path / ".model.partial"

        if not self.is_main:
            save(partial)  # takes part in gathering the weights, and writes nothing
            return result

        shutil.rmtree(partial, ignore_errors=True)
        save(partial)

        if not (partial / "config.json").is_file():
            raise TrainingError(
                f"the model could not be written to {partial}: check free space and permissions"
            )

        shutil.rmtree(self.model, ignore_errors=True)
        partial.rename(self.model)
        write_atomically(self._result, f"{result.model_dump_json(indent=1)}\n".encode())

        if not keep_checkpoints:
            shutil.rmtree(self.checkpoints, ignore_errors=True)

        return result


def _truncate_log(path: Path, step: int) -> None:
    """Drop the lines of later steps, which come again, and a line that was cut off."""
    if not path.is_file():
        return

    kept: list[str] = []

    for line in path.read_text().splitlines():
        try:
            if json.loads(line)["step"] <= step:
                kept.append(line)
        except (ValueError, KeyError, TypeError):
            continue

    write_atomically(path, "".join(f"{line}\n" for line in kept).encode())


def trained_seconds(checkpoint: Path | None) -> float:
    """Seconds of training that a complete checkpoint holds; 0 for none."""
    if checkpoint is None:
        return 0.0
    return float(_read_clock(checkpoint)["seconds"])


def _checkpoint_step(checkpoint: Path) -> int:
    return int(checkpoint.name.rpartition("-")[2])


def _read_clock(checkpoint: Path) -> JsonObject:
    try:
        return dict(json.loads((checkpoint / CLOCK_FILE).read_text()))
    except ValueError as error:
        raise TrainingError(
            f"{checkpoint / CLOCK_FILE} is damaged: delete {checkpoint} and resume again"
        ) from error
