"""Walks in straight parts from object to object: the free ones, and how they turn.

Dimensions: P standing points, S stops, B blocks (walls and furniture), T points along a part.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from waywiser.scenes.scene import Object
from waywiser.tasks.clip_view import ClipView, static_objects
from waywiser.tasks.directions import (
    MIN_SECTOR_MARGIN,
    TURN_BOUNDARIES,
    Floats,
    angle_to_boundary,
    bearing,
    floor_point,
    name_turn,
)
from waywiser.tasks.sampling import MAX_QUESTIONS, sample_one
from waywiser.tasks.walkability import (
    is_standing_point,
    obstacle_footprints,
    standing_points,
    unobstructed_paths,
    wall_segments,
)

TURNS = ("turn left", "turn right", "turn back")
ASKED_TURNS = ("turn left", "turn right")
"""Turns of new routes: nobody gives directions that send one back where one came from."""
MIN_STOP_DISTANCE = 1.5
"""Meters between the middles of any two objects that a route passes."""
MIN_LEG_DISTANCE = 0.8
"""Meters between two parts of the way that do not meet at a stop."""
MIN_TURN = 45.0
"""Degrees: no turn is smaller."""
MIN_LEG_LENGTH = 0.8
MAX_LEG_LENGTH = 8.0
"""Meters of a straight part of the way."""
MAX_STOPS = 4
MAX_TRIES = 300
ROUNDING_TOLERANCE = 1e-3
"""Meters by which a stored way may come nearer than the clearance, being rounded."""


@dataclass(frozen=True)
class Route:
    """Stops beside `objects`, (S, 2) floor `points` in metres, with a turn (a place in TURNS) at
    each inner stop.
    """

    objects: tuple[Object, ...]
    points_S_2: Floats
    turns: tuple[str, ...]
    margin: float


def is_walkable(clip_view: ClipView, path_S_2: Floats, start: int, end: int) -> bool:
    """Whether the way begins and ends beside these objects and keeps clear of walls and furniture."""
    blocks_B_5 = np.concatenate(
        [wall_segments(clip_view.scene), obstacle_footprints(clip_view.scene)]
    )

    return bool(
        unobstructed_paths(path_S_2[:-1], path_S_2[1:], blocks_B_5, ROUNDING_TOLERANCE).all()
    ) and all(
        is_standing_point(clip_view.object(i), point)
        for i, point in ((start, path_S_2[0]), (end, path_S_2[-1]))
    )


def turn_angles(points_S_2: Floats) -> list[float]:
    """Degrees turned at each inner point of a way, positive to the left."""
    legs = np.diff(points_S_2, axis=0)
    return [bearing(legs[i], legs[i + 1]) for i in range(len(legs) - 1)]


def turn_word(degrees: float) -> str:
    """The word for a turn."""
    return f"turn {name_turn(degrees)}"


def agreed_turns(
    objects: Sequence[Object], points_S_2: Floats
) -> tuple[tuple[str, ...], float] | None:
    """The turns of a way and their margin in degrees, or None where points and objects tell them
    differently.
    """
    walked = turn_angles(points_S_2)
    middles = turn_angles(np.array([floor_point(obj) for obj in objects]))
    for one, two in zip(walked, middles, strict=True):
        if turn_word(one) != turn_word(two) or min(abs(one), abs(two)) < MIN_TURN:
            return None

    margin = min(angle_to_boundary(angle, TURN_BOUNDARIES) for angle in (*walked, *middles))
    ahead = bearing(floor_point(objects[1]) - points_S_2[0], points_S_2[1] - points_S_2[0])
    if margin < MIN_SECTOR_MARGIN or abs(ahead) > 20.0:
        return None

    return tuple(turn_word(angle) for angle in walked), margin


def find_routes(clip_view: ClipView, rng: np.random.Generator) -> list[Route]:
    """Random routes through the scene's standing points, no two along the same objects."""
    objects = static_objects(clip_view)
    blocks_B_5 = np.concatenate(
        [wall_segments(clip_view.scene), obstacle_footprints(clip_view.scene)]
    )
    points_P_2, owner_P = standing_points(clip_view.scene, objects, blocks_B_5)
    if len(points_P_2) < 3:
        return []

    next_P = reachable_points(points_P_2, owner_P, blocks_B_5)
    routes_by_ids: dict[tuple[int, ...], Route] = {}

    for _ in range(MAX_TRIES):
        stops = int(rng.integers(3, MAX_STOPS + 2))
        path = _random_walk(int(rng.integers(len(points_P_2))), stops, next_P, owner_P, rng)
        on_way = [objects[owner_P[p]] for p in path]
        key = tuple(obj.id for obj in on_way)

        if len(path) < 3 or key in routes_by_ids:
            continue

        told = agreed_turns(on_way, points_P_2[path])
        if told is None or not is_natural(on_way, points_P_2[path], told[0]):
            continue

        routes_by_ids[key] = Route(tuple(on_way), points_P_2[path], *told)
        if len(routes_by_ids) == MAX_QUESTIONS:
            break

    return list(routes_by_ids.values())


