"""Add our own Parquet files to a store, column by column, reading each picture of a row group
once.
"""

from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from waywiser.dataset.column_types import cast_column, is_image_list
from waywiser.dataset.schema import SAMPLE_SCHEMA, row_to_sample
from waywiser.dataset.store import ROW_FIELDS
from waywiser.dataset.store_writer import StoreWriter
from waywiser.errors import DatasetError, error_text
from waywiser.sample import AnswerKind, Domain

pc: Any = import_module("pyarrow.compute")
"""Its functions are created at run time, so type checkers see none."""
ROWS_AT_A_TIME = 1024
"""Maximum rows in a batch."""
MAX_DICTIONARY_BYTES = 256 * 2**20
"""Maximum size of a row group's pictures that are read as one dictionary; larger groups are read in
smaller batches.
"""
BATCH_BYTES = 64 * 2**20
"""Size of the pictures in such a batch."""


def add_parquet_file(writer: StoreWriter, path: Path, split: str | None) -> int:
    """Add the rows of one split (None for all); returns their number.

    Raises:
        DatasetError: The file is damaged, lacks a column, has a column of another type, or has a
            row that is not a sample.
    """
    number = added = 0

    for batch in _batches(path):
        rows = _sample_columns(batch, path)
        _check_rows(rows, path, number)
        number += rows.num_rows

        pictures = _picture_numbers(writer, batch, path)
        table = rows.append_column("pictures", pictures)
        table = table.append_column("video", pa.nulls(rows.num_rows, pa.int32()))

        if split is not None:
            table = table.filter(pc.equal(table.column("split"), split))
        if table.num_rows:
            writer.add_table(table)
            added += table.num_rows

    return added


def _batches(path: Path) -> Iterator[pa.RecordBatch]:
    """The columns of samples, one row group at a time.

    Arrow cannot read a nested column in several chunks, which pictures become if their dictionary
    changes within a batch. So a batch never crosses row groups, and a row group with several
    dictionaries is read without any.
    """
    try:
        plain = pq.ParquetFile(path, buffer_size=2**20)
        columns = [name for name in plain.schema_arrow.names if name in SAMPLE_SCHEMA.names]
        pictures = _picture_columns(plain.metadata)
        by_dictionary = pq.ParquetFile(path, read_dictionary=pictures, buffer_size=2**20)

        for group in range(plain.metadata.num_row_groups):
            if _fits_dictionary(plain.metadata.row_group(group), pictures):
                try:
                    read = by_dictionary.iter_batches(
                        batch_size=ROWS_AT_A_TIME, row_groups=[group], columns=columns
                    )
                    batches = list(read)
                except pa.ArrowNotImplementedError:
                    batches = None

                if batches is not None:
                    yield from batches
                    continue

            size = _rows_at_a_time(plain.metadata.row_group(group), pictures)
            yield from plain.iter_batches(batch_size=size, row_groups=[group], columns=columns)
    except (OSError, pa.ArrowException) as error:
        text = error_text(error, 160)
        raise DatasetError(
            f"{path} is damaged or not a Parquet file: make the dataset again ({text})"
        ) from error


def _picture_columns(metadata: pq.FileMetaData) -> list[str]:
    """The columns that hold pictures' bytes, by their paths in the file."""
    if not metadata.num_row_groups:
        return []

    group = metadata.row_group(0)
    paths = [group.column(index).path_in_schema for index in range(metadata.num_columns)]
    return [path for path in paths if path.startswith("images.") and path.endswith(".bytes")]


def _picture_bytes(group: pq.RowGroupMetaData, pictures: list[str]) -> int:
    chunks = [group.column(index) for index in range(group.num_columns)]
    return sum(
        chunk.total_uncompressed_size for chunk in chunks if chunk.path_in_schema in pictures
    )


def _fits_dictionary(group: pq.RowGroupMetaData, pictures: list[str]) -> bool:
    """Whether a row group's pictures may be read as one dictionary, each distinct picture once."""
    return bool(pictures) and _picture_bytes(group, pictures) <= MAX_DICTIONARY_BYTES


def _rows_at_a_time(group: pq.RowGroupMetaData, pictures: list[str]) -> int:
    """Rows whose pictures take about `BATCH_BYTES`."""
    each = _picture_bytes(group, pictures) / max(1, group.num_rows)
    return max(1, min(ROWS_AT_A_TIME, int(BATCH_BYTES / max(1.0, each))))


