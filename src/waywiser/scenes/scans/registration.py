"""Depth resampled to the pixels of the color camera.

Pixel coordinates here have the first pixel's center at (0, 0).
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


def resample_depth(
    depth_H_W: Floats, depth_intrinsics: Floats, color_intrinsics: Floats, size: tuple[int, int]
) -> NDArray[np.float32]:
    """Depth for a color camera in the same place with other intrinsics.

    Args:
        depth_H_W: (H, W) z-depth of the depth camera, in meters.
        depth_intrinsics: (3, 3) intrinsics of the depth camera, in pixels.
        color_intrinsics: (3, 3) intrinsics of the color camera, in pixels.
        size: Width and height of the result.

    Returns:
        (height, width) depth of the nearest measured pixel of each ray; 0 outside the depth image.
    """
    width, height = size
    v, u = np.mgrid[:height, :width]
    rays = np.stack([u.ravel(), v.ravel(), np.ones(u.size)])
    pixels_3_N = depth_intrinsics @ np.linalg.solve(
        np.asarray(color_intrinsics, dtype=np.float64), rays
    )
    column, row = (np.rint(pixels_3_N[i] / pixels_3_N[2]).astype(int) for i in (0, 1))
    inside = (column >= 0) & (row >= 0) & (column < depth_H_W.shape[1]) & (row < depth_H_W.shape[0])
    result = np.zeros(u.size, dtype=np.float32)
    result[inside] = depth_H_W[row[inside], column[inside]]

    return result.reshape(height, width)


def reproject_depth(
    depth_H_W: Floats,
    depth_intrinsics: Floats,
    color_from_depth: Floats,
    color_intrinsics: Floats,
    size: tuple[int, int],
) -> NDArray[np.float32]:
    """Depth for a color camera in another place.

    Args:
        depth_H_W: (H, W) z-depth of the depth camera, in meters.
        depth_intrinsics: (3, 3) intrinsics of the depth camera, in pixels.
        color_from_depth: (4, 4) transform from depth to color camera coordinates, in meters.
        color_intrinsics: (3, 3) intrinsics of the color camera, in pixels.
        size: Width and height of the result.

    Returns:
        (height, width) depth of the nearest point that falls into each pixel; 0 if none does.
    """
    width, height = size
    v, u = np.nonzero(np.isfinite(depth_H_W) & (depth_H_W > 0))
    depth = depth_H_W[v, u].astype(np.float64)
    points = (
        np.linalg.solve(
            np.asarray(depth_intrinsics, dtype=np.float64), np.stack([u, v, np.ones(len(u))])
        )
        * depth
    )

    color_points = color_from_depth[:3, :3] @ points + color_from_depth[:3, 3:]
    color_points = color_points[:, color_points[2] > 0.01]
    pixels_3_N = color_intrinsics @ color_points
    column, row = (np.rint(pixels_3_N[i] / pixels_3_N[2]).astype(int) for i in (0, 1))
    inside = (column >= 0) & (row >= 0) & (column < width) & (row < height)
    result = np.full((height, width), np.inf, dtype=np.float32)
    np.minimum.at(result, (row[inside], column[inside]), color_points[2, inside].astype(np.float32))

    return np.where(np.isfinite(result), result, np.float32(0))
