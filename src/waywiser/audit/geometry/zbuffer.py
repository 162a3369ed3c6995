"""The audit's own rasterizer: depth and ids of triangles and rectangles, without casting a ray.

A triangle's corners as (u z, v z, z) are the columns of a matrix M; for the pixel p = (u, v, 1) the
solution of M x = p has the barycentric weights divided by depth (Olano and Greer 1997, homogeneous
rasterization). It is valid for triangles that reach behind the camera too, so nothing is clipped.
Each weight is linear along a row of pixels, so what a triangle covers of a row is an interval.

Dimensions: T triangles, R rows of pixels of the triangles, C pixels that triangles cover, N pixels
of the buffer, H image height, W image width.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from waywiser.audit.geometry.pinhole import Array, Pinhole

NEAR_PLANE = 0.01
"""Depth in meters below which a triangle may cover any pixel."""
_MAX_ROWS = 60_000
"""Rows of triangles that are cut at a time."""
_MAX_PIXELS = 200_000
"""Pixels that are filled at a time."""
_EDGE_TOLERANCE = 1e-9
"""Relative barycentric weight below 0 down to which a pixel counts as inside."""

PointMask = Callable[[Array], NDArray[np.bool_]]
"""Which world points (N, 3) belong to a surface."""


@dataclass(frozen=True)
class DepthBuffer:
    """A window of pixels that triangles are drawn into.

    Attributes:
        depth: (H, W) depth in meters along the optical axis, inf if nothing is drawn.
        ids: (H, W) object ids, -1 if nothing is drawn.
        left: The window's first column in the camera's pixels.
        top: The window's first row in the camera's pixels.
    """

    depth: Array
    ids: NDArray[np.int32]
    left: int = 0
    top: int = 0

    @classmethod
    def empty(cls, width: int, height: int, left: int = 0, top: int = 0) -> "DepthBuffer":
        """A window with nothing drawn.

        Args:
            width: Columns.
            height: Rows.
            left: First column in the camera's pixels.
            top: First row in the camera's pixels.
        """
        depth = np.full((height, width), np.inf)
        ids = np.full((height, width), -1, np.int32)
        return cls(depth, ids, left, top)


def draw_triangles(
    buffer: DepthBuffer, corners_T_3_3: Array, ids_T: NDArray[np.int32] | int
) -> None:
    """Draw triangles, given by their corners (T, 3 corners, 3) from `Pinhole.to_image`.

    Args:
        buffer: The window to draw into.
        corners_T_3_3: The corners.
        ids_T: The object of each triangle (T,), or of all.
    """
    height, width = buffer.depth.shape
    ids_T = np.broadcast_to(np.asarray(ids_T, np.int32), len(corners_T_3_3))
    ahead_T = corners_T_3_3[:, :, 2].max(axis=1, initial=-np.inf) > NEAR_PLANE
    corners_T_3_3, ids_T = corners_T_3_3[ahead_T], ids_T[ahead_T]
    low_T_2, high_T_2 = _pixel_bounds(corners_T_3_3, np.array([buffer.left, buffer.top]))
    low_T_2 = np.maximum(low_T_2, 0)
    high_T_2 = np.minimum(high_T_2, (width - 1, height - 1))
    in_window_T = (high_T_2[:, 0] >= low_T_2[:, 0]) & (high_T_2[:, 1] >= low_T_2[:, 1])
    corners_3_3_T = np.ascontiguousarray(corners_T_3_3[in_window_T].transpose(1, 2, 0))

    planes_3_3_T = np.stack(
        [_cross(corners_3_3_T[(k + 1) % 3], corners_3_3_T[(k + 2) % 3]) for k in range(3)]
    )
    volume_T = (corners_3_3_T[0] * planes_3_3_T[0]).sum(axis=0)
    solid_T = np.abs(volume_T) > 1e-14  # the others are seen edge-on
    planes_3_3_T = planes_3_3_T[:, :, solid_T] / volume_T[solid_T]
    low_T_2, high_T_2 = (
        bound[in_window_T][solid_T].astype(np.int64) for bound in (low_T_2, high_T_2)
    )
    ids_T = ids_T[in_window_T][solid_T]

    for part in _parts(high_T_2[:, 1] - low_T_2[:, 1] + 1, _MAX_ROWS):
        _fill_triangles(
            buffer, planes_3_3_T[:, :, part], low_T_2[part], high_T_2[part], ids_T[part]
        )


def _cross(a_3_T: Array, b_3_T: Array) -> Array:
    return np.stack(
        [
            a_3_T[1] * b_3_T[2] - a_3_T[2] * b_3_T[1],
            a_3_T[2] * b_3_T[0] - a_3_T[0] * b_3_T[2],
            a_3_T[0] * b_3_T[1] - a_3_T[1] * b_3_T[0],
        ]
    )


def _parts(sizes: NDArray[np.int64], max_size: int) -> Iterator[slice]:
    """Slices of consecutive items that hold `max_size` together, or are a single larger one."""
    ends = np.cumsum(sizes)
    start = 0

    while start < len(ends):
        done = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, done + max_size, side="right")))
        yield slice(start, stop)
        start = stop


def _pixel_bounds(corners_T_3_3: Array, origin_2: NDArray[np.int64]) -> tuple[Array, Array]:
    """First and last pixel (T, 2) whose center a triangle's part beyond the near plane can
    cover.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        pixels_T_3_2 = corners_T_3_3[:, :, :2] / corners_T_3_3[:, :, 2:]

    a_T_2, b_T_2, c_T_2 = pixels_T_3_2.transpose(1, 0, 2)
    low_T_2 = np.minimum(np.minimum(a_T_2, b_T_2), c_T_2)
    high_T_2 = np.maximum(np.maximum(a_T_2, b_T_2), c_T_2)
    crossing = np.flatnonzero(corners_T_3_3[:, :, 2].min(axis=1, initial=np.inf) <= NEAR_PLANE)
    low_T_2[crossing], high_T_2[crossing] = _cut_bounds(corners_T_3_3[crossing])
    return np.ceil(low_T_2 - 0.5) - origin_2, np.floor(high_T_2 - 0.5) - origin_2


