"""`open_rows`: rows of files, of folders of files, and of hub datasets, by number."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from waywiser.errors import DatasetError, error_text
from waywiser.sources.row_readers import (
    ConcatenatedRows,
    HubRows,
    JsonLinesRows,
    ParquetRows,
    Rows,
    open_csv,
    open_json,
)

HUB_PREFIX = "hub:"
FILE_SUFFIXES = (".parquet", ".jsonl", ".json", ".csv", ".tsv")
"""Kinds of files that are read, in order of preference; only the first kind of a folder is read."""
_METADATA_FILES = frozenset(
    {
        "dataset_info.json",
        "dataset_infos.json",
        "state.json",
        "config.json",
        "package.json",
        "manifest.json",
    }
)


def open_rows(path: str, split: str | None = "train") -> Rows:
    """Open `hub:NAME[:CONFIG]`, a file, a folder or a glob.

    Raises DatasetError if there is nothing to read.

    Of a folder whose files are named after splits (train.jsonl, data/test-00000-of-00001.parquet),
    those of `split` are read; None reads all.
    """
    if path.startswith(HUB_PREFIX):
        return _open_hub_dataset(path.removeprefix(HUB_PREFIX), split or "train")

    place = Path(path)
    if _is_saved_dataset(place):
        return _open_saved_dataset(place, split)
    if place.is_file():
        return _open_file(place)

    root = place if place.is_dir() else Path(_glob_root(path))
    files = _select_split(row_files(path), split, root)
    return ConcatenatedRows([_open_file(file) for file in files], root)


def row_files(path: str) -> list[Path]:
    """The files that `open_rows` reads, of all splits; empty for a hub dataset.

    Raises DatasetError if there are none.
    """
    if path.startswith(HUB_PREFIX):
        return []

    place = Path(path)
    if _is_saved_dataset(place):
        return sorted(place.rglob("*.arrow"))
    if place.is_file():
        return [place]

    files = _drop_hidden(place.rglob("*"), place) if place.is_dir() else sorted(_glob_files(path))
    files = [file for file in files if file.suffix.lower() in FILE_SUFFIXES]

    if place.is_dir():
        present = {file.suffix.lower() for file in files if file.name not in _METADATA_FILES}
        kind = next((ending for ending in FILE_SUFFIXES if ending in present), None)
        files = [
            file
            for file in files
            if file.suffix.lower() == kind and file.name not in _METADATA_FILES
        ]

    if not files:
        missing = (
            ""
            if place.exists() or any(mark in path for mark in "*?[")
            else ": there is no such file or folder"
        )

        raise DatasetError(
            f"no dataset, nothing to read at {path}{missing}: give a JSON, JSONL, Parquet, CSV or"
            f" TSV file, a folder, a glob or {HUB_PREFIX}NAME"
        )

    return files


def _select_split(files: list[Path], split: str | None, root: Path) -> list[Path]:
    """The files of a split, by their names below `root`; all files if no name contains the
    split.
    """
    if split is None:
        return files
    pattern = re.compile(rf"(?<![a-z0-9]){re.escape(split.lower())}(?![a-z0-9])")
    named = [file for file in files if pattern.search(os.path.relpath(file, root).lower())]
    return named or files


def _open_hub_dataset(name: str, split: str) -> Rows:
    from datasets import load_dataset

    place, _, config = name.partition(":")
    try:
        data: Any = load_dataset(place, config or None, split=split)
    except Exception as error:  # no network, no such dataset, no such split
        reason = error_text(error, 160)
        raise DatasetError(
            f"cannot load {name!r} from the hub: {reason} (without a network: have its files copied"
            " here and give their folder)"
        ) from error

    return HubRows(data, name)


def _is_saved_dataset(place: Path) -> bool:
    """Whether `datasets` saved a dataset, or several splits of one, in this folder."""
    return (place / "dataset_dict.json").is_file() or (
        (place / "state.json").is_file() and (place / "dataset_info.json").is_file()
    )


def _open_saved_dataset(place: Path, split: str | None) -> Rows:
    from datasets import DatasetDict, load_from_disk

    try:
        data: Any = load_from_disk(str(place))
    except Exception as error:
        raise DatasetError(
            f"{place} is not a dataset that `datasets` saved: {' '.join(str(error).split())[:160]}"
        ) from error

    if isinstance(data, DatasetDict):
        name = split or "train"
        if name not in data:
            raise DatasetError(f"{place} has no split {name!r}: it has {', '.join(map(str, data))}")

        data = data[name]

    return HubRows(data, str(place))


def _open_file(path: Path) -> Rows:
    match path.suffix.lower():
        case ".json":
            return open_json(path)
        case ".jsonl":
            return JsonLinesRows(path)
        case ".parquet":
            return ParquetRows(path)
        case ".csv" | ".tsv":
            return open_csv(path)

    raise DatasetError(f"{path} is of no known kind: choose from {', '.join(FILE_SUFFIXES)}")


def _drop_hidden(files: Iterator[Path], folder: Path) -> list[Path]:
    """Files without hidden ones and those in hidden folders."""
    return sorted(
        file
        for file in files
        if not any(part.startswith(".") for part in file.relative_to(folder).parts)
    )


def _glob_files(pattern: str) -> list[Path]:
    stem = _glob_root(pattern)
    rest = pattern[len(stem) :] if pattern.startswith(stem) else pattern
    return list(Path(stem).glob(rest)) if rest else []


def _glob_root(pattern: str) -> str:
    """The folder of a glob up to its first wildcard, with its slash."""
    fixed = pattern
    for mark in "*?[":
        fixed = fixed.split(mark)[0]
    return fixed[: fixed.rfind("/") + 1] or "./" if fixed != pattern else pattern
