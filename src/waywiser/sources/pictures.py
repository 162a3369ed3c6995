"""Encoded pictures from dataset rows: bounded, decodable, and never from outside the dataset's folder."""

import io
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from waywiser.errors import DatasetError

MAX_BYTES = 20 * 1024 * 1024
"""A larger picture is set aside: endpoints refuse it, and a request carries it as text of 4/3 its size."""
MAX_PIXELS = 64_000_000


def picture_bytes(value: Any, root: Path, max_bytes: int = MAX_BYTES) -> bytes:
    """The encoded picture that `value` holds or names (below `root`), unchanged.

    Raises DatasetError for one that is missing, outside `root`, too large (before it is read) or undecodable.
    """
    if isinstance(value, Mapping):
        value = value.get("bytes") or value.get("path")
    if isinstance(value, str):
        path = (root / value).resolve()
        if not path.is_relative_to(root.resolve()):
            raise DatasetError(f"its picture {value} lies outside the dataset's folder")
        if not path.is_file():
            raise DatasetError(f"its picture {value} is missing")
        _small_enough(path.stat().st_size, max_bytes)
        value = path.read_bytes()
    if not isinstance(value, bytes):
        raise DatasetError("its picture is neither bytes nor a path")
    _small_enough(len(value), max_bytes)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(value)) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise DatasetError(f"its picture has more than {MAX_PIXELS // 10**6} million pixels")
                image.verify()
    except DatasetError:
        raise
    except Exception as error:  # decoders raise OSError, SyntaxError, ValueError, struct.error, ...
        raise DatasetError(f"its picture cannot be decoded ({type(error).__name__})") from error
    return value


def _small_enough(size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise DatasetError(f"its picture has {size / 2**20:.0f} MB, more than {max_bytes / 2**20:.0f}")
