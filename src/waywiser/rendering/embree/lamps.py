"""The lamps that light each room: its own, and those that shine in through its doors.

Dimensions: N points, K points that a lamp may reach.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from waywiser.rendering.embree.rays import Floats
from waywiser.rendering.geometry import inside_polygon
from waywiser.scenes.scene import Door, Light, Scene

Bounds = tuple[list[float], list[float]]
"""Smallest and largest x, y and z of some points, in meters."""
# Meters or square meters; far above what rounding does to lengths in a home and to their products.
OPENING_TOLERANCE = 0.02


@dataclass(frozen=True)
class RoomLamp:
    """A light as a room sees it.

    `rank` counts from the strongest light of the room it hangs in. `door` is the door it shines
    through, None for the room's own lights.
    """

    light: Light
    rank: int
    door: Door | None = None

    def lit_indices(
        self, position_3: Floats, points_3_N: Floats, bounds: Bounds
    ) -> NDArray[np.intp]:
        """Indices of the points, within `bounds`, that light from `position_3` reaches."""
        near_K = self.indices_in_beam(position_3, points_3_N, bounds)
        if not len(near_K):
            return near_K

        points_3_K = np.take(points_3_N, near_K, axis=1)
        return near_K[self.passes_doorway(points_3_K, position_3[:, None] - points_3_K)]

    def indices_in_beam(
        self, position_3: Floats, points_3_N: Floats, bounds: Bounds
    ) -> NDArray[np.intp]:
        """Indices of the points that light through the opening may reach, seen from above.

        It may return too many, which `passes_doorway` sorts out, but never too few.
        """
        assert self.door is not None
        lx, ly, lz = position_3.tolist()
        if min(lz, bounds[0][2]) > self.door.height + OPENING_TOLERANCE:
            return np.zeros(0, dtype=np.intp)

        (ax, ay), (bx, by) = ((x - lx, y - ly) for x, y in self.door.ends)
        if abs(ax * by - ay * bx) < OPENING_TOLERANCE:
            return np.arange(points_3_N.shape[1])
        if ax * by < ay * bx:
            (ax, ay), (bx, by) = (bx, by), (ax, ay)

        # Points are to the left of the way to one end of the opening and to the right of that to
        # the other.
        sides = [(-ay, ax), (by, -bx)]
        low_3, high_3 = bounds
        inside_N = np.ones(points_3_N.shape[1], dtype=bool)

        for p, q in sides:
            min_offset = p * lx + q * ly - OPENING_TOLERANCE
            if (
                p * (high_3 if p > 0 else low_3)[0] + q * (high_3 if q > 0 else low_3)[1]
                < min_offset
            ):
                return np.zeros(0, dtype=np.intp)

            inside_N &= points_3_N[0] * np.float32(p) + points_3_N[1] * np.float32(q) > min_offset

        return np.flatnonzero(inside_N)

    def passes_doorway(self, points_3_N: Floats, to_light_3_N: Floats) -> NDArray[np.bool_]:
        """Whether lines from points (3, N) to the light cross the opening, at its middle plane."""
        assert self.door is not None
        (ax, ay), (bx, by) = self.door.ends
        ex = bx - ax
        ey = by - ay
        cross_N = to_light_3_N[0] * ey - to_light_3_N[1] * ex
        cross_N = np.where(np.abs(cross_N) < 1e-9, np.float32(1e-9), cross_N)
        px = ax - points_3_N[0]
        py = ay - points_3_N[1]
        # Where the line crosses the door's, as fractions of the way to the light and of the door.
        ray_fraction_N = (px * ey - py * ex) / cross_N
        door_fraction_N = (px * to_light_3_N[1] - py * to_light_3_N[0]) / cross_N
        top_N = points_3_N[2] + ray_fraction_N * to_light_3_N[2]

        return (
            (ray_fraction_N > 0)
            & (ray_fraction_N < 1)
            & (door_fraction_N > 0)
            & (door_fraction_N < 1)
            & (top_N < self.door.height)
        )


def lamps_by_room(scene: Scene) -> list[list[RoomLamp]]:
    """The lamps of each room, strongest first, its own before those behind a door.

    A scene without doors has a single list: every light reaches everything in its line of sight.
    """
    ranked = sorted(scene.lights, key=lambda light: -sum(light.intensity))
    if not scene.doors:
        return [[RoomLamp(light, rank) for rank, light in enumerate(ranked)]]

    own_lamps: list[list[RoomLamp]] = []

    for room in scene.rooms:
        lights = [
            light
            for light in ranked
            if inside_polygon(room.polygon, np.array([light.position[:2]]))[0]
        ]

        own_lamps.append([RoomLamp(light, rank) for rank, light in enumerate(lights)])

    lamps = [list(group) for group in own_lamps]

    for door in scene.doors:
        for room, neighbor in (door.rooms, door.rooms[::-1]):
            lamps[room] += [RoomLamp(lamp.light, lamp.rank, door) for lamp in own_lamps[neighbor]]

    return lamps
