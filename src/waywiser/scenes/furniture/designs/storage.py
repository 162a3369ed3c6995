"""Parametric storage furniture: cabinets, racks, shelves, and what belongs to the hall.

Every function draws variant `v` (0 to 5) of one category, in meters; variants differ in more than
color.
"""

import math

from waywiser.scenes.furniture.designs.parts import BOOK_COLORS, add_books, arc, circle
from waywiser.scenes.furniture.mesh_builder import MeshBuilder
from waywiser.scenes.furniture.palette import (
    BEIGE,
    BLACK,
    BLUE,
    BROWN,
    CHARCOAL,
    GRAY,
    GREEN,
    MUSTARD,
    OAK,
    PINE,
    RED,
    STEEL,
    TEAL,
    WALNUT,
    WHITE,
)

_SHOES = (WHITE, BROWN, BLUE, RED, "#39404f", MUSTARD, TEAL, "#a9744f")


def build_filing_cabinet(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.4, 0.42, 0.46, 0.4, 0.45, 0.42)[v]
    d = (0.58, 0.62, 0.5, 0.55, 0.6, 0.5)[v]
    h = (1.3, 0.72, 1.0, 0.68, 1.32, 1.02)[v]
    count = (4, 2, 3, 3, 4, 3)[v]
    color = ("#9aa09f", WHITE, "#5c6b73", OAK, "#7d8a6c", "#8f3f3a")[v]
    front = -d / 2 + 0.03
    low = 0.06
    b.box(CHARCOAL, (0, 0.02, low / 2), (w - 0.04, d - 0.08, low))
    b.box(color, (0, 0.015, low + (h - low) / 2), (w, d - 0.03, h - low))
    cell = (h - low - 0.03) / count

    for k in range(count):
        z = low + 0.01 + cell * (k + 0.5)
        b.box(BLACK, (0, front - 0.001, z), (w - 0.02, 0.01, cell))
        b.soft_box(color, (0, front - 0.01, z), (w - 0.03, 0.024, cell - 0.014), 0.006)
        b.box(STEEL, (0, front - 0.024, z + cell * 0.22), (0.1, 0.008, 0.05))
        b.box("#f6f2e4", (0, front - 0.028, z + cell * 0.22), (0.084, 0.004, 0.036))
        if v in (1, 3, 5):
            b.cylinder(STEEL, (0, front - 0.036, z - 0.03), 0.016, 0.03, axis="y")
        else:
            b.box(STEEL, (0, front - 0.032, z - 0.02), (0.13, 0.012, 0.018))
            b.box(BLACK, (0, front - 0.025, z - 0.034), (0.11, 0.008, 0.012))

    return b.cylinder(STEEL, (w / 2 - 0.04, front - 0.026, h - 0.035), 0.012, 0.012, axis="y")


def _add_shoe(b: MeshBuilder, color: str, at: tuple[float, float, float], is_boot: bool) -> None:
    x, y, z = at
    sole = "#e8e4da" if color != WHITE else GRAY
    b.box(sole, (x, y, z + 0.011), (0.08, 0.26, 0.022))
    b.soft_box(color, (x, y - 0.06, z + 0.045), (0.082, 0.135, 0.055), 0.026)
    tall = 0.16 if is_boot else 0.075
    b.soft_box(color, (x, y + 0.065, z + 0.02 + tall / 2), (0.078, 0.12, tall), 0.024)
    b.box(BLACK, (x, y + 0.07, z + 0.019 + tall), (0.045, 0.07, 0.006))
    b.box("#f1ece0", (x, y - 0.02, z + 0.07), (0.035, 0.05, 0.01), tilt=0.35)


def build_shoe_rack(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.7, 0.8, 0.64, 0.92, 0.76, 0.85)[v]
    h = (0.5, 0.72, 0.85, 0.46, 0.62, 0.56)[v]
    d = 0.31
    count = (2, 3, 4, 2, 3, 2)[v]
    color = (OAK, STEEL, PINE, WALNUT, WHITE, CHARCOAL)[v]
    is_metal = v in (1, 5)

    for side in (-1, 1):
        x = side * (w / 2 - 0.012)
        if is_metal:
            hoop = [(x, -d / 2 + 0.02, 0), (x, -d / 2 + 0.02, h - 0.02), (x, 0, h - 0.012)]
            hoop += [(x, d / 2 - 0.02, h - 0.02), (x, d / 2 - 0.02, 0)]
            b.tube(color, hoop, 0.012)
        else:
            b.box(color, (x, 0, h / 2), (0.024, d, h))

    pairs = int((w - 0.1) / 0.21)
    step = (h - 0.06) / count
    for k in range(count + (v in (3, 4))):
        z = 0.06 + step * k if k < count else h - 0.012
        for j in range(5):
            y = -d / 2 + 0.04 + j * (d - 0.08) / 4
            b.box(color, (0, y, z), (w - 0.03, 0.014 if is_metal else 0.04, 0.014))
        if k == count:
            continue
        for j in range(pairs):
            if (j * 3 + k * 2 + v) % 5 == 4:
                continue
            x = -w / 2 + 0.05 + (w - 0.1) * (j + 0.5) / pairs
            shoe = _SHOES[(j + 3 * k + 2 * v) % 8]
            for side in (-1, 1):
                _add_shoe(b, shoe, (x + side * 0.048, 0, z + 0.007), (j + k + v) % 4 == 0)

    return b


