"""Ambient occlusion of floors and ceilings, baked once per room, which grounds the furniture.

Dimensions: N sampled points, R rows of the baked grid, C its columns, P its points,
D directions.
"""

from dataclasses import dataclass

import numpy as np

from waywiser.rendering.embree.rays import Floats, RayTracer
from waywiser.scenes.scene import Room

GRID_SPACING = 0.08  # meters between baked points
MAX_OCCLUDER_DISTANCE = 0.9  # meters after which nothing occludes
NUM_DIRECTIONS = 14


@dataclass(frozen=True)
class OcclusionMap:
    """Openness (rows, columns) in [0, 1] on a grid of `GRID_SPACING` from `origin_2`, in meters."""

    origin_2: Floats
    openness_R_C: Floats

    def sample(self, xy_2_N: Floats) -> Floats:
        """Bilinear openness (N,) at world x, y."""
        rows, columns = self.openness_R_C.shape
        x_N = np.clip((xy_2_N[0] - self.origin_2[0]) / GRID_SPACING, 0, columns - 1.001)
        y_N = np.clip((xy_2_N[1] - self.origin_2[1]) / GRID_SPACING, 0, rows - 1.001)
        column_N = np.floor(x_N)
        row_N = np.floor(y_N)
        fx_N = x_N - column_N
        fy_N = y_N - row_N
        index_N = row_N.astype(np.intp) * columns + column_N.astype(np.intp)
        flat = self.openness_R_C.ravel()
        left_N = 1 - fx_N
        right_N = fx_N
        near_N = np.take(flat, index_N) * left_N + np.take(flat[1:], index_N) * right_N

        far_N = (
            np.take(flat[columns:], index_N) * left_N
            + np.take(flat[columns + 1 :], index_N) * right_N
        )

        return near_N * (1 - fy_N) + far_N * fy_N


def cosine_directions(count: int) -> Floats:
    """Unit directions (count, 3) about +z, cosine-weighted, on a golden-angle spiral."""
    k = np.arange(count) + 0.5
    radius = np.sqrt(k / count)
    angle = k * np.pi * (3 - np.sqrt(5))

    return np.stack(
        [radius * np.cos(angle), radius * np.sin(angle), np.sqrt(1 - radius**2)], 1
    ).astype(np.float32)


def bake_floor_occlusion(room: Room, tracer: RayTracer) -> OcclusionMap:
    """Openness of the floor of `room`: the share of cosine-weighted rays that meet nothing within
    `MAX_OCCLUDER_DISTANCE`.

    Occluders count less the farther they are, so the borders of the darkness are soft.
    """
    low_2 = np.min(np.asarray(room.polygon), axis=0)
    high_2 = np.max(np.asarray(room.polygon), axis=0)
    # Points are kept off the walls, or those at the border would lie inside them.
    columns, rows = (np.ceil((high_2 - low_2) / GRID_SPACING).astype(int) + 2).tolist()
    x_C = np.clip(low_2[0] + np.arange(columns) * GRID_SPACING, low_2[0] + 0.01, high_2[0] - 0.01)
    y_R = np.clip(low_2[1] + np.arange(rows) * GRID_SPACING, low_2[1] + 0.01, high_2[1] - 0.01)
    x_R_C, y_R_C = np.meshgrid(x_C, y_R)
    points_P_3 = np.stack([x_R_C.ravel(), y_R_C.ravel(), np.full(rows * columns, 0.004)], 1).astype(
        np.float32
    )
    directions_D_3 = cosine_directions(NUM_DIRECTIONS) * np.float32(MAX_OCCLUDER_DISTANCE)
    open_P = np.zeros(len(points_P_3), dtype=np.float32)
    far_P = np.ones(len(points_P_3), dtype=np.float32)

    for direction_3 in directions_D_3:
        hits = tracer.intersect(points_P_3, np.broadcast_to(direction_3, points_P_3.shape), far_P)
        open_P += np.where(hits.face_N < 0, 1, np.clip(hits.t_N, 0, 1))

    return OcclusionMap(low_2.astype(np.float32), (open_P / NUM_DIRECTIONS).reshape(rows, columns))
