"""`Rows`, and one reader of rows for each kind of file and for datasets of the library
`datasets`.
"""

import csv
import io
import json
import mmap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from waywiser.errors import DatasetError
from waywiser.json_types import JsonObject

MAX_CELL_CHARACTERS = 64 * 2**20
"""Maximum length of a cell of a table; some hold a picture as base64."""
RowOrError = Mapping[str, Any] | DatasetError
"""A row, or why it cannot be read."""


class Rows(Protocol):
    """Rows by number.

    `root` is where relative paths of pictures start; `version` identifies data without files.
    """

    root: Path
    version: str

    def __len__(self) -> int: ...

    def read(self, start: int, stop: int) -> Iterator[RowOrError]: ...


class _ListRows:
    version = ""

    def __init__(self, rows: list[RowOrError], root: Path) -> None:
        self._rows = rows
        self.root = root

    def __len__(self) -> int:
        return len(self._rows)

    def read(self, start: int, stop: int) -> Iterator[RowOrError]:
        yield from self._rows[start:stop]


class JsonLinesRows:
    """Rows of a JSONL file, parsed when they are read; only the positions of lines are stored.

    Lines end at line feeds only: a text may contain U+2028 and other marks that Python treats as
    line ends.
    """

    version = ""

    def __init__(self, path: Path) -> None:
        self.root = path.parent
        self._path = path
        self._lines = list(_iterate_line_spans(path))

    def __len__(self) -> int:
        return len(self._lines)

    def read(self, start: int, stop: int) -> Iterator[RowOrError]:
        spans = self._lines[start:stop]
        if not spans:
            return
        with self._path.open("rb") as file:
            for place, size in spans:
                file.seek(place)
                text = file.read(size).decode("utf-8-sig", errors="replace")
                yield _with_file_name(_parse_json(text, "the line"), self._path)


class ParquetRows:
    """Rows of a Parquet file, read in batches from the row groups that a range touches."""

    version = ""

    def __init__(self, path: Path) -> None:
        self.root = path.parent
        self._path = path

        try:
            file = pq.ParquetFile(path)
        except (OSError, pa.ArrowException) as error:
            raise DatasetError(
                f"{path} is damaged or not a Parquet file: copy or download it again"
            ) from error

        self._groups = [
            file.metadata.row_group(i).num_rows for i in range(file.metadata.num_row_groups)
        ]

    def __len__(self) -> int:
        return sum(self._groups)

    def read(self, start: int, stop: int) -> Iterator[RowOrError]:
        file = pq.ParquetFile(self._path, buffer_size=2**20)
        first = 0

        for group, count in enumerate(self._groups):
            low = max(start, first)
            high = min(stop, first + count)
            if low < high:
                yield from self._rows(file, group, low - first, high - first)

            first += count

    def _rows(self, file: pq.ParquetFile, group: int, low: int, high: int) -> Iterator[RowOrError]:
        place = 0
        try:
            for batch in file.iter_batches(batch_size=64, row_groups=[group]):
                begin = max(low - place, 0)
                end = min(high - place, batch.num_rows)
                if begin < end:
                    for row in batch.slice(begin, end - begin).to_pylist():
                        yield {**row, "_file": str(self._path)}

                place += batch.num_rows
                if place >= high:
                    return
        except (OSError, pa.ArrowException) as error:
            raise DatasetError(
                f"{self._path} is damaged: {' '.join(str(error).split())[:160]}"
            ) from error


class ConcatenatedRows:
    """The rows of several files, one after the other."""

    version = ""

    def __init__(self, parts: list[Rows], root: Path) -> None:
        self._parts = parts
        self.root = root

    def __len__(self) -> int:
        return sum(len(part) for part in self._parts)

    def read(self, start: int, stop: int) -> Iterator[RowOrError]:
        first = 0

        for part in self._parts:
            low = max(start, first)
            high = min(stop, first + len(part))
            if low < high:
                yield from part.read(low - first, high - first)

            first += len(part)


