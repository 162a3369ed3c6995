"""Parametric appliances of kitchens, large and small.

Every function draws variant `v` (0 to 5) of one category, in meters; variants differ in more than
color.
"""

import math

from waywiser.scenes.furniture.designs.kitchen import FRONT_COLORS, GLASS_COLOR, WORKTOP_COLORS
from waywiser.scenes.furniture.mesh_builder import MeshBuilder, glow
from waywiser.scenes.furniture.palette import (
    BLACK,
    CHARCOAL,
    GRAY,
    RED,
    STEEL,
    TEAL,
    WHITE,
)


def _add_hob(b: MeshBuilder, w: float, z: float, is_gas: bool) -> None:
    """Four rings on a plate of glass, or four burners with grates."""
    b.box(GLASS_COLOR if not is_gas else STEEL, (0, -0.01, z), (w - 0.02, 0.52, 0.012))

    for sx in (-1, 1):
        for sy in (-1, 1):
            x, y = sx * w * 0.23, sy * 0.13 - 0.01
            r = 0.085 if sx * sy > 0 else 0.07
            if is_gas:
                b.lathe(BLACK, (x, y, z + 0.004), [(0.045, 0), (0.04, 0.018)], segments=12)
                for turn in (0.0, math.pi / 2):
                    b.box(BLACK, (x, y, z + 0.032), (0.2, 0.014, 0.012), yaw=turn)
            else:
                profile = [(r, 0), (r - 0.004, 0.003)]
                b.lathe("#8a8d90", (x, y, z + 0.0065), profile)


def _add_oven_door(b: MeshBuilder, w: float, y: float, low: float, high: float, body: str) -> None:
    b.box(body, (0, y - 0.012, (low + high) / 2), (w - 0.01, 0.024, high - low))
    b.box(
        GLASS_COLOR, (0, y - 0.026, (low + high) / 2 - 0.02), (w - 0.12, 0.006, (high - low) * 0.6)
    )
    z = high - 0.05
    b.tube(STEEL, [(-w / 2 + 0.06, y - 0.06, z), (w / 2 - 0.06, y - 0.06, z)], 0.01)
    for x in (-w / 2 + 0.08, w / 2 - 0.08):
        b.box(STEEL, (x, y - 0.04, z), (0.015, 0.04, 0.015))


def build_stove(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.6, 0.6, 0.75, 0.6, 0.9, 0.55)[v]
    body = (WHITE, STEEL, STEEL, CHARCOAL, "#7d2f2c", WHITE)[v]
    y = -0.29
    h = 0.89
    b.box(CHARCOAL, (0, 0.03, 0.04), (w - 0.06, 0.5, 0.08))
    b.box(body, (0, 0.01, 0.08 + (h - 0.08) / 2), (w, 0.6, h - 0.08))
    _add_oven_door(b, w, y, 0.22, 0.72, body)
    b.box(body, (0, y - 0.012, 0.15), (w - 0.01, 0.024, 0.11))
    b.box(GRAY if v != 1 else BLACK, (0, y - 0.004, 0.8), (w - 0.02, 0.01, 0.1))

    for k in range(5):  # knobs
        x = (k - 2) * w * 0.17
        if k != 2:
            b.cylinder(
                BLACK if v in (0, 2, 5) else STEEL, (x, y - 0.03, 0.8), 0.022, 0.028, axis="y"
            )
        else:
            b.box(GLASS_COLOR, (x, y - 0.01, 0.8), (0.09, 0.008, 0.05))

    _add_hob(b, w, h + 0.004, is_gas=v in (1, 4, 5))
    if v in (2, 5):
        b.box(body, (0, 0.295, h + 0.025), (w, 0.02, 0.06))

    return b


def build_oven(v: int) -> MeshBuilder:
    b = MeshBuilder()
    front = FRONT_COLORS[v]
    w = 0.6
    top = (0.9, 0.9, 0.9, 0.92, 0.88, 0.9)[v]
    body = (STEEL, BLACK, STEEL, BLACK, WHITE, STEEL)[v]
    low = (0.24, 0.26, 0.22, 0.25, 0.23, 0.27)[v]
    b.box(CHARCOAL, (0, 0.03, 0.05), (w, 0.5, 0.1))
    b.box(front, (0, 0.01, (top + 0.06) / 2), (w, 0.57, top - 0.14))
    b.box(front, (0, -0.285, (low + 0.1) / 2), (w - 0.006, 0.02, low - 0.11))
    _add_oven_door(b, w, -0.275, low, 0.72, body)
    b.box(body, (0, -0.287, 0.785), (w - 0.01, 0.024, 0.12))
    b.box(GLASS_COLOR, (0, -0.301, 0.785), (0.14, 0.005, 0.06))
    for x in (-0.22, 0.22):
        b.cylinder(STEEL if v % 2 else CHARCOAL, (x, -0.325, 0.785), 0.026, 0.03, axis="y")

    return b.box(WORKTOP_COLORS[v], (0, 0, top - 0.02), (w, 0.62, 0.04))


