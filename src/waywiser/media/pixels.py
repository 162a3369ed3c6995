"""Pixels of any kind as upright 8-bit RGB."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from waywiser.errors import MediaError

_ORIENTATION = 0x0112
_TRANSPOSES = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF orientation -> the transposition that turns a picture upright."""


def to_rgb(picture: Any, *, upright: bool = True) -> Image.Image:
    """A PIL image or array as 8-bit RGB: transparency over white, 16 bits and floats scaled to 8.

    Args:
        picture: a PIL image, or an array (H, W), (H, W, C) or (C, H, W) of 1, 3 or 4 channels. The
            scale of integers above 255 and of floats above 1 is inferred from the largest value: 16
            bits up to 65535, else that value.
        upright: whether to apply the EXIF orientation.

    Raises:
        MediaError: the picture is empty or of another type.
    """
    image = picture if isinstance(picture, Image.Image) else _from_array(picture)
    if 0 in image.size:
        raise MediaError(f"an image of {image.width} x {image.height} pixels is empty")

    rgb = _to_eight_bits(image)
    return _turn_upright(rgb) if upright else rgb


def _to_eight_bits(image: Image.Image) -> Image.Image:
    """RGB of 8 bits, without transparency but with the other metadata."""
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return _from_high_bit_depth(image)

    if _has_transparency(image):
        rgba = image.convert("LA" if image.mode == "La" else "RGBA").convert("RGBA")
        white = Image.new("RGBA", rgba.size, (255, 255, 255, 255))
        flat = Image.alpha_composite(white, rgba).convert("RGB")
        flat.info = dict(image.info)

        return flat

    return image if image.mode == "RGB" else image.convert("RGB")


def _from_high_bit_depth(image: Image.Image) -> Image.Image:
    """One channel of more than 8 bits as RGB; the value that marks transparency becomes white."""
    values = np.asarray(image)
    pixels = _to_uint8(values)
    clear = image.info.get("transparency")
    if isinstance(clear, int):
        pixels = np.where(values == clear, np.uint8(255), pixels)

    rgb = Image.fromarray(pixels).convert("RGB")
    rgb.info = {key: value for key, value in image.info.items() if key != "transparency"}
    return rgb


def _has_transparency(image: Image.Image) -> bool:
    """Whether pixels may be transparent; scales a PNG's 16-bit transparent color to 8 bits."""
    clear = image.info.get("transparency")

    if image.mode == "RGB":
        if not isinstance(clear, tuple):
            return False
        if max(clear) > 255:
            image.info["transparency"] = tuple(value >> 8 for value in clear)

    return image.has_transparency_data


def _from_array(picture: Any) -> Image.Image:
    if isinstance(picture, str | bytes):
        raise MediaError(
            "an image was given as text or bytes: open it first (waywiser.models.read_image)"
        )

    try:
        array = np.asarray(picture)
    except Exception as error:
        raise MediaError(
            f"a {type(picture).__name__} is not an image: give a PIL image or an array"
        ) from error

    if array.dtype.kind not in "buif" or array.ndim not in (2, 3) or 0 in array.shape:
        raise MediaError(
            f"a {type(picture).__name__} {array.dtype} {array.shape} is not an image: give a PIL"
            " image"
        )

    if array.ndim == 3 and array.shape[-1] not in (1, 3, 4) and array.shape[0] in (1, 3, 4):
        array = array.transpose(1, 2, 0)

    if array.ndim == 3 and array.shape[-1] not in (1, 3, 4):
        raise MediaError(
            f"an array {array.shape} is not an image: expected 1, 3 or 4 channels, last or first"
        )

    if array.ndim == 3 and array.shape[-1] == 1:
        array = array[..., 0]

    return Image.fromarray(np.ascontiguousarray(_to_uint8(array)))


def _to_uint8(array: NDArray[Any]) -> NDArray[np.uint8]:
    """uint8 unchanged; others scaled from the range that their largest finite value suggests.

    The range is 1 (floats), 8 bits, 16 bits, or that value. NaN and negative values become 0,
    positive infinity 255.
    """
    if array.dtype == np.uint8:
        return array

    values = array.astype(np.float32 if array.dtype.itemsize <= 2 else np.float64)
    top = float(values.max(initial=0.0, where=np.isfinite(values)))
    if array.dtype == np.bool_ or (array.dtype.kind == "f" and top <= 1.0):
        values *= 255.0
    elif top > 65535:
        values *= 255.0 / top
    elif top > 255:
        values /= 257.0

    finite = np.nan_to_num(values, nan=0.0, posinf=255.0, neginf=0.0)
    return np.clip(np.rint(finite), 0, 255).astype(np.uint8)


def exif_transpose(image: Image.Image) -> Image.Transpose | None:
    """The transposition that turns a picture upright; None if it is."""
    try:
        return _TRANSPOSES.get(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # malformed EXIF raises all kinds of errors; the pixels are sound
        return None


def _turn_upright(image: Image.Image) -> Image.Image:
    method = exif_transpose(image)
    if method is None:
        return image
    turned = image.transpose(method)
    turned.info = {}
    return turned
