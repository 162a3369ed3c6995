"""Small things on tables, seats and beds, in shelves, and chairs under tables.

Dimensions: N points of a footprint.
"""

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from waywiser.scenes.procedural.footprint import Footprint
from waywiser.scenes.procedural.furniture_piece import FurniturePiece, pieces_collide
from waywiser.scenes.procedural.placement import MAX_TUCK, FurniturePlacer, SizedModel
from waywiser.scenes.procedural.surface_map import HEIGHT_TOLERANCE
from waywiser.scenes.scene import Vec3

Spot = Literal["any", "middle", "back", "front", "seat"]

MAX_TRIES = 12
MAX_SURFACE_HEIGHT = 1.35
"""Nothing stands on top of what is higher (m), unless it hangs on the wall."""
EDGE = 0.012
"""Meters between a small thing and the edge of what it stands on."""
BOARD_THICKNESS = 0.04
"""Meters above a thing in a shelf that stay free, with the thickness of the next board."""

_SPOT_RANGES: dict[Spot, tuple[tuple[float, float], tuple[float, float]]] = {
    "any": ((-0.5, 0.5), (-0.5, 0.5)),
    "middle": ((-0.12, 0.12), (-0.1, 0.1)),
    "back": ((-0.45, 0.45), (0.1, 0.5)),
    "front": ((-0.3, 0.3), (-0.45, -0.05)),
    "seat": ((-0.4, 0.4), (-0.15, 0.25)),
}
SOFT_CATEGORIES = ("cushion", "blanket")
SOFT_TOLERANCE = 0.07
"""Unevenness, in meters, of what soft things lie on; they rest on its highest part."""
_GRID_N_2 = np.array([(x, y) for x in (-0.5, 0.0, 0.5) for y in (-0.5, 0.0, 0.5)])
_FINE_GRID_N_2 = np.array(
    [(x, y) for x in np.linspace(-0.49, 0.49, 12) for y in np.linspace(-0.49, 0.49, 12)]
)


def place_on_top(
    placer: FurniturePlacer,
    category: str,
    anchor: int,
    spot: Spot = "any",
    model: SizedModel | None = None,
    turn: float = 0.25,
) -> int | None:
    """Stand a small piece on another one's top or seat.

    Args:
        placer: The room.
        category: Category of the small piece.
        anchor: Index of the piece that it stands on.
        spot: Part of the surface, as seen by somebody in front of it.
        model: Model and size; drawn if not given.
        turn: Most radians that it is turned from facing where the carrier faces.

    Returns:
        Its index, or None if it does not fit.
    """
    if not placer.can_add(category):
        return None

    support = placer.pieces[anchor]
    surfaces = placer.surfaces(support.model.key)
    info, size = model or placer.sample_model(category)
    x_range, y_range = _SPOT_RANGES[spot]
    tolerance = SOFT_TOLERANCE if category in SOFT_CATEGORIES else HEIGHT_TOLERANCE
    quarter = _quarter_turn(size, support)
    turned = (size[1], size[0], size[2])

    for attempt, (u, v, w) in enumerate(placer.rng.random((MAX_TRIES, 3))):
        right = (x_range[0] + u * (x_range[1] - x_range[0])) * support.size[0]
        back = (y_range[0] + v * (y_range[1] - y_range[0])) * support.size[1]
        right, back = _keep_inside(right, back, turned if quarter else size, support)
        x, y = support.footprint.point_at(right, -back)
        # The less it is turned, the less space it needs.
        yaw = support.footprint.yaw + quarter + turn * (2 * w - 1) * (1 - attempt / MAX_TRIES)
        footprint = Footprint(x, y, size[0], size[1], yaw)
        points_N_2 = _to_unit_square(footprint, support)
        if points_N_2 is None:
            continue

        level = surfaces.top_height(points_N_2, support.size[2], tolerance)
        if level is None or (not support.is_hung and level > MAX_SURFACE_HEIGHT):
            continue

        piece = FurniturePiece(info, size, footprint, round(support.z + level, 4), anchor)
        if piece.top < placer.ceiling - 0.05 and _is_free(placer, piece, anchor):
            placer.pieces.append(piece)
            return len(placer.pieces) - 1

    return None


