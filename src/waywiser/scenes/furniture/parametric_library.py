"""`ParametricLibrary`: furniture built from simple shapes, and what it lends to other libraries."""

from functools import cache

from waywiser.scenes.categories import CATEGORIES
from waywiser.scenes.furniture.furniture_library import FurnitureLibrary, ModelInfo
from waywiser.scenes.mesh import Mesh

PARAMETRIC_NAME = "parametric"


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
    """All parametric models without their meshes, sorted by key."""
    from waywiser.scenes.furniture import parametric

    return [
        ModelInfo(
            design.key,
            design.category,
            design.size,
            1.0 if CATEGORIES[design.category].supports_objects else None,
            "Apache-2.0",
            "The waywiser authors",
            "waywiser parametric furniture",
        )
        for design in sorted(
            parametric.build_parametric_models().values(), key=lambda design: design.key
        )
    ]


def build_parametric_mesh(key: str) -> Mesh:
    """The mesh of a parametric model, by its key."""
    from waywiser.scenes.furniture import parametric

    return parametric.build_parametric_models()[key].mesh
