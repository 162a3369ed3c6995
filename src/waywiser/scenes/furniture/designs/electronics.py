"""Parametric devices for sound, play and calls.

Every function draws variant `v` (0 to 5) of one category, in meters; variants differ in more than
color.
"""

import math

from waywiser.scenes.furniture.designs.parts import arc
from waywiser.scenes.furniture.mesh_builder import MeshBuilder, glow
from waywiser.scenes.furniture.palette import (
    BEIGE,
    BLACK,
    BLUE,
    CHARCOAL,
    GRAY,
    GREEN,
    OAK,
    RED,
    STEEL,
    TEAL,
    WALNUT,
    WHITE,
)

_DARK = "#17191c"


def _add_cone(b: MeshBuilder, color: str, at: tuple[float, float, float], r: float) -> None:
    """A driver of a loudspeaker: a bright rim, a recessed cone and a dome."""
    x, y, z = at
    discs = ((STEEL, 1.0, 0.0), (BLACK, 0.9, 0.004), (color, 0.76, 0.006), (GRAY, 0.28, 0.011))
    for shade, share, lift in discs:
        profile = [(r * share * 0.94, 0.0), (r * share, 0.004), (r * share, 0.012)]
        b.lathe(shade, (x, y - 0.008 - lift, z), profile, "y", 22)


def build_speaker(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.2, 0.22, 0.17, 0.25, 0.2, 0.28)[v]
    d = (0.24, 0.28, 0.2, 0.32, 0.22, 0.3)[v]
    h = (0.34, 0.95, 0.28, 1.05, 0.36, 0.6)[v]
    body = (WALNUT, OAK, WHITE, CHARCOAL, "#b5793f", "#3b4252")[v]
    cone = ("#3a3d42", "#2f3338", "#c9a13a", "#d8d3c8", "#3a3d42", "#4a4e54")[v]
    plate = (BLACK, BLACK, "#dcdad4", "#33363b", "#efe6d4", "#2b303b")[v]
    y = -d / 2 + 0.022
    low = 0.03 if v in (1, 3) else 0.0
    b.box(body, (0, 0.008, low + (h - low) / 2), (w, d - 0.02, h - low))
    b.soft_box(
        plate, (0, y - 0.004, low + (h - low) / 2), (w - 0.018, 0.016, h - low - 0.018), 0.006
    )
    front = y - 0.012
    big = w * 0.38

    if v in (1, 3):
        b.box(BLACK, (0, 0, 0.015), (w + 0.03, d - 0.0, 0.03))
        for z in (0.3, 0.5, 0.7):
            _add_cone(b, cone, (0, front, h * z), big if z < 0.7 else big * 0.8)
        _add_cone(b, "#1f2124", (0, front, h * 0.87), w * 0.16)
    elif v == 5:  # two large ones
        _add_cone(b, cone, (0, front, h * 0.3), big)
        _add_cone(b, cone, (0, front, h * 0.68), big)
        _add_cone(b, "#1f2124", (0, front, h * 0.91), w * 0.11)
    else:
        _add_cone(b, cone, (0, front, h * 0.36), big)
        _add_cone(b, "#1f2124", (0, front, h * 0.8), w * 0.19)

    if v in (0, 2):
        b.box(glow("#7fd0ff", 1.0), (w * 0.36, front - 0.002, 0.02), (0.008, 0.004, 0.008))

    return b


def _add_controller(b: MeshBuilder, color: str, x: float, y: float, z: float) -> None:
    b.soft_box(color, (x, y, z + 0.018), (0.1, 0.05, 0.03), 0.014)
    for s in (-1, 1):
        b.soft_box(color, (x + s * 0.05, y - 0.022, z + 0.016), (0.036, 0.075, 0.03), 0.014)
        b.lathe(
            _DARK, (x + s * 0.022, y - 0.012, z + 0.03), [(0.009, 0), (0.008, 0.008)], segments=10
        )
    for k in range(4):
        a = k * math.pi / 2
        at = (x + 0.048 + 0.01 * math.cos(a), y + 0.008 + 0.01 * math.sin(a), z + 0.03)
        b.lathe((RED, GREEN, BLUE, "#e8c33a")[k], at, [(0.004, 0), (0.004, 0.004)], segments=8)
    b.box(_DARK, (x - 0.048, y + 0.008, z + 0.032), (0.022, 0.007, 0.004))
    b.box(_DARK, (x - 0.048, y + 0.008, z + 0.032), (0.007, 0.022, 0.004))


