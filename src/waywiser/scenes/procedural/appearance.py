"""Colors and light of rooms: walls, floors of wood, tile and carpet, lamps, tinted furniture."""

import numpy as np

from waywiser.scenes.furniture.mesh_builder import hex_to_linear
from waywiser.scenes.procedural.floor_plan import FloorPlan
from waywiser.scenes.procedural.placement import FurniturePiece
from waywiser.scenes.scene import Room, Vec3

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

FLOOR_SHARES = {
    "kitchen": (0.3, 0.55, 0.0, 0.15),
    "bathroom": (0.0, 0.9, 0.0, 0.1),
    "hall": (0.45, 0.35, 0.08, 0.12),
    "storage room": (0.2, 0.35, 0.05, 0.4),
    "bedroom": (0.45, 0.02, 0.45, 0.08),
    "children's room": (0.4, 0.0, 0.5, 0.1),
}
"""Shares of planks, tiles, carpet and plain floors, by use."""
UNTINTED_CATEGORIES = frozenset(
    {
        "fridge",
        "washing machine",
        "stove",
        "oven",
        "dishwasher",
        "microwave",
        "range hood",
        "toilet",
        "bathtub",
        "shower",
        "sink",
        "radiator",
        "television",
        "laptop",
        "monitor",
        "keyboard",
        "printer",
        "computer tower",
        "kettle",
        "toaster",
        "coffee machine",
        "ceiling lamp",
        "floor lamp",
        "table lamp",
        "wall lamp",
        "window",
        "door",
        "mirror",
        "framed picture",
        "plant",
        "book",
        "photo frame",
        "clock",
        "globe",
        "piano",
        "person",
        "dog",
        "cat",
        "robot vacuum",
    }
)
"""Appliances, ceramics, lamps and pictures keep their own colors."""
NIGHT_TINT = (0.05, 0.06, 0.1)
"""Windows are dark at night."""


def sample_room(rng: np.random.Generator, plan: FloorPlan, height: float, use: str = "") -> Room:
    """The room's shape with random realistic colors, floors of tiles where it gets wet."""
    shares = FLOOR_SHARES.get(use, (0.55, 0.08, 0.25, 0.12))
    pattern = str(rng.choice(["planks", "tiles", "carpet", "plain"], p=shares))
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
        use=use,
    )


def sample_tints(
    rng: np.random.Generator, pieces: list[FurniturePiece], is_night: bool = False
) -> list[Vec3]:
    """A tint per piece; pieces of one model share it (a set of chairs)."""
    tints: dict[str, Vec3] = {}

    for piece in pieces:
        if piece.model.key in tints:
            continue
        if piece.category in UNTINTED_CATEGORIES:
            is_dark = is_night and piece.category == "window"
            tints[piece.model.key] = NIGHT_TINT if is_dark else (1.0, 1.0, 1.0)
            continue

        spread = 0.28 if rng.random() < 0.35 else 0.05
        shade = rng.uniform(0.75, 1.1) * rng.uniform(1 - spread, 1 + spread / 2, 3)
        tints[piece.model.key] = _round_rgb(np.clip(shade, 0.4, 1.2))

    return [tints[piece.model.key] for piece in pieces]


def _jitter_color(rng: np.random.Generator, color: Vec3, spread: float) -> Vec3:
    factor = rng.uniform(1 - spread, 1 + spread) * rng.uniform(1 - spread / 2, 1 + spread / 2, 3)
    return _round_rgb(np.clip(np.asarray(color) * factor, 0.0, 0.95))


def _round_rgb(values) -> Vec3:
    r, g, b = (round(float(v), 4) for v in values)
    return (r, g, b)
