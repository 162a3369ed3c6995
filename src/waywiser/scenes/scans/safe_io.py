"""Untrusted files, read with limits: nothing outside the scan's folder, nothing huge, no pickle.

Every failure is a `ScanItemError` whose message is the end of a sentence that the caller begins
("its depth ... is missing"), the same for the same fault, so that faults can be counted.
"""

import io
import json
import math
import warnings
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from waywiser.errors import SceneError
from waywiser.json_types import JsonObject
from waywiser.media import to_rgb

MAX_JSON_BYTES = 64 * 2**20
MAX_PICTURE_BYTES = 128 * 2**20
"""Bytes of a JSON file, and of a picture or an array, compressed or not."""
_PNG_BIT_DEPTH_OFFSET = 24
"""Where a PNG says how many bits a sample has."""
MAX_SIDE = 8192
MAX_PIXELS = 2**25
NO_DEPTH = 65535
"""Depth that sensors write if they measured nothing; here 0 means the same."""
MAX_DEPTH = (NO_DEPTH - 1) / 1000
"""Meters: depth is kept in millimeters of 16 bits, whose last value stands for none."""


class ScanItemError(SceneError):
    """A file, frame or object of a scan that cannot be used; the message does not name it."""


def resolve_member(folder: Path, *parts: str) -> Path:
    """The path of a file of the scan. Raises ScanItemError if it leads out of the folder."""
    path = folder.joinpath(*parts)
    try:
        inside = path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # a loop of links, a null byte
        inside = False

    if not inside:
        raise ScanItemError("is outside the scan's folder: use a path inside it")

    return path


def read_limited(path: Path, max_bytes: int) -> bytes:
    """The bytes of a plain file of 1 to `max_bytes` bytes."""
    try:
        if not path.is_file():
            raise ScanItemError("is missing: copy the scan again")

        size = path.stat().st_size
        if size > max_bytes:
            raise ScanItemError(f"is larger than {max_bytes // 2**20} MB")

        data = path.read_bytes() if size else b""
    except OSError as error:
        raise ScanItemError(f"cannot be read ({error.strerror})") from error

    if not data:
        raise ScanItemError("is empty: copy or export it again")

    return data


def read_json_object(path: Path) -> JsonObject:
    """The object in a JSON file."""
    text = read_limited(path, MAX_JSON_BYTES)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ScanItemError("is not valid JSON: export it again") from error

    if not isinstance(value, dict):
        raise ScanItemError(f"holds a {type(value).__name__}, not an object")

    return value


def read_pixels(path: Path, pixels: Callable[[Image.Image, bytes], NDArray[Any]]) -> NDArray[Any]:
    """The result of `pixels` for the decoded image of a PNG or JPEG and the file's bytes."""
    data = read_limited(path, MAX_PICTURE_BYTES)
    too_large = ScanItemError(f"has more than {MAX_SIDE} pixels per side or {MAX_PIXELS:,} in all")

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=("PNG", "JPEG"))

        with image:
            width, height = image.size
            if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
                raise too_large

            image.load()
            return pixels(image, data)
    except ScanItemError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise too_large from error
    except (OSError, ValueError, SyntaxError, EOFError, zlib.error) as error:
        raise ScanItemError("is damaged, or neither PNG nor JPEG: export it again") from error


def read_npz_array(path: Path, name: str, kinds: str) -> NDArray[Any]:
    """One array of an .npz file, of a numpy kind in `kinds` ("fiu", "U"); never unpickles. Raises
    KeyError for none.
    """
    return read_npz_arrays(path, {name: kinds})[name]


def read_npz_arrays(path: Path, kinds: dict[str, str]) -> dict[str, NDArray[Any]]:
    """The named arrays of an .npz file that are there, each of a numpy kind in its string."""
    data = read_limited(path, MAX_PICTURE_BYTES)
    arrays: dict[str, NDArray[Any]] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())

            for name, kind in kinds.items():
                if f"{name}.npy" in names:
                    arrays[name] = _read_npy(archive, f"{name}.npy", kind)
    except ScanItemError:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        ValueError,
        RuntimeError,
        NotImplementedError,
    ) as error:
        raise ScanItemError("is damaged or not an .npz file: export it again") from error

    return arrays


