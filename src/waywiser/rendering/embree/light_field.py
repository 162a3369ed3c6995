"""`LightField`: the light that surfaces of a room send to each place in it, on a coarse grid.

Irradiance at a grid point is a linear function of the normal (the first two bands of spherical
harmonics, Ramamoorthi and Hanrahan 2001), so 12 numbers hold it for all directions and colors.

Dimensions: K points, D directions, P points of the grid, C values of each, M places on a map,
E corners of a polygon.
"""

import math
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from waywiser.rendering.embree.rays import Floats
from waywiser.rendering.embree.vectors import Vectors
from waywiser.rendering.geometry import inside_polygon
from waywiser.scenes.scene import Room

SPACING = 0.7  # meters between points of the grid, at most, unless the room is very large
MAX_POINTS_PER_AXIS = 16
MAX_MAP_SIDE = 512  # places along either side of a flat surface's map
WALL_DISTANCE = 0.12  # meters that the outermost points keep from walls, floor and ceiling
MAP_SPACING = 0.025  # meters between places on the map of a flat surface
NUM_DIRECTIONS = 64


@dataclass(frozen=True)
class ProbeGrid:
    """Where the points of a room's grid lie: evenly from `low_3` to `high_3` (x, y, z)."""

    low_3: Floats
    high_3: Floats
    shape: tuple[int, int, int]
    """Numbers of points along z, y and x."""

    @classmethod
    def of(cls, room: Room) -> "ProbeGrid":
        polygon_E_2 = np.asarray(room.polygon)
        low_3 = np.array([*polygon_E_2.min(axis=0), 0.0])
        high_3 = np.array([*polygon_E_2.max(axis=0), room.height])
        margin_3 = np.minimum(WALL_DISTANCE, (high_3 - low_3) / 4)
        low_3, high_3 = low_3 + margin_3, high_3 - margin_3
        x, y, z = (
            min(max(2, math.ceil(side / SPACING) + 1), MAX_POINTS_PER_AXIS)
            for side in (high_3 - low_3).tolist()
        )
        return cls(low_3.astype(np.float32), high_3.astype(np.float32), (z, y, x))

    def points(self) -> Floats:
        """(P, 3) points, x running fastest."""
        axes = [
            np.linspace(low, high, count)
            for low, high, count in zip(self.low_3, self.high_3, self.shape[::-1], strict=True)
        ]
        z, y, x = np.meshgrid(axes[2], axes[1], axes[0], indexing="ij")
        return np.stack([x.ravel(), y.ravel(), z.ravel()], 1).astype(np.float32)

    def steps(self, axis: int, values_K: Floats) -> Floats:
        """World coordinates (K,) along x (0), y (1) or z (2) in steps of the grid, clamped to it."""
        last = self.shape[2 - axis] - 1
        scale = last / float(self.high_3[axis] - self.low_3[axis])
        return np.clip((values_K - self.low_3[axis]) * np.float32(scale), 0, last * 0.99999)


@dataclass(frozen=True)
class LightField:
    """Irradiance of bounced light all over a room, in units of `Light.intensity`."""

    grid: ProbeGrid
    coefficients_P_12: Floats
    """RGB mean, then RGB times x, y and z of the normal."""

    planes: dict[tuple[int, bool, float], Floats] = field(default_factory=dict)
    """Fine maps of flat surfaces, made when first needed."""

    def irradiance(self, points_3_K: Vectors, normal_3_K: Vectors) -> Vectors:
        """(3, K) at points with these unit normals, (3, K), or one (3, 1) of a flat surface."""
        if normal_3_K.shape[1] == 1 and points_3_K.shape[1]:
            normal_3 = normal_3_K[:, 0]
            axis = int(np.abs(normal_3).argmax())
            if abs(normal_3[axis]) > 1 - 1e-6:
                return self._look_up_plane(points_3_K, axis, bool(normal_3[axis] > 0))

        values_12_K = np.ascontiguousarray(
            _interpolate(self.grid, self.coefficients_P_12, points_3_K).T
        )
        light_3_K = values_12_K[:3]
        for k in range(3):
            light_3_K += values_12_K[3 * k + 3 : 3 * k + 6] * normal_3_K[k]

        return np.maximum(light_3_K, 0, out=light_3_K)

    def _look_up_plane(self, points_3_K: Vectors, axis: int, is_up: bool) -> Vectors:
        """Irradiance of an upright or level plane, from the nearest place on its map."""
        place = round(float(points_3_K[axis, 0]), 3)
        a, b = (k for k in range(3) if k != axis)
        low_3, high_3 = self.grid.low_3, self.grid.high_3
        columns, rows = (
            min(math.ceil((high_3[k] - low_3[k]) / MAP_SPACING) + 1, MAX_MAP_SIDE) for k in (a, b)
        )
        key = (axis, is_up, place)

        if key not in self.planes:
            a_C = np.linspace(low_3[a], high_3[a], columns, dtype=np.float32)
            b_R = np.linspace(low_3[b], high_3[b], rows, dtype=np.float32)
            points_3_M = np.empty((3, rows * columns), np.float32)
            points_3_M[a], points_3_M[b] = np.tile(a_C, rows), np.repeat(b_R, columns)
            points_3_M[axis] = place
            normal_3_M = np.zeros_like(points_3_M)
            normal_3_M[axis] = 1 if is_up else -1
            self.planes[key] = self.irradiance(points_3_M, normal_3_M)

        index_K = np.zeros(points_3_K.shape[1], np.float32)
        for k, count, stride in ((a, columns, 1), (b, rows, columns)):
            scale = np.float32((count - 1) / (high_3[k] - low_3[k]))
            steps_K = (points_3_K[k] - low_3[k]) * scale
            np.maximum(steps_K, 0, out=steps_K)
            np.minimum(steps_K, count - 1, out=steps_K)
            index_K += np.rint(steps_K, out=steps_K) * np.float32(stride)

        return np.take(self.planes[key], index_K.astype(np.intp), axis=1)


