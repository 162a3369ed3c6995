"""Parametric shelves, cabinets and racks.

Every function draws variant `v` (0 to 5) of one category, in meters; variants differ in more than
color.
"""

import math

from waywiser.scenes.furniture.designs.parts import (
    BOOK_COLORS,
    add_books,
    add_fronts,
    add_splayed_legs,
)
from waywiser.scenes.furniture.mesh_builder import MeshBuilder
from waywiser.scenes.furniture.palette import (
    BEIGE,
    BLACK,
    BLUE,
    CHARCOAL,
    GRAY,
    OAK,
    PINE,
    RED,
    STEEL,
    WHITE,
    WOODS,
)


def _add_shelf_items(
    b: MeshBuilder,
    x0: float,
    x1: float,
    front: float,
    z: float,
    depth: float,
    height: float,
    n: int,
) -> None:
    """Books, boxes or a vase on one board, or nothing."""
    kind = n % 5
    if kind in (0, 2, 3):
        end = x1 if kind == 0 else x0 + (x1 - x0) * 0.65
        add_books(b, x0 + 0.01, end, front, z, (depth, height), n)
        if kind == 3:
            b.lathe(
                BOOK_COLORS[n % 10],
                (x1 - 0.1, front + depth / 2, z),
                [(0.04, 0), (0.06, 0.07), (0.025, 0.14), (0.035, 0.16)],
                segments=12,
            )
    elif kind == 1:  # boxes
        count = max(1, int((x1 - x0) / 0.3))
        for k in range(count):
            x = x0 + (x1 - x0) * (k + 0.5) / count
            color = ("#c9b28a", GRAY, "#8fa3ad")[(n + k) % 3]
            tall = min(height * 0.7, 0.24)
            b.box(
                color,
                (x, front + depth * 0.45, z + tall / 2),
                (min(0.26, (x1 - x0) / count - 0.02), depth * 0.85, tall),
            )
            b.box(WHITE, (x, front + depth * 0.02, z + tall * 0.6), (0.07, 0.004, 0.035))
    else:  # lying books and a small box
        for k in range(3):
            color = BOOK_COLORS[(n + 2 * k) % 10]
            b.box(
                color,
                ((x0 + x1) / 2, front + depth * 0.45, z + 0.018 + 0.034 * k),
                (0.24 - 0.02 * k, depth * 0.7, 0.032),
            )


def build_bookcase(v: int) -> MeshBuilder:
    b = MeshBuilder()
    wood = WOODS[v]
    w = (0.8, 1.2, 0.65, 1.0, 1.6, 0.9)[v]
    d = (0.3, 0.32, 0.28, 0.35, 0.3, 0.27)[v]
    h = (1.8, 1.4, 2.0, 0.95, 1.2, 1.6)[v]
    shelves = (5, 4, 6, 3, 3, 4)[v]
    columns = (1, 2, 1, 1, 2, 1)[v]

    for k in range(columns + 1):
        b.box(wood, (-w / 2 + 0.0125 + k * (w - 0.025) / columns, 0, h / 2), (0.025, d, h))
    b.box(wood, (0, d / 2 - 0.005, h / 2), (w - 0.01, 0.01, h - 0.01))
    base = 0.06
    step = (h - base - 0.025) / shelves
    b.box(wood, (0, 0.01, base / 2), (w, d - 0.03, base))

    for k in range(shelves + 1):
        b.box(wood, (0, 0, base + 0.0125 + k * step), (w, d, 0.025))
        if k == shelves:
            break
        for c in range(columns):
            x0 = -w / 2 + 0.025 + c * (w - 0.025) / columns
            x1 = x0 + (w - 0.025) / columns - 0.025
            _add_shelf_items(
                b,
                x0,
                x1,
                -d / 2 + 0.02,
                base + 0.025 + k * step,
                d - 0.05,
                step - 0.05,
                3 * v + 2 * k + 4 * c,
            )

    return b