def place_in_shelf(placer: FurniturePlacer, category: str, anchor: int) -> int | None:
    """Stand a small piece on a board inside a bookcase; its index, or None if it does not fit."""
    if not placer.can_add(category):
        return None

    support = placer.pieces[anchor]
    surfaces = placer.surfaces(support.model.key)
    info, size = placer.sample_model(category)

    for u, v, w in placer.rng.random((MAX_TRIES, 3)):
        right, back = _keep_inside((u - 0.5) * support.size[0], 0.0, size, support, side=0.04)
        x, y = support.footprint.point_at(right, -back + 0.01)
        footprint = Footprint(x, y, size[0], size[1], support.footprint.yaw + 0.2 * (v - 0.5))
        points_N_2 = _to_unit_square(footprint, support)
        if points_N_2 is None:
            continue

        levels = [
            level
            for level, free in surfaces.shelf_heights(points_N_2, support.size[2])
            if 0.04 <= level <= 1.9 and size[2] < free - BOARD_THICKNESS
        ]
        if not levels:
            continue

        level = levels[int(w * len(levels))]
        piece = FurniturePiece(info, size, footprint, round(support.z + level, 4), anchor)
        if _is_free(placer, piece, anchor):
            placer.pieces.append(piece)
            return len(placer.pieces) - 1

    return None


def place_around(
    placer: FurniturePlacer, category: str, anchor: int, count: int, sides: str = "fbrl"
) -> list[int]:
    """Stand seats of one model along the sides of a table, facing it, most of them tucked in.

    Args:
        placer: The room.
        category: Category of the seats.
        anchor: Index of the table.
        count: Number of seats wanted.
        sides: Sides of the table to use: front, back, right, left.

    Returns:
        Indices of the seats that were placed, at most `count`.
    """
    if not placer.has_category(category):
        return []

    table = placer.pieces[anchor]
    info, size = placer.sample_model(category)
    slots = _order_slots(placer, _seat_slots(table.footprint, size[0]), sides)
    tuck = float(placer.rng.uniform(0.1, MAX_TUCK))
    indices = []

    for right, front, side in slots:
        if len(indices) == count or not placer.can_add(category):
            break

        out_right, out_front = _OUTWARD_DIRECTIONS[side]
        is_pulled_out = placer.rng.random() < 0.15
        turn = float(placer.rng.normal(0, 0.2 if is_pulled_out else 0.04))
        yaw = table.footprint.yaw + _FACING_YAWS[side] + float(np.clip(turn, -0.35, 0.35))

        for depth in (-0.15,) if is_pulled_out else (tuck, tuck / 2, 0.0, -0.05):
            distance = size[1] / 2 - depth + 0.01
            x, y = table.footprint.point_at(
                right + distance * out_right, front + distance * out_front
            )
            footprint = Footprint(x, y, size[0], size[1], yaw)
            if not fits_below(placer, info.key, size, footprint, table):
                continue

            index = placer.try_place(info, size, footprint, gap=0.015, may_touch=anchor)
            if index is not None:
                indices.append(index)
                break

    return indices


def fits_below(
    placer: FurniturePlacer, key: str, size: Vec3, footprint: Footprint, table: FurniturePiece
) -> bool:
    """Whether a seat at a place goes under a table without touching its top or its legs."""
    (ax, ay), (bx, by) = footprint.axes
    grid_N_2 = _FINE_GRID_N_2 * (footprint.width, footprint.depth)
    x_N = footprint.x + grid_N_2[:, 0] * ax + grid_N_2[:, 1] * bx
    y_N = footprint.y + grid_N_2[:, 0] * ay + grid_N_2[:, 1] * by
    points_N_2 = _to_frame(np.column_stack([x_N, y_N]), table)
    inside_N = (np.abs(points_N_2) < 0.505).all(axis=1)
    if not inside_N.any():
        return True

    seat = placer.surfaces(key)
    below = placer.surfaces(table.model.key)
    top_N = seat.cell_values(seat.top_X_Y, _FINE_GRID_N_2[inside_N]) * size[2]
    underside_N = below.cell_values(below.underside_X_Y, points_N_2[inside_N]) * table.size[2]
    return bool((top_N < underside_N - 0.01).all())


