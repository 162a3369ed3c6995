"""Samples for training: chosen rows of memory-mapped stores, read and decoded when they are needed."""

import hashlib
import json
import math
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, overload

import numpy as np
import pyarrow as pa
from PIL import Image

from waywiser.dataset.store import SampleStore
from waywiser.errors import RecipeError
from waywiser.media.sampling import spread_indices
from waywiser.prompting import limit_frames
from waywiser.prompting.messages import IMAGE_PLACEHOLDER
from waywiser.recipe import nearest_name
from waywiser.sample import Sample
from waywiser.sources.open_data import open_data
from waywiser.tasks.completion import gold_completion
from waywiser.training.config import DataConfig

pc: Any = import_module(
    "pyarrow.compute"
)  # its functions are made at run time: type checkers see none


class TrainingSet:
    """Chosen samples of one or several stores, in order.

    Args:
        stores: where the samples lie.
        store_N: which store each sample is in.
        row_N: its row there.
        difficulty_N: its difficulty, NaN if unknown.
        max_frames: maximum number of frames that a clip shows; None for no limit.

    `samples[i]` (without its pictures' bytes) shows the pictures `places[i]`, numbered over all
    stores.
    """

    def __init__(
        self,
        stores: Sequence[SampleStore],
        store_N: np.ndarray,
        row_N: np.ndarray,
        difficulty_N: np.ndarray,
        max_frames: int | None = None,
    ) -> None:
        self.max_frames = max_frames
        self.stores = list(stores)
        self.difficulty_N = difficulty_N
        self._store_N = store_N
        self._row_N = row_N
        self._picture_offsets = np.concatenate(
            [[0], np.cumsum([store.num_pictures for store in stores])]
        )

    def __len__(self) -> int:
        return len(self._row_N)

    @property
    def samples(self) -> "LazySamples":
        """The samples, each read when it is asked for."""
        return LazySamples(self)

    @property
    def places(self) -> list[tuple[int, ...]]:
        """The numbers of each sample's pictures."""
        return [self.pictures_of(index) for index in range(len(self))]

    @property
    def tasks(self) -> list[str]:
        """The task of each sample."""
        return self.column("task")

    def sample(self, index: int) -> Sample:
        """Sample `index`, with the difficulty that the recipe gives it."""
        store, row = self._locate(index)
        sample, _ = limit_frames(store.sample(row), store.places(row), self.max_frames)
        sample = self._add_frame_placeholders(sample, index)
        difficulty = float(self.difficulty_N[index])
        if math.isnan(difficulty) or difficulty == sample.difficulty:
            return sample

        return sample.model_copy(update={"difficulty": difficulty})

    def completion(self, index: int) -> str:
        """What fine-tuning teaches the model to say to sample `index`: its gold completion."""
        return gold_completion(self.sample(index))

    def pictures_of(self, index: int) -> tuple[int, ...]:
        """The numbers of the pictures that a sample shows, without the frames of its video."""
        first = int(self._picture_offsets[self._store_N[index]])
        return tuple(first + place for place in self._shown_places(index))

    def has_video(self, index: int) -> bool:
        """Whether a sample shows a video."""
        store, row = self._locate(index)
        return store.video(row) is not None

    def images(self, index: int) -> list[Image.Image]:
        """All that sample `index` shows, decoded: pictures, then frames. Raises DatasetError for
        what cannot be.
        """
        store, row = self._locate(index)
        places = self._shown_places(index)
        images = store.images(row, places)
        return [*images[: len(places)], *self._shown_frames(images[len(places) :])]

    def has_videos(self) -> bool:
        """Whether any sample shows a video file; a clip's frames are pictures."""
        return any(column.null_count < len(column) for column in self.arrow_columns("video"))

    def num_images(self, index: int) -> int:
        """How many pictures a sample shows; a video counts as one."""
        return len(self.pictures_of(index)) + self.has_video(index)

    def frames(self, index: int) -> list[Image.Image]:
        """The frames of a sample's video. Raises DatasetError for one that cannot be read."""
        store, row = self._locate(index)
        place = store.video(row)
        return [] if place is None else self._shown_frames(store.frames(place))

    def encoded_images(self, index: int) -> list[bytes]:
        """The pictures that a sample shows, as they were given. Raises DatasetError where a file cannot be read
        any more.
        """
        store, _ = self._locate(index)
        return [store.encoded(place) for place in self._shown_places(index)]

    def picture(self, number: int) -> Image.Image:
        """The picture of a number in `places`, decoded."""
        store = int(np.searchsorted(self._picture_offsets, number, side="right")) - 1
        return self.stores[store].picture(number - int(self._picture_offsets[store]))

    def key(self) -> str:
        """Names the samples by their content (texts, answers, difficulties, pictures), in order: 32
        hex digits.
        """
        digest = hashlib.blake2b(digest_size=16)

        for number, store in enumerate(self.stores):
            rows = self._row_N[self._store_N == number]
            digest.update(store.keys(rows))

        digest.update(self._store_N.tobytes())
        digest.update(self.difficulty_N.tobytes())
        return digest.hexdigest()

    def take(self, indices: Sequence[int] | np.ndarray) -> "TrainingSet":
        """The samples at some places, in that order."""
        chosen = np.asarray(indices, dtype=np.int64)
        return TrainingSet(
            self.stores,
            self._store_N[chosen],
            self._row_N[chosen],
            self.difficulty_N[chosen],
            self.max_frames,
        )

    def with_max_frames(self, max_frames: int | None) -> "TrainingSet":
        """The same samples, whose clips show at most so many frames (see `limit_frames`)."""
        return TrainingSet(self.stores, self._store_N, self._row_N, self.difficulty_N, max_frames)

    def _shown_places(self, index: int) -> list[int]:
        """The numbers in its store of the pictures that a sample shows."""
        store, row = self._locate(index)
        places = store.places(row)
        if self.max_frames is None or len(places) <= self.max_frames:
            return list(places)
        return limit_frames(store.sample(row), places, self.max_frames)[1]

    def _shown_frames(self, frames: list[Image.Image]) -> list[Image.Image]:
        """The frames of a video that are shown."""
        if self.max_frames is None or not frames:
            return frames
        return [frames[i] for i in spread_indices(len(frames), self.max_frames)]

    def _add_frame_placeholders(self, sample: Sample, index: int) -> Sample:
        """Where the question places its pictures it must place all that is shown: the frames after
        it.
        """
        if IMAGE_PLACEHOLDER not in sample.question or not self.has_video(index):
            return sample
        question = sample.question + IMAGE_PLACEHOLDER * len(self.frames(index))
        return sample.model_copy(update={"question": question})

    def __reduce__(self) -> tuple[type["TrainingSet"], tuple[object, ...]]:
        arguments = (self.stores, self._store_N, self._row_N, self.difficulty_N, self.max_frames)
        return (TrainingSet, arguments)

    def _locate(self, index: int) -> tuple[SampleStore, int]:
        return self.stores[int(self._store_N[index])], int(self._row_N[index])

    def arrow_columns(self, name: str) -> list[Any]:
        """A column of the chosen samples, one Arrow array a store, without copying where a store is
        taken whole.
        """
        columns: list[Any] = []

        for number, store in enumerate(self.stores):
            rows = self._row_N[self._store_N == number]
            column = store.column(name)
            whole = len(rows) == len(store) and bool((rows == np.arange(len(rows))).all())
            columns.append(column if whole else column.take(pa.array(rows)))

        return columns

    def column(self, name: str) -> list[Any]:
        """The values of a column of all samples, in order."""
        columns = [store.column(name).to_pylist() for store in self.stores]
        return [
            columns[s][r] for s, r in zip(self._store_N.tolist(), self._row_N.tolist(), strict=True)
        ]


