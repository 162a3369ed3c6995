"""Walkers of a home: people, pets and robot vacuums, placed where they have a way to go."""

import numpy as np

from waywiser.scenes.categories import are_confusable
from waywiser.scenes.furniture.dynamic_models import (
    SCALE_RANGES,
    build_dynamic_models,
    dynamic_model_keys,
)
from waywiser.scenes.furniture.furniture_library import ModelInfo
from waywiser.scenes.procedural.footprint import Footprint, footprints_overlap
from waywiser.scenes.procedural.furnished_room import FurnishedRoom
from waywiser.scenes.procedural.key_poses import (
    interpolate_poses,
    sample_path,
    walk_key_poses,
    yaw_towards,
)
from waywiser.scenes.procedural.placement import FurniturePiece

MAX_TRIES = 60
"""Places tried for a walker before its room stays without one."""
MAX_WALKERS = 2
"""Walkers of a home, at most."""


def add_walkers(rng: np.random.Generator, rooms: list[FurnishedRoom], split: str) -> None:
    """Puts a person, a pet or a robot vacuum into up to two rooms, of unconfusable categories."""
    keys = dynamic_model_keys(split)

    for number in rng.permutation(len(rooms)).tolist():
        present = [
            room.pieces[room.walker].model.category for room in rooms if room.walker is not None
        ]
        if len(present) == MAX_WALKERS:
            return

        candidates = [
            key
            for key in keys
            if not any(are_confusable(build_dynamic_models()[key][0], other) for other in present)
        ]

        _add_walker(rng, rooms[number], candidates[int(rng.integers(len(candidates)))])


def _add_walker(rng: np.random.Generator, room: FurnishedRoom, key: str) -> bool:
    """Puts a walker where it has a way to go; returns whether there is such a place."""
    category, natural_size, _ = build_dynamic_models()[key]
    scale = float(rng.uniform(*SCALE_RANGES[category]))
    width, depth, height = (round(side * scale, 4) for side in natural_size)
    model = ModelInfo(
        key, category, natural_size, None, "Apache-2.0", "The waywiser authors", "waywiser movers"
    )
    plan = room.placed_room.plan

    for _ in range(MAX_TRIES):
        x = round(float(rng.uniform(0, plan.width)), 4)
        y = round(float(rng.uniform(0, plan.depth)), 4)
        walker_path = sample_path(rng, (x, y))
        yaw = yaw_towards((x, y), walker_path[1])
        footprint = Footprint(x, y, width, depth, yaw)

        # It must not wait where people walk. Its path may cross an aisle, because only its own clip
        # shows it moving.
        if any(footprint.distance(cx, cy) < radius for cx, cy, radius in room.walkways.circles):
            continue

        if not plan.contains(footprint) or any(
            footprints_overlap(footprint.expanded(0.05), p.footprint)
            for p in room.pieces
            if p.is_obstacle
        ):
            continue

        piece = FurniturePiece(model, (width, depth, height), footprint)
        room.pieces.append(piece)
        mover = len(room.pieces) - 1
        if room.is_motion_free(mover, interpolate_poses(walk_key_poses(walker_path))):
            room.walker = mover
            room.walker_path = walker_path
            return True

        room.pieces.pop()

    return False
