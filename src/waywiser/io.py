"""Files that are whole or absent: written under a temporary name, then renamed."""

import contextlib
import errno
import hashlib
import io
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from waywiser.errors import DatasetError

PARTIAL_MARK = ".partial-"
"""In the temporary name of a file that is being written."""


def write_atomically(path: Path, content: bytes) -> None:
    """Write `content` to `path` so that the file is either whole or not there.

    Raises DatasetError, in one line, when the disk is full or the folder cannot be written.
    """
    temporary = path.with_name(f".{path.name}{PARTIAL_MARK}{os.getpid()}")

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as error:
        raise _explain_os_error(error, path) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def check_writable(path: Path) -> None:
    """Raise now, as `write_atomically` would after long work, when `path` cannot be written."""
    probe = path.with_name(f".{path.name}{PARTIAL_MARK}probe-{os.getpid()}")

    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))

        write_atomically(probe, b"")
    except OSError as error:
        raise _explain_os_error(error, path) from error
    finally:
        with contextlib.suppress(OSError):
            probe.unlink(missing_ok=True)


def remove_partial(folder: Path) -> None:
    """Remove what killed runs left under temporary names, anywhere under `folder`."""
    for leftover in folder.rglob(f".*{PARTIAL_MARK}*"):
        leftover.unlink(missing_ok=True)


def write_table(path: Path, table: pa.Table, *, row_group_size: int | None = None) -> None:
    """Write a Parquet file atomically; the same table gives the same bytes.

    Pictures are stored once per row group (dictionary pages) and not compressed again; the rest is
    zstd.
    """
    write_tables(path, table.schema, [table], row_group_size)


def write_tables(
    path: Path, schema: pa.Schema, tables: Iterable[pa.Table], row_group_size: int | None = None
) -> None:
    """Write tables one after another as `write_table` does; each starts a new row group."""
    columns = [pq_column.path for pq_column in pq.ParquetFile(_empty_file(schema)).schema]
    compression = {name: "none" if name.endswith("bytes") else "zstd" for name in columns}
    sink = io.BytesIO()
    options: Any = {"compression": compression, "dictionary_pagesize_limit": 1 << 30}

    with pq.ParquetWriter(sink, schema, **options) as file:
        for table in tables:
            file.write_table(table, row_group_size)

    write_atomically(path, sink.getvalue())


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _empty_file(schema: pa.Schema) -> io.BytesIO:
    sink = io.BytesIO()
    pq.write_table(schema.empty_table(), sink)
    sink.seek(0)
    return sink


def _explain_os_error(error: OSError, path: Path) -> DatasetError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DatasetError(
            f"the disk is full: {path} was not written; free some space and run again to resume"
        )
    reason = error.strerror or str(error)
    return DatasetError(f"cannot write {path} ({reason}): choose a folder that you may write to")