class LazySamples(Sequence[Sample]):
    """The samples of a training set as a sequence that holds none of them."""

    def __init__(self, data: TrainingSet) -> None:
        self._data = data

    def __len__(self) -> int:
        return len(self._data)

    @overload
    def __getitem__(self, index: int) -> Sample: ...

    @overload
    def __getitem__(self, index: slice) -> list[Sample]: ...

    def __getitem__(self, index: int | slice) -> Sample | list[Sample]:
        if isinstance(index, slice):
            return [self._data.sample(i) for i in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        return self._data.sample(index % len(self))

    def __iter__(self) -> Iterator[Sample]:
        return (self._data.sample(i) for i in range(len(self)))


def read_training_set(config: DataConfig, seed: int = 0) -> TrainingSet:
    """Open the samples that `config` asks for, in file order.

    Raises DatasetError as `open_data` does, and RecipeError where nothing is left or a task is
    unknown.
    """
    stores = [open_data(source) for source in config.sources()]
    sizes = [len(store) for store in stores]
    store_N = np.repeat(np.arange(len(stores), dtype=np.int16), sizes)
    row_N = np.concatenate([np.arange(size, dtype=np.int64) for size in sizes])
    data = TrainingSet(stores, store_N, row_N, np.full(len(row_N), np.nan))

    if not len(data):
        raise RecipeError(f"no samples to train on in {', '.join(map(str, config.folders))}")
    if config.tasks:
        data = data.take(_indices_of_tasks(data.tasks, config.tasks))

    data.difficulty_N[:] = _read_difficulties(data, config.difficulty)

    in_range = _indices_in_range(data.difficulty_N, config.keep_difficulty)
    if not len(in_range):
        raise RecipeError(
            f"no sample has a difficulty within keep_difficulty {config.keep_difficulty}: widen it"
        )

    return data.take(in_range[_sample_indices(len(in_range), config.limit, seed)])


def dataset_fingerprint(data: TrainingSet) -> str:
    """Names the samples by their content, in order: 32 hexadecimal digits."""
    return data.key()


def _indices_of_tasks(tasks: list[str], selected: Sequence[str]) -> list[int]:
    known = set(tasks)

    for task in selected:
        if task not in known:
            near = nearest_name(task, known)
            hint = f"did you mean {near!r}?" if near else f"choose from {', '.join(sorted(known))}"
            raise RecipeError(f"the data has no task {task!r}; {hint}")

    chosen = set(selected)
    return [index for index, task in enumerate(tasks) if task in chosen]


def _indices_in_range(difficulty_N: np.ndarray, bounds: tuple[float, float] | None) -> np.ndarray:
    if bounds is None:
        return np.arange(len(difficulty_N))
    return np.flatnonzero((bounds[0] <= difficulty_N) & (difficulty_N <= bounds[1]))


def _sample_indices(count: int, limit: int | None, seed: int) -> np.ndarray:
    if limit is None or limit >= count:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).permutation(count)[:limit])


def _read_difficulties(data: TrainingSet, path: Path | None) -> np.ndarray:
    """The samples' own difficulties, and over them those of a file; NaN where neither says one."""
    stored = [math.nan if value is None else value for value in data.column("difficulty")]
    if path is None:
        return np.asarray(stored, dtype=np.float64)

    try:
        table = json.loads(path.read_text(encoding="utf-8-sig"))
        values = {str(key): float(value) for key, value in table.items()}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise RecipeError(
            f"{path} holds no difficulties (JSON: sample id to number): {error}"
        ) from error

    ids = data.column("id")
    return np.asarray(
        [values.get(name, before) for name, before in zip(ids, stored, strict=True)],
        dtype=np.float64,
    )
