"""A library with five plain models of every word of the category table."""

from waywiser.scenes.category import Category
from waywiser.scenes.category_table import ALL_CATEGORIES
from waywiser.scenes.furniture.furniture_library import FurnitureLibrary, ModelInfo
from waywiser.scenes.furniture.mesh_builder import MeshBuilder
from waywiser.scenes.mesh import Mesh

SHARES = (0.15, 0.35, 0.5, 0.65, 0.85)  # where in the range of its word each model's size is
WITH_LEGS = ("table", "desk", "coffee table", "side table")
WITH_BACK = ("chair", "office chair", "sofa", "armchair", "bed")
COLOR = "#a08060"


class PlainLibrary(FurnitureLibrary):
    """Boxes, with legs, backs and boards where these matter for what stands on or below."""

    name = "plain"

    def __init__(self, without: tuple[str, ...] = ()) -> None:
        super().__init__()
        self._built: dict[str, Mesh] = {}
        self._infos: list[ModelInfo] = []
        for category in ALL_CATEGORIES:
            for number, share in enumerate(SHARES if category.name not in without else ()):
                mesh, size = draw(category, share).build()
                key = f"plain#{category.name.replace(' ', '-')}-{number + 1}"
                top = 1.0 if category.supports_objects else None
                self._built[key] = mesh
                self._infos.append(ModelInfo(key, category.name, size, top, "CC0", "we", "plain"))

    @property
    def models(self) -> list[ModelInfo]:
        return self._infos

    def _load(self, key: str) -> Mesh:
        return self._built[key]


def draw(category: Category, share: float) -> MeshBuilder:
    w, d, h = (low + (high - low) * share for low, high in category.size_ranges)
    builder = MeshBuilder()
    if category.name in WITH_LEGS:
        builder.box(COLOR, (0, 0, h - 0.015), (w, d, 0.03))
        add_legs(builder, w, d, h - 0.03)
    elif category.name in WITH_BACK:
        builder.box(COLOR, (0, 0, 0.4), (w, d, 0.1))
        builder.box(COLOR, (0, d / 2 - 0.04, (h + 0.45) / 2), (w, 0.08, h - 0.45))
        add_legs(builder, w, d, 0.35)
    elif category.name == "bookcase":
        boards = max(2, int(h / 0.35))
        builder.box(COLOR, (0, d / 2 - 0.01, h / 2), (w, 0.02, h))
        for k in range(boards + 1):
            builder.box(COLOR, (0, 0, 0.02 + k * (h - 0.03) / boards), (w, d, 0.02))
    else:
        builder.box(COLOR, (0, 0, h / 2), (w, d, h))
    return builder


def add_legs(builder: MeshBuilder, w: float, d: float, h: float) -> None:
    for x in (-w / 2 + 0.03, w / 2 - 0.03):
        for y in (-d / 2 + 0.03, d / 2 - 0.03):
            builder.box(COLOR, (x, y, h / 2), (0.05, 0.05, h))
