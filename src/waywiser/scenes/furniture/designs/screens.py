"""Parametric televisions and laptops.

Every function draws variant `v` (0 to 5) of one category, in meters; variants differ in more than
color.
"""

import math

from waywiser.scenes.furniture.designs.motifs import paint_screen
from waywiser.scenes.furniture.mesh_builder import MeshBuilder
from waywiser.scenes.furniture.palette import BLACK, CHARCOAL, STEEL, WHITE


def build_television(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.97, 1.11, 0.75, 1.23, 0.9, 1.45)[v]
    h = w * 0.575
    lift = 0.07
    body = (BLACK, BLACK, CHARCOAL, BLACK, "#3a3d40", BLACK)[v]
    b.soft_box(body, (0, 0, lift + h / 2), (w, 0.035, h), 0.008)
    b.box(CHARCOAL, (0, 0.03, lift + h * 0.35), (w * 0.6, 0.04, h * 0.5))
    b.image(paint_screen(v), (0, -0.0185, lift + h / 2 + 0.006), (w - 0.02, h - 0.035))

    if v in (0, 2, 4):
        b.box(body, (0, 0.02, lift / 2 + 0.01), (0.1, 0.03, lift + 0.02))
        b.soft_box(body, (0, 0, 0.007), (w * 0.42, 0.22, 0.014), 0.006)
    else:
        for s in (-1, 1):
            x = s * w * 0.36
            b.box(STEEL if v == 1 else body, (x, 0, 0.007), (0.03, 0.25, 0.014))
            b.box(STEEL if v == 1 else body, (x, 0, lift / 2), (0.024, 0.03, lift))

    return b.box(STEEL, (0, -0.0185, lift + 0.012), (0.07, 0.003, 0.006))


def build_laptop(v: int) -> MeshBuilder:
    b = MeshBuilder()
    c = (STEEL, BLACK, WHITE, CHARCOAL, "#c9b7a7", "#3e5f8a")[v]
    w = (0.34, 0.36, 0.31, 0.38, 0.32, 0.37)[v]
    d = (0.235, 0.245, 0.22, 0.255, 0.225, 0.25)[v]
    tilt = (0.25, 0.35, 0.15, 0.3, 0.2, 0.32)[v]
    b.soft_box(c, (0, 0, 0.009), (w, d, 0.018), 0.005)
    b.box("#1f2225", (0, 0.035, 0.0185), (w * 0.88, d * 0.44, 0.002))
    for row in range(4):
        for k in range(11):
            x = (k - 5) * w * 0.077
            b.box("#3a3f44", (x, 0.076 - row * d * 0.105, 0.02), (w * 0.066, d * 0.085, 0.002))

    b.box("#8b8f92" if v != 1 else "#3a3d40", (0, -d * 0.31, 0.0185), (w * 0.3, d * 0.26, 0.001))
    up = d / 2 * math.cos(tilt)
    back = d / 2 * (1 + math.sin(tilt))
    b.box(c, (0, back, 0.018 + up), (w, 0.007, d), tilt=tilt)
    b.box("#15181b", (0, back - 0.0045, 0.018 + up), (w - 0.006, 0.003, d - 0.006), tilt=tilt)
    shine = ("#31506e", "#2b4a5e", "#40566b", "#274158", "#3b5b6d", "#2d4664")[v]
    b.box(shine, (0, back - 0.0062, 0.02 + up), (w - 0.025, 0.002, d - 0.03), tilt=tilt)
    return b


SCREEN_DESIGNS = {"television": build_television, "laptop": build_laptop}
