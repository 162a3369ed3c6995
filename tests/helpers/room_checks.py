"""What every furnished room promises, checked by other means than those that furnished it."""

import itertools
import math

import numpy as np

from waywiser.scenes.procedural.footprint import Footprint, footprints_overlap
from waywiser.scenes.scene import Object, Room, Scene, Vec2

WALKERS = ("person", "dog", "cat", "robot vacuum")
FLAT = ("rug", "bath mat")
SEATS = ("chair", "office chair", "stool", "bar stool")
TABLES = ("table", "desk", "kitchen island", "dressing table")


def footprint(thing: Object, grow: float = 0.0) -> Footprint:
    box = thing.box
    return Footprint(*box.center[:2], box.size[0] + grow, box.size[1] + grow, box.yaw)


def bottom(thing: Object) -> float:
    return thing.box.center[2] - thing.box.size[2] / 2


def top(thing: Object) -> float:
    return thing.box.center[2] + thing.box.size[2] / 2


def in_room(scene: Scene, index: int) -> list[Object]:
    return [o for o in scene.objects if o.room == index and o.category not in WALKERS]


def inside(polygon: tuple[Vec2, ...], x: float, y: float) -> bool:
    sides = zip(polygon, polygon[1:] + polygon[:1], strict=True)
    crossed = [
        (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax)
        for (ax, ay), (bx, by) in sides
    ]
    return sum(crossed) % 2 == 1


def wall_behind(room: Room, thing: Object) -> float:
    """Meters from the middle of a thing's back to the nearest wall that it is parallel to."""
    back = np.array(thing.box.center[:2]) + thing.box.axes[:2, 1] * thing.box.size[1] / 2
    distances = []
    for a, b in zip(room.polygon, room.polygon[1:] + room.polygon[:1], strict=True):
        along = np.subtract(b, a) / math.dist(a, b)
        inward = np.array([-along[1], along[0]])
        if -thing.box.axes[:2, 1] @ inward > 0.99:
            distances.append(abs(float((back - a) @ inward)))
    return min(distances, default=9.0)


def may_share_space(a: Object, b: Object) -> bool:
    if (a.category in FLAT) != (b.category in FLAT):
        return True
    if a.on == b.id or b.on == a.id:
        return True
    kinds = {a.category, b.category}
    return bool(kinds & set(SEATS)) and bool(kinds & set(TABLES))


def check_no_collision(things: list[Object]) -> None:
    for a, b in itertools.combinations(things, 2):
        if may_share_space(a, b) or top(a) <= bottom(b) + 1e-3 or top(b) <= bottom(a) + 1e-3:
            continue
        assert not footprints_overlap(footprint(a, -2e-3), footprint(b)), (a, b)


def check_support(scene: Scene) -> None:
    for thing in scene.objects:
        room = scene.rooms[thing.room]
        assert all(-1e-6 <= z <= room.height for z in thing.box.corners[:, 2])
        x, y, _ = thing.box.center
        for u, v, _ in thing.box.corners:
            assert inside(room.polygon, x + (u - x) * 0.999, y + (v - y) * 0.999)
        if thing.on is not None:
            carrier = scene.object(thing.on)
            assert carrier.room == thing.room
            assert bottom(carrier) < bottom(thing) <= top(carrier) + 1e-3
            spots = thing.box.corners[:, :2]
            assert max(footprint(carrier).distance(*spot) for spot in spots) < 1e-6
        elif bottom(thing) > 1e-3 and thing.category != "ceiling lamp":
            assert wall_behind(room, thing) < 0.01, thing.category


def is_in_the_way(thing: Object) -> bool:
    """Whether people walk around a thing: not rugs, pictures and what is on or above others."""
    if thing.on is not None or top(thing) < 0.02 or bottom(thing) > 1.85:
        return False
    return bottom(thing) < 1e-3 or thing.box.size[1] > 0.15
