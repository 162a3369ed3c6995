"""The way through a home that a camera walks: by every room's aisles, clear of walls and furniture.

Dimensions: P points of the path.
"""

import math

import numpy as np
from numpy.typing import NDArray

from waywiser.scenes.procedural.furnished_room import FurnishedRoom
from waywiser.scenes.procedural.home_plan import HomePlan
from waywiser.scenes.procedural.surroundings import Surroundings
from waywiser.scenes.scene import Vec2

PATH_SPACING = 0.02  # meters between points of the path
CORNER_SMOOTHING = 0.4  # meters over which corners of the path are rounded
KNOT_SPACING = 0.12  # meters between the points that are moved away from obstacles
WANTED_CLEARANCE = 0.6
"""Meters that the camera keeps from walls, door leaves and furniture, where there is space."""
CLEARING_STEPS = 40
PUSH = 0.35
"""Share of the missing clearance by which a point moves in one step."""

Floats = NDArray[np.float64]


def make_walk_path(
    plan: HomePlan, rooms: list[FurnishedRoom], surroundings: Surroundings
) -> Floats:
    """(P, 2) points in the home's coordinates, `PATH_SPACING` meters apart.

    Args:
        plan: The home's rooms in the order of the walk, and its doors.
        rooms: The furnished rooms, in the same order.
        surroundings: What is around, in the home's coordinates.
    """
    waypoints = np.asarray(_waypoints(plan, rooms))
    cleared = _keep_clear(_resample(waypoints, KNOT_SPACING), surroundings)
    return _smooth(_resample(cleared, PATH_SPACING))


def point_along(path_P_2: Floats, position: float) -> Vec2:
    """The point of a path that is `position` meters from its start."""
    k = np.arange(len(path_P_2)) * PATH_SPACING
    return float(np.interp(position, k, path_P_2[:, 0])), float(
        np.interp(position, k, path_P_2[:, 1])
    )


def _waypoints(plan: HomePlan, rooms: list[FurnishedRoom]) -> list[Vec2]:
    points: list[Vec2] = []
    last = len(rooms) - 1

    for index, room in enumerate(rooms):
        placed_room = room.placed_room
        walkways = room.walkways
        stops: list[Vec2] = [walkways.hub]

        if walkways.second_stop is not None:
            stops = (
                [walkways.second_stop, walkways.hub]
                if index == 0
                else [walkways.hub, walkways.second_stop]
            )

        if index > 0:
            stops.insert(0, walkways.entry_points[index - 1])
        if index < last:
            stops.append(walkways.entry_points[index])

        points += [placed_room.to_home_frame(stop) for stop in stops]

        if index < last:
            (ax, ay), (bx, by) = plan.doors[index].ends
            points.append(((ax + bx) / 2, (ay + by) / 2))

    return points


def _keep_clear(points_P_2: Floats, surroundings: Surroundings) -> Floats:
    """The path moved away from what it passes closely, its points still evenly spread.

    Obstacles on both sides push against each other, so that it runs in the middle of a doorway. A
    path that does not gain by it stays as it is: furniture leaves the aisles free.
    """
    cleared = points_P_2.copy()

    for _ in range(CLEARING_STEPS):
        distance_P_B, away_P_B_2 = surroundings.clearance(cleared)
        lack_P_B = np.clip(WANTED_CLEARANCE - distance_P_B, 0, None)
        cleared += PUSH * (lack_P_B[..., None] * away_P_B_2).sum(axis=1).clip(-0.15, 0.15)
        cleared[1:-1] += 0.5 * ((cleared[:-2] + cleared[2:]) / 2 - cleared[1:-1])

    before_P = surroundings.clearance(points_P_2)[0].min(axis=1)
    after_P = surroundings.clearance(cleared)[0].min(axis=1)
    is_better = after_P.min() >= before_P.min() - 0.02 and after_P.mean() >= before_P.mean()
    return cleared if is_better else points_P_2


def _resample(points_P_2: Floats, spacing: float) -> Floats:
    """The polyline with a point every `spacing` meters or a little less."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points_P_2, axis=0).T))])
    count = max(2, math.ceil(along[-1] / spacing) + 1)
    s = np.linspace(0, along[-1], count)
    return np.stack([np.interp(s, along, points_P_2[:, k]) for k in (0, 1)], axis=1)


def _smooth(line_P_2: Floats) -> Floats:
    """The polyline with its corners rounded; they move by less than 15 cm."""
    half = int(CORNER_SMOOTHING / PATH_SPACING / 2)
    padded = np.concatenate(
        [np.repeat(line_P_2[:1], half, 0), line_P_2, np.repeat(line_P_2[-1:], half, 0)]
    )
    kernel = np.ones(2 * half + 1) / (2 * half + 1)

    return np.stack([np.convolve(padded[:, k], kernel, "valid") for k in (0, 1)], axis=1)
