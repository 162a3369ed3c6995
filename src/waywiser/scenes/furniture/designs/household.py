"""Parametric suitcases, backpacks and trash cans.

Every function draws variant `v` (0 to 5) of one category, in meters; variants differ in more than
color.
"""

import math

from waywiser.scenes.furniture.designs.parts import circle
from waywiser.scenes.furniture.mesh_builder import MeshBuilder
from waywiser.scenes.furniture.palette import (
    BLACK,
    BLUE,
    CHARCOAL,
    MUSTARD,
    RED,
    STEEL,
    TEAL,
    WHITE,
)


def build_suitcase(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.42, 0.46, 0.4, 0.5, 0.44, 0.38)[v]
    d = (0.25, 0.28, 0.23, 0.3, 0.26, 0.22)[v]
    h = (0.62, 0.7, 0.56, 0.76, 0.66, 0.55)[v]
    c = (TEAL, BLACK, RED, "#8f9aa3", BLUE, MUSTARD)[v]
    b.soft_box(c, (0, 0, h / 2 + 0.025), (w, d, h - 0.09), 0.05)
    for k in range(5):
        x = -w * 0.32 + k * w * 0.16
        b.soft_box(c, (x, 0, h / 2 + 0.025), (w * 0.07, d + 0.014, h * 0.66), 0.012)
    b.box(CHARCOAL, (0, 0, h / 2 + 0.025), (w + 0.004, 0.012, h - 0.14))
    for sx in (-1, 1):
        for sy in (-1, 1):
            b.lathe(
                BLACK,
                (sx * w * 0.38 - 0.012, sy * d * 0.36, 0.03),
                [(0.03, 0), (0.03, 0.025)],
                axis="x",
                segments=12,
            )
            b.box(BLACK, (sx * w * 0.38, sy * d * 0.36, 0.06), (0.05, 0.05, 0.04))
        b.box(STEEL, (sx * 0.09, d * 0.3, h - 0.03), (0.014, 0.014, 0.06))
    return b.box(BLACK, (0, d * 0.3, h - 0.008), (0.22, 0.03, 0.022))


def build_backpack(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.3, 0.32, 0.29, 0.34, 0.3, 0.31)[v]
    d = (0.16, 0.17, 0.15, 0.18, 0.16, 0.17)[v]
    h = (0.44, 0.46, 0.42, 0.48, 0.45, 0.43)[v]
    c = (BLUE, BLACK, RED, "#5c6b4f", TEAL, "#7a5a86")[v]
    other = ("#27406b", "#5a5d60", "#7a2f2a", "#8a7a4f", "#e3b54a", "#4f3a5a")[v]
    b.soft_box(c, (0, 0, h / 2), (w, d, h), 0.07)
    b.soft_box(other, (0, -d / 2 - 0.015, h * 0.3), (w * 0.78, 0.07, h * 0.42), 0.03)
    b.box("#d9d4c7", (0, -d / 2 - 0.051, h * 0.42), (w * 0.6, 0.004, 0.008))
    b.box("#d9d4c7", (0, -d / 2 - 0.003, h * 0.66), (w * 0.62, 0.006, 0.008))
    turns = [k * math.pi / 6 for k in range(7)]
    arch = [(0.05 * math.cos(a), d * 0.25, h - 0.008 + 0.04 * math.sin(a)) for a in turns]
    b.tube(other, arch, 0.009)
    for s in (-1, 1):
        b.tube(
            other,
            [
                (s * 0.08, d / 2 - 0.01, h * 0.9),
                (s * 0.1, d / 2 + 0.05, h * 0.55),
                (s * 0.12, d / 2 - 0.01, h * 0.12),
            ],
            0.016,
        )
        b.soft_box(other, (s * (w / 2 + 0.005), -0.01, h * 0.22), (0.03, d * 0.6, h * 0.28), 0.012)

    return b


def _add_open_pot(
    b: MeshBuilder, color: str, radii: tuple[float, float], h: float, wall: float
) -> None:
    """A round pot that is open above; `radii` are of the floor and of the rim."""
    low, high = radii
    b.loft(color, circle(low, n=24), 0.0, circle(high, n=24), h, is_closed=False)
    b.loft(color, circle(high, n=24), h, circle(high - wall, n=24), h, is_closed=False)
    b.loft(color, circle(high - wall, n=24), h, circle(low - wall, n=24), wall, is_closed=False)
    b.prism(color, circle(low, n=24), 0.0, wall + 0.001)


def build_trash_can(v: int) -> MeshBuilder:
    b = MeshBuilder()
    c = (STEEL, CHARCOAL, "#4f7a5b", WHITE, "#a3423c", "#c7b18b")[v]
    h = (0.62, 0.34, 0.5, 0.42, 0.65, 0.3)[v]
    r = (0.15, 0.13, 0.17, 0.14, 0.16, 0.14)[v]

    if v in (1, 5):  # an open basket for paper
        _add_open_pot(b, c, (r * 0.78, r), h, 0.006)
        b.lathe(
            "#e9e6df", (0.02, -0.02, h * 0.7), [(0.03, 0), (0.05, 0.04), (0.03, 0.08)], segments=7
        )
        return b.lathe(
            "#f2f0ea", (-0.04, 0.03, h * 0.72), [(0.03, 0), (0.048, 0.03), (0.03, 0.07)], segments=7
        )

    if v == 2:  # square with a swing lid
        b.soft_box(c, (0, 0, h * 0.39), (2 * r, 1.6 * r, h * 0.78), 0.02)
        b.soft_box(BLACK, (0, 0, h * 0.84), (2.04 * r, 1.64 * r, h * 0.16), 0.03)
        b.prism(
            BLACK,
            [(-1.0 * r * 0.8, h * 0.9), (r * 0.8, h * 0.9), (0, h)],
            -r * 0.9,
            r * 0.9,
            axis="y",
        )
        return b.box("#55595c", (0, -0.4 * r, h * 0.955), (r * 0.9, 0.006, 0.02))

    b.lathe(c, (0, 0, 0.02), [(r, 0), (r, h * 0.85)], segments=28)
    b.lathe(BLACK, (0, 0, 0), [(r * 1.03, 0), (r * 1.03, 0.03)], segments=28)
    dome = [(r * 1.03, 0), (r * 0.95, h * 0.06), (r * 0.6, h * 0.11), (r * 0.2, h * 0.125)]
    b.lathe(BLACK if v else c, (0, 0, h * 0.87), dome, segments=28)
    b.lathe(BLACK, (0, 0, h * 0.85), [(r * 1.04, 0), (r * 1.04, 0.02)], segments=28)
    return b.box(BLACK, (0, -r - 0.02, 0.02), (0.1, 0.06, 0.02))


HOUSEHOLD_DESIGNS = {
    "suitcase": build_suitcase,
    "backpack": build_backpack,
    "trash can": build_trash_can,
}
