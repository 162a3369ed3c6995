"""Floor plans of homes: rooms that fill a rectangle, walls between them, and doors."""

import itertools
import math
from dataclasses import dataclass

import numpy as np

from waywiser.errors import SceneError
from waywiser.scenes.procedural.floor_plan import FloorPlan
from waywiser.scenes.procedural.footprint import Footprint
from waywiser.scenes.procedural.home_config import HomeConfig
from waywiser.scenes.scene import Door, Vec2

MIN_ROOM_SIDE = 2.0
MAX_ASPECT_RATIO = 2.1  # a room's long side over its short one, at most
MIN_JAMB_WIDTH = 0.2  # least wall (m) between a door and the corner of either room
EXTRA_DOOR_PROB = 0.2  # share of neighbors beyond the walk that get a door too
MAX_TRIES = 400

Rect = tuple[float, float, float, float]
"""x0, y0, x1, y1 in meters."""


@dataclass(frozen=True)
class PlacedRoom:
    """A room of a home: `plan` in its own coordinates, whose origin is at `origin` of the home."""

    origin: Vec2
    plan: FloorPlan
    doors: tuple[int, ...]
    """Indices of the home's doors that lead out of it."""

    def to_room_frame(self, point: Vec2) -> Vec2:
        """A point of the home in this room's coordinates."""
        return point[0] - self.origin[0], point[1] - self.origin[1]

    def to_home_frame(self, point: Vec2) -> Vec2:
        """A point of this room in the home's coordinates."""
        return point[0] + self.origin[0], point[1] + self.origin[1]

    @property
    def polygon(self) -> tuple[Vec2, ...]:
        """The room's outline in the home's coordinates."""
        return tuple(
            (round(x + self.origin[0], 4), round(y + self.origin[1], 4))
            for x, y in self.plan.polygon
        )


@dataclass(frozen=True)
class HomePlan:
    """Rooms in the order of a walk that visits each once; door i joins rooms i and i + 1."""

    rooms: tuple[PlacedRoom, ...]
    doors: tuple[Door, ...]


def sample_home_plan(
    rng: np.random.Generator, config: HomeConfig, weights: list[float]
) -> HomePlan:
    """A home with a room for each weight.

    Args:
        rng: Source of randomness.
        config: Ranges of the home.
        weights: Relative floor areas of the rooms.

    Returns:
        The plan; its rooms are in the order of a walk, not of the weights.

    Raises:
        SceneError: No plan fits the ranges.
    """
    count = len(weights)
    thickness = round(float(rng.uniform(0.1, 0.2)), 2)

    for attempt in range(MAX_TRIES):
        # Rooms of similar size always fit: the later the attempt, the more similar they are.
        softened = [weight ** (1 - attempt / MAX_TRIES) for weight in weights]
        area = count * float(rng.uniform(config.min_room_area, config.max_room_area))
        aspect = math.exp(rng.uniform(-0.3, 0.3))
        outer = (0.0, 0.0, math.sqrt(area * aspect), math.sqrt(area / aspect))
        rects = [_inset_by_wall(cell, thickness) for cell in _split_rectangle(rng, outer, softened)]

        if not all(_is_livable(rect) for rect in rects):
            continue

        room_order = _sample_room_order(rng, rects, thickness)
        if room_order is not None:
            return _build_home_plan(rng, [rects[i] for i in room_order], thickness, config)

    raise SceneError(
        "no home fits these ranges: widen min_room_area and max_room_area in its config"
    )


def _split_rectangle(rng: np.random.Generator, cell: Rect, weights: list[float]) -> list[Rect]:
    """Cut a rectangle across its longer side until there is a piece for each weight."""
    if len(weights) == 1:
        return [cell]

    x0, y0, x1, y1 = cell
    shuffled = [weights[k] for k in rng.permutation(len(weights)).tolist()]
    count = len(weights) // 2 if rng.random() < 0.5 else len(weights) - len(weights) // 2
    first = shuffled[:count]
    second = shuffled[count:]
    share = sum(first) / sum(shuffled) * math.exp(rng.uniform(-0.1, 0.1))
    share = min(max(share, 0.1), 0.9)

    if x1 - x0 > y1 - y0:
        cut = x0 + share * (x1 - x0)
        cells = (x0, y0, cut, y1), (cut, y0, x1, y1)
    else:
        cut = y0 + share * (y1 - y0)
        cells = (x0, y0, x1, cut), (x0, cut, x1, y1)

    return _split_rectangle(rng, cells[0], first) + _split_rectangle(rng, cells[1], second)


def _inset_by_wall(cell: Rect, thickness: float) -> Rect:
    """A cell less half a wall on each side, on whole centimeters so that facing walls match."""
    x0, y0, x1, y1 = (round(v, 2) for v in cell)
    h = thickness / 2
    return round(x0 + h, 3), round(y0 + h, 3), round(x1 - h, 3), round(y1 - h, 3)


def _is_livable(rect: Rect) -> bool:
    short, long = sorted((rect[2] - rect[0], rect[3] - rect[1]))
    return short >= MIN_ROOM_SIDE and long / short <= MAX_ASPECT_RATIO


