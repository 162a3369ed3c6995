"""Parametric toys.

Every function draws variant `v` (0 to 5) of one category, in meters; variants differ in more than
color.
"""

import math

from waywiser.scenes.furniture.designs.parts import circle
from waywiser.scenes.furniture.mesh_builder import MeshBuilder
from waywiser.scenes.furniture.palette import (
    BEIGE,
    BLACK,
    BLUE,
    BROWN,
    CHARCOAL,
    GREEN,
    MUSTARD,
    OAK,
    RED,
    STEEL,
    TEAL,
    WALNUT,
    WHITE,
)

_DARK = "#1f2124"


def build_teddy_bear(v: int) -> MeshBuilder:
    """A sitting bear."""
    b = MeshBuilder()
    k = (0.36, 0.3, 0.42, 0.34, 0.46, 0.28)[v]  # the height
    fur = ("#a9744a", "#e0c79d", "#7a4f33", "#c98f5a", "#8f8f94", "#f0ebe2")[v]
    pale = ("#d9b48a", "#f6ead2", "#c9a27a", "#f0d9b0", "#d9d9da", "#e9c4c0")[v]
    bow = (RED, BLUE, GREEN, "", MUSTARD, "#c4647f")[v]
    chub = (1.0, 1.12, 0.95, 1.05, 1.0, 1.1)[v]

    b.ellipsoid(fur, (0, 0.02 * k, 0.31 * k), (0.25 * k * chub, 0.22 * k, 0.3 * k))
    b.ellipsoid(pale, (0, -0.1 * k, 0.3 * k), (0.16 * k, 0.12 * k, 0.2 * k))
    b.ellipsoid(fur, (0, -0.02 * k, 0.73 * k), (0.22 * k, 0.2 * k, 0.2 * k))
    b.ellipsoid(pale, (0, -0.19 * k, 0.68 * k), (0.1 * k, 0.09 * k, 0.08 * k))
    for s in (-1, 1):
        ear = [(0.05 * k, 0), (0.1 * k, 0.02 * k), (0.1 * k, 0.05 * k), (0.05 * k, 0.07 * k)]
        b.lathe(fur, (s * 0.18 * k, -0.04 * k, 0.9 * k), ear, "y", 14)
        b.lathe(
            pale, (s * 0.18 * k, -0.05 * k, 0.9 * k), [(0.05 * k, 0), (0.06 * k, 0.02 * k)], "y", 12
        )
        b.ellipsoid(fur, (s * 0.29 * k * chub, -0.1 * k, 0.42 * k), (0.09 * k, 0.17 * k, 0.11 * k))
        b.ellipsoid(fur, (s * 0.2 * k * chub, -0.25 * k, 0.11 * k), (0.11 * k, 0.2 * k, 0.11 * k))
        b.lathe(
            pale,
            (s * 0.2 * k * chub, -0.45 * k, 0.12 * k),
            [(0.05 * k, 0), (0.08 * k, 0.03 * k)],
            "y",
            14,
        )
        eye = [(0.01 * k, 0), (0.026 * k, 0.012 * k), (0.026 * k, 0.04 * k)]
        b.lathe(_DARK, (s * 0.085 * k, -0.215 * k, 0.78 * k), eye, "y", 10)

    b.lathe(
        _DARK,
        (0, -0.29 * k, 0.71 * k),
        [(0.01 * k, 0), (0.04 * k, 0.02 * k), (0.03 * k, 0.05 * k)],
        "y",
        10,
    )
    if bow:
        for s in (-1, 1):
            wing = [(0, 0.52 * k), (s * 0.13 * k, 0.46 * k), (s * 0.13 * k, 0.6 * k), (0, 0.55 * k)]
            b.prism(bow, wing if s > 0 else wing[::-1], -0.23 * k, -0.19 * k, axis="y")
        b.soft_box(bow, (0, -0.22 * k, 0.535 * k), (0.06 * k, 0.05 * k, 0.06 * k), 0.01)
    else:  # a scarf
        ring = [(x * 0.15 * k, y * 0.14 * k, 0.56 * k) for x, y in circle(1.0, n=12)]
        b.tube(TEAL, [*ring, ring[0]], 0.038 * k, 6)
        b.soft_box(TEAL, (0.09 * k, -0.2 * k, 0.42 * k), (0.08 * k, 0.04 * k, 0.26 * k), 0.012)

    return b