class HubRows:
    """A dataset of the library `datasets`, from the hub or from a saved folder.

    Pictures stay encoded.
    """

    def __init__(self, data: Any, name: str) -> None:
        self.root = Path()
        self.version = str(getattr(data, "_fingerprint", name))
        self._data = keep_images_encoded(data)
        self._name = Path(name.replace("/", "-")).with_suffix("")

    def __len__(self) -> int:
        return len(self._data)

    def read(self, start: int, stop: int) -> Iterator[RowOrError]:
        for index in range(start, stop):
            yield {**self._data[index], "_file": str(self._name)}


def keep_images_encoded(data: Any) -> Any:
    """A `datasets.Dataset` that gives pictures, single or in lists, as they are stored."""
    from datasets import Image, List

    for column, feature in data.features.items():
        if isinstance(feature, Image):
            data = data.cast_column(column, Image(decode=False))
        elif isinstance(feature, List) and isinstance(feature.feature, Image):
            data = data.cast_column(column, List(Image(decode=False)))

    return data


def open_json(path: Path) -> Rows:
    """The rows of a JSON file; JSON lines in a file of that name are read too."""
    value = _parse_json(_read_text(path), str(path))
    if isinstance(value, DatasetError):
        lines = JsonLinesRows(path)  # some name JSON lines .json
        if len(lines) > 1 and not isinstance(next(lines.read(0, 1)), DatasetError):
            return lines
        raise value

    rows = value if isinstance(value, list) else _find_rows(value)
    return _ListRows([_with_file_name(row, path) for row in rows], path.parent)


def open_csv(path: Path) -> Rows:
    """The rows of a CSV or TSV file."""
    mark = "\t" if path.suffix.lower() == ".tsv" else ","
    csv.field_size_limit(MAX_CELL_CHARACTERS)

    try:
        rows = list(csv.DictReader(io.StringIO(_read_text(path), newline=""), delimiter=mark))
    except csv.Error as error:
        raise DatasetError(
            f"{path} is not valid CSV: {error}; check its quotes and delimiter"
        ) from error

    return _ListRows([_with_file_name(_clean_cells(row), path) for row in rows], path.parent)


def _find_rows(value: Any) -> list[Any]:
    """The rows of a mapping: the only list of mappings in it ({"data": [...]}), or all its values
    by their ids.

    Any other mapping is a row.
    """
    if isinstance(value, dict):
        lists = [
            item
            for item in value.values()
            if isinstance(item, list) and item and isinstance(item[0], dict)
        ]

        chat = any(
            key in value for key in ("messages", "conversations", "question", "problem", "prompt")
        )
        if len(lists) == 1 and not chat:
            return lists[0]
        if len(value) > 1 and not chat and all(isinstance(item, dict) for item in value.values()):
            return [{"id": name, **row} for name, row in value.items()]

    return [value]


def _iterate_line_spans(path: Path) -> Iterator[tuple[int, int]]:
    """Position and size in bytes of each line that is not blank."""
    try:
        with path.open("rb") as file:
            if path.stat().st_size == 0:
                return

            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                start = 0
                while start < len(content):
                    end = content.find(b"\n", start)
                    end = len(content) if end < 0 else end
                    if content[start:end].strip():
                        yield start, end - start

                    start = end + 1
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {error.strerror}") from error


def _clean_cells(row: Mapping[str, Any]) -> JsonObject:
    """A row of a table, with stripped names and None for cells of "nan"."""
    return {
        str(name).strip(): None if cell in ("nan", "NaN") else cell for name, cell in row.items()
    }


def _with_file_name(row: Any, path: Path) -> RowOrError:
    if isinstance(row, DatasetError):
        return row
    if not isinstance(row, dict):
        return DatasetError("no row of named fields")
    return {**row, "_file": str(path)}


def _parse_json(text: str, what: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return DatasetError(f"{what} is not valid JSON")


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {error.strerror}") from error
