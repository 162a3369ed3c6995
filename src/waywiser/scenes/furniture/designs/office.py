"""Parametric devices of desks and living rooms.

Every function draws variant `v` (0 to 5) of one category, in meters; variants differ in more than
color.
"""

import math

import numpy as np
from numpy.typing import NDArray

from waywiser.scenes.furniture.designs.parts import circle
from waywiser.scenes.furniture.mesh_builder import MeshBuilder, glow
from waywiser.scenes.furniture.palette import (
    BEIGE,
    BLACK,
    BLUE,
    CHARCOAL,
    GRAY,
    GREEN,
    RED,
    STEEL,
    TEAL,
    WHITE,
)

_DARK = "#17191c"


def _add_fan_head(b: MeshBuilder, v: int, y: float, z: float, r: float) -> None:
    """Blades in a round cage."""
    cage = (STEEL, CHARCOAL, WHITE, "#b08d4c", "", GRAY)[v]
    blade = (BLUE, "#8fb3c9", TEAL, "#b08d4c", "", RED)[v]
    b.lathe(CHARCOAL, (0, y + 0.03, z), [(0.03, 0), (0.055, 0.01), (0.055, 0.08), (0.03, 0.1)], "y")
    blades = (3, 4, 5, 4, 3, 3)[v]
    for k in range(blades):
        a = 2 * math.pi * k / blades + 0.3
        petal = [(0.02, -0.02), (r * 0.6, -r * 0.3), (r * 0.88, -r * 0.12), (r * 0.8, r * 0.22)]
        petal += [(r * 0.4, r * 0.16)]
        turned = [
            (p * math.cos(a) - q * math.sin(a), z + p * math.sin(a) + q * math.cos(a))
            for p, q in petal
        ]
        b.prism(blade, turned, y - 0.006, y + 0.006, axis="y")

    for radius, depth in ((r, 0.0), (r * 0.97, -0.035), (r * 0.6, -0.05), (r * 0.97, 0.035)):
        ring = circle(radius, n=24)
        path = [(p, y + depth, z + q) for p, q in [*ring, ring[0]]]
        b.tube(cage, path, 0.006 if depth == 0 else 0.0035, 5)
    for p, q in circle(1.0, n=16):
        path = [(0.02 * p, y - 0.055, z + 0.02 * q), (r * 0.6 * p, y - 0.05, z + r * 0.6 * q)]
        path += [(r * 0.97 * p, y - 0.035, z + r * 0.97 * q), (r * p, y + 0.035, z + r * q)]
        b.tube(cage, path, 0.0025, 4)
    b.lathe(blade, (0, y - 0.062, z), [(0.025, 0), (0.035, 0.01), (0.035, 0.02)], "y", 14)


def build_fan(v: int) -> MeshBuilder:
    b = MeshBuilder()
    if v == 4:  # a tower
        b.lathe(CHARCOAL, (0, 0, 0), [(0.14, 0), (0.14, 0.02), (0.05, 0.035)], segments=24)
        b.lathe(WHITE, (0, 0, 0.03), [(0.08, 0), (0.09, 0.03), (0.09, 0.87), (0.07, 0.9)])
        b.box(CHARCOAL, (0, -0.065, 0.42), (0.09, 0.05, 0.66))
        for k in range(13):
            b.box(STEEL, (0, -0.092, 0.13 + 0.048 * k), (0.084, 0.006, 0.012))
        b.box(glow("#7fd0e0", 0.8), (0, -0.09, 0.83), (0.04, 0.01, 0.02))
        return b

    r = (0.16, 0.22, 0.14, 0.21, 0, 0.18)[v]
    z = (0.3, 1.02, 0.26, 1.1, 0, 0.33)[v]
    base = (0.11, 0.2, 0.1, 0.21, 0, 0.12)[v]
    metal = (WHITE, CHARCOAL, "#d5e3de", "#b08d4c", "", "#d9d2c3")[v]
    b.lathe(metal, (0, 0, 0), [(base, 0), (base, 0.02), (0.03, 0.035)], segments=24)
    b.lathe(metal, (0, 0.05, 0.015), [(0.016, 0), (0.013, z - 0.02)], segments=10)
    b.soft_box(metal, (0, 0.055, z), (0.06, 0.06, 0.08), 0.02)
    _add_fan_head(b, v, -0.01, z, r)
    return b


def _paint_desktop(v: int) -> NDArray[np.uint8]:
    """What a computer shows: windows with lines of text, a chart or a photo of hills."""
    grounds = (
        (58, 96, 140),
        (46, 58, 74),
        (110, 150, 160),
        (84, 72, 120),
        (40, 92, 86),
        (150, 170, 190),
    )
    image = np.ones((54, 96, 3)) * np.array(grounds[v], dtype=float)
    y, x = np.mgrid[0:54, 0:96]

    image[y > 34 + 5 * np.sin(x / 14 + v)] *= 0.75
    left, right = (8, 58) if v % 2 else (30, 88)
    image[6:44, left:right] = (240, 240, 236)
    image[6:9, left:right] = (196, 72, 60) if v % 3 == 0 else (70, 120, 180)
    if v % 3 == 2:  # a chart
        for k in range(6):
            tall = (9, 16, 12, 22, 18, 26)[k]
            image[42 - tall : 42, left + 5 + 7 * k : left + 9 + 7 * k] = (60, 140, 120)
    else:
        for k in range(8):
            end = right - 6 - (k * 7 + v * 3) % 20
            image[12 + 4 * k : 14 + 4 * k, left + 4 : end] = (110, 116, 124)
    image[50:] = (30, 34, 40)
    for k in range(6):
        image[51:53, 4 + 5 * k : 7 + 5 * k] = grounds[(k + v) % 6]

    return image.astype(np.uint8)


