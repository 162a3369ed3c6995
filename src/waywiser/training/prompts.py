"""The prompts of an RLVR run: rows as TRL reads them, from a dataset or drawn while training."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from datasets import Dataset
from PIL import Image

from waywiser.media import decode_picture
from waywiser.prompting import PromptFormat, sample_messages
from waywiser.sample import Sample
from waywiser.sources.open_data import OURS
from waywiser.tasks.registry import ROOM_TASKS, choose_tasks
from waywiser.training.config import RLVRRecipe
from waywiser.training.data import TrainingSet, data_key, read_training_set
from waywiser.training.levels import LevelController
from waywiser.training.provenance import furniture_seen
from waywiser.training.run_folder import RunFolder
from waywiser.training.stream import SampleStream
from waywiser.training.task_draws import TaskDraws

JOINED = "other"
"""The task of rows whose own tasks are too rare for a batch."""


@dataclass(frozen=True)
class Prompts:
    """What a trainer needs of its data: `rows`, the task and difficulty (NaN: unknown) of each, and their provenance.

    `key` names the data by content, `furniture` are the keys of the models in its rooms, `stream` draws the rows
    where they are drawn.
    """

    rows: Dataset
    tasks: list[str]
    difficulty: list[float]
    key: str
    furniture: set[str]
    stream: SampleStream | None = None


def prompts_of(recipe: RLVRRecipe, folder: RunFolder, prompt: PromptFormat) -> Prompts:
    """The prompts that a recipe asks for, in the format `prompt`. Raises what reading data does."""
    if recipe.data.online is not None:
        return _drawn(recipe, folder, prompt)

    data = read_training_set(recipe.data, recipe.seed)
    tasks = data.tasks
    if recipe.strategy.mixing == "task-homogeneous" and any(store.about.layout != OURS for store in data.stores):
        tasks = joined_small_tasks(tasks, recipe.prompts_per_step)
    return Prompts(
        rows=prompt_rows(data, prompt, tasks),
        tasks=tasks,
        difficulty=data.difficulty_N.tolist(),
        key=data_key(data),
        furniture=furniture_seen(recipe.data.folders, recipe.model),
    )


def joined_small_tasks(tasks: Sequence[str], size: int) -> list[str]:
    """Tasks of other people's data, of which those that do not fill a batch of `size` are joined.

    Such data names its kinds of questions as it likes; a batch of one task must not fail on a rare one.
    """
    counts = Counter(tasks)
    small = {task for task, count in counts.items() if count < size}
    joined = sum(counts[task] for task in small)
    if not small:
        return list(tasks)

    target = JOINED if joined >= size or len(small) == len(counts) else max(counts, key=lambda task: counts[task])
    return [target if task in small else task for task in tasks]


def prompt_rows(data: TrainingSet, prompt: PromptFormat | None = None, tasks: Sequence[str] | None = None) -> Dataset:
    """Rows of a training set, read when they are asked for. Raises DatasetError then for a picture that cannot be."""
    return _rows(len(data), _FromData(data, prompt, tasks))


def stream_rows(stream: SampleStream, prompt: PromptFormat | None = None) -> Dataset:
    """Rows of a stream, which draws them when they are read."""

    def show(index: int) -> Shown:
        sample = stream.sample(index)
        images = [decode_picture(content) for content in sample.images]
        return Shown(sample, sample.task, images, prompt)

    return _rows(stream.batches * stream.size, show)


@dataclass(frozen=True)
class Shown:
    """A sample, the task it counts for, and what is shown of it."""

    sample: Sample
    task: str
    images: list[Image.Image]
    prompt: PromptFormat | None

    def messages(self) -> list[dict[str, Any]]:
        """The prompt with places for its pictures, which TRL fills."""
        return sample_messages(self.sample, [None] * len(self.images), self.prompt)


class _FromData:
    """Shows samples of a training set. A class, so that its hash is the data's name and not the data."""

    def __init__(self, data: TrainingSet, prompt: PromptFormat | None, tasks: Sequence[str] | None) -> None:
        self._data = data
        self._prompt = prompt
        self._tasks = tasks

    def __call__(self, index: int) -> Shown:
        sample = self._data.samples[index]
        task = sample.task if self._tasks is None else self._tasks[index]
        return Shown(sample, task, self._data.images(index), self._prompt)

    def __reduce__(self) -> Any:
        return (_FromData, (self._data, self._prompt, self._tasks))


def _rows(count: int, show: Callable[[int], Shown]) -> Dataset:
    """TRL's rows: prompt, images and what rewards and logs need (answer, task, difficulty, sample_id, row number)."""

    def fetch(batch: dict[str, list[int]]) -> dict[str, list[Any]]:
        shown = [show(i) for i in batch["row"]]
        samples = [one.sample for one in shown]
        return {
            "prompt": [one.messages() for one in shown],
            "images": [one.images for one in shown],
            "answer": [sample.answer.model_dump() for sample in samples],
            "task": [one.task for one in shown],
            "difficulty": [sample.difficulty for sample in samples],
            "sample_id": [sample.id for sample in samples],
            "row": batch["row"],
        }

    return Dataset.from_dict({"row": list(range(count))}).with_transform(fetch)


def _drawn(recipe: RLVRRecipe, folder: RunFolder, prompt: PromptFormat) -> Prompts:
    online = recipe.data.online
    assert online is not None
    tasks = choose_tasks(recipe.data.tasks or ROOM_TASKS)
    draw = TaskDraws(online.assets, online.split, online.room)
    stream = SampleStream(
        draw,
        tasks,
        LevelController(tasks, start=online.start_level, target=online.target, gain=online.gain),
        batches=recipe.max_steps or 0,
        size=recipe.prompts_per_step,
        seed=recipe.seed,
        record=folder.samples,
        replay=online.replay,
        workers=online.workers,
        ahead=online.ahead,
    )
    furniture = draw.furniture() | furniture_seen([], recipe.model)
    return Prompts(
        stream_rows(stream, prompt), stream.tasks, [math.nan] * len(stream.tasks), "online", furniture, stream
    )