def build_game_console(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.28, 0.26, 0.3, 0.25, 0.32, 0.27)[v]
    d = (0.22, 0.2, 0.24, 0.2, 0.23, 0.21)[v]
    h = (0.05, 0.045, 0.05, 0.042, 0.05, 0.045)[v]
    body = ("#33373d", WHITE, "#c9c6c0", "#4a4e66", "#e9eaec", "#3f4a46")[v]
    trim = (glow("#5fb3ff", 1.0), "#8d9297", "#7a4f8f", RED, _DARK, glow("#8fe08a", 1.0))[v]
    deep = d - 0.1 if v in (0, 3) else d
    y = (d - deep) / 2
    front = y - deep / 2
    b.soft_box(body, (0, y, h / 2), (w, deep, h), 0.01)

    if v in (2, 3):  # cartridge slot and knobs
        b.box("#6d6a72", (0, y + 0.01, h), (w * 0.6, deep * 0.5, 0.008))
        b.box(_DARK, (0, y + 0.02, h + 0.003), (w * 0.45, 0.016, 0.006))
        for s in (-1, 1):
            b.soft_box(trim, (s * w * 0.22, front + 0.03, h), (0.05, 0.02, 0.01), 0.004)
            b.cylinder(_DARK, (s * w * 0.2, front - 0.003, h * 0.45), 0.011, 0.01, "y")
    else:  # a disc slot and a line of light
        b.box(trim, (0, front, h * 0.52), (w - 0.02, 0.004, 0.004))
        b.box(_DARK, (-w * 0.16, front - 0.001, h * 0.72), (w * 0.44, 0.004, 0.005))
        b.lathe(trim, (w * 0.36, front - 0.004, h * 0.76), [(0.008, 0), (0.008, 0.006)], "y", 14)
        for k in range(7):
            b.box(_DARK, (w * (0.1 + 0.05 * k), y + deep * 0.2, h), (0.006, deep * 0.4, 0.002))
    if v in (0, 3):  # the controller lies in front
        _add_controller(b, ("#dfe2e4", "#4a4e66")[v // 3], 0.0, -d / 2 + 0.06, 0.0)
    else:
        color = ("", "#eceae4", "#8d86a0", "", "#34383e", "#3f4a46")[v]
        _add_controller(b, color, -w * 0.14, -0.01, h - 0.004)

    return b


def build_radio(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.28, 0.24, 0.32, 0.22, 0.3, 0.26)[v]
    d = (0.11, 0.1, 0.12, 0.09, 0.13, 0.11)[v]
    h = (0.17, 0.15, 0.19, 0.14, 0.18, 0.16)[v]
    body = (WALNUT, TEAL, OAK, RED, "#d9d2c0", "#4a5560")[v]
    cloth = ("#c9b48a", "#e6e2d6", "#8a7350", "#33363b", "#9a8f7a", "#c9ccd0")[v]
    y = -d / 2 + 0.012
    b.soft_box(body, (0, 0.004, h / 2), (w, d - 0.012, h), 0.02)
    x = -w * 0.2

    if v in (1, 3, 5):  # a round loudspeaker
        _add_cone(b, cloth, (x, y - 0.002, h / 2), h * 0.38)
    else:  # cloth with bars
        b.soft_box(cloth, (x, y - 0.004, h / 2), (w * 0.5, 0.012, h * 0.78), 0.004)
        for k in range(6):
            b.box(body, (x + w * 0.075 * (k - 2.5), y - 0.01, h / 2), (0.005, 0.004, h * 0.76))

    b.box("#f4e9c6", (w * 0.25, y - 0.003, h * 0.72), (w * 0.36, 0.01, h * 0.26))
    for k in range(8):
        b.box("#5a4a36", (w * (0.1 + 0.042 * k), y - 0.008, h * 0.75), (0.002, 0.003, h * 0.1))
    b.box(RED, (w * 0.27, y - 0.009, h * 0.72), (0.003, 0.003, h * 0.22))
    for s in (-1, 1):
        knob = [(0.018, 0), (0.022, 0.006), (0.022, 0.02)]
        metal = "#e6d9b0" if v in (0, 2) else STEEL
        b.lathe(metal, (w * 0.25 + s * 0.038, y - 0.016, h * 0.32), knob, "y", 16)
        b.box(_DARK, (w * 0.25 + s * 0.038, y - 0.017, h * 0.32 + 0.01), (0.003, 0.003, 0.016))
    if v in (1, 3, 4):  # a handle
        grip = [(-w * 0.36, 0, h - 0.01), (-w * 0.34, 0, h + 0.03), (w * 0.34, 0, h + 0.03)]
        b.tube(STEEL, [*grip, (w * 0.36, 0, h - 0.01)], 0.007)
    if v in (3, 5):  # an aerial
        b.tube(STEEL, [(w * 0.4, d * 0.3, h - 0.01), (w * 0.48, d * 0.3, h + 0.085)], 0.003, 6)

    return b


def _add_handset(b: MeshBuilder, color: str, y: float, z: float, length: float) -> None:
    half = length / 2
    path = [(-half + 0.01, y, z), (-half * 0.6, y, z + 0.018), (half * 0.6, y, z + 0.018)]
    b.tube(color, [*path, (half - 0.01, y, z)], 0.014)
    for s in (-1, 1):
        at = (s * (half - 0.025), y, z - 0.016)
        b.lathe(color, at, [(0.025, 0), (0.027, 0.015), (0.015, 0.03)], segments=16)


def build_telephone(v: int) -> MeshBuilder:
    b = MeshBuilder()
    color = ("#a33a34", "#e9e4d6", "#33373d", TEAL, BEIGE, "#5a6b7a")[v]
    w = (0.19, 0.18, 0.2, 0.18, 0.19, 0.21)[v]
    d = (0.19, 0.2, 0.2, 0.18, 0.21, 0.2)[v]

    if v in (0, 2, 3):  # a dial and a cradle
        side = [(-d / 2, 0), (d / 2, 0), (d / 2, 0.065), (d * 0.2, 0.08), (-d / 2, 0.025)]
        b.prism(color, side, -w / 2 + 0.01, w / 2 - 0.01, axis="x")
        for s in (-1, 1):
            b.soft_box(color, (s * 0.045, d * 0.24, 0.085), (0.03, 0.05, 0.04), 0.008)
        for k in range(5):  # the dial, in steps up the slope
            b.lathe(
                "#efe9d8",
                (0, -0.035 + 0.002 * k, 0.042 + 0.004 * k),
                [(0.05 - 0.004 * k, 0), (0.05 - 0.004 * k, 0.006)],
            )
        b.lathe(STEEL, (0, -0.027, 0.06), [(0.02, 0), (0.02, 0.006)])
        for px, py in arc(0.034, 0.4, 5.4, 10, 0, -0.03):
            at = (px, py, 0.062 + (py + 0.03) * 0.2)
            b.lathe("#26282c", at, [(0.006, 0), (0.005, 0.003)], segments=8)
        _add_handset(b, color, d * 0.24, 0.115, w)
        cord = [(-w / 2 + 0.02, d * 0.24, 0.1), (-w / 2, 0.02, 0.04), (-w / 2 + 0.01, -0.03, 0.015)]
        return b.tube("#26282c", cord, 0.004, 6)

    side = [(-d / 2, 0), (d / 2, 0), (d / 2, 0.06), (-d / 2, 0.025)]
    b.prism(color, side, -w / 2, w / 2, axis="x")
    slope = math.atan2(0.035, d)
    for k in range(12):  # keys on the right
        x, y = 0.015 + 0.028 * (k % 3), 0.01 - 0.026 * (k // 3)
        z = 0.0445 + y * 0.035 / d
        paint = "#26282c" if v != 5 else "#e4e6e8"
        b.box(paint, (x, y, z), (0.021, 0.018, 0.008), tilt=slope - 0.0)
    y = d * 0.34
    b.box("#b9cfae", (0.042, y, 0.0445 + y * 0.035 / d), (0.08, 0.035, 0.006), tilt=slope)
    x = -w * 0.27
    for s in (-1, 1):  # the receiver lies along the left
        b.soft_box(color, (x, s * d * 0.36, 0.062 + s * 0.012), (0.05, 0.05, 0.04), 0.015)
    grip = [(x, -d * 0.36, 0.068), (x, -d * 0.2, 0.082), (x, d * 0.2, 0.096), (x, d * 0.36, 0.09)]
    b.tube(color if v != 4 else "#8a7f68", grip, 0.018)
    loop = [(x, -d * 0.4, 0.05), (x - 0.02, -d * 0.49, 0.02), (x + 0.03, -d * 0.47, 0.015)]
    return b.tube(CHARCOAL, loop, 0.004, 6)


ELECTRONICS_DESIGNS = {
    "speaker": build_speaker,
    "game console": build_game_console,
    "radio": build_radio,
    "telephone": build_telephone,
}
