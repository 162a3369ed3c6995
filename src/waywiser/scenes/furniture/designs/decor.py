"""Parametric decoration: pictures, mirrors, clocks, candles, textiles, books and globes.

Every function draws variant `v` (0 to 5) of one category, in meters; variants differ in more than
color.
"""

import math

from waywiser.scenes.furniture.designs.motifs import paint_photo, paint_picture, paint_rug
from waywiser.scenes.furniture.designs.parts import arc, circle
from waywiser.scenes.furniture.mesh_builder import MeshBuilder, glow
from waywiser.scenes.furniture.palette import (
    BLACK,
    BROWN,
    CHARCOAL,
    MUSTARD,
    OAK,
    RED,
    STEEL,
    TEAL,
    WALNUT,
    WHITE,
)

_GOLD = "#c9a552"
_SILVERED = "#c4d3da"
Outline = list[tuple[float, float]]


def _add_rim(
    b: MeshBuilder, color: str, size: tuple[float, float], edge: float, y: tuple[float, float]
) -> None:
    """A rectangular frame from z = 0 upwards; `y` is where it starts and ends."""
    w, h = size
    middle, deep = (y[0] + y[1]) / 2, y[1] - y[0]
    for s in (-1, 1):
        b.box(color, (s * (w - edge) / 2, middle, h / 2), (edge, deep, h))
        b.box(color, (0, middle, h / 2 + s * (h - edge) / 2), (w - 2 * edge, deep, edge))


def build_photo_frame(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.16, 0.21, 0.14, 0.18, 0.24, 0.2)[v]
    h = (0.21, 0.17, 0.18, 0.24, 0.19, 0.26)[v]
    d = (0.08, 0.07, 0.08, 0.09, 0.08, 0.1)[v]
    color = (OAK, STEEL, WHITE, BLACK, _GOLD, "#8fa9b5")[v]
    edge = (0.018, 0.012, 0.022, 0.02, 0.024, 0.028)[v]
    y = -d / 2
    b.box(BROWN, (0, y + 0.012, h / 2), (w - 0.004, 0.008, h - 0.004))
    _add_rim(b, color, (w, h), edge, (y, y + 0.016))
    inner = (w - 2 * edge, h - 2 * edge)
    if v in (2, 3, 5):  # a mount of white card
        b.box("#f4f1e8", (0, y + 0.008, h / 2), (inner[0], 0.004, inner[1]))
        inner = (inner[0] - 0.03, inner[1] - 0.03)
    b.image(paint_photo(v, 96, int(96 * inner[0] / inner[1])), (0, y + 0.005, h / 2), inner)
    foot = d - 0.024
    lean = math.atan2(foot, h * 0.7)
    strut = (0.04, 0.005, math.hypot(foot, h * 0.7))
    return b.box(BROWN, (0, y + 0.018 + foot / 2, h * 0.36), strut, tilt=lean)


def build_picture(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.8, 0.6, 0.45, 1.1, 0.7, 0.9)[v]
    h = (0.6, 0.6, 0.6, 0.7, 0.9, 0.62)[v]
    frame = (OAK, BLACK, WHITE, _GOLD, "", WALNUT)[v]
    edge = (0.035, 0.02, 0.03, 0.05, 0.0, 0.03)[v]
    b.box("#efe9dc", (0, 0.005, h / 2), (w - 0.006, 0.026, h - 0.006))
    if v == 4:  # a canvas without a frame
        b.box("#efe9dc", (0, 0.003, h / 2), (w, 0.03, h))
        b.image(paint_picture(v, 126, 98), (0, -0.0125, h / 2), (w, h))
        return b

    _add_rim(b, frame, (w, h), edge, (-0.02, 0.018))
    if v == 3:  # a step in the frame
        b.box("#a3823a", (0, 0, edge * 0.5), (w + 0.012, 0.03, edge * 0.4))
        b.box("#a3823a", (0, 0, h - edge * 0.5), (w + 0.012, 0.03, edge * 0.4))
    mount = 0.06 if v in (1, 2, 5) else 0.0
    inner = (w - 2 * edge - 2 * mount, h - 2 * edge - 2 * mount)
    rows = 120
    picture = paint_picture(v, rows, int(rows * inner[0] / inner[1]))
    return b.image(picture, (0, -0.009, h / 2), inner)


