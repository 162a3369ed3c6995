"""Parametric bathroom fittings and what is around them.

Every function draws variant `v` (0 to 5) of one category, in meters; variants differ in more than
color.
"""

import math
from itertools import pairwise

from waywiser.scenes.furniture.designs.kitchen import add_tap
from waywiser.scenes.furniture.mesh_builder import MeshBuilder, glass
from waywiser.scenes.furniture.palette import BEIGE, BLACK, CHARCOAL, GRAY, OAK, STEEL, TEAL, WHITE

TOWEL_COLORS = (WHITE, "#7f9fb5", "#d9b8a4", "#5f7f78", "#c9bfae", "#a8584a")
TRAY_HEIGHT = 0.06


def build_toilet(v: int) -> MeshBuilder:
    b = MeshBuilder()
    body = (WHITE, WHITE, "#f0ebe0", WHITE, "#e6edee", WHITE)[v]
    seat = (WHITE, OAK, "#f0ebe0", CHARCOAL, WHITE, "#d9d9d9")[v]
    w = (0.37, 0.36, 0.38, 0.37, 0.4, 0.36)[v]
    d = (0.68, 0.64, 0.7, 0.66, 0.72, 0.62)[v]
    h = (0.78, 0.8, 0.76, 0.82, 0.74, 0.84)[v]
    tank = 0.17
    length = d - tank
    middle = -d / 2 + length / 2
    stretch = length / w

    start = [(w * 0.28, 0), (w * 0.25, 0.12), (w * 0.36, 0.28), (w * 0.5, 0.38), (w * 0.5, 0.4)]
    outline = [(r, z) for r, z in start]
    _add_oval(b, body, outline, middle, stretch)
    b.box(body, (0, d / 2 - tank - 0.06, 0.2), (w * 0.55, 0.3, 0.4))
    _add_oval(b, seat, [(w * 0.5, 0.402), (w * 0.52, 0.41), (w * 0.52, 0.425)], middle, stretch)
    _add_oval(b, seat, [(w * 0.51, 0.427), (w * 0.51, 0.44), (w * 0.4, 0.45)], middle, stretch)

    b.soft_box(body, (0, d / 2 - tank / 2, (h + 0.38) / 2 - 0.02), (w, tank, h - 0.42), 0.02)
    b.soft_box(body, (0, d / 2 - tank / 2, h - 0.025), (w + 0.015, tank + 0.01, 0.04), 0.012)
    return b.lathe(STEEL, (0, d / 2 - tank / 2, h - 0.006), [(0.024, 0), (0.022, 0.008)])


def _add_oval(
    b: MeshBuilder, color: str, profile: list[tuple[float, float]], y: float, stretch: float
) -> None:
    """A turned shape that is longer along y by a factor."""
    for (r0, z0), (r1, z1) in pairwise(profile):
        rings = []
        for r in (r0, r1):
            angles = [2 * math.pi * k / 24 for k in range(24)]
            rings.append([(r * math.cos(a), y + stretch * r * math.sin(a)) for a in angles])
        b.loft(color, rings[0], z0, rings[1], z1)


