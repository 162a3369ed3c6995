"""The cache of stores between runs: one store for each state of the files that it is made from."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock

from waywiser import __version__
from waywiser.dataset.store import FrameReader, SampleStore, StoreInfo
from waywiser.dataset.store_writer import StoreWriter, write_store_info
from waywiser.errors import DatasetError

CACHE_VARIABLE = "WAYWISER_CACHE"
FORMAT_VERSION = 1
"""Version of the stores' layout; a change invalidates the cache."""


def cache_folder() -> Path:
    """The folder of cached stores: `$WAYWISER_CACHE`, or `waywiser` in the user's cache folder."""
    if given := os.environ.get(CACHE_VARIABLE):
        return Path(given).expanduser()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "waywiser"


def open_cached(
    settings: Mapping[str, Any],
    files: Iterable[Path],
    build: Callable[[StoreWriter], StoreInfo],
    read_frames: FrameReader | None = None,
) -> SampleStore:
    """The store of some files; `build` makes it if there is none for their present state.

    Processes that ask at the same time wait for the one that builds.

    Args:
        settings: Everything else that determines the content, as plain data.
        files: The files that are read; a change of size or time rebuilds the store.
        build: Fills a writer and returns what it read. If it raises, nothing is left.
        read_frames: See `SampleStore`.

    Raises:
        DatasetError: The cache cannot be written; and whatever `build` raises.
    """
    identity = {"settings": settings, "format": FORMAT_VERSION, "waywiser": __version__}
    place = cache_folder() / "data" / _digest(identity)
    folder = place / _digest([_file_state(path) for path in files])
    if not _is_current(folder):
        _make_folder(place)

        with FileLock(place.with_suffix(".lock")):
            if not _is_current(folder):
                _build(place, folder, build)

    return SampleStore(folder, read_frames)


def _is_current(folder: Path) -> bool:
    """Whether there is a complete store, and the files that it could not use are unchanged."""
    try:
        return not StoreInfo.read(folder).outdated
    except (OSError, ValueError, TypeError):
        return False


def _build(place: Path, folder: Path, build: Callable[[StoreWriter], StoreInfo]) -> None:
    temporary = place / f".partial-{os.getpid()}"
    shutil.rmtree(temporary, ignore_errors=True)

    try:
        with StoreWriter.open(temporary) as writer:
            info = build(writer)

        write_store_info(temporary, info)

        # Stores of earlier states of the same files are useless to later runs. A process that reads
        # one keeps its pages: the files only disappear from the folder.
        for outdated in place.iterdir():
            if outdated != temporary:
                shutil.rmtree(outdated, ignore_errors=True)

        temporary.rename(folder)
    except OSError as error:
        raise DatasetError(
            f"the data cannot be cached in {place}: {error.strerror or error}"
        ) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _make_folder(place: Path) -> None:
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatasetError(
            f"the data cannot be cached in {place} ({error.strerror}): name another folder in"
            f" {CACHE_VARIABLE}"
        ) from error


def _file_state(path: Path) -> list[Any]:
    status = path.stat()
    return [
        os.path.abspath(path),  # noqa: PTH100 - links are not followed
        status.st_size,
        status.st_mtime_ns,
    ]


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
