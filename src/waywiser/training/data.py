"""Samples for training: read once, each distinct picture kept once."""

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from waywiser.dataset.read import read_samples
from waywiser.errors import DatasetError, RecipeError
from waywiser.recipe import nearest
from waywiser.sample import Sample
from waywiser.training.config import DataConfig


@dataclass
class Pictures:
    """Distinct encoded pictures. Rows of a dataset repeat a picture for each question about it."""

    encoded: list[bytes] = field(default_factory=list)
    _index: dict[bytes, int] = field(default_factory=dict, repr=False)

    def add(self, content: bytes) -> int:
        """The index of this picture, which is stored if it is new."""
        key = hashlib.blake2b(content, digest_size=16).digest()
        if key not in self._index:
            self._index[key] = len(self.encoded)
            self.encoded.append(content)
        return self._index[key]

    def image(self, index: int) -> Image.Image:
        """The picture, decoded as RGB. Raises DatasetError where the bytes are no picture."""
        try:
            return Image.open(io.BytesIO(self.encoded[index])).convert("RGB")
        except (OSError, ValueError, Image.DecompressionBombError) as error:
            raise DatasetError(f"a picture of the dataset cannot be decoded: {error}") from error


@dataclass(frozen=True)
class TrainingSet:
    """`samples[i]` (without its pictures' bytes) shows the pictures `places[i]` of `pictures`, in order."""

    samples: list[Sample]
    places: list[tuple[int, ...]]
    pictures: Pictures

    def images(self, index: int) -> list[Image.Image]:
        """The decoded pictures of sample `index`."""
        return [self.pictures.image(place) for place in self.places[index]]


def data_key(data: TrainingSet) -> str:
    """Names the samples by their content (ids, questions, answers, pictures), in order: 32 hexadecimal digits."""
    digest = hashlib.blake2b(digest_size=16)
    prints = [hashlib.blake2b(content, digest_size=16).hexdigest() for content in data.pictures.encoded]
    for sample, places in zip(data.samples, data.places, strict=True):
        row = [sample.id, sample.question, sample.answer.model_dump(mode="json"), sample.reasoning, sample.difficulty]
        digest.update(json.dumps([*row, [prints[place] for place in places]]).encode())
    return digest.hexdigest()


def read_training_set(config: DataConfig, seed: int = 0) -> TrainingSet:
    """Read the samples that `config` asks for, in file order.

    Raises DatasetError as `read_samples` does, and RecipeError where nothing is left or a task is unknown.
    """
    pictures = Pictures()
    samples: list[Sample] = []
    places: list[tuple[int, ...]] = []
    seen: set[str] = set()
    for folder in config.folders:
        for sample in read_samples(folder, config.split):
            seen.add(sample.task)
            if config.tasks and sample.task not in config.tasks:
                continue
            places.append(tuple(pictures.add(content) for content in sample.images))
            samples.append(sample.model_copy(update={"images": []}))
    for task in config.tasks or []:
        if task not in seen:
            near = nearest(task, seen)
            hint = f"did you mean {near!r}?" if near else f"choose from {', '.join(sorted(seen))}"
            raise RecipeError(f"the data has no task {task!r}; {hint}")
    if not samples:
        raise RecipeError(f"no samples to train on in {', '.join(map(str, config.folders))}")
    samples = _with_difficulty(samples, config.difficulty)
    kept = [i for i, sample in enumerate(samples) if _within(sample.difficulty, config.keep_difficulty)]
    if not kept:
        raise RecipeError(f"no sample has a difficulty within keep_difficulty {config.keep_difficulty}: widen it")
    kept = [kept[k] for k in _draw(len(kept), config.limit, seed)]
    return TrainingSet([samples[i] for i in kept], [places[i] for i in kept], pictures)


def _within(difficulty: float | None, limits: tuple[float, float] | None) -> bool:
    return limits is None or (difficulty is not None and limits[0] <= difficulty <= limits[1])


def _draw(count: int, limit: int | None, seed: int) -> list[int]:
    if limit is None or limit >= count:
        return list(range(count))
    return sorted(np.random.default_rng(seed).permutation(count)[:limit].tolist())


def _with_difficulty(samples: Sequence[Sample], path: Path | None) -> list[Sample]:
    if path is None:
        return list(samples)
    try:
        table = json.loads(path.read_text())
        values = {str(key): float(value) for key, value in table.items()}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise RecipeError(f"{path} holds no difficulties (JSON: sample id to number): {error}") from error
    return [
        sample.model_copy(update={"difficulty": values[sample.id]}) if sample.id in values else sample
        for sample in samples
    ]