def _cut_bounds(corners_T_3_3: Array) -> tuple[Array, Array]:
    """Bounds (T, 2) in the image of triangles that cross the near plane, of their parts ahead."""
    z_T_3 = corners_T_3_3[:, :, 2]
    next_T_3_3 = np.roll(corners_T_3_3, -1, axis=1)

    with np.errstate(divide="ignore", invalid="ignore"):
        ahead_T_3_2 = np.where(
            z_T_3[..., None] > NEAR_PLANE, corners_T_3_3[..., :2] / z_T_3[..., None], np.nan
        )

        share_T_3 = (NEAR_PLANE - z_T_3) / (next_T_3_3[..., 2] - z_T_3)
        cuts_T_3_3 = corners_T_3_3 + share_T_3[..., None] * (next_T_3_3 - corners_T_3_3)
        cuts_T_3_2 = cuts_T_3_3[..., :2] / NEAR_PLANE
        crossing_T_3 = (z_T_3 > NEAR_PLANE) != (next_T_3_3[..., 2] > NEAR_PLANE)

    crossings_T_3_2 = np.where(crossing_T_3[..., None], cuts_T_3_2, np.nan)
    pixels_T_6_2 = np.concatenate([ahead_T_3_2, crossings_T_3_2], axis=1)
    return (
        np.nanmin(pixels_T_6_2, axis=1, initial=np.inf),
        np.nanmax(pixels_T_6_2, axis=1, initial=-np.inf),
    )


def _fill_triangles(
    buffer: DepthBuffer,
    planes_3_3_T: Array,
    low_T_2: NDArray[np.int64],
    high_T_2: NDArray[np.int64],
    ids_T: NDArray[np.int32],
) -> None:
    """Find what every triangle covers of each row of pixels, and keep the nearest surface.

    `planes_3_3_T` has three weights over depth as functions of (u, v, 1).
    """
    heights_T = high_T_2[:, 1] - low_T_2[:, 1] + 1
    owner_R = np.repeat(np.arange(len(heights_T)), heights_T)
    down_R = np.arange(len(owner_R)) - np.repeat(np.cumsum(heights_T) - heights_T, heights_T)
    down_R += low_T_2[owner_R, 1]
    u_3_T, v_3_T, rest_3_T = planes_3_3_T.transpose(1, 0, 2)
    rest_3_T = rest_3_T + u_3_T * (buffer.left + 0.5) + v_3_T * (buffer.top + 0.5)
    nearness_u_T, nearness_v_T, nearness_rest_T = (
        part_3_T.sum(axis=0) for part_3_T in (u_3_T, v_3_T, rest_3_T)
    )
    first_R = low_T_2[owner_R, 0].astype(float)
    last_R = high_T_2[owner_R, 0].astype(float)

    for u_T, v_T, rest_T in zip(u_3_T, v_3_T, rest_3_T, strict=True):
        slope_R = (u_T + _EDGE_TOLERANCE * nearness_u_T)[owner_R]
        level_R = (v_T + _EDGE_TOLERANCE * nearness_v_T)[owner_R] * down_R
        level_R += (rest_T + _EDGE_TOLERANCE * nearness_rest_T)[owner_R]

        with np.errstate(divide="ignore", invalid="ignore"):
            edge_R = -level_R / slope_R

        np.maximum(first_R, edge_R, out=first_R, where=slope_R > 0)
        np.minimum(last_R, edge_R, out=last_R, where=slope_R < 0)
        last_R[(slope_R == 0) & (level_R < 0)] = -1

    first_R = np.ceil(first_R)
    counts_R = np.maximum(np.floor(last_R) - first_R + 1, 0)
    covered_R = np.flatnonzero(counts_R)
    owner_R = owner_R[covered_R]
    down_R = down_R[covered_R]
    first_R, counts_R = (part_R[covered_R].astype(np.int64) for part_R in (first_R, counts_R))
    nearness_R = nearness_v_T[owner_R] * down_R + nearness_rest_T[owner_R]

    for part in _parts(counts_R, _MAX_PIXELS):
        count_R = counts_R[part]
        start_R = np.cumsum(count_R) - count_R
        across_C = np.arange(count_R.sum()) + np.repeat(first_R[part] - start_R, count_R)
        nearness_C = np.repeat(nearness_u_T[owner_R[part]], count_R) * across_C
        nearness_C += np.repeat(nearness_R[part], count_R)
        across_C += np.repeat(down_R[part] * buffer.depth.shape[1], count_R)
        _keep_nearest(
            buffer,
            across_C,
            1 / np.maximum(nearness_C, 1e-12),
            np.repeat(ids_T[owner_R[part]], count_R),
        )


