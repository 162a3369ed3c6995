"""Read datasets back: samples and scenes, with one-line errors for anything that is not a dataset."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from waywiser.dataset.column_types import cast_column, check_column_type
from waywiser.dataset.schema import SAMPLE_SCHEMA, row_to_sample
from waywiser.errors import DatasetError
from waywiser.sample import Sample
from waywiser.scenes.scene import Scene

_SHARD_NAME = re.compile(r"(.+)-\d{5}-of-\d{5}\.parquet")
_REQUIRED_COLUMNS = ("id", "split", "domain", "task", "source", "question", "answer")


def read_samples(
    folder: str | Path, split: str | None = None, columns: Sequence[str] | None = None
) -> Iterator[Sample]:
    """Samples of a dataset folder, in file order, a few at a time.

    `split` keeps one split. `columns` names the optional fields to read (["images"], ["options",
    "reasoning"]); the others keep their defaults, so pictures need not be read where only text is
    wanted. None reads all. Raises DatasetError at once for a missing or empty folder, a damaged
    file or missing columns, and while iterating for a row that is no sample.
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
            raise DatasetError(f"{path} has no column 'scene': it is no waywiser scenes file")

        for batch in _batches(path, ["scene"]):
            for text in batch.column(0).to_pylist():
                try:
                    scene = Scene.model_validate_json(text)
                except (ValueError, TypeError) as error:
                    raise DatasetError(
                        f"{path} holds a row that is no scene: {_one_line(error)}"
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
                        f"{path}, row {number}, is no sample: {_one_line(error)}"
                    ) from error

                number += 1
                if split is None or sample.split == split:
                    yield sample


def _rows(batch: pa.RecordBatch, path: Path) -> list[dict[str, Any]]:
    """Rows of a batch, its columns in the types of SAMPLES whatever program wrote them."""
    arrays = [
        (
            batch.column(name)
            if name == "images"
            else cast_column(batch.column(name), SAMPLE_SCHEMA.field(name), path)
        )
        for name in batch.schema.names
    ]

    return pa.RecordBatch.from_arrays(arrays, names=batch.schema.names).to_pylist()


def parquet_files(folder: Path, kind: str, split: str | None) -> list[Path]:
    """Parquet files of one `kind` ("data" or "scenes"), sorted; raises DatasetError where there are
    none.
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

    # A file named after no split (train.parquet, 0000.parquet) may hold rows of any: their column
    # says which.
    unnamed = [path for path in files if not _SHARD_NAME.fullmatch(path.name)]
    if unnamed and (kind == "scenes" or any(split in splits_of_file(path) for path in unnamed)):
        return unnamed

    existing_splits = sorted({name for path in files for name in splits_of_file(path)})
    raise DatasetError(f"{folder} has no split {split!r}: it has {', '.join(existing_splits)}")


def splits_of_file(path: Path) -> set[str]:
    """The splits of a file's rows, by its name if it is a shard's."""
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
    """The columns to read of a file, after checking names and types."""
    schema = _open(path).schema_arrow

    for name in _REQUIRED_COLUMNS:
        if name not in schema.names:
            raise DatasetError(f"{path} has no column {name!r}: it is no waywiser dataset file")

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
            f"{path} is damaged or no Parquet file: make the dataset again"
        ) from error


def _batches(path: Path, columns: list[str]) -> Iterator[pa.RecordBatch]:
    try:
        yield from _open(path).iter_batches(batch_size=64, columns=columns)
    except (OSError, pa.ArrowException) as error:
        raise DatasetError(
            f"{path} is damaged: make the dataset again ({_one_line(error)})"
        ) from error


def _one_line(error: Exception) -> str:
    """The error in one line."""
    return " ".join(str(error).split())[:200]
