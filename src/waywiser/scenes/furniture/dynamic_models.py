"""Models of people, pets and robots that move by themselves; every library has them.

They are not `CATEGORIES`: rooms are not furnished with them, they are put where they have a way to
go.
"""

from collections.abc import Callable
from functools import cache

from waywiser.scenes.furniture.designs import dynamic
from waywiser.scenes.furniture.mesh_builder import MeshBuilder
from waywiser.scenes.mesh import Mesh
from waywiser.scenes.scene import Vec3

KEY_PREFIX = "mover#"
VARIANTS = 4
HELD_OUT_VARIANT = 4
"""The variant that only held-out homes show."""

_BUILDERS: dict[str, Callable[[int], MeshBuilder]] = {
    "person": dynamic.build_person,
    "dog": dynamic.build_dog,
    "cat": dynamic.build_cat,
    "robot vacuum": dynamic.build_robot_vacuum,
}
SPEED_RANGES = {
    "person": (0.5, 1.2),
    "dog": (0.5, 1.3),
    "cat": (0.4, 1.0),
    "robot vacuum": (0.2, 0.45),
}
"""Slowest and fastest speed, in meters per second."""
SCALE_RANGES = {
    "person": (0.92, 1.08),
    "dog": (0.75, 1.25),
    "cat": (0.85, 1.15),
    "robot vacuum": (0.9, 1.1),
}


@cache
def build_dynamic_models() -> dict[str, tuple[str, Vec3, Mesh]]:
    """Category, natural size (m) and mesh by key ("mover#dog-2")."""
    models = {}

    for category, draw in _BUILDERS.items():
        for variant in range(VARIANTS):
            mesh, size = draw(variant).build()
            models[f"{KEY_PREFIX}{category.replace(' ', '-')}-{variant + 1}"] = (
                category,
                size,
                mesh,
            )

    return models


def dynamic_model_keys(split: str) -> list[str]:
    """Keys of the models that homes of a split may show."""
    return [
        key
        for key in build_dynamic_models()
        if (int(key[-1]) == HELD_OUT_VARIANT) == (split == "heldout")
    ]
