"""A few pictures of one room from nearby places, each showing part of what another shows."""

import math

import numpy as np
from numpy.typing import NDArray

from waywiser.scenes.procedural.camera_path import make_walk_camera
from waywiser.scenes.procedural.furnished_room import FurnishedRoom
from waywiser.scenes.procedural.home_config import HomeConfig
from waywiser.scenes.scene import Camera, Clip

OVERLAP_RANGE = (0.15, 0.65)
"""Least and greatest share of the surface seen in one view that the other must show too.

Furniture is ignored as an occluder here; tasks measure the overlap again in the pictures.
"""
MIN_PIECES_IN_VIEW = 2
"""Number of pieces whose centers must be in a view, hidden or not."""
MAX_TRIES = 80


def make_views_clip(
    rng: np.random.Generator, room: FurnishedRoom, first: Camera, config: HomeConfig
) -> Clip | None:
    """Two to four overlapping views of one room.

    Args:
        rng: Source of randomness.
        room: The furnished room.
        first: The first view, in room coordinates.
        config: Picture size and field of view.

    Returns:
        The clip, or None if no second view is found.
    """
    num_views = int(rng.integers(2, 5))
    views = [first]
    surface_S_3 = _sample_surface_points(room)

    for _ in range(num_views - 1):
        anchor = views[int(rng.integers(len(views)))]
        view = _sample_nearby_view(rng, room, anchor, surface_S_3, config)
        if view is not None:
            views.append(view)

    if len(views) < 2:
        return None

    cameras = tuple(room.to_home_camera(view) for view in views)
    return Clip(kind="views", cameras=cameras, times=(0.0,) * len(cameras))


def _sample_nearby_view(
    rng: np.random.Generator,
    room: FurnishedRoom,
    anchor: Camera,
    surface_S_3: NDArray[np.float64],
    config: HomeConfig,
) -> Camera | None:
    """A view one step and one turn away from `anchor`, or None if none is found.

    The step is mostly along one of the anchor's own directions.
    """
    forward = anchor.pose[:3, 2]
    heading = math.atan2(forward[1], forward[0])

    for _ in range(MAX_TRIES):
        step_heading = heading + math.pi / 2 * int(rng.integers(4)) + float(rng.normal(0, 0.12))
        if rng.random() < 0.3:
            step_heading = float(rng.uniform(-math.pi, math.pi))

        step = float(rng.uniform(0.35, 1.5))
        x, y = (
            float(anchor.position[k]) + step * (math.cos(step_heading), math.sin(step_heading))[k]
            for k in (0, 1)
        )

        eye = float(np.clip(anchor.position[2] + rng.normal(0, 0.05), 0.9, 1.9))
        turn = math.radians(float(rng.uniform(8, 75))) * (1 if rng.random() < 0.5 else -1)

        if rng.random() < 0.25:
            turn = 0.0
        if not room.is_camera_spot_free(x, y, gap=0.25):
            continue

        view = make_walk_camera(
            x, y, eye, heading + turn, math.radians(float(rng.uniform(6, 13))), config
        )
        if _is_in_view(view, _piece_centers(room)).sum() < MIN_PIECES_IN_VIEW:
            continue

        low = min(
            surface_overlap(anchor, view, surface_S_3), surface_overlap(view, anchor, surface_S_3)
        )
        if OVERLAP_RANGE[0] <= low <= OVERLAP_RANGE[1]:
            return view

    return None


def surface_overlap(a: Camera, b: Camera, surface_S_3: NDArray[np.float64]) -> float:
    """Share of the surface points in view of `a` that `b` sees too; 0 if `a` sees none."""
    seen_a = _is_in_view(a, surface_S_3)
    seen_b = _is_in_view(b, surface_S_3)
    return float((seen_a & seen_b).sum() / max(1, seen_a.sum()))


def _is_in_view(camera: Camera, points_S_3: NDArray[np.float64]) -> NDArray[np.bool_]:
    p = camera.to_camera(points_S_3)
    ahead = p[:, 2] > 0.1
    z = np.where(ahead, p[:, 2], 1.0)
    u = camera.fx * p[:, 0] / z + camera.cx
    v = camera.fy * p[:, 1] / z + camera.cy
    return ahead & (u >= 0) & (u < camera.width) & (v >= 0) & (v < camera.height)


def _piece_centers(room: FurnishedRoom) -> NDArray[np.float64]:
    return np.array([[p.footprint.x, p.footprint.y, p.z + p.size[2] / 2] for p in room.pieces])


def _sample_surface_points(room: FurnishedRoom) -> NDArray[np.float64]:
    """(S, 3) points of the walls, the floor and the tops of pieces, in room coordinates, meters."""
    plan = room.placed_room.plan
    points: list[tuple[float, float, float]] = []

    for wall in plan.walls:
        for s in np.arange(0.15, wall.length, 0.3).tolist():
            x, y = (wall.start[k] + s * wall.direction[k] for k in (0, 1))
            points += [(x, y, z) for z in (0.3, 0.9, 1.5, 2.1)]

    for x in np.arange(0.2, plan.width, 0.4).tolist():
        points += [
            (x, y, 0.0)
            for y in np.arange(0.2, plan.depth, 0.4).tolist()
            if plan.wall_distance(x, y) > 0
        ]

    points += [(p.footprint.x, p.footprint.y, p.z + p.size[2]) for p in room.pieces]
    return np.asarray(points)
