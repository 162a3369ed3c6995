"""A row's pictures and video, in all the forms in which copies of benchmarks hold them."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from waywiser.errors import DatasetError
from waywiser.evaluation.benchmarks.row_fields import RowFields
from waywiser.sources.row_media import MIN_BASE64_CHARACTERS, resolve_media
from waywiser.sources.user_data.fields import as_list, is_missing

IMAGE_FIELDS = (
    "decoded_image",
    "image",
    "images",
    "image_path",
    "img_path",
    "imagename",
    "imagesource",
    "filename",
)
"""Where rows name their pictures. LogicVista's `imagesource` is a web site in the authors' file, a
picture in mirrors; CV-Bench's `filename` is a picture beside JSONL, and a mere name beside Parquet.
"""
_VIDEO_SUFFIXES = (".mp4", ".mkv", ".webm", ".mov", ".avi", ".gif")


def find_row_images(row: RowFields, root: Path) -> tuple[bytes | Path, ...]:
    """The row's pictures: bytes, base64, data: addresses or paths, one or a list of them.

    A path stays below `root` as it is written, but may pass a symbolic link: pictures may lie on
    another disk. The first field whose pictures are all there counts. Raises DatasetError where
    none does.
    """
    first_error: DatasetError | None = None

    for name in IMAGE_FIELDS:
        found = [picture for picture in as_list(row.get(name)) if not _is_empty_image(picture)]
        if not found:
            continue

        try:
            return tuple(_resolve_image(picture, _search_folders(row, root)) for picture in found)
        except DatasetError as error:
            first_error = first_error or error

    raise first_error or DatasetError("no picture")


def find_row_video(row: RowFields, root: Path, scene: str) -> Path:
    """The scene's folder of frames or video file, or the row's `video`. Raises DatasetError where
    neither is there.
    """
    names = [scene, *(f"{scene}{ending}" for ending in _VIDEO_SUFFIXES)]
    video = str(row.get("video") or "")
    names += [video, video.rpartition(".")[0]] if video else []

    for folder in _search_folders(row, root):
        for name in names:
            path = folder / name
            if name and _is_below(name) and _path_exists(path):
                return path

    raise DatasetError(f"its video {_shorten_path(video or scene + '.mp4')} is missing")


def _path_exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name too long
        return False


def _search_folders(row: RowFields, root: Path) -> Sequence[Path]:
    """Where relative paths may start: the benchmark's folder, and that of the row's own table."""
    table = Path(row.get("_directory") or root)
    return list(
        dict.fromkeys(base / name for base in (root, table) for name in ("", "images", "image"))
    )


def _resolve_image(value: Any, folders: Sequence[Path]) -> bytes | Path:
    text = value.get("path") if isinstance(value, dict) and not value.get("bytes") else value
    if not isinstance(text, str):
        return resolve_media(value, folders[0])
    if (encoded := _decode_inline(text)) is not None:
        return encoded

    if not _is_below(text):
        raise DatasetError(
            f"its picture {_shorten_path(text)} is missing: paths start in the benchmark's folder"
        )

    for folder in folders:
        try:
            return resolve_media(text, folder)
        except DatasetError as error:
            if " is missing" not in str(error):
                raise

    raise DatasetError(f"its picture {_shorten_path(text)} is missing")


def _decode_inline(text: str) -> bytes | None:
    """The bytes of base64 or of a data: address, None for a path. JPEG's base64 begins as a path
    does: "/9j/".
    """
    if len(text) < MIN_BASE64_CHARACTERS and not text.lstrip().lower().startswith("data:"):
        return None

    try:
        found = resolve_media(text, Path(os.devnull))
    except DatasetError as error:
        if " is missing" in str(error) or " is an address" in str(error):
            return None
        raise

    return found if isinstance(found, bytes) else None


def _is_empty_image(value: Any) -> bool:
    if isinstance(value, dict):
        return is_missing(value.get("bytes")) and is_missing(value.get("path"))
    return is_missing(value) or (
        isinstance(value, str) and value.strip().lower() in ("", "nan", "none", "null")
    )


def _is_below(name: str) -> bool:
    """Whether a path, as it is written, stays below the folder that it starts in."""
    path = os.path.normpath(name.replace("\\", "/"))
    return not (path.startswith(("..", "/", "~")) or name.startswith("file:"))


def _shorten_path(name: str) -> str:
    """A path, or the beginning of a cell that is none: never the whole of it."""
    line = " ".join(name.split())
    return line if len(line) < MIN_BASE64_CHARACTERS else f"{line[:40]}... ({len(name)} characters)"