def _random_walk(
    start: int,
    stops: int,
    next_P: Sequence[Sequence[int]],
    owner_P: np.ndarray,
    rng: np.random.Generator,
) -> list[int]:
    """A random way of up to `stops` points, each beside another object."""
    path = [start]
    while len(path) < stops:
        fresh = [p for p in next_P[path[-1]] if owner_P[p] not in {owner_P[w] for w in path}]
        if not fresh:
            break

        path.append(sample_one(rng, fresh))

    return path


def is_natural(objects: Sequence[Object], points_S_2: Floats, turns: Sequence[str]) -> bool:
    """Whether somebody would give such directions: no turning back, no place passed twice."""
    middles_S_2 = np.array([floor_point(obj) for obj in objects])
    first, second = np.triu_indices(len(objects), 1)
    apart = np.linalg.norm(middles_S_2[first] - middles_S_2[second], axis=1)
    if not set(turns) <= set(ASKED_TURNS) or apart.min() < MIN_STOP_DISTANCE:
        return False

    legs = list(pairwise(points_S_2))
    return all(
        leg_distance(*legs[i], *legs[j]) >= MIN_LEG_DISTANCE
        for i in range(len(legs))
        for j in range(i + 2, len(legs))
    )


def leg_distance(a_2: Floats, b_2: Floats, c_2: Floats, d_2: Floats) -> float:
    """Smallest distance in meters between two straight parts of a way, at points 5 % apart."""
    share_T_1 = np.linspace(0, 1, 21)[:, None]
    one_T_2 = a_2 + share_T_1 * (b_2 - a_2)
    two_T_2 = c_2 + share_T_1 * (d_2 - c_2)
    return float(np.linalg.norm(one_T_2[:, None] - two_T_2[None], axis=2).min())


def reachable_points(
    points_P_2: Floats, owner_P: np.ndarray, blocks_B_5: Floats
) -> list[list[int]]:
    """For each point the points beside other objects that a free straight way leads to."""
    first, second = np.triu_indices(len(points_P_2), 1)
    length = np.linalg.norm(points_P_2[first] - points_P_2[second], axis=1)
    fits = (
        (owner_P[first] != owner_P[second])
        & (length >= MIN_LEG_LENGTH)
        & (length <= MAX_LEG_LENGTH)
    )

    first = first[fits]
    second = second[fits]
    free = unobstructed_paths(points_P_2[first], points_P_2[second], blocks_B_5)
    next_P: list[list[int]] = [[] for _ in points_P_2]

    for a, b in zip(first[free].tolist(), second[free].tolist(), strict=True):
        next_P[a].append(b)
        next_P[b].append(a)

    return next_P
