"""Aisles of a room that stay free of furniture, so that one can walk between all its doors."""

import math
from dataclasses import dataclass

import numpy as np

from waywiser.scenes.procedural.home_plan import PlacedRoom
from waywiser.scenes.scene import Door, Vec2

WALKWAY_RADIUS = 0.34  # half the width of an aisle (m)
CIRCLE_SPACING = 0.18  # meters between the circles that keep it free
ENTRY_DEPTH = 0.5  # how far inside its door an aisle begins (m)
MIN_HUB_WALL_DISTANCE = 0.65  # distance of an aisle's hub from the walls (m)
SECOND_STOP_DISTANCE = 1.5  # meters from the hub to a second stop
MIDDLE_DISTANCE = 1.3  # meters from the walls at which an aisle leaves space for furniture
STOP_RADIUS = 0.5  # radius (m) kept free at stops, to look around

Circle = tuple[float, float, float]


@dataclass(frozen=True)
class Walkways:
    """The aisles of a room, in room coordinates, in meters."""

    entry_points: dict[int, Vec2]
    """Where an aisle starts inside each door, by the index of the door."""
    hub: Vec2
    """Where the aisles meet."""
    second_stop: Vec2 | None
    """A second stop, in rooms with at most one door."""
    circles: tuple[Circle, ...]
    """Circles (x, y, radius) that furniture leaves free."""


def sample_walkways(
    rng: np.random.Generator,
    room: PlacedRoom,
    doors: tuple[Door, ...],
    keeps_to_middle: bool = True,
) -> Walkways | None:
    """Aisles of one room.

    Args:
        rng: Source of randomness.
        room: The room.
        doors: All doors of the home.
        keeps_to_middle: Whether aisles leave the walls free where they can; beds in narrow rooms
            need them to run along a wall.

    Returns:
        The aisles, or None if the room's shape has no place for a hub.
    """
    plan = room.plan
    entry_points = {k: _entry_point(room, doors[k]) for k in room.doors}
    candidates = [
        tuple(p) for p in rng.uniform((0, 0), (plan.width, plan.depth), (160, 2)).tolist()
    ]
    candidates = [p for p in candidates if plan.wall_distance(*p) >= MIN_HUB_WALL_DISTANCE]
    candidates = [
        p
        for p in candidates
        if all(_is_walkable(room, p, entry) for entry in entry_points.values())
    ]

    if not candidates:
        return None

    def cost_of_walls(p: Vec2) -> float:  # furniture stands at walls: aisles keep to the middle
        return max(0.0, MIDDLE_DISTANCE - plan.wall_distance(*p)) * keeps_to_middle

    # Walking through a room is a detour by the hub: take a short one.
    hub = min(
        candidates[:16],
        key=lambda p: (
            sum(math.dist(p, entry) for entry in entry_points.values()) * (len(entry_points) > 1)
            + 3 * cost_of_walls(p)
        ),
    )
    second_stop = None

    if len(entry_points) <= 1:
        reachable = [p for p in candidates if _is_walkable(room, p, hub)]
        second_stop = min(
            reachable,
            key=lambda p: abs(math.dist(p, hub) - SECOND_STOP_DISTANCE) + cost_of_walls(p),
        )
        if math.dist(second_stop, hub) < 0.8:
            second_stop = None

    circles: list[Circle] = [(*hub, STOP_RADIUS)]

    for k, entry in entry_points.items():
        (ax, ay), (bx, by) = (room.to_room_frame(end) for end in doors[k].ends)
        circles += [
            (*p, WALKWAY_RADIUS + 0.06)
            for p in _points_between(((ax + bx) / 2, (ay + by) / 2), entry)
        ]

        circles += [(*p, WALKWAY_RADIUS) for p in _points_between(entry, hub)]

    if second_stop is not None:
        circles += [(*p, WALKWAY_RADIUS) for p in _points_between(hub, second_stop)] + [
            (*second_stop, STOP_RADIUS)
        ]

    return Walkways(entry_points, hub, second_stop, tuple(circles))


def _entry_point(room: PlacedRoom, door: Door) -> Vec2:
    """The point `ENTRY_DEPTH` meters into the room from the middle of the door."""
    (ax, ay), (bx, by) = (room.to_room_frame(end) for end in door.ends)
    x = (ax + bx) / 2
    y = (ay + by) / 2
    along_y = abs(ax - bx) < abs(ay - by)  # the wall runs along y

    if along_y:
        return (ENTRY_DEPTH if x < room.plan.width / 2 else room.plan.width - ENTRY_DEPTH), y

    return x, (ENTRY_DEPTH if y < room.plan.depth / 2 else room.plan.depth - ENTRY_DEPTH)


def _is_walkable(room: PlacedRoom, a: Vec2, b: Vec2) -> bool:
    """Whether one can walk straight from a to b without brushing a wall."""
    return all(room.plan.wall_distance(*p) >= 0.3 for p in _points_between(a, b))


def _points_between(a: Vec2, b: Vec2) -> list[Vec2]:
    count = max(2, math.ceil(math.dist(a, b) / CIRCLE_SPACING) + 1)
    return [
        (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t)
        for t in np.linspace(0, 1, count).tolist()
    ]
