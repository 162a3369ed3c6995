"""Walkers of a home: people, pets and robot vacuums, placed where they have a way to go."""

from collections import Counter

import numpy as np

from waywiser.scenes.categories import are_confusable
from waywiser.scenes.furniture.dynamic_models import (
    SCALE_RANGES,
    DynamicModel,
    build_dynamic_models,
    dynamic_model_keys,
)
from waywiser.scenes.furniture.furniture_library import ModelInfo
from waywiser.scenes.procedural.footprint import Footprint
from waywiser.scenes.procedural.furnished_room import FurnishedRoom
from waywiser.scenes.procedural.furniture_piece import FurniturePiece, pieces_collide
from waywiser.scenes.procedural.key_poses import (
    interpolate_poses,
    sample_path,
    walk_key_poses,
    yaw_towards,
)
from waywiser.scenes.scene import Vec2

WALKER_GAP = 0.05
"""Meters between a walker that waits and the furniture around it."""
MAX_TRIES = 150
"""Places tried for a walker before its room stays without it."""
MAX_PER_ROOM = 3
"""Walkers of a room, at most: enough that any of them might be the one that moves."""
MAX_APART = 2.0
"""Distance (m) along either axis within which further walkers of a room stand by the first one."""
MAX_PER_HOME = {"person": 2, "dog": 1, "cat": 1, "robot vacuum": 1}
"""Walkers of a home, at most."""


def add_walkers(rng: np.random.Generator, rooms: list[FurnishedRoom], split: str) -> None:
    """Puts people, pets and robot vacuums into rooms, in each of unconfusable categories."""
    models = build_dynamic_models()
    keys = dynamic_model_keys(split)
    present: Counter[str] = Counter()
    used: set[str] = set()

    for number in rng.permutation(len(rooms)).tolist():
        room = rooms[number]

        for _ in range(int(rng.integers(1, MAX_PER_ROOM + 1))):
            words = [piece.category for piece in room.pieces]
            categories = [
                category
                for category, most in MAX_PER_HOME.items()
                if present[category] < most
                and not any(are_confusable(category, word) for word in words)
            ]
            if not categories:
                break

            category = categories[int(rng.integers(len(categories)))]
            choices = [k for k in keys if models[k].category == category and k not in used]
            key = choices[int(rng.integers(len(choices)))]
            if _add_walker(rng, room, key, models[key]):
                present[category] += 1
                used.add(key)


def stride_of(piece: FurniturePiece) -> float | None:
    """Meters of a step cycle of a walker, or of a turn of a ball; None for what keeps its shape."""
    if piece.category == "ball":
        return round(float(np.pi) * piece.size[2], 4)

    model = build_dynamic_models().get(piece.model.key)
    if model is None or model.stride is None:
        return None
    return round(model.stride * piece.size[2] / model.size[2], 4)


def _add_walker(
    rng: np.random.Generator, room: FurnishedRoom, key: str, model: DynamicModel
) -> bool:
    """Puts a walker where it has a way to go; returns whether there is such a place."""
    scale = float(rng.uniform(*SCALE_RANGES[model.category]))
    width, depth, height = (round(side * scale, 4) for side in model.size)
    info = ModelInfo(
        key,
        model.category,
        model.size,
        None,
        "Apache-2.0",
        "The waywiser authors",
        "waywiser movers",
    )
    plan = room.placed_room.plan

    for _ in range(MAX_TRIES):
        x, y = _sample_place(rng, room)
        path = sample_path(rng, (x, y), None if model.stride is None else model.stride * scale / 2)
        yaw = yaw_towards((x, y), path[1])
        footprint = Footprint(x, y, width, depth, yaw)

        # It must not wait where people walk. Its path may cross an aisle, because only its own clip
        # shows it moving.
        if any(footprint.distance(cx, cy) < radius for cx, cy, radius in room.walkways.circles):
            continue

        # A radiator hangs at a wall and yet leaves no space for a cat.
        piece = FurniturePiece(info, (width, depth, height), footprint)
        if not plan.contains(footprint) or any(
            pieces_collide(piece, other, WALKER_GAP) for other in room.pieces if not other.is_flat
        ):
            continue

        room.pieces.append(piece)
        mover = len(room.pieces) - 1
        if room.is_motion_free(mover, interpolate_poses(walk_key_poses(path))):
            room.walkers.append(mover)
            return True

        room.pieces.pop()

    return False


def _sample_place(rng: np.random.Generator, room: FurnishedRoom) -> Vec2:
    """A place in the room; near its first walker, if it has one, so that both may be in view."""
    plan = room.placed_room.plan
    low, high = np.zeros(2), np.array([plan.width, plan.depth])
    if room.walkers:
        first = room.pieces[room.walkers[0]].footprint
        center = np.array([first.x, first.y])
        low, high = np.maximum(low, center - MAX_APART), np.minimum(high, center + MAX_APART)

    x, y = rng.uniform(low, high).round(4).tolist()
    return x, y