def _keep_nearest(
    buffer: DepthBuffer, flat_C: NDArray[np.int64], depth_C: Array, ids_C: NDArray[np.int32]
) -> None:
    """Draw pixels, some of them more than once, where nothing nearer is."""
    depth_N = buffer.depth.reshape(-1)
    ids_N = buffer.ids.reshape(-1)
    np.minimum.at(depth_N, flat_C, depth_C)
    first_C = depth_N[flat_C] == depth_C
    ids_N[flat_C[first_C]] = ids_C[first_C]


def draw_rectangle(
    buffer: DepthBuffer,
    camera: Pinhole,
    corner_3: Array,
    sides_2_3: Array,
    object_id: int,
    mask: PointMask | None = None,
) -> None:
    """Draw the parallelogram `corner + s a + t b` with s, t in [0, 1].

    Args:
        buffer: The window to draw into.
        camera: The camera that sees it.
        corner_3: A corner, in world meters.
        sides_2_3: The sides a and b that leave the corner, in world meters.
        object_id: The id to draw.
        mask: Which world points (N, 3) belong to the surface, if it has a hole or an outline of its
            own; None for all.
    """
    columns = np.concatenate([camera.to_image(corner_3[None]), camera.edges_to_image(sides_2_3)]).T
    if abs(np.linalg.det(columns)) < 1e-12:  # seen edge-on
        return

    window = _rectangle_window(buffer, columns)
    if window is None:
        return

    rows, across = window
    inverse_3_3 = np.linalg.inv(columns)
    u_W = np.arange(across.start, across.stop) + buffer.left + 0.5
    v_H = (np.arange(rows.start, rows.stop) + buffer.top + 0.5)[:, None]
    near_H_W, s_H_W, t_H_W = (row[0] * u_W + (row[1] * v_H + row[2]) for row in inverse_3_3)
    covers = (
        (near_H_W > 0) & (s_H_W >= 0) & (s_H_W <= near_H_W) & (t_H_W >= 0) & (t_H_W <= near_H_W)
    )
    covers &= near_H_W * buffer.depth[rows, across] > 1
    down_N, across_N = np.nonzero(covers)
    depth_N = 1 / near_H_W[down_N, across_N]

    if mask is not None:
        shares_N_2 = np.stack([s_H_W[down_N, across_N], t_H_W[down_N, across_N]], axis=1)
        points_N_3 = corner_3 + (shares_N_2 * depth_N[:, None]) @ sides_2_3
        masked_N = mask(points_N_3)
        down_N = down_N[masked_N]
        across_N = across_N[masked_N]
        depth_N = depth_N[masked_N]

    buffer.depth[rows, across][down_N, across_N] = depth_N
    buffer.ids[rows, across][down_N, across_N] = object_id


def _rectangle_window(buffer: DepthBuffer, columns_3_3: Array) -> tuple[slice, slice] | None:
    """Rows and columns of the buffer that can show a parallelogram; None if there are none.

    `columns_3_3` has its corner and its sides in the image, as the columns.
    """
    corner_3, a_3, b_3 = columns_3_3.T
    ring_4_3 = np.array([corner_3, corner_3 + a_3, corner_3 + a_3 + b_3, corner_3 + b_3])
    if ring_4_3[:, 2].max() <= NEAR_PLANE:
        return None

    halves_2_3_3 = ring_4_3[[[0, 1, 2], [0, 2, 3]]]
    low_2_2, high_2_2 = _pixel_bounds(halves_2_3_3, np.array([buffer.left, buffer.top]))
    height, width = buffer.depth.shape
    # A pixel more on every side, for rounding.
    left, top = np.clip(np.fmin(*low_2_2) - 1, 0, (width, height)).astype(int).tolist()
    right, bottom = np.clip(np.fmax(*high_2_2) + 2, 0, (width, height)).astype(int).tolist()
    return (slice(top, bottom), slice(left, right)) if right > left and bottom > top else None
