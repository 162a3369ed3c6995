"""Parametric small and turned things.

Every function draws variant `v` (0 to 5) of one category, in meters; variants differ in more than
color.
"""

import math

from waywiser.scenes.furniture.mesh_builder import MeshBuilder
from waywiser.scenes.furniture.palette import BLACK, BROWN, CHARCOAL, OAK, STEEL, TEAL, WHITE


def build_television(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.9, 1.1, 0.7, 1.25, 0.55, 1.0)[v]
    h = (0.52, 0.64, 0.42, 0.72, 0.42, 0.58)[v]
    lift = 0.08
    b.box(BLACK, (0, 0, lift + h / 2), (w, 0.05 if v != 4 else 0.3, h))
    front = -0.028 if v != 4 else -0.153
    b.box(
        ("#1d2733", "#20242c", "#27303a", "#171c22", "#2c3a3f", "#1c2127")[v],
        (0, front, lift + h / 2),
        (w - 0.04, 0.008, h - 0.05),
    )

    if v in (0, 2, 4):
        b.box(CHARCOAL, (0, 0, lift / 2), (0.08, 0.05, lift + 0.02)).box(
            CHARCOAL, (0, 0, 0.01), (w * 0.45, 0.22, 0.02)
        )
    else:
        for x in (-w / 3, w / 3):
            b.box(STEEL, (x, 0, lift / 2), (0.03, 0.24, 0.02)).box(
                STEEL, (x, 0, lift / 2 + 0.02), (0.03, 0.03, lift)
            )

    return b


