"""Parametric lamps; their shades glow.

Every function draws variant `v` (0 to 5) of one category, in meters; variants differ in more than
color.
"""

import math

from waywiser.scenes.furniture.designs.openings import shade_color
from waywiser.scenes.furniture.designs.parts import add_ring_legs
from waywiser.scenes.furniture.mesh_builder import MeshBuilder
from waywiser.scenes.furniture.palette import BLACK, BROWN, CHARCOAL, OAK, STEEL, TEAL, WHITE


def _add_shade(b: MeshBuilder, v: int, low: float, radii: tuple[float, float], h: float) -> None:
    """A shade of cloth, open at both ends."""
    bottom, top = radii
    t = 0.006
    profile = [(bottom - t, 0.0), (bottom, 0.0), (top, h), (top - t, h), (bottom - 2 * t, 0.004)]
    b.lathe(shade_color(v), (0, 0, low), profile, segments=24)


def build_ceiling_lamp(v: int) -> MeshBuilder:
    b = MeshBuilder()

    if v == 0:  # a drum close to the ceiling
        b.lathe(shade_color(v), (0, 0, 0), [(0.19, 0), (0.21, 0.015), (0.21, 0.1)], segments=28)
        return b.lathe(WHITE, (0, 0, 0.1), [(0.215, 0), (0.215, 0.02)], segments=28)
    if v == 2:  # a flat panel
        b.soft_box(shade_color(v), (0, 0, 0.03), (0.58, 0.58, 0.05), 0.02)
        return b.box(STEEL, (0, 0, 0.07), (0.6, 0.6, 0.03))
    if v == 4:  # three globes on a bar
        b.lathe(CHARCOAL, (0, 0, 0.47), [(0.06, 0), (0.06, 0.03)])
        b.cylinder(CHARCOAL, (0, 0, 0.2), 0.01, 0.28)
        b.box(CHARCOAL, (0, 0, 0.2), (0.62, 0.025, 0.025))
        for x in (-0.28, 0.0, 0.28):
            b.ellipsoid(shade_color(v), (x, 0, 0.09), (0.09, 0.12, 0.09))
        return b

    drop = (0, 0.75, 0, 0.6, 0, 0.85)[v]
    b.lathe(CHARCOAL, (0, 0, drop - 0.03), [(0.05, 0), (0.055, 0.03)])
    b.cylinder(CHARCOAL, (0, 0, 0.15), 0.006, drop - 0.16)
    if v == 1:  # a paper globe
        b.ellipsoid(shade_color(v), (0, 0, 0.2), (0.22, 0.22, 0.2))
    elif v == 3:  # a cone of metal
        profile = [(0.2, 0), (0.21, 0), (0.07, 0.17), (0.03, 0.22), (0.05, 0.17), (0.19, 0.005)]
        b.lathe(TEAL, (0, 0, 0), profile, segments=28)
        b.ellipsoid(shade_color(v), (0, 0, 0.07), (0.07, 0.07, 0.07))
    else:
        _add_shade(b, v, 0.0, (0.24, 0.17), 0.24)
        b.ellipsoid(shade_color(v), (0, 0, 0.12), (0.05, 0.05, 0.07))

    return b


def build_wall_lamp(v: int) -> MeshBuilder:
    b = MeshBuilder()
    metal = (STEEL, CHARCOAL, "#b08d4c", BLACK, STEEL, BROWN)[v]
    h = (0.24, 0.3, 0.22, 0.34, 0.26, 0.28)[v]
    b.soft_box(metal, (0, 0.085, h / 2), (0.09, 0.03, h * 0.7), 0.012)
    b.tube(metal, [(0, 0.08, h * 0.35), (0, 0.03, h * 0.25), (0, -0.01, h * 0.3)], 0.01)

    if v in (0, 3):  # a bowl that shines up
        profile = [(0.03, 0), (0.1, h * 0.3), (0.12, h * 0.5), (0.11, h * 0.5), (0.03, 0.02)]
        b.lathe(shade_color(v), (0, -0.03, h * 0.3), profile)
    elif v in (1, 4):
        b.ellipsoid(shade_color(v), (0, -0.03, h * 0.6), (0.09, 0.09, h * 0.36))
    else:
        b.lathe(shade_color(v), (0, -0.03, h * 0.3), [(0.1, 0), (0.07, h * 0.62)])

    return b


