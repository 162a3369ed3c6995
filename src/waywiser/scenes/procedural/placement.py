"""Placing furniture: against walls, beside, around, in front of and on top of other pieces.

No piece ever cuts into another one.
"""

import math
from dataclasses import dataclass, field

import numpy as np

from waywiser.scenes.category_table import Category
from waywiser.scenes.furniture.furniture_library import ModelInfo
from waywiser.scenes.furniture.natural_size import sample_size
from waywiser.scenes.procedural.floor_plan import FloorPlan
from waywiser.scenes.procedural.footprint import Footprint, footprints_overlap
from waywiser.scenes.procedural.room_config import RoomConfig
from waywiser.scenes.scene import Vec3

MAX_TRIES = 14
FLOOR_STANDING_HEIGHT = 0.85
"""Objects that may stand anywhere stand on the floor if taller than this (m)."""
MAX_SURFACE_HEIGHT = 1.25
"""Nothing is placed on top of pieces taller than this (m)."""


@dataclass(frozen=True)
class FurniturePiece:
    """A model of a size, on the floor or on another piece."""

    model: ModelInfo
    size: Vec3
    footprint: Footprint
    z: float = 0.0
    on: int | None = None


@dataclass
class FurniturePlacer:
    """The furniture of one room as it grows."""

    rng: np.random.Generator
    """Source of randomness."""
    plan: FloorPlan
    """Floor of the room."""
    ceiling: float
    """Height of the ceiling in meters."""
    models: dict[str, list[ModelInfo]]
    """Models that may be placed, by category."""
    config: RoomConfig
    """Clearances and shares of the room."""
    reserved: list[tuple[float, float, float]]
    """Spots (x, y, radius), in meters, that furniture leaves free for cameras and aisles."""
    max_pieces: int
    """Most pieces that the room may have."""
    pieces: list[FurniturePiece] = field(default_factory=list)
    """The pieces placed so far."""

    def has_category(self, category: str) -> bool:
        """Whether the library's half has a model for this word."""
        return category in self.models

    def sample_model(self, category: str) -> tuple[ModelInfo, Vec3]:
        """A random model of a category and a size for it."""
        options = self.models[category]
        model = options[int(self.rng.integers(len(options)))]
        return model, sample_size(self.rng, model, self.ceiling - 0.1)

    def place_against_wall(
        self, category: str, model: tuple[ModelInfo, Vec3] | None = None
    ) -> int | None:
        """Stand a piece with its back to a wall; returns its index, or None if it does not fit."""
        info, size = model or self.sample_model(category)
        walls = self.plan.walls
        weights = np.array([max(wall.length - size[0], 0.0) for wall in walls])
        if self.is_full or weights.sum() <= 0:
            return None

        for sample in self.rng.random((MAX_TRIES, 3)):
            wall = walls[
                int(
                    np.searchsorted(np.cumsum(weights / weights.sum()), sample[0]).clip(
                        0, len(walls) - 1
                    )
                )
            ]

            along = size[0] / 2 + 0.02 + sample[1] * max(wall.length - size[0] - 0.04, 0.0)
            off = size[1] / 2 + 0.02 + 0.05 * sample[2]
            x = wall.start[0] + along * wall.direction[0] + off * wall.inward[0]
            y = wall.start[1] + along * wall.direction[1] + off * wall.inward[1]
            yaw = math.atan2(wall.inward[0], -wall.inward[1])
            index = self.try_place(info, size, Footprint(x, y, size[0], size[1], yaw))

            if index is not None:
                return index

        return None

    def place_anywhere(
        self, category: str, model: tuple[ModelInfo, Vec3] | None = None
    ) -> int | None:
        """Stand a piece at a random place and turn; returns its index or None."""
        info, size = model or self.sample_model(category)
        if self.is_full:
            return None

        for sample in self.rng.random((MAX_TRIES, 4)):
            yaw = (
                2 * math.pi * sample[2]
                if sample[3] < 0.5
                else math.pi / 2 * math.floor(4 * sample[2]) + 0.3 * (sample[3] - 0.75)
            )

            candidate = Footprint(
                sample[0] * self.plan.width, sample[1] * self.plan.depth, size[0], size[1], yaw
            )
            index = self.try_place(info, size, candidate)
            if index is not None:
                return index

        return None

    def place_beside(
        self, category: str, anchor: int, model: tuple[ModelInfo, Vec3] | None = None
    ) -> int | None:
        """Stand a piece at the left or right of another, backs in line."""
        info, size = model or self.sample_model(category)
        footprint = self.pieces[anchor].footprint
        sides = (-1, 1) if self.rng.random() < 0.5 else (1, -1)
        for side in sides:
            gap = (
                footprint.width / 2
                + size[0] / 2
                + self.config.clearance
                + 0.01
                + 0.08 * self.rng.random()
            )

            x, y = footprint.point_at(side * gap, -(footprint.depth - size[1]) / 2)
            index = self.try_place(info, size, Footprint(x, y, size[0], size[1], footprint.yaw))
            if index is not None:
                return index

        return None

    def place_in_front_of(self, category: str, anchor: int, gap: float) -> int | None:
        """Stand a piece `gap` meters in front of another, facing the same way (a coffee table)."""
        info, size = self.sample_model(category)
        footprint = self.pieces[anchor].footprint

        for shift in (0.0, 0.3, -0.3):
            x, y = footprint.point_at(shift, footprint.depth / 2 + gap + size[1] / 2)
            index = self.try_place(info, size, Footprint(x, y, size[0], size[1], footprint.yaw))
            if index is not None:
                return index

        return None

    def place_around(
        self, category: str, anchor: int, count: int, one_model: bool = True
    ) -> list[int]:
        """Stand pieces along the sides of another, facing it (chairs at a table).

        Args:
            category: Category of the pieces.
            anchor: Index of the piece that they stand around.
            count: Number of pieces wanted.
            one_model: Whether all pieces are of one model and size.

        Returns:
            Indices of the pieces that were placed, at most `count`.
        """
        footprint = self.pieces[anchor].footprint
        indices = []
        slots = _seat_slots(footprint)
        self.rng.shuffle(slots)
        model = self.sample_model(category)

        for right, front, side in slots:
            if len(indices) == count:
                break

            info, size = model if one_model else self.sample_model(category)
            distance = size[1] / 2 + self.config.clearance + 0.02 + 0.22 * self.rng.random()
            out_right, out_front = _OUTWARD_DIRECTIONS[side]
            x, y = footprint.point_at(right + distance * out_right, front + distance * out_front)

            yaw = (
                footprint.yaw
                + _FACING_YAWS[side]
                + float(np.clip(0.12 * self.rng.normal(), -0.35, 0.35))
            )

            index = self.try_place(info, size, Footprint(x, y, size[0], size[1], yaw))
            if index is not None:
                indices.append(index)

        return indices

    def place_on_top(self, category: str, anchor: int) -> int | None:
        """Stand a small piece on another's surface; returns its index, None if it does not fit."""
        support = self.pieces[anchor]
        surface = support.model.surface_height
        if self.is_full or surface is None or surface < 0.97:
            return None

        info, size = self.sample_model(category)
        z = support.size[2] * surface
        if z > MAX_SURFACE_HEIGHT or z + size[2] > self.ceiling - 0.05:
            return None

        for sample in self.rng.random((MAX_TRIES, 3)):
            yaw = support.footprint.yaw + 0.5 * (sample[2] - 0.5)
            x, y = support.footprint.point_at(
                (sample[0] - 0.5) * support.size[0], (sample[1] - 0.5) * support.size[1]
            )
            candidate = Footprint(x, y, size[0], size[1], yaw)
            others = [p.footprint.expanded(0.02) for p in self.pieces if p.on == anchor]

            if _fits_on_top(candidate, support) and not any(
                footprints_overlap(candidate, other) for other in others
            ):
                self.pieces.append(FurniturePiece(info, size, candidate, z, anchor))
                return len(self.pieces) - 1

        return None

    def try_place(self, info: ModelInfo, size: Vec3, candidate: Footprint) -> int | None:
        """Stand a piece on the floor at `candidate` if it is free; returns its index or None."""
        if self.is_full or not self.plan.contains(candidate):
            return None
        if any(candidate.distance(x, y) < radius for x, y, radius in self.reserved):
            return None

        wide = candidate.expanded(self.config.clearance)
        if any(
            piece.on is None and footprints_overlap(wide, piece.footprint) for piece in self.pieces
        ):
            return None

        self.pieces.append(FurniturePiece(info, size, candidate))
        return len(self.pieces) - 1

    @property
    def is_full(self) -> bool:
        """Whether the room has as many pieces as it may."""
        return len(self.pieces) >= self.max_pieces