def _add_wheels(b: MeshBuilder, half: tuple[float, float], r: float, rim: str) -> None:
    x, y = half
    for sx in (-1, 1):
        for sy in (-1, 1):
            left = sx * x - 0.015
            b.lathe(_DARK, (left, sy * y, r), [(r, 0), (r, 0.03)], "x", 18)
            hub = sx * (x + 0.016)
            b.lathe(
                rim,
                (min(hub, hub - sx * 0.01), sy * y, r),
                [(r * 0.55, 0), (r * 0.55, 0.01)],
                "x",
                12,
            )


def _add_racing_body(
    b: MeshBuilder, paint: str, size: tuple[float, float, float], low: float
) -> None:
    """The body of a racing car `low` meters above the floor."""
    w, d, h = size
    nose = [(-w * 0.14, -d / 2), (w * 0.14, -d / 2), (w * 0.3, d * 0.1), (w * 0.3, d * 0.45)]
    nose += [(-w * 0.3, d * 0.45), (-w * 0.3, d * 0.1)]
    b.prism(paint, nose, low, low + 0.035)
    b.soft_box(_DARK, (0, d * 0.08, low + 0.035), (0.05, 0.07, 0.012), 0.005)
    b.ellipsoid(WHITE, (0, d * 0.1, low + 0.045), (0.022, 0.022, 0.022))
    b.box(WHITE, (0, -d * 0.14, low + 0.0355), (0.018, d * 0.5, 0.002))
    b.box(paint, (0, d * 0.45, h), (w, 0.04, 0.01))
    for s in (-1, 1):
        b.box(CHARCOAL, (s * w * 0.25, d * 0.45, h - 0.02), (0.008, 0.03, 0.045))
    b.box(paint, (0, -d * 0.45, low + 0.01), (w, 0.035, 0.01))


def build_toy_car(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.14, 0.16, 0.15, 0.16, 0.17, 0.13)[v]
    d = (0.28, 0.4, 0.32, 0.36, 0.38, 0.22)[v]
    h = (0.12, 0.2, 0.09, 0.19, 0.15, 0.13)[v]
    paint = (RED, MUSTARD, BLUE, "#c4392f", GREEN, TEAL)[v]
    r = (0.03, 0.042, 0.034, 0.036, 0.042, 0.028)[v]
    pane = "#a9cbd8"
    low = r * 0.8

    if v == 2:  # a racing car
        _add_racing_body(b, paint, (w, d, h), low)
    elif v in (1, 3):  # a tipper and a bus
        body = h - low
        b.box(CHARCOAL, (0, 0, low + 0.012), (w * 0.8, d - 0.02, 0.024))
        long = 0.13 if v == 1 else d
        y = -d / 2 + long / 2
        b.soft_box(paint, (0, y, low + body / 2), (w, long, body), 0.014)
        b.box(pane, (0, -d / 2 - 0.001, low + body * 0.66), (w * 0.8, 0.006, body * 0.34))
        count = 1 if v == 1 else 5
        for k in range(count):
            at = y + (k - (count - 1) / 2) * long / count
            b.box(pane, (0, at, low + body * 0.66), (w + 0.004, long / count * 0.7, body * 0.32))
        if v == 1:
            bed = d - long - 0.01
            y = d / 2 - bed / 2
            b.box(RED, (0, y, low + 0.04), (w, bed, 0.012))
            for s in (-1, 1):
                b.box(RED, (s * (w / 2 - 0.006), y, low + 0.075), (0.012, bed, 0.08))
                b.box(RED, (0, y + s * (bed / 2 - 0.006), low + 0.075), (w - 0.024, 0.012, 0.08))
            b.ellipsoid("#9a7a50", (0, y, low + 0.075), (w * 0.38, bed * 0.42, 0.06))
        else:
            b.box(WHITE, (0, 0, low + body * 0.4), (w + 0.005, d * 0.96, 0.012))
    else:  # a body with a cabin
        b.soft_box(paint, (0, 0, low + (h - low) * 0.28), (w, d, (h - low) * 0.56), 0.018)
        long = d * (0.5, 0, 0, 0, 0.42, 0.6)[v]
        back = (0.03, 0, 0, 0, -0.02, 0.02)[v]
        top = (h - low) * 0.52
        z = h - top / 2
        side = [(back - long / 2, z - top / 2), (back + long / 2, z - top / 2)]
        side += [(back + long * 0.38, h), (back - long * 0.28, h)]
        b.prism(pane, side, -w * 0.44, w * 0.44, axis="x")
        b.soft_box(paint, (0, back + long * 0.05, h - 0.006), (w * 0.9, long * 0.68, 0.014), 0.006)
        for y in (back - long * 0.02, back + long * 0.4):
            b.box(paint, (0, y, z), (w * 0.89, 0.012, top))
        if v == 4:  # a pick-up's load
            b.box(_DARK, (0, d * 0.33, low + (h - low) * 0.56), (w * 0.8, d * 0.24, 0.004))
            b.lathe(
                OAK, (-0.05, d * 0.33, low + (h - low) * 0.6), [(0.025, 0), (0.025, 0.1)], "x", 12
            )

    front = -d / 2
    for s in (-1, 1):
        if v != 2:
            lamp = [(0.012, 0), (0.016, 0.004), (0.016, 0.012)]
            b.lathe("#f6efc2", (s * w * 0.33, front - 0.004, low + (h - low) * 0.26), lamp, "y", 12)
            b.box(
                RED if v != 3 else MUSTARD,
                (s * w * 0.36, -front, low + 0.03),
                (0.024, 0.006, 0.014),
            )
    if v != 2:
        b.soft_box(STEEL, (0, front + 0.002, low + 0.006), (w * 0.94, 0.02, 0.016), 0.006)
    _add_wheels(b, (w * 0.5 - 0.008, d * 0.3), r, (STEEL, RED, MUSTARD, WHITE, STEEL, WHITE)[v])
    return b


