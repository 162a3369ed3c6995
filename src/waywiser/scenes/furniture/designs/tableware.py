"""Parametric tableware: bowls, pots, boards, cups, plates and bottles.

Every function draws variant `v` (0 to 5) of one category, in meters; variants differ in more than
color.
"""

import math

from waywiser.scenes.furniture.designs.parts import arc, circle
from waywiser.scenes.furniture.mesh_builder import MeshBuilder, glass
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
    WALNUT,
    WHITE,
)

Profile = list[tuple[float, float]]

_GLAZES = (WHITE, BLUE, "#b0654a", OAK, TEAL, MUSTARD)
_FRUITS = ("#c4322b", "#e08a1e", "#8db33a", "#e9c53a", "#d9542b", "#7f9f2f")


def hollow_profile(outside: Profile, wall: float) -> Profile:
    """A vessel's profile: up along `outside`, back down at a distance of `wall` meters."""
    rim_r, rim_z = outside[-1]
    inside = [(r - wall, max(z, wall)) for r, z in outside[-2:0:-1]]
    return [*outside, (rim_r - wall, rim_z), *inside, (outside[0][0] * 0.5, wall * 1.2)]


def _add_ring(b: MeshBuilder, color: str, r: float, z: float, thick: float) -> None:
    """A line around a rim."""
    ring = circle(r, n=24)
    b.tube(color, [(x, y, z) for x, y in [*ring, ring[0]]], thick, 5)


def _add_fruit(b: MeshBuilder, color: str, center: tuple[float, float, float], r: float) -> None:
    levels = [-1.45, -0.9, -0.3, 0.3, 0.9, 1.4]
    profile = [(r * math.cos(t), r * 0.92 * math.sin(t)) for t in levels]
    x, y, z = center
    b.lathe(color, center, profile, segments=12)
    b.tube("#5a4326", [(x, y, z + r * 0.85), (x + r * 0.1, y, z + r * 1.2)], r * 0.07, 5)


def build_fruit_bowl(v: int) -> MeshBuilder:
    b = MeshBuilder()
    r = (0.15, 0.13, 0.17, 0.145, 0.16, 0.12)[v]
    h = (0.07, 0.08, 0.06, 0.12, 0.06, 0.1)[v]
    outside = [(r * 0.45, 0.0), (r * 0.75, h * 0.3), (r * 0.93, h * 0.7), (r, h)]
    if v == 3:  # on a foot
        outside = [(r * 0.5, 0.0), (r * 0.12, 0.025), (r * 0.14, 0.05), (r * 0.8, 0.08), (r, h)]
        b.lathe(_GLAZES[v], (0, 0, 0), [*outside, (r * 0.95, h), (r * 0.1, 0.06)], segments=28)
    else:
        b.lathe(_GLAZES[v], (0, 0, 0), hollow_profile(outside, 0.007), segments=28)

    count = 5 if v != 5 else 4
    size = r * 0.3
    for k in range(count):
        a = 2 * math.pi * k / count + 0.4 * v
        color = _FRUITS[(k + v) % (2 + v % 3)]
        at = (r * 0.55 * math.cos(a), r * 0.55 * math.sin(a), h * 0.75 + size * 0.25)
        _add_fruit(b, color, at, size * (1 + 0.1 * (k % 2)))

    if v in (1, 4):  # bananas
        for k in range(3):
            y = -0.035 + 0.03 * k
            bend = arc(0.09, 0.7, 2.45, 7)
            path = [(x, y, z + h - 0.045) for x, z in bend]
            b.tube("#ebc83c", path, 0.016, 7)
    else:
        _add_fruit(b, _FRUITS[(v + 2) % 6], (0, 0, h + size * 0.8), size)

    return b


