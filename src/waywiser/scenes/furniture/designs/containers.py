"""Parametric boxes, baskets, tubs and luggage.

Every function draws variant `v` (0 to 5) of one category, in meters; variants differ in more than
color.
"""

import math

from waywiser.scenes.furniture.designs.parts import arc, circle
from waywiser.scenes.furniture.mesh_builder import MeshBuilder, glass
from waywiser.scenes.furniture.palette import (
    BEIGE,
    BLUE,
    CHARCOAL,
    GRAY,
    GREEN,
    MUSTARD,
    OAK,
    PINE,
    RED,
    TEAL,
    WALNUT,
    WHITE,
)

_BRIGHT = (RED, MUSTARD, BLUE, GREEN, "#d77a9a", TEAL)
_CLOTHES = ("#6f8fae", WHITE, "#b65a54", BEIGE, "#5c6b58", "#e2b6b0")


def _add_open_box(
    b: MeshBuilder, color: str, size: tuple[float, float, float], wall: float, z0: float = 0.0
) -> None:
    """Four walls and a floor."""
    w, d, h = size
    b.box(color, (0, 0, z0 + wall / 2), (w, d, wall))
    for s in (-1, 1):
        b.box(color, (s * (w - wall) / 2, 0, z0 + h / 2), (wall, d, h))
        b.box(color, (0, s * (d - wall) / 2, z0 + h / 2), (w - 2 * wall, wall, h))


def _add_heap(b: MeshBuilder, room: tuple[float, float], z: float, n: int) -> None:
    """Crumpled clothes."""
    w, d = room
    for k in range(5):
        a = 2.4 * k + n
        at = (w * 0.26 * math.cos(a), d * 0.26 * math.sin(a), z + 0.012 * (k % 3))
        size = (w * 0.5, d * 0.44, 0.1)
        b.soft_box(_CLOTHES[(k + n) % 6], at, size, 0.045, tilt=0.25 * math.sin(a), yaw=a)


def build_toy_box(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.75, 0.7, 0.85, 0.65, 0.8, 0.72)[v]
    d = (0.42, 0.4, 0.45, 0.4, 0.44, 0.42)[v]
    h = (0.42, 0.4, 0.46, 0.4, 0.5, 0.44)[v]
    color = (WHITE, "#e7b94a", PINE, "#7fb0c9", OAK, "#d98a8a")[v]
    lid = (_BRIGHT[2], RED, PINE, WHITE, WALNUT, TEAL)[v]
    is_open = v in (1, 3, 5)

    if is_open:
        _add_open_box(b, color, (w, d - 0.03, h), 0.02)
        for k in range(7):  # toys that look out
            a = 2.4 * k
            x, y = w * 0.34 * math.cos(a), d * 0.27 * math.sin(a)
            if k % 2:
                b.ellipsoid(_BRIGHT[(k + v) % 6], (x, y, h - 0.03), (0.07, 0.07, 0.07))
            else:
                block = (0.12, 0.1, 0.12)
                b.box(_BRIGHT[(k + v) % 6], (x, y, h - 0.02), block, tilt=0.4, yaw=a)
        b.box("#8a6a4a", (0, 0, h * 0.7), (w - 0.05, d - 0.08, 0.02))
    else:
        b.box(color, (0, 0, h / 2), (w, d - 0.03, h))
        b.soft_box(lid, (0, 0, h + 0.015), (w + 0.02, d, 0.03), 0.01)

    front = -(d - 0.03) / 2
    if v == 2:  # boards with a gap for the fingers
        for k in range(3):
            b.box("#c9a26f", (0, front - 0.002, h * (k + 1) / 4), (w, 0.004, 0.008))
        b.soft_box("#5a3d28", (0, front - 0.001, h - 0.04), (0.16, 0.006, 0.03), 0.003)
    elif v == 4:
        for x in (-w / 3, w / 3):
            b.box(WALNUT, (x, front - 0.004, h / 2), (0.06, 0.008, h))
        b.soft_box(MUSTARD, (0, front - 0.008, h - 0.05), (0.07, 0.016, 0.09), 0.006)
    else:
        for k in range(4):  # colored shapes
            x = w * (-0.33 + 0.22 * k)
            paint = _BRIGHT[(k + v) % 6]
            if (k + v) % 3 == 0:
                dots = [(x + px, h * 0.5 + pz) for px, pz in circle(0.06, n=16)]
            elif (k + v) % 3 == 1:
                dots = [(x - 0.06, h * 0.4), (x + 0.06, h * 0.4), (x, h * 0.66)]
            else:
                star = [0.068 if j % 2 else 0.03 for j in range(10)]
                turn = [math.pi * (j + 0.5) / 5 for j in range(10)]
                dots = [
                    (x + r * math.cos(a), h * 0.5 + r * math.sin(a))
                    for r, a in zip(star, turn, strict=True)
                ]
            b.prism(paint, dots, front - 0.006, front + 0.002, axis="y")

    return b


