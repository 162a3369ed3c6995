"""Parametric kitchen units and sinks.

Every function draws variant `v` (0 to 5) of one category, in meters; variants differ in more than
color.
"""

from waywiser.scenes.furniture.designs.parts import add_fronts
from waywiser.scenes.furniture.mesh_builder import MeshBuilder
from waywiser.scenes.furniture.palette import (
    BLACK,
    CHARCOAL,
    OAK,
    STEEL,
    WALNUT,
    WHITE,
)

FRONT_COLORS = (WHITE, "#9fb0a5", OAK, "#39444f", "#d9d2c3", WALNUT)
WORKTOP_COLORS = (OAK, "#6d6a66", WHITE, "#b9a58a", "#4c4a48", "#d6d3cc")
GLASS_COLOR = "#1b1f24"
RANGE_DEPTH = 0.6
UNIT_HEIGHT = 0.9


def add_base_unit(
    b: MeshBuilder, v: int, w: float, rows: int, columns: int, top: bool = True
) -> None:
    """A base unit with a plinth, fronts and a worktop that is as wide as the unit."""
    front = FRONT_COLORS[v]
    y = -RANGE_DEPTH / 2 + 0.02
    b.box(CHARCOAL, (0, 0.03, 0.05), (w, RANGE_DEPTH - 0.08, 0.1))
    b.box(front, (0, 0.01, 0.48), (w, RANGE_DEPTH - 0.03, 0.76))
    add_fronts(b, front, STEEL if v != 2 else BLACK, (-w / 2, w / 2, 0.1, 0.86), y, rows, columns)
    if top:
        b.box(WORKTOP_COLORS[v], (0, 0, UNIT_HEIGHT - 0.02), (w, RANGE_DEPTH + 0.02, 0.04))


def build_kitchen_cabinet(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.6, 0.8, 0.45, 0.9, 0.6, 1.0)[v]
    add_base_unit(b, v, w, (3, 1, 4, 2, 1, 3)[v], (1, 2, 1, 2, 1, 2)[v])
    return b


def build_wall_cabinet(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.6, 0.8, 0.5, 0.9, 0.6, 1.0)[v]
    h = (0.7, 0.72, 0.6, 0.72, 0.8, 0.6)[v]
    d = 0.34
    front = FRONT_COLORS[v]
    b.box(front, (0, 0.01, h / 2), (w, d - 0.02, h))
    metal = STEEL if v != 2 else BLACK
    columns = (1, 2, 1, 2, 1, 2)[v]
    add_fronts(b, front, metal, (-w / 2, w / 2, 0.0, h), -d / 2 + 0.01, 1, columns)

    if v == 4:  # a pane of glass in the door
        b.box("#c5d3d6", (0, -d / 2 - 0.002, h * 0.55), (w - 0.14, 0.012, h * 0.7))
        b.box(front, (0, -d / 2 - 0.006, h * 0.55), (w - 0.14, 0.012, 0.02))

    return b


