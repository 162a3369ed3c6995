"""The prompts of an RLVR run: rows as TRL reads them, from a dataset or drawn while training."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from datasets import Dataset
from PIL import Image

from waywiser.errors import DatasetError
from waywiser.sample import Sample
from waywiser.tasks.registry import ROOM_TASKS, choose_tasks
from waywiser.training.config import RLVRRecipe
from waywiser.training.data import Pictures, TrainingSet, data_key, read_training_set
from waywiser.training.levels import LevelController
from waywiser.training.provenance import furniture_seen
from waywiser.training.run_folder import RunFolder
from waywiser.training.stream import SampleStream
from waywiser.training.task_draws import TaskDraws


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


def prompts_of(recipe: RLVRRecipe, folder: RunFolder) -> Prompts:
    """The prompts that a recipe asks for. Raises what reading data does."""
    if recipe.data.online is not None:
        return _drawn(recipe, folder)
    data = read_training_set(recipe.data, recipe.seed)
    return Prompts(
        rows=prompt_rows(data),
        tasks=[sample.task for sample in data.samples],
        difficulty=[math.nan if s.difficulty is None else s.difficulty for s in data.samples],
        key=data_key(data),
        furniture=furniture_seen(recipe.data.folders, recipe.model),
    )


def prompt_rows(data: TrainingSet) -> Dataset:
    """Rows of a training set. Pictures are decoded at first use; the last 512 are kept, since every prompt comes once
    per completion. Raises DatasetError, when a row is read, for a picture that cannot be.
    """
    picture = lru_cache(maxsize=512)(data.pictures.image)

    def show(index: int) -> tuple[Sample, list[Image.Image]]:
        sample = data.samples[index]
        try:
            return sample, [picture(place) for place in data.places[index]]
        except DatasetError as error:
            raise DatasetError(f"a picture of sample {sample.id} cannot be decoded: {error}") from error

    return _rows(len(data.samples), show)


def stream_rows(stream: SampleStream) -> Dataset:
    """Rows of a stream, which draws them when they are read."""

    def show(index: int) -> tuple[Sample, list[Image.Image]]:
        sample = stream.sample(index)
        return sample, [Pictures([content]).image(0) for content in sample.images]

    return _rows(stream.batches * stream.size, show)


def _rows(count: int, show: Callable[[int], tuple[Sample, list[Image.Image]]]) -> Dataset:
    """TRL's rows: prompt, images and what rewards and logs need (answer, task, difficulty, sample_id, row number)."""

    def fetch(batch: dict[str, list[int]]) -> dict[str, list[Any]]:
        shown = [show(i) for i in batch["row"]]
        samples = [sample for sample, _ in shown]
        return {
            "prompt": [[{"role": "user", "content": sample.question}] for sample in samples],
            "images": [images for _, images in shown],
            "answer": [sample.answer.model_dump() for sample in samples],
            "task": [sample.task for sample in samples],
            "difficulty": [sample.difficulty for sample in samples],
            "sample_id": [sample.id for sample in samples],
            "row": batch["row"],
        }

    return Dataset.from_dict({"row": list(range(count))}).with_transform(fetch)


def _drawn(recipe: RLVRRecipe, folder: RunFolder) -> Prompts:
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
    return Prompts(stream_rows(stream), stream.tasks, [math.nan] * len(stream.tasks), "online", furniture, stream)
