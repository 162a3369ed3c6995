"""Parametric instruments and sports equipment.

Every function draws variant `v` (0 to 5) of one category, in meters; variants differ in more than
color.
"""

from waywiser.scenes.furniture.designs.parts import circle
from waywiser.scenes.furniture.mesh_builder import MeshBuilder, glow
from waywiser.scenes.furniture.palette import (
    BLACK,
    BLUE,
    CHARCOAL,
    GREEN,
    MUSTARD,
    RED,
    STEEL,
    TEAL,
    WALNUT,
    WHITE,
)

Outline = list[tuple[float, float]]


def _guitar_outline(w: float, h: float, is_electric: bool) -> Outline:
    """A body with a waist, from z = 0 to z = `h`; an electric one has two horns."""
    right = [(0.0, 0.0), (0.6, 0.03), (0.92, 0.14), (1.0, 0.28), (0.92, 0.43), (0.72, 0.55)]
    right += [(0.66, 0.63), (0.7, 0.74), (0.75, 0.84), (0.66, 0.94), (0.4, 0.995), (0.0, 1.0)]
    if is_electric:
        right = [
            *right[:7],
            (0.74, 0.74),
            (0.8, 0.9),
            (0.7, 1.0),
            (0.42, 0.93),
            (0.2, 0.84),
            (0.0, 0.82),
        ]
    left = [(-x, z) for x, z in right[-2:0:-1]]
    return [(x * w / 2, z * h) for x, z in [*right, *left]]


def _add_guitar_stand(b: MeshBuilder, front: float, deep: float, low: float) -> None:
    """Two arms below the body, `low` meters above the floor, on three feet."""
    for s in (-1, 1):
        b.tube(
            CHARCOAL,
            [(s * 0.1, front - 0.05, low - 0.005), (s * 0.1, deep / 2 + 0.03, low - 0.015)],
            0.01,
        )
        b.tube(CHARCOAL, [(s * 0.1, deep / 2 + 0.02, low - 0.015), (s * 0.16, -0.1, 0.01)], 0.01)
        b.tube(CHARCOAL, [(s * 0.1, deep / 2 + 0.02, low - 0.015), (0, 0.13, 0.42)], 0.01)
    b.tube(CHARCOAL, [(0, 0.13, 0.42), (0, 0.17, 0.01)], 0.01)


