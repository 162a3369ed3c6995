"""Placing furniture: against walls, beside, around, in front of and on top of each other, never into it."""

import math
from dataclasses import dataclass, field

import numpy as np

from waywiser.scenes._floor_plan import FloorPlan
from waywiser.scenes._footprint import Footprint, overlap
from waywiser.scenes.categories import CATEGORIES, Category
from waywiser.scenes.library import ModelInfo
from waywiser.scenes.room_config import RoomConfig
from waywiser.scenes.scene import Vec3

TRIES = 14
TALL = 0.85
"""Things that may stand on a floor or on furniture stand on the floor when taller than this (m)."""
HIGHEST_SURFACE = 1.25
"""Nothing is stood on top of what is taller (m)."""
SCALES = (0.72, 1.38)


@dataclass(frozen=True)
class Piece:
    """A model of a size, on the floor or on another piece."""

    model: ModelInfo
    size: Vec3
    place: Footprint
    z: float = 0.0
    on: int | None = None


@dataclass
class Furnishing:
    """The furniture of one room as it grows. `kept_free`: spots (x, y, radius) where cameras may stand."""

    rng: np.random.Generator
    plan: FloorPlan
    ceiling: float
    models: dict[str, list[ModelInfo]]
    config: RoomConfig
    kept_free: list[tuple[float, float, float]]
    most: int
    pieces: list[Piece] = field(default_factory=list)

    def has(self, category: str) -> bool:
        """Whether the library's half has a model for this word."""
        return category in self.models

    def choose(self, category: str) -> tuple[ModelInfo, Vec3]:
        """A random model of a category and a size for it."""
        options = self.models[category]
        model = options[int(self.rng.integers(len(options)))]
        return model, draw_size(self.rng, model, self.ceiling - 0.1)

    def against_wall(self, category: str, model: tuple[ModelInfo, Vec3] | None = None) -> int | None:
        """Stand a piece with its back to a wall; returns its index, or None where there is no place."""
        info, size = model or self.choose(category)
        walls = self.plan.walls
        weights = np.array([max(wall.length - size[0], 0.0) for wall in walls])
        if self.full or weights.sum() <= 0:
            return None
        for draw in self.rng.random((TRIES, 3)):
            wall = walls[int(np.searchsorted(np.cumsum(weights / weights.sum()), draw[0]).clip(0, len(walls) - 1))]
            along = size[0] / 2 + 0.02 + draw[1] * max(wall.length - size[0] - 0.04, 0.0)
            off = size[1] / 2 + 0.02 + 0.05 * draw[2]
            x = wall.start[0] + along * wall.direction[0] + off * wall.inward[0]
            y = wall.start[1] + along * wall.direction[1] + off * wall.inward[1]
            yaw = math.atan2(wall.inward[0], -wall.inward[1])
            index = self.put(info, size, Footprint(x, y, size[0], size[1], yaw))
            if index is not None:
                return index
        return None

    def anywhere(self, category: str, model: tuple[ModelInfo, Vec3] | None = None) -> int | None:
        """Stand a piece at a random place and turn; returns its index or None."""
        info, size = model or self.choose(category)
        if self.full:
            return None
        for draw in self.rng.random((TRIES, 4)):
            yaw = (
                2 * math.pi * draw[2]
                if draw[3] < 0.5
                else math.pi / 2 * math.floor(4 * draw[2]) + 0.3 * (draw[3] - 0.75)
            )
            spot = Footprint(draw[0] * self.plan.width, draw[1] * self.plan.depth, size[0], size[1], yaw)
            index = self.put(info, size, spot)
            if index is not None:
                return index
        return None

    def beside(self, category: str, anchor: int, model: tuple[ModelInfo, Vec3] | None = None) -> int | None:
        """Stand a piece at the left or right of another, backs in line."""
        info, size = model or self.choose(category)
        place = self.pieces[anchor].place
        sides = (-1, 1) if self.rng.random() < 0.5 else (1, -1)
        for side in sides:
            gap = place.width / 2 + size[0] / 2 + self.config.clearance + 0.01 + 0.08 * self.rng.random()
            x, y = place.at(side * gap, -(place.depth - size[1]) / 2)
            index = self.put(info, size, Footprint(x, y, size[0], size[1], place.yaw))
            if index is not None:
                return index
        return None

    def before(self, category: str, anchor: int, gap: float) -> int | None:
        """Stand a piece `gap` metres in front of another, turned like it (a coffee table before a sofa)."""
        info, size = self.choose(category)
        place = self.pieces[anchor].place
        for shift in (0.0, 0.3, -0.3):
            x, y = place.at(shift, place.depth / 2 + gap + size[1] / 2)
            index = self.put(info, size, Footprint(x, y, size[0], size[1], place.yaw))
            if index is not None:
                return index
        return None

    def around(self, category: str, anchor: int, count: int, one_model: bool = True) -> list[int]:
        """Stand up to `count` pieces along the sides of another, facing it (chairs at a table)."""
        place, placed = self.pieces[anchor].place, []
        slots = _slots(place)
        self.rng.shuffle(slots)
        model = self.choose(category)
        for right, front, side in slots:
            if len(placed) == count:
                break
            info, size = model if one_model else self.choose(category)
            away = size[1] / 2 + self.config.clearance + 0.02 + 0.22 * self.rng.random()
            out_right, out_front = _OUTWARDS[side]
            x, y = place.at(right + away * out_right, front + away * out_front)
            yaw = place.yaw + _FACING[side] + float(np.clip(0.12 * self.rng.normal(), -0.35, 0.35))
            index = self.put(info, size, Footprint(x, y, size[0], size[1], yaw))
            if index is not None:
                placed.append(index)
        return placed

    def on_top(self, category: str, anchor: int) -> int | None:
        """Stand a small piece on another's surface; returns its index, or None where it does not fit."""
        carrier = self.pieces[anchor]
        surface = carrier.model.surface_height
        if self.full or surface is None or surface < 0.97:
            return None
        info, size = self.choose(category)
        z = carrier.size[2] * surface
        if z > HIGHEST_SURFACE or z + size[2] > self.ceiling - 0.05:
            return None
        for draw in self.rng.random((TRIES, 3)):
            yaw = carrier.place.yaw + 0.5 * (draw[2] - 0.5)
            x, y = carrier.place.at((draw[0] - 0.5) * carrier.size[0], (draw[1] - 0.5) * carrier.size[1])
            spot = Footprint(x, y, size[0], size[1], yaw)
            others = [p.place.grown(0.02) for p in self.pieces if p.on == anchor]
            if _rests_on(spot, carrier) and not any(overlap(spot, other) for other in others):
                self.pieces.append(Piece(info, size, spot, z, anchor))
                return len(self.pieces) - 1
        return None

    def put(self, info: ModelInfo, size: Vec3, spot: Footprint) -> int | None:
        """Stand a piece on the floor at `spot` if it is free; returns its index or None."""
        if self.full or not self.plan.contains(spot):
            return None
        if any(spot.distance(x, y) < radius for x, y, radius in self.kept_free):
            return None
        wide = spot.grown(self.config.clearance)
        if any(piece.on is None and overlap(wide, piece.place) for piece in self.pieces):
            return None
        self.pieces.append(Piece(info, size, spot))
        return len(self.pieces) - 1

    @property
    def full(self) -> bool:
        """Whether the room has as many pieces as it may."""
        return len(self.pieces) >= self.most


