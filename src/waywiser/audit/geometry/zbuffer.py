"""The audit's own rasterizer: depth and ids of triangles and rectangles, without casting a ray.

A triangle's corners as (u z, v z, z) are the columns of a matrix M; for the pixel p = (u, v, 1) the
solution of M x = p has the barycentric weights divided by depth (Olano and Greer 1997, homogeneous
rasterization). It is valid for triangles that reach behind the camera too, so nothing is clipped.

Dimensions: T triangles, C candidate pixels of the triangles, N pixels of the buffer,
H image height, W image width.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from waywiser.audit.geometry.pinhole import Array, Pinhole

NEAR_PLANE = 0.01
"""Depth in meters below which a triangle may cover any pixel."""
_MAX_CANDIDATE_PIXELS = 300_000
"""Candidate pixels that are tested at a time."""
_EDGE_TOLERANCE = -1e-9
"""Relative barycentric weight from which a pixel counts as inside."""

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


def draw_triangles(buffer: DepthBuffer, corners_T_3_3: Array, object_id: int) -> None:
    """Draw triangles, given by their corners (T, 3 corners, 3) from `Pinhole.to_image`."""
    height, width = buffer.depth.shape
    corners_T_3_3 = corners_T_3_3[corners_T_3_3[:, :, 2].max(axis=1) > NEAR_PLANE]
    low_T_2, high_T_2 = _pixel_bounds(corners_T_3_3, np.array([buffer.left, buffer.top]))
    low_T_2 = np.maximum(low_T_2, 0)
    high_T_2 = np.minimum(high_T_2, (width - 1, height - 1))
    in_window_T = (high_T_2 >= low_T_2).all(axis=1)
    corners_T_3_3 = corners_T_3_3[in_window_T]
    low_T_2 = low_T_2[in_window_T]
    high_T_2 = high_T_2[in_window_T]

    rows_T_3_3 = np.cross(corners_T_3_3[:, (1, 2, 0)], corners_T_3_3[:, (2, 0, 1)])
    volume_T = np.einsum("tc,tc->t", corners_T_3_3[:, 0], rows_T_3_3[:, 0])
    solid_T = np.abs(volume_T) > 1e-14  # the others are seen edge-on
    rows_T_3_3 = rows_T_3_3[solid_T] / volume_T[solid_T, None, None]
    low_T_2 = low_T_2[solid_T].astype(np.int64)
    high_T_2 = high_T_2[solid_T].astype(np.int64)
    sizes_T_2 = high_T_2 - low_T_2 + 1

    ends_T = np.cumsum(sizes_T_2.prod(axis=1))
    start = 0

    while start < len(ends_T):
        done = ends_T[start - 1] if start else 0
        fitting = int(np.searchsorted(ends_T, done + _MAX_CANDIDATE_PIXELS, side="right"))
        stop = max(start + 1, fitting)
        part = slice(start, stop)
        _fill_triangles(buffer, rows_T_3_3[part], low_T_2[part], sizes_T_2[part], object_id)
        start = stop


def _pixel_bounds(corners_T_3_3: Array, origin_2: NDArray[np.int64]) -> tuple[Array, Array]:
    """First and last pixel (T, 2) whose center a triangle's part beyond the near plane can
    cover.
    """
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
    low_T_2 = np.ceil(np.nanmin(pixels_T_6_2, axis=1, initial=np.inf) - 0.5) - origin_2
    high_T_2 = np.floor(np.nanmax(pixels_T_6_2, axis=1, initial=-np.inf) - 0.5) - origin_2

    return low_T_2, high_T_2


def _fill_triangles(
    buffer: DepthBuffer,
    rows_T_3_3: Array,
    low_T_2: NDArray[np.int64],
    sizes_T_2: NDArray[np.int64],
    object_id: int,
) -> None:
    """Test every pixel within every triangle's bounds and keep the nearest surface."""
    counts_T = sizes_T_2.prod(axis=1)
    owner_C = np.repeat(np.arange(len(counts_T)), counts_T)
    index_C = np.arange(len(owner_C)) - np.repeat(np.cumsum(counts_T) - counts_T, counts_T)
    down_C, across_C = np.divmod(index_C, sizes_T_2[owner_C, 0])
    across_C = across_C + low_T_2[owner_C, 0]
    down_C = down_C + low_T_2[owner_C, 1]

    rows_C_3_3 = rows_T_3_3[owner_C]
    weights_C_3 = (
        rows_C_3_3[:, :, 0] * (across_C + buffer.left + 0.5)[:, None]
        + rows_C_3_3[:, :, 1] * (down_C + buffer.top + 0.5)[:, None]
        + rows_C_3_3[:, :, 2]
    )
    nearness_C = weights_C_3.sum(axis=1)
    inside_C = (weights_C_3.min(axis=1) >= _EDGE_TOLERANCE * nearness_C) & (nearness_C > 0)
    flat_C = (down_C * buffer.depth.shape[1] + across_C)[inside_C]
    depth_C = 1 / nearness_C[inside_C]

    depth_N = buffer.depth.reshape(-1)
    ids_N = buffer.ids.reshape(-1)
    np.minimum.at(depth_N, flat_C, depth_C)
    first_C = depth_N[flat_C] == depth_C
    ids_N[flat_C[first_C]] = object_id


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

    inverse_3_3 = np.linalg.inv(columns)
    height, width = buffer.depth.shape
    u_W = np.arange(width) + buffer.left + 0.5
    v_H = (np.arange(height) + buffer.top + 0.5)[:, None]
    near_H_W, s_H_W, t_H_W = (row[0] * u_W + row[1] * v_H + row[2] for row in inverse_3_3)
    covers = (
        (near_H_W > 0) & (s_H_W >= 0) & (s_H_W <= near_H_W) & (t_H_W >= 0) & (t_H_W <= near_H_W)
    )
    covers &= near_H_W * buffer.depth > 1
    down_N, across_N = np.nonzero(covers)
    depth_N = 1 / near_H_W[down_N, across_N]

    if mask is not None:
        shares_N_2 = np.stack([s_H_W[down_N, across_N], t_H_W[down_N, across_N]], axis=1)
        points_N_3 = corner_3 + (shares_N_2 * depth_N[:, None]) @ sides_2_3
        masked_N = mask(points_N_3)
        down_N = down_N[masked_N]
        across_N = across_N[masked_N]
        depth_N = depth_N[masked_N]

    buffer.depth[down_N, across_N] = depth_N
    buffer.ids[down_N, across_N] = object_id
