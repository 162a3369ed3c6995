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
from waywiser.media.pictures import to_rgb

__all__ = ["WaywiserStarterImageProcessor", "flatten_images", "to_rgb"]


class WaywiserStarterImageProcessor(BaseImageProcessor):
    """Resizes to a square (the aspect ratio is not kept) by bicubic interpolation with
    antialiasing.

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

    def preprocess(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, images: Any, *_: Any, return_tensors: str | None = "pt", **__: Any
    ) -> BatchFeature:
        """A picture, a list, or lists in lists of PIL images of any mode, or arrays (H, W), (H, W,
        C) or (C, H, W).

        Returns `pixel_values` (N, 3, 224, 224) uint8. The same object given several times is
        resized once. Raises ModelError for what is not a picture.
        """
        resized: dict[int, NDArray[np.uint8]] = {}
        pictures = list(flatten_images(images))
        if not pictures:
            raise ModelError("no image was given: leave out images for a text-only batch")

        for picture in pictures:
            if id(picture) not in resized:
                resized[id(picture)] = self._resize(picture)

        pixels = np.stack([resized[id(picture)] for picture in pictures])
        return BatchFeature({"pixel_values": pixels}, tensor_type=return_tensors)

    def _resize(self, picture: Any) -> NDArray[np.uint8]:
        size = (self.image_size, self.image_size)
        resized_picture = to_rgb(picture).resize(size, Image.Resampling.BICUBIC, reducing_gap=None)
        return np.ascontiguousarray(np.asarray(resized_picture, dtype=np.uint8).transpose(2, 0, 1))


def flatten_images(images: Any) -> Iterator[Any]:
    """The pictures of nested lists, in order; a 4-D array is a list of its first axis."""
    if isinstance(images, list | tuple):
        for item in images:
            yield from flatten_images(item)
    elif getattr(images, "ndim", 0) == 4:
        yield from images
    elif images is not None:
        yield images
