"""`Mesh`: shape and colors of one furniture model, without size and place."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Material:
    """The look of a surface."""

    albedo: tuple[float, float, float]
    """Linear RGB in [0, 1]."""
    opacity: float = 1.0
    """1 for opaque, 0 for invisible."""
    texture_H_W_3: NDArray[np.uint8] | None = None
    """uint8 sRGB, row 0 at the top (v = 1); replaces `albedo` if given."""
    emission: float = 0.0
    """Radiance it gives off itself, as a multiple of its color; 0 for what only reflects."""


@dataclass(frozen=True)
class Mesh:
    """A model that fills the unit box [-0.5, 0.5]^3: x width, y depth (front is -y), z height (up).

    Multiplying the vertices by a size in meters gives the model in its box frame.
    """

    vertices_V_3: NDArray[np.float32]
    faces_F_3: NDArray[np.int32]
    face_material_F: NDArray[np.int32]
    face_uv_F_3_2: NDArray[np.float32]
    materials: tuple[Material, ...]
