"""Numbers of a scan converted to the frame of a `Scene`: Z up, the floor at 0, true rotations."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from waywiser.scenes.scans.safe_io import ScanItemError
from waywiser.scenes.scene import Box, Camera

Floats = NDArray[np.float64]

MAX_BOX_TILT = 5.0
"""Greatest lean of an upright box, in degrees."""
MIN_BOX_SIDE = 0.01
"""Shortest side of a box, in meters."""
MAX_BOX_SIDE = 50.0
"""Longest side of a box, in meters."""
MAX_COORDINATE = 10_000.0
"""Greatest distance from the origin along an axis, in meters."""
# How far a rotation's columns may be from orthonormal; poses are often stored with few digits.
_ROTATION_TOLERANCE = 0.01

Z_FROM_UP: dict[str, Floats] = {
    "+z": np.eye(3),
    "-z": np.diag([1.0, -1.0, -1.0]),
    "+y": np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]]),
    "-y": np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]]),
    "+x": np.array([[0.0, 0, -1], [0, 1, 0], [1, 0, 0]]),
    "-x": np.array([[0.0, 0, 1], [0, 1, 0], [-1, 0, 0]]),
}
"""Rotations (3, 3) that take the named axis of a scan's world to +Z."""


def parse_array(value: Any, shape: tuple[int, ...], label: str) -> Floats:
    """A finite array of this shape. Raises ScanItemError, naming `label`, for anything else."""
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise ScanItemError(f"has a {label} that is not an array of numbers") from error

    if array.shape != shape:
        raise ScanItemError(f"has a {label} of another shape than {' x '.join(map(str, shape))}")
    if not np.isfinite(array).all():
        raise ScanItemError(f"has a {label} with inf or NaN")

    return array


def nearest_rotation(matrix_3_3: Floats, label: str) -> Floats:
    """The nearest rotation (3, 3). Raises ScanItemError if none is near, or for a mirror."""
    if np.abs(matrix_3_3.T @ matrix_3_3 - np.eye(3)).max() > _ROTATION_TOLERANCE:
        raise ScanItemError(f"has a {label} that is not a rotation")
    if np.linalg.det(matrix_3_3) < 0:
        raise ScanItemError(f"has a {label} that mirrors")

    left, _, right = np.linalg.svd(matrix_3_3)
    return left @ right


