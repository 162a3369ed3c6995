"""Parametric cases that stand at walls: bookcases, sideboards, stands for televisions.

Every function draws variant `v` (0 to 5) of one category, in meters; variants differ in more than
color.
"""

from waywiser.scenes.furniture.designs.parts import (
    BOOK_COLORS,
    add_books,
    add_fronts,
    add_splayed_legs,
)
from waywiser.scenes.furniture.mesh_builder import MeshBuilder
from waywiser.scenes.furniture.palette import BEIGE, BLACK, GRAY, OAK, WHITE, WOODS


def _add_shelf_items(
    b: MeshBuilder, x0: float, x1: float, front: float, z: float, room: tuple[float, float], n: int
) -> None:
    """Books, boxes, a vase or lying books on one board.

    Args:
        b: The model.
        x0: Left end of the board, in meters.
        x1: Its right end.
        front: The plane of what stands on it.
        z: Top of the board.
        room: Depth and height between the boards, in meters.
        n: Says what stands there.
    """
    kind = n % 5
    depth, height = room
    middle = (x0 + x1) / 2

    if kind in (0, 2, 3):
        end = x1 if kind == 0 else x0 + (x1 - x0) * 0.65
        add_books(b, x0 + 0.01, end, front, z, room, n)
        if kind == 3:
            profile = [(0.04, 0), (0.06, 0.07), (0.025, 0.14), (0.035, 0.16)]
            b.lathe(BOOK_COLORS[n % 10], (x1 - 0.1, front + depth / 2, z), profile, segments=12)
    elif kind == 1:  # boxes
        count = max(1, int((x1 - x0) / 0.3))
        wide = min(0.26, (x1 - x0) / count - 0.02)
        tall = min(height * 0.7, 0.24)
        for k in range(count):
            x = x0 + (x1 - x0) * (k + 0.5) / count
            color = ("#c9b28a", GRAY, "#8fa3ad")[(n + k) % 3]
            b.box(color, (x, front + depth * 0.45, z + tall / 2), (wide, depth * 0.85, tall))
            b.box(WHITE, (x, front + depth * 0.02, z + tall * 0.6), (0.07, 0.004, 0.035))
    else:  # lying books
        for k in range(3):
            center = (middle, front + depth * 0.45, z + 0.017 + 0.034 * k)
            b.box(BOOK_COLORS[(n + 2 * k) % 10], center, (0.24 - 0.02 * k, depth * 0.7, 0.032))


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
            z = base + 0.025 + k * step
            room = (d - 0.05, step - 0.05)
            _add_shelf_items(b, x0, x1, -d / 2 + 0.02, z, room, 3 * v + 2 * k + 4 * c)

    return b


def build_sideboard(v: int) -> MeshBuilder:
    w = (1.5, 1.6, 1.4, 1.8, 1.3, 1.7)[v]
    h = (0.78, 0.82, 0.8, 0.76, 0.85, 0.8)[v]
    return _build_low_case(v, w, 0.45, h, (3, 3, 2, 4, 2, 3)[v])


def build_tv_stand(v: int) -> MeshBuilder:
    w = (1.4, 1.6, 1.2, 1.8, 1.5, 1.3)[v]
    h = (0.48, 0.45, 0.5, 0.42, 0.46, 0.52)[v]
    return _build_low_case((v + 1) % 6, w, 0.4, h, (2, 3, 2, 4, 3, 2)[v])


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


CASE_DESIGNS = {
    "bookcase": build_bookcase,
    "sideboard": build_sideboard,
    "TV stand": build_tv_stand,
}