def build_dishwasher(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.6, 0.6, 0.45, 0.6, 0.45, 0.6)[v]
    h = (0.85, 0.86, 0.85, 0.88, 0.87, 0.9)[v]
    body = (WHITE, STEEL, WHITE, CHARCOAL, STEEL, "#d7d3ca")[v]
    b.box(CHARCOAL, (0, 0.04, 0.05), (w - 0.02, 0.5, 0.1))
    b.box(body, (0, 0.015, (h + 0.08) / 2), (w, 0.57, h - 0.12))
    b.box(body, (0, -0.285, 0.1 + (h - 0.25) / 2), (w - 0.008, 0.03, h - 0.27))
    b.box(GRAY if v in (0, 2, 5) else BLACK, (0, -0.283, h - 0.075), (w - 0.008, 0.024, 0.11))
    b.box(glow("#9fe3b0", 0.8), (w * 0.3, -0.296, h - 0.07), (0.05, 0.004, 0.018))
    for k in range(4):
        b.box(WHITE, (-w * 0.35 + 0.035 * k, -0.296, h - 0.07), (0.018, 0.004, 0.012))

    z = h - 0.17
    b.tube(STEEL, [(-w * 0.36, -0.33, z), (w * 0.36, -0.33, z)], 0.009)
    for x in (-w * 0.3, w * 0.3):
        b.box(STEEL, (x, -0.315, z), (0.014, 0.03, 0.014))

    return b.box(WHITE if v in (0, 2) else CHARCOAL, (0, 0, h - 0.01), (w, 0.6, 0.02))


def build_range_hood(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.6, 0.9, 0.6, 0.75, 0.6, 0.9)[v]
    h = (0.7, 0.8, 0.6, 0.75, 0.65, 0.85)[v]
    metal = (STEEL, STEEL, BLACK, "#cfd2d4", WHITE, CHARCOAL)[v]
    d = 0.48
    b.box(metal, (0, 0.1, h / 2 + 0.1), (0.26, 0.26, h - 0.2))

    if v in (2, 4):  # a slanted plate
        b.box(metal, (0, -0.03, 0.24), (w, 0.06, 0.47), tilt=0.6)
        b.box(metal, (0, 0.12, 0.2), (w * 0.7, 0.2, 0.3))
        b.box(glow("#fff1d6", 2.0), (0, 0.12, 0.047), (w * 0.25, 0.05, 0.006))
    else:  # a roof
        outline = [(-w / 2, 0.06), (w / 2, 0.06), (0.13, 0.26), (-0.13, 0.26)]
        b.prism(metal, outline, -d / 2 + 0.02, d / 2 - 0.005, axis="y")
        b.box(metal, (0, 0, 0.03), (w, d, 0.06))
        b.box("#7f8386", (0, 0, -0.001), (w * 0.8, d * 0.7, 0.008))
        b.box(glow("#fff1d6", 2.0), (0, -d / 4, -0.003), (w * 0.25, 0.05, 0.006))
        for k in range(4):
            b.box(BLACK, (-0.06 + 0.04 * k, -d / 2 - 0.002, 0.03), (0.02, 0.006, 0.016))

    return b


def build_fridge(v: int) -> MeshBuilder:
    b = MeshBuilder()
    body = (WHITE, STEEL, "#e7e3d6", CHARCOAL, "#9fc3bd", "#c9cdd0")[v]
    w = (0.6, 0.7, 0.55, 0.9, 0.6, 0.6)[v]
    d = (0.64, 0.68, 0.58, 0.72, 0.64, 0.65)[v]
    h = (1.75, 1.85, 0.88, 1.78, 1.5, 1.95)[v]
    b.soft_box(body, (0, 0.03, h / 2 + 0.02), (w, d - 0.07, h - 0.04), 0.02)
    b.box(CHARCOAL, (0, 0.03, 0.02), (w - 0.06, d - 0.12, 0.04))

    if v == 3:  # two doors side by side
        for sx in (-1, 1):
            b.soft_box(
                body,
                (sx * w / 4, -d / 2 + 0.035, h / 2 + 0.02),
                (w / 2 - 0.008, 0.06, h - 0.06),
                0.01,
            )
            b.box(STEEL, (sx * 0.04, -d / 2 - 0.015, h / 2), (0.02, 0.03, h * 0.4))
        return b.box(GLASS_COLOR, (-w / 4, -d / 2 + 0.003, h * 0.62), (0.2, 0.008, 0.3))

    cut = (0.36, 0.36, 0.985, 0, 0.7, 0.4)[v] * h
    for low, high in ((0.04, cut), (cut, h)):
        if high - low > 0.05:
            center = (0, -d / 2 + 0.035, (low + high) / 2)
            b.soft_box(body, center, (w - 0.004, 0.06, high - low - 0.012), 0.012)
            x = (w / 2 - 0.05) * (1 if v % 2 else -1)
            z = high - 0.2 if high < h else low + 0.25
            b.box(GRAY, (x, -d / 2 - 0.012, z), (0.022, 0.028, 0.26))

    return b


