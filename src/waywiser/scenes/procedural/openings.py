"""What belongs to a room's walls: doors and their leaves, windows, curtains and radiators."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from waywiser.scenes.furniture.furniture_library import ModelInfo
from waywiser.scenes.furniture.natural_size import MAX_SCALE_CHANGE
from waywiser.scenes.procedural.floor_plan import Wall
from waywiser.scenes.procedural.footprint import Footprint
from waywiser.scenes.procedural.placement import (
    FurniturePlacer,
    SizedModel,
    Zone,
    footprint_at_wall,
)
from waywiser.scenes.procedural.wall_placement import hang_at
from waywiser.scenes.scene import Vec2

OPEN_LEAF_PROB = 0.8
"""Probability that a doorway has a door leaf."""
DOOR_SPACE = 0.5
"""Meters before a closed door that stay free."""
VIEW_DISTANCES = (0.3, 0.8, 1.5, 2.5)
"""Meters outside a window at which there must be no room."""
SILL_HEIGHT = 0.92
"""Height of a window's lower end in meters, where the ceiling allows."""
HIGH_SILL_HEIGHT = 1.15
"""The same in kitchens and bathrooms, where things stand below."""
WINDOW_SPACE = 0.3
"""Meters before a window that nothing tall may stand in."""
MIN_SILL_HEIGHT = 0.3
RADIATOR_BOTTOM = 0.1
CURTAIN_OVERHANG = 0.12
"""Meters that curtains reach above their window."""

IsOutside = Callable[[Vec2], bool]
"""Whether a point in room coordinates is in none of the home's rooms."""


@dataclass(frozen=True)
class Opening:
    """A doorway in a room's wall, from `low` to `high` meters along it."""

    wall: Wall
    low: float
    high: float
    height: float


def locate_opening(walls: list[Wall], ends: tuple[Vec2, Vec2], height: float) -> Opening | None:
    """The doorway whose middle line runs between two points in room coordinates."""
    best = None

    for wall in walls:
        along = []
        away = 0.0
        for x, y in ends:
            dx = x - wall.start[0]
            dy = y - wall.start[1]
            along.append(dx * wall.direction[0] + dy * wall.direction[1])
            away = max(away, abs(dx * wall.inward[0] + dy * wall.inward[1]))

        is_on_wall = min(along) >= -1e-6 and max(along) <= wall.length + 1e-6
        if is_on_wall and (best is None or away < best[0]):
            best = (away, Opening(wall, min(along), max(along), height))

    return best[1] if best is not None else None


def keep_opening_free(placer: FurniturePlacer, opening: Opening) -> None:
    """Nothing stands in a doorway or hangs over it."""
    width = opening.high - opening.low
    footprint = footprint_at_wall(
        opening.wall, (opening.low + opening.high) / 2, (width + 0.04, 0.4, 0.0), 0.0
    )
    placer.zones.append(Zone(footprint, 0.0, opening.height + 0.04, frozenset({"door"})))


def place_leaf(placer: FurniturePlacer, opening: Opening) -> int | None:
    """An open door leaf at a doorway, along a wall and in nobody's way; its index or None."""
    if placer.rng.random() >= OPEN_LEAF_PROB or not placer.can_add("door"):
        return None

    model, size = _fit_leaf(placer, opening)
    angles = [
        math.radians(float(placer.rng.uniform(*limits))) for limits in ((168, 176), (91, 112))
    ]
    choices = [(at_low, angle) for at_low in (True, False) for angle in angles]

    for index in placer.rng.permutation(len(choices)).tolist():
        at_low, angle = choices[index]
        footprint = _leaf_footprint(opening, size[0], size[1], at_low, angle)
        placed = placer.try_place(model, size, footprint, gap=0.01)
        if placed is not None:
            return placed

    return None


