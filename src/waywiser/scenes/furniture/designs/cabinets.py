"""Parametric cases and appliances: what is mostly a box with a front.

Every function draws variant `v` (0 to 5) of one category, in meters; variants differ in more than
color.
"""

from waywiser.scenes.furniture.mesh_builder import MeshBuilder
from waywiser.scenes.furniture.palette import (
    BEIGE,
    BLACK,
    BLUE,
    BROWN,
    CHARCOAL,
    GRAY,
    GREEN,
    MUSTARD,
    OAK,
    PINE,
    RED,
    STEEL,
    TEAL,
    WHITE,
    WOODS,
)


def build_nightstand(v: int) -> MeshBuilder:
    w = (0.45, 0.5, 0.38, 0.55, 0.42, 0.48)[v]
    d = (0.4, 0.42, 0.35, 0.45, 0.36, 0.4)[v]
    h = (0.55, 0.48, 0.62, 0.45, 0.68, 0.5)[v]

    return _build_drawers(
        v,
        w,
        d,
        h,
        rows=(2, 1, 2, 1, 3, 2)[v],
        columns=1,
        lift=(0.15, 0.2, 0.1, 0.05, 0.12, 0.02)[v],
    )


def build_cabinet(v: int) -> MeshBuilder:
    w = (0.9, 1.4, 0.6, 1.2, 0.8, 1.6)[v]
    d = (0.45, 0.48, 0.42, 0.5, 0.4, 0.45)[v]
    h = (0.85, 0.75, 1.2, 0.9, 1.4, 0.65)[v]

    return _build_drawers(
        v,
        w,
        d,
        h,
        rows=(3, 2, 4, 1, 1, 2)[v],
        columns=(1, 2, 1, 2, 2, 3)[v],
        lift=(0.08, 0.15, 0.05, 0.06, 0.1, 0.12)[v],
    )


def build_wardrobe(v: int) -> MeshBuilder:
    w = (1.0, 1.5, 1.8, 0.9, 1.2, 2.0)[v]
    d = (0.58, 0.6, 0.62, 0.5, 0.55, 0.6)[v]
    h = (1.9, 2.0, 2.1, 1.8, 2.2, 2.05)[v]

    return _build_drawers(
        v,
        w,
        d,
        h,
        rows=1,
        columns=(2, 3, 3, 2, 2, 4)[v],
        lift=(0.1, 0.05, 0.04, 0.12, 0.06, 0.03)[v],
        split=v in (0, 3),
    )


def _build_drawers(
    v: int, w: float, d: float, h: float, rows: int, columns: int, lift: float, split: bool = False
) -> MeshBuilder:
    """A case with a grid of drawers or doors; `split` puts one wide drawer below."""
    b = MeshBuilder()
    wood = WOODS[v]
    front = (WOODS[v], WHITE, WOODS[v], "#93a39a", "#e4ddd0", OAK)[v]
    b.legs(wood, w, d, lift, 0.04, 0.04)
    b.box(wood, (0, 0.01, (h + lift) / 2), (w, d - 0.02, h - lift))
    low = lift + (0.3 if split else 0.0)

    if split:
        b.box(front, (0, -d / 2, lift + 0.15), (w - 0.06, 0.03, 0.26))

    cell_w = w / columns
    cell_h = (h - low - 0.04) / rows

    for r in range(rows):
        for c in range(columns):
            x = -w / 2 + cell_w * (c + 0.5)
            z = low + 0.02 + cell_h * (r + 0.5)
            b.box(front, (x, -d / 2, z), (cell_w - 0.025, 0.025, cell_h - 0.025))
            tall = cell_h > cell_w
            handle = (0.015, 0.02, min(0.25, cell_h / 3)) if tall else (cell_w / 3, 0.02, 0.015)
            shift = (cell_w / 2 - 0.06) * (1 if c % 2 == 0 else -1) if tall else 0.0
            b.box(BLACK if v % 2 else STEEL, (x + shift, -d / 2 - 0.02, z), handle)

    return b.box(wood, (0, 0, h - 0.015), (w, d, 0.03))


def build_bookcase(v: int) -> MeshBuilder:
    b = MeshBuilder()
    wood = WOODS[v]
    w = (0.8, 1.2, 0.6, 1.0, 1.6, 0.9)[v]
    d = (0.3, 0.32, 0.28, 0.35, 0.3, 0.26)[v]
    h = (1.8, 1.4, 2.0, 0.9, 1.2, 1.6)[v]
    shelves = (5, 4, 6, 3, 3, 4)[v]
    books = (RED, BLUE, GREEN, MUSTARD, BEIGE, TEAL, BROWN)

    for sx in (-1, 1):
        b.box(wood, (sx * (w / 2 - 0.015), 0, h / 2), (0.03, d, h))

    b.box(wood, (0, d / 2 - 0.01, h / 2), (w, 0.02, h))
    step = (h - 0.03) / shelves

    for k in range(shelves + 1):
        b.box(wood, (0, 0, 0.015 + k * step), (w, d, 0.03))

    for k in range(shelves):
        x = -w / 2 + 0.05
        n = k * 3 + v

        while x < w / 2 - 0.12:
            n += 1
            thick = 0.025 + 0.012 * (n * 7 % 4)
            tall = step * (0.6 + 0.08 * (n * 5 % 4))

            if n % 9:
                b.box(
                    books[n * 3 % 7],
                    (x + thick / 2, 0.02, 0.03 + k * step + tall / 2),
                    (thick, d * 0.7, tall),
                )

            x += thick + (0.002 if n % 9 else 0.1)

    return b


