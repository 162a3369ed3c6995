"""The relative pose of two cameras, from a cloud of landmarks alone.

Both cameras' coordinates of the same landmarks are aligned by the least-squares rotation (Kabsch
1976); up is where the landmarks' upright edges point. No pose is composed, inverted or decomposed.
"""

from dataclasses import dataclass

import numpy as np

from waywiser.audit.geometry.pinhole import Array
from waywiser.audit.geometry.scene_raster import ImageRaster
from waywiser.audit.judgment import UnjudgedError


@dataclass(frozen=True)
class RelativePose:
    """The pose of camera b in the frame of camera a: x right, y down, z forward, meters.

    Attributes:
        translation: (3,) b's center.
        axes_3_3: b's axes, as columns.
        up: (3,) the world's up, of unit length.
    """

    translation: Array
    axes_3_3: Array
    up: Array

    @property
    def forward(self) -> Array:
        """(3,) a's heading: the horizontal part of its optical axis, of unit length."""
        return self._horizontal(np.array([0.0, 0.0, 1.0]))

    @property
    def right(self) -> Array:
        """(3,) the horizontal direction to the right of the heading."""
        return np.cross(self.forward, self.up)

    @property
    def heading_change(self) -> float:
        """Degrees from a's heading to b's, positive to the right."""
        heading = self._horizontal(self.axes_3_3[:, 2])
        return float(np.degrees(np.arctan2(heading @ self.right, heading @ self.forward)))

    @property
    def tilts(self) -> tuple[float, float]:
        """Degrees by which a's and b's optical axes point above the horizon."""
        a = self.up[2]
        b = self.up @ self.axes_3_3[:, 2]
        return float(np.degrees(np.arcsin(a))), float(np.degrees(np.arcsin(np.clip(b, -1, 1))))

    def _horizontal(self, direction: Array) -> Array:
        level = direction - (direction @ self.up) * self.up
        length = np.linalg.norm(level)
        if length < 1e-3:
            raise UnjudgedError("a camera looks straight up or down, so it has no heading")
        return level / length


def estimate_relative_pose(a: ImageRaster, b: ImageRaster, static_ids: set[int]) -> RelativePose:
    """The pose of camera b in the frame of camera a, from the box corners of static objects.

    Args:
        a: The image of camera a.
        b: The image of camera b.
        static_ids: Objects that do not move between the two images.

    Raises:
        UnjudgedError: There are no landmarks, or they lie on one line.
    """
    corners = [a.objects[i].corners for i in sorted(static_ids)]
    if not corners:
        raise UnjudgedError("nothing stands still to tell the cameras' places from")

    cloud = np.concatenate(corners)
    local_a = a.camera.camera_points(cloud)
    local_b = b.camera.camera_points(cloud)
    mean_a = local_a.mean(axis=0)
    mean_b = local_b.mean(axis=0)
    left, singular_values, right = np.linalg.svd((local_b - mean_b).T @ (local_a - mean_a))

    if singular_values[1] < 1e-6:
        raise UnjudgedError("the landmarks lie on one line")

    flip = np.diag([1, 1, np.sign(np.linalg.det(left @ right))])
    axes = (left @ flip @ right).T  # takes b's coordinates to a's
    boxes_a = np.split(local_a, len(corners))
    upright = np.sum([(box[1::2] - box[::2]).sum(axis=0) for box in boxes_a], axis=0)

    return RelativePose(mean_a - axes @ mean_b, axes, upright / np.linalg.norm(upright))
