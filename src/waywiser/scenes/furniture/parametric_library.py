"""`ParametricLibrary`: furniture built from simple shapes, and what it lends to other libraries."""

import json
from functools import cache
from pathlib import Path

from waywiser.scenes.categories import CATEGORIES
from waywiser.scenes.furniture.furniture_library import FurnitureLibrary, ModelInfo
from waywiser.scenes.mesh import Mesh

PARAMETRIC_NAME = "parametric"
SIZES = Path(__file__).with_name("parametric_sizes.json")
"""Category, width, depth and height in meters of each model, by key."""


class ParametricLibrary(FurnitureLibrary):
    """Furniture built from simple shapes; needs no files."""

    name = PARAMETRIC_NAME

    @property
    def models(self) -> list[ModelInfo]:
        return list_parametric_models()

    def _load(self, key: str) -> Mesh:
        return build_parametric_mesh(key)


@cache
def list_parametric_models() -> list[ModelInfo]:
    """All parametric models without their meshes, sorted by key.

    Their sizes are read from a table that a test compares with the meshes: to build all of them
    would take a second in every process (`tools/parametric_sizes.py` writes it).
    """
    table = json.loads(SIZES.read_text(encoding="utf-8"))
    return [
        ModelInfo(
            key,
            category,
            (width, depth, height),
            1.0 if CATEGORIES[category].supports_objects else None,
            "Apache-2.0",
            "The waywiser authors",
            "waywiser parametric furniture",
        )
        for key, (category, width, depth, height) in sorted(table.items())
    ]


def build_parametric_mesh(key: str) -> Mesh:
    """The mesh of a parametric model, by its key."""
    from waywiser.scenes.furniture.parametric import build_parametric_model

    return build_parametric_model(key).mesh
