"""Parametric models of what moves by itself: people, dogs, cats, robot vacuums.

Every function draws variant `v` (0 to 3), in meters, the front towards -y.
"""

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
    RED,
    STEEL,
    TEAL,
    WHITE,
)

SKIN_COLORS, HAIR_COLORS = (
    ("#e0ac86", "#8d5a3c", "#c68a62", "#f0c7a5"),
    (BLACK, CHARCOAL, BROWN, MUSTARD),
)


def build_person(v: int) -> MeshBuilder:
    b = MeshBuilder()
    skin = SKIN_COLORS[v]
    shirt = (RED, TEAL, MUSTARD, BLUE)[v]
    trousers = (CHARCOAL, BEIGE, BLUE, BROWN)[v]
    h = (1.72, 1.6, 1.82, 1.66)[v]
    hip = 0.5 * h
    neck = 0.84 * h

    for side, stride in ((-1, -0.12), (1, 0.12)):
        x = side * 0.1
        b.cylinder(trousers, (x, stride / 2, 0.06), 0.075, hip - 0.04)
        b.box(BLACK, (x, stride / 2 - 0.05, 0.04), (0.1, 0.26, 0.08))
        b.cylinder(shirt, (side * 0.235, -stride / 2, 0.52 * h), 0.048, neck - 0.53 * h)
        b.ellipsoid(skin, (side * 0.235, -stride / 2, 0.5 * h), (0.045, 0.05, 0.06))

    b.lathe(
        shirt,
        (0, 0, hip - 0.02),
        [(0.15, 0), (0.17, 0.12), (0.19, neck - hip - 0.08), (0.09, neck - hip + 0.03)],
    )

    b.cylinder(skin, (0, 0, neck - 0.02), 0.055, 0.1)
    b.ellipsoid(skin, (0, -0.01, 0.93 * h), (0.085, 0.1, 0.07 * h))
    b.ellipsoid(HAIR_COLORS[v], (0, 0.025, 0.955 * h), (0.09, 0.095, 0.045 * h))

    return b.box(skin, (0, -0.105, 0.925 * h), (0.025, 0.03, 0.035))


def _build_four_legged(
    coat: str, face: str, length: float, height: float, wide: float, ear: float
) -> MeshBuilder:
    """A walking animal: trunk, four legs, neck, head with a muzzle, ears and a tail."""
    b = MeshBuilder()
    leg = 0.48 * height
    b.ellipsoid(coat, (0, 0, leg + 0.14 * height), (wide / 2, 0.36 * length, 0.17 * height))

    for side in (-1, 1):
        for end in (-1, 1):
            shift = 0.04 * length * side * end
            b.cylinder(
                coat,
                (side * 0.3 * wide, end * 0.26 * length + shift, 0),
                0.11 * wide,
                leg + 0.08 * height,
            )

    head = (0.0, -0.42 * length, 0.86 * height)
    b.ellipsoid(coat, (0, -0.35 * length, 0.72 * height), (0.2 * wide, 0.1 * length, 0.2 * height))
    b.ellipsoid(coat, head, (0.32 * wide, 0.1 * length, 0.13 * height))
    b.ellipsoid(
        face, (0, -0.52 * length, 0.82 * height), (0.16 * wide, 0.07 * length, 0.06 * height)
    )
    b.ellipsoid(
        BLACK, (0, -0.585 * length, 0.835 * height), (0.06 * wide, 0.015 * length, 0.02 * height)
    )

    for side in (-1, 1):
        b.box(
            face,
            (side * 0.2 * wide, -0.39 * length, (0.93 + ear / 2) * height),
            (0.1 * wide, 0.03, ear * height),
        )

    return b.box(
        coat, (0, 0.42 * length, 0.8 * height), (0.1 * wide, 0.22 * length, 0.05), tilt=0.7
    )


def build_dog(v: int) -> MeshBuilder:
    coat, face = (BROWN, "#c9a26b", CHARCOAL, WHITE)[v], (BLACK, WHITE, "#8a5a3a", BROWN)[v]
    size = ((0.8, 0.62, 0.3), (0.6, 0.45, 0.26), (0.95, 0.7, 0.32), (0.5, 0.36, 0.22))[v]
    return _build_four_legged(coat, face, *size, 0.12)


def build_cat(v: int) -> MeshBuilder:
    coat, face = (GRAY, "#d08a4a", BLACK, WHITE)[v], (WHITE, BEIGE, CHARCOAL, GRAY)[v]
    size = ((0.46, 0.3, 0.17), (0.42, 0.28, 0.18), (0.48, 0.31, 0.16), (0.4, 0.26, 0.17))[v]
    return _build_four_legged(coat, face, *size, 0.2)


def build_robot_vacuum(v: int) -> MeshBuilder:
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
