"""Parametric seats, tables and beds.

Every function draws variant `v` (0 to 5) of one category, in meters; variants differ in more than
color.
"""

import math

from waywiser.scenes.furniture.mesh_builder import MeshBuilder
from waywiser.scenes.furniture.palette import (
    BEIGE,
    BLACK,
    BLUE,
    CHARCOAL,
    FABRICS,
    GRAY,
    GREEN,
    MUSTARD,
    RED,
    STEEL,
    TEAL,
    WALNUT,
    WHITE,
    WOODS,
)


def build_chair(v: int) -> MeshBuilder:
    b = MeshBuilder()
    wood = WOODS[v]
    seat = (WOODS[v], BLUE, GRAY, RED, BEIGE, TEAL)[v]
    w = (0.42, 0.48, 0.45, 0.5, 0.44, 0.52)[v]
    d = (0.44, 0.5, 0.46, 0.52, 0.42, 0.5)[v]
    h = 0.45

    if v == 3:  # office chair on a star foot
        b.cylinder(BLACK, (0, 0, 0.06), 0.03, 0.36)

        for k in range(5):
            a = k * 2 * math.pi / 5
            b.box(BLACK, (0.13 * math.cos(a), 0.13 * math.sin(a), 0.05), (0.06, 0.06, 0.05))
            b.ellipsoid(BLACK, (0.25 * math.cos(a), 0.25 * math.sin(a), 0.03), (0.03, 0.03, 0.03))
    else:
        b.legs(wood, w, d, h - 0.04, 0.04, 0.03)

    b.box(seat, (0, 0, h), (w, d, 0.06 if v % 2 else 0.04))
    top = (0.92, 0.88, 0.84, 1.02, 0.98, 0.8)[v]
    back = d / 2 - 0.02

    if v in (0, 4):  # slatted back
        for x in (-w / 2 + 0.02, w / 2 - 0.02):
            b.box(wood, (x, back, (h + top) / 2), (0.04, 0.04, top - h))

        for k in range(3):
            b.box(wood, (0, back, top - 0.04 - k * (top - h) / 4), (w - 0.04, 0.025, 0.06))
    elif v == 2:  # spindles
        for k in range(5):
            b.cylinder(wood, (-w / 2 + 0.03 + k * (w - 0.06) / 4, back, h), 0.012, top - h - 0.05)

        b.box(wood, (0, back, top - 0.03), (w, 0.04, 0.07))
    else:
        b.box(seat, (0, back, (h + 0.1 + top) / 2), (w * 0.95, 0.05, top - h - 0.1))
        b.box(wood, (0, back, h + 0.08), (0.08, 0.03, 0.22))

    return b


def build_armchair(v: int) -> MeshBuilder:
    b, c = MeshBuilder(), ("#8a3f36", BLUE, "#6f7f5f", CHARCOAL, BEIGE, MUSTARD)[v]
    w = (0.8, 0.9, 0.72, 1.0, 0.76, 0.84)[v]
    d = (0.8, 0.85, 0.74, 0.9, 0.78, 0.8)[v]
    h = (0.8, 0.9, 0.75, 0.72, 1.05, 0.82)[v]

    return _build_upholstered(
        b, c, w, d, h, seats=1, arm=(0.14, 0.18, 0.08, 0.2, 0.1, 0.12)[v], legs=v in (2, 4, 5)
    )


def build_sofa(v: int) -> MeshBuilder:
    b = MeshBuilder()
    c = FABRICS[v]
    w = (1.6, 2.1, 1.9, 2.4, 1.5, 1.8)[v]
    d = (0.85, 0.95, 0.8, 1.0, 0.78, 0.9)[v]
    h = (0.8, 0.75, 0.88, 0.7, 0.92, 0.82)[v]

    return _build_upholstered(
        b,
        c,
        w,
        d,
        h,
        seats=(2, 3, 2, 3, 2, 2)[v],
        arm=(0.15, 0.2, 0.09, 0.24, 0.1, 0.16)[v],
        legs=v in (2, 4),
    )