def build_monitor(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.54, 0.61, 0.5, 0.8, 0.56, 0.62)[v]
    h = (0.32, 0.36, 0.31, 0.35, 0.34, 0.37)[v]
    frame = (BLACK, CHARCOAL, WHITE, BLACK, STEEL, "#d7d4cc")[v]
    low = (0.12, 0.13, 0.1, 0.14, 0.12, 0.11)[v]
    z = low + h / 2
    b.soft_box(frame, (0, 0, z), (w, 0.03, h), 0.008)
    b.soft_box(frame, (0, 0.02, z), (w * 0.6, 0.03, h * 0.6), 0.012)
    lift = 0.02 if v == 4 else 0.0
    screen = (w - 0.024, h - 0.024 - lift)
    b.image(_paint_desktop(v), (0, -0.0165, z + lift / 2), screen, emission=0.7)
    foot = CHARCOAL if v in (0, 3) else STEEL

    if v in (3, 5):  # two splayed feet
        for s in (-1, 1):
            b.box(foot, (s * 0.11, -0.01, 0.008), (0.03, 0.22, 0.016), yaw=s * 0.45)
    elif v in (1, 4):
        b.soft_box(foot, (0, 0, 0.008), (w * 0.42, 0.2, 0.016), 0.006)
    else:
        b.lathe(foot, (0, 0, 0), [(0.105, 0), (0.105, 0.012), (0.03, 0.02)], segments=24)
    b.box(foot, (0, 0.035, z / 2), (0.05, 0.025, z))
    return b.box(glow("#9fe0ff", 1.0), (w / 2 - 0.03, -0.016, low + 0.006), (0.012, 0.003, 0.003))


def build_keyboard(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.44, 0.3, 0.36, 0.45, 0.42, 0.29)[v]
    d = (0.14, 0.125, 0.13, 0.17, 0.15, 0.115)[v]
    body = (BLACK, "#d9dcdd", "#3a3f46", BEIGE, "#25282c", WHITE)[v]
    key = ("#4a4e54", WHITE, "#d8d4ca", "#efe9da", "#6a717b", "#b9c4cc")[v]
    accent = ("#63686f", "#c9cdd0", "#c4504a", "#b9b09a", "#3f9a8a", "#8fa6b4")[v]
    rest = 0.035 if v == 3 else 0.0
    b.soft_box(body, (0, 0, 0.009), (w, d, 0.018), 0.006)
    columns = (18, 13, 15, 18, 17, 12)[v]
    pad = v in (0, 3)
    step_x = (w - 0.02) / columns
    step_y = (d - 0.02 - rest) / 5

    for row in range(5):
        y = d / 2 - 0.01 - step_y * (row + 0.5)
        for k in range(columns):
            if pad and k == columns - 4:  # the gap before the block of digits
                continue
            x = -w / 2 + 0.01 + step_x * (k + 0.5)
            is_space = row == 4 and 3 <= k <= 8
            if is_space and k > 3:
                continue
            wide = step_x * 6 if is_space else step_x
            x += step_x * 2.5 if is_space else 0.0
            color = accent if (k == 0 or row == 0 or k == columns - 1) else key
            b.box(color, (x, y, 0.021), (wide * 0.84, step_y * 0.82, 0.008))

    for s in (-1, 1):
        b.box(BLACK, (s * w * 0.4, d / 2 - 0.015, 0.001), (0.03, 0.012, 0.004))

    return b


