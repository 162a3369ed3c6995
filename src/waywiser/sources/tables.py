"""Rows of JSON, JSONL, Parquet and CSV files, of folders of such files, and of hub datasets, by number."""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from waywiser.errors import DatasetError

HUB = "hub:"
Row = Mapping[str, Any] | DatasetError
"""A row, or why it cannot be read."""


class Rows(Protocol):
    """Rows by number; `root` is where relative paths of pictures start."""

    root: Path

    def __len__(self) -> int: ...

    def read(self, start: int, stop: int) -> Iterator[Row]: ...


class _Listed:
    def __init__(self, rows: list[Row], root: Path) -> None:
        self._rows, self.root = rows, root

    def __len__(self) -> int:
        return len(self._rows)

    def read(self, start: int, stop: int) -> Iterator[Row]:
        yield from self._rows[start:stop]


class _Parquet:
    """Reads only the row groups that a range touches."""

    def __init__(self, path: Path) -> None:
        self.root, self._path = path.parent, path
        try:
            file = pq.ParquetFile(path)
        except (OSError, pa.ArrowException) as error:
            raise DatasetError(f"{path} is damaged or no Parquet file") from error
        self._groups = [file.metadata.row_group(i).num_rows for i in range(file.metadata.num_row_groups)]

    def __len__(self) -> int:
        return sum(self._groups)

    def read(self, start: int, stop: int) -> Iterator[Row]:
        file, first = pq.ParquetFile(self._path), 0
        for group, count in enumerate(self._groups):
            low, high = max(start, first), min(stop, first + count)
            if low < high:
                table = file.read_row_group(group).slice(low - first, high - low)
                yield from table.to_pylist()
            first += count


class _Several:
    def __init__(self, parts: list[Rows], root: Path) -> None:
        self._parts, self.root = parts, root

    def __len__(self) -> int:
        return sum(len(part) for part in self._parts)

    def read(self, start: int, stop: int) -> Iterator[Row]:
        first = 0
        for part in self._parts:
            low, high = max(start, first), min(stop, first + len(part))
            if low < high:
                yield from part.read(low - first, high - first)
            first += len(part)


class _Hub:
    """A dataset of the hub, NAME or NAME:CONFIG, fetched by `datasets`; pictures stay encoded."""

    def __init__(self, name: str, split: str) -> None:
        from datasets import load_dataset

        self.root = Path()
        place, _, config = name.partition(":")
        try:
            self._data: Any = encoded(load_dataset(place, config or None, split=split))
        except Exception as error:  # no network, no such dataset, no such split
            raise DatasetError(f"cannot load {name!r} from the hub: {' '.join(str(error).split())[:160]}") from error

    def __len__(self) -> int:
        return len(self._data)

    def read(self, start: int, stop: int) -> Iterator[Row]:
        for index in range(start, stop):
            yield self._data[index]


def encoded(data: Any) -> Any:
    """A `datasets.Dataset` that gives pictures, single or in lists, as they are stored."""
    from datasets import Image, List

    for column, feature in data.features.items():
        if isinstance(feature, Image):
            data = data.cast_column(column, Image(decode=False))
        elif isinstance(feature, List) and isinstance(feature.feature, Image):
            data = data.cast_column(column, List(Image(decode=False)))
    return data


def open_rows(path: str, split: str = "train") -> Rows:
    """Open `hub:NAME[:CONFIG]`, a file, a folder or a glob. Raises DatasetError where there is nothing to read."""
    if path.startswith(HUB):
        return _Hub(path.removeprefix(HUB), split)
    place = Path(path)
    if place.is_file():
        return _open_file(place)
    found = _files_in(place) if place.is_dir() else sorted(Path(_stem(path)).glob(path[len(_stem(path)) :] or "*"))
    found = [file for file in found if file.suffix.lower() in _READERS]
    if not found:
        raise DatasetError(f"nothing to read at {path}: give a JSON, JSONL, Parquet or CSV file, a folder or a glob")
    root = place if place.is_dir() else Path(_stem(path))
    return _Several([_open_file(file) for file in found], root)


def _open_file(path: Path) -> Rows:
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise DatasetError(f"{path} is of no known kind: choose from {', '.join(_READERS)}")
    return reader(path)


def _files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in _READERS)


def _stem(pattern: str) -> str:
    """The folder of a glob up to its first wildcard, with its slash."""
    fixed = pattern
    for mark in "*?[":
        fixed = fixed.split(mark)[0]
    return fixed[: fixed.rfind("/") + 1] or "./" if fixed != pattern else pattern


def _json(path: Path) -> Rows:
    value = _parsed(_text(path), str(path))
    if isinstance(value, DatasetError):
        raise value
    rows = value if isinstance(value, list) else [value]
    return _Listed([_named(row, path) for row in rows], path.parent)


def _jsonl(path: Path) -> Rows:
    lines = [line for line in _text(path).splitlines() if line.strip()]
    return _Listed([_named(_parsed(line, "the line"), path) for line in lines], path.parent)


def _csv(path: Path) -> Rows:
    mark = "\t" if path.suffix.lower() == ".tsv" else ","
    rows = csv.DictReader(_text(path).splitlines(keepends=True), delimiter=mark)
    return _Listed([_named(dict(row), path) for row in rows], path.parent)


def _named(row: Any, path: Path) -> Row:
    if isinstance(row, DatasetError):
        return row
    if not isinstance(row, dict):
        return DatasetError("no row of named fields")
    return {**row, "_file": str(path)}


def _parsed(text: str, what: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return DatasetError(f"{what} is not valid JSON")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {error.strerror}") from error


_READERS: dict[str, Any] = {
    ".json": _json, ".jsonl": _jsonl, ".parquet": _Parquet, ".csv": _csv, ".tsv": _csv,
}  # fmt: skip
