"""`Frame`: one picture with its truth, and `RenderOptions`, how to draw it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from waywiser.errors import SceneError


@dataclass(frozen=True)
class Frame:
    """A picture, rendered or from a sensor.

    `rgb` (H, W, 3) uint8 sRGB. `depth` (H, W) float32: meters along the optical axis (z-depth) at
    pixel centers, NaN where nothing was hit or measured. `ids` (H, W) int32: the object's id, 0 for
    the room, -1 for nothing.
    """

    rgb: NDArray[np.uint8]
    depth: NDArray[np.float32]
    ids: NDArray[np.int32]


@dataclass(frozen=True)
class RenderOptions:
    """How the colors are made; depth and ids never depend on it.

    `samples_per_axis` n takes n x n rays a pixel (1 for data, 2 for pages; also softens shadows).
    `max_lights` keeps the strongest. `rgb=False` skips colors (black) where only truth is wanted.
    """

    samples_per_axis: int = 1
    shadows: bool = True
    max_lights: int = 4
    rgb: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.samples_per_axis <= 8 or self.max_lights < 0:
            raise SceneError(
                "samples_per_axis must be 1 to 8 and max_lights >= 0: change the render options"
            )
