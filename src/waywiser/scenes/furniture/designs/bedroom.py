"""Parametric beds, wardrobes and dressers.

Every function draws variant `v` (0 to 5) of one category, in meters; variants differ in more than
color.
"""

from waywiser.scenes.furniture.designs.parts import add_fronts
from waywiser.scenes.furniture.mesh_builder import MeshBuilder
from waywiser.scenes.furniture.palette import (
    BEIGE,
    BLACK,
    BLUE,
    GRAY,
    GREEN,
    OAK,
    PINE,
    STEEL,
    TEAL,
    WHITE,
    WOODS,
)

COVERS = (BLUE, BEIGE, GREEN, GRAY, "#b86f62", TEAL)


def _add_bedding(b: MeshBuilder, cover: str, w: float, d: float, z: float, pillows: int) -> None:
    """A mattress, a cover that is folded back, and pillows at the head."""
    b.soft_box(WHITE, (0, 0, z + 0.09), (w - 0.06, d - 0.08, 0.18), 0.05)
    length = d * 0.68
    b.soft_box(cover, (0, -d / 2 + length / 2, z + 0.13), (w - 0.02, length, 0.16), 0.05)
    b.soft_box("#ece6da", (0, -d / 2 + length - 0.05, z + 0.2), (w - 0.03, 0.22, 0.04), 0.018)

    for k in range(pillows):
        x = (k - (pillows - 1) / 2) * w / 2
        width = min(0.7, w / pillows - 0.14)
        b.soft_box("#f6f3ec", (x, d / 2 - 0.28, z + 0.25), (width, 0.4, 0.13), 0.06, tilt=-0.25)


def build_bed(v: int) -> MeshBuilder:
    b = MeshBuilder()
    wood = WOODS[v]
    w = (1.4, 0.95, 1.6, 1.8, 1.2, 1.95)[v]
    d = (2.08, 2.0, 2.12, 2.15, 2.02, 2.2)[v]
    base = (0.28, 0.32, 0.2, 0.26, 0.34, 0.22)[v]
    head = (0.95, 0.85, 0.75, 1.15, 1.0, 0.8)[v]
    b.legs(wood, w, d, base, 0.07, 0.05)
    b.box(wood, (0, 0, base - 0.05), (w, d, 0.14))
    _add_bedding(b, COVERS[v], w, d - 0.08, base + 0.02, 1 if w < 1.3 else 2)

    if v in (1, 4):  # bars
        for k in range(7):
            x = -w / 2 + 0.04 + k * (w - 0.08) / 6
            b.cylinder(wood, (x, d / 2 - 0.03, base), 0.014, head - base)
        b.box(wood, (0, d / 2 - 0.03, head), (w, 0.05, 0.05))
        for s in (-1, 1):
            b.box(wood, (s * (w / 2 - 0.025), d / 2 - 0.03, head / 2), (0.05, 0.05, head))
        b.box(wood, (0, -d / 2 + 0.02, base + 0.12), (w, 0.04, 0.3))
    elif v in (2, 5):  # padded
        b.soft_box(COVERS[v] if v == 2 else GRAY, (0, d / 2 - 0.05, head / 2), (w, 0.1, head), 0.04)
    else:
        b.box(wood, (0, d / 2 - 0.03, head / 2), (w, 0.05, head))
        b.box(wood, (0, d / 2 - 0.04, head - 0.02), (w + 0.03, 0.08, 0.04))

    return b


def build_bunk_bed(v: int) -> MeshBuilder:
    b = MeshBuilder()
    wood = (PINE, WHITE, BLACK, OAK, "#9fb0a5", WHITE)[v]
    w = (0.98, 1.0, 0.95, 1.05, 0.98, 1.0)[v]
    d = (2.0, 2.05, 1.98, 2.06, 2.02, 2.0)[v]
    h = (1.65, 1.7, 1.6, 1.72, 1.68, 1.55)[v]
    t = 0.06
    for sx in (-1, 1):
        for sy in (-1, 1):
            b.box(wood, (sx * (w - t) / 2, sy * (d - t) / 2, h / 2), (t, t, h))

    for z, cover in ((0.28, COVERS[v]), (h - 0.45, COVERS[(v + 3) % 6])):
        for sx in (-1, 1):
            b.box(wood, (sx * (w - 0.03) / 2, 0, z), (0.03, d - 0.04, 0.14))
        b.box(wood, (0, 0, z), (w - 0.06, d - 0.04, 0.04))
        for sy in (-1, 1):
            b.box(wood, (0, sy * (d - 0.03) / 2, z + 0.2), (w - t, 0.025, 0.1))
        _add_bedding(b, cover, w - 0.06, d - 0.1, z + 0.02, 1)

    for z in (h - 0.08, h - 0.2):  # rails
        b.box(wood, (-(w - 0.03) / 2, 0, z), (0.025, d - 0.05, 0.06))
        b.box(wood, ((w - 0.03) / 2, d * 0.12, z), (0.025, d * 0.7, 0.06))
        for sy in (-1, 1):
            b.box(wood, (0, sy * (d - 0.03) / 2, z), (w - t, 0.025, 0.06))

    x = w / 2 + 0.02
    for y in (-d / 2 + 0.12, -d / 2 + 0.46):  # a ladder
        b.box(wood, (x, y, h / 2), (0.03, 0.05, h - 0.02))
    for k in range(5):
        b.box(wood, (x, -d / 2 + 0.29, 0.25 + k * 0.27), (0.025, 0.34, 0.04))

    return b


