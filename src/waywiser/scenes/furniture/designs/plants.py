"""Parametric plants and vases.

Every function draws variant `v` (0 to 5) of one category, in meters; variants differ in more than
color.
"""

import math

from waywiser.scenes.furniture.mesh_builder import MeshBuilder
from waywiser.scenes.furniture.palette import BROWN, WHITE

GREENS = ("#4c7d3c", "#3c6b3a", "#6a8f45", "#2f5f35", "#7c9a58", "#466f46")
POT_COLORS = ("#b5653f", WHITE, "#8a8d91", "#40545c", "#d9c6a5", "#7a4b3a")
GOLDEN_ANGLE = 2.39996


def build_plant(v: int) -> MeshBuilder:
    """Bushes, trees, a cactus and a rubber plant; low ones for tables, tall ones for the floor."""
    b = MeshBuilder()
    h = (0.4, 1.2, 0.32, 1.55, 0.36, 0.85)[v]
    r = (0.1, 0.16, 0.08, 0.19, 0.09, 0.14)[v]
    top = _add_pot(b, POT_COLORS[v], r)

    if v in (1, 3):  # a little tree
        b.tube(BROWN, [(0, 0, top - 0.02), (0.03, 0.01, h * 0.4), (0, 0, h * 0.72)], 0.022)
        for k in range(9):
            a = k * GOLDEN_ANGLE
            reach = (0.17 if k % 2 else 0.1) * h
            at = (reach * math.cos(a), reach * math.sin(a), h * (0.62 + 0.035 * k))
            side = h * (0.13 - 0.004 * k)
            b.ellipsoid(GREENS[(v + k) % 6], at, (side, side, side * 0.75))
    elif v == 2:  # a cactus
        b.lathe(
            GREENS[1],
            (0, 0, top - 0.02),
            [(0.03, 0), (0.05, 0.03), (0.05, 0.13), (0.03, 0.17)],
            segments=10,
        )
        for s in (-1, 1):
            path = [
                (s * 0.04, 0, top + 0.05),
                (s * 0.085, 0, top + 0.06),
                (s * 0.09, 0, top + 0.11),
            ]
            b.tube(GREENS[1], path, 0.018)
        b.lathe(
            "#d98fa6", (0, 0, top + 0.15), [(0.008, 0), (0.022, 0.015), (0.01, 0.02)], segments=8
        )
    else:
        count = (26, 0, 0, 0, 30, 22)[v]
        for k in range(count):
            level = k / count
            length = (h - top) * (0.74 - 0.34 * level)
            rise = (h - top) * (0.4 + 0.6 * level)
            width = length * (0.2, 0, 0, 0, 0.12, 0.32)[v]
            b.leaf(GREENS[(v + k) % 6], (0, 0, top - 0.01), k * GOLDEN_ANGLE, length, rise, width)

    return b


def _add_pot(b: MeshBuilder, color: str, r: float) -> float:
    """A pot with soil; returns the height of the soil."""
    h = r * 1.7
    profile = [(r * 0.72, 0), (r, h * 0.88), (r * 1.06, h * 0.88), (r * 1.06, h)]
    b.lathe(color, (0, 0, 0), [*profile, (r * 0.94, h), (r * 0.92, h * 0.93)], segments=24)
    b.lathe("#4a3626", (0, 0, h * 0.9), [(r * 0.93, 0), (r * 0.5, h * 0.05)], segments=16)
    return h * 0.93


def build_vase(v: int) -> MeshBuilder:
    """Vases; two of them hold flowers."""
    b = MeshBuilder()
    h = (0.26, 0.4, 0.22, 0.48, 0.3, 0.34)[v]
    r = (0.09, 0.08, 0.11, 0.12, 0.1, 0.11)[v]
    outline = (
        [
            (0.6, 0),
            (0.9, 0.2),
            (1, 0.4),
            (0.9, 0.65),
            (0.5, 0.85),
            (0.6, 1),
            (0.52, 1),
            (0.4, 0.86),
        ],
        [(0.7, 0), (1, 0.2), (0.8, 0.4), (0.5, 0.6), (0.4, 0.9), (0.65, 1), (0.57, 1), (0.32, 0.9)],
        [
            (0.5, 0),
            (0.9, 0.25),
            (1, 0.5),
            (0.85, 0.75),
            (0.55, 0.9),
            (0.55, 1),
            (0.48, 1),
            (0.48, 0.9),
        ],
        [
            (0.6, 0),
            (0.75, 0.3),
            (1, 0.7),
            (0.85, 0.85),
            (0.6, 0.92),
            (0.75, 1),
            (0.68, 1),
            (0.5, 0.92),
        ],
        [(0.55, 0), (0.6, 0.2), (0.7, 0.5), (1, 1), (0.94, 1), (0.62, 0.5)],
        [(1, 0), (1, 0.5), (0.7, 0.75), (0.35, 0.85), (0.35, 1), (0.28, 1), (0.28, 0.9)],
    )[v]
    color = ("#3f6f8f", "#d8d2c4", "#b5503c", "#56724f", "#c79a3f", "#4b3f57")[v]
    b.lathe(color, (0, 0, 0), [(r * x, h * z) for x, z in outline], segments=28)

    if v in (0, 4):  # flowers
        petals = ("#e6b23c", "#d96c7b")[v // 4]
        for k in range(7):
            a = k * GOLDEN_ANGLE
            reach = 0.035 + 0.012 * k
            tip = (reach * math.cos(a), reach * math.sin(a), h + 0.2 - 0.012 * k)
            b.tube(
                GREENS[1],
                [(0, 0, h * 0.8), (tip[0] * 0.5, tip[1] * 0.5, h + 0.06), tip],
                0.004,
                segments=5,
            )
            bloom = [(0.008, -0.015), (0.028, 0.0), (0.03, 0.014), (0.012, 0.012)]
            b.lathe(petals, tip, bloom, segments=10)

    return b


PLANT_DESIGNS = {"plant": build_plant, "vase": build_vase}
