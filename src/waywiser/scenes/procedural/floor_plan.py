"""The floor of a room: a rectangle, or an L where one corner is cut off."""

import math
from dataclasses import dataclass

import numpy as np

from waywiser.scenes.procedural.footprint import Footprint, footprints_overlap
from waywiser.scenes.procedural.room_config import RoomConfig
from waywiser.scenes.scene import Vec2


@dataclass(frozen=True)
class Wall:
    """A straight wall: `length` meters from `start` along `direction`; `inward` is its normal."""

    start: Vec2
    direction: Vec2
    inward: Vec2
    length: float


@dataclass(frozen=True)
class FloorPlan:
    """A floor from (0, 0) to (`width`, `depth`), without its `notch` if it is L-shaped."""

    width: float
    depth: float
    polygon: tuple[Vec2, ...]
    notch: Footprint | None

    @property
    def area(self) -> float:
        """Square meters."""
        return self.width * self.depth - (
            self.notch.width * self.notch.depth if self.notch else 0.0
        )

    @property
    def walls(self) -> list[Wall]:
        """The walls in the order of the polygon."""
        walls = []

        for (ax, ay), (bx, by) in zip(
            self.polygon, self.polygon[1:] + self.polygon[:1], strict=True
        ):
            length = math.hypot(bx - ax, by - ay)
            ux = (bx - ax) / length
            uy = (by - ay) / length
            walls.append(Wall((ax, ay), (ux, uy), (-uy, ux), length))

        return walls

    def contains(self, shape: Footprint) -> bool:
        """Whether a rectangle lies wholly on the floor."""
        inside = all(0 <= x <= self.width and 0 <= y <= self.depth for x, y in shape.corners)
        return inside and not (self.notch and footprints_overlap(shape, self.notch))

    def wall_distance(self, x: float, y: float) -> float:
        """Distance (m) from a point on the floor to the nearest wall; 0 or less off the floor."""
        distance = min(x, y, self.width - x, self.depth - y)
        return min(distance, self.notch.distance(x, y)) if self.notch else distance


def sample_floor_plan(rng: np.random.Generator, config: RoomConfig) -> FloorPlan:
    """A floor of random sides; some are L-shaped if both sides are long enough."""
    width, depth = (
        float(side) for side in rng.uniform(config.min_side, config.max_side, 2).round(2)
    )
    corner = int(rng.integers(4))
    cut = rng.uniform(0.25, 0.45, 2)
    rectangle = ((0.0, 0.0), (width, 0.0), (width, depth), (0.0, depth))

    if rng.random() >= config.l_shaped_share or min(width, depth) < 4.2:
        return FloorPlan(width, depth, rectangle, None)

    w = round(float(width * cut[0]), 2)
    d = round(float(depth * cut[1]), 2)
    left = corner in (0, 3)
    bottom = corner in (0, 1)
    x = w if left else width - w
    y = d if bottom else depth - d
    notch = Footprint(
        w / 2 if left else width - w / 2, d / 2 if bottom else depth - d / 2, w, d, 0.0
    )

    cut_corner = {
        0: ((0.0, y), (x, y), (x, 0.0)),
        1: ((x, 0.0), (x, y), (width, y)),
        2: ((width, y), (x, y), (x, depth)),
        3: ((x, depth), (x, y), (0.0, y)),
    }[corner]

    polygon = (*rectangle[:corner], *cut_corner, *rectangle[corner + 1 :])
    return FloorPlan(width, depth, polygon, notch)
