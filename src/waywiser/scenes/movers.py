"""What moves by itself in a home: models that every library has, beside its furniture.

They are no `CATEGORIES`: rooms are not furnished with them, they are put where they have a way to go.
"""

from collections.abc import Callable
from functools import cache

from waywiser.scenes import _designs_movers
from waywiser.scenes._shapes import Builder
from waywiser.scenes.mesh import Mesh
from waywiser.scenes.scene import Vec3

PREFIX = "mover#"
VARIANTS = 4
HELD_OUT = 4
"""The variant that only held-out homes show."""

_DRAW: dict[str, Callable[[int], Builder]] = {
    "person": _designs_movers.draw_person,
    "dog": _designs_movers.draw_dog,
    "cat": _designs_movers.draw_cat,
    "robot vacuum": _designs_movers.draw_robot_vacuum,
}
SPEEDS = {"person": (0.5, 1.2), "dog": (0.5, 1.3), "cat": (0.4, 1.0), "robot vacuum": (0.2, 0.45)}
"""Metres per second, least and most."""
SCALES = {"person": (0.92, 1.08), "dog": (0.75, 1.25), "cat": (0.85, 1.15), "robot vacuum": (0.9, 1.1)}


@cache
def movers() -> dict[str, tuple[str, Vec3, Mesh]]:
    """Category, natural size (m) and mesh by key ("mover#dog-2")."""
    made = {}
    for category, draw in _DRAW.items():
        for variant in range(VARIANTS):
            mesh, size = draw(variant).build()
            made[f"{PREFIX}{category.replace(' ', '-')}-{variant + 1}"] = (category, size, mesh)
    return made


def mover_keys(split: str) -> list[str]:
    """Keys of the models that homes of a split may show."""
    return [key for key in movers() if (int(key[-1]) == HELD_OUT) == (split == "heldout")]
