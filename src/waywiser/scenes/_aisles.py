"""Aisles: what stays free of furniture in a room of a home, so that one can walk from every door to every other."""

import math
from dataclasses import dataclass

import numpy as np

from waywiser.scenes._home_plan import Planned
from waywiser.scenes.scene import Door, Vec2

BODY = 0.34  # half the width of an aisle (m)
STEP = 0.18  # metres between the circles that keep it free
INSIDE = 0.5  # how far inside its door an aisle begins (m)
HUB_WALL = 0.65  # least distance of an aisle's hub from the walls (m)
SPOT = 0.52  # radius (m) kept free where one stops to look round

Circle = tuple[float, float, float]


@dataclass(frozen=True)
class Aisles:
    """In room coordinates, metres: `entries` by door index, the `hub` where aisles meet, `far` a second stop that
    rooms with at most one door have, and the circles (x, y, radius) that furniture leaves free.
    """

    entries: dict[int, Vec2]
    hub: Vec2
    far: Vec2 | None
    circles: tuple[Circle, ...]


def draw_aisles(rng: np.random.Generator, room: Planned, doors: tuple[Door, ...]) -> Aisles | None:
    """Aisles of one room, or None where its shape leaves no place for a hub."""
    plan = room.plan
    entries = {k: _entry(room, doors[k]) for k in room.doors}
    places = [tuple(p) for p in rng.uniform((0, 0), (plan.width, plan.depth), (160, 2)).tolist()]
    places = [p for p in places if plan.wall_distance(*p) >= HUB_WALL]
    places = [p for p in places if all(_clear(room, p, entry) for entry in entries.values())]
    if not places:
        return None
    if len(entries) > 1:  # a detour for the one who walks through: take a short one
        hub = min(places[:6], key=lambda p: sum(math.dist(p, entry) for entry in entries.values()))
    else:
        hub = places[0]
    far = None
    if len(entries) <= 1:
        reachable = [p for p in places if _clear(room, p, hub)]
        far = max(reachable[:8], key=lambda p: math.dist(p, hub))
        if math.dist(far, hub) < 0.8:
            far = None
    circles: list[Circle] = [(*hub, SPOT)]
    for k, entry in entries.items():
        (ax, ay), (bx, by) = (room.local(end) for end in doors[k].ends)
        circles += [(*p, BODY + 0.06) for p in _between(((ax + bx) / 2, (ay + by) / 2), entry)]
        circles += [(*p, BODY) for p in _between(entry, hub)]
    if far is not None:
        circles += [(*p, BODY) for p in _between(hub, far)] + [(*far, SPOT)]
    return Aisles(entries, hub, far, tuple(circles))


def _entry(room: Planned, door: Door) -> Vec2:
    """The point `INSIDE` metres into the room from the middle of the door."""
    (ax, ay), (bx, by) = (room.local(end) for end in door.ends)
    x, y = (ax + bx) / 2, (ay + by) / 2
    upright = abs(ax - bx) < abs(ay - by)  # the wall runs along y
    if upright:
        return (INSIDE if x < room.plan.width / 2 else room.plan.width - INSIDE), y
    return x, (INSIDE if y < room.plan.depth / 2 else room.plan.depth - INSIDE)


def _clear(room: Planned, a: Vec2, b: Vec2) -> bool:
    """Whether one can walk straight from a to b without brushing a wall."""
    return all(room.plan.wall_distance(*p) >= 0.3 for p in _between(a, b))


def _between(a: Vec2, b: Vec2) -> list[Vec2]:
    count = max(2, math.ceil(math.dist(a, b) / STEP) + 1)
    return [(a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t) for t in np.linspace(0, 1, count).tolist()]