def _add_ball_rings(b: MeshBuilder, color: str, r: float, thick: float, kind: int) -> None:
    """Seams along great circles, and beside them for a basketball."""
    ring = circle(r, n=28)
    loops = [[(x, y, r) for x, y in ring], [(x, 0.0, r + y) for x, y in ring]]
    loops.append([(0.0, x, r + y) for x, y in ring])
    if kind == 0:
        for s in (-1, 1):
            inner = circle(r * 0.8, n=24)
            loops.append([(s * r * 0.6, x, r + y) for x, y in inner])
    for loop in loops:
        b.tube(color, [*loop, loop[0]], thick, 5)


def build_ball(v: int) -> MeshBuilder:
    b = MeshBuilder()
    r = (0.12, 0.11, 0.14, 0.105, 0.13, 0.1)[v]
    color = ("#c9702f", WHITE, "", "#e6c93f", "", "#b83a3a")[v]

    if v in (2, 4):  # a beach ball of colored bands
        bands = (
            (RED, WHITE, BLUE, WHITE, MUSTARD),
            (TEAL, "#f2ead2", "#d77a9a", "#f2ead2", GREEN),
        )[v // 4]
        edges = [math.pi * (k / 5 - 0.5) for k in range(6)]
        for paint, low, high in zip(bands, edges, edges[1:], strict=False):
            angles = [low + (high - low) * k / 4 for k in range(5)]
            angles = [min(max(a, -1.54), 1.54) for a in angles]
            profile = [(r * math.cos(a), r * math.sin(a)) for a in angles]
            b.lathe(paint, (0, 0, r), profile, "z" if v == 2 else "x", 24)
        return b

    angles = [math.pi * (k - 6) / 12.2 for k in range(13)]
    b.lathe(color, (0, 0, r), [(r * math.cos(a), r * math.sin(a)) for a in angles], segments=24)
    if v == 1:  # a football's dark patches
        golden = (1 + math.sqrt(5)) / 2
        long = math.sqrt(1 + golden**2)
        for s in (-1, 1):
            for t in (-1, 1):
                for corner in ((0, s, t * golden), (s, t * golden, 0), (t * golden, 0, s)):
                    x, y, z = (q / long * r for q in corner)
                    ends = [(x * q, y * q, r + z * q) for q in (0.8, 0.985)]
                    b.tube(_DARK, ends, r * 0.27, 5)
                    ends = [(x * q, y * q, r + z * q) for q in (0.9, 1.005)]
                    b.tube(_DARK, ends, r * 0.2, 5)
    elif v == 5:  # dots
        for k in range(20):
            up = 1 - 2 * (k + 0.5) / 20
            a = 2.4 * k
            flat = math.sqrt(1 - up**2)
            x, y, z = flat * math.cos(a) * r, flat * math.sin(a) * r, up * r
            b.tube(WHITE, [(x * q, y * q, r + z * q) for q in (0.8, 1.005)], r * 0.13, 9)
    else:
        _add_ball_rings(b, (_DARK, BLUE)[v // 3], r, 0.003, v)

    return b


def build_dollhouse(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.7, 0.6, 0.8, 0.65, 0.75, 0.9)[v]
    d = (0.3, 0.28, 0.34, 0.3, 0.32, 0.36)[v]
    h = (0.56, 0.7, 0.6, 0.5, 0.72, 0.6)[v]
    wall = ("#f0c9c4", "#e9e2d0", "#a9c7d6", "#f3e3a8", "#cfe0c6", WHITE)[v]
    roof = ("#a34a45", "#3f6f8a", "#7a4a3a", "#4f8a72", "#8a5a8f", "#5a6b7a")[v]
    rise = (0.24, 0.22, 0.26, 0.22, 0.26, 0.28)[v]
    floors = (2, 3, 2, 2, 3, 2)[v]
    t = 0.014
    step = (h - t) / floors

    b.box(wall, (0, d / 2 - t / 2, h / 2), (w, t, h))
    for s in (-1, 1):
        b.box(wall, (s * (w - t) / 2, 0, h / 2), (t, d, h))
        b.box("#bcd6e0", (s * w / 2, 0, h * 0.7), (0.006, 0.08, 0.1))
    for k in range(floors + 1):
        b.box("#d2a877", (0, 0, t / 2 + k * step), (w, d, t))

    papers = ("#f6d98a", "#9fc7b0", "#e3a3a0", "#a9b9dc", "#f0e3c4", "#d9b6d6")
    x = w * (-0.08, 0.06, 0.1, -0.1, 0.0, 0.12)[v]
    for k in range(floors):
        z = t + k * step
        b.box(wall, (x, 0.01, z + step / 2), (t, d - 0.02, step))
        for s, (left, right) in enumerate(((-w / 2 + t, x - t / 2), (x + t / 2, w / 2 - t))):
            middle, wide = (left + right) / 2, right - left
            paper = papers[(2 * k + s + v) % 6]
            b.box(paper, (middle, d / 2 - t - 0.002, z + step / 2 - t / 2), (wide, 0.004, step - t))
            b.box("#bcd6e0", (middle, d / 2 - t - 0.005, z + step * 0.62), (0.08, 0.004, 0.08))
            _add_doll_furniture(b, (middle, 0.02, z), wide, (2 * k + s + v) % 4)

    eaves = d / 2 + 0.015
    b.prism(wall, [(-w / 2, h), (w / 2, h), (0, h + rise - 0.03)], -d / 2 + 0.03, d / 2, axis="y")
    for s in (-1, 1):
        slope = [
            (s * (w / 2 + 0.025), h - 0.02),
            (s * (w / 2 + 0.025), h),
            (0, h + rise),
            (0, h + rise - 0.035),
        ]
        b.prism(roof, slope if s > 0 else slope[::-1], -eaves, eaves, axis="y")
    b.lathe("#bcd6e0", (0, -d / 2 + 0.024, h + rise * 0.38), [(0.04, 0), (0.04, 0.01)], "y", 16)
    return b.box("#a5645a", (w * 0.27, d * 0.15, h + rise * 0.62), (0.06, 0.06, rise * 0.7))


def _add_doll_furniture(
    b: MeshBuilder, at: tuple[float, float, float], room: float, kind: int
) -> None:
    """A bed, a table with stools, a sofa or a cupboard."""
    x, y, z = at
    if kind == 0:
        b.box(WALNUT, (x, y, z + 0.02), (min(0.2, room * 0.7), 0.1, 0.04))
        b.soft_box(BLUE, (x + 0.015, y, z + 0.045), (min(0.15, room * 0.5), 0.096, 0.02), 0.008)
        b.box(WALNUT, (x - min(0.2, room * 0.7) / 2, y, z + 0.045), (0.01, 0.1, 0.09))
    elif kind == 1:
        b.lathe(
            OAK, (x, y, z), [(0.03, 0), (0.01, 0.01), (0.01, 0.06), (0.055, 0.062), (0.055, 0.07)]
        )
        for s in (-1, 1):
            b.lathe(RED, (x + s * 0.085, y, z), [(0.02, 0), (0.024, 0.04)], segments=10)
    elif kind == 2:
        b.soft_box(TEAL, (x, y, z + 0.025), (0.16, 0.08, 0.05), 0.012)
        b.soft_box(TEAL, (x, y + 0.035, z + 0.05), (0.16, 0.025, 0.1), 0.01)
    else:
        b.box(BEIGE, (x, y + 0.03, z + 0.07), (0.12, 0.06, 0.14))
        b.box(BROWN, (x, y - 0.001, z + 0.07), (0.004, 0.004, 0.13))
        for s in (-1, 1):
            b.box(BLACK, (x + s * 0.012, y - 0.002, z + 0.08), (0.006, 0.006, 0.02))


LEISURE_DESIGNS = {
    "teddy bear": build_teddy_bear,
    "toy car": build_toy_car,
    "ball": build_ball,
    "dollhouse": build_dollhouse,
}