def build_guitar(v: int) -> MeshBuilder:
    """A guitar in its stand."""
    b = MeshBuilder()
    is_electric = v in (2, 5)
    w = (0.37, 0.36, 0.35, 0.4, 0.38, 0.36)[v]
    h = (1.02, 0.98, 1.0, 1.06, 1.04, 0.98)[v]
    wood = ("#d9a25c", "#b5652f", RED, "#8a4a26", "#e3bd80", "#3f6f9a")[v]
    side = ("#8a5a2f", "#6b3a1c", "#8a2a26", "#5a2f18", WALNUT, "#2f4f6f")[v]
    low = 0.07
    body = h * (0.4 if is_electric else 0.46)
    deep = 0.045 if is_electric else 0.1
    outline = _guitar_outline(w, body, is_electric)
    b.prism(side, [(x, low + z) for x, z in outline], -deep / 2, deep / 2, axis="y")
    inner = [(x * 0.97, low + body / 2 + (z - body / 2) * 0.97) for x, z in outline]
    front = -deep / 2
    b.prism(wood, inner, front - 0.003, front + 0.004, axis="y")

    if is_electric:  # pickups, a guard and knobs
        guard = [
            (-0.06, low + 0.1),
            (0.1, low + 0.06),
            (0.09, low + body * 0.66),
            (-0.06, low + body * 0.7),
        ]
        b.prism("#f3efe4", guard, front - 0.006, front, axis="y")
        for k in range(3):
            b.box(BLACK, (0, front - 0.008, low + body * (0.32 + 0.15 * k)), (0.075, 0.008, 0.018))
        for k in range(2):
            at = (0.1, front - 0.012, low + body * (0.14 + 0.13 * k))
            b.lathe("#e9e4d6", at, [(0.011, 0), (0.013, 0.01)], "y", 12)
    else:  # a hole with a rosette
        z = low + body * 0.64
        b.lathe("#5a3418", (0, front - 0.005, z), [(0.06, 0), (0.06, 0.006)], "y", 24)
        b.lathe("#17110d", (0, front - 0.0065, z), [(0.048, 0), (0.048, 0.006)], "y", 24)
        if v in (1, 3):
            flake = [(0.055, z - 0.14), (0.12, z - 0.1), (0.1, z - 0.01), (0.058, z - 0.02)]
            b.prism("#3a2416", flake, front - 0.005, front, axis="y")
    bridge = low + body * 0.25
    b.box("#3a2416", (0, front - 0.008, bridge), (0.11, 0.012, 0.02))

    top = h - 0.14
    start = low + body * 0.72
    y = front - 0.006
    b.box("#3a2416", (0, y - 0.002, (start + top) / 2), (0.05, 0.012, top - start))
    b.box(
        side, (0, y + 0.012, (low + body + top) / 2 - 0.02), (0.046, 0.022, top - low - body + 0.05)
    )
    for k in range(12):
        b.box(
            STEEL, (0, y - 0.0085, top - (top - start) * (1 - 0.89**k) * 1.25), (0.05, 0.002, 0.003)
        )
    head = [
        (-0.028, top),
        (0.028, top),
        (0.038, h - 0.02),
        (0.02, h),
        (-0.02, h),
        (-0.038, h - 0.02),
    ]
    b.prism(side, head, y - 0.004, y + 0.014, axis="y")
    for k in range(6):
        s = 1 if k % 2 else -1
        b.box(
            "#efe9da", (s * 0.045, y + 0.004, top + 0.03 + 0.035 * (k // 2)), (0.022, 0.01, 0.014)
        )
        x = 0.007 * (k - 2.5)
        b.box("#d9d4c4", (x, y - 0.011, (bridge + top) / 2), (0.0016, 0.0016, top - bridge))

    _add_guitar_stand(b, front, deep, low)
    return b


def build_piano(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (1.48, 1.42, 1.5, 1.36, 1.46, 1.52)[v]
    d = (0.58, 0.54, 0.6, 0.52, 0.56, 0.62)[v]
    h = (1.12, 1.04, 1.22, 0.98, 1.16, 1.26)[v]
    wood = (BLACK, "#6b3a22", "#8a5a34", "#e9e6de", "#4a2c1c", "#2b2422")[v]
    panel = ("#3a3939", "#7d4a2e", "#a06f44", "#f5f3ee", "#5c3a26", "#3d3330")[v]
    case = d - 0.25
    back = d / 2 - case / 2
    front = d / 2 - case
    b.box(wood, (0, back, h / 2), (w - 0.03, case, h - 0.04))
    b.soft_box(wood, (0, back - 0.01, h - 0.015), (w, case + 0.03, 0.03), 0.01)
    b.box(panel, (0, front - 0.004, h * 0.82), (w - 0.16, 0.012, h * 0.2))
    b.box(panel, (0, front - 0.004, 0.34), (w - 0.16, 0.012, 0.44))
    b.box(wood, (0, -0.02, 0.03), (w - 0.03, d - 0.06, 0.06))

    shelf = 0.66
    y = front - 0.11
    b.box(wood, (0, y, shelf - 0.03), (w - 0.03, 0.25, 0.06))
    for s in (-1, 1):
        x = s * (w / 2 - 0.04)
        b.soft_box(wood, (x, y, shelf + 0.03), (0.08, 0.27, 0.12), 0.02)
        if v in (0, 3):
            b.box(wood, (x, -d / 2 + 0.06, 0.31), (0.06, 0.06, 0.62))
        else:
            leg = [(0.035, 0), (0.03, 0.1), (0.045, 0.3), (0.028, 0.45), (0.04, 0.6)]
            b.lathe(wood, (x, -d / 2 + 0.07, 0.03), leg, segments=12)

    span = w - 0.18
    b.box("#f5f1e6", (0, y - 0.02, shelf + 0.012), (span, 0.16, 0.024))
    b.box(RED, (0, y + 0.064, shelf + 0.025), (span, 0.008, 0.006))
    count = 42
    for k in range(1, count):
        x = -span / 2 + span * k / count
        b.box("#8f8a80", (x, y - 0.02, shelf + 0.0245), (0.0025, 0.16, 0.001))
        if k % 7 not in (3, 0):
            b.box("#1c1a19", (x, y + 0.012, shelf + 0.033), (span / count * 0.55, 0.098, 0.02))

    z = h * 0.72
    b.box(panel, (0, front - 0.05, z - 0.01), (w * 0.5, 0.09, 0.016))
    for s in (-1, 1) if v % 2 == 0 else (0,):  # sheets of music
        b.box("#fbf9f2", (s * 0.12, front - 0.03, z + 0.12), (0.22, 0.006, 0.24), tilt=0.12)
        for k in range(5):
            at = (s * 0.12, front - 0.036, z + 0.05 + 0.035 * k)
            b.box(CHARCOAL, at, (0.17, 0.004, 0.006), tilt=0.12)
    for k in range(3):
        b.soft_box("#c9a552", (0.09 * (k - 1), front - 0.05, 0.07), (0.04, 0.13, 0.016), 0.006)
    if v in (2, 4):
        for s in (-1, 1):  # candleholders
            arm = [(s * w * 0.36, front, h * 0.8), (s * w * 0.36, front - 0.08, h * 0.78)]
            b.tube("#c9a552", [*arm, (s * w * 0.36, front - 0.09, h * 0.83)], 0.008)
            b.lathe("#f1e6cf", (s * w * 0.36, front - 0.09, h * 0.83), [(0.012, 0), (0.011, 0.1)])

    return b


def build_exercise_bike(v: int) -> MeshBuilder:
    b = MeshBuilder()
    d = (1.05, 0.95, 1.1, 1.0, 0.98, 1.15)[v]
    h = (1.22, 1.15, 1.28, 1.12, 1.2, 1.3)[v]
    paint = (RED, "#4a5a6a", BLUE, MUSTARD, GREEN, TEAL)[v]
    w = 0.5
    front, rear = -d / 2 + 0.06, d / 2 - 0.06
    r = (0.23, 0.2, 0.25, 0.21, 0.22, 0.24)[v]
    hub = (0.0, front + 0.13, r + 0.06)
    crank = (0.0, 0.02, 0.32)

    for y in (front, rear):  # feet
        b.tube(CHARCOAL, [(-w / 2, y, 0.035), (w / 2, y, 0.035)], 0.03)
        for s in (-1, 1):
            b.soft_box(BLACK, (s * (w / 2 - 0.02), y, 0.03), (0.05, 0.08, 0.06), 0.015)
    b.tube(paint, [(0, front, 0.05), (0, crank[1], 0.14), (0, rear, 0.05)], 0.03)

    wheel = [(r * 0.5, 0.0), (r * 0.9, 0.0), (r, 0.008), (r, 0.032), (r * 0.9, 0.04)]
    b.lathe(CHARCOAL if v % 2 else STEEL, (-0.02, *hub[1:]), wheel, "x", 28)
    for s in (-1, 1):
        disc = min(s * 0.022, s * 0.03)
        b.lathe(paint, (disc, *hub[1:]), [(r * 0.72, 0), (r * 0.72, 0.008)], "x", 24)
        disc = min(s * 0.03, s * 0.04)
        b.lathe(STEEL, (disc, *hub[1:]), [(r * 0.2, 0), (r * 0.2, 0.01)], "x", 14)
    if v in (1, 3, 4):  # a housing over the belt
        cover = [(y, z) for y, z in circle(0.15, crank[1] - 0.02, crank[2] + 0.02, 16)]
        b.prism(paint, cover, -0.05, 0.05, axis="x")
        b.prism(WHITE, circle(0.05, crank[1], crank[2], 14), -0.055, 0.055, axis="x")

    post = front + 0.22
    bar = h - 0.12
    b.tube(paint, [(0, crank[1], 0.16), (0, crank[1] - 0.02, 0.36), (0, 0.2, 0.62)], 0.032)
    b.tube(paint, [(0, crank[1], 0.3), (0, post, 0.72)], 0.032)
    b.tube(paint, [(0, post - 0.13, 0.34), (0, post, 0.72), (0, post + 0.03, bar)], 0.028)
    b.tube(STEEL, [(0, 0.17, 0.55), (0, 0.25, 0.84)], 0.02)
    saddle = [(0.02, -0.13), (0.05, -0.02), (0.1, 0.08), (0.09, 0.13)]
    outline = [*saddle, *[(-x, y) for x, y in reversed(saddle)]]
    b.prism(BLACK, [(x, y + 0.26) for x, y in outline], 0.84, 0.89)

    for s in (-1, 1):  # handlebars, cranks and pedals
        grip = [
            (0, post + 0.03, bar - 0.03),
            (s * 0.17, post, bar),
            (s * 0.21, post + 0.1, bar + 0.06),
        ]
        b.tube(STEEL, grip, 0.015)
        b.tube(BLACK, [grip[2], (s * 0.21, post + 0.22, bar + 0.06)], 0.02)
        pedal = (s * 0.1, crank[1] - s * 0.09, crank[2] + s * 0.13)
        b.tube(STEEL, [(s * 0.07, *crank[1:]), pedal], 0.012)
        b.soft_box(BLACK, (s * 0.15, pedal[1], pedal[2]), (0.09, 0.1, 0.025), 0.008)
    b.tube(STEEL, [(-0.08, *crank[1:]), (0.08, *crank[1:])], 0.02)
    b.tube(CHARCOAL, [(0, post + 0.03, bar - 0.02), (0, post - 0.03, bar + 0.07)], 0.015)
    b.soft_box(CHARCOAL, (0, post - 0.03, bar + 0.08), (0.17, 0.04, 0.12), 0.015, tilt=-0.4)
    shine = glow("#9fd8c0", 0.9)
    b.box(shine, (0, post - 0.008, bar + 0.085), (0.12, 0.012, 0.07), tilt=-0.4)
    if v in (2, 5):  # a bottle
        b.lathe(
            BLUE if v == 5 else WHITE,
            (0, post - 0.1, 0.56),
            [(0.035, 0), (0.035, 0.14), (0.015, 0.18)],
        )

    return b


INSTRUMENT_DESIGNS = {
    "guitar": build_guitar,
    "piano": build_piano,
    "exercise bike": build_exercise_bike,
}