def build_crib(v: int) -> MeshBuilder:
    b = MeshBuilder()
    wood = (WHITE, PINE, OAK, WHITE, "#b9c4bb", "#a9744f")[v]
    w = (0.66, 0.7, 0.72, 0.64, 0.68, 0.76)[v]
    d = (1.26, 1.3, 1.34, 1.22, 1.28, 1.4)[v]
    h = (0.9, 0.86, 0.95, 0.88, 0.92, 1.0)[v]
    low = 0.26
    for sx in (-1, 1):
        for sy in (-1, 1):
            b.box(wood, (sx * (w - 0.05) / 2, sy * (d - 0.05) / 2, h / 2), (0.05, 0.05, h))
        for z in (low, h - 0.06):
            b.box(wood, (sx * (w - 0.03) / 2, 0, z), (0.03, d - 0.06, 0.045))
        for k in range(13):
            y = -d / 2 + d * (k + 1) / 14
            b.box(
                wood, (sx * (w - 0.03) / 2, y, (low + h - 0.06) / 2), (0.016, 0.022, h - low - 0.06)
            )

    for sy in (-1, 1):
        if v in (0, 3, 4):
            b.box(wood, (0, sy * (d - 0.03) / 2, (low + h) / 2), (w - 0.06, 0.025, h - low))
        else:
            for z in (low, h - 0.06):
                b.box(wood, (0, sy * (d - 0.03) / 2, z), (w - 0.06, 0.03, 0.045))
            for k in range(6):
                x = -w / 2 + w * (k + 1) / 7
                b.box(
                    wood,
                    (x, sy * (d - 0.03) / 2, (low + h - 0.06) / 2),
                    (0.022, 0.016, h - low - 0.06),
                )

    b.box(wood, (0, 0, low), (w - 0.06, d - 0.06, 0.03))
    b.soft_box(WHITE, (0, 0, low + 0.07), (w - 0.08, d - 0.08, 0.1), 0.03)
    b.soft_box(COVERS[(v + 2) % 6], (0, -d * 0.16, low + 0.11), (w - 0.09, d * 0.5, 0.06), 0.025)
    return b.soft_box("#f6f3ec", (0, d / 2 - 0.2, low + 0.14), (w - 0.26, 0.24, 0.06), 0.03)


def build_wardrobe(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (1.0, 1.5, 1.8, 0.9, 1.2, 2.0)[v]
    d = (0.58, 0.6, 0.62, 0.54, 0.56, 0.6)[v]
    h = (1.95, 2.02, 2.1, 1.85, 2.15, 2.05)[v]
    wood = WOODS[v]
    front = (WOODS[v], WHITE, WOODS[v], "#93a39a", "#e4ddd0", OAK)[v]
    columns = (2, 3, 3, 2, 2, 4)[v]
    metal = BLACK if v % 2 else STEEL
    y = -d / 2 + 0.03
    low = 0.08
    b.box(wood, (0, 0.02, low / 2), (w - 0.04, d - 0.08, low))
    b.box(wood, (0, 0.01, (h + low) / 2), (w, d - 0.03, h - low))
    if v in (0, 3):  # a drawer below
        add_fronts(b, front, metal, (-w / 2, w / 2, low, low + 0.28), y, 1, 1 + (v == 0))
        low += 0.28

    add_fronts(b, front, metal, (-w / 2, w / 2, low, h - 0.03), y, 1, columns)
    if v in (2, 5):  # a mirror on the middle doors
        x = 0.0 if columns == 3 else -w / 8
        b.box("#cfdadd", (x, y - 0.019, (h + low) / 2), (w / columns - 0.08, 0.004, h - low - 0.2))

    return b.box(wood, (0, 0, h - 0.015), (w + 0.02, d + 0.01, 0.03))


def build_dresser(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.8, 1.2, 0.75, 1.4, 0.9, 1.5)[v]
    d = (0.45, 0.48, 0.42, 0.5, 0.44, 0.46)[v]
    h = (0.95, 0.8, 1.2, 0.85, 1.05, 0.78)[v]
    wood = WOODS[(v + 3) % 6]
    front = (WHITE, OAK, "#d9cfc2", WOODS[4], PINE, "#8fa0a8")[v]
    lift = (0.08, 0.15, 0.05, 0.1, 0.12, 0.16)[v]
    b.legs(wood, w, d, lift + 0.02, 0.045, 0.035)
    b.box(wood, (0, 0.01, (h + lift) / 2), (w, d - 0.03, h - lift))
    rows = (4, 3, 5, 3, 4, 2)[v]
    columns = (1, 2, 1, 2, 1, 3)[v]
    area = (-w / 2 + 0.02, w / 2 - 0.02, lift + 0.01, h - 0.03)
    add_fronts(b, front, BLACK if v % 2 else STEEL, area, -d / 2 + 0.025, rows, columns)
    return b.box(wood, (0, 0, h - 0.015), (w + 0.02, d + 0.01, 0.03))


BEDROOM_DESIGNS = {
    "bed": build_bed,
    "bunk bed": build_bunk_bed,
    "crib": build_crib,
    "wardrobe": build_wardrobe,
    "dresser": build_dresser,
}
