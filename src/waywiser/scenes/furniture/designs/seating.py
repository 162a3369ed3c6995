"""Parametric chairs, stools, sofas and benches.

Every function draws variant `v` (0 to 5) of one category, in meters; variants differ in more than
color.
"""

import math

from waywiser.scenes.furniture.designs.parts import add_ring_legs, add_splayed_legs
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
    OAK,
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
    w = (0.42, 0.46, 0.45, 0.44, 0.44, 0.48)[v]
    d = (0.44, 0.46, 0.46, 0.45, 0.42, 0.47)[v]
    h = 0.45
    top = (0.92, 0.86, 0.84, 0.82, 0.98, 0.8)[v]
    back = d / 2 - 0.02

    if v in (3, 5):  # a shell on splayed legs
        add_splayed_legs(b, OAK if v == 3 else BLACK, (w * 0.3, d * 0.3), h - 0.02, 0.05, 0.014)
        b.soft_box(seat, (0, -0.01, h), (w, d, 0.05), 0.024)
        b.soft_box(
            seat,
            (0, back + 0.04, (h + 0.06 + top) / 2),
            (w * 0.94, 0.045, top - h - 0.06),
            0.02,
            tilt=0.18,
        )
        return b.box(seat, (0, back, h + 0.03), (w * 0.5, 0.035, 0.12), tilt=0.18)

    b.legs(wood, w, d, h - 0.04, 0.04, 0.03)
    if v in (1, 2):
        b.soft_box(seat, (0, 0, h), (w, d, 0.06), 0.025)
    else:
        b.box(seat, (0, 0, h), (w, d, 0.04))

    for x in (-w / 2 + 0.02, w / 2 - 0.02):
        b.box(wood, (x, back + 0.02, (h + top) / 2), (0.035, 0.035, top - h + 0.02), tilt=0.1)
    if v in (0, 4):  # slats
        for k in range(3 if v == 0 else 4):
            z = top - 0.04 - k * (top - h) / 4.4
            b.box(wood, (0, back + 0.02 + (z - (h + top) / 2) * 0.1, z), (w - 0.05, 0.02, 0.05))
    elif v == 2:  # spindles
        for k in range(5):
            x = -w / 2 + 0.06 + k * (w - 0.12) / 4
            b.tube(wood, [(x, back, h), (x, back + 0.035, top - 0.02)], 0.008)
        b.box(wood, (0, back + 0.04, top - 0.03), (w, 0.035, 0.07))
    else:
        b.soft_box(
            seat,
            (0, back + 0.025, (h + 0.14 + top) / 2),
            (w * 0.9, 0.04, top - h - 0.12),
            0.018,
            tilt=0.1,
        )

    for side in (-1, 1):
        b.box(wood, (side * (w / 2 - 0.03), 0, 0.16), (0.02, d - 0.08, 0.025))
    return b


def build_armchair(v: int) -> MeshBuilder:
    c = ("#8a3f36", BLUE, "#6f7f5f", CHARCOAL, BEIGE, MUSTARD)[v]
    w = (0.8, 0.9, 0.72, 1.0, 0.76, 0.84)[v]
    d = (0.8, 0.85, 0.74, 0.9, 0.78, 0.8)[v]
    h = (0.8, 0.9, 0.78, 0.76, 1.02, 0.82)[v]
    arm = (0.14, 0.18, 0.09, 0.2, 0.11, 0.12)[v]
    return _build_upholstered(c, (w, d, h), seats=1, arm=arm, legs=v in (2, 4, 5))


def build_sofa(v: int) -> MeshBuilder:
    w = (1.6, 2.1, 1.9, 2.4, 1.5, 1.8)[v]
    d = (0.85, 0.95, 0.8, 1.0, 0.8, 0.9)[v]
    h = (0.82, 0.78, 0.88, 0.74, 0.92, 0.82)[v]
    arm = (0.15, 0.2, 0.1, 0.24, 0.11, 0.16)[v]
    return _build_upholstered(FABRICS[v], (w, d, h), (2, 3, 2, 3, 2, 3)[v], arm, legs=v in (2, 4))


def _build_upholstered(
    c: str, size: tuple[float, float, float], seats: int, arm: float, legs: bool
) -> MeshBuilder:
    """A seat with cushions between two arms, in front of a back."""
    b = MeshBuilder()
    w, d, h = size
    lift = 0.13 if legs else 0.05
    b.legs(WALNUT if legs else BLACK, w, d, lift, 0.05, 0.06)
    b.soft_box(c, (0, 0, lift + 0.12), (w - 0.02, d - 0.02, 0.24), 0.03)
    for sx in (-1, 1):
        b.soft_box(c, (sx * (w - arm) / 2, 0, lift + 0.29), (arm, d, 0.54), 0.05)

    b.soft_box(c, (0, d / 2 - 0.1, (h - 0.03 + lift) / 2), (w - 0.03, 0.2, h - 0.03 - lift), 0.06)
    inner = (w - 2 * arm) / seats

    for k in range(seats):
        x = -w / 2 + arm + inner * (k + 0.5)
        b.soft_box(c, (x, -0.09, lift + 0.29), (inner - 0.01, d - 0.2, 0.16), 0.045)
        center = (x, d / 2 - 0.24, lift + 0.36 + (h - lift - 0.36) / 2)
        b.soft_box(c, center, (inner - 0.02, 0.16, h - lift - 0.34), 0.06, tilt=0.16)

    return b


