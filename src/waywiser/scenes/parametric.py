"""Parametric furniture: plain, recognisable models of simple shapes, for machines without assets.

The designs are in the `_designs_*` modules.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from waywiser.scenes import _designs_cases, _designs_seats, _designs_small
from waywiser.scenes._shapes import Builder
from waywiser.scenes.mesh import Mesh
from waywiser.scenes.scene import Vec3

VARIANTS = 6


@dataclass(frozen=True)
class Design:
    """One variant of one category: `size` is its natural (width, depth, height) in metres."""

    key: str
    category: str
    size: Vec3
    mesh: Mesh


@cache
def designs() -> dict[str, Design]:
    """All parametric models by key ("parametric#chair-3")."""
    made = {}
    for category, draw in _DRAW.items():
        for variant in range(VARIANTS):
            mesh, size = draw(variant).build()
            key = f"parametric#{category.replace(' ', '-')}-{variant + 1}"
            made[key] = Design(key, category, size, mesh)
    return made


_DRAW: dict[str, Callable[[int], Builder]] = {
    "chair": _designs_seats.draw_chair,
    "armchair": _designs_seats.draw_armchair,
    "sofa": _designs_seats.draw_sofa,
    "stool": _designs_seats.draw_stool,
    "bench": _designs_seats.draw_bench,
    "table": _designs_seats.draw_table,
    "coffee table": _designs_seats.draw_coffee_table,
    "desk": _designs_seats.draw_desk,
    "bed": _designs_seats.draw_bed,
    "nightstand": _designs_cases.draw_nightstand,
    "cabinet": _designs_cases.draw_cabinet,
    "wardrobe": _designs_cases.draw_wardrobe,
    "bookcase": _designs_cases.draw_bookcase,
    "fridge": _designs_cases.draw_fridge,
    "washing machine": _designs_cases.draw_washing_machine,
    "box": _designs_cases.draw_box,
    "television": _designs_small.draw_television,
    "lamp": _designs_small.draw_lamp,
    "plant": _designs_small.draw_plant,
    "vase": _designs_small.draw_vase,
    "trash can": _designs_small.draw_trash_can,
    "laptop": _designs_small.draw_laptop,
    "toilet": _designs_small.draw_toilet,
}
