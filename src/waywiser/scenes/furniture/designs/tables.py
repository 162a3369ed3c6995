"""Parametric tables, desks and nightstands.

Every function draws variant `v` (0 to 5) of one category, in meters; variants differ in more than
color.
"""

from waywiser.scenes.furniture.designs.parts import add_fronts, add_ring_legs, add_splayed_legs
from waywiser.scenes.furniture.mesh_builder import MeshBuilder
from waywiser.scenes.furniture.palette import BLACK, OAK, STEEL, WHITE, WOODS


def build_table(v: int) -> MeshBuilder:
    w = (1.4, 1.0, 1.8, 0.8, 1.1, 1.6)[v]
    d = (0.8, 1.0, 0.9, 0.8, 1.1, 0.85)[v]
    return _build_tabletop(v, w, d, (0.75, 0.74, 0.76, 0.75, 0.73, 0.74)[v])


def build_coffee_table(v: int) -> MeshBuilder:
    w = (1.1, 0.8, 1.2, 0.7, 0.85, 1.0)[v]
    d = (0.6, 0.8, 0.65, 0.7, 0.85, 0.5)[v]
    return _build_tabletop(v, w, d, (0.45, 0.4, 0.38, 0.42, 0.36, 0.42)[v])


def _build_tabletop(v: int, w: float, d: float, h: float) -> MeshBuilder:
    b = MeshBuilder()
    wood = WOODS[v]

    if v in (1, 4):  # round, on a column
        b.lathe(
            wood,
            (0, 0, 0),
            [(w * 0.28, 0), (w * 0.26, 0.03), (0.05, 0.06), (0.05, h - 0.04)],
            segments=24,
        )
        return b.lathe(
            wood, (0, 0, h - 0.04), [(w / 2 - 0.01, 0), (w / 2, 0.02), (w / 2, 0.04)], segments=32
        )

    if v == 2:  # trestles
        for x in (-w / 2 + 0.25, w / 2 - 0.25):
            b.box(wood, (x, 0, h / 2), (0.06, d * 0.5, h - 0.05))
            b.box(wood, (x, 0, 0.03), (0.08, d * 0.8, 0.06))
        b.box(wood, (0, 0, h * 0.3), (w - 0.5, 0.05, 0.1))
    elif v == 5:  # a frame of steel
        b.legs(STEEL, w, d, h - 0.03, 0.03, 0.02)
        for s in (-1, 1):
            b.box(STEEL, (0, s * (d / 2 - 0.02), h - 0.045), (w - 0.04, 0.025, 0.03))
            b.box(STEEL, (s * (w / 2 - 0.02), 0, 0.02), (0.025, d - 0.04, 0.03))
    else:
        b.legs(wood, w, d, h - 0.03, 0.065, 0.055)
        b.box(wood, (0, 0, h - 0.08), (w - 0.1, d - 0.1, 0.08))

    if v == 3 and h < 0.6:
        b.box(wood, (0, 0, h * 0.3), (w - 0.14, d - 0.14, 0.03))

    return b.box(wood, (0, 0, h - 0.018), (w, d, 0.036))


def build_side_table(v: int) -> MeshBuilder:
    b = MeshBuilder()
    h = (0.5, 0.55, 0.48, 0.52, 0.58, 0.5)[v]
    w = (0.42, 0.4, 0.45, 0.38, 0.42, 0.5)[v]
    wood = WOODS[(v + 1) % 6]

    if v in (0, 3):
        add_ring_legs(b, OAK if v == 3 else BLACK, (w * 0.25, w * 0.42), h - 0.02, 3, 0.013)
        return b.lathe(wood, (0, 0, h - 0.025), [(w / 2, 0), (w / 2, 0.025)], segments=28)
    if v == 4:
        b.lathe(
            STEEL, (0, 0, 0), [(w * 0.35, 0), (w * 0.34, 0.012), (0.015, 0.02), (0.015, h - 0.02)]
        )
        return b.lathe(wood, (0, 0, h - 0.02), [(w / 2, 0), (w / 2, 0.02)], segments=28)

    b.legs(STEEL if v == 2 else wood, w, w, h - 0.02, 0.03, 0.025)
    b.box(wood, (0, 0, h - 0.015), (w, w, 0.03))
    return b.box(wood, (0, 0, 0.16), (w - 0.05, w - 0.05, 0.02))


