"""Parametric luggage and what is used for cleaning and ironing.

Every function draws variant `v` (0 to 5) of one category, in meters; variants differ in more than
color.
"""

import math

from waywiser.scenes.furniture.designs.parts import arc
from waywiser.scenes.furniture.mesh_builder import MeshBuilder, glass
from waywiser.scenes.furniture.palette import (
    BEIGE,
    BLACK,
    BLUE,
    BROWN,
    CHARCOAL,
    GRAY,
    GREEN,
    MUSTARD,
    RED,
    STEEL,
    TEAL,
    WHITE,
)


def build_suitcase(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.42, 0.38, 0.48, 0.5, 0.44, 0.4)[v]
    d = (0.25, 0.22, 0.28, 0.22, 0.27, 0.24)[v]
    h = (0.58, 0.52, 0.66, 0.56, 0.62, 0.54)[v]
    color = ("#2f6f9a", RED, "#4d5a66", "#9a6a3f", TEAL, MUSTARD)[v]
    front = -d / 2

    if v == 3:  # an old one of leather, without wheels
        b.soft_box(color, (0, 0, h / 2), (w, d, h), 0.025)
        for x in (-w * 0.28, w * 0.28):
            b.soft_box("#5a3a22", (x, 0, h / 2), (0.035, d + 0.012, h + 0.012), 0.006)
            b.box("#d9b65a", (x, front - 0.008, h * 0.78), (0.05, 0.008, 0.04))
        for sx in (-1, 1):
            for z in (0.03, h - 0.03):
                b.soft_box("#5a3a22", (sx * (w / 2 - 0.03), 0, z), (0.07, d + 0.008, 0.07), 0.015)
        grip = [(x, 0.0, h + z) for x, z in arc(0.065, 0, math.pi, 9)]
        return b.tube("#5a3a22", grip, 0.012)

    low = 0.045
    b.soft_box(color, (0, 0, low + h / 2), (w, d, h), 0.04)
    for k in range(5):  # ribs of the shell
        x = w * 0.8 * (k - 2) / 5
        b.soft_box(color, (x, front, low + h / 2), (w * 0.09, 0.016, h * 0.84), 0.007)
    b.box(CHARCOAL, (0, 0.004, low + h / 2), (w + 0.004, 0.012, h * 0.95))
    b.soft_box(BLACK, (0, -0.02, low + h + 0.012), (0.16, 0.035, 0.026), 0.01)
    b.soft_box(BLACK, (w / 2 + 0.004, -0.02, low + h / 2), (0.02, 0.035, 0.16), 0.008)

    reach = (0.12, 0.16, 0.0, 0.0, 0.1, 0.2)[v]
    if reach:  # the handle is out
        top = low + h + reach
        y = d / 2 - 0.035
        for x in (-0.08, 0.08):
            b.tube(STEEL, [(x, y, low + h - 0.02), (x, y, top)], 0.008)
        b.soft_box(BLACK, (0, y, top), (0.2, 0.032, 0.03), 0.012)

    for sx in (-1, 1):
        for sy in (-1, 1):
            x, y = sx * (w / 2 - 0.05), sy * (d / 2 - 0.045)
            b.box(CHARCOAL, (x, y, 0.05), (0.035, 0.035, 0.04))
            b.cylinder(BLACK, (x - 0.011, y, 0.024), 0.024, 0.022, axis="x")

    return b


def build_backpack(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.31, 0.3, 0.33, 0.29, 0.32, 0.3)[v]
    d = (0.16, 0.15, 0.18, 0.14, 0.17, 0.15)[v]
    h = (0.46, 0.43, 0.52, 0.41, 0.48, 0.44)[v]
    color = ("#3e6a9a", "#c4504a", "#5d6f4a", "#d9a441", "#4f4a66", "#3f8a86")[v]
    trim = (MUSTARD, "#2f3a46", "#a8763f", "#6b4428", "#d77a9a", BEIGE)[v]
    front = -d / 2
    b.soft_box(color, (0, 0, h * 0.47), (w, d, h * 0.94), 0.06)
    b.soft_box(color, (0, 0.005, h * 0.82), (w * 0.86, d * 0.9, h * 0.3), 0.055)
    b.soft_box(trim, (0, front - 0.015, h * 0.27), (w * 0.78, 0.07, h * 0.4), 0.03)
    b.box(BLACK, (0, front - 0.051, h * 0.4), (w * 0.62, 0.004, 0.009))

    if v in (2, 3):  # a flap with two straps
        b.soft_box(trim, (0, -0.015, h * 0.88), (w * 0.96, d + 0.02, h * 0.2), 0.04)
        for x in (-w * 0.24, w * 0.24):
            b.box("#5a3a22", (x, front - 0.028, h * 0.68), (0.028, 0.008, h * 0.34))
            b.box("#d9b65a", (x, front - 0.036, h * 0.56), (0.038, 0.008, 0.03))
    else:  # zippers
        zipper = [(x, front - 0.001, h * 0.56 + z) for x, z in arc(w * 0.36, 0.1, 3.04, 13)]
        b.tube(BLACK, zipper, 0.006, 6)
        b.box(STEEL, (w * 0.3, front - 0.008, h * 0.62), (0.01, 0.006, 0.035))
        b.soft_box(trim, (0, front - 0.002, h * 0.72), (0.1, 0.01, 0.05), 0.004)

    if v in (0, 2, 5):  # side pockets with a bottle
        for s in (-1, 1):
            b.soft_box(trim, (s * w / 2, 0, h * 0.2), (0.045, d * 0.7, h * 0.3), 0.02)
        b.lathe(GREEN, (w / 2 + 0.005, 0, h * 0.2), [(0.026, 0), (0.026, 0.14), (0.014, 0.17)])

    grip = [(x, d * 0.3, h * 0.93 + z) for x, z in arc(0.04, 0, math.pi, 7)]
    b.tube(BLACK, grip, 0.009, 6)
    for s in (-1, 1):  # straps at the back
        x = s * w * 0.26
        path = [(x, d * 0.4, h * 0.9), (x, d / 2 + 0.035, h * 0.75), (x, d / 2 + 0.04, h * 0.4)]
        path += [(x * 1.3, d / 2 - 0.01, h * 0.12)]
        b.tube(trim if v != 1 else BLACK, path, 0.018, 6)

    return b


