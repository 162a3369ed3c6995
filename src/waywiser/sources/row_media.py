"""Pictures and videos of rows: paths below a root, data: addresses, base64, bytes."""

import base64
import binascii
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from waywiser.errors import DatasetError

_DATA_URI = re.compile(r"data:(?:image|video|application)/[\w.+-]+(?:;[\w=.+-]+)*;base64,", re.I)
_BASE64 = re.compile(r"[A-Za-z0-9+/_\s-]+={0,2}\s*")
_MAGIC_PREFIXES = (
    *(b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF", b"BM"),
    *(b"II*\0", b"MM\0*", b"P5", b"P6", b"\0\0\0"),
)
MIN_BASE64_CHARACTERS = 64
"""Shorter text is a path."""


def resolve_media(value: Any, root: Path, *, confined: bool = False) -> bytes | Path:
    """A picture or video of a row: its bytes, or the path of an existing file.

    Args:
        value: a path (relative to `root`, absolute, or file:), a data: address, base64 text, bytes,
            or a mapping of bytes, path or url, as in `datasets` and chat formats.
        root: where relative paths start.
        confined: reject files outside of `root`.

    Raises:
        DatasetError: it is missing or has another form; the kind of problem comes first.
    """
    if isinstance(value, Mapping):
        value = next(
            (value[key] for key in ("bytes", "path", "url", "image_url") if value.get(key)), None
        )

    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    if not isinstance(value, str) or not value.strip():
        raise DatasetError("a picture is neither a path nor bytes")

    text = value.strip()
    if match := _DATA_URI.match(text):
        return _decode_base64(text[match.end() :])
    if (encoded := _try_base64(text)) is not None:
        return encoded

    return _find_file(text, root, confined)


def _find_file(text: str, root: Path, confined: bool) -> Path:
    if text.startswith("file:"):
        text = unquote(urlsplit(text).path)
    elif "://" in text[:12]:
        raise DatasetError(
            f"a picture is an address: download it and give its path ({_shorten(text)})"
        )

    for name in dict.fromkeys((text, text.replace("\\", "/"), unquote(text))):
        path = root / os.path.expanduser(name)  # noqa: PTH111 - the name may be of any form
        if confined and not _is_below(path, root):
            raise DatasetError(f"a picture lies outside the dataset's folder: {_shorten(text)}")
        if _exists(path):
            return path

    raise DatasetError(f"a picture is missing: {_shorten(text)}")


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name too long, a null byte
        return False


def _is_below(path: Path, root: Path) -> bool:
    try:
        return path.resolve().is_relative_to(root.resolve())
    except (OSError, ValueError):
        return True  # it cannot exist either


def _try_base64(text: str) -> bytes | None:
    """The bytes in base64 text (plain, URL-safe, or with line ends), None for text that is a
    path.
    """
    if len(text) < MIN_BASE64_CHARACTERS or not _BASE64.fullmatch(text[:256]):
        return None

    try:
        start = _decode_base64(text[:64])
    except DatasetError:
        return None

    return _decode_base64(text) if start.startswith(_MAGIC_PREFIXES) else None


def _decode_base64(text: str) -> bytes:
    compact = "".join(text.split()).replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise DatasetError("a picture's base64 is damaged") from None


def _shorten(text: str) -> str:
    shown = text.replace("\0", "\\0").replace("\n", " ")
    return shown if len(shown) <= 80 else f"{shown[:40]}...{shown[-30:]}"
