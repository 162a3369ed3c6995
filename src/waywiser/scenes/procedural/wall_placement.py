"""What hangs: pictures, mirrors, shelves and cabinets on walls, lamps from the ceiling."""

import math

from waywiser.scenes.procedural.floor_plan import Wall
from waywiser.scenes.procedural.footprint import Footprint
from waywiser.scenes.procedural.placement import (
    WALL_GAP,
    FurniturePlacer,
    SizedModel,
    footprint_at_wall,
)

MAX_TRIES = 16
CLOSE_TO_WALL = 0.2
"""Meters between a wall and the back of a piece that still stands at it."""


def hang_at(
    placer: FurniturePlacer, model: SizedModel, wall: Wall, along: float, bottom: float
) -> int | None:
    """Hang a thing on a wall, `along` meters from its start; its index, or None if taken."""
    info, size = model
    if not size[0] / 2 <= along <= wall.length - size[0] / 2:
        return None

    footprint = footprint_at_wall(wall, along, size, WALL_GAP)
    return placer.try_place(info, size, footprint, z=bottom, is_hung=True, gap=0.01)


def hang_somewhere(
    placer: FurniturePlacer, category: str, center: float, max_top: float = 2.2
) -> int | None:
    """Hang a thing on a random wall with its center at a height; its index or None."""
    if not placer.can_add(category):
        return None

    model = placer.sample_model(category)
    bottom = min(center - model[1][2] / 2, max_top - model[1][2], placer.ceiling - model[1][2])
    walls = [wall for wall in placer.plan.walls if wall.length > model[1][0] + 0.1]

    for pick, sample in placer.rng.random((MAX_TRIES if walls else 0, 2)):
        wall = walls[int(pick * len(walls))]
        margin = model[1][0] / 2 + 0.05
        along = margin + sample * (wall.length - 2 * margin)
        index = hang_at(placer, model, wall, along, max(bottom, 0.0))
        if index is not None:
            return index

    return None


def hang_above(
    placer: FurniturePlacer,
    category: str,
    anchor: int,
    bottom: float,
    shift: float = 0.0,
    model: SizedModel | None = None,
) -> int | None:
    """Hang a thing on the wall behind a piece, its lower end at a height.

    Args:
        placer: The room.
        category: Category of the thing.
        anchor: Index of the piece below.
        bottom: Height of the lower end in meters.
        shift: Meters to the right of the piece's middle, as it faces.
        model: Model and size; drawn if not given.

    Returns:
        Its index, or None if there is no wall or the space is taken.
    """
    if not placer.can_add(category):
        return None

    found = find_wall_behind(placer, anchor)
    if found is None:
        return None

    wall, along = found
    model = model or placer.sample_model(category)
    return hang_at(placer, model, wall, along + shift, bottom)


def find_wall_behind(placer: FurniturePlacer, anchor: int) -> tuple[Wall, float] | None:
    """The wall at a piece's back and the place along it, None if it stands free."""
    footprint = placer.pieces[anchor].footprint
    x, y = footprint.point_at(0.0, -footprint.depth / 2)

    for wall in placer.plan.walls:
        dx = x - wall.start[0]
        dy = y - wall.start[1]
        along = dx * wall.direction[0] + dy * wall.direction[1]
        away = dx * wall.inward[0] + dy * wall.inward[1]
        faces = math.cos(footprint.yaw - math.atan2(wall.inward[0], -wall.inward[1]))
        if faces > 0.99 and 0 <= along <= wall.length and -0.01 <= away <= CLOSE_TO_WALL:
            return wall, along

    return None


def hang_from_ceiling(
    placer: FurniturePlacer, category: str, x: float, y: float, min_clearance: float = 2.0
) -> int | None:
    """Hang a lamp from the ceiling over a spot; its index or None.

    One that would hang lower than `min_clearance` meters is only taken if no model hangs higher.
    """
    if not placer.can_add(category):
        return None

    short = [
        model
        for model in placer.models[category]
        if placer.ceiling - 1.08 * model.size[2] >= min_clearance
    ]
    options = short or [min(placer.models[category], key=lambda model: model.size[2])]
    info, size = placer.sample_model(category)
    if info not in options:
        info = options[int(placer.rng.integers(len(options)))]
        size = info.size

    footprint = Footprint(x, y, size[0], size[1], 0.0)
    return placer.try_place(info, size, footprint, z=placer.ceiling - size[2] - 0.001, is_hung=True)
