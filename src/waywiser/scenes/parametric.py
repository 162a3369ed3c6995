"""Parametric furniture: plain, recognisable models built from boxes and turned shapes, for machines without assets.

Each design function draws one category; its variants differ in form, proportion and colour, not in colour alone.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from waywiser.scenes._shapes import Builder
from waywiser.scenes.mesh import Mesh
from waywiser.scenes.scene import Vec3

VARIANTS = 6

OAK, WALNUT, PINE, WHITE, BLACK = "#c49a6c", "#6b4428", "#dcb98a", "#eeece6", "#2c2b2b"
STEEL, GREY, CHARCOAL = "#b4b8bc", "#8d8f92", "#4a4d52"
BLUE, GREEN, RED, MUSTARD, TEAL, BEIGE, BROWN = (
    "#3e5f8a", "#5d7f5a", "#a3423c", "#cf9f35", "#2f7f7c", "#d2c3a8", "#7d5238",
)  # fmt: skip
WOODS = (OAK, WALNUT, PINE, WHITE, "#a9744f", BLACK)
FABRICS = (BLUE, GREY, GREEN, BEIGE, RED, TEAL)


@dataclass(frozen=True)
class Design:
    """One variant of one category: `size` is its natural (width, depth, height) in metres."""

    key: str
    category: str
    size: Vec3
    mesh: Mesh


@cache
def designs() -> dict[str, Design]:
    """All parametric models by key ("parametric#chair-3")."""
    made = {}
    for category, draw in _DRAW.items():
        for variant in range(VARIANTS):
            mesh, size = draw(variant).build()
            key = f"parametric#{category.replace(' ', '-')}-{variant + 1}"
            made[key] = Design(key, category, size, mesh)
    return made


def _chair(v: int) -> Builder:
    b, wood, seat = Builder(), WOODS[v], (WOODS[v], BLUE, GREY, RED, BEIGE, TEAL)[v]
    w, d, h = (0.42, 0.48, 0.45, 0.5, 0.44, 0.52)[v], (0.44, 0.5, 0.46, 0.52, 0.42, 0.5)[v], 0.45
    if v == 3:  # office chair on a star foot
        b.rod(BLACK, (0, 0, 0.06), 0.03, 0.36)
        for k in range(5):
            a = k * 2 * math.pi / 5
            b.box(BLACK, (0.13 * math.cos(a), 0.13 * math.sin(a), 0.05), (0.06, 0.06, 0.05))
            b.ball(BLACK, (0.25 * math.cos(a), 0.25 * math.sin(a), 0.03), (0.03, 0.03, 0.03))
    else:
        b.legs(wood, w, d, h - 0.04, 0.04, 0.03)
    b.box(seat, (0, 0, h), (w, d, 0.06 if v % 2 else 0.04))
    top, back = (0.92, 0.88, 0.84, 1.02, 0.98, 0.8)[v], d / 2 - 0.02
    if v in (0, 4):  # slatted back
        for x in (-w / 2 + 0.02, w / 2 - 0.02):
            b.box(wood, (x, back, (h + top) / 2), (0.04, 0.04, top - h))
        for k in range(3):
            b.box(wood, (0, back, top - 0.04 - k * (top - h) / 4), (w - 0.04, 0.025, 0.06))
    elif v == 2:  # spindles
        for k in range(5):
            b.rod(wood, (-w / 2 + 0.03 + k * (w - 0.06) / 4, back, h), 0.012, top - h - 0.05)
        b.box(wood, (0, back, top - 0.03), (w, 0.04, 0.07))
    else:
        b.box(seat, (0, back, (h + 0.1 + top) / 2), (w * 0.95, 0.05, top - h - 0.1))
        b.box(wood, (0, back, h + 0.08), (0.08, 0.03, 0.22))
    return b


def _armchair(v: int) -> Builder:
    b, c = Builder(), ("#8a3f36", BLUE, "#6f7f5f", CHARCOAL, BEIGE, MUSTARD)[v]
    w, d, h = (
        (0.8, 0.9, 0.72, 1.0, 0.76, 0.84)[v],
        (0.8, 0.85, 0.74, 0.9, 0.78, 0.8)[v],
        (0.8, 0.9, 0.75, 0.72, 1.05, 0.82)[v],
    )
    return _upholstered(
        b, c, w, d, h, seats=1, arm=(0.14, 0.18, 0.08, 0.2, 0.1, 0.12)[v], legs=v in (2, 4, 5)
    )


def _sofa(v: int) -> Builder:
    b, c = Builder(), FABRICS[v]
    w, d, h = (
        (1.6, 2.1, 1.9, 2.4, 1.5, 1.8)[v],
        (0.85, 0.95, 0.8, 1.0, 0.78, 0.9)[v],
        (0.8, 0.75, 0.88, 0.7, 0.92, 0.82)[v],
    )
    return _upholstered(b, c, w, d, h, seats=(2, 3, 2, 3, 2, 2)[v], arm=(0.15, 0.2, 0.09, 0.24, 0.1, 0.16)[v],
                        legs=v in (2, 4))  # fmt: skip


def _upholstered(
    b: Builder, c: str, w: float, d: float, h: float, seats: int, arm: float, legs: bool
) -> Builder:
    lift = 0.14 if legs else 0.04
    if legs:
        b.legs(WALNUT, w, d, lift, 0.05, 0.06)
    b.box(c, (0, 0, lift + 0.12), (w, d, 0.24))
    for sx in (-1, 1):
        b.box(c, (sx * (w - arm) / 2, 0, lift + 0.28), (arm, d, 0.56))
    b.box(c, (0, d / 2 - 0.1, (h + lift) / 2), (w, 0.2, h - lift))
    inner = (w - 2 * arm) / seats
    for k in range(seats):
        x = -w / 2 + arm + inner * (k + 0.5)
        b.box(c, (x, -0.1, lift + 0.3), (inner - 0.03, d - 0.22, 0.14))
        b.box(
            c,
            (x, d / 2 - 0.25, lift + 0.3 + (h - lift) * 0.3),
            (inner - 0.05, 0.14, (h - lift) * 0.5),
            tilt=0.15,
        )
    return b


def _stool(v: int) -> Builder:
    b, wood = Builder(), WOODS[(v + 2) % 6]
    h, r = (0.45, 0.75, 0.48, 0.68, 0.5, 0.8)[v], (0.17, 0.18, 0.2, 0.17, 0.19, 0.16)[v]
    if v in (1, 3):  # bar stool on a foot
        b.turned(STEEL, (0, 0, 0), [(0.2, 0), (0.19, 0.02), (0.03, 0.04), (0.03, h - 0.07)])
        return b.turned((RED, BLACK)[v // 2], (0, 0, h - 0.08), [(r, 0), (r + 0.02, 0.04), (r, 0.08)])
    if v in (2, 4):  # square
        b.legs(wood, 2 * r, 2 * r, h - 0.05, 0.04, 0.03)
        return b.box((GREEN, BEIGE)[v // 4], (0, 0, h - 0.03), (2 * r, 2 * r, 0.06))
    for k in range(3 + v // 5):
        a = k * 2 * math.pi / (3 + v // 5)
        b.rod(wood, (0.75 * r * math.cos(a), 0.75 * r * math.sin(a), 0), 0.02, h - 0.04)
    b.turned(wood, (0, 0, h * 0.35), [(0.7 * r, 0), (0.7 * r, 0.02)])
    return b.turned(wood, (0, 0, h - 0.05), [(r * 0.95, 0), (r, 0.02), (r * 0.97, 0.05)])


def _bench(v: int) -> Builder:
    b, wood = Builder(), WOODS[v]
    w, d, h = (
        (1.2, 0.7, 1.5, 0.9, 1.3, 1.0)[v],
        (0.36, 0.36, 0.4, 0.42, 0.34, 0.45)[v],
        (0.45, 0.5, 0.44, 0.48, 0.42, 0.46)[v],
    )
    if v in (0, 4):
        for x in (-w / 2 + 0.08, w / 2 - 0.08):
            b.box(wood, (x, 0, h / 2), (0.05, d * 0.9, h - 0.03))
        b.box(wood, (0, 0, 0.15), (w - 0.2, 0.04, 0.06))
    else:
        b.legs(wood, w, d, h - 0.05, 0.05, 0.05)
    b.box(wood, (0, 0, h - 0.04), (w, d, 0.04))
    if v % 2:
        b.box(FABRICS[v], (0, 0, h + 0.02), (w - 0.02, d - 0.02, 0.08))
    return b


def _table(v: int) -> Builder:
    return _board(
        v,
        (1.4, 1.0, 1.8, 0.8, 1.1, 1.6)[v],
        (0.8, 1.0, 0.9, 0.8, 1.1, 0.85)[v],
        (0.75, 0.74, 0.76, 0.9, 0.73, 0.72)[v],
    )


def _coffee_table(v: int) -> Builder:
    return _board(
        v,
        (1.1, 0.75, 1.2, 0.6, 0.85, 1.0)[v],
        (0.6, 0.75, 0.65, 0.6, 0.85, 0.5)[v],
        (0.45, 0.4, 0.38, 0.5, 0.36, 0.42)[v],
    )


def _board(v: int, w: float, d: float, h: float) -> Builder:
    b, wood = Builder(), WOODS[v]
    if v in (1, 4):  # round, on a column
        b.turned(wood, (0, 0, 0), [(w * 0.28, 0), (w * 0.26, 0.03), (0.05, 0.06), (0.05, h - 0.04)])
        return b.turned(wood, (0, 0, h - 0.04), [(w / 2, 0), (w / 2, 0.04)], segments=32)
    if v == 2:  # trestles
        for x in (-w / 2 + 0.25, w / 2 - 0.25):
            b.box(wood, (x, 0, h / 2), (0.06, d * 0.5, h - 0.05)).box(
                wood, (x, 0, 0.03), (0.08, d * 0.8, 0.06)
            )
        b.box(wood, (0, 0, h * 0.3), (w - 0.5, 0.05, 0.1))
    elif v == 5:  # steel frame
        b.legs(STEEL, w, d, h - 0.03, 0.03, 0.02)
        b.box(STEEL, (0, 0, 0.1), (w - 0.04, 0.03, 0.03))
    else:
        b.legs(wood, w, d, h - 0.03, 0.07, 0.06)
        b.box(wood, (0, 0, h - 0.09), (w - 0.12, d - 0.12, 0.1))
    if v == 3:
        b.box(wood, (0, 0, h * 0.25), (w - 0.14, d - 0.14, 0.03))
    return b.box(wood, (0, 0, h - 0.02), (w, d, 0.04))


def _desk(v: int) -> Builder:
    b, wood = Builder(), WOODS[(v + 1) % 6]
    w, d, h = (
        (1.2, 1.4, 1.6, 1.0, 1.3, 1.5)[v],
        (0.6, 0.7, 0.8, 0.55, 0.6, 0.75)[v],
        (0.74, 0.75, 0.72, 0.76, 0.74, 0.73)[v],
    )
    sides = ((-1,), (1,), (-1, 1), (1,), (), (-1,))[v]
    for side in (-1, 1):
        x = side * (w / 2 - 0.22)
        if side in sides:
            b.box(wood, (x, 0, (h - 0.04) / 2 + 0.02), (0.42, d - 0.06, h - 0.08))
            for k in range(3):
                z = 0.12 + k * (h - 0.1) / 3 + 0.08
                b.box(WHITE if v % 2 else wood, (x, -d / 2 + 0.02, z), (0.38, 0.03, (h - 0.2) / 3))
                b.box(STEEL, (x, -d / 2 - 0.005, z), (0.12, 0.02, 0.02))
        else:
            b.box(
                wood if v < 3 else STEEL, (side * (w / 2 - 0.03), 0, h / 2 - 0.02), (0.04, d - 0.1, h - 0.04)
            )
    b.box(wood, (0, d / 2 - 0.05, h * 0.6), (w - 0.08, 0.02, h * 0.5))
    return b.box(wood, (0, 0, h - 0.02), (w, d, 0.04))


def _bed(v: int) -> Builder:
    b, wood, cover = Builder(), WOODS[v], (BLUE, BEIGE, GREEN, GREY, "#b86f62", TEAL)[v]
    w, d = (1.4, 0.95, 1.6, 1.8, 1.2, 2.0)[v], (2.05, 1.95, 2.1, 2.15, 2.0, 2.2)[v]
    base, head = (0.3, 0.35, 0.22, 0.28, 0.4, 0.25)[v], (0.95, 0.8, 0.6, 1.15, 1.0, 0.7)[v]
    b.legs(wood, w, d, base, 0.07, 0.05)
    b.box(wood, (0, 0, base - 0.06), (w, d, 0.14))
    b.box(WHITE, (0, 0, base + 0.1), (w - 0.05, d - 0.08, 0.2))
    b.box(cover, (0, -0.25, base + 0.16), (w - 0.01, d - 0.55, 0.18))
    if v in (1, 4):  # bars at the head
        for k in range(6):
            b.rod(wood, (-w / 2 + 0.04 + k * (w - 0.08) / 5, d / 2 - 0.03, 0), 0.02, head)
        b.box(wood, (0, d / 2 - 0.03, head), (w, 0.05, 0.06))
        b.box(wood, (0, -d / 2 + 0.02, base + 0.15), (w, 0.04, 0.35))
    else:
        b.box((wood, wood, cover, wood, wood, GREY)[v], (0, d / 2 - 0.04, head / 2), (w, 0.08, head))
    pillows = 1 if w < 1.3 else 2
    for k in range(pillows):
        x = (k - (pillows - 1) / 2) * w / 2
        b.ball(WHITE, (x, d / 2 - 0.32, base + 0.25), (min(0.34, w / 2 - 0.08), 0.2, 0.09))
    return b


def _nightstand(v: int) -> Builder:
    w, d, h = (
        (0.45, 0.5, 0.38, 0.55, 0.42, 0.48)[v],
        (0.4, 0.42, 0.35, 0.45, 0.36, 0.4)[v],
        (0.55, 0.48, 0.62, 0.45, 0.68, 0.5)[v],
    )
    return _drawers(
        v, w, d, h, rows=(2, 1, 2, 1, 3, 2)[v], columns=1, lift=(0.15, 0.2, 0.1, 0.05, 0.12, 0.02)[v]
    )


def _cabinet(v: int) -> Builder:
    w, d, h = (
        (0.9, 1.4, 0.6, 1.2, 0.8, 1.6)[v],
        (0.45, 0.48, 0.42, 0.5, 0.4, 0.45)[v],
        (0.85, 0.75, 1.2, 0.9, 1.4, 0.65)[v],
    )
    return _drawers(
        v,
        w,
        d,
        h,
        rows=(3, 2, 4, 1, 1, 2)[v],
        columns=(1, 2, 1, 2, 2, 3)[v],
        lift=(0.08, 0.15, 0.05, 0.06, 0.1, 0.12)[v],
    )


def _wardrobe(v: int) -> Builder:
    w, d, h = (
        (1.0, 1.5, 1.8, 0.9, 1.2, 2.0)[v],
        (0.58, 0.6, 0.62, 0.5, 0.55, 0.6)[v],
        (1.9, 2.0, 2.1, 1.8, 2.2, 2.05)[v],
    )
    return _drawers(
        v,
        w,
        d,
        h,
        rows=1,
        columns=(2, 3, 3, 2, 2, 4)[v],
        lift=(0.1, 0.05, 0.04, 0.12, 0.06, 0.03)[v],
        split=v in (0, 3),
    )


def _drawers(
    v: int, w: float, d: float, h: float, rows: int, columns: int, lift: float, split: bool = False
) -> Builder:
    """A case with a grid of drawers or doors; `split` puts one wide drawer below."""
    b, wood = Builder(), WOODS[v]
    front = (WOODS[v], WHITE, WOODS[v], "#93a39a", "#e4ddd0", OAK)[v]
    b.legs(wood, w, d, lift, 0.04, 0.04)
    b.box(wood, (0, 0.01, (h + lift) / 2), (w, d - 0.02, h - lift))
    low = lift + (0.3 if split else 0.0)
    if split:
        b.box(front, (0, -d / 2, lift + 0.15), (w - 0.06, 0.03, 0.26))
    cell_w, cell_h = w / columns, (h - low - 0.04) / rows
    for r in range(rows):
        for c in range(columns):
            x, z = -w / 2 + cell_w * (c + 0.5), low + 0.02 + cell_h * (r + 0.5)
            b.box(front, (x, -d / 2, z), (cell_w - 0.025, 0.025, cell_h - 0.025))
            tall = cell_h > cell_w
            handle = (0.015, 0.02, min(0.25, cell_h / 3)) if tall else (cell_w / 3, 0.02, 0.015)
            shift = (cell_w / 2 - 0.06) * (1 if c % 2 == 0 else -1) if tall else 0.0
            b.box(BLACK if v % 2 else STEEL, (x + shift, -d / 2 - 0.02, z), handle)
    return b.box(wood, (0, 0, h - 0.015), (w, d, 0.03))


def _bookcase(v: int) -> Builder:
    b, wood = Builder(), WOODS[v]
    w, d, h = (
        (0.8, 1.2, 0.6, 1.0, 1.6, 0.9)[v],
        (0.3, 0.32, 0.28, 0.35, 0.3, 0.26)[v],
        (1.8, 1.4, 2.0, 0.9, 1.2, 1.6)[v],
    )
    shelves, books = (5, 4, 6, 3, 3, 4)[v], (RED, BLUE, GREEN, MUSTARD, BEIGE, TEAL, BROWN)
    for sx in (-1, 1):
        b.box(wood, (sx * (w / 2 - 0.015), 0, h / 2), (0.03, d, h))
    b.box(wood, (0, d / 2 - 0.01, h / 2), (w, 0.02, h))
    step = (h - 0.03) / shelves
    for k in range(shelves + 1):
        b.box(wood, (0, 0, 0.015 + k * step), (w, d, 0.03))
    for k in range(shelves):
        x, n = -w / 2 + 0.05, k * 3 + v
        while x < w / 2 - 0.12:
            n += 1
            thick, tall = 0.025 + 0.012 * (n * 7 % 4), step * (0.6 + 0.08 * (n * 5 % 4))
            if n % 9:
                b.box(
                    books[n * 3 % 7],
                    (x + thick / 2, 0.02, 0.03 + k * step + tall / 2),
                    (thick, d * 0.7, tall),
                )
            x += thick + (0.002 if n % 9 else 0.1)
    return b


def _television(v: int) -> Builder:
    b = Builder()
    w, h = (0.9, 1.1, 0.7, 1.25, 0.55, 1.0)[v], (0.52, 0.64, 0.42, 0.72, 0.42, 0.58)[v]
    lift = 0.08
    b.box(BLACK, (0, 0, lift + h / 2), (w, 0.05 if v != 4 else 0.3, h))
    front = -0.028 if v != 4 else -0.153
    b.box(
        ("#1d2733", "#20242c", "#27303a", "#171c22", "#2c3a3f", "#1c2127")[v],
        (0, front, lift + h / 2),
        (w - 0.04, 0.008, h - 0.05),
    )
    if v in (0, 2, 4):
        b.box(CHARCOAL, (0, 0, lift / 2), (0.08, 0.05, lift + 0.02)).box(
            CHARCOAL, (0, 0, 0.01), (w * 0.45, 0.22, 0.02)
        )
    else:
        for x in (-w / 3, w / 3):
            b.box(STEEL, (x, 0, lift / 2), (0.03, 0.24, 0.02)).box(
                STEEL, (x, 0, lift / 2 + 0.02), (0.03, 0.03, lift)
            )
    return b


def _lamp(v: int) -> Builder:
    b, shade = Builder(), ("#f3e6c8", "#efe9dc", "#e8c9a0", "#d8e0e4", "#f0d9c0", "#cf8f5a")[v]
    h = (0.45, 1.6, 0.6, 1.45, 0.38, 0.75)[v]
    r = h * 0.2 if h < 1 else 0.22
    if v in (0, 5):  # bulbous foot
        b.turned(
            (TEAL, "#b7a99a")[v // 5],
            (0, 0, 0),
            [(r * 0.5, 0), (r * 0.8, h * 0.15), (r * 0.6, h * 0.35), (0.015, h * 0.5), (0.015, h * 0.6)],
        )
    elif v == 3:  # tripod
        for k in range(3):
            a = k * 2 * math.pi / 3
            b.turned(
                OAK, (0.1 * math.cos(a), 0.1 * math.sin(a), 0), [(0.018, 0), (0.014, h * 0.7)], segments=8
            )
        b.turned(OAK, (0, 0, h * 0.68), [(0.12, 0), (0.12, 0.03)])
    else:
        b.turned(
            (STEEL, BLACK, BROWN, BLACK, STEEL, STEEL)[v],
            (0, 0, 0),
            [(r * 0.8, 0), (r * 0.75, 0.02), (0.014, 0.03), (0.014, h * 0.75)],
        )
    top = (0.6, 1.0, 0.55, 0.95, 0.3, 0.7)[v] * r
    return b.turned(
        shade, (0, 0, h * (0.55 if h < 1 else 0.78)), [(r, 0), (top, h * (0.45 if h < 1 else 0.22))]
    )


def _plant(v: int) -> Builder:
    b, pot = Builder(), ("#b5653f", WHITE, "#8a8d91", "#40545c", "#d9c6a5", "#7a4b3a")[v]
    h, r = (0.5, 1.1, 0.75, 1.5, 0.35, 0.9)[v], (0.12, 0.17, 0.15, 0.2, 0.1, 0.16)[v]
    b.turned(pot, (0, 0, 0), [(r * 0.7, 0), (r, r * 1.5), (r * 1.06, r * 1.5), (r * 1.06, r * 1.7)])
    base, green = r * 1.6, ("#4c7d3c", "#3c6b3a", "#6a8f45", "#2f5f35", "#7c9a58", "#466f46")
    if v in (1, 3):  # a little tree
        b.rod(BROWN, (0, 0, base), 0.025, h * 0.5)
        for k in range(7):
            a = k * 2.4
            at = (0.14 * h * math.cos(a), 0.14 * h * math.sin(a), h * (0.68 + 0.035 * k))
            b.ball(green[(v + k) % 6], at, (0.15 * h, 0.15 * h, 0.1 * h))
        return b
    for k in range(26):
        a, level = k * 2.399, k / 26
        length = (h - base) * (0.75 - 0.35 * level)
        b.leaf(
            green[(v + k) % 6],
            (0, 0, base),
            a,
            length,
            (h - base) * (0.35 + 0.65 * level),
            length * (0.22 + 0.05 * (v % 3)),
        )
    return b


def _vase(v: int) -> Builder:
    h, r = (0.3, 0.45, 0.25, 0.7, 0.36, 0.55)[v], (0.1, 0.09, 0.12, 0.16, 0.11, 0.13)[v]
    outline = (
        [(0.6, 0), (1, 0.4), (0.9, 0.65), (0.45, 0.85), (0.6, 1)],
        [(0.7, 0), (1, 0.2), (0.5, 0.6), (0.4, 0.9), (0.65, 1)],
        [(0.5, 0), (1, 0.45), (1, 0.55), (0.55, 0.9), (0.55, 1)],
        [(0.6, 0), (0.75, 0.3), (1, 0.7), (0.6, 0.92), (0.75, 1)],
        [(0.55, 0), (0.7, 0.5), (1, 1)],
        [(1, 0), (1, 0.5), (0.7, 0.75), (0.35, 0.85), (0.35, 1)],
    )[v]
    colour = ("#3f6f8f", "#d8d2c4", "#b5503c", "#56724f", "#c79a3f", "#4b3f57")[v]
    return Builder().turned(colour, (0, 0, 0), [(r * x, h * z) for x, z in outline], segments=28)


def _fridge(v: int) -> Builder:
    b, c = Builder(), (WHITE, STEEL, "#e7e3d6", CHARCOAL, "#9fc3bd", "#c9cdd0")[v]
    w, d, h = (
        (0.6, 0.7, 0.55, 0.9, 0.6, 0.65)[v],
        (0.62, 0.7, 0.56, 0.75, 0.64, 0.66)[v],
        (1.7, 1.85, 1.2, 1.8, 1.5, 2.0)[v],
    )
    b.box(c, (0, 0.02, h / 2 + 0.01), (w, d - 0.04, h - 0.02))
    if v == 3:  # two doors side by side
        for sx in (-1, 1):
            b.box(c, (sx * w / 4, -d / 2 + 0.015, h / 2), (w / 2 - 0.01, 0.05, h - 0.05))
            b.box(STEEL, (sx * 0.05, -d / 2 - 0.02, h / 2), (0.02, 0.03, h * 0.5))
        return b
    cut = (0.35, 0.62, 0.75, 0, 0.7, 0.4)[v] * h
    for low, high in ((0.03, cut), (cut, h)):
        b.box(c, (0, -d / 2 + 0.015, (low + high) / 2), (w - 0.005, 0.05, high - low - 0.015))
        b.box(GREY, (w / 2 - 0.06, -d / 2 - 0.02, (low + high) / 2), (0.025, 0.03, (high - low) * 0.4))
    return b


def _trash_can(v: int) -> Builder:
    b, c = Builder(), (STEEL, CHARCOAL, "#4f7a5b", WHITE, "#a3423c", "#c7b18b")[v]
    h, r = (0.65, 0.35, 0.5, 0.42, 0.75, 0.3)[v], (0.15, 0.13, 0.17, 0.14, 0.18, 0.15)[v]
    if v in (1, 5):  # open basket
        return b.turned(c, (0, 0, 0), [(r * 0.75, 0), (r, h), (r * 0.93, h), (r * 0.7, 0.03)], segments=24)
    if v == 2:  # square with a swing lid
        b.box(c, (0, 0, h * 0.4), (2 * r, 1.6 * r, h * 0.8))
        return b.box(BLACK, (0, 0, h * 0.88), (1.9 * r, 1.5 * r, h * 0.2))
    b.rod(c, (0, 0, 0.02), r, h * 0.85)
    b.turned(BLACK, (0, 0, 0), [(r * 1.03, 0), (r * 1.03, 0.03)])
    b.turned(BLACK if v else c, (0, 0, h * 0.87), [(r * 1.03, 0), (r * 0.9, h * 0.08), (r * 0.4, h * 0.13)])
    return b.box(BLACK, (0, -r - 0.02, 0.02), (0.1, 0.05, 0.02))


def _box(v: int) -> Builder:
    b, c = Builder(), ("#c49a6c", "#b98b5a", PINE, "#5f7892", "#d2c3a8", "#8a5a3a")[v]
    w, d, h = (
        (0.5, 0.4, 0.6, 0.45, 0.7, 0.55)[v],
        (0.35, 0.4, 0.45, 0.35, 0.5, 0.4)[v],
        (0.32, 0.4, 0.45, 0.3, 0.38, 0.5)[v],
    )
    if v in (2, 5):  # slatted crate
        for k in range(4):
            z = h * (k + 0.5) / 4
            for s in (-1, 1):
                b.box(c, (0, s * d / 2, z), (w, 0.02, h / 4 - 0.02)).box(
                    c, (s * w / 2, 0, z), (0.02, d, h / 4 - 0.02)
                )
        for sx in (-1, 1):
            for sy in (-1, 1):
                b.box(c, (sx * (w / 2 - 0.03), sy * (d / 2 - 0.03), h / 2), (0.04, 0.04, h))
        return b.box(c, (0, 0, 0.02), (w, d, 0.02))
    b.box(c, (0, 0, h / 2), (w, d, h))
    if v in (0, 1):  # taped cardboard
        b.box("#d9c9a4", (0, 0, h), (w + 0.002, 0.06, 0.004)).box(
            "#d9c9a4", (0, -d / 2, h * 0.85), (0.06, 0.004, h * 0.3)
        )
    else:  # a lid
        b.box(c, (0, 0, h - 0.04), (w + 0.03, d + 0.03, 0.09)).box(
            WHITE, (0, -d / 2 - 0.002, h * 0.45), (0.12, 0.006, 0.07)
        )
    return b


def _laptop(v: int) -> Builder:
    b, c = Builder(), (STEEL, BLACK, WHITE, CHARCOAL, "#c9b7a7", "#3e5f8a")[v]
    w, d = (0.34, 0.36, 0.3, 0.4, 0.32, 0.38)[v], (0.24, 0.25, 0.21, 0.27, 0.23, 0.26)[v]
    tilt = (0.25, 0.4, 0.15, 0.3, 0.2, 0.35)[v]
    b.box(c, (0, 0, 0.01), (w, d, 0.02)).box(CHARCOAL, (0, 0.03, 0.021), (w * 0.86, d * 0.45, 0.003))
    up, back = d / 2 * math.cos(tilt), d / 2 * (1 + math.sin(tilt))
    b.box(c, (0, back, 0.015 + up), (w, 0.012, d), tilt=tilt)
    return b.box("#1f2d40", (0, back - 0.007, 0.017 + up), (w * 0.92, 0.004, d * 0.88), tilt=tilt)


def _washing_machine(v: int) -> Builder:
    b, c = Builder(), (WHITE, STEEL, "#e9e9ea", CHARCOAL, WHITE, "#d7dcde")[v]
    w, d, h = (
        (0.6, 0.6, 0.55, 0.62, 0.5, 0.65)[v],
        (0.58, 0.62, 0.5, 0.6, 0.52, 0.66)[v],
        (0.85, 0.88, 0.82, 0.9, 0.8, 0.95)[v],
    )
    b.box(c, (0, 0, h / 2), (w, d, h)).box(GREY, (0, -d / 2, h - 0.07), (w - 0.02, 0.012, 0.11))
    radius, z = (0.19, 0.21, 0.17, 0.22, 0.16, 0.2)[v], h * (0.45 if v % 2 else 0.48)
    b.rod(STEEL if v != 1 else CHARCOAL, (0, -d / 2 - 0.03, z), radius, 0.04, axis="y")
    b.rod("#31404d", (0, -d / 2 - 0.045, z), radius * 0.78, 0.05, axis="y")
    b.rod(BLACK, ((w / 2 - 0.1) * (-1) ** v, -d / 2 - 0.03, h - 0.07), 0.03, 0.03, axis="y")
    return b.box(CHARCOAL, (-(w / 4) * (-1) ** v, -d / 2 - 0.008, h - 0.07), (w * 0.3, 0.01, 0.06))


def _toilet(v: int) -> Builder:
    b, c, seat = (
        Builder(),
        (WHITE, WHITE, "#efe7d8", WHITE, "#e3ecee", WHITE)[v],
        (WHITE, OAK, "#efe7d8", BLACK, WHITE, "#d9d9d9")[v],
    )
    w, d, h = (
        (0.38, 0.36, 0.4, 0.38, 0.42, 0.35)[v],
        (0.68, 0.62, 0.7, 0.65, 0.72, 0.6)[v],
        (0.78, 0.8, 0.75, 0.85, 0.72, 0.9)[v],
    )
    b.turned(c, (0, 0, 0), [(0.11, 0), (0.1, 0.15), (w / 2 - 0.02, 0.36), (w / 2 - 0.01, 0.4)], segments=24)
    b.box(c, (0, 0.1, 0.19), (0.22, 0.35, 0.38))
    front, tank = -0.05, 0.17
    b.ball(seat, (0, front, 0.41), (w / 2, d * 0.38, 0.035))
    b.box(c, (0, d * 0.38 - tank / 2 + 0.12, (h + 0.38) / 2), (w, tank, h - 0.38))
    return b.box(STEEL, (0, d * 0.38 - tank / 2 + 0.12, h), (0.08, 0.05, 0.02))


_DRAW: dict[str, Callable[[int], Builder]] = {
    "chair": _chair, "armchair": _armchair, "sofa": _sofa, "stool": _stool, "bench": _bench, "table": _table,
    "coffee table": _coffee_table, "desk": _desk, "bed": _bed, "nightstand": _nightstand, "cabinet": _cabinet,
    "wardrobe": _wardrobe, "bookcase": _bookcase, "television": _television, "lamp": _lamp, "plant": _plant,
    "vase": _vase, "fridge": _fridge, "trash can": _trash_can, "box": _box, "laptop": _laptop,
    "washing machine": _washing_machine, "toilet": _toilet,
}  # fmt: skip
