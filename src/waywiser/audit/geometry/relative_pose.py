"""How two cameras stand to one another, told from a cloud of landmarks alone.

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
    """Camera b as camera a sees it: b's centre `translation` (3,) and its axes as columns of
    `axes_3_3`; `up` is a's up.

    All in a's own frame: x right, y down, z forward, metres.
    """

    translation: Array
    axes_3_3: Array
    up: Array

    @property
    def forward(self) -> Array:
        """(3,) a's heading: its optical axis without what points up, of unit length."""
        return self._horizontal(np.array([0.0, 0.0, 1.0]))

    @property
    def right(self) -> Array:
        """(3,) the level direction to the right of the heading."""
        return np.cross(self.forward, self.up)

    @property
    def heading_change(self) -> float:
        """Degrees from a's heading to b's, positive to the right."""
        heading = self._horizontal(self.axes_3_3[:, 2])
        return float(np.degrees(np.arctan2(heading @ self.right, heading @ self.forward)))

    @property
    def tilts(self) -> tuple[float, float]:
        """Degrees by which either optical axis points above the horizon."""
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
    """How camera b stands to camera a, from the boxes' corners of the things in `static_ids`, which
    must not move.
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
    upright = np.sum(
        [(c[1::2] - c[::2]).sum(axis=0) for c in np.split(local_a, len(corners))], axis=0
    )

    return RelativePose(mean_a - axes @ mean_b, axes, upright / np.linalg.norm(upright))
