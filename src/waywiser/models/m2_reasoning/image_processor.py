"""Pictures for M2-Reasoning: Qwen2-VL's patches at the release's sizes, with Pillow alone."""

from typing import Any

from transformers.image_utils import SizeDict
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

from waywiser.json_types import JsonObject
from waywiser.models.resizing import fit_size
from waywiser.models.starter.image_processor import flatten_images, to_rgb


class M2ReasoningImageProcessor(Qwen2VLImageProcessorPil):
    """Pictures -> `pixel_values` (patches, 1176) float32 and `image_grid_thw` (N, 3) int64.

    4 to 16,384 tokens per picture (of 28 x 28 pixels), bicubic. Raises ModelError for a picture
    whose one side is more than 200 times the other, an empty one, or none at all.
    """

    size: dict[str, int] = {"shortest_edge": 4 * 784, "longest_edge": 16384 * 784}  # noqa: RUF012

    def preprocess(self, images: Any, **kwargs: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        return super().preprocess([to_rgb(picture) for picture in flatten_images(images)], **kwargs)

    def fetch_images(self, image_url_or_urls: Any) -> Any:
        """Nothing is fetched: a path or an address is refused in `preprocess`."""
        return image_url_or_urls

    def resize(self, image: Any, size: SizeDict, resample: Any, factor: int, **_: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        height, width = fit_size(
            *image.shape[-2:],
            factor=factor,
            min_pixels=int(size.shortest_edge or 0),
            max_pixels=int(size.longest_edge or 0),
        )

        new_size = SizeDict(height=height, width=width)
        return super(Qwen2VLImageProcessorPil, self).resize(
            image=image, size=new_size, resample=resample
        )

    def get_number_of_image_patches(
        self, height: int, width: int, images_kwargs: JsonObject | None = None
    ) -> int:
        """Patches before merging of a picture of this size."""
        size = (images_kwargs or {}).get("size") or self.size
        min_pixels = int(size["shortest_edge"])
        max_pixels = int(size["longest_edge"])
        new_height, new_width = fit_size(
            height,
            width,
            factor=self.patch_size * self.merge_size,
            min_pixels=min_pixels,
            max_pixels=max_pixels,
        )

        return new_height * new_width // self.patch_size**2