def build_bathtub(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (1.7, 1.6, 1.8, 1.5, 1.7, 1.65)[v]
    d = (0.75, 0.7, 0.85, 0.7, 0.8, 0.72)[v]
    h = (0.56, 0.55, 0.58, 0.54, 0.6, 0.57)[v]
    apron = (WHITE, WHITE, "#cfd8da", WHITE, "#e8e2d6", "#b9c4c6")[v]
    rim = 0.07

    if v in (2, 4):  # free-standing, round
        sizes = (
            (0.8, 0.0),
            (0.9, 0.12),
            (0.97, 0.45),
            (1.0, h),
            (0.93, h),
            (0.85, 0.3),
            (0.7, 0.14),
        )
        for (s0, z0), (s1, z1) in pairwise(sizes):
            b.loft(
                WHITE if v == 4 else apron,
                _oval(w * s0, d * s0),
                z0,
                _oval(w * s1, d * s1),
                z1,
                is_closed=False,
            )
        b.prism(WHITE, _oval(w * 0.72, d * 0.72), 0.1, 0.145)
    else:
        for sy in (-1, 1):
            color = apron if sy < 0 else WHITE
            b.soft_box(color, (0, sy * (d - rim) / 2, h / 2), (w, rim, h), 0.02)
        for sx in (-1, 1):
            b.soft_box(WHITE, (sx * (w - rim) / 2, 0, h / 2), (rim, d, h), 0.02)
            b.box(
                WHITE,
                (sx * (w / 2 - rim - 0.05), 0, h / 2 - 0.02),
                (0.08, d - rim, h - 0.1),
                roll=sx * 0.15,
            )
        b.box(WHITE, (0, 0, 0.09), (w - 0.04, d - 0.04, 0.14))
        if v in (1, 5):  # a panel
            b.box("#dcd8cf", (0, -d / 2 - 0.002, h / 2), (w * 0.8, 0.008, h * 0.55))

    b.lathe(STEEL, (-w * 0.28, 0, 0.161), [(0.03, 0), (0.025, 0.004)])
    add_tap(b, (-w / 2 + 0.12 if v in (2, 4) else -w * 0.2, d / 2 - 0.04, h - 0.01), 0.13)
    return b


def _oval(w: float, d: float) -> list[tuple[float, float]]:
    angles = [2 * math.pi * k / 28 for k in range(28)]
    return [
        (
            w / 2 * math.copysign(abs(math.cos(a)) ** 0.7, math.cos(a)),
            d / 2 * math.copysign(abs(math.sin(a)) ** 0.7, math.sin(a)),
        )
        for a in angles
    ]


def build_shower(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.9, 0.8, 1.2, 0.9, 1.0, 1.1)[v]
    d = (0.9, 0.8, 0.9, 0.85, 1.0, 0.8)[v]
    h = (2.0, 1.95, 2.05, 2.0, 1.98, 2.02)[v]
    frame = (STEEL, WHITE, STEEL, BLACK, STEEL, BLACK)[v]
    tint = glass("#cfe2e4", 0.22)
    b.soft_box(WHITE, (0, 0, TRAY_HEIGHT / 2), (w, d, TRAY_HEIGHT), 0.02)
    b.lathe(STEEL, (0, 0, TRAY_HEIGHT + 0.001), [(0.05, 0), (0.045, 0.004)])
    wall = "#dfe6e6"
    b.box(wall, (0, d / 2 - 0.01, (h + TRAY_HEIGHT) / 2), (w, 0.02, h - TRAY_HEIGHT))

    for sx in (-1, 1):
        x = sx * (w / 2 - 0.015)
        for y in (-d / 2 + 0.015, d / 2 - 0.03):
            b.box(frame, (x, y, (h + TRAY_HEIGHT) / 2), (0.03, 0.03, h - TRAY_HEIGHT))
        b.box(frame, (x, 0, h - 0.015), (0.03, d - 0.02, 0.03))
        b.box(tint, (x, 0, h / 2 + 0.03), (0.008, d - 0.07, h - TRAY_HEIGHT - 0.06))

    b.box(frame, (0, -d / 2 + 0.015, h - 0.015), (w, 0.03, 0.03))
    panes = 2 if w > 0.85 else 1
    for k in range(panes):
        if v in (2, 5) and k == 1:
            continue  # a way in that is open
        x = -w / 2 + w * (k + 0.5) / panes
        y = -d / 2 + 0.012 + 0.012 * k
        b.box(tint, (x, y, h / 2 + 0.03), (w / panes - 0.03, 0.008, h - TRAY_HEIGHT - 0.06))
        b.box(frame, (x + w / panes / 2 - 0.06, y - 0.02, 1.05), (0.02, 0.02, 0.3))

    x = w * 0.1
    back = d / 2 - 0.03
    b.tube(
        STEEL, [(x, back - 0.02, 1.0), (x, back - 0.02, h - 0.15), (x, back - 0.25, h - 0.1)], 0.011
    )
    b.lathe(STEEL, (x, back - 0.27, h - 0.15), [(0.09, 0), (0.085, 0.01), (0.02, 0.04)])
    b.box(STEEL, (x, back - 0.03, 1.05), (0.24, 0.05, 0.05))
    return b


def build_towel(v: int) -> MeshBuilder:
    """A towel over a rail."""
    b = MeshBuilder()
    w = (0.55, 0.6, 0.5, 0.65, 0.52, 0.58)[v]
    h = (0.62, 0.7, 0.55, 0.6, 0.75, 0.66)[v]
    color = TOWEL_COLORS[v]
    metal = STEEL if v % 2 == 0 else CHARCOAL
    z = h - 0.02
    b.tube(metal, [(-w / 2, 0, z), (w / 2, 0, z)], 0.009)
    for sx in (-1, 1):
        b.tube(metal, [(sx * (w / 2 - 0.01), 0, z), (sx * (w / 2 - 0.01), 0.05, z)], 0.009)
        b.box(metal, (sx * (w / 2 - 0.015), 0.052, z), (0.03, 0.006, 0.03))

    width = w - 0.12
    b.soft_box(color, (0, -0.014, z / 2 + 0.01), (width, 0.014, z + 0.02), 0.006)
    low = (0.25, 0.3, 0.2, 0.12, 0.35, 0.28)[v]
    b.soft_box(color, (0, 0.014, (z + low) / 2 + 0.01), (width, 0.014, z - low), 0.006)
    b.soft_box(color, (0, 0, z + 0.012), (width, 0.04, 0.02), 0.009)
    stripe = "#f4f1ea" if v else "#8fa7b3"
    for k in range(1 + v % 3):
        b.box(stripe, (0, -0.0225, 0.1 + 0.035 * k), (width - 0.004, 0.002, 0.018))

    return b


def build_bath_mat(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.8, 0.7, 0.9, 0.65, 0.75, 0.85)[v]
    d = (0.5, 0.5, 0.6, 0.45, 0.55, 0.5)[v]
    color = ("#8fb0bd", WHITE, "#c9bfae", "#7f9f93", "#d9b8a4", GRAY)[v]
    h = 0.012
    b.soft_box(color, (0, 0, h / 2), (w, d, h - 0.002), 0.005)
    edge = "#f2efe7" if v != 1 else "#7f9fb5"
    if v % 2:
        for k in range(5):
            b.box(edge, (0, -d * 0.3 + k * d * 0.15, h - 0.001), (w * 0.86, 0.02, 0.002))
    else:
        for s in (-1, 1):
            b.box(edge, (0, s * (d / 2 - 0.05), h - 0.001), (w - 0.08, 0.018, 0.002))
            b.box(edge, (s * (w / 2 - 0.05), 0, h - 0.001), (0.018, d - 0.1, 0.002))

    return b


def build_toilet_brush(v: int) -> MeshBuilder:
    b = MeshBuilder()
    r = (0.05, 0.055, 0.048, 0.06, 0.052, 0.05)[v]
    h = (0.4, 0.38, 0.42, 0.37, 0.4, 0.44)[v]
    color = (WHITE, STEEL, CHARCOAL, TEAL, BEIGE, BLACK)[v]
    pot = [(r, 0), (r * 0.95, 0.02), (r * (0.8 + 0.05 * (v % 3)), 0.14), (r * 0.6, 0.16)]
    b.lathe(color, (0, 0, 0), pot)
    b.lathe(
        STEEL if v != 1 else WHITE,
        (0, 0, 0.15),
        [(0.009, 0), (0.009, h - 0.23), (0.012, h - 0.16), (0.009, h - 0.15)],
    )
    return b


def build_bathroom_scale(v: int) -> MeshBuilder:
    b = MeshBuilder()
    side = (0.3, 0.31, 0.29, 0.32, 0.3, 0.31)[v]
    h = (0.035, 0.03, 0.05, 0.03, 0.045, 0.032)[v]
    color = (WHITE, "#23272b", WHITE, STEEL, "#6f8fa5", "#c9d6d8")[v]
    b.soft_box(color, (0, 0, h / 2 + 0.004), (side, side, h - 0.008), 0.012)
    for sx in (-1, 1):
        for sy in (-1, 1):
            b.cylinder(BLACK, (sx * side * 0.38, sy * side * 0.38, 0), 0.02, 0.006)

    if v in (2, 4):  # a dial
        b.lathe(
            WHITE if v == 4 else BEIGE, (0, side * 0.28, h - 0.003), [(0.06, 0), (0.055, 0.006)]
        )
        b.box("#a3423c", (0.01, side * 0.3, h + 0.0035), (0.004, 0.05, 0.002), yaw=0.4)
        b.box(BLACK, (0, -side * 0.12, h), (side * 0.8, side * 0.5, 0.003))
    else:
        b.box("#93a89a", (0, side * 0.33, h + 0.0005), (0.1, 0.045, 0.003))
        b.box(BLACK, (0, side * 0.33, h + 0.002), (0.05, 0.022, 0.002))

    return b


BATHROOM_DESIGNS = {
    "toilet": build_toilet,
    "bathtub": build_bathtub,
    "shower": build_shower,
    "towel": build_towel,
    "bath mat": build_bath_mat,
    "toilet brush": build_toilet_brush,
    "bathroom scale": build_bathroom_scale,
}
