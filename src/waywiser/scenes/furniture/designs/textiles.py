"""Parametric cushions, blankets, books and globes.

Every function draws variant `v` (0 to 5) of one category, in meters; variants differ in more than
color.
"""

import math

from waywiser.scenes.furniture.designs.parts import BOOK_COLORS, arc
from waywiser.scenes.furniture.mesh_builder import MeshBuilder
from waywiser.scenes.furniture.palette import (
    BLUE,
    CHARCOAL,
    MUSTARD,
    OAK,
    RED,
    STEEL,
    TEAL,
    WALNUT,
    WHITE,
)


def build_cushion(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.45, 0.4, 0.56, 0.42, 0.5, 0.48)[v]
    h = (0.43, 0.38, 0.34, 0.41, 0.44, 0.42)[v]
    color = (TEAL, MUSTARD, "#b65a54", "#dcd3c2", "#4f6a8f", "#8fa58a")[v]
    trim = ("#e6dcc6", "#7d5238", "#efe3d0", BLUE, WHITE, "#e3b7ac")[v]
    lean = 0.3
    c, s = math.cos(lean), math.sin(lean)

    def place(x: float, y: float, z: float) -> tuple[float, float, float]:
        return (x, y * c + z * s, z * c - y * s)

    b.pillow(color, (0, 0, 0), (w, 0.16, h), tilt=lean)
    front = -0.074
    if v in (0, 4):  # stripes
        for k in range(3):
            at = place(w * 0.13 * (k - 1), front, 0)
            b.soft_box(trim, at, (w * 0.07, 0.012, h * 0.34), 0.003, tilt=lean)
    elif v in (1, 3):  # a lattice of dots
        for k in range(9):
            at = place(w * 0.13 * (k % 3 - 1), front, h * 0.13 * (k // 3 - 1))
            b.soft_box(trim, at, (0.034, 0.01, 0.034), 0.004, tilt=lean)
    else:  # a button
        b.soft_box(trim, place(0, front, 0), (0.05, 0.014, 0.05), 0.006, tilt=lean)
        for x in (-w * 0.17, w * 0.17):
            b.soft_box(trim, place(x, front + 0.002, 0), (0.02, 0.014, h * 0.36), 0.004, tilt=lean)

    return b


def build_blanket(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.55, 0.5, 0.6, 0.48, 0.65, 0.52)[v]
    d = (0.4, 0.36, 0.42, 0.38, 0.45, 0.36)[v]
    color = ("#c9b48f", "#6f8fae", "#a8584a", "#8a9a78", "#e3dccb", "#8a6f86")[v]
    stripe = ("#7d5238", "#e9e4d6", "#e3b07a", "#e9e0c4", "#5f7f8a", "#dcc3cf")[v]
    layers = (3, 4, 2, 3, 4, 2)[v]
    t = (0.034, 0.028, 0.04, 0.03, 0.026, 0.045)[v]

    for k in range(layers):
        shift = 0.008 * (k % 2)
        size = (w - 0.012 * k, d - shift, t * 1.06)
        b.soft_box(color, (0.004 * (k % 2), shift / 2, t * (k + 0.5)), size, t * 0.48)

    top = t * layers
    for k in range((3, 2, 4, 0, 3, 2)[v]):  # stripes run over the folds
        x = -w * 0.36 + 0.06 * k
        b.box(stripe, (x, 0, top + 0.001), (0.024, d - 0.03, 0.003))
        for j in range(layers):
            b.box(stripe, (x, -d / 2 + 0.004 * (j % 2), t * (j + 0.5)), (0.024, 0.008, t * 0.6))
    if v == 3:  # checks
        for k in range(4):
            b.box(stripe, (w * 0.22 * (k - 1.5), 0, top + 0.001), (0.02, d - 0.03, 0.003))
            b.box(stripe, (0, d * 0.22 * (k - 1.5), top + 0.0015), (w - 0.05, 0.02, 0.003))

    return b


def _add_lying_book(
    b: MeshBuilder, color: str, size: tuple[float, float, float], z: float, yaw: float
) -> None:
    """A closed book, its spine to the left and the cut of its pages to the right."""
    w, d, t = size
    c, s = math.cos(yaw), math.sin(yaw)
    cover = 0.003
    for low in (z + cover / 2, z + t - cover / 2):
        b.box(color, (0, 0, low), (w, d, cover), yaw=yaw)
    b.box("#f4eedd", (-0.001 * c, -0.001 * s, z + t / 2), (w - 0.012, d - 0.01, t - 0.005), yaw=yaw)
    x = -w / 2 + 0.002
    b.box(color, (x * c, x * s, z + t / 2), (0.006, d, t), yaw=yaw)
    b.box(
        "#e9d9a8",
        (x * c - 0.003 * c, x * s - 0.003 * s, z + t / 2),
        (0.003, d * 0.5, t * 0.4),
        yaw=yaw,
    )


def build_book(v: int) -> MeshBuilder:
    b = MeshBuilder()

    if v == 4:  # open
        for s in (-1, 1):
            b.box(BLUE, (s * 0.06, 0, 0.003), (0.122, 0.19, 0.004))
            pages = [(s * 0.002, 0.004), (s * 0.05, 0.026), (s * 0.115, 0.018), (s * 0.116, 0.005)]
            b.prism("#f6f1e2", pages if s < 0 else pages[::-1], -0.09, 0.09, axis="y")
            for k in range(8):
                b.box(
                    "#8a8478",
                    (s * 0.082, 0.065 - 0.018 * k, 0.0225),
                    (0.05, 0.004, 0.002),
                    roll=s * 0.12,
                )
        return b

    count = (1, 3, 1, 4, 0, 2)[v]
    z = 0.0
    for k in range(count):
        t = 0.022 + 0.006 * ((k * 2 + v) % 3)
        w, d = 0.165 - 0.008 * k + 0.01 * (v % 3), 0.235 - 0.012 * k + 0.01 * (v % 2)
        yaw = 0.0 if k == 0 else 0.16 * math.sin(2.3 * k + v)
        _add_lying_book(b, BOOK_COLORS[(v + 2 * k) % 9], (w, d, t), z, yaw)
        z += t

    mark = ("#f1e3c0", WHITE, MUSTARD, "#e6c9b8", "", "#dfe8ea")[v]
    b.box(mark, (0.01, 0.03, z), (0.085, 0.035, 0.0012))
    b.box(mark, (0.01, -0.035, z), (0.055, 0.012, 0.0012))
    if v == 0:  # a bookmark
        b.box(RED, (0.02, -0.125, 0.012), (0.012, 0.04, 0.0015))

    return b


_LANDS = (
    (0.75, -2.1, 0.5),
    (0.35, -1.75, 0.3),
    (-0.25, -1.45, 0.42),
    (-0.62, -1.5, 0.24),
    (0.3, -0.3, 0.46),
    (-0.2, -0.1, 0.36),
    (0.85, 0.2, 0.46),
    (0.8, 0.9, 0.5),
    (0.4, 1.3, 0.36),
    (-0.4, 2.2, 0.36),
    (0.75, 1.75, 0.4),
)
"""Latitude, longitude and radius of round pieces of land, in radians."""


def build_globe(v: int) -> MeshBuilder:
    b = MeshBuilder()
    r = (0.13, 0.12, 0.15, 0.125, 0.14, 0.115)[v]
    sea = ("#3f79ae", "#2f5f8a", "#c9b48a", "#5b9fc4", "#2f4a63", "#7fb0b5")[v]
    land = ("#6d9a55", "#b9a35e", "#8a6a42", "#d9c27a", "#c9a552", "#5d7f5a")[v]
    metal = (STEEL, "#b08d4c", WALNUT, CHARCOAL, "#c9a552", OAK)[v]
    z = r + (0.1, 0.09, 0.11, 0.08, 0.12, 0.09)[v]
    levels = [math.pi * (k - 5) / 10.4 for k in range(11)]
    ball = [(r * math.cos(t), r * math.sin(t)) for t in levels]
    b.lathe(sea, (0, 0, z), ball, segments=22)

    for latitude, longitude, size in _LANDS:  # flatter spheres that rise a little from the sea
        c = math.cos(latitude)
        out = (math.cos(longitude) * c, math.sin(longitude) * c, math.sin(latitude))
        flat = 0.8 * r
        distance = r * math.cos(size) - math.sqrt(flat**2 - (r * math.sin(size)) ** 2)
        x, y, up = (q * distance for q in out)
        levels = [math.pi * (k - 3) / 6.3 for k in range(7)]
        dome = [(flat * math.cos(t), flat * math.sin(t)) for t in levels]
        b.lathe(land, (x, y, z + up), dome, segments=12)

    lean = 0.41
    bow = [(p, 0.0, z + q) for p, q in arc(r + 0.016, -math.pi / 2 - lean, math.pi / 2 - lean, 15)]
    b.tube(metal, bow, 0.007, 6)
    axis = (math.sin(lean), math.cos(lean))
    for s in (-1, 1):
        ends = [(s * q * axis[0], 0.0, z + s * q * axis[1]) for q in (r * 0.96, r + 0.022)]
        b.tube(metal, ends, 0.006, 6)

    foot = z - r - 0.012
    if v in (2, 5):  # turned from wood
        stem = [(0.1, 0), (0.1, 0.015), (0.03, 0.03), (0.018, foot * 0.6), (0.026, foot * 0.8)]
        b.lathe(metal, (0, 0, 0), [*stem, (0.012, foot)], segments=24)
    else:
        b.lathe(
            metal, (0, 0, 0), [(0.085, 0), (0.08, 0.015), (0.02, 0.03), (0.01, foot)], segments=24
        )

    return b


TEXTILE_DESIGNS = {
    "cushion": build_cushion,
    "blanket": build_blanket,
    "book": build_book,
    "globe": build_globe,
}
