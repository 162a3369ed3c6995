"""The head of a person: skull, face, ears and hair."""

import numpy as np
from numpy.typing import NDArray

from waywiser.scenes.furniture.bodies.body_builder import BodyBuilder, level_rings
from waywiser.scenes.furniture.bodies.person_looks import PersonLook

_SKULL = (
    (0.0, 0.1, 0.4, -0.12),
    (0.03, 0.17, 0.425, -0.02),
    (0.12, 0.235, 0.43, 0.12),
    (0.25, 0.29, 0.42, 0.28),
    (0.4, 0.325, 0.41, 0.4),
    (0.55, 0.34, 0.41, 0.46),
    (0.7, 0.335, 0.4, 0.46),
    (0.83, 0.29, 0.33, 0.41),
    (0.93, 0.2, 0.22, 0.28),
    (0.985, 0.09, 0.09, 0.12),
)
"""Height, half width, reach to the front and to the back, in heights of the head."""
_CAP = (
    (0.12, 0.25, -0.12, 0.22),
    (0.25, 0.325, -0.1, 0.36),
    (0.45, 0.368, 0.0, 0.47),
    (0.6, 0.378, 0.12, 0.51),
    (0.7, 0.372, 0.28, 0.515),
    (0.8, 0.345, 0.385, 0.48),
    (0.9, 0.275, 0.33, 0.4),
    (0.98, 0.17, 0.2, 0.26),
    (1.035, 0.06, 0.07, 0.09),
)
"""Short hair; its front comes out of the skull at the hairline."""
_LONG_ENDS = ((-0.42, 0.27, -0.14, 0.36), (-0.34, 0.38, -0.08, 0.42), (-0.1, 0.4, -0.05, 0.44))
_FRINGE = (
    (0.12, 0.25, -0.12, 0.2),
    (0.25, 0.315, -0.1, 0.33),
    (0.42, 0.36, -0.06, 0.445),
    (0.55, 0.362, -0.08, 0.485),
    (0.63, 0.345, -0.12, 0.475),
)
"""What a bald head has left."""
_BEARD = (
    (-0.02, 0.11, 0.425, -0.12),
    (0.03, 0.19, 0.46, -0.1),
    (0.12, 0.255, 0.462, -0.02),
    (0.2, 0.285, 0.445, -0.02),
    (0.3, 0.315, 0.3, 0.02),
    (0.42, 0.338, 0.12, 0.03),
)
_EYE_WHITE, _PUPIL, _LIPS = "#f2efe9", "#2a1c14", "#a85a4e"


def add_head(b: BodyBuilder, look: PersonLook, base_3: NDArray[np.float64]) -> None:
    """Add the head of a person whose chin is above `base_3`, in meters."""
    size = look.head * look.height

    def place(levels: tuple[tuple[float, float, float, float], ...]) -> NDArray[np.float64]:
        return level_rings(levels, segments=18) * size + base_3

    b.rings(look.skin, place(_SKULL))
    _add_face(b, look, base_3, size)

    if look.beard:
        b.rings(look.hair, place(_BEARD))

    if look.hair_cut == "bald":
        b.rings(look.hair, place(_FRINGE))
    elif look.hair_cut == "long":
        b.rings(look.hair, place(_LONG_ENDS + _CAP))
    else:
        b.rings(look.hair, place(_CAP))

    if look.hair_cut == "bun":
        b.blob(look.hair, base_3 + size * np.array([0, 0.5, 0.92]), [0.2 * size] * 3)


def _add_face(b: BodyBuilder, look: PersonLook, base_3: NDArray[np.float64], size: float) -> None:
    def part(color: str, x: float, forward: float, z: float, radii: tuple[float, ...]) -> None:
        center = base_3 + size * np.array([x, -forward, z])
        b.blob(color, center, size * np.array(radii), segments=8, levels=4)

    part(look.skin, 0, 0.43, 0.36, (0.055, 0.075, 0.06))
    part(look.skin, 0, 0.405, 0.45, (0.035, 0.05, 0.11))
    part(_LIPS, 0, 0.41, 0.2, (0.11, 0.035, 0.028))

    for side in (-1, 1):
        part(_EYE_WHITE, side * 0.145, 0.372, 0.5, (0.06, 0.03, 0.034))
        part(_PUPIL, side * 0.145, 0.39, 0.5, (0.03, 0.02, 0.033))
        part(look.hair, side * 0.145, 0.375, 0.585, (0.078, 0.035, 0.016))
        part(look.skin, side * 0.345, 0.0, 0.43, (0.035, 0.08, 0.12))