def _read_npy(archive: zipfile.ZipFile, name: str, kinds: str) -> NDArray[Any]:
    """An array whose header promises no more than its bytes hold."""
    if archive.getinfo(name).file_size > MAX_PICTURE_BYTES:
        raise ScanItemError(f"is larger than {MAX_PICTURE_BYTES // 2**20} MB when unpacked")

    with archive.open(name) as file:
        stream = io.BytesIO(file.read(MAX_PICTURE_BYTES + 1))

    readers = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }

    reader = readers.get(np.lib.format.read_magic(stream))
    if reader is None:
        raise ScanItemError("has an unknown .npy version: save it with numpy.savez")

    shape, fortran, dtype = reader(stream)
    if dtype.kind not in kinds or dtype.itemsize == 0:
        raise ScanItemError(f"holds {dtype}, another type than this array needs")

    rest = stream.read()
    if any(side < 0 for side in shape) or math.prod(shape) * dtype.itemsize != len(rest):
        raise ScanItemError("is truncated: copy or export it again")

    return np.frombuffer(rest, dtype=dtype).reshape(shape, order="F" if fortran else "C")


def read_rgb(path: Path) -> NDArray[np.uint8]:
    """(H, W, 3) sRGB of a picture of 8 bits per channel, transparency over white.

    It is not turned by its EXIF orientation: depth, ids and lens belong to the pixels as they are
    stored.
    """

    def pixels(image: Image.Image, _: bytes) -> NDArray[np.uint8]:
        if image.mode in ("I", "F") or image.mode.startswith("I;16"):
            raise ScanItemError("is not 8-bit per channel: export it as an 8-bit PNG or JPEG")
        return np.array(to_rgb(image, upright=False))

    return read_pixels(path, pixels)


def _stored_values(image: Image.Image, data: bytes) -> NDArray[Any]:
    """The numbers in a picture: (H, W) or (H, W, channels); of a palette the indices.

    Pillow spreads gray of 1, 2 and 4 bits over 0 to 255, and tools that make PNGs small use it:
    that is undone.
    """
    values = np.asarray(image)
    if image.mode == "1":
        return values.astype(np.uint8)

    bits = data[_PNG_BIT_DEPTH_OFFSET] if image.format == "PNG" and image.mode == "L" else 8
    return values // (255 // (2**bits - 1)) if bits < 8 else values


def read_depth_mm(path: Path) -> NDArray[np.uint16]:
    """Z-depth (H, W) in millimeters, 0 for none: a 16-bit PNG, or `depth` in meters of an .npz.

    65535, which sensors write if they measured nothing, counts as none.
    """
    if path.suffix.lower() == ".npz":
        try:
            meters = read_npz_array(path, "depth", "f").astype(np.float64)
        except KeyError as error:
            raise ScanItemError(
                "has no array 'depth' (floating point, in meters): add it"
            ) from error

        with np.errstate(invalid="ignore"):
            fits = np.isfinite(meters) & (meters > 0) & (meters <= MAX_DEPTH)

        pixels = np.where(fits, np.rint(np.where(fits, meters, 0.0) * 1000), 0)
    else:
        pixels = read_pixels(path, _stored_values)
        if pixels.dtype == np.uint8 or pixels.dtype.kind not in "iu":
            raise ScanItemError("is not 16-bit: export depth in millimeters as a 16-bit PNG")
        if pixels.size and (pixels.min() < 0 or pixels.max() > 65535):
            raise ScanItemError(
                "has values that are not 16-bit millimeters: export depth in millimeters"
            )

    millimeters = _check_map(pixels).astype(np.uint16)
    return np.where(millimeters == NO_DEPTH, np.uint16(0), millimeters)


def read_instance_ids(path: Path) -> NDArray[np.int32]:
    """Ids (H, W), 0 for none: a gray PNG, the indices of a palette PNG, or `ids` of an .npz."""
    if path.suffix.lower() == ".npz":
        try:
            pixels = read_npz_array(path, "ids", "iu")
        except KeyError as error:
            raise ScanItemError("has no array 'ids' (integers): add it") from error
    else:
        pixels = read_pixels(path, _stored_values)

    if pixels.dtype.kind not in "iu" or (
        pixels.size and (pixels.min() < 0 or pixels.max() > 65535)
    ):
        raise ScanItemError("holds ids that are not integers from 0 to 65535")

    return _check_map(pixels).astype(np.int32)


def _check_map(pixels: NDArray[Any]) -> NDArray[Any]:
    if (
        pixels.ndim != 2
        or not pixels.size
        or max(pixels.shape) > MAX_SIDE
        or pixels.size > MAX_PIXELS
    ):
        raise ScanItemError("is not a single-channel image: export one number per pixel")

    return pixels
