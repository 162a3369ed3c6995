"""Read samples and scenes of a dataset, with one-line errors for anything that is not a dataset."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from waywiser.dataset.column_types import cast_column, check_column_type
from waywiser.dataset.schema import SAMPLE_SCHEMA, row_to_sample
from waywiser.errors import DatasetError, error_text
from waywiser.json_types import JsonObject
from waywiser.sample import Sample
from waywiser.scenes.scene import Scene

_SHARD_NAME = re.compile(r"(.+)-\d{5}-of-\d{5}\.parquet")
_REQUIRED_COLUMNS = ("id", "split", "domain", "task", "source", "question", "answer")


def read_samples(
    folder: str | Path, split: str | None = None, columns: Sequence[str] | None = None
) -> Iterator[Sample]:
    """Samples of a dataset folder in file order, read a few at a time.

    Args:
        folder: The dataset's folder.
        split: Read only this split; None reads all.
        columns: Optional fields to read; the others keep their defaults, so that images are not
            read if only text is needed. None reads all.

    Returns:
        An iterator over the samples.

    Raises:
        DatasetError: At once for a missing or empty folder, a damaged file or missing columns;
            while iterating for a row that is not a sample.

    Example:
        >>> for sample in read_samples("data/rooms", "train", columns=["options"]):
        ...     print(sample.question, sample.answer.value)
    """
    for name in columns or ():
        if name not in SAMPLE_SCHEMA.names:
            raise DatasetError(
                f"samples have no column {name!r}: choose from {', '.join(SAMPLE_SCHEMA.names)}"
            )

    files = [(path, _columns(path, columns)) for path in parquet_files(Path(folder), "data", split)]
    return _samples(files, split)


def read_scenes(folder: str | Path) -> dict[str, Scene]:
    """All scenes of a dataset folder by id; raises DatasetError as `read_samples` does."""
    scenes: dict[str, Scene] = {}

    for path in parquet_files(Path(folder), "scenes", None):
        if "scene" not in _open(path).schema_arrow.names:
            raise DatasetError(f"{path} has no column 'scene': it is not a waywiser scenes file")

        for batch in _batches(path, ["scene"]):
            for text in batch.column(0).to_pylist():
                try:
                    scene = Scene.model_validate_json(text)
                except (ValueError, TypeError) as error:
                    raise DatasetError(
                        f"{path} holds a row that is not a scene: {error_text(error, 200)}"
                    ) from error

                scenes[scene.id] = scene

    return scenes


def _samples(files: list[tuple[Path, list[str]]], split: str | None) -> Iterator[Sample]:
    for path, names in files:
        number = 0

        for batch in _batches(path, names):
            for row in _rows(batch, path):
                try:
                    sample = row_to_sample(row)
                except (ValueError, TypeError, KeyError) as error:
                    raise DatasetError(
                        f"{path}, row {number}, is not a sample: {error_text(error, 200)}"
                    ) from error

                number += 1
                if split is None or sample.split == split:
                    yield sample


def _rows(batch: pa.RecordBatch, path: Path) -> list[JsonObject]:
    """Rows of a batch in the types of `SAMPLE_SCHEMA`, whatever program wrote them."""
    arrays = []

    for name in batch.schema.names:
        column = batch.column(name)
        if name != "images":
            column = cast_column(column, SAMPLE_SCHEMA.field(name), path)

        arrays.append(column)

    return pa.RecordBatch.from_arrays(arrays, names=batch.schema.names).to_pylist()


def parquet_files(folder: Path, kind: str, split: str | None) -> list[Path]:
    """Parquet files of one kind, sorted by name.

    Args:
        folder: The dataset's folder.
        kind: "data" or "scenes".
        split: Only files that may hold rows of this split; None for all.

    Raises:
        DatasetError: There are no such files.
    """
    if not folder.is_dir():
        raise DatasetError(f"no dataset at {folder}: there is no such folder")

    files = sorted((folder / kind).glob("*.parquet"))
    if not files:
        raise DatasetError(
            f"no dataset in {folder}: it has no {kind}/*.parquet (make one with waywiser"
            " synthesize)"
        )

    if split is None:
        return files

    named = [path for path in files if path.name.startswith(f"{split}-")]
    if named:
        return named

    # A file that is not named after a split (0000.parquet) may hold rows of any split; its column
    # `split` says which.
    unnamed = [path for path in files if not _SHARD_NAME.fullmatch(path.name)]
    if unnamed and (kind == "scenes" or any(split in splits_of_file(path) for path in unnamed)):
        return unnamed

    existing_splits = sorted({name for path in files for name in splits_of_file(path)})
    raise DatasetError(f"{folder} has no split {split!r}: it has {', '.join(existing_splits)}")


def splits_of_file(path: Path) -> set[str]:
    """The splits of a file's rows, by its name if that is a shard's, else by its column."""
    if match := _SHARD_NAME.fullmatch(path.name):
        return {match[1]}
    if "split" not in _open(path).schema_arrow.names:
        return set()

    return {
        str(name)
        for batch in _batches(path, ["split"])
        for name in batch.column(0).unique().to_pylist()
    }


def _columns(path: Path, wanted: Sequence[str] | None) -> list[str]:
    """The columns of a file to read, after checking their names and types."""
    schema = _open(path).schema_arrow

    for name in _REQUIRED_COLUMNS:
        if name not in schema.names:
            raise DatasetError(f"{path} has no column {name!r}: it is not a waywiser dataset file")

    names = [
        n
        for n in SAMPLE_SCHEMA.names
        if n in schema.names and (wanted is None or n in wanted or n in _REQUIRED_COLUMNS)
    ]
    for name in names:
        check_column_type(schema.field(name).type, SAMPLE_SCHEMA.field(name), path)

    return names


def _open(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except (OSError, pa.ArrowException) as error:
        raise DatasetError(
            f"{path} is damaged or not a Parquet file: make the dataset again"
        ) from error


def _batches(path: Path, columns: list[str]) -> Iterator[pa.RecordBatch]:
    try:
        yield from _open(path).iter_batches(batch_size=64, columns=columns)
    except (OSError, pa.ArrowException) as error:
        raise DatasetError(
            f"{path} is damaged: make the dataset again ({error_text(error, 200)})"
        ) from error