def _add_floor_head(b: MeshBuilder, color: str, w: float, y: float) -> None:
    b.soft_box(color, (0, y, 0.035), (w, 0.13, 0.06), 0.022)
    b.box(BLACK, (0, y, 0.006), (w - 0.03, 0.11, 0.012))
    b.box(GRAY, (0, y - 0.066, 0.03), (w - 0.04, 0.006, 0.022))


def _build_upright_vacuum(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.3, 0, 0.32, 0, 0.28, 0)[v]
    h = (1.08, 0, 1.15, 0, 1.02, 0)[v]
    color = (RED, "", "#4a6f9a", "", "#6b5a94", "")[v]
    _add_floor_head(b, color, w, -0.14)
    for s in (-1, 1):
        b.cylinder(BLACK, (s * 0.1 - 0.015, 0.02, 0.06), 0.06, 0.03, axis="x")
    b.soft_box(CHARCOAL, (0, 0.0, 0.13), (0.2, 0.17, 0.16), 0.05)
    if v == 4:  # a bag of cloth
        b.soft_box(color, (0, 0.05, 0.5), (0.19, 0.15, 0.6), 0.07, tilt=0.1)
        b.box(WHITE, (0, -0.028, 0.5), (0.1, 0.006, 0.12), tilt=0.1)
    else:  # a clear bin below a motor
        b.lathe(glass("#a9c7d0", 0.6), (0, 0, 0.2), [(0.075, 0), (0.08, 0.26)])
        b.lathe("#8a7a66", (0, 0, 0.2), [(0.06, 0.005), (0.055, 0.09)])
        b.lathe(color, (0, 0, 0.46), [(0.085, 0), (0.085, 0.1), (0.06, 0.16), (0.03, 0.18)])
        b.tube(BLACK, [(0.09, 0.02, 0.16), (0.12, 0.03, 0.35), (0.08, 0.04, 0.55)], 0.018)
    b.tube(GRAY, [(0, 0.06, 0.15), (0, 0.09, 0.7), (0, 0.13, h - 0.12)], 0.017)
    loop = [(0, 0.13 + y, h - 0.07 + z) for y, z in arc(0.05, -1.9, 3.0, 10)]
    return b.tube(color, loop, 0.018)


def _build_stick_vacuum(v: int) -> MeshBuilder:
    b = MeshBuilder()
    h = (0, 1.1, 0, 1.0, 0, 0)[v]
    color = ("", "#c2417a", "", MUSTARD, "", "")[v]
    _add_floor_head(b, color, (0, 0.25, 0, 0.28, 0, 0)[v], -0.14)
    b.tube(BLACK, [(0, -0.12, 0.06), (0, -0.07, 0.12)], 0.025)
    b.tube(("", color, "", STEEL, "", "")[v], [(0, -0.08, 0.1), (0, 0.02, h - 0.3)], 0.018)
    b.lathe(glass("#b7cdd4", 0.6), (0, 0.04, h - 0.38), [(0.05, 0), (0.055, 0.16)])
    b.lathe(color, (0, 0.04, h - 0.22), [(0.058, 0), (0.058, 0.06), (0.05, 0.09)])
    b.soft_box(CHARCOAL, (0, 0.13, h - 0.33), (0.07, 0.1, 0.06), 0.02)
    grip = [(0, 0.04, h - 0.13), (0, 0.1, h - 0.03), (0, 0.15, h - 0.06), (0, 0.14, h - 0.3)]
    return b.tube(CHARCOAL, grip, 0.018)