def _mirror_outline(v: int, w: float, h: float) -> Outline:
    if v in (1, 4):  # round or oval
        return [(x * w / 2, h / 2 + z * h / 2) for x, z in circle(1.0, n=36)]
    if v == 2:  # an arch
        r = w / 2
        return [(-r, 0.0), (r, 0.0), *[(x, h - r + z) for x, z in arc(r, 0, math.pi, 17)]]
    if v == 5:  # eight corners
        c = w * 0.22
        right = [(w / 2 - c, 0.0), (w / 2, c), (w / 2, h - c), (w / 2 - c, h)]
        return [*right, *[(-x, z) for x, z in reversed(right)]]
    return [(-w / 2, 0.0), (w / 2, 0.0), (w / 2, h), (-w / 2, h)]


def build_mirror(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.6, 0.7, 0.6, 0.45, 0.5, 0.65)[v]
    h = (0.9, 0.7, 1.0, 1.4, 0.75, 0.85)[v]
    frame = (OAK, _GOLD, BLACK, WHITE, WALNUT, CHARCOAL)[v]
    edge = (0.03, 0.03, 0.02, 0.025, 0.04, 0.015)[v]
    outline = _mirror_outline(v, w, h)
    shrink = [
        (x * (1 - 2 * edge / w), h / 2 + (z - h / 2) * (1 - 2 * edge / h)) for x, z in outline
    ]
    b.prism(frame, outline, -0.018, 0.018, axis="y")
    b.prism(_SILVERED, shrink, -0.021, -0.01, axis="y")

    for k, shine in enumerate((0.05, 0.13)):  # what is reflected: slanting streaks of light
        x = w * (-0.12 + 0.9 * shine)
        tall = h * (0.5 - 0.12 * k)
        wide = w * (0.09 - 0.05 * k)
        streak = [(x - wide, h / 2 - tall / 2), (x, h / 2 - tall / 2)]
        streak += [(x + w * 0.2, h / 2 + tall / 2), (x + w * 0.2 - wide, h / 2 + tall / 2)]
        b.prism("#e2eaee", streak, -0.0215, -0.02, axis="y")

    return b


def build_clock(v: int) -> MeshBuilder:
    b = MeshBuilder()
    r = (0.15, 0.13, 0.17, 0.14, 0.155, 0.12)[v]
    rim = (BLACK, RED, OAK, STEEL, WALNUT, TEAL)[v]
    face = (WHITE, "#fbf8ee", "#f3e8d0", "#2f3a46", "#efe6d4", WHITE)[v]
    ink = "#22252a" if v != 3 else "#f1efe8"

    if v == 5:  # a square one
        b.soft_box(rim, (0, 0.0, r), (2 * r, 0.04, 2 * r), 0.018)
        b.box(face, (0, -0.014, r), (1.78 * r, 0.014, 1.78 * r))
    else:
        b.lathe(rim, (0, -0.022, r), [(r * 0.94, 0), (r, 0.008), (r, 0.042)], "y", 36)
        b.lathe(face, (0, -0.0225, r), [(r * 0.88, -0.0), (r * 0.88, 0.01)], "y", 36)
    if v == 4:  # rays around it
        for k in range(16):
            a = 2 * math.pi * k / 16
            reach = r * (1.13 if k % 2 else 1.2)
            at = (reach * math.sin(a), 0.01, r + reach * math.cos(a))
            b.box(_GOLD, at, (0.016, 0.012, (reach - r) * 2), roll=a)

    y = -0.0235
    for k in range(12):
        a = k * math.pi / 6
        at = (r * 0.74 * math.sin(a), y, r + r * 0.74 * math.cos(a))
        long = r * (0.2 if k % 3 == 0 else 0.1)
        b.box(ink, at, (r * (0.055 if k % 3 == 0 else 0.035), 0.004, long), roll=a)
    hands = ((10, 10), (2, 50), (8, 20), (4, 0), (1, 50), (7, 5))[v]
    turns = (2 * math.pi * (hands[0] + hands[1] / 60) / 12, 2 * math.pi * hands[1] / 60)
    for k, (a, long) in enumerate(zip(turns, (r * 0.44, r * 0.66), strict=True)):
        at = (long * 0.45 * math.sin(a), y - 0.003 - 0.003 * k, r + long * 0.45 * math.cos(a))
        b.box(ink, at, (r * (0.07 - 0.02 * k), 0.003, long), roll=a)
    return b.lathe(
        RED if v in (0, 5) else _GOLD, (0, y - 0.01, r), [(r * 0.05, 0), (r * 0.06, 0.01)], "y", 12
    )


