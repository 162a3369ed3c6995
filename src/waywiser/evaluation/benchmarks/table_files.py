"""Rows of a local file or folder in the forms in which benchmarks are published: JSON, JSONL,
Parquet, TSV, CSV.
"""

import csv
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from waywiser.errors import DatasetError

NumberedRows = Iterator[tuple[str, Any]]
"""(where a row stands, the row); a row that is an exception says why it could not be read."""


_MAX_INDEX_CHARACTERS = 64
"""A longer `image` is a picture, as VLMEvalKit counts."""


def read_tables(path: Path) -> tuple[list[tuple[str, Any]], Path]:
    """All rows of the file, or of every table in the folder in the order of names, and the folder
    that holds them.

    A file that is truncated gives its unread rest as one bad row. Raises DatasetError where there
    is no table.
    """
    if not path.exists():
        raise DatasetError(f"there is nothing at {path}: give the benchmark's file or folder")

    files = [path] if path.is_file() else _find_tables(path)
    if not files:
        raise DatasetError(f"{path} holds no JSON, JSONL, Parquet, TSV or CSV file")

    rows = [row for file in files for row in _read_rows(file)]
    return rows, path if path.is_dir() else path.parent


def _find_tables(folder: Path) -> list[Path]:
    found = sorted(
        p for p in folder.rglob("*") if p.suffix.lower() in _READERS and not p.name.startswith(".")
    )

    # One form is enough: benchmarks publish the same rows as JSON and as Parquet side by side.
    for suffix in (".parquet", ".jsonl", ".json", ".tsv", ".csv"):
        chosen = [p for p in found if p.suffix.lower() == suffix]
        if chosen:
            return chosen

    return []


def _read_rows(file: Path) -> NumberedRows:
    reader = _READERS.get(file.suffix.lower())
    if reader is None:
        raise DatasetError(f"{file} is not a JSON, JSONL, Parquet, TSV or CSV file")

    try:
        yield from (
            (f"{file.name}:{where}", _with_source(row, file)) for where, row in reader(file)
        )
    except (OSError, ValueError, csv.Error, pa.ArrowException, RecursionError) as error:
        yield (
            f"{file.name}",
            DatasetError(f"unreadable from here on: {' '.join(str(error).split())[:160]}"),
        )


def _with_source(row: Any, file: Path) -> Any:
    """The row with its file: some layouts give the split or variant in the name only."""
    if not isinstance(row, dict):
        return row
    return {**row, "_file": file.stem, "_folder": file.parent.name, "_directory": str(file.parent)}


def fill_shared_images(rows: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Rows whose `image` is the `index` of another row, as VLMEvalKit's tables save space, with
    that row's picture.
    """
    encoded = {
        (row.get("_file"), str(row["index"])): row["image"]
        for _, row in rows
        if isinstance(row, dict)
        and "index" in row
        and len(str(row.get("image") or "")) > _MAX_INDEX_CHARACTERS
    }

    return [(where, _fill_shared_image(row, encoded)) for where, row in rows]


def _fill_shared_image(row: Any, encoded: dict[tuple[Any, str], Any]) -> Any:
    image = row.get("image") if isinstance(row, dict) else None
    if not isinstance(image, str | int):
        return row
    shared = encoded.get((row.get("_file"), str(image)))
    return row if shared is None else {**row, "image": shared}


def _read_json(file: Path) -> NumberedRows:
    content = json.loads(file.read_text(encoding="utf-8"))
    if isinstance(content, dict):
        for key, row in content.items():
            yield str(key), {"_key": key, **row} if isinstance(row, dict) else row
    elif isinstance(content, list):
        yield from ((str(number), row) for number, row in enumerate(content, 1))
    else:
        raise ValueError("neither a list nor an object")


def _read_jsonl(file: Path) -> NumberedRows:
    with file.open(encoding="utf-8", errors="replace") as stream:
        for number, line in enumerate(stream, 1):
            if line.strip():
                try:
                    yield str(number), json.loads(line)
                except (ValueError, RecursionError):
                    yield str(number), DatasetError("no JSON")


def _read_parquet(file: Path) -> NumberedRows:
    number = 0
    for batch in pq.ParquetFile(file).iter_batches(batch_size=256):
        for row in batch.to_pylist():
            number += 1
            yield str(number), row


def _make_separated_reader(separator: str) -> Callable[[Path], NumberedRows]:
    def read(file: Path) -> NumberedRows:
        csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # pictures lie in cells, as base64

        with file.open(encoding="utf-8", errors="replace", newline="") as stream:
            for number, row in enumerate(csv.DictReader(stream, delimiter=separator), 2):
                yield (
                    str(number),
                    {k: v for k, v in row.items() if k is not None and v not in (None, "")},
                )

    return read


_READERS: dict[str, Callable[[Path], NumberedRows]] = {
    ".json": _read_json,
    ".jsonl": _read_jsonl,
    ".parquet": _read_parquet,
    ".tsv": _make_separated_reader("\t"),
    ".csv": _make_separated_reader(","),
}