def build_bowl(v: int) -> MeshBuilder:
    b = MeshBuilder()
    r = (0.075, 0.09, 0.14, 0.065, 0.12, 0.155)[v]
    h = (0.065, 0.07, 0.11, 0.06, 0.075, 0.13)[v]
    color = (WHITE, "#6f8fae", PINE, "#b0654a", "#e9dfcb", STEEL)[v]
    outside = (
        [(0.5, 0.0), (0.55, 0.08), (0.85, 0.45), (1.0, 1.0)],
        [(0.45, 0.0), (0.5, 0.1), (0.98, 0.6), (1.0, 1.0)],
        [(0.6, 0.0), (0.85, 0.35), (0.97, 0.7), (1.0, 1.0)],
        [(0.7, 0.0), (0.95, 0.2), (1.0, 0.7), (0.98, 1.0)],
        [(0.35, 0.0), (0.6, 0.3), (0.8, 0.6), (1.0, 1.0)],
        [(0.5, 0.0), (0.8, 0.25), (0.95, 0.6), (1.0, 1.0)],
    )[v]
    b.lathe(
        color, (0, 0, 0), hollow_profile([(r * x, h * z) for x, z in outside], 0.006), segments=28
    )
    if v in (0, 1, 4):  # a painted rim
        trim = (BLUE, WHITE, RED)[v // 2]
        _add_ring(b, trim, r - 0.003, h - 0.002, 0.005)
    if v == 3:  # soup
        b.lathe("#c9722f", (0, 0, 0), [(r * 0.6, h * 0.5), (r * 0.9, h * 0.8)], segments=24)
    if v == 2:  # salad
        for k in range(9):
            a = 2.4 * k
            at = (r * 0.09 * k * math.cos(a), r * 0.09 * k * math.sin(a), h * 0.75)
            b.leaf(("#6da043", "#8fbf55", "#4f8a3a")[k % 3], at, a, 0.07, 0.035, 0.06)

    return b


def build_pot(v: int) -> MeshBuilder:
    b = MeshBuilder()
    r = (0.11, 0.125, 0.09, 0.13, 0.1, 0.12)[v]
    h = (0.13, 0.1, 0.1, 0.18, 0.14, 0.095)[v]
    color = (STEEL, "#b5382f", STEEL, "#c7cacc", "#2f6f73", CHARCOAL)[v]
    has_lid = v not in (2, 5)
    outside = [(r * 0.9, 0.0), (r, 0.015), (r, h)]
    b.lathe(color, (0, 0, 0), hollow_profile(outside, 0.005), segments=28)
    _add_ring(b, color, r, h - 0.004, 0.005)

    if has_lid:
        lid = [(r, 0), (r * 0.95, 0.012), (r * 0.5, 0.03), (0.015, 0.035)]
        b.lathe(color, (0, 0, h), lid, segments=28)
        knob = [(0.01, 0), (0.012, 0.012), (0.022, 0.022), (0.016, 0.034)]
        b.lathe(BLACK, (0, 0, h + 0.034), knob)
    else:  # what is cooked
        b.lathe("#d99a4a", (0, 0, 0), [(r * 0.5, h * 0.4), (r - 0.004, h * 0.6)], segments=24)

    if v in (2, 5):  # one long handle
        z = h - 0.02
        b.tube(BLACK, [(r, 0, z), (r + 0.06, 0, z + 0.012), (r + 0.17, 0, z + 0.02)], 0.011)
        return b

    for side in (-1, 1):
        x, z = side * r, h - 0.03
        path = [(x, -0.035, z), (x + side * 0.035, -0.03, z), (x + side * 0.04, 0, z)]
        path += [(x + side * 0.035, 0.03, z), (x, 0.035, z)]
        b.tube(color if v in (1, 4) else BLACK, path, 0.007)

    return b


def build_cutting_board(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.34, 0.42, 0.3, 0.38, 0.44, 0.33)[v]
    d = (0.22, 0.28, 0.25, 0.24, 0.2, 0.23)[v]
    t = (0.018, 0.025, 0.016, 0.014, 0.02, 0.03)[v]
    color = (OAK, WALNUT, PINE, "#dfe3e0", OAK, "#a9744f")[v]

    if v == 2:  # round, with a handle
        b.prism(color, circle(d / 2, -0.06, 0, 28), 0.0, t)
        b.soft_box(color, (d / 2 - 0.03, 0, t / 2), (0.13, 0.045, t), 0.006)
        b.cylinder(CHARCOAL, (d / 2 + 0.01, 0, t - 0.001), 0.009, 0.002)
    elif v == 4:  # a paddle
        b.soft_box(color, (-0.06, 0, t / 2), (w - 0.12, d, t), 0.008)
        b.soft_box(color, (w / 2 - 0.07, 0, t / 2), (0.14, 0.05, t), 0.008)
        b.cylinder(CHARCOAL, (w / 2 - 0.025, 0, t - 0.001), 0.01, 0.002)
    else:
        b.soft_box(color, (0, 0, t / 2), (w, d, t), 0.008)

    if v in (1, 5):  # a groove for juice
        for s in (-1, 1):
            b.box("#4a3120", (0, s * (d / 2 - 0.025), t), (w - 0.05, 0.007, 0.002))
            b.box("#4a3120", (s * (w / 2 - 0.025), 0, t), (0.007, d - 0.05, 0.002))
    if v == 3:  # a rim of another color
        b.soft_box(GREEN, (0, 0, t / 2), (w + 0.006, d + 0.006, t * 0.5), 0.004)
    if v in (0, 3, 5):  # a knife
        blade = [(-0.1, 0.0), (0.06, 0.0), (0.06, 0.03), (-0.06, 0.028)]
        b.prism("#cfd3d6", [(x, y + 0.03) for x, y in blade], t, t + 0.003)
        b.soft_box(BLACK, (0.11, 0.047, t + 0.005), (0.1, 0.024, 0.01), 0.004)
    if v in (0, 1, 4):  # slices of tomato
        for k in range(3):
            at = (-0.09 + 0.05 * k, -0.045 + 0.006 * k, t)
            b.lathe("#cf3a2c", at, [(0.026, 0), (0.026, 0.007)], segments=14)
            b.lathe("#ec8a70", at, [(0.02, 0.006), (0.02, 0.008)], segments=14)

    return b


def build_cup(v: int) -> MeshBuilder:
    b = MeshBuilder()
    r = (0.04, 0.042, 0.045, 0.04, 0.038, 0.05)[v]
    h = (0.095, 0.1, 0.085, 0.065, 0.11, 0.06)[v]
    color = (WHITE, BLUE, RED, WHITE, "#d8c9a8", TEAL)[v]
    z0 = 0.0

    if v in (3, 5):  # a saucer
        z0 = 0.008
        saucer = [(0.035, 0), (0.07, 0.012), (0.07, 0.015), (0.03, 0.008)]
        b.lathe(color, (0, 0, 0), saucer, segments=24)

    straight = [(r * 0.88, 0.0), (r, 0.01), (r, h)]
    flared = [(r * 0.5, 0.0), (r * 0.75, h * 0.3), (r * 0.92, h * 0.65), (r, h)]
    outside = flared if v in (2, 3, 5) else straight
    b.lathe(color, (0, 0, z0), hollow_profile(outside, 0.004), segments=24)
    b.lathe("#4a2b18", (0, 0, z0), [(r * 0.5, h * 0.7), (r * 0.9, h * 0.82)], segments=20)
    if v in (0, 4):  # a band
        band = [(r + 0.001, h * 0.4), (r + 0.001, h * 0.6)]
        b.lathe((RED, "#6b4428")[v // 4], (0, 0, 0), band, segments=24)

    reach = (0.032, 0.034, 0.03, 0.022, 0.034, 0.024)[v]
    x = r * 0.93
    path = [(x, 0, h * 0.85), (x + reach * 0.8, 0, h * 0.8), (x + reach, 0, h * 0.55)]
    path += [(x + reach * 0.7, 0, h * 0.32), (x * (0.85 if v in (2, 3, 5) else 1), 0, h * 0.25)]
    return b.tube(color, [(p, q, z + z0) for p, q, z in path], 0.006)


def _add_plate(b: MeshBuilder, color: str, r: float, z: float) -> None:
    outside = [(r * 0.55, 0.0), (r * 0.66, 0.004), (r * 0.75, 0.011), (r, 0.02)]
    inside = [(r, 0.023), (r * 0.74, 0.015), (r * 0.65, 0.008), (0.01, 0.007)]
    b.lathe(color, (0, 0, z), [*outside, *inside], segments=32)


def build_plate(v: int) -> MeshBuilder:
    b = MeshBuilder()
    r = (0.13, 0.11, 0.12, 0.145, 0.135, 0.095)[v]
    color = (WHITE, "#7aa0b8", "#3f4a52", WHITE, BEIGE, "#c9784f")[v]
    count = (1, 1, 1, 1, 3, 2)[v]

    if v == 2:  # a square one
        b.soft_box(color, (0, 0, 0.007), (r * 1.6, r * 1.6, 0.014), 0.007)
        for s in (-1, 1):
            b.soft_box(color, (0, s * r * 0.92, 0.014), (r * 2, r * 0.18, 0.012), 0.006)
            b.soft_box(color, (s * r * 0.92, 0, 0.014), (r * 0.18, r * 2, 0.012), 0.006)
        return b

    for k in range(count):
        _add_plate(b, (color, WHITE)[k % 2] if v == 5 else color, r, 0.007 * k)

    top = 0.007 * (count - 1)
    if v in (0, 3):  # a line on the rim
        _add_ring(b, (BLUE, MUSTARD)[v // 3], r * 0.93, top + 0.018, 0.004)
    if v == 1:  # a piece of cake
        wedge = [(-0.05, 0.0), (0.04, -0.035), (0.04, 0.035)]
        b.prism("#e7c98f", wedge, 0.008, 0.03)
        b.prism("#7a3f2a", [(x, y) for x, y in wedge], 0.03, 0.038)

    return b


def build_bottle(v: int) -> MeshBuilder:
    b = MeshBuilder()
    r = (0.038, 0.035, 0.032, 0.04, 0.045, 0.034)[v]
    h = (0.31, 0.27, 0.23, 0.33, 0.24, 0.29)[v]
    color = ("#2f4a2c", glass("#bcd9e0", 0.55), "#b8281f", "#5a2b1c", WHITE, "#b9a23a")[v]
    shoulder = (0.62, 0.68, 0.75, 0.6, 0.7, 0.55)[v]
    neck = (0.013, 0.013, 0.012, 0.014, 0.024, 0.011)[v]
    profile = [(r * 0.92, 0.0), (r, 0.008), (r, h * shoulder), (r * 0.8, h * (shoulder + 0.07))]
    profile += [(neck * 1.1, h * (shoulder + 0.16)), (neck, h * 0.94)]
    b.lathe(color, (0, 0, 0), profile, segments=24)

    cap = ("#7b2030", BLUE, WHITE, "#c9a86a", RED, BLACK)[v]
    b.lathe(cap, (0, 0, h * 0.93), [(neck * 1.15, 0), (neck * 1.15, h * 0.07)], segments=16)
    label = ("#efe6cf", BLUE, "#f3eee2", "#e8d9b0", TEAL, "#e9e3d2")[v]
    low, high = (0.18, 0.3, 0.15, 0.2, 0.2, 0.12)[v], (0.46, 0.5, 0.55, 0.42, 0.55, 0.4)[v]
    b.lathe(label, (0, 0, 0), [(r + 0.0008, h * low), (r + 0.0008, h * high)], segments=24)
    mark = (RED, WHITE, GREEN, BLACK, WHITE, GREEN)[v]
    middle = (low + high) / 2
    band = [(r + 0.0014, h * (middle - 0.03)), (r + 0.0014, h * (middle + 0.03))]
    b.lathe(mark, (0, 0, 0), band, segments=24)
    if v == 1:  # water
        b.lathe(glass("#8fc3d4", 0.7), (0, 0, 0), [(r * 0.9, 0.004), (r * 0.95, h * 0.6)])

    return b


TABLEWARE_DESIGNS = {
    "fruit bowl": build_fruit_bowl,
    "bowl": build_bowl,
    "pot": build_pot,
    "cutting board": build_cutting_board,
    "cup": build_cup,
    "plate": build_plate,
    "bottle": build_bottle,
}