def _add_coat(b: MeshBuilder, color: str, a: float, r: float, top: float, long: float) -> None:
    """A coat that hangs from a hook at radius `r` in the direction `a`."""
    x, y = r * math.cos(a), r * math.sin(a)
    b.soft_box(color, (x, y, top - long / 2), (0.12, 0.24, long), 0.05, yaw=a)
    b.soft_box(color, (x * 1.02, y * 1.02, top - 0.06), (0.1, 0.16, 0.14), 0.05, yaw=a)
    for side in (-1, 1):
        sx, sy = x - side * 0.12 * math.sin(a), y + side * 0.12 * math.cos(a)
        b.soft_box(color, (sx, sy, top - 0.34), (0.08, 0.07, 0.52), 0.03, yaw=a)


def build_coat_rack(v: int) -> MeshBuilder:
    b = MeshBuilder()
    h = (1.75, 1.8, 1.7, 1.85, 1.78, 1.68)[v]
    color = (WALNUT, BLACK, OAK, STEEL, WHITE, "#a9744f")[v]
    b.lathe(
        color, (0, 0, 0.04), [(0.022, 0), (0.02, h - 0.08), (0.032, h - 0.07), (0.02, h - 0.04)]
    )

    if v in (1, 3):  # a round foot
        b.lathe(color, (0, 0, 0), [(0.2, 0), (0.2, 0.02), (0.05, 0.045)], segments=24)
    else:
        for k in range(4):
            a = math.pi / 4 + k * math.pi / 2
            c, s = math.cos(a), math.sin(a)
            b.tube(
                color, [(0, 0, 0.16), (0.16 * c, 0.16 * s, 0.1), (0.26 * c, 0.26 * s, 0.016)], 0.016
            )

    hooks = (6, 8, 4, 6, 5, 4)[v]
    for level, z in enumerate((h - 0.12, h - 0.42)):
        for k in range(hooks if level == 0 else hooks // 2):
            a = 2 * math.pi * k / (hooks if level == 0 else hooks // 2) + 0.4 * level
            c, s = math.cos(a), math.sin(a)
            path = [(0, 0, z - 0.05), (0.12 * c, 0.12 * s, z), (0.19 * c, 0.19 * s, z + 0.07)]
            b.tube(color, path, 0.009, 6)
            knob = [(0.006, 0.055), (0.016, 0.07), (0.006, 0.085)]
            b.lathe(color, (0.19 * c, 0.19 * s, z), knob, segments=7)

    reach = 0.15
    coats = ((BLUE, -1.3), (), ("#8a5a3c", -2.0), (GREEN, -0.9), (), (RED, -1.6))[v]
    if coats:
        _add_coat(b, coats[0], coats[1], reach, h - 0.12, (0.95, 0, 0.8, 1.05, 0, 0.75)[v])
    if v in (0, 3):
        _add_coat(b, (BEIGE, CHARCOAL)[v // 3], 1.9, reach, h - 0.12, 0.8)
    if v in (1, 2, 4):  # a hat and a scarf
        b.lathe(BROWN, (0, 0, h - 0.08), [(0.15, 0), (0.155, 0.008), (0.09, 0.02), (0.08, 0.1)])
        b.lathe(BLACK, (0, 0, h - 0.06), [(0.092, 0), (0.089, 0.025)])
        b.soft_box(MUSTARD, (0.14, -0.1, h - 0.42), (0.09, 0.05, 0.62), 0.02, yaw=-0.6)

    return b


def build_wall_shelf(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.8, 1.0, 0.65, 1.15, 0.7, 0.9)[v]
    d = (0.22, 0.24, 0.2, 0.25, 0.2, 0.23)[v]
    h = (0.3, 0.62, 0.65, 0.32, 0.7, 0.34)[v]
    color = (OAK, WHITE, WALNUT, PINE, "#39444f", OAK)[v]
    t = 0.022
    count = (1, 2, 3, 1, 3, 1)[v]
    step = (h - t) / count if v in (1, 2, 4) else h - 0.02

    for k in range(count + (v in (1, 2, 4))):  # boards
        b.box(color, (0, 0, t / 2 + k * step), (w, d, t))
    if v in (1, 2, 4):
        for side in (-1, 1):
            b.box(color, (side * (w - t) / 2, 0, h / 2), (t, d, h))
        b.box(color, (0, d / 2 - 0.004, h / 2), (w, 0.008, h))
    else:  # brackets
        for side in (-1, 1):
            x = side * w * 0.36
            b.box(BLACK, (x, d / 2 - 0.006, t + 0.08), (0.03, 0.012, 0.16))
            b.box(BLACK, (x, 0, t + 0.003), (0.03, d - 0.01, 0.006))

    front = -d / 2 + 0.015
    room = (d - 0.03, min(step - t, 0.3))
    for k in range(count):
        z = t + k * step
        end = w / 2 - 0.03 if (k + v) % 3 == 0 else w * 0.05
        add_books(b, -w / 2 + 0.03, end, front, z, room, 3 * v + 5 * k)
        if end < w * 0.2:
            _add_shelf_things(b, w * 0.28, z, v + k)

    return b


def _add_shelf_things(b: MeshBuilder, x: float, z: float, n: int) -> None:
    """A box with a label, a vase and a bowl, or a plant, on a board."""
    if n % 3 == 0:
        b.box(BOOK_COLORS[n % 10], (x, 0, z + 0.06), (0.2, 0.15, 0.12))
        b.box(BEIGE, (x, 0, z + 0.125), (0.21, 0.16, 0.025))
        b.box("#f6f2e4", (x, -0.077, z + 0.06), (0.07, 0.005, 0.03))
    elif n % 3 == 1:
        vase = [(0.025, 0), (0.045, 0.05), (0.03, 0.11), (0.022, 0.13), (0.03, 0.15)]
        b.lathe(TEAL, (x - 0.06, 0, z), vase)
        b.lathe(MUSTARD, (x + 0.07, 0, z), [(0.03, 0), (0.055, 0.045), (0.05, 0.045), (0.02, 0.01)])
    else:
        b.lathe("#b0654a", (x, 0, z), [(0.04, 0), (0.055, 0.08), (0.045, 0.075)])
        for k in range(8):
            b.leaf(GREEN, (x, 0, z + 0.07), 0.8 * k, 0.07, 0.05 + 0.012 * (k % 3), 0.04)


def _add_umbrella(b: MeshBuilder, color: str, x: float, y: float, lean: float, top: float) -> None:
    """A closed umbrella with a crook for a handle."""
    foot = (x * 0.5, y * 0.5, 0.05)
    tip = (x + lean * 0.3, y, top - 0.1)
    middle = tuple(p * 0.2 + q * 0.8 for p, q in zip(foot, tip, strict=True))
    b.tube(color, [foot, (middle[0], middle[1], middle[2])], 0.026)
    b.tube(STEEL, [foot, tip], 0.006)
    crook = [(tip[0] - 0.035 + px, tip[1], tip[2] + pz) for px, pz in arc(0.035, 0, 3.4, 7)]
    b.tube(BROWN, [(tip[0], tip[1], tip[2] - 0.08), *crook], 0.011, 6)


def build_umbrella_stand(v: int) -> MeshBuilder:
    b = MeshBuilder()
    r = (0.12, 0.13, 0.115, 0.14, 0.12, 0.125)[v]
    h = (0.5, 0.48, 0.55, 0.46, 0.52, 0.5)[v]
    color = ("#b0654a", BLACK, STEEL, OAK, TEAL, WHITE)[v]

    if v in (1, 3):  # rods between rings
        b.lathe(color, (0, 0, 0), [(r, 0), (r, 0.02)], segments=24)
        for z in (0.05, h * 0.55, h):
            ring = circle(r, n=20)
            b.tube(color, [(x, y, z) for x, y in [*ring, ring[0]]], 0.008, 6)
        for x, y in circle(r, n=10):
            b.tube(color, [(x, y, 0.01), (x, y, h)], 0.006, 6)
    else:
        wall = [(r * 0.8, 0), (r * 0.85, h * 0.4), (r, h), (r - 0.01, h)]
        wall += [(r * 0.8, h * 0.4), (r * 0.4, 0.02)]
        b.lathe(color, (0, 0, 0), wall, segments=24)
        for z in (0.2, 0.8):
            band = r * (0.83 + 0.17 * z)
            ring = circle(band, n=20)
            b.tube(
                WHITE if v != 5 else BLUE, [(x, y, h * z) for x, y in [*ring, ring[0]]], 0.008, 6
            )

    colors = (BLUE, RED, "#2f3a46", MUSTARD, GREEN, "#7a4a78")
    for k in range((2, 3, 1, 2, 2, 3)[v]):
        a = 2.2 * k + 0.5 * v
        x, y = r * 0.6 * math.cos(a), r * 0.6 * math.sin(a)
        lean = 0.02 if x > 0 else -0.02
        _add_umbrella(b, colors[(k + v) % 6], x, y, lean, 0.86 - 0.04 * k)

    return b


STORAGE_DESIGNS = {
    "filing cabinet": build_filing_cabinet,
    "shoe rack": build_shoe_rack,
    "coat rack": build_coat_rack,
    "wall shelf": build_wall_shelf,
    "umbrella stand": build_umbrella_stand,
}
