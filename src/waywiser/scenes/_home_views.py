"""A few pictures of one room from places near one another, so that each shows part of what another shows."""

import math

import numpy as np
from numpy.typing import NDArray

from waywiser.scenes._furnished import FurnishedRoom
from waywiser.scenes._walks import posed
from waywiser.scenes.home_config import HomeConfig
from waywiser.scenes.scene import Camera, Clip

OVERLAP = (0.15, 0.65)
"""Share of the room's surface seen in one view that another must show too, at least and at most. It is judged
without what furniture hides; tasks measure it again in the pictures."""
LEAST = 2
"""Pieces whose middles a view must hold (hidden or not)."""
TRIES = 80


def views_clip(rng: np.random.Generator, room: FurnishedRoom, first: Camera, config: HomeConfig) -> Clip | None:
    """Two to four views, the first of them `first` (room coordinates); None where no second one is found."""
    wanted, views = int(rng.integers(2, 5)), [first]
    surface_S_3 = _surface(room)
    for _ in range(wanted - 1):
        anchor = views[int(rng.integers(len(views)))]
        view = _near(rng, room, anchor, surface_S_3, config)
        if view is not None:
            views.append(view)
    if len(views) < 2:
        return None
    cameras = tuple(room.moved_camera(view) for view in views)
    return Clip(kind="views", cameras=cameras, times=(0.0,) * len(cameras))


def _near(
    rng: np.random.Generator, room: FurnishedRoom, anchor: Camera, surface_S_3: NDArray[np.float64], config: HomeConfig
) -> Camera | None:
    """A view one step and one turn away. The step runs along one of the anchor's own directions, mostly."""
    forward = anchor.pose[:3, 2]
    heading = math.atan2(forward[1], forward[0])
    for _ in range(TRIES):
        way = heading + math.pi / 2 * int(rng.integers(4)) + float(rng.normal(0, 0.12))
        if rng.random() < 0.3:
            way = float(rng.uniform(-math.pi, math.pi))
        step = float(rng.uniform(0.35, 1.5))
        x, y = (float(anchor.position[k]) + step * (math.cos(way), math.sin(way))[k] for k in (0, 1))
        eye = float(np.clip(anchor.position[2] + rng.normal(0, 0.05), 0.9, 1.9))
        turn = math.radians(float(rng.uniform(8, 75))) * (1 if rng.random() < 0.5 else -1)
        if rng.random() < 0.25:
            turn = 0.0
        if not room.stands_free(x, y, gap=0.25):
            continue
        view = posed(x, y, eye, heading + turn, math.radians(float(rng.uniform(6, 13))), config)
        if _in_view(view, _middles(room)).sum() < LEAST:
            continue
        low = min(overlap(anchor, view, surface_S_3), overlap(view, anchor, surface_S_3))
        if OVERLAP[0] <= low <= OVERLAP[1]:
            return view
    return None


def overlap(a: Camera, b: Camera, surface_S_3: NDArray[np.float64]) -> float:
    """Share of the surface points in view of `a` that are in view of `b` too; 0 where `a` sees none."""
    seen_a, seen_b = _in_view(a, surface_S_3), _in_view(b, surface_S_3)
    return float((seen_a & seen_b).sum() / max(1, seen_a.sum()))


def _in_view(camera: Camera, points_S_3: NDArray[np.float64]) -> NDArray[np.bool_]:
    p = camera.to_camera(points_S_3)
    ahead = p[:, 2] > 0.1
    z = np.where(ahead, p[:, 2], 1.0)
    u, v = camera.fx * p[:, 0] / z + camera.cx, camera.fy * p[:, 1] / z + camera.cy
    return ahead & (u >= 0) & (u < camera.width) & (v >= 0) & (v < camera.height)


def _middles(room: FurnishedRoom) -> NDArray[np.float64]:
    return np.array([[p.place.x, p.place.y, p.z + p.size[2] / 2] for p in room.pieces])


def _surface(room: FurnishedRoom) -> NDArray[np.float64]:
    """(S, 3) points of the walls, the floor and the tops of pieces, in room coordinates, metres."""
    plan = room.planned.plan
    points: list[tuple[float, float, float]] = []
    for wall in plan.walls:
        for s in np.arange(0.15, wall.length, 0.3).tolist():
            x, y = (wall.start[k] + s * wall.direction[k] for k in (0, 1))
            points += [(x, y, z) for z in (0.3, 0.9, 1.5, 2.1)]
    for x in np.arange(0.2, plan.width, 0.4).tolist():
        points += [(x, y, 0.0) for y in np.arange(0.2, plan.depth, 0.4).tolist() if plan.wall_distance(x, y) > 0]
    points += [(p.place.x, p.place.y, p.z + p.size[2]) for p in room.pieces]
    return np.asarray(points)