def stands_on_floor(category: Category, height: float) -> bool:
    """Where a thing of this category and height (m) belongs."""
    return category.stands == "floor" or (category.stands == "either" and height > TALL)


def draw_size(rng: np.random.Generator, model: ModelInfo, ceiling: float) -> Vec3:
    """A size (m) for a model: scaled as a whole and per axis, inside the human range of its category."""
    category = CATEGORIES[model.category]
    scale = math.exp(rng.uniform(math.log(SCALES[0]), math.log(SCALES[1])))
    wobble = np.exp(rng.uniform(-math.log(category.stretch), math.log(category.stretch), 3))
    (w0, w1), (d0, d1), (h0, h1) = category.limits
    low = max(w0 / model.size[0], d0 / model.size[1], h0 / model.size[2])
    high = min(w1 / model.size[0], d1 / model.size[1], h1 / model.size[2])
    if low < high and not low <= scale <= high:
        # Out of range: draw again inside, so that sizes do not pile up at the ends.
        scale = rng.uniform(max(low, SCALES[0]), max(min(high, SCALES[1]), max(low, SCALES[0])))
    w, d, h = (float(side) * float(scale) * float(f) for side, f in zip(model.size, wobble, strict=True))
    h1 = max(min(h1, math.floor(1e4 * ceiling + 1e-6) / 1e4), h0)  # sizes are rounded to 0.1 mm
    return (round(min(max(w, w0), w1), 4), round(min(max(d, d0), d1), 4), round(min(max(h, h0), h1), 4))


def _rests_on(spot: Footprint, carrier: Piece) -> bool:
    """Whether all corners lie on the carrier's top: its rectangle for cases, the ellipse in it for tables."""
    (ax, ay), (bx, by) = carrier.place.axes
    w, d = carrier.size[0] / 2 - 0.01, carrier.size[1] / 2 - 0.01
    round_top = carrier.model.category in ("table", "coffee table")
    for x, y in spot.corners:
        dx, dy = x - carrier.place.x, y - carrier.place.y
        p, q = abs(dx * ax + dy * ay) / w, abs(dx * bx + dy * by) / d
        if (p * p + q * q > 1.0) if round_top else (p > 1.0 or q > 1.0):
            return False
    return True


def _slots(place: Footprint) -> list[tuple[float, float, str]]:
    """Seats around a rectangle: (right, front) of the point on its edge, and the side it is on."""
    w, d, slots = place.width / 2, place.depth / 2, []
    for length, sides in ((place.width, "fb"), (place.depth, "rl")):
        seats = max(1, int(length / 0.68))
        for k in range(seats):
            along = (k + 0.5) / seats * length - length / 2
            for side in sides:
                out_right, out_front = _OUTWARDS[side]
                slots.append((out_right * w or along, out_front * d or along, side))
    return slots


_OUTWARDS = {"f": (0.0, 1.0), "b": (0.0, -1.0), "r": (1.0, 0.0), "l": (-1.0, 0.0)}
_FACING = {"f": math.pi, "b": 0.0, "r": -math.pi / 2, "l": math.pi / 2}
"""How far to turn a piece so that its front looks at what it stands around."""