def build_fridge(v: int) -> MeshBuilder:
    b, c = MeshBuilder(), (WHITE, STEEL, "#e7e3d6", CHARCOAL, "#9fc3bd", "#c9cdd0")[v]
    w = (0.6, 0.7, 0.55, 0.9, 0.6, 0.65)[v]
    d = (0.62, 0.7, 0.56, 0.75, 0.64, 0.66)[v]
    h = (1.7, 1.85, 1.2, 1.8, 1.5, 2.0)[v]
    b.box(c, (0, 0.02, h / 2 + 0.01), (w, d - 0.04, h - 0.02))

    if v == 3:  # two doors side by side
        for sx in (-1, 1):
            b.box(c, (sx * w / 4, -d / 2 + 0.015, h / 2), (w / 2 - 0.01, 0.05, h - 0.05))
            b.box(STEEL, (sx * 0.05, -d / 2 - 0.02, h / 2), (0.02, 0.03, h * 0.5))

        return b

    cut = (0.35, 0.62, 0.75, 0, 0.7, 0.4)[v] * h
    for low, high in ((0.03, cut), (cut, h)):
        b.box(c, (0, -d / 2 + 0.015, (low + high) / 2), (w - 0.005, 0.05, high - low - 0.015))
        b.box(
            GRAY, (w / 2 - 0.06, -d / 2 - 0.02, (low + high) / 2), (0.025, 0.03, (high - low) * 0.4)
        )

    return b


def build_washing_machine(v: int) -> MeshBuilder:
    b, c = MeshBuilder(), (WHITE, STEEL, "#e9e9ea", CHARCOAL, WHITE, "#d7dcde")[v]
    w = (0.6, 0.6, 0.55, 0.62, 0.5, 0.65)[v]
    d = (0.58, 0.62, 0.5, 0.6, 0.52, 0.66)[v]
    h = (0.85, 0.88, 0.82, 0.9, 0.8, 0.95)[v]
    b.box(c, (0, 0, h / 2), (w, d, h)).box(GRAY, (0, -d / 2, h - 0.07), (w - 0.02, 0.012, 0.11))
    radius = (0.19, 0.21, 0.17, 0.22, 0.16, 0.2)[v]
    z = h * (0.45 if v % 2 else 0.48)
    b.cylinder(STEEL if v != 1 else CHARCOAL, (0, -d / 2 - 0.03, z), radius, 0.04, axis="y")
    b.cylinder("#31404d", (0, -d / 2 - 0.045, z), radius * 0.78, 0.05, axis="y")
    b.cylinder(BLACK, ((w / 2 - 0.1) * (-1) ** v, -d / 2 - 0.03, h - 0.07), 0.03, 0.03, axis="y")

    return b.box(CHARCOAL, (-(w / 4) * (-1) ** v, -d / 2 - 0.008, h - 0.07), (w * 0.3, 0.01, 0.06))


def build_box(v: int) -> MeshBuilder:
    b, c = MeshBuilder(), ("#c49a6c", "#b98b5a", PINE, "#5f7892", "#d2c3a8", "#8a5a3a")[v]
    w = (0.5, 0.4, 0.6, 0.45, 0.7, 0.55)[v]
    d = (0.35, 0.4, 0.45, 0.35, 0.5, 0.4)[v]
    h = (0.32, 0.4, 0.45, 0.3, 0.38, 0.5)[v]

    if v in (2, 5):  # slatted crate
        for k in range(4):
            z = h * (k + 0.5) / 4

            for s in (-1, 1):
                b.box(c, (0, s * d / 2, z), (w, 0.02, h / 4 - 0.02)).box(
                    c, (s * w / 2, 0, z), (0.02, d, h / 4 - 0.02)
                )

        for sx in (-1, 1):
            for sy in (-1, 1):
                b.box(c, (sx * (w / 2 - 0.03), sy * (d / 2 - 0.03), h / 2), (0.04, 0.04, h))

        return b.box(c, (0, 0, 0.02), (w, d, 0.02))

    b.box(c, (0, 0, h / 2), (w, d, h))

    if v in (0, 1):  # taped cardboard
        b.box("#d9c9a4", (0, 0, h), (w + 0.002, 0.06, 0.004)).box(
            "#d9c9a4", (0, -d / 2, h * 0.85), (0.06, 0.004, h * 0.3)
        )
    else:  # a lid
        b.box(c, (0, 0, h - 0.04), (w + 0.03, d + 0.03, 0.09)).box(
            WHITE, (0, -d / 2 - 0.002, h * 0.45), (0.12, 0.006, 0.07)
        )

    return b