def build_printer(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.44, 0.4, 0.46, 0.38, 0.42, 0.48)[v]
    d = (0.34, 0.3, 0.38, 0.32, 0.33, 0.4)[v]
    h = (0.2, 0.17, 0.3, 0.22, 0.16, 0.26)[v]
    body = (WHITE, CHARCOAL, "#d9dbd9", "#b9c4c9", "#4a5560", "#e8e2d4")[v]
    shade = (GRAY, BLACK, CHARCOAL, "#6d7a80", "#2f353b", "#a39a86")[v]
    deep = d - 0.08
    y = 0.03
    front = y - deep / 2
    b.soft_box(body, (0, y, h / 2), (w, deep, h), 0.025)
    b.soft_box(shade, (0, y, h - 0.012), (w * 0.92, deep * 0.86, 0.03), 0.01)

    b.box(BLACK, (0, front - 0.002, h * 0.38), (w * 0.68, 0.02, h * 0.3))
    b.box(shade, (0, front - 0.02, h * 0.2), (w * 0.62, 0.11, 0.012))
    b.box("#fbfaf5", (0, front - 0.01, h * 0.2 + 0.014), (0.21, 0.1, 0.014))
    for k in range(3):
        b.box(GRAY, (-0.01, front - 0.05 + 0.014 * k, h * 0.2 + 0.022), (0.14, 0.004, 0.001))
    b.box(shade, (w * 0.3, front - 0.008, h * 0.76), (w * 0.3, 0.022, h * 0.22))
    b.box(glow("#8fd0ef", 0.8), (w * 0.26, front - 0.02, h * 0.76), (w * 0.15, 0.004, h * 0.13))
    for k in range(2):
        b.cylinder(
            (GREEN, RED)[k], (w * (0.37 + 0.05 * k), front - 0.025, h * 0.76), 0.008, 0.01, "y"
        )
    if v in (0, 1, 3):  # paper that stands in the tray behind
        b.box(shade, (0, y + deep / 2 - 0.03, h + 0.04), (0.25, 0.012, 0.12), tilt=0.35)
        b.box("#fbfaf5", (0, y + deep / 2 - 0.045, h + 0.05), (0.21, 0.006, 0.13), tilt=0.35)
    if v in (2, 5):  # a drawer for paper and a scanner on top
        b.box(shade, (0, front - 0.003, h * 0.1), (w * 0.9, 0.012, 0.004))
        b.soft_box(body, (0, y, h + 0.022), (w * 0.96, deep * 0.95, 0.04), 0.015)
        b.box(shade, (0, front + 0.004, h * 0.08), (0.1, 0.02, 0.014))

    return b


def build_computer_tower(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.19, 0.2, 0.18, 0.21, 0.19, 0.22)[v]
    d = (0.42, 0.44, 0.4, 0.46, 0.41, 0.47)[v]
    h = (0.42, 0.44, 0.37, 0.46, 0.4, 0.47)[v]
    body = ("#3a3e44", "#d9d4c4", STEEL, "#2b2f36", WHITE, "#454b55")[v]
    panel = ("#23262b", "#c9c3b1", "#8d9297", "#1d2026", "#dfe2e3", "#2a2f37")[v]
    y = -d / 2 + 0.012
    b.soft_box(body, (0, 0.01, h / 2 + 0.008), (w, d - 0.02, h - 0.016), 0.008)
    b.soft_box(panel, (0, y, h / 2 + 0.008), (w - 0.01, 0.024, h - 0.03), 0.008)
    front = y - 0.012

    if v in (0, 1, 2, 4):  # drives
        for k in range(2):
            at = (0, front - 0.001, h * (0.86 - 0.12 * k))
            b.box(("#9a9ea3", "#efe9da", CHARCOAL, "", GRAY)[v], at, (w * 0.78, 0.008, 0.042))
            b.box(_DARK, (0, front - 0.006, at[2] + 0.004), (w * 0.64, 0.003, 0.004))
            b.box(STEEL, (w * 0.27, front - 0.007, at[2] - 0.011), (0.02, 0.006, 0.007))
        for k in range(6):
            b.box(_DARK, (0, front - 0.001, h * 0.12 + 0.018 * k), (w * 0.6, 0.004, 0.007))
    else:  # three fans with shining rings
        for k in range(3):
            z = h * (0.2 + 0.28 * k)
            r = w * 0.36
            ring = [(r * 0.85, 0.0), (r, 0.0), (r, 0.006), (r * 0.85, 0.006)]
            shine = glow(("#6fc3ff", "#ff7ab0")[v == 5], 1.0)
            b.lathe(shine, (0, front - 0.005, z), ring, "y", 24)
            b.lathe(_DARK, (0, front - 0.007, z), [(r * 0.82, 0), (r * 0.82, 0.006)], "y", 24)
            for j in range(5):
                b.box(GRAY, (0, front - 0.008, z), (r * 1.5, 0.003, 0.008), roll=j * math.pi / 5)

    z = h * 0.62
    b.lathe(
        STEEL,
        (0, front - 0.006, z if v in (0, 1, 2, 4) else h - 0.012),
        [(0.012, 0), (0.014, 0.008)],
        "y",
    )
    if v in (0, 1, 2, 4):
        b.box(glow("#5fd08a", 1.0), (0.035, front - 0.003, z), (0.008, 0.004, 0.008))
        for k in range(2):
            b.box(_DARK, (-0.02 + 0.04 * k, front - 0.002, z - 0.045), (0.016, 0.004, 0.008))
    else:  # a window in the side
        b.box("#4f6f86", (-w / 2, 0.02, h * 0.55), (0.006, d * 0.7, h * 0.6))

    for sx in (-1, 1):
        for sy in (-1, 1):
            b.box(BLACK, (sx * w * 0.38, sy * d * 0.38, 0.005), (0.03, 0.04, 0.01))

    return b


OFFICE_DESIGNS = {
    "fan": build_fan,
    "monitor": build_monitor,
    "keyboard": build_keyboard,
    "printer": build_printer,
    "computer tower": build_computer_tower,
}