def build_vacuum_cleaner(v: int) -> MeshBuilder:
    if v in (0, 2, 4):
        return _build_upright_vacuum(v)
    if v in (1, 3):
        return _build_stick_vacuum(v)

    # A canister with a hose.
    b = MeshBuilder()
    b.soft_box(GREEN, (0, 0.1, 0.14), (0.26, 0.36, 0.18), 0.07)
    b.soft_box(CHARCOAL, (0, 0.1, 0.21), (0.14, 0.22, 0.06), 0.02)
    for s in (-1, 1):
        b.cylinder(BLACK, (s * 0.125 - 0.02, 0.19, 0.075), 0.075, 0.04, axis="x")
        b.cylinder(GRAY, (s * 0.125 - 0.022, 0.19, 0.075), 0.035, 0.044, axis="x")
    _add_floor_head(b, GREEN, 0.28, -0.24)
    b.tube(STEEL, [(0, -0.22, 0.06), (0, -0.19, 0.15), (0, -0.11, 0.9)], 0.017)
    b.tube(BLACK, [(0, -0.11, 0.85), (0, -0.07, 0.96), (0, -0.02, 0.98)], 0.024)
    hose = [(0, -0.03, 0.97), (0.05, 0.1, 0.9), (0.1, 0.2, 0.65), (0.08, 0.15, 0.4)]
    hose += [(0.02, 0.0, 0.28), (0, -0.04, 0.17)]
    return b.tube("#3a3d42", hose, 0.02)


def build_ironing_board(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (1.25, 1.15, 1.35, 1.2, 1.4, 1.3)[v]
    d = (0.36, 0.32, 0.42, 0.34, 0.44, 0.38)[v]
    has_iron = v in (0, 2, 5)
    h = (0.86, 0.84, 0.85, 0.9, 0.92, 0.82)[v]
    cloth = ("#7aa0b8", "#e3d9c2", RED, "#8fae8a", "#5c6b8a", "#d9a0a0")[v]
    line = (WHITE, BLUE, "#f1d9c9", WHITE, MUSTARD, WHITE)[v]

    right = w / 2
    tip = [(right - 0.28, -d / 2), (right - 0.1, -d * 0.3), (right - 0.02, -d * 0.13), (right, 0)]
    outline = [(-w / 2, -d / 2 + 0.03), (-w / 2 + 0.03, -d / 2), *tip]
    outline += [
        (x, -y) for x, y in [*tip[-2::-1], (-w / 2 + 0.03, -d / 2), (-w / 2, -d / 2 + 0.03)]
    ]
    b.prism(cloth, outline, h - 0.03, h)
    b.prism(STEEL, [(x * 0.97, y * 0.9) for x, y in outline], h - 0.045, h - 0.03)

    for k in range(4 if v % 2 == 0 else 0):  # stripes
        b.box(line, (-w * 0.36 + 0.17 * k, 0, h), (0.03, d - 0.004, 0.002))
    for k in range(15 if v % 2 else 0):  # dots
        x, y = -w * 0.42 + 0.18 * (k // 3), d * 0.3 * (k % 3 - 1)
        b.lathe(line, (x, y, h - 0.001), [(0.025, 0), (0.025, 0.002)], segments=10)

    for s in (-1, 1):  # crossed legs
        y = s * d * 0.3
        lean = 0.4 * w * 0.75
        b.tube(STEEL, [(-lean, y, 0.015), (lean, y * 0.5, h - 0.05)], 0.012)
        b.tube(STEEL, [(lean, y * 0.9, 0.015), (-lean, y * 0.5, h - 0.05)], 0.012)
        b.tube(CHARCOAL, [(s * lean, -d * 0.36, 0.015), (s * lean, d * 0.36, 0.015)], 0.014)
    if has_iron:
        x = -w / 2 + 0.2
        sole = [
            (x - 0.1, -0.05),
            (x + 0.04, -0.05),
            (x + 0.12, 0.0),
            (x + 0.04, 0.05),
            (x - 0.1, 0.05),
        ]
        b.prism(STEEL, sole, h, h + 0.012)
        shell = [(p * 0.94 + x * 0.06, q * 0.9) for p, q in sole]
        b.prism((TEAL, "", BLUE, "", "", "#8a5a94")[v], shell, h + 0.012, h + 0.05)
        grip = [(x - 0.08, 0, h + 0.04), (x - 0.07, 0, h + 0.105), (x + 0.03, 0, h + 0.1)]
        b.tube(BLACK, [*grip, (x + 0.06, 0, h + 0.045)], 0.013)
    elif v == 4:  # a folded shirt
        b.soft_box(WHITE, (-0.15, 0, h + 0.025), (0.28, 0.24, 0.045), 0.015)
        b.box(BROWN, (-0.05, 0, h + 0.048), (0.012, 0.012, 0.004))

    return b


HOUSEWORK_DESIGNS = {
    "suitcase": build_suitcase,
    "backpack": build_backpack,
    "vacuum cleaner": build_vacuum_cleaner,
    "ironing board": build_ironing_board,
}
