"""Pictures of any kind -> (N, 3, 224, 224) uint8, without torchvision: PIL alone, the same bytes
everywhere.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from transformers import BaseImageProcessor, BatchFeature
from transformers.processing_utils import ImagesKwargs

from waywiser.errors import ModelError


class WaywiserStarterImageProcessor(BaseImageProcessor):
    """Resizes to a square (the aspect ratio is not kept) by bicubic interpolation with antialiasing.

    Normalisation happens in the frozen tower, so `pixel_values` stay uint8: 147 kB a picture.
    """

    model_input_names = ["pixel_values"]  # noqa: RUF012
    valid_kwargs = ImagesKwargs

    def __init__(self, image_size: int = 224, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.image_size = image_size

    @property
    def backend(self) -> str:
        return "pil"

    def fetch_images(self, image_url_or_urls: Any) -> Any:
        """Nothing is fetched: a path or an address is refused in `preprocess`."""
        return image_url_or_urls

    def preprocess(self, images: Any, *_: Any, return_tensors: str | None = "pt", **__: Any) -> BatchFeature:  # pyright: ignore[reportIncompatibleMethodOverride]
        """A picture, a list, or lists in lists of PIL images of any mode, or arrays (H, W), (H, W, C) or (C,
        H, W).

        Returns `pixel_values` (N, 3, 224, 224) uint8. The same object given several times is resized once.
        Errors: ModelError for what is no picture.
        """
        done: dict[int, NDArray[np.uint8]] = {}
        pictures = list(flatten(images))
        if not pictures:
            raise ModelError("no image was given: leave out images for a text-only batch")
        for picture in pictures:
            if id(picture) not in done:
                done[id(picture)] = self._resize(picture)
        pixels = np.stack([done[id(picture)] for picture in pictures])
        return BatchFeature({"pixel_values": pixels}, tensor_type=return_tensors)

    def _resize(self, picture: Any) -> NDArray[np.uint8]:
        size = (self.image_size, self.image_size)
        small = to_rgb(picture).resize(size, Image.Resampling.BICUBIC, reducing_gap=None)
        return np.ascontiguousarray(np.asarray(small, dtype=np.uint8).transpose(2, 0, 1))


def flatten(images: Any) -> Iterator[Any]:
    """The pictures of nested lists, in order; a 4-D array is a list of its first axis."""
    if isinstance(images, list | tuple):
        for item in images:
            yield from flatten(item)
    elif getattr(images, "ndim", 0) == 4:
        yield from images
    elif images is not None:
        yield images


def to_rgb(picture: Any) -> Image.Image:
    """A PIL image or array as 8-bit RGB: transparency over white, 16 bits and floats scaled to 8.

    Errors: ModelError for an empty picture or another type.
    """
    image = picture if isinstance(picture, Image.Image) else _from_array(picture)
    if 0 in image.size:
        raise ModelError(f"an image of {image.width} x {image.height} pixels is empty")
    if image.mode == "RGB":
        return image
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return Image.fromarray(_to_uint8(np.asarray(image))).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        white = Image.new("RGBA", rgba.size, (255, 255, 255, 255))
        return Image.alpha_composite(white, rgba).convert("RGB")
    return image.convert("RGB")


def _from_array(picture: Any) -> Image.Image:
    if isinstance(picture, str | bytes):
        raise ModelError("an image was given as text or bytes: open it first (waywiser.models.read_image)")
    try:
        array = np.asarray(picture)
    except Exception as error:
        raise ModelError(f"a {type(picture).__name__} is no image: give a PIL image or an array") from error
    if array.dtype.kind not in "buif" or array.ndim not in (2, 3) or 0 in array.shape:
        raise ModelError(f"a {type(picture).__name__} {array.dtype} {array.shape} is no image: give a PIL image")
    if array.ndim == 3 and array.shape[-1] not in (1, 3, 4) and array.shape[0] in (1, 3, 4):
        array = array.transpose(1, 2, 0)
    if array.ndim == 3 and array.shape[-1] not in (1, 3, 4):
        raise ModelError(f"an array {array.shape} is no image: expected 1, 3 or 4 channels, last or first")
    if array.ndim == 3 and array.shape[-1] == 1:
        array = array[..., 0]
    return Image.fromarray(np.ascontiguousarray(_to_uint8(array)))


def _to_uint8(array: NDArray[Any]) -> NDArray[np.uint8]:
    """uint8 as it is; booleans and floats within [0, 1] times 255; 16-bit values by 257; else clipped to
    0..255.
    """
    if array.dtype == np.uint8:
        return array
    values = np.nan_to_num(array.astype(np.float64), posinf=255.0, neginf=0.0)
    top = float(values.max())
    if array.dtype == np.bool_ or (array.dtype.kind == "f" and top <= 1.0):
        values = values * 255.0
    elif array.dtype.kind in "ui" and top > 255:
        values = values / 257.0
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
