"""Parametric furniture: plain, recognizable models of simple shapes, for machines without assets.

The designs are in the modules of `designs`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from waywiser.scenes.furniture.designs import (
    appliances,
    bathroom,
    cabinets,
    kitchen,
    lighting,
    openings,
    seating,
    small_objects,
)
from waywiser.scenes.furniture.mesh_builder import MeshBuilder
from waywiser.scenes.mesh import Mesh
from waywiser.scenes.scene import Vec3

VARIANTS = 6


@dataclass(frozen=True)
class ParametricModel:
    """One variant of one category: `size` is its natural (width, depth, height) in meters."""

    key: str
    category: str
    size: Vec3
    mesh: Mesh


@cache
def build_parametric_models() -> dict[str, ParametricModel]:
    """All parametric models by key ("parametric#chair-3")."""
    models = {}

    for category, draw in _BUILDERS.items():
        for variant in range(VARIANTS):
            mesh, size = draw(variant).build()
            key = f"parametric#{category.replace(' ', '-')}-{variant + 1}"
            models[key] = ParametricModel(key, category, size, mesh)

    return models


_OLD: dict[str, Callable[[int], MeshBuilder]] = {
    "chair": seating.build_chair,
    "armchair": seating.build_armchair,
    "sofa": seating.build_sofa,
    "stool": seating.build_stool,
    "bench": seating.build_bench,
    "table": seating.build_table,
    "coffee table": seating.build_coffee_table,
    "desk": seating.build_desk,
    "bed": seating.build_bed,
    "nightstand": cabinets.build_nightstand,
    "wardrobe": cabinets.build_wardrobe,
    "bookcase": cabinets.build_bookcase,
    "fridge": cabinets.build_fridge,
    "washing machine": cabinets.build_washing_machine,
    "television": small_objects.build_television,
    "plant": small_objects.build_plant,
    "vase": small_objects.build_vase,
    "trash can": small_objects.build_trash_can,
    "laptop": small_objects.build_laptop,
    "toilet": small_objects.build_toilet,
}
_BUILDERS: dict[str, Callable[[int], MeshBuilder]] = {
    **_OLD,
    **appliances.APPLIANCE_DESIGNS,
    **bathroom.BATHROOM_DESIGNS,
    **kitchen.KITCHEN_DESIGNS,
    **lighting.LIGHTING_DESIGNS,
    **openings.OPENING_DESIGNS,
}