def build_nightstand(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.45, 0.5, 0.38, 0.52, 0.42, 0.48)[v]
    d = (0.4, 0.42, 0.35, 0.42, 0.36, 0.4)[v]
    h = (0.55, 0.5, 0.6, 0.48, 0.62, 0.52)[v]
    wood = WOODS[v]
    front = (WOODS[v], WHITE, WOODS[v], "#93a39a", "#e4ddd0", OAK)[v]
    lift = (0.12, 0.18, 0.08, 0.06, 0.1, 0.15)[v]
    low = lift + (0.16 if v in (1, 4) else 0.02)

    b.legs(wood, w, d, lift + 0.02, 0.035, 0.03)
    y = -d / 2 + 0.02
    b.box(wood, (0, 0.01, lift + 0.01), (w, d - 0.02, 0.02))
    for s in (-1, 1):
        b.box(wood, (s * (w / 2 - 0.009), 0.01, (h + lift) / 2), (0.018, d - 0.02, h - lift))
    b.box(wood, (0, d / 2 - 0.01, (h + lift) / 2), (w, 0.015, h - lift))
    b.box(wood, (0, 0.01, (low + h) / 2), (w - 0.03, d - 0.03, h - low))
    rows = (2, 1, 2, 1, 2, 2)[v]
    add_fronts(b, front, BLACK if v % 2 else STEEL, (-w / 2, w / 2, low, h - 0.02), y, rows, 1)
    return b.box(wood, (0, 0, h - 0.01), (w + 0.01, d + 0.01, 0.02))


def build_desk(v: int) -> MeshBuilder:
    b = MeshBuilder()
    wood = WOODS[(v + 1) % 6]
    w = (1.2, 1.4, 1.6, 1.0, 1.3, 1.5)[v]
    d = (0.6, 0.7, 0.78, 0.56, 0.62, 0.75)[v]
    h = (0.74, 0.75, 0.73, 0.75, 0.74, 0.73)[v]
    sides = ((-1,), (1,), (-1, 1), (1,), (), (-1,))[v]

    for side in (-1, 1):
        x = side * (w / 2 - 0.22)
        if side in sides:
            b.box(wood, (x, 0.01, (h - 0.03) / 2), (0.4, d - 0.08, h - 0.03))
            front = WHITE if v % 2 else wood
            add_fronts(b, front, STEEL, (x - 0.2, x + 0.2, 0.05, h - 0.05), -d / 2 + 0.05, 3, 1)
        elif v in (1, 3, 4):
            for y in (-d / 2 + 0.05, d / 2 - 0.05):
                b.box(
                    STEEL if v != 1 else wood,
                    (side * (w / 2 - 0.04), y, (h - 0.03) / 2),
                    (0.04, 0.04, h - 0.03),
                )
            b.box(
                STEEL if v != 1 else wood,
                (side * (w / 2 - 0.04), 0, h - 0.05),
                (0.04, d - 0.1, 0.04),
            )
        else:
            b.box(wood, (side * (w / 2 - 0.03), 0, (h - 0.03) / 2), (0.035, d - 0.06, h - 0.03))

    b.box(wood, (0, d / 2 - 0.05, h * 0.68), (w - 0.08, 0.018, h * 0.35))
    return b.box(wood, (0, 0, h - 0.015), (w, d, 0.03))


def build_dressing_table(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.95, 0.85, 1.1, 0.9, 1.0, 0.82)[v]
    d = (0.42, 0.4, 0.46, 0.42, 0.44, 0.4)[v]
    h = 0.76
    top = (1.35, 1.28, 1.4, 1.3, 1.42, 1.25)[v]
    wood = (WHITE, OAK, "#d9cfc2", WOODS[1], WHITE, "#9fb0a5")[v]
    add_splayed_legs(b, wood, (w / 2 - 0.06, d / 2 - 0.05), h - 0.12, 0.02, 0.02)
    b.box(wood, (0, 0.01, h - 0.08), (w - 0.02, d - 0.03, 0.13))
    add_fronts(
        b,
        wood,
        "#b08d4c",
        (-w / 2 + 0.02, w / 2 - 0.02, h - 0.14, h - 0.02),
        -d / 2 + 0.025,
        1,
        2 + v % 2,
    )
    b.box(wood, (0, 0, h - 0.01), (w, d, 0.02))

    y = d / 2 - 0.04
    z = (h + top) / 2 + 0.02
    mw = w * (0.5, 0.45, 0.6, 0.5, 0.4, 0.55)[v]
    mh = top - h - 0.04
    if v in (1, 4):  # round
        b.lathe(wood, (0, y, z), [(mh / 2, 0), (mh / 2, 0.02)], axis="y", segments=28)
        b.lathe(
            "#cfdadd",
            (0, y - 0.004, z),
            [(mh / 2 - 0.025, 0), (mh / 2 - 0.025, 0.01)],
            axis="y",
            segments=28,
        )
    else:
        b.box(wood, (0, y, z), (mw, 0.02, mh))
        b.box("#cfdadd", (0, y - 0.011, z), (mw - 0.05, 0.004, mh - 0.05))

    for s in (-1, 1):
        b.box(wood, (s * mw * 0.4, y + 0.015, h + 0.08), (0.03, 0.015, 0.2))

    return b


TABLE_DESIGNS = {
    "table": build_table,
    "coffee table": build_coffee_table,
    "side table": build_side_table,
    "nightstand": build_nightstand,
    "desk": build_desk,
    "dressing table": build_dressing_table,
}
