"""What two pictures of a clip have in common, told from their depth and poses.

Dimensions: P points or pixels, H picture height, W picture width.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from waywiser.scenes.scene import Camera
from waywiser.tasks.clip_view import ClipView
from waywiser.tasks.visible_objects import View

GRID_WIDTH = 28
"""Sample points across the width of a picture when two are compared."""
DEPTH_TOLERANCE = 0.03
RELATIVE_DEPTH_TOLERANCE = 0.02
"""Metres, and share of the depth, by which a point may miss the second picture's depth and be the
same.
"""
MAX_FRAME_PAIRS = 24
MAX_FRAME_GAP = 8
"""Of a video, this many random pairs of frames at most so many frames apart are compared."""


def sample_frame_pairs(clip_view: ClipView, rng: np.random.Generator) -> Iterator[tuple[int, int]]:
    """Ordered pairs of different frames in random order: all those of a few views, some near ones
    of a video.
    """
    count = len(clip_view.views)
    pairs = [(a, b) for a in range(count) for b in range(count) if 0 < abs(a - b) <= MAX_FRAME_GAP]
    return (pairs[i] for i in rng.permutation(len(pairs))[:MAX_FRAME_PAIRS])


def view_overlap(one: View, two: View) -> float:
    """Share of the first picture's surface points, on a grid of pixels, that the second shows too,
    in [0, 1].
    """
    step = max(1, one.camera.width // GRID_WIDTH)
    v_H = np.arange(step // 2, one.camera.height, step)
    u_W = np.arange(step // 2, one.camera.width, step)
    u_P, v_P = (grid.ravel() for grid in np.meshgrid(u_W, v_H))
    measured_P = np.isfinite(one.frame.depth[v_P, u_P])

    if not measured_P.any():
        return 0.0

    points_P_3 = unproject_pixels(one, u_P[measured_P], v_P[measured_P])
    return float(visible_points(two, points_P_3).mean())


def unproject_pixels(
    view: View, u_P: NDArray[np.int64], v_P: NDArray[np.int64]
) -> NDArray[np.float64]:
    """(P, 3) world points, in metres, on the surfaces behind the centres of pixels (column u, row
    v).
    """
    camera = view.camera
    depth_P = view.frame.depth[v_P, u_P].astype(np.float64)

    rays_P_3 = np.stack(
        [
            (u_P + 0.5 - camera.cx) / camera.fx,
            (v_P + 0.5 - camera.cy) / camera.fy,
            np.ones(len(u_P)),
        ],
        axis=1,
    )

    return (rays_P_3 * depth_P[:, None]) @ camera.pose[:3, :3].T + camera.position


def visible_points(view: View, points_P_3: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(P,) which world points lie in the picture with nothing before them."""
    u_P, v_P, depth_P, inside_P = project_points(view.camera, points_P_3)
    behind_P = np.abs(view.frame.depth[v_P, u_P] - depth_P)
    return inside_P & (behind_P <= DEPTH_TOLERANCE + RELATIVE_DEPTH_TOLERANCE * depth_P)


def project_points(
    camera: Camera, points_P_3: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]:
    """Columns, rows and depths (P,) of world points, and which lie in the picture; 0, 0 stands for
    those outside.
    """
    local_P_3 = camera.to_camera(points_P_3)
    depth_P = local_P_3[:, 2]
    safe_P = np.where(depth_P > 0.05, depth_P, 1.0)
    u_P = np.floor(local_P_3[:, 0] / safe_P * camera.fx + camera.cx)
    v_P = np.floor(local_P_3[:, 1] / safe_P * camera.fy + camera.cy)
    inside_P = (
        (depth_P > 0.05) & (u_P >= 0) & (u_P < camera.width) & (v_P >= 0) & (v_P < camera.height)
    )

    return (
        np.where(inside_P, u_P, 0).astype(int),
        np.where(inside_P, v_P, 0).astype(int),
        depth_P,
        inside_P,
    )