def _sample_columns(batch: pa.RecordBatch, path: Path) -> pa.Table:
    """The columns of a sample except for images; columns that the file lacks are null."""
    arrays = {
        field.name: (
            cast_column(batch.column(field.name), field, path)
            if field.name in batch.schema.names
            else pa.nulls(batch.num_rows, field.type)
        )
        for field in ROW_FIELDS
    }

    return pa.table(arrays, schema=pa.schema(ROW_FIELDS))


def _check_rows(rows: pa.Table, path: Path, first: int) -> None:
    """Raise DatasetError for the first row that is not a sample.

    Columns are checked as a whole; only a suspicious row is read as a sample, for the reason.
    """
    good = np.ones(rows.num_rows, dtype=bool)
    for name in ("id", "split", "domain", "task", "source", "question", "answer"):
        good &= _mask(pc.is_valid(rows.column(name)))

    answer = rows.column("answer").combine_chunks()
    kind = answer.field("kind")
    value = answer.field("value")
    good &= _mask(pc.is_in(rows.column("domain"), pa.array(get_args(Domain))))
    good &= _mask(pc.is_in(kind, pa.array(get_args(AnswerKind))))
    good &= _mask(pc.is_valid(value))
    # Numbers that Python accepts but the patterns do not are read one by one below.
    integer = _mask(pc.equal(kind, "integer"))
    good &= ~integer | _mask(pc.match_substring_regex(value, r"^[+-]?\d+$"))
    number = _mask(pc.equal(kind, "number"))
    good &= ~number | _mask(
        pc.match_substring_regex(value, r"^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$")
    )
    good &= ~_mask(pc.equal(kind, "choices"))
    good &= ~_mask(pc.is_valid(rows.column("quality")))

    for offset in np.flatnonzero(~good).tolist():
        row = rows.slice(offset, 1).to_pylist()[0]
        try:
            row_to_sample(row)
        except (ValueError, TypeError, KeyError) as error:
            reason = error_text(error, 200)
            raise DatasetError(
                f"{path}, row {first + offset}, is not a sample: {reason}"
            ) from error


def _mask(values: Any) -> np.ndarray:
    combined = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    return pc.fill_null(combined, False).to_numpy(zero_copy_only=False)


def _picture_numbers(writer: StoreWriter, batch: pa.RecordBatch, path: Path) -> pa.Array:
    """The numbers of each row's pictures, which are added to the store if they are new."""
    if "images" not in batch.schema.names:
        return pa.array([[]] * batch.num_rows, pa.list_(pa.int32()))

    images = batch.column("images")
    if not is_image_list(images.type):
        raise DatasetError(
            f"{path}: column 'images' is {images.type}, not a list of pictures with their bytes"
        )

    values = images.flatten()
    contents = values.field(values.type.get_field_index("bytes"))
    numbers = _numbers_of(writer, contents, path)
    lengths = pc.fill_null(pc.list_value_length(images), 0).to_numpy(zero_copy_only=False)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)

    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(numbers, pa.int32()))


def _numbers_of(writer: StoreWriter, contents: pa.Array, path: Path) -> np.ndarray:
    if not pa.types.is_dictionary(contents.type):
        return np.fromiter(
            (_number(writer, value, path) for value in contents),
            dtype=np.int32,
            count=len(contents),
        )

    if contents.null_count:
        raise DatasetError(f"{path} holds a picture without bytes: store its bytes in the file")

    indices = contents.indices.to_numpy(zero_copy_only=False)
    used = np.unique(indices)
    table = np.zeros(len(contents.dictionary), dtype=np.int32)

    for index in used.tolist():
        table[index] = _number(writer, contents.dictionary[index], path)

    return table[indices]


def _number(writer: StoreWriter, value: pa.Scalar, path: Path) -> int:
    content = value.as_py()
    if content is None:
        raise DatasetError(f"{path} holds a picture without bytes: store its bytes in the file")
    return writer.add_picture(content)


def missing_columns(names: Sequence[str]) -> list[str]:
    """The required columns of samples that are not among `names`."""
    needed = ("id", "split", "domain", "task", "source", "question", "answer")
    return [name for name in needed if name not in names]