def _add_flame(b: MeshBuilder, x: float, z: float) -> None:
    b.tube(BLACK, [(x, 0, z - 0.004), (x, 0, z + 0.01)], 0.0015, 5)
    flame = [(0.002, 0), (0.006, 0.008), (0.0045, 0.018), (0.0008, 0.03)]
    b.lathe(glow("#ffd27a", 3.0), (x, 0, z + 0.006), flame, segments=10)


def build_candle(v: int) -> MeshBuilder:
    b = MeshBuilder()
    wax = ("#f1e6cf", "#a33a34", WHITE, "#d9b56a", "#7f9a86", "#e6d3d0")[v]

    if v in (1, 4):  # in a candlestick
        metal = (_GOLD, STEEL)[v // 4]
        stick = [(0.05, 0), (0.045, 0.01), (0.012, 0.025), (0.01, 0.07), (0.02, 0.08), (0.01, 0.09)]
        b.lathe(metal, (0, 0, 0), [*stick, (0.024, 0.115), (0.02, 0.12)])
        b.lathe(wax, (0, 0, 0.115), [(0.0115, 0), (0.0105, 0.15 + 0.02 * (v == 4))], segments=14)
        _add_flame(b, 0, 0.265 + 0.02 * (v == 4))
    elif v == 3:  # in a glass
        cup = [(0.032, 0), (0.04, 0.01), (0.042, 0.09), (0.039, 0.09), (0.037, 0.012)]
        b.lathe("#b9ccd0", (0, 0, 0), cup, segments=24)
        b.lathe(wax, (0, 0, 0), [(0.036, 0.006), (0.039, 0.06)], segments=24)
        b.lathe("#f4efe2", (0, 0, 0), [(0.0428, 0.03), (0.0428, 0.06)], segments=24)
        _add_flame(b, 0, 0.062)
    else:  # on a dish
        r, h = (0.032, 0, 0.04, 0, 0, 0.028)[v], (0.12, 0, 0.09, 0, 0, 0.15)[v]
        dish = (BLACK, "", OAK, "", "", _GOLD)[v]
        b.lathe(dish, (0, 0, 0), [(0.045, 0), (0.06, 0.012), (0.055, 0.012), (0.04, 0.006)])
        b.lathe(
            wax, (0, 0, 0.006), [(r, 0), (r, h), (r * 0.8, h), (r * 0.4, h - 0.006)], segments=24
        )
        _add_flame(b, 0, h + 0.002)

    return b


def build_rug(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (2.0, 1.6, 2.4, 1.7, 2.8, 1.2)[v]
    d = (1.4, 1.1, 1.7, 1.7, 2.0, 0.7)[v]
    t = 0.01
    wool = ("#b99a72", "#5a7890", "#8a9a78", "#c9b48f", "#b97f80", "#7a6652")[v]

    if v == 3:  # a round one
        for k, color in enumerate((TEAL, "#efe6d4", "#b0654a", "#efe6d4", MUSTARD)):
            r = w / 2 * (1 - 0.19 * k)
            b.lathe(color, (0, 0, 0), [(r, 0), (r, t - 0.003 + 0.0006 * k)], segments=40)
        return b

    b.box(wool, (0, 0, t / 2 - 0.0005), (w - 0.08, d, t - 0.001))
    rows = 72
    b.image(paint_rug(v, rows, int(rows * w / d)), (0, 0, t), (w - 0.08, d), axis="z")
    for s in (-1, 1):  # fringes
        count = int(d / 0.05)
        for k in range(count):
            y = d * (-0.5 + (k + 0.5) / count)
            b.box("#e9e0cc", (s * (w / 2 - 0.02), y, 0.002), (0.04, 0.018, 0.004))

    return b


DECOR_DESIGNS = {
    "photo frame": build_photo_frame,
    "framed picture": build_picture,
    "mirror": build_mirror,
    "clock": build_clock,
    "candle": build_candle,
    "rug": build_rug,
}
