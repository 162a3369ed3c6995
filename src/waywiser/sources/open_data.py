"""`open_data`: our datasets and other people's files alike, as a `SampleStore`."""

import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, Field

from waywiser.dataset.reader import parquet_files
from waywiser.dataset.store import SampleStore, StoreInfo
from waywiser.dataset.store_cache import open_cached
from waywiser.dataset.store_parquet import add_parquet_file, missing_columns
from waywiser.dataset.store_writer import StoreWriter
from waywiser.errors import DatasetError
from waywiser.sources.rows import HUB_PREFIX
from waywiser.sources.user_data import FrameConfig, UserData, open_user_data

WAYWISER_FORMAT = "waywiser"


class DataSource(BaseModel):
    """Where data lies and how it is to be read; keys of a recipe's `data` and flags of commands
    alike.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str = Field(
        description=(
            "a dataset folder, a JSON, JSONL, Parquet, CSV or TSV file, a folder, or hub:NAME"
        )
    )
    format: str = Field(
        default="auto", description="auto, waywiser, messages, conversations, problem, or an alias"
    )
    mapping: str | None = Field(
        default=None, description="a mapping file that says which field is what"
    )
    images: Path | None = Field(
        default=None, description="where paths of pictures start; null: beside their file"
    )
    split: str | None = None
    frames: FrameConfig = FrameConfig()


def open_data(source: DataSource) -> SampleStore:
    """The samples of a source, memory-mapped. Rows that are not samples are counted in `info`.

    The first call for a state of the files reads them once and keeps a copy (see `store_cache`);
    later calls and other processes map it. Raises DatasetError for what is missing, damaged, of no
    known layout or without a usable row; RecipeError for a mapping that is not valid.
    """
    is_named_waywiser = source.format.lower() == WAYWISER_FORMAT

    if (
        not source.path.startswith(HUB_PREFIX)
        and not re.search(r"[*?\[]", source.path)
        and not Path(source.path).exists()
    ):
        raise DatasetError(f"no dataset at {source.path}: there is no such file or folder")

    if is_named_waywiser or (
        source.format.lower() == "auto"
        and source.mapping is None
        and _is_waywiser_dataset(Path(source.path))
    ):
        return _open_waywiser_dataset(Path(source.path), source.split)

    data = UserData(
        source.path, source.format, source.mapping, source.images, source.split, source.frames
    )

    return open_user_data(data)


def _open_waywiser_dataset(path: Path, split: str | None) -> SampleStore:
    files = [path] if path.is_file() else parquet_files(path, "data", split)
    for file in files:
        if missing := missing_columns(_read_column_names(file)):
            raise DatasetError(
                f"{file} has no column {missing[0]!r}: it is not a waywiser dataset file"
            )

    def build(writer: StoreWriter) -> StoreInfo:
        return StoreInfo(rows=sum(add_parquet_file(writer, file, split) for file in files))

    return open_cached({"waywiser": str(path.absolute()), "split": split}, files, build)


def _is_waywiser_dataset(path: Path) -> bool:
    """Whether a path is a dataset as waywiser writes it: a folder with data/*.parquet, or such a
    file.
    """
    if path.is_file():
        return path.suffix == ".parquet" and _has_typed_answers(path)

    files = sorted((path / "data").glob("*.parquet"))
    if not files:
        return False

    return (path / "manifest.json").is_file() or any(map(_has_typed_answers, files[:1]))


def _has_typed_answers(path: Path) -> bool:
    """Whether a Parquet file has a column `answer` of kind and value, beside `question`."""
    try:
        schema: Any = pq.read_schema(path)
    except (OSError, pa.ArrowException):
        return True  # damaged: let the reader of our own files say so

    if "answer" not in schema.names or "question" not in schema.names:
        return False

    kind = schema.field("answer").type
    return pa.types.is_struct(kind) and kind.get_field_index("kind") >= 0


def _read_column_names(path: Path) -> list[str]:
    try:
        return pq.read_schema(path).names
    except (OSError, pa.ArrowException) as error:
        raise DatasetError(
            f"{path} is damaged or not a Parquet file: make the dataset again"
        ) from error