def parse_camera(
    pose: Any,
    intrinsics: Any,
    size: tuple[int, int],
    shift: float,
    z_from_world: Floats,
    floor: float,
    step: int,
) -> Camera:
    """A camera of the scene, from the unchecked numbers of a scan.

    Args:
        pose: (4, 4) camera-to-world pose, OpenCV axes, in meters.
        intrinsics: (3, 3) intrinsics in pixels.
        size: Width and height of the stored picture.
        shift: Added to the principal point, so that the first pixel's center is at 0.5.
        z_from_world: (3, 3) rotation from the scan's world to one with Z up.
        floor: Height of the floor in that world, in meters, which becomes 0.
        step: Every `step`-th pixel of the stored picture is kept.

    Returns:
        The camera of the subsampled picture.

    Raises:
        ScanItemError: The numbers do not describe a camera.
    """
    pose_4_4 = parse_array(pose, (4, 4), "pose")
    if np.abs(pose_4_4[3] - (0, 0, 0, 1)).max() > 1e-6:
        raise ScanItemError("has a pose whose last row is not 0 0 0 1")

    world = np.eye(4)
    world[:3, :3] = z_from_world @ nearest_rotation(pose_4_4[:3, :3], "pose")
    world[:3, 3] = z_from_world @ pose_4_4[:3, 3] - (0, 0, floor)
    if np.abs(world[:3, 3]).max() > MAX_COORDINATE:
        raise ScanItemError("has a pose farther away than 10 km")

    fx, fy, cx, cy = _parse_intrinsics(intrinsics, size)
    width, height = (len(range(step // 2, side, step)) for side in size)

    rows = tuple(tuple(float(v) for v in row) for row in world)

    return Camera(
        width=width,
        height=height,
        fx=fx / step,
        fy=fy / step,
        cx=(cx + shift) / step,
        cy=(cy + shift) / step,
        world_from_camera=rows,  # type: ignore[arg-type]
    )


def _parse_intrinsics(intrinsics: Any, size: tuple[int, int]) -> tuple[float, float, float, float]:
    k = parse_array(intrinsics, (3, 3), "lens (intrinsics)")
    fx, fy, cx, cy = (float(k[i, j]) for i, j in ((0, 0), (1, 1), (0, 2), (1, 2)))
    if fx <= 0 or fy <= 0:
        raise ScanItemError("has a focal length that is not positive")

    rest = (k[0, 1], k[1, 0], k[2, 0], k[2, 1], k[2, 2] - 1)
    if np.abs(rest).max() > 1e-3:
        raise ScanItemError("has a skewed lens (intrinsics)")

    width, height = size
    if not (width / 50 < fx < 50 * width and height / 50 < fy < 50 * height):
        raise ScanItemError("has a focal length that does not fit its picture")
    if not (-width < cx < 2 * width and -height < cy < 2 * height):
        raise ScanItemError("has a principal point far outside its picture")

    return fx, fy, cx, cy


def parse_upright_box(record: Any, z_from_world: Floats, floor: float, yaw_allowed: bool) -> Box:
    """The box of a record with center, size, and rotation or yaw.

    Args:
        record: The record, not yet checked. `size` is along the box's own axes: the columns of
            `rotation`, or the world's axes turned by `yaw` radians about the up axis.
        z_from_world: (3, 3) rotation from the scan's world to one with Z up.
        floor: Height of the floor in that world, in meters, which becomes 0.
        yaw_allowed: Whether the record may give a yaw.

    Returns:
        The box in the frame of a `Scene`.

    Raises:
        ScanItemError: The record does not describe an upright box.
    """
    if not isinstance(record, dict) or not set(record) <= {"center", "size", "rotation", "yaw"}:
        raise ScanItemError("has a box that is not a mapping of center, size, and rotation or yaw")

    center_3 = z_from_world @ parse_array(record.get("center"), (3,), "box centre") - (0, 0, floor)
    size_3 = parse_array(record.get("size"), (3,), "box size")
    if size_3.min() < MIN_BOX_SIDE:
        raise ScanItemError("has a box without size")
    if size_3.max() > MAX_BOX_SIDE or np.abs(center_3).max() > MAX_COORDINATE:
        raise ScanItemError("has a box larger than 50 m or farther than 10 km")

    axes_3_3 = z_from_world @ _parse_box_axes(record, yaw_allowed)
    upright = int(np.argmax(np.abs(axes_3_3[2])))
    if math.degrees(math.acos(min(1.0, abs(axes_3_3[2, upright])))) > MAX_BOX_TILT:
        raise ScanItemError(f"has a box that leans by more than {MAX_BOX_TILT:g} degrees")

    along = (upright + 1) % 3
    across = (upright + 2) % 3

    return Box(
        center=(float(center_3[0]), float(center_3[1]), float(center_3[2])),
        size=(float(size_3[along]), float(size_3[across]), float(size_3[upright])),
        yaw=math.atan2(axes_3_3[1, along], axes_3_3[0, along]),
    )


def _parse_box_axes(record: Mapping[str, object], yaw_allowed: bool) -> Floats:
    if "rotation" in record:
        if "yaw" in record:
            raise ScanItemError("has a box with a rotation and a yaw")

        return nearest_rotation(
            parse_array(record["rotation"], (3, 3), "box rotation"), "box rotation"
        )

    if "yaw" not in record:
        return np.eye(3)
    if not yaw_allowed:
        raise ScanItemError("has a box with a yaw where the up axis is not +z")

    yaw = float(parse_array(record["yaw"], (), "box yaw"))
    c = math.cos(yaw)
    s = math.sin(yaw)

    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def parse_floor_outline(
    points: Any, z_from_world: Floats
) -> tuple[tuple[tuple[float, float], ...], float]:
    """The floor's outline in the scene's frame (counter-clockwise, meters), and its height.

    Raises ScanItemError for fewer than three corners, corners that are not level, and no area.
    """
    try:
        count = len(points)
    except TypeError as error:
        raise ScanItemError("has a floor that is not a list of points") from error

    if not 3 <= count <= 1000:
        raise ScanItemError("has a floor that is not 3 to 1000 points")

    corners_E_3 = parse_array(points, (count, 3), "floor outline") @ z_from_world.T
    if np.ptp(corners_E_3[:, 2]) > 0.1:
        raise ScanItemError("has a floor whose corners differ in height by more than 10 cm")

    x = corners_E_3[:, 0]
    y = corners_E_3[:, 1]
    area = 0.5 * float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))
    if abs(area) < 0.1:
        raise ScanItemError("has a floor without area")

    outline = corners_E_3[:, :2] if area > 0 else corners_E_3[::-1, :2]
    return tuple((float(a), float(b)) for a, b in outline), float(np.mean(corners_E_3[:, 2]))
