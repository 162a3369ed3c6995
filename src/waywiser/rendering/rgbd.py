"""Real RGB-D as a `Frame` and a `Camera`, so that tasks run unchanged on measured data.

The camera is at the world's origin and looks level along +Y: its right is world +X, its down is
world -Z. Calibration files put the center of the first pixel at (0, 0); ours is at (0.5, 0.5), so
0.5 is added here.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from waywiser.errors import SceneError
from waywiser.rendering.frame import Frame
from waywiser.scenes.scene import Camera

LEVEL_POSE = (
    (1.0, 0.0, 0.0, 0.0),
    (0.0, 0.0, 1.0, 0.0),
    (0.0, -1.0, 0.0, 0.0),
    (0.0, 0.0, 0.0, 1.0),
)


@dataclass(frozen=True)
class StereoCalibration:
    """The calibration of a rectified stereo pair."""

    fx: float
    """Horizontal focal length in pixels."""
    fy: float
    """Vertical focal length in pixels."""
    cx: float
    """Column of the left camera's principal point, with the first pixel's center at 0."""
    cy: float
    """Row of the left camera's principal point."""
    baseline: float
    """Distance between the cameras in meters."""
    doffs: float = 0.0
    """cx(right) - cx(left) in pixels."""


# Middlebury 2014 "Motorcycle" at quarter size, as scikit-image carries it (Scharstein et al., GCPR
# 2014).
MOTORCYCLE_CALIBRATION = StereoCalibration(
    fx=994.978, fy=994.978, cx=311.193, cy=254.877, baseline=0.193001, doffs=31.086
)


def depth_from_disparity(
    disparity_H_W: ArrayLike, calibration: StereoCalibration
) -> NDArray[np.float32]:
    """Metric z-depth (H, W): baseline * fx / (disparity + doffs).

    NaN if the disparity is not finite or the point would be at infinity or beyond.
    """
    shifted = np.asarray(disparity_H_W, dtype=np.float64) + calibration.doffs
    valid = np.isfinite(shifted) & (shifted > 0)
    depth = np.full(shifted.shape, np.nan)
    depth[valid] = calibration.baseline * calibration.fx / shifted[valid]

    return depth.astype(np.float32)


def frame_from_depth(
    rgb: ArrayLike,
    depth_H_W: ArrayLike,
    *,
    fx: float,
    fy: float,
    cx: float,
    cy: float,
    ids: ArrayLike | None = None,
) -> tuple[Frame, Camera]:
    """A measured frame and its camera, from color and registered depth.

    Args:
        rgb: (H, W, 3) uint8 sRGB; further channels are ignored.
        depth_H_W: (H, W) z-depth in meters; values that are not finite or not positive become NaN.
        fx: Horizontal focal length in pixels.
        fy: Vertical focal length in pixels.
        cx: Column of the principal point, with the first pixel's center at 0.
        cy: Row of the principal point, with the first pixel's center at 0.
        ids: (H, W) ids of objects, 1 or more; by default every measured pixel is 0.

    Returns:
        The frame, with id -1 for unmeasured pixels, and a level camera at the world's origin.

    Raises:
        SceneError: Sizes or types do not fit, or the calibration is not finite and positive.
    """
    rgb_H_W_3 = np.asarray(rgb)
    depth = np.array(depth_H_W, dtype=np.float32)
    if (
        rgb_H_W_3.ndim != 3
        or rgb_H_W_3.shape[2] < 3
        or rgb_H_W_3.dtype != np.uint8
        or not depth.size
    ):
        raise SceneError(
            "rgb must be a uint8 array (H, W, 3) with pixels: convert the picture first"
        )

    if depth.shape != rgb_H_W_3.shape[:2]:
        raise SceneError(
            f"depth {depth.shape} and rgb {rgb_H_W_3.shape[:2]} differ in size: register them first"
        )

    if not (np.isfinite([fx, fy, cx, cy]).all() and fx > 0 and fy > 0):
        raise SceneError("focal lengths must be positive and finite: check the calibration")

    labels = np.zeros(depth.shape, np.int32) if ids is None else np.array(ids, dtype=np.int32)
    if labels.shape != depth.shape:
        raise SceneError(
            f"ids {labels.shape} and depth {depth.shape} differ in size: register them first"
        )

    invalid = ~(np.isfinite(depth) & (depth > 0))
    depth[invalid], labels[invalid] = np.nan, -1
    height, width = depth.shape
    camera = Camera(
        width=width,
        height=height,
        fx=fx,
        fy=fy,
        cx=cx + 0.5,
        cy=cy + 0.5,
        world_from_camera=LEVEL_POSE,
    )

    return Frame(np.ascontiguousarray(rgb_H_W_3[..., :3]), depth, labels), camera


def frame_from_disparity(
    rgb: ArrayLike,
    disparity_H_W: ArrayLike,
    calibration: StereoCalibration,
    ids: ArrayLike | None = None,
) -> tuple[Frame, Camera]:
    """A measured frame and its camera, from a rectified stereo pair.

    Args:
        rgb: (H, W, 3) uint8 sRGB of the left camera.
        disparity_H_W: (H, W) disparity in pixels; not finite where there is none.
        calibration: Calibration of the pair.
        ids: (H, W) ids of objects, 1 or more; by default every measured pixel is 0.

    Returns:
        As `frame_from_depth`.

    Raises:
        SceneError: As `frame_from_depth`.
    """
    depth = depth_from_disparity(disparity_H_W, calibration)
    c = calibration
    return frame_from_depth(rgb, depth, fx=c.fx, fy=c.fy, cx=c.cx, cy=c.cy, ids=ids)
