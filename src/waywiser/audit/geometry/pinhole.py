"""The audit's own camera: one 3 x 4 matrix, from the stored pose by general matrix inversion.

Units and frames are those of `waywiser.scenes.scene`: meters, Z up, OpenCV cameras, poses
camera-to-world.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from waywiser.audit.judgment import UnjudgedError
from waywiser.scenes.scene import Camera

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Pinhole:
    """A pinhole camera as a projection matrix.

    Attributes:
        width: Image width in pixels.
        height: Image height in pixels.
        matrix_3_4: Takes homogeneous world points to (u z, v z, z): pixels times depth, and depth.
        intrinsics_3_3: Its left factor, in pixels.

    Example:
        >>> camera = pinhole_from_camera(scene.cameras[0])
        >>> uz, vz, z = camera.to_image(np.array([[1.0, 2.0, 0.5]]))[0]
    """

    width: int
    height: int
    matrix_3_4: Array
    intrinsics_3_3: Array

    @property
    def center(self) -> Array:
        """(3,) the camera's center in the world: the null vector of the matrix, dehomogenized."""
        null = np.linalg.svd(self.matrix_3_4)[2][-1]
        return null[:3] / null[3]

    def to_image(self, points_N_3: Array) -> Array:
        """World points (N, 3) as (u z, v z, z) (N, 3): pixels times depth, and depth in meters."""
        return np.c_[points_N_3, np.ones(len(points_N_3))] @ self.matrix_3_4.T

    def camera_points(self, points_N_3: Array) -> Array:
        """World points (N, 3) in the camera's frame (N, 3), in meters."""
        return np.linalg.solve(self.intrinsics_3_3, self.to_image(points_N_3).T).T

    def edges_to_image(self, edges_N_3: Array) -> Array:
        """World vectors (N, 3) under the same matrix, without its translation (N, 3)."""
        return edges_N_3 @ self.matrix_3_4[:, :3].T

    def unproject(self, u_N: Array, v_N: Array, depth_N: Array) -> Array:
        """Pixels (continuous, centers at +0.5) at a depth in meters along the axis, as world
        points.

        Returns:
            (N, 3) world points in meters.
        """
        projected = np.stack([u_N * depth_N, v_N * depth_N, depth_N]) - self.matrix_3_4[:, 3:]
        return np.linalg.solve(self.matrix_3_4[:, :3], projected).T


def pinhole_from_camera(camera: Camera) -> Pinhole:
    """The camera as a matrix.

    Raises:
        UnjudgedError: The pose or the lens is not finite, or the pose is not a rotation.
    """
    pose = np.array(camera.world_from_camera, dtype=np.float64)
    intrinsics = np.array(
        [[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy], [0, 0, 1]], dtype=np.float64
    )
    if pose.shape != (4, 4) or not np.isfinite(pose).all() or not np.isfinite(intrinsics).all():
        raise UnjudgedError("the camera's pose or lens is not finite")

    rotation = pose[:3, :3]
    off_orthogonal = np.abs(rotation.T @ rotation - np.eye(3)).max()
    if abs(np.linalg.det(rotation) - 1) > 1e-3 or off_orthogonal > 1e-3:
        raise UnjudgedError("the camera's pose is not a rotation")

    if (
        np.abs(pose[3] - (0, 0, 0, 1)).max() > 1e-9
        or min(camera.fx, camera.fy, camera.width, camera.height) <= 0
    ):
        raise UnjudgedError("the camera's pose or lens makes no picture")

    return Pinhole(camera.width, camera.height, intrinsics @ np.linalg.inv(pose)[:3], intrinsics)
