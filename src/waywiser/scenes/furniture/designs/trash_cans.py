"""Parametric trash cans.

Every function draws variant `v` (0 to 5) of one category, in meters; variants differ in more than
color.
"""

from waywiser.scenes.furniture.designs.parts import circle
from waywiser.scenes.furniture.mesh_builder import MeshBuilder
from waywiser.scenes.furniture.palette import (
    BLACK,
    CHARCOAL,
    STEEL,
    WHITE,
)


def _add_open_pot(
    b: MeshBuilder, color: str, radii: tuple[float, float], h: float, wall: float
) -> None:
    """A round pot that is open above; `radii` are of the floor and of the rim."""
    low, high = radii
    b.loft(color, circle(low, n=24), 0.0, circle(high, n=24), h, is_closed=False)
    b.loft(color, circle(high, n=24), h, circle(high - wall, n=24), h, is_closed=False)
    b.loft(color, circle(high - wall, n=24), h, circle(low - wall, n=24), wall, is_closed=False)
    b.prism(color, circle(low, n=24), 0.0, wall + 0.001)


def build_trash_can(v: int) -> MeshBuilder:
    b = MeshBuilder()
    c = (STEEL, CHARCOAL, "#4f7a5b", WHITE, "#a3423c", "#c7b18b")[v]
    h = (0.62, 0.34, 0.5, 0.42, 0.65, 0.3)[v]
    r = (0.15, 0.13, 0.17, 0.14, 0.16, 0.14)[v]

    if v in (1, 5):  # an open basket for paper
        _add_open_pot(b, c, (r * 0.78, r), h, 0.006)
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


TRASH_CAN_DESIGNS = {
    "trash can": build_trash_can,
}