def build_floor_lamp(v: int) -> MeshBuilder:
    b = MeshBuilder()
    h = (1.6, 1.5, 1.75, 1.45, 1.65, 1.55)[v]
    metal = (STEEL, BLACK, "#b08d4c", OAK, CHARCOAL, BROWN)[v]

    if v in (1, 3):  # three legs
        add_ring_legs(b, metal if v == 3 else OAK, (0.05, 0.24), h - 0.3, 3, 0.014)
        b.lathe(metal, (0, 0, h - 0.32), [(0.06, 0), (0.06, 0.03)])
        _add_shade(b, v, h - 0.3, (0.22, 0.19), 0.3)
        return b

    b.lathe(metal, (0, 0, 0), [(0.15, 0), (0.15, 0.015), (0.03, 0.03), (0.012, 0.05)], segments=24)
    if v == 2:  # an arc
        path = [(0.0, 0.0, 0.02), (0.0, 0.0, h * 0.6)]
        path += [
            (0.18 - 0.18 * math.cos(a), 0, h * 0.6 + 0.4 * h * math.sin(a))
            for a in (0.5, 1, 1.5, 2)
        ]
        b.tube(metal, path, 0.012)
        x, _, z = path[-1]
        profile = [(0.16, 0), (0.165, 0), (0.13, 0.12), (0.03, 0.17), (0.12, 0.11), (0.15, 0.004)]
        b.lathe(metal, (x, 0, z - 0.16), profile, segments=24)
        return b.ellipsoid(shade_color(v), (x, 0, z - 0.12), (0.07, 0.07, 0.07))

    b.cylinder(metal, (0, 0, 0.02), 0.012, h - 0.25)
    if v == 4:  # an uplighter and a reading lamp
        profile = [(0.04, 0), (0.16, 0.1), (0.17, 0.13), (0.16, 0.13), (0.05, 0.02)]
        b.lathe(shade_color(v), (0, 0, h - 0.13), profile, segments=24)
        b.cylinder(metal, (0, 0, h - 0.3), 0.012, 0.2)
        b.tube(metal, [(0, 0, h * 0.62), (0.12, 0, h * 0.68), (0.2, 0, h * 0.64)], 0.008)
        return b.lathe(shade_color(v), (0.22, 0, h * 0.56), [(0.06, 0), (0.03, 0.13)])

    _add_shade(b, v, h - 0.3, (0.23, 0.15) if v == 0 else (0.19, 0.19), 0.3)
    return b.ellipsoid(shade_color(v), (0, 0, h - 0.18), (0.04, 0.04, 0.06))


def build_table_lamp(v: int) -> MeshBuilder:
    b = MeshBuilder()
    h = (0.48, 0.42, 0.38, 0.55, 0.46, 0.6)[v]
    r = (0.14, 0.12, 0.1, 0.15, 0.13, 0.16)[v]
    foot = (TEAL, "#d8d2c4", STEEL, "#b08d4c", BLACK, "#b0654a")[v]

    if v == 2:  # a mushroom of glass
        b.lathe(WHITE, (0, 0, 0), [(0.06, 0), (0.05, 0.05), (0.03, h * 0.55)])
        dome = [(0.12, 0), (0.14, 0.02), (0.12, 0.09), (0.06, 0.14), (0.01, 0.155)]
        return b.lathe(shade_color(v), (0, 0, h * 0.52), dome, segments=24)
    if v == 4:  # a desk lamp on a jointed arm
        b.lathe(foot, (0, 0, 0), [(0.09, 0), (0.09, 0.02), (0.02, 0.03)])
        b.tube(foot, [(0, 0, 0.02), (-0.06, 0.0, 0.24), (-0.04, 0, 0.27)], 0.008)
        b.tube(foot, [(-0.05, 0, 0.26), (0.12, 0, 0.43)], 0.008)
        b.lathe(foot, (0.13, 0, 0.34), [(0.08, 0), (0.07, 0.05), (0.03, 0.11)])
        return b.lathe(shade_color(v), (0.13, 0, 0.335), [(0.07, 0), (0.07, 0.008)])

    stem = h * 0.6
    profile = (
        [(0.4, 0), (0.62, 0.2), (0.5, 0.5), (0.12, 0.85), (0.08, 1.0)],
        [(0.5, 0), (0.55, 0.1), (0.55, 0.7), (0.12, 0.85), (0.08, 1.0)],
        [],
        [(0.55, 0), (0.5, 0.06), (0.08, 0.1), (0.08, 0.5), (0.16, 0.55), (0.08, 0.6), (0.08, 1.0)],
        [],
        [(0.4, 0), (0.3, 0.15), (0.5, 0.45), (0.3, 0.8), (0.08, 0.9), (0.08, 1.0)],
    )[v]
    b.lathe(foot, (0, 0, 0), [(r * x, stem * z) for x, z in profile], segments=24)
    _add_shade(b, v, h * 0.54, (r, r * (0.6, 0.95, 0, 0.7, 0, 0.75)[v]), h * 0.46)
    return b.ellipsoid(shade_color(v), (0, 0, h * 0.72), (0.03, 0.03, 0.045))


LIGHTING_DESIGNS = {
    "ceiling lamp": build_ceiling_lamp,
    "wall lamp": build_wall_lamp,
    "floor lamp": build_floor_lamp,
    "table lamp": build_table_lamp,
}