def _fit_leaf(placer: FurniturePlacer, opening: Opening) -> SizedModel:
    """A leaf about as wide as the doorway and not higher."""
    width = opening.high - opening.low
    options = placer.models["door"]
    model = options[int(placer.rng.integers(len(options)))]
    limit = min(width / model.size[0], (opening.height - 0.005) / model.size[2])
    scale = min(max(limit, 1 - MAX_SCALE_CHANGE), 1 + MAX_SCALE_CHANGE)
    w, d, h = (math.floor(1e4 * side * scale) / 1e4 for side in model.size)
    return model, (w, d, h)


def _leaf_footprint(
    opening: Opening, width: float, thickness: float, at_low: bool, angle: float
) -> Footprint:
    """A leaf hinged at one end of a doorway and opened by an angle into the room."""
    wall = opening.wall
    hinge = opening.low if at_low else opening.high
    sign = 1.0 if at_low else -1.0
    c = math.cos(angle)
    s = math.sin(angle)
    closed_x, closed_y = (sign * v for v in wall.direction)
    along_x = c * closed_x + s * wall.inward[0]
    along_y = c * closed_y + s * wall.inward[1]
    out_x = -s * closed_x - c * wall.inward[0]
    out_y = -s * closed_y - c * wall.inward[1]
    reach = width / 2 + 0.01
    x = wall.start[0] + hinge * wall.direction[0] + reach * along_x + thickness / 2 * out_x
    y = wall.start[1] + hinge * wall.direction[1] + reach * along_y + thickness / 2 * out_y
    x += 0.012 * wall.inward[0]
    y += 0.012 * wall.inward[1]

    return Footprint(x, y, width, thickness, math.atan2(along_y, along_x))


def place_closed_door(placer: FurniturePlacer, is_outside: IsOutside) -> int | None:
    """A closed door that leads out of the home; its index, or None if no wall has space."""
    if not placer.can_add("door"):
        return None

    model = placer.sample_model("door")
    info, size = model
    walls = [wall for wall in placer.plan.walls if wall.length > size[0] + 0.5]

    for pick, sample in placer.rng.random((20 if walls else 0, 2)):
        wall = walls[int(pick * len(walls))]
        margin = size[0] / 2 + 0.15
        along = margin + sample * (wall.length - 2 * margin)
        footprint = footprint_at_wall(wall, along, size, 0.004)
        if not _looks_outside(wall, along, size[0], is_outside):
            continue

        index = placer.try_place(info, size, footprint, gap=0.05)
        if index is not None:
            x, y = footprint.point_at(0.0, DOOR_SPACE)
            placer.reserved.append((x, y, 0.42))
            area = footprint_at_wall(wall, along, (size[0], 0.8, 0.0), 0.0)
            placer.zones.append(Zone(area, 0.0, size[2] + 0.02, frozenset({"door"})))
            return index

    return None


def place_windows(
    placer: FurniturePlacer, count: int, is_outside: IsOutside, is_high: bool
) -> list[int]:
    """Windows in exterior walls.

    Args:
        placer: The room.
        count: Number of windows wanted.
        is_outside: Whether a point is outside the home.
        is_high: Whether things stand below, so that the sill is high.

    Returns:
        Their indices; there are fewer where walls are short.
    """
    indices = []

    for _ in range(count):
        if not placer.can_add("window"):
            break
        index = _place_window(placer, is_outside, HIGH_SILL_HEIGHT if is_high else SILL_HEIGHT)
        if index is not None:
            indices.append(index)

    return indices


def _place_window(placer: FurniturePlacer, is_outside: IsOutside, sill: float) -> int | None:
    model, size = _sample_window(placer, sill)
    bottom = min(sill, placer.ceiling - 0.12 - size[2])
    walls = [wall for wall in placer.plan.walls if wall.length > size[0] + 0.5]
    if bottom < MIN_SILL_HEIGHT or not walls:
        return None

    for pick, sample in placer.rng.random((14, 2)):
        wall = walls[int(pick * len(walls))]
        margin = size[0] / 2 + 0.25
        slack = max(wall.length - 2 * margin, 0.0)
        along = margin + (0.5 + 0.7 * (sample - 0.5)) * slack
        if not _looks_outside(wall, along, size[0], is_outside):
            continue

        index = hang_at(placer, (model, size), wall, along, bottom)
        if index is not None:
            area = footprint_at_wall(wall, along, (size[0], WINDOW_SPACE, 0.0), 0.0)
            allowed = frozenset({"window", "curtain"})
            placer.zones.append(Zone(area, bottom + 0.12, bottom + size[2], allowed))
            return index

    return None