def _is_free(placer: FurniturePlacer, piece: FurniturePiece, anchor: int) -> bool:
    return not any(
        pieces_collide(piece, other, 0.008)
        for index, other in enumerate(placer.pieces)
        if index != anchor
    )


def _quarter_turn(size: Vec3, support: FurniturePiece) -> float:
    """Radians by which a thing is turned that fits its support only sideways, as a book on a
    narrow shelf; else 0.
    """
    width, depth = support.size[0] - 2 * EDGE, support.size[1] - 2 * EDGE
    fits = size[0] <= width and size[1] <= depth
    fits_sideways = size[1] <= width and size[0] <= depth

    return math.pi / 2 if fits_sideways and not fits else 0.0


def _keep_inside(
    right: float, back: float, size: Vec3, support: FurniturePiece, side: float = EDGE
) -> tuple[float, float]:
    """A place moved so far inward that a thing of this size does not stick out."""
    x = max(support.size[0] / 2 - size[0] / 2 - side, 0.0)
    y = max(support.size[1] / 2 - size[1] / 2 - EDGE, 0.0)
    return min(max(right, -x), x), min(max(back, -y), y)


def _to_unit_square(footprint: Footprint, support: FurniturePiece) -> NDArray[np.float64] | None:
    """Nine points of a footprint in the support's unit square; None if one is outside."""
    (ax, ay), (bx, by) = footprint.axes
    grid_N_2 = _GRID_N_2 * (footprint.width, footprint.depth)
    x_N = footprint.x + grid_N_2[:, 0] * ax + grid_N_2[:, 1] * bx
    y_N = footprint.y + grid_N_2[:, 0] * ay + grid_N_2[:, 1] * by
    points_N_2 = _to_frame(np.column_stack([x_N, y_N]), support)
    return points_N_2 if float(np.abs(points_N_2).max()) < 0.5 else None


def _to_frame(points_N_2: NDArray[np.float64], support: FurniturePiece) -> NDArray[np.float64]:
    """Points of the room in the support's frame, as fractions of its width and depth."""
    offset_N_2 = points_N_2 - (support.footprint.x, support.footprint.y)
    axes = np.array(support.footprint.axes).T
    return offset_N_2 @ axes / support.size[:2]


def _seat_slots(footprint: Footprint, seat_width: float) -> list[tuple[float, float, str]]:
    """Seats around a rectangle: (right, front) of the point on its edge, and the side it is on."""
    w = footprint.width / 2
    d = footprint.depth / 2
    slots = []

    for length, sides in ((footprint.width, "fb"), (footprint.depth, "rl")):
        seats = max(1, int((length - 0.06) / (seat_width + 0.1)))
        for k in range(seats):
            along = (k + 0.5) / seats * length - length / 2

            for side in sides:
                out_right, out_front = _OUTWARD_DIRECTIONS[side]
                slots.append((out_right * w or along, out_front * d or along, side))

    return slots


def _order_slots(
    placer: FurniturePlacer, slots: list[tuple[float, float, str]], sides: str
) -> list[tuple[float, float, str]]:
    """The long sides first, and each side's seats one after the other, as people sit down."""
    slots = [slot for slot in slots if slot[2] in sides]
    placer.rng.shuffle(slots)
    return sorted(slots, key=lambda slot: slot[2] in "rl")


_OUTWARD_DIRECTIONS = {"f": (0.0, 1.0), "b": (0.0, -1.0), "r": (1.0, 0.0), "l": (-1.0, 0.0)}
_FACING_YAWS = {"f": math.pi, "b": 0.0, "r": -math.pi / 2, "l": math.pi / 2}
"""Radians to turn a piece so that it faces the piece that it stands around."""
