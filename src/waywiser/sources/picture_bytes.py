"""Encoded pictures from dataset rows: bounded, decodable, and never from outside the dataset's
folder.
"""

from pathlib import Path
from typing import Any

from waywiser.errors import DatasetError, MediaError
from waywiser.media import check_picture
from waywiser.sources.row_media import resolve_media

MAX_PICTURE_BYTES = 20 * 1024 * 1024
"""A larger picture is set aside: endpoints refuse it, and a request carries it as text of 4/3 its
size.
"""
MAX_PICTURE_PIXELS = 64_000_000


def read_picture_bytes(value: Any, root: Path, max_bytes: int = MAX_PICTURE_BYTES) -> bytes:
    """The encoded picture that `value` holds or names (below `root`), unchanged.

    Raises DatasetError for one that is missing, outside `root`, too large (before it is read) or
    undecodable.
    """
    source = resolve_media(value, root, confined=True)
    if isinstance(source, Path):
        try:
            _check_size(source.stat().st_size, max_bytes)
            source = source.read_bytes()
        except OSError as error:
            raise DatasetError(f"a picture is missing: {error.strerror or error}") from error

    _check_size(len(source), max_bytes)

    try:
        check_picture(source, name="it", max_pixels=MAX_PICTURE_PIXELS)
    except MediaError as error:
        raise DatasetError(f"a picture cannot be decoded: {error}") from error

    return source


def _check_size(size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise DatasetError(
            f"its picture has {size / 2**20:.0f} MB, more than {max_bytes / 2**20:.0f}"
        )
