"""A camera's rays, and whether a scene can be seen from where it stands.

Dimensions: N pixels of a picture, K chosen ones, H image height, W image width.
"""

from itertools import chain

import numpy as np
from numpy.typing import NDArray

from waywiser.errors import SceneError
from waywiser.rendering.geometry import inside_polygon
from waywiser.scenes.doorways import doorway_corners
from waywiser.scenes.scene import Camera, Scene

MAX_IMAGE_SIDE = 8192


def pixel_directions(
    camera: Camera, offset: tuple[float, float] = (0.5, 0.5)
) -> NDArray[np.float32]:
    """World directions (3, H * W) of the rays through the pixels at `offset` within each, row by
    row.

    They advance 1 meter along the optical axis per unit, so a ray's parameter is its z-depth.
    """
    u_W = (np.arange(camera.width) + offset[0] - camera.cx) / camera.fx
    v_H = (np.arange(camera.height) + offset[1] - camera.cy) / camera.fy
    rotation = camera.pose[:3, :3]
    plane_3_H_W = (
        rotation[:, 0, None, None] * u_W[None, None, :]
        + rotation[:, 1, None, None] * v_H[None, :, None]
        + rotation[:, 2, None, None]
    )

    return plane_3_H_W.reshape(3, -1).astype(np.float32)


def check_camera(camera: Camera, scene: Scene) -> None:
    """Raises SceneError for a camera with bad numbers, or outside every room and doorway."""
    pose = camera.pose
    if pose.shape != (4, 4) or not np.isfinite(pose).all():
        raise SceneError("camera pose is not a finite 4 x 4 matrix: fix the camera")

    if (
        np.abs(pose[:3, :3] @ pose[:3, :3].T - np.eye(3)).max() > 1e-4
        or np.linalg.det(pose[:3, :3]) < 0
    ):
        raise SceneError("camera pose is not a rotation and a place: fix world_from_camera")

    if not (1 <= camera.width <= MAX_IMAGE_SIDE and 1 <= camera.height <= MAX_IMAGE_SIDE):
        raise SceneError(
            f"camera size {camera.width} x {camera.height} is not within 1 to {MAX_IMAGE_SIDE}"
            " pixels"
        )

    if not (
        np.isfinite([camera.fx, camera.fy, camera.cx, camera.cy]).all()
        and min(camera.fx, camera.fy) > 0
    ):
        raise SceneError("camera focal lengths must be positive and finite: fix fx, fy, cx, cy")

    x, y, z = camera.position
    rooms = ((room.polygon, room.height) for room in scene.rooms)

    doorway_spaces = (
        (tuple(map(tuple, doorway_corners(scene, door).tolist())), door.height)
        for door in scene.doors
    )

    spaces = chain(rooms, doorway_spaces)  # lazily: most cameras are in a room
    inside = (
        inside_polygon(polygon, np.array([[x, y]]))[0] and 0 < z < height
        for polygon, height in spaces
    )
    if scene.rooms and not any(inside):
        raise SceneError(
            f"camera at ({x:.2f}, {y:.2f}, {z:.2f}) is outside every room: move it inside"
        )


def shifted_directions(
    camera: Camera,
    directions_3_N: NDArray[np.float32],
    pixels_K: NDArray[np.intp],
    shift: tuple[float, float],
) -> NDArray[np.float32]:
    """Directions (3, K) through these pixels, `shift` pixels (column, row) from the given ones."""
    rotation = camera.pose[:3, :3]
    step_3 = rotation[:, 0] * (shift[0] / camera.fx) + rotation[:, 1] * (shift[1] / camera.fy)
    return np.take(directions_3_N, pixels_K, axis=1) + step_3[:, None].astype(np.float32)
