"""To which size a picture or a frame is brought before it is cut into patches."""

import math

from waywiser.errors import ModelError

MAX_RATIO = 200


def check_shape(height: int, width: int, what: str = "a picture") -> None:
    """Errors: ModelError for a picture without pixels or one side more than 200 times the other, named `what`."""
    if min(height, width) < 1:
        raise ModelError(f"{what} of {width} x {height} pixels is empty")
    if max(height, width) > MAX_RATIO * min(height, width):
        raise ModelError(
            f"{what} of {width} x {height} pixels is too narrow: one side is more than {MAX_RATIO} times the "
            "other; crop it"
        )


def fitted_size(height: int, width: int, *, factor: int, least: int, most: int) -> tuple[int, int]:
    """The size (height, width) in multiples of `factor`, near the picture's own shape, of `least` to `most` pixels.

    The rule of the M2-Reasoning release and of Qwen2-VL's utilities (arXiv 2409.12191). Errors: as `check_shape`.
    """
    check_shape(height, width)
    tall, wide = (max(factor, round(side / factor) * factor) for side in (height, width))
    if tall * wide > most:
        shrink = math.sqrt(height * width / most)
        tall, wide = (max(factor, math.floor(side / shrink / factor) * factor) for side in (height, width))
    elif tall * wide < least:
        grow = math.sqrt(least / (height * width))
        tall, wide = (math.ceil(side * grow / factor) * factor for side in (height, width))
    return tall, wide
