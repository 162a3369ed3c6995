"""The prompts of an RLVR run: rows as TRL reads them, from a dataset or drawn while training."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from datasets import Dataset
from PIL import Image

from waywiser.json_types import JsonObject
from waywiser.media import decode_picture
from waywiser.prompting import PromptFormat, sample_messages
from waywiser.sample import Sample
from waywiser.sources.open_data import WAYWISER_FORMAT
from waywiser.tasks.registry import ROOM_TASKS, choose_tasks
from waywiser.training.config import RLVRRecipe
from waywiser.training.data.level_controller import LevelController
from waywiser.training.data.question_sampler import QuestionSampler
from waywiser.training.data.stream import SampleStream
from waywiser.training.data.training_set import TrainingSet, dataset_fingerprint, read_training_set
from waywiser.training.run.provenance import furniture_seen_in_training
from waywiser.training.run.run_dir import RunDir

MERGED_TASK = "other"
"""The task of rows whose own tasks are too rare for a batch."""


@dataclass(frozen=True)
class PromptDataset:
    """What a trainer needs of its data: `rows`, the task and difficulty (NaN: unknown) of each, and
    their provenance.

    `key` names the data by content, `furniture_keys` are the keys of the models in its rooms, `stream`
    draws the rows where they are drawn.
    """

    rows: Dataset
    tasks: list[str]
    difficulty: list[float]
    key: str
    furniture_keys: set[str]
    stream: SampleStream | None = None


def build_prompt_dataset(
    recipe: RLVRRecipe, run_dir: RunDir, prompt: PromptFormat, max_frames: int | None = None
) -> PromptDataset:
    """The prompts that a recipe asks for, in the format `prompt`, whose clips show at most
    `max_frames` frames. Raises what reading data does.
    """
    if recipe.data.online is not None:
        return _build_online_prompts(recipe, run_dir, prompt)

    data = read_training_set(recipe.data, recipe.seed).with_max_frames(max_frames)
    tasks = data.tasks

    if recipe.strategy.mixing == "task-homogeneous" and any(
        store.info.layout != WAYWISER_FORMAT for store in data.stores
    ):
        tasks = merge_small_tasks(tasks, recipe.prompts_per_step)

    return PromptDataset(
        rows=make_prompt_rows(data, prompt, tasks),
        tasks=tasks,
        difficulty=data.difficulty_N.tolist(),
        key=dataset_fingerprint(data),
        furniture_keys=furniture_seen_in_training(recipe.data.folders, recipe.model),
    )


def merge_small_tasks(tasks: Sequence[str], size: int) -> list[str]:
    """Tasks of other people's data, of which those that do not fill a batch of `size` are joined.

    Such data names its kinds of questions as it likes; a batch of one task must not fail on a rare
    one.
    """
    counts = Counter(tasks)
    rare_tasks = {task for task, count in counts.items() if count < size}
    num_rare = sum(counts[task] for task in rare_tasks)

    if not rare_tasks:
        return list(tasks)

    target = (
        MERGED_TASK
        if num_rare >= size or len(rare_tasks) == len(counts)
        else max(counts, key=lambda task: counts[task])
    )

    return [target if task in rare_tasks else task for task in tasks]


def make_prompt_rows(
    data: TrainingSet, prompt: PromptFormat | None = None, tasks: Sequence[str] | None = None
) -> Dataset:
    """Rows of a training set, read when they are asked for. Raises DatasetError then for a picture
    that cannot be.
    """
    return _lazy_rows(len(data), _TrainingSetRows(data, prompt, tasks))


def make_stream_rows(stream: SampleStream, prompt: PromptFormat | None = None) -> Dataset:
    """Rows of a stream, which draws them when they are read."""

    def load_row(index: int) -> PromptRow:
        sample = stream.sample(index)
        images = [decode_picture(content) for content in sample.images]
        return PromptRow(sample, sample.task, images, prompt)

    return _lazy_rows(stream.batches * stream.size, load_row)


@dataclass(frozen=True)
class PromptRow:
    """A sample, the task it counts for, and what is shown of it."""

    sample: Sample
    task: str
    images: list[Image.Image]
    prompt: PromptFormat | None

    def messages(self) -> list[JsonObject]:
        """The prompt with places for its pictures, which TRL fills."""
        return sample_messages(self.sample, [None] * len(self.images), self.prompt)


class _TrainingSetRows:
    """Shows samples of a training set. A class, so that its hash is the data's name and not the
    data.
    """

    def __init__(
        self, data: TrainingSet, prompt: PromptFormat | None, tasks: Sequence[str] | None
    ) -> None:
        self._data = data
        self._prompt = prompt
        self._tasks = tasks

    def __call__(self, index: int) -> PromptRow:
        sample = self._data.samples[index]
        task = sample.task if self._tasks is None else self._tasks[index]
        return PromptRow(sample, task, self._data.images(index), self._prompt)

    def __reduce__(self) -> Any:
        return (_TrainingSetRows, (self._data, self._prompt, self._tasks))


def _lazy_rows(count: int, load_row: Callable[[int], PromptRow]) -> Dataset:
    """TRL's rows: prompt, images and what rewards and logs need (answer, task, difficulty,
    sample_id, row number).
    """

    def fetch(batch: dict[str, list[int]]) -> dict[str, list[Any]]:
        rows = [load_row(i) for i in batch["row"]]
        samples = [row.sample for row in rows]

        return {
            "prompt": [row.messages() for row in rows],
            "images": [row.images for row in rows],
            "answer": [sample.answer.model_dump() for sample in samples],
            "task": [row.task for row in rows],
            "difficulty": [sample.difficulty for sample in samples],
            "sample_id": [sample.id for sample in samples],
            "row": batch["row"],
        }

    return Dataset.from_dict({"row": list(range(count))}).with_transform(fetch)


def _build_online_prompts(
    recipe: RLVRRecipe, run_dir: RunDir, prompt: PromptFormat
) -> PromptDataset:
    online = recipe.data.online
    assert online is not None
    draw = QuestionSampler(online.assets, online.split, online.room, online.plugins)
    draw.load_plugins()  # before the names of tasks are checked
    tasks = choose_tasks(recipe.data.tasks or ROOM_TASKS)
    stream = SampleStream(
        draw,
        tasks,
        LevelController(tasks, start=online.start_level, target=online.target, gain=online.gain),
        batches=recipe.max_steps or 0,
        size=recipe.prompts_per_step,
        seed=recipe.seed,
        record=run_dir.samples,
        replay=online.replay,
        workers=online.workers,
        prefetch_steps=online.prefetch_steps,
    )

    furniture_keys = draw.furniture_keys() | furniture_seen_in_training([], recipe.model)
    return PromptDataset(
        make_stream_rows(stream, prompt),
        stream.tasks,
        [math.nan] * len(stream.tasks),
        "online",
        furniture_keys,
        stream,
    )
