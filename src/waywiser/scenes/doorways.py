"""Doors: the stretch of wall that each leaves out, and the floor of the passage between rooms."""

import math

import numpy as np
from numpy.typing import NDArray

from waywiser.errors import SceneError
from waywiser.scenes.scene import Door, Room, Scene

MAX_WALL_DISTANCE = 0.6
"""Greatest distance (m) of a door from the wall it opens: half of the thickest wall."""


def find_opening(room: Room, door: Door) -> tuple[int, float, float]:
    """The stretch of a room's wall that a door leaves out.

    Returns (edge, start, end): the wall `edge` runs from polygon corner `edge` to the next, and is
    open between `start` and `end` meters along it. Raises SceneError if no wall runs along the
    door.
    """
    a = np.asarray(door.ends[0])
    b = np.asarray(door.ends[1])
    best: tuple[float, int, float, float] | None = None
    corners = np.asarray(room.polygon)

    for edge, (p, q) in enumerate(zip(corners, np.roll(corners, -1, axis=0), strict=True)):
        length = float(np.hypot(*(q - p)))
        along = (q - p) / length
        inward = np.array([-(q - p)[1], (q - p)[0]]) / length
        s, t = sorted((float((a - p) @ along), float((b - p) @ along)))
        off_a = float((a - p) @ inward)
        off_b = float((b - p) @ inward)

        if (
            abs(off_a - off_b) > 1e-6
            or abs(off_a) > MAX_WALL_DISTANCE
            or s < -1e-9
            or t > length + 1e-9
            or t - s < 1e-6
        ):
            continue

        if best is None or abs(off_a) < best[0]:
            best = (abs(off_a), edge, s, t)

    if best is None:
        raise SceneError(
            f"a door at {door.ends[0]} lies on no wall of its room: fix the scene's doors"
        )

    return best[1:]


def doorway_corners(scene: Scene, door: Door) -> NDArray[np.float64]:
    """Floor corners (4, 2), counter-clockwise, in meters, of the passage through a door's wall."""
    lines = []

    for index in door.rooms:
        if not 0 <= index < len(scene.rooms):
            raise SceneError(
                f"a door names room {index}, which is not there: fix the scene's doors"
            )

        room = scene.rooms[index]
        edge, start, end = find_opening(room, door)
        p = np.asarray(room.polygon[edge])
        q = np.asarray(room.polygon[(edge + 1) % len(room.polygon)])
        along = (q - p) / math.hypot(*(q - p))
        lines.append((p + start * along, p + end * along))

    # Walls run counter-clockwise around their room, so the second line already runs back.
    corners = np.array([lines[0][1], lines[0][0], lines[1][1], lines[1][0]])
    x, y = corners.T
    area = float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) / 2

    return corners if area >= 0 else corners[::-1]