def build_washing_machine(v: int) -> MeshBuilder:
    b = MeshBuilder()
    body = (WHITE, "#cfd3d6", "#e9e9ea", CHARCOAL, WHITE, "#d7dcde")[v]
    d = (0.58, 0.6, 0.48, 0.56, 0.52, 0.6)[v]
    h = 0.85
    radius = (0.18, 0.2, 0.16, 0.19, 0.17, 0.2)[v]
    z = (0.42, 0.44, 0.4, 0.43, 0.45, 0.41)[v]
    side = -1 if v % 2 else 1
    front = -d / 2 + 0.02
    b.soft_box(body, (0, 0.01, h / 2), (0.6, d - 0.04, h), 0.012)
    b.box(GRAY if v != 3 else BLACK, (0, front, h - 0.08), (0.58, 0.012, 0.11))
    rim = STEEL if v != 1 else CHARCOAL
    dome = [(radius * 0.45, 0), (radius * 0.7, 0.012), (radius * 0.78, 0.035)]
    b.lathe(rim, (0, front - 0.03, z), [(radius * 0.96, 0), (radius, 0.04)], axis="y", segments=28)
    b.lathe("#2b3844", (0, front - 0.045, z), dome, axis="y", segments=28)
    b.cylinder(
        BLACK if v != 3 else STEEL, (side * 0.2, front - 0.032, h - 0.08), 0.032, 0.03, axis="y"
    )
    b.box(body, (-side * 0.18, front - 0.008, h - 0.08), (0.18, 0.01, 0.08))
    b.box(GLASS_COLOR, (side * 0.04, front - 0.008, h - 0.08), (0.12, 0.008, 0.045))
    return b.box(GRAY, (side * 0.2, front - 0.003, 0.09), (0.13, 0.01, 0.09))


