"""Colors and light of rooms: walls, floors of wood, tile and carpet, lamps, tinted furniture."""

import numpy as np

from waywiser.scenes.furniture.mesh_builder import hex_to_linear
from waywiser.scenes.procedural.floor_plan import FloorPlan
from waywiser.scenes.procedural.placement import FurniturePiece
from waywiser.scenes.scene import Light, Room, Vec3

WALL_COLORS = (
    "#f2efe8",
    "#ebe6da",
    "#e4ded2",
    "#dfe3e2",
    "#d9dfe6",
    "#e8ddd0",
    "#cfd8cf",
    "#c8d3d8",
    "#e6d5c6",
    "#d8c9b8",
    "#b9c4bb",
    "#aebfca",
    "#c9b3a2",
    "#d7c7cf",
    "#efe3c0",
    "#a9b5a4",
    "#8fa3ad",
    "#b98d78",
    "#f0f0f0",
    "#d5d0c8",
)
FLOOR_COLORS: dict[str, tuple[str, ...]] = {
    "planks": (
        "#a87b4f",
        "#c49a6c",
        "#8a5d3b",
        "#6d4a33",
        "#d3b48c",
        "#9c8468",
        "#b58a5e",
        "#7a6a5c",
    ),
    "tiles": (
        "#d8d4cc",
        "#bfb8ac",
        "#9a9a98",
        "#c9b9a4",
        "#e5e2dc",
        "#7f8489",
        "#b07f62",
        "#a9b4b2",
    ),
    "carpet": (
        "#9b8f82",
        "#7d8791",
        "#b5a791",
        "#6f7f74",
        "#8a5f5a",
        "#5f6b80",
        "#c2b8a8",
        "#70665f",
    ),
    "plain": ("#a7a39b", "#8f8b86", "#b9ada0", "#6e7174", "#c4c0b6"),
}

UNTINTED_CATEGORIES = frozenset(
    {
        "fridge",
        "washing machine",
        "stove",
        "toilet",
        "bathtub",
        "sink",
        "radiator",
        "television",
        "laptop",
    }
)
"""Appliances and ceramics keep their own colors."""


def sample_room(rng: np.random.Generator, plan: FloorPlan, height: float) -> Room:
    """The room's shape with random realistic colors."""
    pattern = str(rng.choice(["planks", "tiles", "carpet", "plain"], p=[0.45, 0.22, 0.23, 0.1]))
    floors = FLOOR_COLORS[pattern]

    return Room(
        polygon=plan.polygon,
        height=height,
        wall_colour=_jitter_color(
            rng, hex_to_linear(WALL_COLORS[int(rng.integers(len(WALL_COLORS)))]), 0.06
        ),
        floor_colour=_jitter_color(
            rng, hex_to_linear(floors[int(rng.integers(len(floors)))]), 0.12
        ),
        ceiling_colour=_jitter_color(rng, (0.86, 0.86, 0.84), 0.04),
        floor_pattern=pattern,
        pattern_seed=int(rng.integers(2**31)),
    )


def sample_lights(
    rng: np.random.Generator, plan: FloorPlan, height: float
) -> tuple[tuple[Light, ...], float]:
    """One to three lamps under the ceiling, brighter in bigger rooms, and the ambient share."""
    count = int(rng.integers(1, 4))
    lights = []
    total = float(rng.uniform(2.6, 4.6)) * (plan.area / 16) ** 0.5

    while len(lights) < count:
        x = float(rng.uniform(0, plan.width))
        y = float(rng.uniform(0, plan.depth))
        if plan.wall_distance(x, y) > 0.8:
            warmth = float(rng.uniform(-0.08, 0.14))
            power = total / count * float(rng.uniform(0.7, 1.3))
            z = height - float(rng.uniform(0.35, 0.7))
            intensity = (power * (1 + warmth), power, power * (1 - warmth))
            lights.append(
                Light(
                    position=(round(x, 3), round(y, 3), round(z, 3)),
                    intensity=_round_rgb(intensity),
                )
            )

    return tuple(lights), round(float(rng.uniform(0.32, 0.5)), 3)


def sample_tints(rng: np.random.Generator, pieces: list[FurniturePiece]) -> list[Vec3]:
    """A tint per piece; pieces of one model and size share it (a set of chairs)."""
    tints: dict[tuple[str, Vec3], Vec3] = {}

    for piece in pieces:
        model_and_size = (piece.model.key, piece.size)
        if model_and_size not in tints:
            is_bold = rng.random() < 0.35 and piece.model.category not in UNTINTED_CATEGORIES
            spread = 0.28 if is_bold else 0.05
            tints[model_and_size] = _round_rgb(
                np.clip(
                    rng.uniform(0.75, 1.1) * rng.uniform(1 - spread, 1 + spread / 2, 3), 0.4, 1.2
                )
            )

    return [tints[piece.model.key, piece.size] for piece in pieces]


def _jitter_color(rng: np.random.Generator, color: Vec3, spread: float) -> Vec3:
    factor = rng.uniform(1 - spread, 1 + spread) * rng.uniform(1 - spread / 2, 1 + spread / 2, 3)
    return _round_rgb(np.clip(np.asarray(color) * factor, 0.0, 0.95))


def _round_rgb(values) -> Vec3:
    r, g, b = (round(float(v), 4) for v in values)
    return (r, g, b)
