"""Occlusion of scanned objects from measured depth, by rays through their box or at their edge.

Dimensions: R rays on a grid of pixels.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from waywiser.rendering.frame import Frame
from waywiser.scenes.scene import Box, Camera

DEPTH_TOLERANCE = 0.05
"""Meters by which a point must be nearer or farther than an object to count as such."""
RELATIVE_DEPTH_TOLERANCE = 0.02
"""Share of the depth that is added to `DEPTH_TOLERANCE`."""
MAX_RAYS = 2500
MAX_EDGE_GAP = 8
"""Most pixels without depth next to an edge that are skipped."""


@dataclass(frozen=True)
class BoxRays:
    """Rays through pixel centers that pass through a box.

    Pixels (column u, row v) may be outside the picture. `enter_R` and `leave_R` are depths in
    meters
    along the optical axis.
    """

    u_R: NDArray[np.int64]
    v_R: NDArray[np.int64]
    enter_R: NDArray[np.float64]
    leave_R: NDArray[np.float64]

    @classmethod
    def of(cls, box: Box, camera: Camera) -> "BoxRays":
        """About `MAX_RAYS` rays on a grid over the box, up to one picture's size outside it."""
        width = camera.width
        height = camera.height
        corners = camera.to_camera(box.corners)
        if corners[:, 2].max() <= 0:
            none = np.zeros(0, dtype=np.int64)
            return cls(none, none, none.astype(float), none.astype(float))

        low = np.array([-width, -height])
        high = np.array([2 * width, 2 * height])

        if corners[:, 2].min() > 0.05:
            pixels = camera.project(box.corners)
            low = np.clip(np.floor(pixels.min(axis=0)), low, high).astype(int)
            high = np.clip(np.ceil(pixels.max(axis=0)) + 1, low + 1, high + 1).astype(int)

        stride = max(1, int(np.sqrt(np.prod(high - low) / MAX_RAYS)))
        u, v = (
            np.arange(a + (min(stride, b - a) - 1) // 2, b, stride)
            for a, b in zip(low, high, strict=True)
        )

        u_R, v_R = (grid.ravel() for grid in np.meshgrid(u, v))
        enter_R, leave_R = intersect_box(box, camera, u_R, v_R)
        hit_R = leave_R > np.maximum(enter_R, 0.0)

        return cls(u_R[hit_R], v_R[hit_R], np.maximum(enter_R[hit_R], 0.0), leave_R[hit_R])

    def classify(self, frame: Frame, object_id: int) -> tuple[int, int, int]:
        """Number of rays that are hidden, that pass through the box, and that end on the object.

        Rays are hidden by something nearer, by missing depth, or by the picture's edge.
        """
        height, width = frame.depth.shape
        within = (self.u_R >= 0) & (self.v_R >= 0) & (self.u_R < width) & (self.v_R < height)
        depth = np.full(len(self.u_R), np.nan)
        ids = np.full(len(self.u_R), -1)
        depth[within] = frame.depth[self.v_R[within], self.u_R[within]]
        ids[within] = frame.ids[self.v_R[within], self.u_R[within]]
        slack = DEPTH_TOLERANCE + RELATIVE_DEPTH_TOLERANCE * np.nan_to_num(depth)
        on_object = ids == object_id
        hidden = ~on_object & (np.isnan(depth) | (depth < self.enter_R - slack))
        through = ~on_object & (depth > self.leave_R + slack)

        return int(hidden.sum()), int(through.sum()), int(on_object.sum())


def intersect_box(
    box: Box, camera: Camera, u_R: NDArray[np.int64], v_R: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where rays through pixel centers enter and leave a box (the slab method).

    Args:
        box: The box, in world meters.
        camera: The camera that the rays start at.
        u_R: (R,) columns of the pixels; they may lie outside the picture.
        v_R: (R,) rows of the pixels.

    Returns:
        Depths (R,) along the optical axis, in meters, at which each ray enters and leaves the box;
        a ray that misses it enters later than it leaves.
    """
    plane_R_3 = np.stack(
        [
            (u_R + 0.5 - camera.cx) / camera.fx,
            (v_R + 0.5 - camera.cy) / camera.fy,
            np.ones(len(u_R)),
        ],
        axis=1,
    )

    half_3 = np.asarray(box.size) / 2
    origin_3 = (camera.position - np.asarray(box.center)) @ box.axes
    directions_R_3 = plane_R_3 @ camera.pose[:3, :3].T @ box.axes

    with np.errstate(divide="ignore", invalid="ignore"):
        one_R_3 = (-half_3 - origin_3) / directions_R_3
        two_R_3 = (half_3 - origin_3) / directions_R_3

    # 0/0: the ray runs within a side, which it neither enters nor leaves.
    enter_R = np.nan_to_num(
        np.fmin(one_R_3, two_R_3), nan=-np.inf, neginf=-np.inf, posinf=np.inf
    ).max(axis=1)
    leave_R = np.nan_to_num(
        np.fmax(one_R_3, two_R_3), nan=np.inf, neginf=-np.inf, posinf=np.inf
    ).min(axis=1)

    return enter_R, leave_R


def occluded_border_share(frame: Frame, object_id: int) -> float:
    """Share of the object's outline that borders on something nearer, in [0, 1].

    Sensors measure nothing along edges, so up to `MAX_EDGE_GAP` unmeasured pixels are skipped. A
    wider
    gap may hide anything, and counts as nearer.
    """
    mask = np.pad(frame.ids == object_id, MAX_EDGE_GAP)
    depth = np.pad(frame.depth, MAX_EDGE_GAP, constant_values=np.nan)
    edges = occluded = 0

    for shift, axis in ((1, 0), (-1, 0), (1, 1), (-1, 1)):
        v, u = np.nonzero(mask & ~np.roll(mask, shift, axis))
        outside_depth = np.full(len(u), np.nan)

        for step in range(MAX_EDGE_GAP, 0, -1):  # the nearest measured pixel is written last
            dv, du = (-shift * step, 0) if axis == 0 else (0, -shift * step)
            neighbor_depth = np.where(mask[v + dv, u + du], np.nan, depth[v + dv, u + du])
            outside_depth = np.where(np.isnan(neighbor_depth), outside_depth, neighbor_depth)

        inside_depth = depth[v, u]
        edges += len(u)

        occluded += int(
            (
                np.isnan(outside_depth)
                | (
                    outside_depth
                    < inside_depth - DEPTH_TOLERANCE - RELATIVE_DEPTH_TOLERANCE * inside_depth
                )
            ).sum()
        )

    return occluded / max(1, edges)