def stands_on_floor(category: Category, height: float) -> bool:
    """Whether an object of this category and height (m) belongs on the floor."""
    return category.placement == "floor" or (
        category.placement == "either" and height > FLOOR_STANDING_HEIGHT
    )


def _fits_on_top(candidate: Footprint, support: FurniturePiece) -> bool:
    """Whether all corners are on the carrier's top.

    The top is the rectangle of the piece, or the ellipse inside it for tables, which may be round.
    """
    (ax, ay), (bx, by) = support.footprint.axes
    w = support.size[0] / 2 - 0.01
    d = support.size[1] / 2 - 0.01
    round_top = support.model.category in ("table", "coffee table")

    for x, y in candidate.corners:
        dx = x - support.footprint.x
        dy = y - support.footprint.y
        p = abs(dx * ax + dy * ay) / w
        q = abs(dx * bx + dy * by) / d

        if (p * p + q * q > 1.0) if round_top else (p > 1.0 or q > 1.0):
            return False

    return True


def _seat_slots(footprint: Footprint) -> list[tuple[float, float, str]]:
    """Seats around a rectangle: (right, front) of the point on its edge, and the side it is on."""
    w = footprint.width / 2
    d = footprint.depth / 2
    slots = []

    for length, sides in ((footprint.width, "fb"), (footprint.depth, "rl")):
        seats = max(1, int(length / 0.68))
        for k in range(seats):
            along = (k + 0.5) / seats * length - length / 2

            for side in sides:
                out_right, out_front = _OUTWARD_DIRECTIONS[side]
                slots.append((out_right * w or along, out_front * d or along, side))

    return slots


_OUTWARD_DIRECTIONS = {"f": (0.0, 1.0), "b": (0.0, -1.0), "r": (1.0, 0.0), "l": (-1.0, 0.0)}
_FACING_YAWS = {"f": math.pi, "b": 0.0, "r": -math.pi / 2, "l": math.pi / 2}
"""Radians to turn a piece so that it faces the piece that it stands around."""
