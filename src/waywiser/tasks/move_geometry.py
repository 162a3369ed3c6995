"""Moves between objects of a room, and the turns that they make one take.

A move is "walk" (straight from a to b, then turn to c), "shift" (facing b at a, over to c without
turning, then turn to d) or "legs" (straight from a to b and to c, then turn to d).
"""

from collections.abc import Sequence

import numpy as np

from waywiser.rendering.boxes import box_distance
from waywiser.rendering.geometry import inside_polygon
from waywiser.scenes.scene import Object, Scene
from waywiser.tasks.directions import (
    MIN_SECTOR_MARGIN,
    TURN_BOUNDARIES,
    Floats,
    angle_to_boundary,
    bearing,
    floor_point,
    name_turn,
)
from waywiser.tasks.floor_map import cross
from waywiser.tasks.sampling import sample_one
from waywiser.tasks.visible_objects import stands_on_floor

MIN_GAP = 0.3
"""Meters between the boxes of any two of the objects."""
MIN_LEG = 1.0
MAX_LEG = 5.0
"""Meters between the middles of objects that one walks between or turns to."""
MIN_TURN = 30.0
"""Degrees. A smaller turn is none to somebody who walks."""
MIN_HEIGHT = 0.2
"""Meters. What is lower is stepped on, not walked up to."""
MAX_FACED_HEIGHT = 2.0
"""Meters above the floor of the middle of what one faces: nobody turns to what hangs higher."""
PATH_SPACING = 0.1
"""Meters between the points at which a walk is held to stay in its room."""
TURNS = ("left", "right", "back")
OPTIONS = {
    "walk": TURNS,
    "shift": TURNS,
    "legs": ("left, then left", "left, then right", "right, then left", "right, then right"),
}
COUNTS = {"walk": 3, "shift": 4, "legs": 4}
"""Objects that each kind of move names."""
STOOD_AT = {"walk": (0, 1), "shift": (0, 2), "legs": (0, 1, 2)}
"""Which of them one stands at: they stand on the floor."""


def draw_stops(rng: np.random.Generator, objects: Sequence[Object], move: str) -> list[Object]:
    """Different objects of a room for the places of a move; too few where the room lacks them."""
    stops: list[Object] = []

    for place in range(COUNTS[move]):
        fitting = [
            obj
            for obj in objects
            if obj not in stops and (place not in STOOD_AT[move] or is_landmark(obj))
        ]
        if not fitting:
            break
        stops.append(sample_one(rng, fitting))

    return stops


def is_landmark(obj: Object) -> bool:
    """Whether one would walk up to it: it stands on the floor and one cannot step on it."""
    return stands_on_floor(obj) and obj.box.size[2] >= MIN_HEIGHT


def heading_pairs(move: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """For each turn the stops (start, end) of the heading before it and of the one after it."""
    return {
        "walk": [((0, 1), (1, 2))],
        "shift": [((0, 1), (2, 3))],
        "legs": [((0, 1), (1, 2)), ((1, 2), (2, 3))],
    }[move]


def turns_of_move(move: str, places: Sequence[Floats]) -> list[float | None]:
    """Degrees of each turn between floor points, positive to the left; None without a heading."""
    turns: list[float | None] = []

    for (a, b), (c, d) in heading_pairs(move):
        before_2, after_2 = places[b] - places[a], places[d] - places[c]
        is_known = before_2.any() and after_2.any() and cross(before_2, after_2) != 0
        turns.append(bearing(before_2, after_2) if is_known else None)

    return turns


def move_answer(move: str, stops: Sequence[Object]) -> str:
    """The turns of a move in words."""
    turns = turns_of_move(move, [floor_point(obj) for obj in stops])
    return ", then ".join(name_turn(turn or 0.0) for turn in turns)


def turn_margin(move: str, stops: Sequence[Object]) -> float:
    """Degrees from the turns of a move to the nearest boundary between two answers."""
    turns = turns_of_move(move, [floor_point(obj) for obj in stops])
    return min(0.0 if turn is None else angle_to_boundary(turn, TURN_BOUNDARIES) for turn in turns)


def is_move_plain(scene: Scene, move: str, stops: Sequence[Object]) -> bool:
    """Whether the objects are apart, the walk stays in their room, and each turn is plain."""
    points = [floor_point(obj) for obj in stops]
    turns = turns_of_move(move, points)
    if len({obj.room for obj in stops}) > 1 or turn_margin(move, stops) < MIN_SECTOR_MARGIN:
        return False
    if any(turn is None or not MIN_TURN <= abs(turn) <= 180 - MIN_SECTOR_MARGIN for turn in turns):
        return False

    used = {ends for pair in heading_pairs(move) for ends in pair}
    used |= {(0, 2)} if move == "shift" else set()
    lengths = [float(np.linalg.norm(points[j] - points[i])) for i, j in used]
    walks = {"walk": [(0, 1)], "shift": [(0, 2)], "legs": [(0, 1), (1, 2)]}[move]

    return (
        all(MIN_LEG <= length <= MAX_LEG for length in lengths)
        and all(stays_in_room(scene, stops[0].room, points[i], points[j]) for i, j in walks)
        and all(
            box_distance(one.box, other.box) >= MIN_GAP
            for k, one in enumerate(stops)
            for other in stops[:k]
        )
    )


def stays_in_room(scene: Scene, room: int, start_2: Floats, end_2: Floats) -> bool:
    """Whether the straight way between two floor points lies in the outline of a room."""
    count = max(2, int(np.ceil(np.linalg.norm(end_2 - start_2) / PATH_SPACING)) + 1)
    way_P_2 = start_2 + np.linspace(0, 1, count)[:, None] * (end_2 - start_2)
    return bool(inside_polygon(scene.rooms[room].polygon, way_P_2).all())
