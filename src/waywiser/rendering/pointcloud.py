"""Depth to points in space: the inverse of `Camera.project`."""

import numpy as np
from numpy.typing import NDArray

from waywiser.errors import SceneError
from waywiser.scenes.scene import Camera


def backproject(depth_H_W: NDArray[np.float32], camera: Camera) -> NDArray[np.float64]:
    """World points (H, W, 3), in meters, of z-depths at pixel centers; NaN where the depth is NaN.

    Raises SceneError when the depth map is not of the camera's size.
    """
    if depth_H_W.shape != (camera.height, camera.width):
        raise SceneError(
            f"depth map {depth_H_W.shape} is not the camera's {(camera.height, camera.width)}:"
            " match them"
        )

    u_W = (np.arange(camera.width) + 0.5 - camera.cx) / camera.fx
    v_H = (np.arange(camera.height) + 0.5 - camera.cy) / camera.fy
    depth = depth_H_W.astype(np.float64)
    points = np.stack([u_W[None, :] * depth, v_H[:, None] * depth, depth], axis=-1)

    return points @ camera.pose[:3, :3].T + camera.position
