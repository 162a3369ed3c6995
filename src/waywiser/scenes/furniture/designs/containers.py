"""Parametric boxes, tubs, baskets and bags.

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
    CHARCOAL,
    GREEN,
    MUSTARD,
    OAK,
    PINE,
    RED,
    STEEL,
    TEAL,
    WHITE,
)

WICKER = ("#c19a62", "#a87f4c", "#d8bd8c", "#8a6238", "#bfa06f", "#e3d3b0")


def add_open_box(
    b: MeshBuilder, color: str, w: float, d: float, h: float, flare: float, wall: float
) -> None:
    """A box without a lid whose walls lean outwards: `flare` is what it gains to the top."""

    def outline(x: float, y: float) -> list[tuple[float, float]]:
        return [(-x / 2, -y / 2), (x / 2, -y / 2), (x / 2, y / 2), (-x / 2, y / 2)]

    low = outline(w - flare, d - flare)
    high = outline(w, d)
    inner_high = outline(w - 2 * wall, d - 2 * wall)
    inner_low = outline(w - flare - 2 * wall, d - flare - 2 * wall)
    b.loft(color, low, 0.0, high, h, is_closed=False)
    b.loft(color, high, h, inner_high, h, is_closed=False)
    b.loft(color, inner_high, h, inner_low, wall, is_closed=False)
    b.prism(color, low, 0.0, wall + 0.001)


def add_tapered_pot(
    b: MeshBuilder, color: str, radii: tuple[float, float], h: float, wall: float
) -> None:
    """A round pot that is open above; `radii` are of the floor and of the rim."""
    low, high = radii
    b.loft(color, circle(low, n=24), 0.0, circle(high, n=24), h, is_closed=False)
    b.loft(color, circle(high, n=24), h, circle(high - wall, n=24), h, is_closed=False)
    b.loft(color, circle(high - wall, n=24), h, circle(low - wall, n=24), wall, is_closed=False)
    b.prism(color, circle(low, n=24), 0.0, wall + 0.001)


def build_cardboard_box(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.5, 0.4, 0.58, 0.45, 0.36, 0.55)[v]
    d = (0.35, 0.4, 0.4, 0.32, 0.3, 0.42)[v]
    h = (0.32, 0.4, 0.36, 0.28, 0.25, 0.42)[v]
    c = ("#c49a6c", "#b98b5a", "#c9a377", "#bd9263", "#d0ab80", "#b58a5a")[v]
    tape = "#d9c9a4"

    if v in (2, 5):  # open, with flaps
        add_open_box(b, c, w * 0.86, d * 0.86, h * 0.82, 0.0, 0.006)
        for s in (-1, 1):
            b.box(
                c,
                (0, s * (d * 0.43 + 0.04), h * 0.82 - 0.02),
                (w * 0.86, 0.006, 0.12),
                tilt=s * 2.2,
            )
            b.box(
                c,
                (s * (w * 0.43 + 0.03), 0, h * 0.82 + 0.04),
                (0.006, d * 0.84, 0.12),
                roll=s * 0.7,
            )
        b.box("#8a6a48", (0, -d * 0.43 - 0.002, h * 0.35), (0.14, 0.003, 0.09))
        return b

    b.box(c, (0, 0, h / 2), (w, d, h))
    b.box(tape, (0, 0, h), (w + 0.002, 0.055, 0.003))
    for s in (-1, 1):
        b.box(tape, (s * w / 2, 0, h * 0.86), (0.003, 0.055, h * 0.28))
    b.box("#a57f52", (0, 0, h + 0.001), (w, 0.004, 0.003))
    b.box("#8a6a48", (w * 0.25, -d / 2 - 0.001, h * 0.3), (0.1, 0.003, 0.05))
    if v in (1, 3):
        b.box(WHITE, (-w * 0.2, -d / 2 - 0.001, h * 0.6), (0.13, 0.003, 0.09))
        b.box(BLACK, (-w * 0.2, -d / 2 - 0.003, h * 0.62), (0.09, 0.003, 0.015))

    return b


def build_crate(v: int) -> MeshBuilder:
    """Crates of slats, or of plastic with holes."""
    b = MeshBuilder()
    w = (0.5, 0.55, 0.45, 0.6, 0.48, 0.52)[v]
    d = (0.35, 0.38, 0.32, 0.4, 0.34, 0.36)[v]
    h = (0.28, 0.3, 0.26, 0.34, 0.24, 0.32)[v]
    c = (PINE, "#a9744f", BLUE, OAK, GREEN, "#8a5a3a")[v]
    rows = 3 if v % 2 else 4

    for k in range(rows):
        z = h * (k + 0.5) / rows
        tall = h / rows - 0.018
        for s in (-1, 1):
            b.box(c, (0, s * (d - 0.016) / 2, z), (w, 0.016, tall))
            if v in (0, 1, 3, 5) or k != rows - 1:
                b.box(c, (s * (w - 0.016) / 2, 0, z), (0.016, d - 0.03, tall))
            else:  # a grip
                for t in (-1, 1):
                    b.box(c, (s * (w - 0.016) / 2, t * d * 0.33, z), (0.016, d * 0.3, tall))

    for sx in (-1, 1):
        for sy in (-1, 1):
            b.box(c, (sx * (w / 2 - 0.035), sy * (d / 2 - 0.033), h / 2), (0.035, 0.035, h))
    for k in range(4):
        b.box(c, (0, -d / 2 + d * (k + 0.5) / 4, 0.012), (w - 0.03, d / 4 - 0.02, 0.014))

    return b


def build_storage_tub(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.56, 0.45, 0.6, 0.4, 0.5, 0.55)[v]
    d = (0.38, 0.34, 0.42, 0.32, 0.36, 0.4)[v]
    h = (0.3, 0.26, 0.34, 0.24, 0.28, 0.32)[v]
    c = ("#2f4468", "#b9c9d2", "#7f8489", RED, "#d9dfe2", TEAL)[v]
    lid = ("", "#3e5f8a", CHARCOAL, "", "#5d7f5a", "")[v]
    add_open_box(b, c, w - 0.02, d - 0.02, h - (0.03 if lid else 0), 0.07, 0.006)
    for s in (-1, 1):
        b.box(c, (s * (w / 2 - 0.01), 0, h - 0.06), (0.03, 0.12, 0.02))
        b.box(c, (0, s * (d / 2 - 0.012), h - 0.045), (w - 0.02, 0.012, 0.02))
    if lid:
        b.soft_box(lid, (0, 0, h - 0.018), (w, d, 0.036), 0.012)
        b.soft_box(lid, (0, 0, h + 0.002), (w * 0.8, d * 0.75, 0.016), 0.007)
        for s in (-1, 1):
            b.box(lid, (s * (w / 2 - 0.005), 0, h - 0.05), (0.02, 0.08, 0.06))

    return b


def build_basket(v: int) -> MeshBuilder:
    b = MeshBuilder()
    h = (0.24, 0.2, 0.28, 0.22, 0.26, 0.2)[v]
    r = (0.17, 0.2, 0.18, 0.16, 0.19, 0.18)[v]
    _add_wicker(b, WICKER[v], WICKER[(v + 1) % 6], (r * 0.82, r), h)
    if v in (0, 2, 4):  # a handle, or two
        for s in (-1, 1):
            path = [
                (s * (r - 0.005 + 0.02 * math.sin(a)), 0.06 * math.cos(a), h + 0.05 * math.sin(a))
                for a in (k * math.pi / 6 for k in range(7))
            ]
            b.tube(WICKER[3], path, 0.008)
    elif v == 3:
        b.soft_box("#ece6da", (0, 0, h * 0.85), (r * 1.3, r * 1.1, 0.1), 0.04, yaw=0.4)

    return b


def _add_wicker(
    b: MeshBuilder, color: str, other: str, radii: tuple[float, float], h: float
) -> None:
    """A woven wall: rings of two colors."""
    low, high = radii
    add_tapered_pot(b, color, (low, high), h - 0.015, 0.012)
    rings = max(4, int(h / 0.045))
    for k in range(rings):
        t = (k + 0.5) / rings
        r = low + (high - low) * t
        b.loft(
            other if k % 2 else color,
            circle(r + 0.004, n=24),
            h * t - 0.008,
            circle(r + 0.005, n=24),
            h * t + 0.008,
            is_closed=False,
        )
    turns = [k * math.pi / 12 for k in range(25)]
    b.tube(
        other,
        [((high - 0.004) * math.cos(a), (high - 0.004) * math.sin(a), h - 0.012) for a in turns],
        0.012,
        segments=6,
    )


def build_laundry_basket(v: int) -> MeshBuilder:
    b = MeshBuilder()
    h = (0.56, 0.5, 0.6, 0.52, 0.58, 0.54)[v]
    if v in (0, 3, 5):  # wicker
        r = (0.21, 0, 0, 0.2, 0, 0.22)[v]
        _add_wicker(b, WICKER[v], WICKER[(v + 2) % 6], (r * 0.88, r), h)
        b.soft_box(
            ("#e9e4d8", BLUE, "#d9b8a4")[v % 3],
            (0.02, 0, h - 0.03),
            (r * 1.35, r * 1.2, 0.12),
            0.05,
            yaw=0.5,
        )
        return b.soft_box(
            (TEAL, "#b9c9d2", RED)[v % 3],
            (-0.05, -0.04, h),
            (r * 0.9, r * 0.8, 0.09),
            0.04,
            yaw=-0.4,
        )

    w = (0, 0.46, 0.42, 0, 0.48, 0)[v]
    d = (0, 0.38, 0.36, 0, 0.4, 0)[v]
    c = (WHITE, "#dfe3e4", "#8fa3ad", WHITE, BEIGE, WHITE)[v]
    add_open_box(b, c, w, d, h - 0.06, 0.08, 0.008)
    for k in range(4):  # slots
        for n in range(5):
            x = -w * 0.36 + n * w * 0.18
            b.box(
                "#70777b",
                (x, -d / 2 + 0.035 - 0.04 * (k + 1) / 4.2 - 0.002, h * (0.2 + 0.16 * k)),
                (0.04, 0.006, h * 0.1),
                tilt=-0.07,
            )
    b.soft_box(c, (0, 0, h - 0.06), (w + 0.02, d + 0.02, 0.03), 0.012)
    return b.soft_box(
        ("#d9b8a4", BLUE, "#e9e4d8")[v % 3],
        (0, 0, h - 0.04),
        (w * 0.8, d * 0.75, 0.1),
        0.045,
        yaw=0.2,
    )


def build_toy_box(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.7, 0.8, 0.65, 0.75, 0.85, 0.7)[v]
    d = (0.42, 0.45, 0.4, 0.44, 0.46, 0.42)[v]
    h = (0.46, 0.5, 0.45, 0.48, 0.5, 0.44)[v]
    body = (WHITE, PINE, "#9fc3bd", RED, "#8fa8c9", OAK)[v]
    lid = (OAK, WHITE, WHITE, MUSTARD, PINE, TEAL)[v]
    b.box(body, (0, 0, (h - 0.03) / 2), (w - 0.03, d - 0.03, h - 0.03))
    b.soft_box(lid, (0, 0, h - 0.02), (w, d, 0.04), 0.012)
    letters = (RED, BLUE, MUSTARD, GREEN)
    for k in range(4):
        x = -w * 0.3 + k * w * 0.2
        if v % 2:
            b.lathe(letters[k], (x, -d / 2 + 0.008, h * 0.45), [(0.05, 0), (0.05, 0.01)], axis="y")
        else:
            b.box(letters[k], (x, -d / 2 + 0.012, h * 0.45), (0.085, 0.01, 0.085))

    for s in (-1, 1):
        b.box(lid, (s * (w / 2 - 0.008), 0, h * 0.65), (0.02, 0.12, 0.03))
    return b


def build_suitcase(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.42, 0.46, 0.4, 0.5, 0.44, 0.38)[v]
    d = (0.25, 0.28, 0.23, 0.3, 0.26, 0.22)[v]
    h = (0.62, 0.7, 0.56, 0.76, 0.66, 0.55)[v]
    c = (TEAL, BLACK, RED, "#8f9aa3", BLUE, MUSTARD)[v]
    b.soft_box(c, (0, 0, h / 2 + 0.025), (w, d, h - 0.09), 0.05)
    for k in range(5):
        x = -w * 0.32 + k * w * 0.16
        b.soft_box(c, (x, 0, h / 2 + 0.025), (w * 0.07, d + 0.014, h * 0.66), 0.012)
    b.box(CHARCOAL, (0, 0, h / 2 + 0.025), (w + 0.004, 0.012, h - 0.14))
    for sx in (-1, 1):
        for sy in (-1, 1):
            b.lathe(
                BLACK,
                (sx * w * 0.38 - 0.012, sy * d * 0.36, 0.03),
                [(0.03, 0), (0.03, 0.025)],
                axis="x",
                segments=12,
            )
            b.box(BLACK, (sx * w * 0.38, sy * d * 0.36, 0.06), (0.05, 0.05, 0.04))
        b.box(STEEL, (sx * 0.09, d * 0.3, h - 0.03), (0.014, 0.014, 0.06))
    return b.box(BLACK, (0, d * 0.3, h - 0.008), (0.22, 0.03, 0.022))


def build_backpack(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.3, 0.32, 0.29, 0.34, 0.3, 0.31)[v]
    d = (0.16, 0.17, 0.15, 0.18, 0.16, 0.17)[v]
    h = (0.44, 0.46, 0.42, 0.48, 0.45, 0.43)[v]
    c = (BLUE, BLACK, RED, "#5c6b4f", TEAL, "#7a5a86")[v]
    other = ("#27406b", "#5a5d60", "#7a2f2a", "#8a7a4f", "#e3b54a", "#4f3a5a")[v]
    b.soft_box(c, (0, 0, h / 2), (w, d, h), 0.07)
    b.soft_box(other, (0, -d / 2 - 0.015, h * 0.3), (w * 0.78, 0.07, h * 0.42), 0.03)
    b.box("#d9d4c7", (0, -d / 2 - 0.051, h * 0.42), (w * 0.6, 0.004, 0.008))
    b.box("#d9d4c7", (0, -d / 2 - 0.003, h * 0.66), (w * 0.62, 0.006, 0.008))
    arch = [
        (0.05 * math.cos(a), d * 0.25, h - 0.008 + 0.04 * math.sin(a))
        for a in (k * math.pi / 6 for k in range(7))
    ]
    b.tube(other, arch, 0.009)
    for s in (-1, 1):
        b.tube(
            other,
            [
                (s * 0.08, d / 2 - 0.01, h * 0.9),
                (s * 0.1, d / 2 + 0.05, h * 0.55),
                (s * 0.12, d / 2 - 0.01, h * 0.12),
            ],
            0.016,
        )
        b.soft_box(other, (s * (w / 2 + 0.005), -0.01, h * 0.22), (0.03, d * 0.6, h * 0.28), 0.012)

    return b


def build_trash_can(v: int) -> MeshBuilder:
    b = MeshBuilder()
    c = (STEEL, CHARCOAL, "#4f7a5b", WHITE, "#a3423c", "#c7b18b")[v]
    h = (0.62, 0.34, 0.5, 0.42, 0.65, 0.3)[v]
    r = (0.15, 0.13, 0.17, 0.14, 0.16, 0.14)[v]

    if v in (1, 5):  # an open basket for paper
        add_tapered_pot(b, c, (r * 0.78, r), h, 0.006)
        b.lathe(
            "#e9e6df", (0.02, -0.02, h * 0.7), [(0.03, 0), (0.05, 0.04), (0.03, 0.08)], segments=7
        )
        return b.lathe(
            "#f2f0ea", (-0.04, 0.03, h * 0.72), [(0.03, 0), (0.048, 0.03), (0.03, 0.07)], segments=7
        )

    if v == 2:  # square with a swing lid
        b.soft_box(c, (0, 0, h * 0.39), (2 * r, 1.6 * r, h * 0.78), 0.02)
        b.soft_box(BLACK, (0, 0, h * 0.84), (2.04 * r, 1.64 * r, h * 0.16), 0.03)
        b.prism(
            BLACK,
            [(-1.0 * r * 0.8, h * 0.9), (r * 0.8, h * 0.9), (0, h)],
            -r * 0.9,
            r * 0.9,
            axis="y",
        )
        return b.box("#55595c", (0, -0.4 * r, h * 0.955), (r * 0.9, 0.006, 0.02))

    b.lathe(c, (0, 0, 0.02), [(r, 0), (r, h * 0.85)], segments=28)
    b.lathe(BLACK, (0, 0, 0), [(r * 1.03, 0), (r * 1.03, 0.03)], segments=28)
    dome = [(r * 1.03, 0), (r * 0.95, h * 0.06), (r * 0.6, h * 0.11), (r * 0.2, h * 0.125)]
    b.lathe(BLACK if v else c, (0, 0, h * 0.87), dome, segments=28)
    b.lathe(BLACK, (0, 0, h * 0.85), [(r * 1.04, 0), (r * 1.04, 0.02)], segments=28)
    return b.box(BLACK, (0, -r - 0.02, 0.02), (0.1, 0.06, 0.02))


def build_umbrella_stand(v: int) -> MeshBuilder:
    b = MeshBuilder()
    h = 0.5
    r = (0.12, 0.13, 0.11, 0.12, 0.13, 0.11)[v]
    add_tapered_pot(
        b, (CHARCOAL, OAK, WHITE, "#b08d4c", TEAL, "#7d5238")[v], (r * 0.9, r), h, 0.008
    )
    for z in (0.06, h - 0.03):
        b.loft(STEEL, circle(r * 1.02, n=24), z, circle(r * 1.02, n=24), z + 0.02, is_closed=False)

    for k in range(1 + (v + 1) % 3):
        a = k * 2.1 + v
        color = (BLACK, RED, BLUE, GREEN, "#7a5a86", MUSTARD)[(v + 2 * k) % 6]
        top = (0.05 * math.cos(a), 0.05 * math.sin(a), 0.6)
        b.tube(color, [(0.02 * math.cos(a), 0.02 * math.sin(a), 0.05), top], 0.022)
        tip = (1.3 * top[0], 1.3 * top[1], 0.78)
        hook = (tip[0] + 0.04 * math.cos(a), tip[1] + 0.04 * math.sin(a), 0.8)
        b.tube("#6b4428", [top, tip, hook, (hook[0] + 0.02, hook[1], 0.75)], 0.009)

    return b


CONTAINER_DESIGNS = {
    "cardboard box": build_cardboard_box,
    "crate": build_crate,
    "storage tub": build_storage_tub,
    "basket": build_basket,
    "laundry basket": build_laundry_basket,
    "toy box": build_toy_box,
    "suitcase": build_suitcase,
    "backpack": build_backpack,
    "trash can": build_trash_can,
    "umbrella stand": build_umbrella_stand,
}
