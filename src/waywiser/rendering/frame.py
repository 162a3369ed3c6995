"""`Frame`: one picture with its ground truth, and `RenderOptions`, how to render it."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from waywiser.errors import SceneError

CameraEffects = Literal["none", "mild", "strong"]


@dataclass(frozen=True)
class Frame:
    """A picture with its ground truth, rendered or from a sensor."""

    rgb: NDArray[np.uint8]
    """(H, W, 3) uint8 sRGB."""
    depth: NDArray[np.float32]
    """(H, W) meters along the optical axis (z-depth) at pixel centers, NaN if unknown."""
    ids: NDArray[np.int32]
    """(H, W) id of the object, 0 for the room, -1 for nothing."""


@dataclass(frozen=True)
class RenderOptions:
    """How colors are made; depth and ids never depend on it."""

    samples_per_axis: int = 1
    """n for n x n rays a pixel. 1 for data: one ray, and five where surfaces meet; 2 for pages."""
    shadows: bool = True
    """Whether lights cast shadows."""
    max_lights: int = 8
    """Number of lights of each room that are used, the strongest, besides its doorways."""
    rgb: bool = True
    """Whether to make colors; black if only the ground truth is wanted."""
    camera_effects: CameraEffects = "none"
    """How much the picture suffers as a phone camera's does; the ground truth never does."""

    def __post_init__(self) -> None:
        if not 1 <= self.samples_per_axis <= 8 or self.max_lights < 0:
            raise SceneError(
                "samples_per_axis must be 1 to 8 and max_lights >= 0: change the render options"
            )

        if self.camera_effects not in get_args(CameraEffects):
            raise SceneError(
                f"camera_effects {self.camera_effects!r} is unknown: use one of"
                f" {', '.join(get_args(CameraEffects))}"
            )
