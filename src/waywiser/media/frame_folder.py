"""The frames of a video that lies in a folder, one picture per file."""

import re
from pathlib import Path

from waywiser.errors import MediaError

FRAME_SUFFIXES = (
    ".jpg",
    ".jpeg",
    ".png",
    ".webp",
    ".bmp",
    ".tif",
    ".tiff",
    ".ppm",
    ".avif",
    ".jp2",
)
"""Suffixes of the files that are frames of a folder, in lower case."""


def frame_files(folder: Path) -> list[Path]:
    """The pictures of a folder in natural order (frame_2 before frame_10), without hidden files.

    Raises MediaError if there are none, or if the folder cannot be read.
    """
    try:
        visible = [file for file in folder.iterdir() if not file.name.startswith(".")]
    except OSError as error:
        raise MediaError(f"{folder} cannot be read ({error.strerror})") from error

    files = [file for file in visible if file.suffix.lower() in FRAME_SUFFIXES and file.is_file()]
    if not files:
        raise MediaError(f"{folder} holds no frames ({', '.join(FRAME_SUFFIXES)})")

    return sorted(files, key=lambda file: natural_key(file.name))


def natural_key(name: str) -> tuple[list[str | int], str]:
    """A key that sorts names by the numbers in them, ignoring case."""
    parts = re.split(r"([0-9]+)", name.casefold())
    return [int(part) if place % 2 else part for place, part in enumerate(parts)], name
