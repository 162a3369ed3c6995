"""A few pictures of one room from nearby places, each showing part of what another shows."""

import math
from typing import Literal

import numpy as np

from waywiser.scenes.procedural.camera_style import CameraStyle
from waywiser.scenes.procedural.furnished_room import FurnishedRoom
from waywiser.scenes.procedural.surroundings import Surroundings, grid_rays
from waywiser.scenes.scene import Camera, Clip

Change = Literal["turn", "move", "both"]
CHANGES: tuple[Change, ...] = ("turn", "move", "both")
"""How a view differs from another: it looks elsewhere, is taken from elsewhere, or both."""
OVERLAP_RANGES: dict[Change, tuple[float, float]] = {
    "turn": (0.35, 0.85),
    "move": (0.35, 0.95),
    "both": (0.2, 0.7),
}
"""Least and greatest share of the surface seen in one view that the other must show too.

Things stand in for their boxes here; tasks measure the overlap again in the pictures.
"""
MAX_TRIES = 60
CAMERA_CLEARANCE = 0.4
"""Meters from walls and furniture."""


def make_views_clip(rng: np.random.Generator, room: FurnishedRoom, first: Camera) -> Clip | None:
    """Three or four overlapping views of one room, with one lens.

    From view to view the camera turns on the spot, steps along one of its axes, or does both.

    Args:
        rng: Source of randomness.
        room: The furnished room.
        first: The first view, in room coordinates.

    Returns:
        The clip, or None if no second view is found.
    """
    num_views = int(rng.integers(3, 5))
    views = [first]
    surroundings = Surroundings.of_room(room.placed_room.plan, room.pieces)
    first_change = int(rng.integers(len(CHANGES)))

    for number in range(num_views - 1):
        anchor = views[int(rng.integers(len(views)))]
        change = CHANGES[(first_change + number) % len(CHANGES)]
        view = _sample_nearby_view(rng, room, surroundings, anchor, change)
        if view is not None:
            views.append(view)

    if len(views) < 2:
        return None

    cameras = tuple(room.to_home_camera(view) for view in views)
    return Clip(kind="views", cameras=cameras, times=(0.0,) * len(cameras))


def _sample_nearby_view(
    rng: np.random.Generator,
    room: FurnishedRoom,
    surroundings: Surroundings,
    anchor: Camera,
    change: Change,
) -> Camera | None:
    """A view that differs from `anchor` by one change, or None if none is found."""
    style = CameraStyle.of(anchor)
    forward = anchor.pose[:3, 2]
    heading = math.atan2(forward[1], forward[0])

    for _ in range(MAX_TRIES):
        step, step_heading, turn = _sample_change(rng, change, heading, style.fov)
        x = float(anchor.position[0]) + step * math.cos(step_heading)
        y = float(anchor.position[1]) + step * math.sin(step_heading)

        if not room.is_camera_spot_free(x, y, CAMERA_CLEARANCE, CAMERA_CLEARANCE):
            continue

        view = style.make_camera(
            x,
            y,
            heading + turn,
            rise=float(rng.normal(0, 0.02)),
            nod=math.radians(float(rng.uniform(-1.5, 1.5))),
        )
        low = min(
            surface_overlap(anchor, view, surroundings), surface_overlap(view, anchor, surroundings)
        )
        least, most = OVERLAP_RANGES[change]
        if least <= low <= most and surroundings.judge(view).is_good:
            return view

    return None


def _sample_change(
    rng: np.random.Generator, change: Change, heading: float, fov: float
) -> tuple[float, float, float]:
    """Meters of a step, its heading, and a turn to the left; angles in radians."""
    side = 1.0 if rng.random() < 0.5 else -1.0
    if change == "turn":
        step_heading = float(rng.uniform(-math.pi, math.pi))
        turn = float(rng.uniform(math.radians(16), min(math.radians(55), 0.6 * fov)))
        return float(rng.uniform(0, 0.15)), step_heading, side * turn

    axis = heading + math.pi / 2 * int(rng.integers(4)) + float(rng.normal(0, 0.08))
    step = float(rng.uniform(0.5, 1.6))
    if change == "move":
        return step, axis, math.radians(float(rng.normal(0, 2)))

    return step, axis, side * math.radians(float(rng.uniform(8, 75)))


def surface_overlap(a: Camera, b: Camera, surroundings: Surroundings) -> float:
    """Share of the surface points in view of `a` that `b` sees too, boxes standing for things."""
    rays = grid_rays(a)
    _, far = surroundings.cast(a.position, rays)
    points = a.position + rays * np.minimum(far, 20.0)[:, None]

    local = b.to_camera(points)
    depth = np.where(local[:, 2] > 0.1, local[:, 2], np.inf)
    u = b.fx * local[:, 0] / depth + b.cx
    v = b.fy * local[:, 1] / depth + b.cy
    is_in_view = np.isfinite(depth) & (u >= 0) & (u < b.width) & (v >= 0) & (v < b.height)
    if not is_in_view.any():
        return 0.0

    _, share = surroundings.cast(b.position, points[is_in_view] - b.position)
    return float((share > 0.97).sum() / len(rays))