def _weave(r0: float, r1: float, h: float, rows: int) -> list[tuple[float, float]]:
    """Profile of woven walls, which swell with every row."""
    profile = [(r0 * 0.98, 0.0)]
    for k in range(rows):
        low, high = (k + 0.1) / rows, (k + 0.5) / rows
        profile.append((r0 + (r1 - r0) * low, h * low))
        profile.append(((r0 + (r1 - r0) * high) * 1.025, h * high))
    return [*profile, (r1, h), (r1 - 0.016, h), (r0 - 0.02, h * 0.25)]


def _add_staves(b: MeshBuilder, color: str, r0: float, r1: float, h: float, count: int) -> None:
    for k in range(count):
        a = 2 * math.pi * k / count
        c, s = math.cos(a), math.sin(a)
        b.tube(color, [(r0 * c, r0 * s, 0.008), (r1 * c, r1 * s, h)], 0.007, 5)


def build_laundry_basket(v: int) -> MeshBuilder:
    b = MeshBuilder()
    h = (0.55, 0.5, 0.6, 0.48, 0.58, 0.52)[v]
    color = ("#c49a6c", WHITE, "#8a9a94", "#7aa0b8", "#a9744f", BEIGE)[v]

    if v in (0, 2, 4):  # woven and round
        r0, r1 = 0.18, (0.21, 0.19, 0.22)[v // 2]
        b.lathe(color, (0, 0, 0), _weave(r0, r1, h, 11), segments=24)
        _add_staves(b, "#94693f" if v != 2 else WHITE, r0 * 1.02, r1 * 1.02, h, 14)
        if v == 2:  # a lid
            b.lathe(
                color, (0, 0, h), [(r1 + 0.01, 0), (r1 + 0.01, 0.02), (0.06, 0.04)], segments=24
            )
            b.lathe(OAK, (0, 0, h + 0.035), [(0.02, 0), (0.03, 0.03)])
        else:
            _add_heap(b, (0.38, 0.38), h - 0.02, v)
    else:  # plastic with slots
        w, d = (0.5, 0.46, 0.52)[v // 2], (0.38, 0.36, 0.4)[v // 2]
        _add_open_box(b, color, (w, d, h), 0.014)
        for s in (-1, 1):
            b.soft_box(color, (0, s * d / 2, h - 0.012), (w + 0.03, 0.03, 0.024), 0.01)
            b.soft_box(color, (s * w / 2, 0, h - 0.012), (0.03, d + 0.03, 0.024), 0.01)
            for row in range(4):
                for k in range(6):
                    x = w * (k - 2.5) / 6.6
                    at = (x, s * (d / 2 + 0.0005), h * (0.2 + 0.17 * row))
                    b.box(CHARCOAL, at, (w / 12, 0.003, h * 0.11))
            b.soft_box(CHARCOAL, (s * (w / 2 + 0.001), 0, h - 0.07), (0.004, 0.12, 0.03), 0.002)
        _add_heap(b, (w * 0.85, d * 0.85), h - 0.03, v)

    return b


def build_storage_tub(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.55, 0.42, 0.6, 0.38, 0.5, 0.46)[v]
    d = (0.38, 0.32, 0.42, 0.3, 0.36, 0.34)[v]
    h = (0.3, 0.24, 0.36, 0.22, 0.28, 0.32)[v]
    color = ("#a9c3cc", TEAL, "#c4ccce", "#7a5f93", "#b9c7bd", GRAY)[v]
    lid = (BLUE, WHITE, RED, "#d9d2e2", GREEN, MUSTARD)[v]
    has_window = v in (0, 2, 4)
    if has_window:  # what is inside shows through
        for k in range(4):
            x = w * (k - 1.5) * 0.21
            tall = h * (0.4 + 0.1 * ((k + v) % 3))
            b.box(_BRIGHT[(k + v) % 6], (x, 0, tall / 2 + 0.01), (w * 0.19, d * 0.75, tall))
    body = glass(color, 0.55) if has_window else color
    _add_open_box(b, body, (w * 0.94, d * 0.92, h - 0.03), 0.012)
    for s in (-1, 1):
        for k in range(3):  # ribs
            at = (w * (k - 1) * 0.3, s * d * 0.46, h * 0.45)
            b.box(color, at, (0.02, 0.008, h * 0.7))
        b.soft_box(CHARCOAL, (s * w * 0.485, 0, h - 0.05), (0.02, 0.13, 0.07), 0.008)

    b.soft_box(lid, (0, 0, h - 0.018), (w, d, 0.036), 0.014)
    b.soft_box(lid, (0, 0, h + 0.002), (w * 0.8, d * 0.76, 0.02), 0.008)
    return b.box("#f6f2e4", (0, -d * 0.46 - 0.004, h * 0.55), (0.11, 0.004, 0.06))


def build_crate(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.5, 0.44, 0.58, 0.4, 0.55, 0.46)[v]
    d = (0.34, 0.32, 0.38, 0.3, 0.36, 0.34)[v]
    h = (0.28, 0.26, 0.32, 0.28, 0.24, 0.34)[v]
    color = (PINE, RED, OAK, BLUE, WALNUT, "#c9a678")[v]

    if v in (1, 3):  # of plastic, for bottles
        _add_open_box(b, color, (w, d, h), 0.016)
        for s in (-1, 1):
            for row in range(2):
                for k in range(4):
                    at = (w * (k - 1.5) / 4.4, s * d / 2, h * (0.28 + 0.3 * row))
                    b.box("#2e2a2a", at, (w * 0.15, 0.004, h * 0.2))
            b.box("#2e2a2a", (s * w / 2, 0, h * 0.82), (0.004, 0.12, 0.05))
            b.box(color, (0, s * (d / 2 + 0.003), h - 0.012), (w + 0.012, 0.01, 0.024))
        for k in range(6):
            x, y = w * (k % 3 - 1) * 0.3, d * (k // 3 - 0.5) * 0.46
            glass_color = ("#3f5a36", "#6b4428")[v // 3]
            b.lathe(
                glass_color, (x, y, 0.02), [(0.032, 0), (0.032, 0.18), (0.012, 0.26)], segments=10
            )
            b.lathe("#d9c46a", (x, y, 0.275), [(0.014, 0), (0.014, 0.015)], segments=8)
        return b

    slats = (3, 0, 4, 0, 3, 4)[v]
    step = h / slats
    for k in range(slats):
        z = step * (k + 0.5)
        for s in (-1, 1):
            b.box(color, (0, s * (d / 2 - 0.006), z), (w, 0.012, step * 0.72))
            b.box(color, (s * (w / 2 - 0.006), 0, z), (0.012, d - 0.024, step * 0.72))
    for sx in (-1, 1):
        for sy in (-1, 1):
            b.box("#8f6b42", (sx * (w / 2 - 0.024), sy * (d / 2 - 0.024), h / 2), (0.024, 0.024, h))
    for k in range(5):
        b.box(color, (0, d * (k - 2) * 0.19, 0.012), (w - 0.03, d * 0.15, 0.012))
    for k in range(7 if v in (0, 4) else 0):  # apples or potatoes
        a = 2.4 * k
        at = (w * 0.32 * math.cos(a), d * 0.28 * math.sin(a), h * 0.75)
        b.ellipsoid(("#b8402f", "#b78d56")[v // 4], at, (0.075, 0.06, 0.06))
    if v in (0, 4):
        b.box("#9a5f3c", (0, 0, h * 0.55), (w - 0.03, d - 0.03, 0.03))

    return b


def build_cardboard_box(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.45, 0.38, 0.56, 0.34, 0.5, 0.42)[v]
    d = (0.34, 0.3, 0.4, 0.28, 0.36, 0.32)[v]
    h = (0.32, 0.3, 0.4, 0.25, 0.3, 0.34)[v]
    color = ("#b98d5c", "#c29a68", "#ad8152", "#c9a273", "#b78b58", "#a97d4e")[v]
    inner = "#94703f"

    if v in (1, 4):  # open
        w, d, h = w - 0.1, d - 0.05, h - 0.03
        _add_open_box(b, color, (w, d, h), 0.006)
        for s in (-1, 1):
            b.box(
                inner, (0, s * (d / 2 + 0.022), h + 0.03), (w, 0.005, 0.08), tilt=-s * 0.6 + s * 1.2
            )
            b.box(color, (s * (w / 2 + 0.045), 0, h + 0.025), (0.1, d, 0.005), roll=-s * 0.55)
        for k in range(4):
            tall = h * (0.75 + 0.12 * (k % 3))
            at = (w * (k - 1.5) * 0.22, 0.02 * (k % 2), tall / 2)
            b.box(_CLOTHES[(k + v) % 6], at, (w * 0.18, d * 0.7, tall))
    else:
        b.box(color, (0, 0, h / 2), (w, d, h))
        b.box(inner, (0, 0, h), (w - 0.004, 0.004, 0.002))
        b.box("#d9c39a", (0, 0, h + 0.001), (w, 0.05, 0.002))
        for s in (-1, 1):
            b.box("#d9c39a", (s * w / 2, 0, h - 0.035), (0.003, 0.05, 0.07))
            b.soft_box(CHARCOAL, (s * w / 2, 0, h * 0.62), (0.004, 0.09, 0.026), 0.002)

    front = -d / 2 - 0.001
    b.box("#f2ede0", (w * 0.22, front, h * 0.62), (w * 0.32, 0.003, h * 0.28))
    for k in range(3):
        b.box(CHARCOAL, (w * 0.2, front - 0.002, h * (0.55 + 0.06 * k)), (w * 0.2, 0.002, 0.008))
    for k in range(2):  # "this side up"
        x = -w * 0.34 + 0.05 * k
        arrow = [(x - 0.016, h * 0.32), (x + 0.016, h * 0.32), (x, h * 0.4)]
        b.prism("#6d3b22", arrow, front - 0.001, front + 0.001, axis="y")
        b.box("#6d3b22", (x, front, h * 0.25), (0.012, 0.002, h * 0.14))

    return b


def build_basket(v: int) -> MeshBuilder:
    b = MeshBuilder()
    r1 = (0.18, 0.16, 0.2, 0.15, 0.19, 0.17)[v]
    h = (0.22, 0.19, 0.26, 0.2, 0.24, 0.28)[v]
    r0 = r1 * (0.85, 0.7, 0.95, 0.8, 1.0, 0.75)[v]
    color = ("#b98a55", "#8a5f38", "#cdb083", "#7d5a3c", "#d9c9a6", "#a67c4a")[v]
    shade = ("#8f6537", "#6a4526", "#a98a5c", "#b48a5e", "#5f7f86", "#7c5730")[v]
    b.lathe(color, (0, 0, 0), _weave(r0, r1, h, (6, 5, 8, 5, 7, 8)[v]), segments=24)
    _add_staves(b, shade, r0 * 1.02, r1 * 1.02, h, 14)
    ring = circle(r1, n=24)
    b.tube(shade, [(x, y, h) for x, y in [*ring, ring[0]]], 0.012, 6)

    if v in (1, 3):  # a bow to carry it
        bow = [(x, 0.0, h + z * 0.62) for x, z in arc(r1, 0, math.pi, 11)]
        b.tube(shade, bow, 0.01, 7)
    else:
        for s in (-1, 1):
            grip = [(s * (r1 + z * 0.5), y, h + z - 0.01) for y, z in arc(0.05, 0, math.pi, 7)]
            b.tube(shade, grip, 0.009, 6)
    if v in (2, 4):  # a blanket
        _add_heap(b, (r1 * 1.7, r1 * 1.7), h - 0.02, v)
    elif v in (0, 3):  # balls of wool
        for k in range(4):
            a = 1.57 * k + 0.4
            at = (r1 * 0.45 * math.cos(a), r1 * 0.45 * math.sin(a), h * 0.85)
            b.ellipsoid(_BRIGHT[(k + v) % 6], at, (0.065, 0.065, 0.06))

    return b


CONTAINER_DESIGNS = {
    "toy box": build_toy_box,
    "laundry basket": build_laundry_basket,
    "storage tub": build_storage_tub,
    "crate": build_crate,
    "cardboard box": build_cardboard_box,
    "basket": build_basket,
}