def build_wall_shelf(v: int) -> MeshBuilder:
    b = MeshBuilder()
    wood = WOODS[(v + 1) % 6]
    w = (0.8, 0.6, 1.0, 0.9, 0.7, 1.1)[v]
    d = (0.22, 0.2, 0.24, 0.22, 0.2, 0.24)[v]
    boards = (1, 2, 1, 2, 2, 1)[v]
    gap = 0.32

    for k in range(boards):
        z = 0.06 + k * gap
        b.box(wood, (0, 0, z), (w, d, 0.03))
        if boards == 1:
            for s in (-1, 1):
                b.box(BLACK, (s * w * 0.36, d / 2 - 0.006, z - 0.05), (0.025, 0.012, 0.1))
                b.box(BLACK, (s * w * 0.36, 0.01, z - 0.02), (0.025, d * 0.7, 0.012))
        _add_shelf_items(
            b, -w / 2 + 0.03, w / 2 - 0.03, -d / 2 + 0.02, z + 0.015, d - 0.04, 0.3, v + 2 * k
        )

    if boards > 1:
        for s in (-1, 1):
            b.box(wood, (s * (w / 2 - 0.012), 0, 0.06 + gap / 2), (0.024, d, gap + 0.03))

    return b


def build_sideboard(v: int) -> MeshBuilder:
    return _build_low_case(
        v,
        (1.5, 1.6, 1.4, 1.8, 1.3, 1.7)[v],
        0.45,
        (0.78, 0.82, 0.8, 0.76, 0.85, 0.8)[v],
        (3, 3, 2, 4, 2, 3)[v],
    )


def build_tv_stand(v: int) -> MeshBuilder:
    b = _build_low_case(
        (v + 1) % 6,
        (1.4, 1.6, 1.2, 1.8, 1.5, 1.3)[v],
        0.4,
        (0.48, 0.45, 0.5, 0.42, 0.46, 0.52)[v],
        (2, 3, 2, 4, 3, 2)[v],
    )
    return b


def _build_low_case(v: int, w: float, d: float, h: float, columns: int) -> MeshBuilder:
    """A low case on legs: doors at the ends, drawers or an open shelf in the middle."""
    b = MeshBuilder()
    wood = WOODS[v]
    front = (OAK, "#ded7ca", WHITE, "#8c9c92", BEIGE, "#6b4428")[v]
    lift = 0.14
    add_splayed_legs(b, wood if v % 2 else BLACK, (w / 2 - 0.1, d / 2 - 0.06), lift, 0.03, 0.018)
    cell = w / columns
    y = -d / 2 + 0.03
    for z in (lift + 0.01, h - 0.01):
        b.box(wood, (0, 0.005, z), (w, d - 0.01, 0.022))
    for k in range(columns + 1):
        x = -w / 2 + 0.011 + k * (w - 0.022) / columns
        b.box(wood, (x, 0.005, (h + lift) / 2), (0.022, d - 0.02, h - lift))
    b.box(wood, (0, d / 2 - 0.01, (h + lift) / 2), (w, 0.012, h - lift))

    for k in range(columns):
        x0, x1 = -w / 2 + k * cell, -w / 2 + (k + 1) * cell
        if (columns == 3 and k == 1) or (columns == 4 and k in (1, 2)):  # open
            middle = (h + lift) / 2
            b.box(wood, ((x0 + x1) / 2, 0.01, middle), (cell, d - 0.03, 0.018))
            if h > 0.6:
                add_books(
                    b, x0 + 0.04, x1 - 0.1, y + 0.02, middle + 0.01, (d - 0.1, h / 2 - 0.1), v + k
                )
            else:
                b.box(BLACK, ((x0 + x1) / 2, 0, middle + 0.035), (cell * 0.7, d * 0.6, 0.05))
        else:
            rows = 3 if h > 0.6 and k == columns - 1 else 1
            b.box(
                wood,
                ((x0 + x1) / 2, 0.02, (h + lift) / 2),
                (cell - 0.02, d - 0.06, h - lift - 0.02),
            )
            add_fronts(
                b,
                front,
                "#b08d4c" if v % 2 else BLACK,
                (x0 + 0.01, x1 - 0.01, lift + 0.01, h - 0.02),
                y,
                rows,
                1,
            )

    return b


