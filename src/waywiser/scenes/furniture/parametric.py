"""Parametric furniture: plain, recognizable models of simple shapes, for machines without assets.

The designs are in the modules of `designs`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from waywiser.scenes.furniture.designs import (
    appliances,
    bathroom,
    bedroom,
    cases,
    containers,
    decor,
    electronics,
    housework,
    instruments,
    kitchen,
    leisure,
    lighting,
    office,
    openings,
    plants,
    screens,
    seating,
    storage,
    tables,
    tableware,
    textiles,
    trash_cans,
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
def build_parametric_model(key: str) -> ParametricModel:
    """One parametric model, by its key ("parametric#chair-3").

    Raises:
        KeyError: No model has this key.
    """
    category, variant = parametric_keys()[key]
    mesh, size = _BUILDERS[category](variant).build()
    return ParametricModel(key, category, size, mesh)


def build_parametric_models() -> dict[str, ParametricModel]:
    """All parametric models by key, which takes a second."""
    return {key: build_parametric_model(key) for key in parametric_keys()}


@cache
def parametric_keys() -> dict[str, tuple[str, int]]:
    """The category and the variant, from 0, of each key."""
    return {
        f"parametric#{category.replace(' ', '-')}-{variant + 1}": (category, variant)
        for category in _BUILDERS
        for variant in range(VARIANTS)
    }


_BUILDERS: dict[str, Callable[[int], MeshBuilder]] = {
    **appliances.APPLIANCE_DESIGNS,
    **bathroom.BATHROOM_DESIGNS,
    **bedroom.BEDROOM_DESIGNS,
    **cases.CASE_DESIGNS,
    **containers.CONTAINER_DESIGNS,
    **decor.DECOR_DESIGNS,
    **electronics.ELECTRONICS_DESIGNS,
    **housework.HOUSEWORK_DESIGNS,
    **instruments.INSTRUMENT_DESIGNS,
    **leisure.LEISURE_DESIGNS,
    **kitchen.KITCHEN_DESIGNS,
    **lighting.LIGHTING_DESIGNS,
    **office.OFFICE_DESIGNS,
    **openings.OPENING_DESIGNS,
    **plants.PLANT_DESIGNS,
    **screens.SCREEN_DESIGNS,
    **seating.SEAT_DESIGNS,
    **storage.STORAGE_DESIGNS,
    **tables.TABLE_DESIGNS,
    **tableware.TABLEWARE_DESIGNS,
    **textiles.TEXTILE_DESIGNS,
    **trash_cans.TRASH_CAN_DESIGNS,
}