def build_lamp(v: int) -> MeshBuilder:
    b, shade = MeshBuilder(), ("#f3e6c8", "#efe9dc", "#e8c9a0", "#d8e0e4", "#f0d9c0", "#cf8f5a")[v]
    h = (0.45, 1.6, 0.6, 1.45, 0.38, 0.75)[v]
    r = h * 0.2 if h < 1 else 0.22

    if v in (0, 5):  # bulbous foot
        b.lathe(
            (TEAL, "#b7a99a")[v // 5],
            (0, 0, 0),
            [
                (r * 0.5, 0),
                (r * 0.8, h * 0.15),
                (r * 0.6, h * 0.35),
                (0.015, h * 0.5),
                (0.015, h * 0.6),
            ],
        )
    elif v == 3:  # tripod
        for k in range(3):
            a = k * 2 * math.pi / 3
            b.lathe(
                OAK,
                (0.1 * math.cos(a), 0.1 * math.sin(a), 0),
                [(0.018, 0), (0.014, h * 0.7)],
                segments=8,
            )

        b.lathe(OAK, (0, 0, h * 0.68), [(0.12, 0), (0.12, 0.03)])
    else:
        b.lathe(
            (STEEL, BLACK, BROWN, BLACK, STEEL, STEEL)[v],
            (0, 0, 0),
            [(r * 0.8, 0), (r * 0.75, 0.02), (0.014, 0.03), (0.014, h * 0.75)],
        )

    top = (0.6, 1.0, 0.55, 0.95, 0.3, 0.7)[v] * r
    return b.lathe(
        shade, (0, 0, h * (0.55 if h < 1 else 0.78)), [(r, 0), (top, h * (0.45 if h < 1 else 0.22))]
    )


def build_plant(v: int) -> MeshBuilder:
    b, pot = MeshBuilder(), ("#b5653f", WHITE, "#8a8d91", "#40545c", "#d9c6a5", "#7a4b3a")[v]
    h = (0.5, 1.1, 0.75, 1.5, 0.35, 0.9)[v]
    r = (0.12, 0.17, 0.15, 0.2, 0.1, 0.16)[v]
    b.lathe(pot, (0, 0, 0), [(r * 0.7, 0), (r, r * 1.5), (r * 1.06, r * 1.5), (r * 1.06, r * 1.7)])
    base, green = r * 1.6, ("#4c7d3c", "#3c6b3a", "#6a8f45", "#2f5f35", "#7c9a58", "#466f46")

    if v in (1, 3):  # a little tree
        b.cylinder(BROWN, (0, 0, base), 0.025, h * 0.5)

        for k in range(7):
            a = k * 2.4
            at = (0.14 * h * math.cos(a), 0.14 * h * math.sin(a), h * (0.68 + 0.035 * k))
            b.ellipsoid(green[(v + k) % 6], at, (0.15 * h, 0.15 * h, 0.1 * h))

        return b

    for k in range(26):
        a = k * 2.399
        level = k / 26
        length = (h - base) * (0.75 - 0.35 * level)
        b.leaf(
            green[(v + k) % 6],
            (0, 0, base),
            a,
            length,
            (h - base) * (0.35 + 0.65 * level),
            length * (0.22 + 0.05 * (v % 3)),
        )

    return b


def build_vase(v: int) -> MeshBuilder:
    h = (0.3, 0.45, 0.25, 0.7, 0.36, 0.55)[v]
    r = (0.1, 0.09, 0.12, 0.16, 0.11, 0.13)[v]

    outline = (
        [(0.6, 0), (1, 0.4), (0.9, 0.65), (0.45, 0.85), (0.6, 1)],
        [(0.7, 0), (1, 0.2), (0.5, 0.6), (0.4, 0.9), (0.65, 1)],
        [(0.5, 0), (1, 0.45), (1, 0.55), (0.55, 0.9), (0.55, 1)],
        [(0.6, 0), (0.75, 0.3), (1, 0.7), (0.6, 0.92), (0.75, 1)],
        [(0.55, 0), (0.7, 0.5), (1, 1)],
        [(1, 0), (1, 0.5), (0.7, 0.75), (0.35, 0.85), (0.35, 1)],
    )[v]

    color = ("#3f6f8f", "#d8d2c4", "#b5503c", "#56724f", "#c79a3f", "#4b3f57")[v]
    return MeshBuilder().lathe(color, (0, 0, 0), [(r * x, h * z) for x, z in outline], segments=28)


def build_trash_can(v: int) -> MeshBuilder:
    b, c = MeshBuilder(), (STEEL, CHARCOAL, "#4f7a5b", WHITE, "#a3423c", "#c7b18b")[v]
    h = (0.65, 0.35, 0.5, 0.42, 0.75, 0.3)[v]
    r = (0.15, 0.13, 0.17, 0.14, 0.18, 0.15)[v]

    if v in (1, 5):  # open basket
        return b.lathe(
            c, (0, 0, 0), [(r * 0.75, 0), (r, h), (r * 0.93, h), (r * 0.7, 0.03)], segments=24
        )

    if v == 2:  # square with a swing lid
        b.box(c, (0, 0, h * 0.4), (2 * r, 1.6 * r, h * 0.8))
        return b.box(BLACK, (0, 0, h * 0.88), (1.9 * r, 1.5 * r, h * 0.2))

    b.cylinder(c, (0, 0, 0.02), r, h * 0.85)
    b.lathe(BLACK, (0, 0, 0), [(r * 1.03, 0), (r * 1.03, 0.03)])

    b.lathe(
        BLACK if v else c,
        (0, 0, h * 0.87),
        [(r * 1.03, 0), (r * 0.9, h * 0.08), (r * 0.4, h * 0.13)],
    )

    return b.box(BLACK, (0, -r - 0.02, 0.02), (0.1, 0.05, 0.02))


def build_laptop(v: int) -> MeshBuilder:
    b, c = MeshBuilder(), (STEEL, BLACK, WHITE, CHARCOAL, "#c9b7a7", "#3e5f8a")[v]
    w = (0.34, 0.36, 0.3, 0.4, 0.32, 0.38)[v]
    d = (0.24, 0.25, 0.21, 0.27, 0.23, 0.26)[v]
    tilt = (0.25, 0.4, 0.15, 0.3, 0.2, 0.35)[v]
    b.box(c, (0, 0, 0.01), (w, d, 0.02)).box(
        CHARCOAL, (0, 0.03, 0.021), (w * 0.86, d * 0.45, 0.003)
    )
    up = d / 2 * math.cos(tilt)
    back = d / 2 * (1 + math.sin(tilt))
    b.box(c, (0, back, 0.015 + up), (w, 0.012, d), tilt=tilt)

    return b.box("#1f2d40", (0, back - 0.007, 0.017 + up), (w * 0.92, 0.004, d * 0.88), tilt=tilt)


def build_toilet(v: int) -> MeshBuilder:
    b, c, seat = (
        MeshBuilder(),
        (WHITE, WHITE, "#efe7d8", WHITE, "#e3ecee", WHITE)[v],
        (WHITE, OAK, "#efe7d8", BLACK, WHITE, "#d9d9d9")[v],
    )

    w = (0.38, 0.36, 0.4, 0.38, 0.42, 0.35)[v]
    d = (0.68, 0.62, 0.7, 0.65, 0.72, 0.6)[v]
    h = (0.78, 0.8, 0.75, 0.85, 0.72, 0.9)[v]

    b.lathe(
        c,
        (0, 0, 0),
        [(0.11, 0), (0.1, 0.15), (w / 2 - 0.02, 0.36), (w / 2 - 0.01, 0.4)],
        segments=24,
    )

    b.box(c, (0, 0.1, 0.19), (0.22, 0.35, 0.38))
    front = -0.05
    tank = 0.17
    b.ellipsoid(seat, (0, front, 0.41), (w / 2, d * 0.38, 0.035))
    b.box(c, (0, d * 0.38 - tank / 2 + 0.12, (h + 0.38) / 2), (w, tank, h - 0.38))

    return b.box(STEEL, (0, d * 0.38 - tank / 2 + 0.12, h), (0.08, 0.05, 0.02))
