"""Parametric models of robot vacuums, in meters, the front towards -y."""

from waywiser.scenes.furniture.mesh_builder import MeshBuilder
from waywiser.scenes.furniture.palette import BLACK, CHARCOAL, GREEN, RED, STEEL, WHITE

NUM_ROBOT_VACUUMS = 4


def build_robot_vacuum(v: int) -> MeshBuilder:
    """Robot vacuum `v`, below `NUM_ROBOT_VACUUMS`."""
    b, body, top = (
        MeshBuilder(),
        (WHITE, CHARCOAL, "#d9dde0", BLACK)[v],
        (CHARCOAL, STEEL, GREEN, RED)[v],
    )

    r = (0.17, 0.165, 0.18, 0.175)[v]
    h = (0.095, 0.08, 0.1, 0.09)[v]
    b.lathe(
        body,
        (0, 0, 0.01),
        [(r - 0.01, 0), (r, 0.02), (r, h - 0.025), (r - 0.015, h - 0.01)],
        segments=28,
    )

    b.cylinder(top, (0, 0.02, h - 0.005), 0.05, 0.02)
    return b.box(top, (0, -r + 0.004, h / 2), (0.16, 0.02, 0.04))
