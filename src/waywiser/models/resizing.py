"""To which size a picture or a frame is brought before it is cut into patches."""

import math

from waywiser.errors import ModelError

MAX_ASPECT_RATIO = 200


def check_shape(height: int, width: int, name: str = "a picture") -> None:
    """Raises ModelError for a picture without pixels or one side more than 200 times the other,
    named `name`.
    """
    if min(height, width) < 1:
        raise ModelError(f"{name} of {width} x {height} pixels is empty")
    if max(height, width) > MAX_ASPECT_RATIO * min(height, width):
        raise ModelError(
            f"{name} of {width} x {height} pixels is too narrow: one side is more than"
            f" {MAX_ASPECT_RATIO} times the other; crop it"
        )


def fit_size(
    height: int, width: int, *, factor: int, min_pixels: int, max_pixels: int
) -> tuple[int, int]:
    """The size that a picture is brought to, near its own shape.

    The rule of the M2-Reasoning release and of Qwen2-VL's utilities (arXiv 2409.12191).

    Args:
        height: Height of the picture in pixels.
        width: Width of the picture in pixels.
        factor: Both sides become multiples of it.
        min_pixels: Minimum area in pixels.
        max_pixels: Maximum area in pixels.

    Returns:
        Height and width in pixels.

    Raises:
        ModelError: The picture is empty, or one side is more than 200 times the other.
    """
    check_shape(height, width)
    new_height, new_width = (max(factor, round(side / factor) * factor) for side in (height, width))
    if new_height * new_width > max_pixels:
        shrink = math.sqrt(height * width / max_pixels)
        new_height, new_width = (
            max(factor, math.floor(side / shrink / factor) * factor) for side in (height, width)
        )
    elif new_height * new_width < min_pixels:
        grow = math.sqrt(min_pixels / (height * width))
        new_height, new_width = (
            math.ceil(side * grow / factor) * factor for side in (height, width)
        )

    return new_height, new_width
