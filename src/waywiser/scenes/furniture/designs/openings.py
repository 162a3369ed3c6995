"""Parametric windows, doors, curtains and radiators.

Every function draws variant `v` (0 to 5) of one category, in meters; variants differ in more than
color.
"""

import math

from waywiser.scenes.furniture.designs.motifs import paint_sky
from waywiser.scenes.furniture.mesh_builder import MeshBuilder, glow
from waywiser.scenes.furniture.palette import BROWN, CHARCOAL, STEEL, WHITE

PANE_EMISSION = 2.4
"""Light that window panes give off: as bright as an overcast sky in a lit room."""


def build_window(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (1.2, 1.0, 1.6, 0.9, 1.4, 1.1)[v]
    h = (1.2, 1.3, 1.15, 1.0, 1.25, 1.05)[v]
    frame = (WHITE, WHITE, CHARCOAL, BROWN, WHITE, "#e8dcc6")[v]
    wings = (2, 1, 3, 1, 2, 2)[v]
    edge = 0.06

    b.image(paint_sky(v), (0, 0.015, h / 2), (w - 0.06, h - 0.06), emission=PANE_EMISSION)
    b.box(frame, (0, 0.035, h / 2), (w - 0.02, 0.03, h - 0.02))
    _add_frame(b, frame, (0.0, h / 2), (w, h), edge, 0.08)

    for k in range(wings):
        middle = -w / 2 + edge + (w - 2 * edge) * (k + 0.5) / wings
        inner = ((w - 2 * edge) / wings, h - 2 * edge)
        _add_frame(b, frame, (middle, h / 2), inner, 0.045, 0.055)
        if v in (1, 3, 5):  # glazing bars
            b.box(frame, (middle, -0.005, h * 0.55), (inner[0], 0.03, 0.025))
        if v in (1, 3):
            b.box(frame, (middle, -0.005, h / 2), (0.025, 0.03, inner[1]))

    handle = -w / 2 + edge + (w - 2 * edge) / wings - 0.02
    b.box(STEEL, (handle, -0.035, h * 0.48), (0.02, 0.025, 0.11))
    return b.box(frame, (0, -0.03, 0.012), (w + 0.06, 0.14, 0.024))


def _add_frame(
    b: MeshBuilder,
    color: str,
    center: tuple[float, float],
    size: tuple[float, float],
    edge: float,
    depth: float,
) -> None:
    x, z = center
    w, h = size

    for side in (-1, 1):
        b.box(color, (x + side * (w - edge) / 2, 0.01, z), (edge, depth, h))
        b.box(color, (x, 0.01, z + side * (h - edge) / 2), (w - 2 * edge, depth, edge))


def build_door(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.84, 0.8, 0.86, 0.78, 0.9, 0.82)[v]
    h = (2.0, 1.98, 2.02, 1.96, 2.03, 1.99)[v]
    color = (WHITE, "#b98a5c", WHITE, "#7a5236", "#d9dcd6", "#c7a878")[v]
    shade = ("#dcdad4", "#a3774b", "#dcdad4", "#67432a", "#c3c7c0", "#b39363")[v]
    b.box(color, (0, 0, h / 2), (w, 0.04, h))
    panels = (
        [(0.0, 0.3, 0.6, 0.36), (0.0, 0.72, 0.6, 0.36)],
        [],
        [(-0.2, 0.28, 0.3, 0.36), (0.2, 0.28, 0.3, 0.36), (0, 0.72, 0.7, 0.38)],
        [(0.0, 0.2, 0.66, 0.2), (0, 0.46, 0.66, 0.2), (0, 0.76, 0.66, 0.26)],
        [(0, 0.7, 0.3, 0.4)],
        [(0, 0.15 + 0.2 * k, 0.74, 0.02) for k in range(5)],
    )[v]

    for side in (-1, 1):
        for x, z, pw, ph in panels:
            b.box(shade, (x * w, side * 0.019, z * h), (pw * w, 0.006, ph * h))
            if ph > 0.1:
                b.box(color, (x * w, side * 0.02, z * h), (pw * w - 0.05, 0.008, ph * h - 0.05))

        x = w / 2 - 0.06
        b.box(STEEL, (x, side * 0.023, 1.02), (0.035, 0.008, 0.2))
        b.tube(STEEL, [(x, side * 0.02, 1.05), (x, side * 0.06, 1.05)], 0.009)
        b.tube(STEEL, [(x + 0.005, side * 0.058, 1.05), (x - 0.12, side * 0.058, 1.05)], 0.009)

    return b


def build_curtain(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.45, 0.5, 0.4, 0.55, 0.48, 0.42)[v]
    h = (2.1, 2.15, 1.5, 2.05, 1.7, 2.0)[v]
    color = ("#d9cfbd", "#7f93a8", "#f0ece2", "#a8584a", "#86977c", "#c9b48f")[v]
    folds = (6, 7, 5, 8, 6, 6)[v]
    sway = (0.03, 0.035, 0.028, 0.03, 0.032, 0.036)[v]
    steps = folds * 6
    path = [
        (-w / 2 + w * k / steps, sway * math.sin(2 * math.pi * folds * k / steps))
        for k in range(steps + 1)
    ]
    b.ribbon(color, path, 0.006, 0.0, h - 0.03)
    rod = (STEEL, CHARCOAL, STEEL, BROWN, CHARCOAL, BROWN)[v]
    b.tube(rod, [(-w / 2, 0, h - 0.013), (w / 2, 0, h - 0.013)], 0.012)

    for k in range(folds):  # rings
        x = -w / 2 + w * (k + 0.5) / folds
        b.box(rod, (x, 0, h - 0.022), (0.008, 0.03, 0.03))

    if v in (1, 4):  # hem
        b.ribbon("#efe6d2", path, 0.009, 0.06, 0.14)

    return b.box(rod, (0, sway + 0.005, h - 0.013), (0.02, 0.03, 0.02))


def build_radiator(v: int) -> MeshBuilder:
    b = MeshBuilder()
    w = (0.8, 1.0, 0.6, 1.2, 0.9, 0.7)[v]
    h = (0.6, 0.6, 0.6, 0.5, 0.65, 0.58)[v]
    d = (0.1, 0.12, 0.14, 0.1, 0.13, 0.09)[v]
    color = (WHITE, WHITE, "#e6e2d8", WHITE, "#dadcdd", CHARCOAL)[v]
    grill = "#d8d6d0" if v != 5 else "#34373b"

    if v in (2, 4):  # ribs of cast iron
        count = int(w / 0.06)
        for k in range(count):
            x = -w / 2 + w * (k + 0.5) / count
            b.soft_box(color, (x, 0, h / 2), (w / count - 0.008, d, h), 0.02)
        for z in (0.07, h - 0.07):
            b.box(color, (0, 0, z), (w - 0.03, d * 0.5, 0.05))
    else:  # panels with a grill on top
        b.box(color, (0, -d / 2 + 0.012, h / 2), (w, 0.024, h))
        b.box(grill, (0, 0.0, h / 2), (w - 0.02, d - 0.03, h - 0.03))
        b.box(color, (0, 0.0, h - 0.008), (w, d, 0.016))
        lines = int(w / 0.05)
        for k in range(lines):
            x = -w / 2 + w * (k + 0.5) / lines
            b.box(grill, (x, -d / 2 - 0.002, h / 2), (0.012, 0.004, h - 0.1))
            b.box(grill, (x, 0, h), (0.02, d * 0.6, 0.003))

    for side in (-1, 1):  # brackets
        b.box(grill, (side * w * 0.35, d / 2 + 0.008, h / 2), (0.03, 0.024, h * 0.7))

    b.cylinder(WHITE, (w / 2, 0, h - 0.08), 0.022, 0.06, axis="x")
    return b


def shade_color(v: int) -> str:
    """The glowing color of a lamp's shade."""
    return glow(("#fbe9c6", "#f7efe0", "#f6d9ae", "#fff3dc", "#f3dcc0", "#f9e6cf")[v], 1.6)


OPENING_DESIGNS = {
    "window": build_window,
    "door": build_door,
    "curtain": build_curtain,
    "radiator": build_radiator,
}