def build_kitchen_island(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (1.4, 1.2, 1.6, 1.1, 1.75, 1.3)[v]
    d = (0.8, 0.7, 0.9, 0.7, 0.9, 0.75)[v]
    front = FRONT_COLORS[v]
    inner = d - (0.25 if v in (2, 4) else 0.06)
    y = -d / 2 + 0.03 + inner / 2
    b.box(CHARCOAL, (0, y, 0.05), (w - 0.14, inner - 0.08, 0.1))
    b.box(front, (0, y, 0.48), (w - 0.06, inner, 0.76))
    columns = (3, 2, 4, 2, 4, 3)[v]
    add_fronts(
        b, front, STEEL, (-w / 2 + 0.03, w / 2 - 0.03, 0.1, 0.86), y - inner / 2, 1 + v % 2, columns
    )
    return b.box(WORKTOP_COLORS[v], (0, 0, 0.88), (w, d, 0.04))


def build_sink(v: int) -> MeshBuilder:
    """Even variants are for kitchens, odd ones for bathrooms."""
    return _build_washbasin(v) if v % 2 else _build_kitchen_sink(v)


def _build_kitchen_sink(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.8, 0, 0.6, 0, 1.0, 0)[v]
    add_base_unit(b, v, w, 1, 2 if w > 0.7 else 1, top=False)
    z = UNIT_HEIGHT
    bowl = (0.42, 0.38)
    x = 0.0 if w < 0.9 else -0.2
    top = WORKTOP_COLORS[v]
    left, right = x - bowl[0] / 2, x + bowl[0] / 2
    b.box(top, ((-w / 2 + left) / 2, 0, z - 0.02), (left + w / 2, 0.62, 0.04))
    b.box(top, ((w / 2 + right) / 2, 0, z - 0.02), (w / 2 - right, 0.62, 0.04))
    for sy in (-1, 1):
        b.box(top, (x, sy * (0.31 - 0.06) - 0.02 * 0, z - 0.02), (bowl[0], 0.12, 0.04))

    metal = "#c3c7ca"
    b.box(metal, (x, 0, z - 0.16), (bowl[0], bowl[1], 0.01))
    for s in (-1, 1):
        b.box(metal, (x + s * bowl[0] / 2, 0, z - 0.077), (0.016, bowl[1] + 0.03, 0.165))
        b.box(metal, (x, s * bowl[1] / 2, z - 0.077), (bowl[0], 0.016, 0.165))
    if w > 0.9:  # a draining board
        for k in range(6):
            b.box(metal, (0.1 + 0.05 * k, 0, z + 0.002), (0.02, 0.36, 0.005))

    add_tap(b, (x, 0.24, z), 0.26)
    return b


def _build_washbasin(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0, 0.56, 0, 0.8, 0, 0.65)[v]
    d = (0, 0.44, 0, 0.48, 0, 0.46)[v]
    h = 0.85

    if v == 1:  # on a pedestal
        b.lathe(WHITE, (0, 0.06, 0), [(0.12, 0), (0.09, 0.1), (0.08, 0.6), (0.13, 0.72)])
    else:  # on a cabinet
        front = FRONT_COLORS[v]
        b.box(CHARCOAL, (0, 0.03, 0.06), (w - 0.1, d - 0.14, 0.12))
        b.box(front, (0, 0.015, 0.42), (w - 0.04, d - 0.06, 0.6))
        area = (-w / 2 + 0.02, w / 2 - 0.02, 0.12, 0.71)
        add_fronts(b, front, STEEL, area, -d / 2 + 0.045, 2 if v == 3 else 1, 1 if v == 3 else 2)

    rim = 0.05
    b.soft_box(WHITE, (0, 0, h - 0.11), (w, d, 0.06), 0.02)
    for s in (-1, 1):
        b.soft_box(WHITE, (s * (w - rim) / 2, 0, h - 0.06), (rim, d, 0.12), 0.02)
    b.soft_box(WHITE, (0, -d / 2 + rim / 2, h - 0.06), (w, rim, 0.12), 0.02)
    b.soft_box(WHITE, (0, d / 2 - 0.06, h - 0.06), (w, 0.12, 0.12), 0.02)
    b.lathe(STEEL, (0, -0.02, h - 0.081), [(0.025, 0), (0.02, 0.004)])
    add_tap(b, (0, d / 2 - 0.06, h), 0.13)
    return b


def add_tap(b: MeshBuilder, foot: tuple[float, float, float], height: float) -> None:
    """A tap whose spout reaches forward from its foot."""
    x, y, z = foot
    reach = 0.07 + height * 0.45
    b.lathe(STEEL, (x, y, z), [(0.026, 0), (0.022, 0.015), (0.016, 0.02), (0.016, height * 0.4)])
    path = [(x, y, z + 0.02), (x, y, z + height * 0.8), (x, y - reach * 0.3, z + height)]
    path += [(x, y - reach * 0.8, z + height * 0.95), (x, y - reach, z + height * 0.78)]
    b.tube(STEEL, path, 0.012)
    b.tube(STEEL, [(x, y, z + height * 0.3), (x + 0.07, y, z + height * 0.45)], 0.008)


KITCHEN_DESIGNS = {
    "kitchen cabinet": build_kitchen_cabinet,
    "wall cabinet": build_wall_cabinet,
    "kitchen island": build_kitchen_island,
    "sink": build_sink,
}