def _interpolate(grid: ProbeGrid, values_P_C: Floats, points_3_K: Vectors) -> Floats:
    """Trilinear values (K, C), as a sparse matrix of the eight corners' weights times the values."""
    count = points_3_K.shape[1]
    index_K = np.zeros(count, np.int32)
    offset_8 = np.zeros(1, np.int32)
    shares: list[Floats] = []
    stride = 1

    for axis in range(3):
        steps_K = grid.steps(axis, points_3_K[axis])
        low_K = steps_K.astype(np.int32)
        shares.append(steps_K - low_K.astype(np.float32))
        index_K += low_K * np.int32(stride)
        offset_8 = np.concatenate([offset_8, offset_8 + np.int32(stride)])
        stride *= grid.shape[2 - axis]

    x_K, y_K, z_K = shares
    weight_K_8 = np.empty((count, 8), np.float32)
    sides = product((1 - z_K, z_K), (1 - y_K, y_K))  # as the offsets run

    for corner, (z_share_K, y_share_K) in enumerate(sides):
        both_K = z_share_K * y_share_K
        far_K = np.multiply(both_K, x_K, out=weight_K_8[:, 2 * corner + 1])
        np.subtract(both_K, far_K, out=weight_K_8[:, 2 * corner])

    corner_K_8 = index_K[:, None] + offset_8
    row_ends = np.arange(0, 8 * count + 1, 8, dtype=np.int32)
    weights = csr_array(
        (weight_K_8.ravel(), corner_K_8.ravel(), row_ends), shape=(count, len(values_P_C))
    )

    return weights @ values_P_C


def sphere_directions(count: int) -> Floats:
    """Unit directions (count, 3), evenly spread, on a golden-angle spiral."""
    k = np.arange(count) + 0.5
    z = 1 - 2 * k / count
    angle = k * np.pi * (3 - np.sqrt(5))
    radius = np.sqrt(1 - z**2)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle), z], 1).astype(np.float32)


def fit_field(
    grid: ProbeGrid, radiance_P_D_3: Floats, directions_D_3: Floats, usable_P: NDArray[np.bool_]
) -> LightField:
    """The field of the radiance that arrives at each point of the grid from each direction.

    Points that are not usable (in a wall or a piece of furniture) get their neighbors' light.
    """
    # Over pi, as a white surface's radiance: E(n) / pi = mean L + 2 n . mean(L w).
    mean_P_1_3 = radiance_P_D_3.mean(axis=1, keepdims=True)
    slope_P_3_3 = np.stack(
        [2 * (radiance_P_D_3 * directions_D_3[:, k, None]).mean(axis=1) for k in range(3)], axis=1
    )
    coefficients_P_12 = np.concatenate([mean_P_1_3, slope_P_3_3], axis=1).reshape(-1, 12)
    return LightField(grid, _fill_unusable(grid.shape, coefficients_P_12, usable_P))


def _fill_unusable(
    shape: tuple[int, int, int], values_P_C: Floats, usable_P: NDArray[np.bool_]
) -> Floats:
    if usable_P.all() or not usable_P.any():
        return values_P_C.astype(np.float32)

    known = usable_P.reshape(shape)
    values = np.where(known[..., None], values_P_C.reshape(*shape, -1), 0)

    while not known.all():
        total = np.zeros_like(values)
        count = np.zeros(shape)

        for axis in range(3):
            for step in (-1, 1):
                target = [slice(None)] * 3
                origin = [slice(None)] * 3
                target[axis] = slice(1, None) if step > 0 else slice(None, -1)
                origin[axis] = slice(None, -1) if step > 0 else slice(1, None)
                total[tuple(target)] += values[tuple(origin)] * known[tuple(origin)][..., None]
                count[tuple(target)] += known[tuple(origin)]

        new = ~known & (count > 0)
        values[new] = total[new] / count[new][:, None]
        known = known | new

    return values.reshape(len(values_P_C), -1).astype(np.float32)


def usable_points(room: Room, points_P_3: Floats, distance_P_D: Floats) -> NDArray[np.bool_]:
    """Which points lie in the room and not in, or pressed against, a piece of furniture."""
    inside_P = inside_polygon(room.polygon, points_P_3[:, :2].astype(np.float64))
    return inside_P & (np.median(distance_P_D, axis=1) > 0.25)