def _build_upholstered(
    b: MeshBuilder, c: str, w: float, d: float, h: float, seats: int, arm: float, legs: bool
) -> MeshBuilder:
    lift = 0.14 if legs else 0.04
    if legs:
        b.legs(WALNUT, w, d, lift, 0.05, 0.06)

    b.box(c, (0, 0, lift + 0.12), (w, d, 0.24))
    for sx in (-1, 1):
        b.box(c, (sx * (w - arm) / 2, 0, lift + 0.28), (arm, d, 0.56))

    b.box(c, (0, d / 2 - 0.1, (h + lift) / 2), (w, 0.2, h - lift))
    inner = (w - 2 * arm) / seats

    for k in range(seats):
        x = -w / 2 + arm + inner * (k + 0.5)
        b.box(c, (x, -0.1, lift + 0.3), (inner - 0.03, d - 0.22, 0.14))

        b.box(
            c,
            (x, d / 2 - 0.25, lift + 0.3 + (h - lift) * 0.3),
            (inner - 0.05, 0.14, (h - lift) * 0.5),
            tilt=0.15,
        )

    return b


def build_stool(v: int) -> MeshBuilder:
    b = MeshBuilder()
    wood = WOODS[(v + 2) % 6]
    h = (0.45, 0.75, 0.48, 0.68, 0.5, 0.8)[v]
    r = (0.17, 0.18, 0.2, 0.17, 0.19, 0.16)[v]

    if v in (1, 3):  # bar stool on a foot
        b.lathe(STEEL, (0, 0, 0), [(0.2, 0), (0.19, 0.02), (0.03, 0.04), (0.03, h - 0.07)])
        return b.lathe(
            (RED, BLACK)[v // 2], (0, 0, h - 0.08), [(r, 0), (r + 0.02, 0.04), (r, 0.08)]
        )

    if v in (2, 4):  # square
        b.legs(wood, 2 * r, 2 * r, h - 0.05, 0.04, 0.03)
        return b.box((GREEN, BEIGE)[v // 4], (0, 0, h - 0.03), (2 * r, 2 * r, 0.06))

    for k in range(3 + v // 5):
        a = k * 2 * math.pi / (3 + v // 5)
        b.cylinder(wood, (0.75 * r * math.cos(a), 0.75 * r * math.sin(a), 0), 0.02, h - 0.04)

    b.lathe(wood, (0, 0, h * 0.35), [(0.7 * r, 0), (0.7 * r, 0.02)])
    return b.lathe(wood, (0, 0, h - 0.05), [(r * 0.95, 0), (r, 0.02), (r * 0.97, 0.05)])


def build_bench(v: int) -> MeshBuilder:
    b = MeshBuilder()
    wood = WOODS[v]
    w = (1.2, 0.7, 1.5, 0.9, 1.3, 1.0)[v]
    d = (0.36, 0.36, 0.4, 0.42, 0.34, 0.45)[v]
    h = (0.45, 0.5, 0.44, 0.48, 0.42, 0.46)[v]

    if v in (0, 4):
        for x in (-w / 2 + 0.08, w / 2 - 0.08):
            b.box(wood, (x, 0, h / 2), (0.05, d * 0.9, h - 0.03))

        b.box(wood, (0, 0, 0.15), (w - 0.2, 0.04, 0.06))
    else:
        b.legs(wood, w, d, h - 0.05, 0.05, 0.05)

    b.box(wood, (0, 0, h - 0.04), (w, d, 0.04))
    if v % 2:
        b.box(FABRICS[v], (0, 0, h + 0.02), (w - 0.02, d - 0.02, 0.08))

    return b


def build_table(v: int) -> MeshBuilder:
    return _build_tabletop(
        v,
        (1.4, 1.0, 1.8, 0.8, 1.1, 1.6)[v],
        (0.8, 1.0, 0.9, 0.8, 1.1, 0.85)[v],
        (0.75, 0.74, 0.76, 0.9, 0.73, 0.72)[v],
    )


def build_coffee_table(v: int) -> MeshBuilder:
    return _build_tabletop(
        v,
        (1.1, 0.75, 1.2, 0.6, 0.85, 1.0)[v],
        (0.6, 0.75, 0.65, 0.6, 0.85, 0.5)[v],
        (0.45, 0.4, 0.38, 0.5, 0.36, 0.42)[v],
    )


def _build_tabletop(v: int, w: float, d: float, h: float) -> MeshBuilder:
    b = MeshBuilder()
    wood = WOODS[v]

    if v in (1, 4):  # round, on a column
        b.lathe(wood, (0, 0, 0), [(w * 0.28, 0), (w * 0.26, 0.03), (0.05, 0.06), (0.05, h - 0.04)])
        return b.lathe(wood, (0, 0, h - 0.04), [(w / 2, 0), (w / 2, 0.04)], segments=32)

    if v == 2:  # trestles
        for x in (-w / 2 + 0.25, w / 2 - 0.25):
            b.box(wood, (x, 0, h / 2), (0.06, d * 0.5, h - 0.05)).box(
                wood, (x, 0, 0.03), (0.08, d * 0.8, 0.06)
            )

        b.box(wood, (0, 0, h * 0.3), (w - 0.5, 0.05, 0.1))
    elif v == 5:  # steel frame
        b.legs(STEEL, w, d, h - 0.03, 0.03, 0.02)
        b.box(STEEL, (0, 0, 0.1), (w - 0.04, 0.03, 0.03))
    else:
        b.legs(wood, w, d, h - 0.03, 0.07, 0.06)
        b.box(wood, (0, 0, h - 0.09), (w - 0.12, d - 0.12, 0.1))

    if v == 3:
        b.box(wood, (0, 0, h * 0.25), (w - 0.14, d - 0.14, 0.03))

    return b.box(wood, (0, 0, h - 0.02), (w, d, 0.04))


def build_desk(v: int) -> MeshBuilder:
    b = MeshBuilder()
    wood = WOODS[(v + 1) % 6]
    w = (1.2, 1.4, 1.6, 1.0, 1.3, 1.5)[v]
    d = (0.6, 0.7, 0.8, 0.55, 0.6, 0.75)[v]
    h = (0.74, 0.75, 0.72, 0.76, 0.74, 0.73)[v]
    sides = ((-1,), (1,), (-1, 1), (1,), (), (-1,))[v]

    for side in (-1, 1):
        x = side * (w / 2 - 0.22)

        if side in sides:
            b.box(wood, (x, 0, (h - 0.04) / 2 + 0.02), (0.42, d - 0.06, h - 0.08))

            for k in range(3):
                z = 0.12 + k * (h - 0.1) / 3 + 0.08
                b.box(WHITE if v % 2 else wood, (x, -d / 2 + 0.02, z), (0.38, 0.03, (h - 0.2) / 3))
                b.box(STEEL, (x, -d / 2 - 0.005, z), (0.12, 0.02, 0.02))
        else:
            b.box(
                wood if v < 3 else STEEL,
                (side * (w / 2 - 0.03), 0, h / 2 - 0.02),
                (0.04, d - 0.1, h - 0.04),
            )

    b.box(wood, (0, d / 2 - 0.05, h * 0.6), (w - 0.08, 0.02, h * 0.5))
    return b.box(wood, (0, 0, h - 0.02), (w, d, 0.04))


def build_bed(v: int) -> MeshBuilder:
    b, wood, cover = MeshBuilder(), WOODS[v], (BLUE, BEIGE, GREEN, GRAY, "#b86f62", TEAL)[v]
    w = (1.4, 0.95, 1.6, 1.8, 1.2, 2.0)[v]
    d = (2.05, 1.95, 2.1, 2.15, 2.0, 2.2)[v]
    base = (0.3, 0.35, 0.22, 0.28, 0.4, 0.25)[v]
    head = (0.95, 0.8, 0.6, 1.15, 1.0, 0.7)[v]
    b.legs(wood, w, d, base, 0.07, 0.05)
    b.box(wood, (0, 0, base - 0.06), (w, d, 0.14))
    b.box(WHITE, (0, 0, base + 0.1), (w - 0.05, d - 0.08, 0.2))
    b.box(cover, (0, -0.25, base + 0.16), (w - 0.01, d - 0.55, 0.18))

    if v in (1, 4):  # bars at the head
        for k in range(6):
            b.cylinder(wood, (-w / 2 + 0.04 + k * (w - 0.08) / 5, d / 2 - 0.03, 0), 0.02, head)

        b.box(wood, (0, d / 2 - 0.03, head), (w, 0.05, 0.06))
        b.box(wood, (0, -d / 2 + 0.02, base + 0.15), (w, 0.04, 0.35))
    else:
        b.box(
            (wood, wood, cover, wood, wood, GRAY)[v], (0, d / 2 - 0.04, head / 2), (w, 0.08, head)
        )

    pillows = 1 if w < 1.3 else 2
    for k in range(pillows):
        x = (k - (pillows - 1) / 2) * w / 2
        b.ellipsoid(WHITE, (x, d / 2 - 0.32, base + 0.25), (min(0.34, w / 2 - 0.08), 0.2, 0.09))

    return b
