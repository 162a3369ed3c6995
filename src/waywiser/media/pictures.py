"""`decode_picture`: the one decoder of encoded pictures.

Everything that turns a picture into pixels calls it, so that a photograph taken sideways, a drawing
on a transparent background or a 16-bit scan looks the same to training, evaluation, curation and
`ask`.
"""

import io
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import current_thread, main_thread
from typing import TypeVar
from warnings import catch_warnings, simplefilter

from PIL import Image, features

from waywiser.errors import MediaError, error_text
from waywiser.media._file_kinds import describe_file_kind
from waywiser.media._png import strip_text_chunks
from waywiser.media.pixels import exif_transpose, to_rgb

Source = bytes | str | os.PathLike[str]
"""An encoded picture, or the path of one."""

# Pictures only: some of Pillow's other readers start programs (EPS) or draw (WMF).
FORMATS = (
    *("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM"),
    *(("AVIF",) if "avif" in features.modules and features.check_module("avif") else ()),
    *(("JPEG2000",) if features.check_codec("jpg_2000") else ()),
)
"""Supported formats, by their names in Pillow."""

_Result = TypeVar("_Result")
_PHOTOMETRIC = 262
_WHITE_IS_ZERO = 0


def decode_picture(source: Source, *, name: str = "") -> Image.Image:
    """Decode a picture, given as bytes or as a path, as upright 8-bit RGB.

    The EXIF orientation is applied (malformed EXIF is ignored), transparency is composited over
    white, 16 bits, 32 bits and floats are scaled to 8 bits, and CMYK, LAB and palettes are
    converted. Of an animation, the first frame is returned. Reads `FORMATS`, up to Pillow's limit
    of 179 million pixels.

    Args:
        source: the encoded picture or its path.
        name: how errors name the picture; default: the path.

    Raises:
        MediaError: the picture is missing, empty, truncated, too large or not a picture.

    Example:
        >>> decode_picture("room.jpg").mode
        'RGB'
    """
    return _read_picture(source, name, _decode_image)


def check_picture(source: Source, *, name: str = "", max_pixels: int | None = None) -> None:
    """Raise MediaError if the header shows that `decode_picture` would fail, or for a picture of
    more than `max_pixels` pixels.

    Reads headers and checksums only: a picture with truncated pixels may pass.
    """

    def verify(image: Image.Image) -> None:
        if max_pixels is not None and image.width * image.height > max_pixels:
            raise MediaError(f"has more than {max_pixels:,} pixels: scale it down first")
        image.verify()

    _read_picture(source, name, verify)


def portable_picture(content: bytes) -> bytes:
    """An encoded picture that every program shows alike: upright, with 8 bits per channel.

    Many readers ignore the EXIF orientation, and clip 16 bits at 255. Such a picture is encoded as
    PNG after `decode_picture`; others, and those that cannot be decoded, are returned unchanged.
    """
    try:
        if with_open_picture(content, _is_portable):
            return content

        sink = io.BytesIO()
        decode_picture(content).save(sink, "PNG")
    except Exception:  # decoders raise what they like; who decodes it says what is wrong
        return content

    return sink.getvalue()


def _read_picture(source: Source, name: str, work: Callable[[Image.Image], _Result]) -> _Result:
    """The result of `work` on the opened picture; any error becomes a MediaError that names it."""
    label = source_label(source, name, "the picture")

    try:
        content = source if isinstance(source, bytes) else _require_picture_file(os.fspath(source))
        if content == b"":
            raise MediaError("is empty (0 bytes): copy or export the image again")

        return with_open_picture(content, work)
    except MediaError as error:
        raise MediaError(f"{label} {error}") from error
    except Image.DecompressionBombError as error:
        raise MediaError(f"{label} is gigantic ({error}): scale it down first") from error
    except Image.UnidentifiedImageError as error:
        raise MediaError(f"{label} {describe_file_kind(_head(source))}") from error
    except PermissionError as error:
        raise MediaError(f"{label} cannot be read: permission denied") from error
    except MemoryError as error:
        raise MediaError(f"{label} does not fit into memory: scale it down first") from error
    except Exception as error:  # decoders raise OSError, SyntaxError, struct.error, zlib.error, ...
        reason = error_text(error, 120)
        raise MediaError(f"{label} is truncated or damaged ({reason})") from error


def source_label(source: Source, name: str, in_memory_name: str) -> str:
    """How messages name a source: its `name`, else its path, shortened if it is very long."""
    if name or isinstance(source, bytes):
        return name or in_memory_name
    path = " ".join(os.fspath(source).replace("\0", "\\0").split())
    return path if len(path) <= 200 else f"{path[:100]}...{path[-60:]}"


def is_web_address(path: str) -> bool:
    """Whether what was given as a path is an address on the web; `Path` makes one slash of its
    two.
    """
    return re.match(r"[a-z][a-z0-9+.-]+:/", path, re.IGNORECASE) is not None


def _require_picture_file(path: str) -> Path:
    """The path of an existing file. Raises MediaError, worded as the end of a sentence,
    otherwise.
    """
    file = Path(path)
    try:
        exists = file.is_file()
        size = file.stat().st_size if file.is_file() else 0
    except (OSError, ValueError):  # a name too long, a null byte
        exists = False
        size = 0

    if not exists and is_web_address(path):
        raise MediaError(
            "is a web address, not an image file: download the image and give its path"
        )
    if not exists:
        raise MediaError("is not an image file: give the path of one that exists")
    if size == 0:
        raise MediaError("is empty (0 bytes): copy or export the image again")

    return file


def with_open_picture(content: bytes | Path, work: Callable[[Image.Image], _Result]) -> _Result:
    """The result of `work` on the opened picture.

    A PNG that fails is tried again without its text: Pillow refuses a large text chunk (image
    generators store their workflow in one), and a damaged one, although the pixels are sound.
    """

    def once(content: bytes | Path) -> _Result:
        opened = io.BytesIO(content) if isinstance(content, bytes) else content
        with Image.open(opened, formats=FORMATS) as image:
            return work(image)

    with _silence_pillow():
        try:
            return once(content)
        except (MediaError, Image.DecompressionBombError):
            raise
        except Exception:
            plain = strip_text_chunks(content)
            if plain is None:
                raise

            return once(plain)


@contextmanager
def _silence_pillow() -> Iterator[None]:
    """Suppress Pillow's warnings about large pictures and odd metadata.

    Warning filters are global: two threads that change and restore them concurrently may leave them
    changed, so only the main thread does.
    """
    if current_thread() is not main_thread():
        yield
        return

    with catch_warnings():
        simplefilter("ignore")
        yield


def _decode_image(image: Image.Image) -> Image.Image:
    image.load()
    inverted = _white_is_zero(image)
    rgb = to_rgb(image)
    # Drop metadata: later readers would apply the orientation a second time.
    plain = rgb.copy() if rgb is image else rgb
    plain.info = {}

    return Image.eval(plain, lambda value: 255 - value) if inverted else plain


def _white_is_zero(image: Image.Image) -> bool:
    """Whether this is a 16-bit TIFF in which 0 is white; Pillow inverts only 8-bit ones."""
    tags = getattr(image, "tag_v2", {})
    return image.mode.startswith("I;16") and tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO


def _is_portable(image: Image.Image) -> bool:
    """Whether readers without support for orientations and 16 bits show this picture correctly."""
    return (
        image.mode not in ("I", "F")
        and not image.mode.startswith("I;16")
        and exif_transpose(image) is None
    )


def _head(source: Source) -> bytes:
    if isinstance(source, bytes):
        return source[:512]
    with Path(source).open("rb") as file:
        return file.read(512)