def find_shared_wall(a: Rect, b: Rect, thickness: float) -> tuple[str, float, float, float] | None:
    """("x" or "y", position on that axis, low, high) of two neighbors' wall; None if apart."""
    for axis, (i, j) in (("x", (0, 2)), ("y", (1, 3))):
        k, m = (1, 3) if axis == "x" else (0, 2)

        for p, q in ((a, b), (b, a)):
            if abs(q[i] - p[j] - thickness) < 1e-6:
                low = max(a[k], b[k])
                high = min(a[m], b[m])
                return axis, (q[i] + p[j]) / 2, low, high

    return None


def _can_have_door(a: Rect, b: Rect, thickness: float) -> bool:
    wall = find_shared_wall(a, b, thickness)
    return wall is not None and wall[3] - wall[2] >= 0.85 + 2 * MIN_JAMB_WIDTH + 0.1


def _sample_room_order(
    rng: np.random.Generator, rects: list[Rect], thickness: float
) -> list[int] | None:
    """An order of the rooms in which each shares a wall with the next, or None."""
    count = len(rects)
    neighbor_pairs = {
        (i, j)
        for i in range(count)
        for j in range(count)
        if i != j and _can_have_door(rects[i], rects[j], thickness)
    }

    permutations = list(itertools.permutations(range(count)))
    for index in rng.permutation(len(permutations)).tolist():
        if all(pair in neighbor_pairs for pair in itertools.pairwise(permutations[index])):
            return list(permutations[index])

    return None


def _build_home_plan(
    rng: np.random.Generator, rects: list[Rect], thickness: float, config: HomeConfig
) -> HomePlan:
    doors = [_sample_door(rng, rects, i, i + 1, thickness) for i in range(len(rects) - 1)]

    for i, j in itertools.combinations(range(len(rects)), 2):
        if (
            j > i + 1
            and _can_have_door(rects[i], rects[j], thickness)
            and rng.random() < EXTRA_DOOR_PROB
        ):
            doors.append(_sample_door(rng, rects, i, j, thickness))

    rooms = []

    for index, rect in enumerate(rects):
        door_indices = tuple(k for k, door in enumerate(doors) if index in door.rooms)
        plan = FloorPlan(*_side_lengths(rect), _rectangle_outline(*_side_lengths(rect)), None)
        ends = [(x - rect[0], y - rect[1]) for k in door_indices for x, y in doors[k].ends]

        if rng.random() < config.l_shaped_share:
            plan = _cut_corner(rng, plan, ends) or plan

        rooms.append(PlacedRoom((rect[0], rect[1]), plan, door_indices))

    return HomePlan(tuple(rooms), tuple(doors))


def _side_lengths(rect: Rect) -> tuple[float, float]:
    return round(rect[2] - rect[0], 3), round(rect[3] - rect[1], 3)


def _rectangle_outline(width: float, depth: float) -> tuple[Vec2, ...]:
    return (0.0, 0.0), (width, 0.0), (width, depth), (0.0, depth)


def _sample_door(
    rng: np.random.Generator, rects: list[Rect], i: int, j: int, thickness: float
) -> Door:
    wall = find_shared_wall(rects[i], rects[j], thickness)
    assert wall is not None
    axis, wall_offset, low, high = wall
    widest = min(1.15, high - low - 2 * MIN_JAMB_WIDTH)
    width = round(float(rng.uniform(0.85, widest)), 2)
    if width > widest:  # rounded up, it would take from the jambs
        width = round(width - 0.01, 2)

    first = low + MIN_JAMB_WIDTH + width / 2
    last = max(first, high - MIN_JAMB_WIDTH - width / 2)  # a hair below it where both are equal
    middle = round(float(rng.uniform(first, last)), 3)
    a = round(middle - width / 2, 4)
    b = round(middle + width / 2, 4)
    wall_offset = round(wall_offset, 4)
    ends = (
        ((wall_offset, a), (wall_offset, b))
        if axis == "x"
        else ((a, wall_offset), (b, wall_offset))
    )

    return Door(rooms=(i, j), ends=ends, height=round(float(rng.uniform(2.0, 2.12)), 2))


def _cut_corner(rng: np.random.Generator, plan: FloorPlan, ends: list[Vec2]) -> FloorPlan | None:
    """The room without one corner (an L), away from its doors; None if no corner can be cut."""
    width = plan.width
    depth = plan.depth
    if min(width, depth) < 3.2:
        return None

    for corner in rng.permutation(4).tolist():
        w, d = (round(float(v), 2) for v in rng.uniform(0.25, 0.4, 2) * (width, depth))
        left = corner in (0, 3)
        bottom = corner in (0, 1)
        notch = Footprint(
            w / 2 if left else width - w / 2, d / 2 if bottom else depth - d / 2, w, d, 0.0
        )

        if any(notch.distance(x, y) < 0.5 for x, y in ends):
            continue

        x = w if left else round(width - w, 3)
        y = d if bottom else round(depth - d, 3)
        cut = {
            0: ((0.0, y), (x, y), (x, 0.0)),
            1: ((x, 0.0), (x, y), (width, y)),
            2: ((width, y), (x, y), (x, depth)),
            3: ((x, depth), (x, y), (0.0, y)),
        }[corner]

        return FloorPlan(
            width, depth, (*plan.polygon[:corner], *cut, *plan.polygon[corner + 1 :]), notch
        )

    return None