def build_microwave(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.49, 0.46, 0.52, 0.48, 0.45, 0.5)[v]
    d = (0.36, 0.34, 0.4, 0.35, 0.33, 0.38)[v]
    h = (0.29, 0.28, 0.31, 0.28, 0.27, 0.3)[v]
    body = (WHITE, STEEL, BLACK, "#d8d5cd", RED, CHARCOAL)[v]
    b.soft_box(body, (0, 0.01, h / 2 + 0.008), (w, d - 0.03, h - 0.016), 0.012)
    y = -d / 2 + 0.02
    b.box(GLASS_COLOR, (-w * 0.13, y, h / 2), (w * 0.68, 0.012, h * 0.8))
    b.box("#33393f", (-w * 0.15, y - 0.006, h / 2), (w * 0.48, 0.004, h * 0.5))
    b.box(STEEL, (w * 0.2, y - 0.02, h / 2), (0.015, 0.022, h * 0.6))
    x = w * 0.37
    b.box("#22262b", (x, y - 0.002, h / 2), (w * 0.22, 0.012, h * 0.84))
    b.box(glow("#7fe0a5", 0.9), (x, y - 0.009, h * 0.78), (w * 0.15, 0.003, h * 0.1))

    if v % 2:
        for z in (0.55, 0.3):
            b.cylinder(STEEL, (x, y - 0.02, h * z), 0.022, 0.02, axis="y")
    else:
        for k in range(9):
            at = (x + (k % 3 - 1) * w * 0.06, y - 0.01, h * (0.3 + 0.13 * (k // 3)))
            b.box("#b9bdc0", at, (w * 0.042, 0.004, h * 0.08))

    for sx in (-1, 1):
        b.box(BLACK, (sx * w * 0.4, 0, 0.005), (0.03, d * 0.7, 0.01))

    return b


def build_kettle(v: int) -> MeshBuilder:
    b = MeshBuilder()
    body = (STEEL, WHITE, RED, BLACK, TEAL, "#e5d9c3")[v]
    h = (0.2, 0.21, 0.19, 0.22, 0.18, 0.2)[v]
    r = (0.08, 0.075, 0.085, 0.072, 0.09, 0.08)[v]
    b.lathe(BLACK, (0, 0, 0), [(r + 0.005, 0), (r, 0.02)])
    profile = [(r, 0.02), (r * 0.98, 0.05), (r * 0.75, h - 0.02), (r * 0.3, h), (0.015, h + 0.005)]
    b.lathe(body, (0, 0, 0), profile, segments=24)
    b.lathe(BLACK, (0, 0, h), [(0.018, 0), (0.016, 0.02)])
    b.tube(
        body, [(-r * 0.7, 0, h * 0.65), (-r * 1.15, 0, h * 0.8), (-r * 1.35, 0, h * 0.88)], 0.016
    )
    x = r * 0.75
    path = [
        (x, 0, h * 0.92),
        (x + 0.05, 0, h * 0.95),
        (x + 0.065, 0, h * 0.6),
        (x + 0.03, 0, h * 0.3),
    ]
    b.tube(BLACK if v != 3 else STEEL, path, 0.011)
    return b


def build_toaster(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.28, 0.3, 0.27, 0.38, 0.29, 0.26)[v]
    d = (0.17, 0.18, 0.16, 0.18, 0.26, 0.17)[v]
    h = (0.19, 0.2, 0.18, 0.19, 0.2, 0.18)[v]
    body = (STEEL, RED, WHITE, BLACK, TEAL, "#e5d9c3")[v]
    b.box(BLACK, (0, 0, 0.01), (w - 0.03, d - 0.02, 0.02))
    b.soft_box(body, (0, 0, h / 2 + 0.01), (w, d, h - 0.02), 0.035)
    for y in (-d * 0.18, d * 0.18):
        b.box(BLACK, (0, y, h - 0.001), (w * 0.62, 0.022, 0.006))

    b.box(BLACK, (w / 2 + 0.008, 0, h * 0.62), (0.03, 0.04, 0.018))
    b.cylinder(STEEL if v else BLACK, (w * 0.3, -d / 2 - 0.012, h * 0.3), 0.016, 0.016, axis="y")
    if v in (0, 3):  # a slice of toast
        b.soft_box("#c98f4f", (0, -d * 0.18, h + 0.015), (0.1, 0.014, 0.05), 0.006)

    return b


def build_coffee_machine(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.2, 0.24, 0.19, 0.28, 0.22, 0.26)[v]
    d = (0.26, 0.3, 0.24, 0.34, 0.28, 0.32)[v]
    h = (0.33, 0.34, 0.3, 0.36, 0.32, 0.34)[v]
    body = (BLACK, STEEL, RED, CHARCOAL, WHITE, STEEL)[v]
    b.soft_box(body, (0, 0, 0.02), (w, d, 0.04), 0.012)
    b.soft_box(body, (0, d * 0.3, h / 2), (w, d * 0.4, h), 0.02)
    b.soft_box(body, (0, 0, h - 0.05), (w, d, 0.1), 0.02)

    if v in (0, 2, 4):  # a glass pot of coffee
        b.lathe("#3a2519", (0, -d * 0.15, 0.045), [(0.055, 0), (0.068, 0.03), (0.06, 0.08)])
        b.lathe("#c9d2d4", (0, -d * 0.15, 0.125), [(0.06, 0), (0.05, 0.035)])
        b.lathe(BLACK, (0, -d * 0.15, 0.16), [(0.052, 0), (0.045, 0.015)])
        b.tube(BLACK, [(0, -d * 0.38, 0.15), (0, -d * 0.48, 0.12), (0, -d * 0.4, 0.07)], 0.008)
    else:  # a spout above a grate
        b.box("#2c2b2b", (0, -d * 0.15, 0.043), (w * 0.8, d * 0.5, 0.008))
        b.lathe(STEEL, (0, -d * 0.18, h - 0.15), [(0.02, 0), (0.035, 0.05)])
        b.tube(BLACK, [(0, -d * 0.2, h - 0.12), (0, -d * 0.55, h - 0.13)], 0.012)
        b.lathe(WHITE, (0, -d * 0.18, 0.048), [(0.025, 0), (0.036, 0.055), (0.03, 0.05)])

    b.box(glow("#8fc8f0", 0.8), (0, -d / 2 - 0.001, h - 0.05), (w * 0.3, 0.004, 0.03))
    return b.cylinder(STEEL, (w * 0.32, -d / 2 - 0.012, h - 0.05), 0.014, 0.014, axis="y")


APPLIANCE_DESIGNS = {
    "stove": build_stove,
    "oven": build_oven,
    "dishwasher": build_dishwasher,
    "range hood": build_range_hood,
    "fridge": build_fridge,
    "washing machine": build_washing_machine,
    "microwave": build_microwave,
    "kettle": build_kettle,
    "toaster": build_toaster,
    "coffee machine": build_coffee_machine,
}
