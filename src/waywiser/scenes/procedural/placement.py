"""Placing furniture: against walls, beside, around, in front of and below other pieces.

No piece cuts into another one, and what needs space in front of it keeps that space. How things
are put on surfaces is in `surface_placement`, and on walls in `wall_placement`.
"""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from waywiser.scenes.furniture.furniture_library import ModelInfo
from waywiser.scenes.furniture.natural_size import sample_size
from waywiser.scenes.procedural.floor_plan import FloorPlan, Wall
from waywiser.scenes.procedural.footprint import Footprint
from waywiser.scenes.procedural.furniture_piece import FurniturePiece, Zone, pieces_collide
from waywiser.scenes.procedural.limits import FRONT_SPACES, MAX_PER_HOME, MAX_PER_ROOM, FrontSpace
from waywiser.scenes.procedural.room_config import RoomConfig
from waywiser.scenes.procedural.surface_map import SurfaceMap
from waywiser.scenes.scene import Vec3

__all__ = ["FurniturePiece", "FurniturePlacer", "Zone"]

MAX_TRIES = 20
WALL_GAP = 0.003
"""Meters between a wall and what hangs on it."""
MAX_TUCK = 0.24
"""Meters that a chair is pushed under a table, at most."""

SizedModel = tuple[ModelInfo, Vec3]


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
    surfaces: Callable[[str], SurfaceMap]
    """Surfaces of a model, by its key."""
    home_counts: Counter[str] = field(default_factory=Counter)
    """How many of each category the other rooms of the home have."""
    pieces: list[FurniturePiece] = field(default_factory=list)
    """The pieces placed so far."""
    zones: list[Zone] = field(default_factory=list)
    """Space that stays free."""
    missing: set[str] = field(default_factory=set)
    """Categories that were wanted and that the library does not have."""

    @property
    def is_full(self) -> bool:
        """Whether the room has as many pieces as it may."""
        return len(self.pieces) >= self.max_pieces

    def has_category(self, category: str) -> bool:
        """Whether the library's half has a model for this word; if not, that is noted."""
        if category not in self.models:
            self.missing.add(category)
            return False
        return True

    def can_add(self, category: str) -> bool:
        """Whether the room may have one more of a category, and the library has one."""
        if self.is_full or not self.has_category(category):
            return False

        count = self.count(category)
        max_home = MAX_PER_HOME.get(category)
        if max_home is not None and count + self.home_counts[category] >= max_home:
            return False

        max_room = MAX_PER_ROOM.get(category)
        return max_room is None or count < max_room

    def count(self, category: str) -> int:
        """How many of a category the room has."""
        return sum(piece.category == category for piece in self.pieces)

    def sample_model(self, category: str, max_width: float | None = None) -> SizedModel:
        """A random model of a category and a size for it, not wider than `max_width` if one is."""
        options = self.models[category]
        narrow = [model for model in options if max_width is None or model.size[0] <= max_width]
        options = narrow or options
        model = options[int(self.rng.integers(len(options)))]
        return model, sample_size(self.rng, model, self.ceiling - 0.1)

    def mark(self) -> tuple[int, int]:
        """The state of the room, for `undo`."""
        return len(self.pieces), len(self.zones)

    def undo(self, mark: tuple[int, int]) -> None:
        """Take out all that came into the room after `mark`."""
        del self.pieces[mark[0] :]
        del self.zones[mark[1] :]

    def place_against_wall(
        self,
        category: str,
        model: SizedModel | None = None,
        in_corner: bool = False,
        gap: float | None = None,
    ) -> int | None:
        """Stand a piece with its back to a wall.

        Args:
            category: Category of the piece.
            model: Model and size; drawn if not given.
            in_corner: Whether one side touches the next wall.
            gap: Least distance from other pieces; the configured one if not given.

        Returns:
            Its index, or None if it does not fit.
        """
        if not self.can_add(category):
            return None

        info, size = model or self.sample_model(category)
        walls = [wall for wall in self.plan.walls if wall.length > size[0] + 0.03]
        if not walls:
            return None

        weights = np.array([wall.length - size[0] for wall in walls])
        chosen = self.rng.choice(len(walls), MAX_TRIES, p=weights / weights.sum())

        for k, sample in zip(chosen.tolist(), self.rng.random(MAX_TRIES), strict=True):
            wall = walls[k]
            low = size[0] / 2 + 0.01
            high = wall.length - low
            along = low + sample * (high - low)
            if in_corner:
                along = low if sample < 0.5 else high

            index = self.place_at(info, size, wall, along, gap=gap)
            if index is not None:
                return index

        return None

    def place_at(
        self,
        info: ModelInfo,
        size: Vec3,
        wall: Wall,
        along: float,
        gap: float | None = None,
        off: float = 0.012,
    ) -> int | None:
        """Stand a piece with its back to a wall at a given place; returns its index or None."""
        return self.try_place(info, size, footprint_at_wall(wall, along, size, off), gap=gap)

    def place_anywhere(self, category: str, model: SizedModel | None = None) -> int | None:
        """Stand a piece at a random place, about square to the walls; its index or None."""
        if not self.can_add(category):
            return None

        info, size = model or self.sample_model(category)

        for x, y, turn, wobble in self.rng.random((MAX_TRIES, 4)):
            yaw = math.pi / 2 * math.floor(4 * turn) + 0.3 * (wobble - 0.5)
            spot = Footprint(x * self.plan.width, y * self.plan.depth, size[0], size[1], yaw)
            index = self.try_place(info, size, spot)
            if index is not None:
                return index

        return None

    def place_beside(
        self,
        category: str,
        anchor: int,
        model: SizedModel | None = None,
        gap: float = 0.03,
        yaw: float = 0.0,
    ) -> int | None:
        """Stand a piece at the left or right of another, backs in line; its index or None."""
        if not self.can_add(category):
            return None

        info, size = model or self.sample_model(category)
        footprint = self.pieces[anchor].footprint
        sides = (-1, 1) if self.rng.random() < 0.5 else (1, -1)

        for side in sides:
            right = side * (footprint.width / 2 + size[0] / 2 + gap + 0.05 * self.rng.random())
            x, y = footprint.point_at(right, -(footprint.depth - size[1]) / 2)
            spot = Footprint(x, y, size[0], size[1], footprint.yaw + yaw)
            index = self.try_place(info, size, spot, gap=min(gap, 0.02))
            if index is not None:
                return index

        return None

    def place_in_front_of(
        self, category: str, anchor: int, gap: float, turned: bool = False
    ) -> int | None:
        """Stand a piece `gap` meters in front of another, facing the same way or towards it."""
        if not self.can_add(category):
            return None

        info, size = self.sample_model(category)
        footprint = self.pieces[anchor].footprint
        yaw = footprint.yaw + (math.pi if turned else 0.0)

        for shift in (0.0, 0.15, -0.15, 0.3, -0.3):
            x, y = footprint.point_at(shift, footprint.depth / 2 + gap + size[1] / 2)
            index = self.try_place(info, size, Footprint(x, y, size[0], size[1], yaw))
            if index is not None:
                return index

        return None

    def try_place(
        self,
        info: ModelInfo,
        size: Vec3,
        footprint: Footprint,
        *,
        z: float = 0.0,
        is_hung: bool = False,
        gap: float | None = None,
        may_touch: int | None = None,
    ) -> int | None:
        """Put a piece somewhere if that space is free.

        Args:
            info: The model.
            size: Its width, depth and height in meters.
            footprint: Where it is.
            z: Height of its lower end in meters.
            is_hung: Whether it hangs on a wall or the ceiling.
            gap: Least distance from other pieces; the configured one if not given.
            may_touch: Index of a piece that is not checked: the table of a chair.

        Returns:
            Its index, or None if the space is not free.
        """
        piece = FurniturePiece(info, size, footprint, round(z, 4), None, is_hung)
        if self.is_full or not self.plan.contains(footprint) or piece.top > self.ceiling + 1e-6:
            return None
        if piece.is_obstacle and any(
            footprint.distance(x, y) < radius for x, y, radius in self.reserved
        ):
            return None
        if any(zone.is_entered_by(piece) for zone in self.zones):
            return None

        gap = self.config.clearance if gap is None else gap
        if any(
            pieces_collide(piece, other, gap)
            for index, other in enumerate(self.pieces)
            if index != may_touch
        ):
            return None

        front_space = FRONT_SPACES.get(piece.category)
        if front_space is not None and not is_hung:
            zone = make_front_zone(footprint, front_space)
            if not self.plan.contains(zone.footprint) or self._is_zone_taken(zone):
                return None
            self.zones.append(zone)

        self.pieces.append(piece)
        return len(self.pieces) - 1

    def _is_zone_taken(self, zone: Zone) -> bool:
        return any(zone.is_entered_by(piece) for piece in self.pieces if piece.on is None)


def footprint_at_wall(wall: Wall, along: float, size: Vec3, off: float = WALL_GAP) -> Footprint:
    """The footprint of a thing with its back to a wall, `along` meters from the wall's start."""
    out = size[1] / 2 + off
    x = wall.start[0] + along * wall.direction[0] + out * wall.inward[0]
    y = wall.start[1] + along * wall.direction[1] + out * wall.inward[1]
    yaw = math.atan2(wall.inward[0], -wall.inward[1])
    return Footprint(x, y, size[0], size[1], yaw)


def make_front_zone(footprint: Footprint, front_space: FrontSpace) -> Zone:
    """The space in front of a piece that its user needs."""
    x, y = footprint.point_at(0.0, footprint.depth / 2 + front_space.depth / 2)
    width = max(footprint.width - 0.04, 0.1)
    area = Footprint(x, y, width, front_space.depth - 0.002, footprint.yaw)
    return Zone(area, 0.0, 1.2, front_space.allows)
