"""Numbers of a scan brought to the frame of a `Scene`: Z up, the floor at 0, rotations that are rotations."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from waywiser.scenes.scans.bounded import ScanItemError
from waywiser.scenes.scene import Box, Camera

Floats = NDArray[np.float64]

MOST_TILT = 5.0
"""Degrees by which a box may lean and still count as upright."""
SMALLEST, LARGEST = 0.01, 50.0
"""Metres of a box's side."""
FARTHEST = 10_000.0
"""Metres from the origin at which anything may be."""
_SLACK = 0.01  # how far a rotation's columns may be from orthonormal; poses are often stored with few digits

Z_FROM_UP: dict[str, Floats] = {
    "+z": np.eye(3),
    "-z": np.diag([1.0, -1.0, -1.0]),
    "+y": np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]]),
    "-y": np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]]),
    "+x": np.array([[0.0, 0, -1], [0, 1, 0], [1, 0, 0]]),
    "-x": np.array([[0.0, 0, 1], [0, 1, 0], [-1, 0, 0]]),
}
"""Rotations (3, 3) that take the named axis of a scan's world to +Z."""


def numbers(value: Any, shape: tuple[int, ...], what: str) -> Floats:
    """A finite array of this shape. Raises ScanItemError, naming `what`, for anything else."""
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise ScanItemError(f"has a {what} that is no array of numbers") from error
    if array.shape != shape:
        raise ScanItemError(f"has a {what} of another shape than {' x '.join(map(str, shape))}")
    if not np.isfinite(array).all():
        raise ScanItemError(f"has a {what} with inf or NaN")
    return array


def rotation(matrix_3_3: Floats, what: str) -> Floats:
    """The nearest rotation (3, 3). Raises ScanItemError where there is none near, or a mirror is."""
    if np.abs(matrix_3_3.T @ matrix_3_3 - np.eye(3)).max() > _SLACK:
        raise ScanItemError(f"has a {what} that is no rotation")
    if np.linalg.det(matrix_3_3) < 0:
        raise ScanItemError(f"has a {what} that mirrors")
    left, _, right = np.linalg.svd(matrix_3_3)
    return left @ right


def camera(
    pose: Any, lens: Any, size: tuple[int, int], shift: float, z_from_world: Floats, floor: float, every: int
) -> Camera:
    """A camera of the scene.

    `pose` is camera-to-world (4x4, OpenCV, metres), `lens` 3x3 in pixels for a picture of `size` (width, height)
    before every `every`-th pixel is kept; `shift` is added to the principal point so that the first pixel's centre
    is at 0.5. `z_from_world` turns the scan's world, `floor` (metres) is then taken off heights. Raises
    ScanItemError for numbers that make no camera.
    """
    pose_4_4 = numbers(pose, (4, 4), "pose")
    if np.abs(pose_4_4[3] - (0, 0, 0, 1)).max() > 1e-6:
        raise ScanItemError("has a pose whose last row is not 0 0 0 1")
    world = np.eye(4)
    world[:3, :3] = z_from_world @ rotation(pose_4_4[:3, :3], "pose")
    world[:3, 3] = z_from_world @ pose_4_4[:3, 3] - (0, 0, floor)
    if np.abs(world[:3, 3]).max() > FARTHEST:
        raise ScanItemError("has a pose farther away than 10 km")
    fx, fy, cx, cy = _lens(lens, size)
    width, height = (len(range(every // 2, side, every)) for side in size)
    return Camera(
        width=width, height=height, fx=fx / every, fy=fy / every, cx=(cx + shift) / every, cy=(cy + shift) / every,
        world_from_camera=tuple(tuple(float(v) for v in row) for row in world),  # type: ignore[arg-type]
    )  # fmt: skip


def _lens(lens: Any, size: tuple[int, int]) -> tuple[float, float, float, float]:
    k = numbers(lens, (3, 3), "lens (intrinsics)")
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


def upright_box(record: Any, z_from_world: Floats, floor: float, yaw_allowed: bool) -> Box:
    """The box of a record {"center", "size", "rotation" or "yaw"}, in the scene's frame.

    `size` is along the box's own axes, which are the columns of `rotation` in the scan's world; without one they are
    the world's, turned by `yaw` radians about its up axis. Raises ScanItemError for what is no upright box.
    """
    if not isinstance(record, dict) or not set(record) <= {"center", "size", "rotation", "yaw"}:
        raise ScanItemError("has a box that is no {center, size, rotation or yaw}")
    center_3 = z_from_world @ numbers(record.get("center"), (3,), "box centre") - (0, 0, floor)
    size_3 = numbers(record.get("size"), (3,), "box size")
    if size_3.min() < SMALLEST:
        raise ScanItemError("has a box without size")
    if size_3.max() > LARGEST or np.abs(center_3).max() > FARTHEST:
        raise ScanItemError("has a box larger than 50 m or farther than 10 km")
    axes_3_3 = z_from_world @ _box_axes(record, yaw_allowed)
    upright = int(np.argmax(np.abs(axes_3_3[2])))
    if math.degrees(math.acos(min(1.0, abs(axes_3_3[2, upright])))) > MOST_TILT:
        raise ScanItemError(f"has a box that leans by more than {MOST_TILT:g} degrees")
    along, across = (upright + 1) % 3, (upright + 2) % 3
    return Box(
        center=(float(center_3[0]), float(center_3[1]), float(center_3[2])),
        size=(float(size_3[along]), float(size_3[across]), float(size_3[upright])),
        yaw=math.atan2(axes_3_3[1, along], axes_3_3[0, along]),
    )


def _box_axes(record: dict[str, Any], yaw_allowed: bool) -> Floats:
    if "rotation" in record:
        if "yaw" in record:
            raise ScanItemError("has a box with a rotation and a yaw")
        return rotation(numbers(record["rotation"], (3, 3), "box rotation"), "box rotation")
    if "yaw" not in record:
        return np.eye(3)
    if not yaw_allowed:
        raise ScanItemError("has a box with a yaw where the up axis is not +z")
    yaw = float(numbers(record["yaw"], (), "box yaw"))
    c, s = math.cos(yaw), math.sin(yaw)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def floor_outline(points: Any, z_from_world: Floats) -> tuple[tuple[tuple[float, float], ...], float]:
    """The floor's outline in the scene's frame (counter-clockwise, metres) and the height that it lies at.

    Raises ScanItemError for fewer than three corners, for corners that do not lie level, and for no area.
    """
    try:
        count = len(points)
    except TypeError as error:
        raise ScanItemError("has a floor that is no list of points") from error
    if not 3 <= count <= 1000:
        raise ScanItemError("has a floor that is not 3 to 1000 points")
    corners_E_3 = numbers(points, (count, 3), "floor outline") @ z_from_world.T
    if np.ptp(corners_E_3[:, 2]) > 0.1:
        raise ScanItemError("has a floor whose corners differ in height by more than 10 cm")
    x, y = corners_E_3[:, 0], corners_E_3[:, 1]
    area = 0.5 * float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))
    if abs(area) < 0.1:
        raise ScanItemError("has a floor without area")
    outline = corners_E_3[:, :2] if area > 0 else corners_E_3[::-1, :2]
    return tuple((float(a), float(b)) for a, b in outline), float(np.mean(corners_E_3[:, 2]))
