"""Write a `SampleStore`: rows and pictures batch by batch, each distinct picture once."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow as pa

from waywiser.dataset.store import (
    INFO_FILE,
    PICTURE_SCHEMA,
    PICTURES_FILE,
    PICTURES_PER_BATCH,
    ROW_FIELDS,
    ROW_SCHEMA,
    ROWS_FILE,
    ROWS_PER_BATCH,
    PictureEntry,
    StoreInfo,
    content_key,
)
from waywiser.errors import DatasetError

pc: Any = import_module("pyarrow.compute")
"""Its functions are created at run time, so type checkers see none."""


class StoreWriter:
    """Writes a new store; pictures come before the rows that name them by number.

    Example:
        >>> with StoreWriter.open(folder) as writer:
        ...     number = writer.add_picture(content)
        ...     writer.add_table(table)  # its columns `pictures` and `video` hold such numbers
        >>> write_store_info(folder, StoreInfo(rows=1))
    """

    def __init__(
        self, rows: pa.ipc.RecordBatchFileWriter, pictures: pa.ipc.RecordBatchFileWriter
    ) -> None:
        self._row_file = rows
        self._picture_file = pictures
        self._numbers: dict[bytes, int] = {}
        self._keys: list[bytes] = []
        self._pending: list[PictureEntry] = []
        self._tables: list[pa.Table] = []
        self._table_rows = 0

    @classmethod
    @contextmanager
    def open(cls, folder: Path) -> Iterator["StoreWriter"]:
        """A writer into a new folder. Raises DatasetError if it cannot be written."""
        try:
            folder.mkdir(parents=True)

            with (
                pa.OSFile(str(folder / ROWS_FILE), "wb") as row_sink,
                pa.OSFile(str(folder / PICTURES_FILE), "wb") as picture_sink,
                pa.ipc.new_file(row_sink, ROW_SCHEMA) as rows,
                pa.ipc.new_file(picture_sink, PICTURE_SCHEMA) as pictures,
            ):
                writer = cls(rows, pictures)
                yield writer
                writer._flush()
        except OSError as error:
            raise DatasetError(
                f"the data cannot be cached in {folder} ({error.strerror or error}): free some"
                " space there, or name another folder in WAYWISER_CACHE"
            ) from error

    def add_picture(self, content: bytes) -> int:
        """The number of an encoded picture, which is stored if it is new."""
        key = content_key(content)
        return self._add(key, {"bytes": content, "path": None, "key": key})

    def add_file(self, path: Path) -> int:
        """The number of a picture or video outside the store. Raises OSError if it is missing."""
        status = path.stat()
        absolute = os.path.abspath(path)  # noqa: PTH100 - a link stays a link
        version = f"{status.st_size} {status.st_mtime_ns}".encode()
        key = content_key(absolute.encode("utf-8", "surrogateescape"), version)
        return self._add(key, {"bytes": None, "path": absolute, "key": key})

    def add_table(self, table: pa.Table) -> None:
        """Add rows: the columns of a sample except for images, and `pictures` and `video`."""
        keyed = table.append_column("key", self._row_keys(table))
        self._tables.append(keyed.select(ROW_SCHEMA.names).cast(ROW_SCHEMA))
        self._table_rows += table.num_rows
        if self._table_rows >= ROWS_PER_BATCH:
            self._write_rows(whole_batches_only=True)

    def _add(self, key: bytes, entry: PictureEntry) -> int:
        number = self._numbers.get(key)
        if number is not None:
            return number

        number = len(self._numbers)
        self._numbers[key] = number
        self._keys.append(key)
        self._pending.append(entry)

        if len(self._pending) == PICTURES_PER_BATCH:
            self._write_pictures()

        return number

    def _write_pictures(self) -> None:
        if self._pending:
            self._picture_file.write_batch(
                pa.RecordBatch.from_pylist(self._pending, schema=PICTURE_SCHEMA)
            )
        self._pending = []

    def _write_rows(self, *, whole_batches_only: bool) -> None:
        if not self._tables:
            return

        table = pa.concat_tables(self._tables).combine_chunks()
        end = table.num_rows

        if whole_batches_only:
            end -= end % ROWS_PER_BATCH

        for start in range(0, end, ROWS_PER_BATCH):
            part = table.slice(start, min(ROWS_PER_BATCH, end - start)).combine_chunks()
            self._row_file.write_table(part, max_chunksize=ROWS_PER_BATCH)

        rest = table.slice(end)
        self._tables = [rest] if rest.num_rows else []
        self._table_rows = rest.num_rows

    def _flush(self) -> None:
        self._write_rows(whole_batches_only=False)
        self._write_pictures()

    def _row_keys(self, table: pa.Table) -> pa.Array:
        """A hash of each row's text (id, question, options, answer, reasoning) and pictures."""
        answer = table.column("answer").combine_chunks()
        texts = [
            table.column("id"),
            table.column("task"),
            table.column("question"),
            table.column("reasoning"),
        ]

        texts += [answer.field(name) for name in ("kind", "value", "unit")]
        texts.append(pc.binary_join(table.column("options"), "\x1e"))
        texts.append(pc.cast(answer.field("tolerance"), pa.string()))

        filled = [pc.fill_null(text, "\x00") for text in texts]
        joined = pc.binary_join_element_wise(*filled, "\x1f")
        columns = (joined, table.column("pictures"), table.column("video"))
        keys: list[bytes] = []

        for text, pictures, video in zip(*(c.to_pylist() for c in columns), strict=True):
            numbers = list(pictures or ())
            if video is not None:
                numbers.append(video)

            keys.append(content_key(text.encode(), *(self._keys[number] for number in numbers)))

        return pa.array(keys, pa.binary(16))


def write_store_info(folder: Path, info: StoreInfo) -> None:
    """Write what the store was made from, which completes the store."""
    (folder / INFO_FILE).write_text(json.dumps(asdict(info), ensure_ascii=False), encoding="utf-8")


def empty_columns(count: int, names: set[str]) -> dict[str, pa.Array]:
    """All-null columns of a sample, except for those in `names`."""
    return {
        field.name: pa.nulls(count, field.type) for field in ROW_FIELDS if field.name not in names
    }