def _sample_window(placer: FurniturePlacer, sill: float) -> SizedModel:
    """A window like those that the room has, or one that is not too high for the wall."""
    for piece in placer.pieces:
        if piece.category == "window" and placer.rng.random() < 0.7:
            return piece.model, piece.size

    def is_low(model: ModelInfo) -> bool:
        return sill + model.size[2] <= placer.ceiling - 0.15

    options = placer.models["window"]
    options = [model for model in options if is_low(model)] or options
    model = options[int(placer.rng.integers(len(options)))]
    return model, model.size


def _looks_outside(wall: Wall, along: float, width: float, is_outside: IsOutside) -> bool:
    for s in (along - width / 2, along, along + width / 2):
        x = wall.start[0] + s * wall.direction[0]
        y = wall.start[1] + s * wall.direction[1]
        if not all(
            is_outside((x - d * wall.inward[0], y - d * wall.inward[1])) for d in VIEW_DISTANCES
        ):
            return False

    return True


def place_curtains(placer: FurniturePlacer, window: int) -> None:
    """A pair of curtains, one at each side of a window, or none if there is no space."""
    if not placer.can_add("curtain"):
        return

    piece = placer.pieces[window]
    found = _wall_of(placer, window)
    fitting = [m for m in placer.models["curtain"] if m.size[2] <= piece.top + CURTAIN_OVERHANG]
    if not fitting or found is None:
        return

    wall, along = found
    info = fitting[int(placer.rng.integers(len(fitting)))]
    top = min(piece.top + CURTAIN_OVERHANG, placer.ceiling - 0.012)
    mark = placer.mark()

    for side in (-1, 1):
        shift = side * (piece.size[0] / 2 + info.size[0] / 2 + 0.012)
        if hang_at(placer, (info, info.size), wall, along + shift, top - info.size[2]) is None:
            placer.undo(mark)
            return


def place_radiator(placer: FurniturePlacer, window: int | None) -> int | None:
    """A radiator on the wall, below a window if one is given; its index or None."""
    if not placer.can_add("radiator"):
        return None

    if window is None:
        info, size = placer.sample_model("radiator")
        walls = [wall for wall in placer.plan.walls if wall.length > size[0] + 0.3]
        for pick, sample in placer.rng.random((10 if walls else 0, 2)):
            wall = walls[int(pick * len(walls))]
            along = size[0] / 2 + 0.1 + sample * (wall.length - size[0] - 0.2)
            index = hang_at(placer, (info, size), wall, along, RADIATOR_BOTTOM)
            if index is not None:
                return index
        return None

    found = _wall_of(placer, window)
    sill = placer.pieces[window].z
    low = [model for model in placer.models["radiator"] if model.size[2] <= sill - 0.1]
    if not low or found is None:
        return None

    wall, along = found
    order = np.argsort([abs(model.size[0] - placer.pieces[window].size[0]) for model in low])
    info = low[int(order[int(placer.rng.integers(min(3, len(low))))])]
    bottom = min(RADIATOR_BOTTOM, sill - 0.06 - info.size[2])
    return hang_at(placer, (info, info.size), wall, along, bottom)


def _wall_of(placer: FurniturePlacer, index: int) -> tuple[Wall, float] | None:
    """The wall that a hung piece is on, and the place along it."""
    footprint = placer.pieces[index].footprint

    for wall in placer.plan.walls:
        dx = footprint.x - wall.start[0]
        dy = footprint.y - wall.start[1]
        along = dx * wall.direction[0] + dy * wall.direction[1]
        away = dx * wall.inward[0] + dy * wall.inward[1]
        if 0 <= along <= wall.length and abs(away - footprint.depth / 2) < 0.01:
            return wall, along

    return None