def build_stool(v: int) -> MeshBuilder:
    b = MeshBuilder()
    wood = WOODS[(v + 2) % 6]
    h = (0.45, 0.46, 0.48, 0.44, 0.5, 0.42)[v]
    r = (0.17, 0.18, 0.18, 0.17, 0.17, 0.19)[v]

    if v in (2, 4):  # square
        b.legs(wood, 2 * r, 2 * r, h - 0.05, 0.035, 0.03)
        for s in (-1, 1):
            b.box(wood, (s * (r - 0.03), 0, h * 0.35), (0.02, 2 * r - 0.08, 0.025))
        return b.soft_box((GREEN, BEIGE)[v // 4], (0, 0, h - 0.03), (2 * r, 2 * r, 0.06), 0.02)

    legs = 3 if v in (0, 3) else 4
    add_ring_legs(b, wood, (r * 0.55, r * 0.85), h - 0.03, legs, 0.015)
    if v != 3:
        turns = [k * math.pi / 8 for k in range(17)]
        b.tube(wood, [(0.7 * r * math.cos(a), 0.7 * r * math.sin(a), h * 0.4) for a in turns], 0.01)
    b.lathe(wood, (0, 0, h - 0.04), [(r * 0.95, 0), (r, 0.015), (r * 0.97, 0.04)], segments=24)
    if v in (1, 5):
        b.lathe((RED, TEAL)[v // 5], (0, 0, h), [(r, 0), (r, 0.02), (r * 0.85, 0.04)], segments=24)
    return b


def build_bar_stool(v: int) -> MeshBuilder:
    b = MeshBuilder()
    h = (0.75, 0.66, 0.78, 0.72, 0.65, 0.76)[v]
    r = (0.18, 0.17, 0.19, 0.17, 0.18, 0.18)[v]
    seat = (RED, OAK, BLACK, WALNUT, GRAY, TEAL)[v]

    if v in (0, 2, 5):  # on a foot of steel
        b.lathe(
            STEEL, (0, 0, 0), [(0.2, 0), (0.19, 0.015), (0.03, 0.03), (0.03, h - 0.06)], segments=24
        )
        ring = [
            (0.15 * math.cos(a), 0.15 * math.sin(a), 0.28)
            for a in (k * math.pi / 8 for k in range(17))
        ]
        b.tube(STEEL, ring, 0.01)
        b.tube(STEEL, [(-0.15, 0, 0.28), (0.15, 0, 0.28)], 0.01)
    else:
        metal = (STEEL, BLACK, STEEL, WALNUT, OAK, STEEL)[v]
        add_splayed_legs(b, metal, (r * 0.6, r * 0.6), h - 0.04, 0.07, 0.013)
        for s in (-1, 1):
            b.box(metal, (s * (r * 0.6 + 0.048), 0, 0.25), (0.018, 2 * r * 0.6 + 0.09, 0.018))
            b.box(metal, (0, s * (r * 0.6 + 0.048), 0.25), (2 * r * 0.6 + 0.09, 0.018, 0.018))

    b.lathe(
        seat, (0, 0, h - 0.06), [(r * 0.9, 0), (r, 0.02), (r, 0.045), (r * 0.9, 0.06)], segments=24
    )
    if v in (2, 4):  # a low back
        path = [
            (r * math.cos(a), r * math.sin(a), h + 0.17) for a in (0.4 + k * 0.39 for k in range(7))
        ]
        b.tube(seat, path, 0.02)
        for a in (0.6, 2.54):
            c = math.cos(a)
            s = math.sin(a)
            b.tube(STEEL, [(r * 0.8 * c, r * 0.8 * s, h), (r * c, r * s, h + 0.16)], 0.01)

    return b


def build_ottoman(v: int) -> MeshBuilder:
    b = MeshBuilder()
    c = FABRICS[(v + 2) % 6]
    w = (0.6, 0.5, 0.8, 0.45, 0.7, 0.55)[v]
    h = (0.4, 0.38, 0.42, 0.4, 0.36, 0.44)[v]

    if v in (1, 3, 5):  # round
        r = w / 2
        profile = [(0.85, 0), (1, 0.25), (1, 0.75), (0.85, 0.97), (0.4, 1)]
        b.lathe(c, (0, 0, 0), [(r * x, h * z) for x, z in profile], segments=24)
        return b.lathe("#e8e0d0", (0, 0, h * 0.47), [(r * 1.01, 0), (r * 1.01, 0.012)], segments=24)

    d = w * 0.72
    b.legs(WALNUT, w, d, 0.12, 0.04, 0.05)
    b.soft_box(c, (0, 0, (h + 0.08) / 2), (w, d, h - 0.18), 0.03)
    b.soft_box(c, (0, 0, h - 0.06), (w, d, 0.12), 0.05)
    return b.lathe(c, (0, 0, h), [(0.018, 0), (0.012, 0.008)])


def build_bench(v: int) -> MeshBuilder:
    b = MeshBuilder()
    wood = WOODS[v]
    w = (1.2, 0.85, 1.5, 1.0, 1.3, 1.1)[v]
    d = (0.36, 0.36, 0.4, 0.42, 0.34, 0.45)[v]
    h = (0.45, 0.44, 0.45, 0.46, 0.43, 0.44)[v]

    if v in (0, 4):
        for x in (-w / 2 + 0.08, w / 2 - 0.08):
            b.box(wood, (x, 0, (h - 0.04) / 2), (0.05, d * 0.9, h - 0.04))
        b.box(wood, (0, 0, 0.15), (w - 0.2, 0.04, 0.06))
    else:
        b.legs(wood, w, d, h - 0.05, 0.05, 0.05)

    if v == 2:  # slats
        for k in range(4):
            b.box(wood, (0, (k - 1.5) * d / 4, h - 0.02), (w, d / 4 - 0.015, 0.04))
        return b.box(wood, (0, 0, h - 0.06), (w - 0.1, d - 0.08, 0.04))

    b.box(wood, (0, 0, h - 0.03), (w, d, 0.04))
    if v % 2:
        b.soft_box(FABRICS[v], (0, 0, h + 0.015), (w - 0.02, d - 0.02, 0.06), 0.025)

    return b


def build_office_chair(v: int) -> MeshBuilder:
    b = MeshBuilder()
    c = (BLACK, GRAY, BLUE, CHARCOAL, TEAL, "#7b4a3a")[v]
    h = 0.47
    top = (0.98, 1.05, 0.9, 1.18, 0.95, 1.12)[v]
    for k in range(5):
        a = k * 2 * math.pi / 5 + 0.3
        tip = (0.27 * math.cos(a), 0.27 * math.sin(a), 0.075)
        b.tube(BLACK if v % 2 == 0 else STEEL, [(0, 0, 0.11), tip], 0.02, segments=6)
        b.lathe(
            BLACK,
            (tip[0] - 0.015, tip[1], 0.028),
            [(0.028, 0), (0.028, 0.03)],
            axis="x",
            segments=10,
        )

    b.cylinder(STEEL, (0, 0, 0.09), 0.025, h - 0.15)
    b.box(BLACK, (0, 0, h - 0.06), (0.26, 0.3, 0.04))
    b.soft_box(c, (0, -0.02, h), (0.49, 0.48, 0.09), 0.04)
    b.box(BLACK, (0, 0.25, h + 0.06), (0.07, 0.03, 0.3), tilt=0.1)
    low = h + 0.12
    b.soft_box(c, (0, 0.27, (low + top) / 2), (0.46, 0.07, top - low), 0.035, tilt=0.12)
    if v in (3, 5):
        b.soft_box(c, (0, 0.325, top + 0.06), (0.28, 0.06, 0.13), 0.03)
    if v != 2:  # arms
        for s in (-1, 1):
            b.tube(
                BLACK,
                [(s * 0.22, 0.02, h - 0.03), (s * 0.28, 0.02, h + 0.02), (s * 0.28, 0.02, h + 0.2)],
                0.014,
            )
            b.soft_box(BLACK, (s * 0.28, 0, h + 0.21), (0.06, 0.26, 0.03), 0.012)

    return b


def build_high_chair(v: int) -> MeshBuilder:
    b = MeshBuilder()
    wood = (OAK, WHITE, STEEL, OAK, "#a9744f", WHITE)[v]
    seat = ("#e7dfcf", "#8fb7a8", "#d98f6a", WHITE, "#7f9fb5", "#e3c766")[v]
    h = (0.56, 0.58, 0.54, 0.6, 0.55, 0.57)[v]
    w = 0.36
    spread = (0.06, 0.08, 0.07, 0.05, 0.08, 0.06)[v]
    add_splayed_legs(b, wood, (w / 2 - 0.03, w / 2 - 0.03), h, spread, 0.016)
    b.soft_box(seat, (0, 0, h), (w, w, 0.05), 0.02)
    b.soft_box(seat, (0, w / 2 + 0.02, h + 0.22), (w - 0.02, 0.05, 0.42), 0.02, tilt=0.12)
    for s in (-1, 1):
        b.soft_box(seat, (s * w / 2, -0.02, h + 0.13), (0.04, w, 0.04), 0.015)
        b.box(wood, (s * w / 2, -w / 2 + 0.04, h + 0.06), (0.025, 0.025, 0.14))
    b.soft_box(
        WHITE if v != 1 else OAK, (0, -w / 2 - 0.03, h + 0.16), (w + 0.06, 0.26, 0.025), 0.012
    )
    return b.box(wood, (0, -w / 2 - 0.02, 0.22), (w, 0.09, 0.02))


SEAT_DESIGNS = {
    "chair": build_chair,
    "armchair": build_armchair,
    "office chair": build_office_chair,
    "high chair": build_high_chair,
    "stool": build_stool,
    "bar stool": build_bar_stool,
    "ottoman": build_ottoman,
    "sofa": build_sofa,
    "bench": build_bench,
}