def build_shoe_rack(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.8, 0.7, 0.9, 0.65, 0.75, 0.85)[v]
    d = 0.3
    boards = (2, 3, 3, 2, 3, 2)[v]
    step = 0.22
    h = 0.08 + boards * step
    wood = WOODS[v] if v % 2 == 0 else STEEL
    for sx in (-1, 1):
        for sy in (-1, 1):
            b.box(wood, (sx * (w / 2 - 0.0125), sy * (d / 2 - 0.0125), h / 2), (0.025, 0.025, h))
    for k in range(boards + 1):
        z = 0.06 + k * step if k < boards else h - 0.01
        for s in range(5):
            b.box(wood, (0, -d / 2 + d * (s + 0.5) / 5, z), (w - 0.02, 0.03, 0.014))
        if k == boards:
            break
        for n in range(int(w / 0.24)):
            x = -w / 2 + 0.14 + n * 0.24
            color = (BLACK, WHITE, RED, BLUE, "#7d5238", GRAY)[(v + 2 * n + k) % 6]
            if (n + k + v) % 4 == 3:
                continue
            for s in (-1, 1):
                b.soft_box(color, (x + s * 0.048, -0.01, z + 0.035), (0.08, 0.26, 0.05), 0.024)
                b.soft_box(color, (x + s * 0.048, 0.06, z + 0.06), (0.075, 0.11, 0.08), 0.03)

    return b


def build_coat_rack(v: int) -> MeshBuilder:
    b = MeshBuilder()
    h = (1.75, 1.8, 1.7, 1.78, 1.82, 1.72)[v]
    wood = (OAK, BLACK, WHITE, "#6b4428", STEEL, PINE)[v]
    if v % 2:
        b.lathe(wood, (0, 0, 0), [(0.2, 0), (0.19, 0.02), (0.03, 0.04), (0.02, 0.06)], segments=24)
    else:
        for k in range(4):
            a = k * math.pi / 2 + 0.4
            b.tube(wood, [(0.22 * math.cos(a), 0.22 * math.sin(a), 0.015), (0, 0, 0.22)], 0.015)

    b.tube(wood, [(0, 0, 0.02), (0, 0, h)], 0.02)
    b.ellipsoid(wood, (0, 0, h), (0.03, 0.03, 0.03))
    for k in range(6):
        a = k * math.pi / 3
        z = h - 0.1 - 0.12 * (k % 2)
        c, s = math.cos(a), math.sin(a)
        b.tube(
            wood, [(0, 0, z - 0.05), (0.12 * c, 0.12 * s, z), (0.2 * c, 0.2 * s, z + 0.07)], 0.01
        )

    coats = (1, 2, 0, 1, 2, 1)[v]
    for k in range(coats):  # coats on the hooks
        side = 1 if k == 0 else -1
        color = (BLUE, "#5c6b4f", RED, CHARCOAL, "#9a7b4f", "#39404f")[(v + 3 * k) % 6]
        outline = [
            (-0.17, 0.0),
            (0.17, 0.0),
            (0.19, 0.45),
            (0.12, 0.72),
            (-0.12, 0.72),
            (-0.19, 0.45),
        ]
        low = h - 0.9
        b.prism(
            color,
            [(x, low + z) for x, z in outline],
            side * 0.13 - 0.05,
            side * 0.13 + 0.05,
            axis="y",
        )

    return b


def build_filing_cabinet(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.42, 0.4, 0.46, 0.42, 0.44, 0.4)[v]
    d = (0.6, 0.5, 0.62, 0.56, 0.6, 0.55)[v]
    rows = (3, 2, 4, 3, 2, 4)[v]
    h = 0.06 + rows * (0.33 if rows < 4 else 0.31)
    color = (GRAY, WHITE, "#6f7b84", BLACK, "#9fb0a5", "#c9c3b5")[v]
    b.box(color, (0, 0.01, h / 2), (w, d - 0.02, h))
    y = -d / 2 + 0.018
    cell = (h - 0.06) / rows
    b.box("#3a3d40", (0, y - 0.001, h / 2), (w - 0.02, 0.004, h - 0.03))
    for k in range(rows):
        z = 0.04 + cell * (k + 0.5)
        b.box(color, (0, y - 0.009, z), (w - 0.03, 0.018, cell - 0.012))
        b.box(STEEL, (0, y - 0.03, z + cell * 0.1), (0.14, 0.025, 0.018))
        b.box(WHITE, (0, y - 0.02, z + cell * 0.28), (0.08, 0.004, 0.035))
        b.box(STEEL, (0, y - 0.0195, z + cell * 0.28), (0.095, 0.003, 0.05))

    return b.cylinder(STEEL, (w * 0.36, y - 0.03, h - 0.07), 0.01, 0.02, axis="y")


STORAGE_DESIGNS = {
    "bookcase": build_bookcase,
    "wall shelf": build_wall_shelf,
    "sideboard": build_sideboard,
    "TV stand": build_tv_stand,
    "shoe rack": build_shoe_rack,
    "coat rack": build_coat_rack,
    "filing cabinet": build_filing_cabinet,
}
