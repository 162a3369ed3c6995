"""The one decoder of encoded pictures, and pixels of any kind as 8-bit RGB.

Every path that turns a picture into pixels calls `decode_picture`, so that a photograph taken
sideways, a drawing on a transparent ground or a 16-bit scan look the same to training, evaluation,
curation and `ask`.
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

from waywiser.errors import MediaError
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
"""Pillow's names of the formats that are read."""

_Result = TypeVar("_Result")
_PHOTOMETRIC = 262
_WHITE_IS_ZERO = 0


def decode_picture(source: Source, *, name: str = "") -> Image.Image:
    """An encoded picture, or the file at a path, as upright 8-bit RGB; of an animation the first
    frame.

    Turned by its EXIF orientation (malformed EXIF is ignored), transparency over white, 16 bits, 32
    bits and floats scaled to 8 bits, CMYK, LAB and palettes resolved. Reads `FORMATS`, up to
    Pillow's limit of 179 million pixels.

    Errors: MediaError, one line that begins with `name` (default: the path), for what is missing,
    empty, truncated, gigantic or no picture.
    """
    return _read_picture(source, name, _decode_image)


def check_picture(source: Source, *, name: str = "", max_pixels: int | None = None) -> None:
    """Raise MediaError for what `decode_picture` would refuse at sight, or has more than
    `max_pixels` pixels.

    Reads headers and checksums only: a picture whose pixels are cut off may pass.
    """

    def verify(image: Image.Image) -> None:
        if max_pixels is not None and image.width * image.height > max_pixels:
            raise MediaError(f"has more than {max_pixels:,} pixels: scale it down first")
        image.verify()

    _read_picture(source, name, verify)


def portable_picture(content: bytes) -> bytes:
    """An encoded picture as other programs show it too: upright and of 8 bits a channel.

    Many readers ignore the EXIF orientation, and cut 16 bits off at 255. Such a picture becomes a
    PNG of what `decode_picture` sees; any other, and what cannot be decoded, stays as it is.
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
    """The result of `work` on the opened picture; whatever goes wrong is a MediaError that names
    it.
    """
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
    except (
        Exception
    ) as error:  # decoders raise OSError, SyntaxError, ValueError, struct.error, zlib.error, ...
        raise MediaError(
            f"{label} is truncated or damaged ({' '.join(str(error).split())[:120]})"
        ) from error


def source_label(source: Source, name: str, in_memory_name: str) -> str:
    """What messages call a source: its `name`, else its path, which is shortened where it is no
    sane path.
    """
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
    """The path of a file that is there. Raises MediaError, as the end of a sentence, where none can
    be.
    """
    file = Path(path)
    try:
        found = file.is_file()
        size = file.stat().st_size if file.is_file() else 0
    except (OSError, ValueError):  # a name too long, a null byte
        found = False
        size = 0

    if not found and is_web_address(path):
        raise MediaError("is no image file but an address: download the image and give its path")
    if not found:
        raise MediaError("is no image file: give the path of one that is there")
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
    """Without Pillow's warnings about large pictures and odd metadata.

    Python's filters belong to the whole process: two threads that change and restore them at once
    may leave them changed, so only the main thread does.
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
    # Metadata must not go along: an orientation that is applied would be applied again by later
    # readers.
    plain = rgb.copy() if rgb is image else rgb
    plain.info = {}

    return Image.eval(plain, lambda value: 255 - value) if inverted else plain


def _white_is_zero(image: Image.Image) -> bool:
    """Whether this is a 16-bit TIFF that counts from white to black, which Pillow inverts for 8
    bits only.
    """
    tags = getattr(image, "tag_v2", {})
    return image.mode.startswith("I;16") and tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO


def _is_portable(image: Image.Image) -> bool:
    """Whether readers that know nothing of orientations and 16 bits show this picture as we do."""
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
