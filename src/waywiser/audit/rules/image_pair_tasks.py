"""Tasks about two images of a clip, derived from unprojected pixels and aligned landmarks."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from waywiser.audit import thresholds
from waywiser.audit.geometry.relative_pose import RelativePose, estimate_relative_pose
from waywiser.audit.geometry.scene_raster import ImageRaster, SceneRaster
from waywiser.audit.geometry.visibility_checks import (
    may_be_clearly_visible,
    may_be_noticed,
    naming_problems,
    require_object,
)
from waywiser.audit.judgment import DerivedAnswer, UnjudgedError

Inputs = Mapping[str, Any]

QUADRANTS = ("front-right", "back-right", "back-left", "front-left")
"""The quadrants clockwise from straight ahead, 90 degrees each."""


def correspondence(scene_raster: SceneRaster, inputs: Inputs) -> DerivedAnswer:
    """The mark next to the pixel's world point (by the first z-buffer) in the second image."""
    first, second = _image_pair(scene_raster, inputs)
    world_point = first.world_point_at(*inputs["point"])
    uz, vz, z = second.camera.to_image(world_point[None])[0]
    if z <= 0:
        raise UnjudgedError("the point lies behind the second camera")

    true_pixel = np.array([uz / z, vz / z])
    mark_distances = np.linalg.norm(np.array(inputs["options"]) - true_pixel, axis=1)
    best, runner_up = np.sort(mark_distances)[:2]
    problems: list[str] = []

    if first.buffer.ids[int(inputs["point"][1]), int(inputs["point"][0])] != inputs["object"]:
        problems.append("the marked point is not on its object")
    if np.linalg.norm(second.world_point_at(*true_pixel) - world_point) > 0.03 + 0.03 * z:
        problems.append("the point is hidden in the second picture")
    if best > 2.5:
        problems.append(f"the right mark is {best:.1f} pixels off")
    if inputs["object"] in moving_object_ids(scene_raster, inputs):
        problems.append("the object moves between the pictures")

    problems += _overlap_problems(first, second, *thresholds.OVERLAP_RANGE)
    return DerivedAnswer(
        f"point {'ABCDEFGH'[int(np.argmin(mark_distances))]}",
        margin=float(runner_up - best) / second.camera.width,
        minimum=thresholds.MIN_MARK_SEPARATION,
        margin_tolerance=3 / second.camera.width,
        problems=tuple(problems),
    )


def camera_motion(scene_raster: SceneRaster, inputs: Inputs) -> DerivedAnswer:
    """The main direction from the first camera to the second, relative to the first one's
    heading.
    """
    first, second = _image_pair(scene_raster, inputs)
    pose = _relative_pose(scene_raster, inputs, first, second)
    ahead, right, up = (
        float(pose.translation @ axis) for axis in (pose.forward, pose.right, pose.up)
    )
    level = _main_direction_margin(ahead, right, up)
    tilted = _main_direction_margin(pose.translation[2], pose.translation[0], -pose.translation[1])
    word = _main_direction(ahead, right)
    problems = _overlap_problems(first, second, thresholds.OVERLAP_RANGE[0], 1.0)

    if word != _main_direction(pose.translation[2], pose.translation[0]):
        problems.append("the camera's own axes say otherwise than its heading")

    return DerivedAnswer(
        word,
        margin=min(level, tilted),
        minimum=0.0,
        margin_tolerance=1e-3,
        problems=tuple(problems),
    )


def camera_rotation(scene_raster: SceneRaster, inputs: Inputs) -> DerivedAnswer:
    """The unsigned change of heading between the two cameras, in degrees."""
    first, second = _image_pair(scene_raster, inputs)
    pose = _relative_pose(scene_raster, inputs, first, second)
    problems = _overlap_problems(first, second, thresholds.OVERLAP_RANGE[0], 1.0)

    if abs(pose.tilts[0] - pose.tilts[1]) > thresholds.MAX_TILT_CHANGE + 0.01:
        problems.append("the camera tilts too")
    if abs(pose.heading_change) < thresholds.MIN_CAMERA_TURN - 0.01:
        problems.append("the camera hardly turns")
    if abs(pose.heading_change) > thresholds.MAX_CAMERA_TURN + 0.01:
        problems.append("the camera turns too far to tell")

    return DerivedAnswer(
        abs(pose.heading_change), tolerance=0.02, step=1.0, problems=tuple(problems)
    )


def perspective(scene_raster: SceneRaster, inputs: Inputs) -> DerivedAnswer:
    """The quadrant of an object's center, relative to the second camera's heading."""
    first, second = _image_pair(scene_raster, inputs)
    obj = require_object(first.objects, inputs["object"])
    pose = _relative_pose(scene_raster, inputs, second, first)
    camera_points = second.camera.camera_points(obj.corners).mean(axis=0)
    ahead = camera_points @ pose.forward
    right = camera_points @ pose.right
    problems = naming_problems(first, (obj.id,))

    if not may_be_clearly_visible(first, obj.id):
        problems.append("it is not clearly visible in the first picture")
    if may_be_noticed(second, obj.id, slack=1):
        problems.append("the second picture shows it")
    if obj.id in moving_object_ids(scene_raster, inputs):
        problems.append("it moves between the pictures")
    if np.hypot(ahead, right) < 0.5 - 1e-3:
        problems.append("it is too near the second camera to have a direction")

    problems += _overlap_problems(first, second, thresholds.OVERLAP_RANGE[0], 1.0)
    word, margin = quadrant_answer(float(np.degrees(np.arctan2(right, ahead))))

    return DerivedAnswer(
        word,
        margin=margin,
        minimum=thresholds.MIN_ANGLE_MARGIN,
        margin_tolerance=0.05,
        problems=tuple(problems),
    )


def quadrant_answer(clockwise: float) -> tuple[str, float]:
    """The quadrant of a direction, and its distance to the nearest boundary in degrees.

    `clockwise` is in degrees from straight ahead.
    """
    turns, rest = divmod(clockwise % 360.0, 90.0)
    return QUADRANTS[int(turns) % 4], min(rest, 90.0 - rest)


def moving_object_ids(scene_raster: SceneRaster, inputs: Inputs) -> set[int]:
    """Ids of the objects that move in the clip."""
    return {motion.object for motion in scene_raster.clip(inputs["clip"]).motions}


def shared_point_share(first: ImageRaster, second: ImageRaster) -> float:
    """Share of the first image's points, on a coarse grid, that are visible in the second image."""
    step = max(4, first.camera.width // 40)
    v, u = (
        grid.ravel()
        for grid in np.mgrid[
            step // 2 : first.camera.height : step, step // 2 : first.camera.width : step
        ]
    )

    depth = first.buffer.depth[v, u]
    finite = np.isfinite(depth)
    points = first.camera.unproject(u[finite] + 0.5, v[finite] + 0.5, depth[finite])
    uz, vz, z = second.camera.to_image(points).T

    with np.errstate(divide="ignore", invalid="ignore"):
        column = np.floor(uz / z)
        row = np.floor(vz / z)

    inside = (
        (z > 0.05)
        & (column >= 0)
        & (row >= 0)
        & (column < second.camera.width)
        & (row < second.camera.height)
    )

    second_depth = second.buffer.depth[row[inside].astype(int), column[inside].astype(int)]
    visible = np.abs(second_depth - z[inside]) < 0.02 + 0.03 * z[inside]
    return float(visible.sum() / max(1, len(points)))


def _overlap_problems(
    first: ImageRaster, second: ImageRaster, minimum: float, maximum: float
) -> list[str]:
    share = shared_point_share(first, second)
    if minimum - thresholds.OVERLAP_TOLERANCE <= share <= maximum + thresholds.OVERLAP_TOLERANCE:
        return []
    return [f"the pictures share {share:.0%} of their points, not {minimum:.0%} to {maximum:.0%}"]


def _image_pair(scene_raster: SceneRaster, inputs: Inputs) -> tuple[ImageRaster, ImageRaster]:
    first = scene_raster.frame(inputs["clip"], inputs["frame_a"])
    second = scene_raster.frame(inputs["clip"], inputs["frame_b"])
    return first, second


def _relative_pose(
    scene_raster: SceneRaster, inputs: Inputs, first: ImageRaster, second: ImageRaster
) -> RelativePose:
    return estimate_relative_pose(
        first, second, set(first.objects) - moving_object_ids(scene_raster, inputs)
    )


def _main_direction(ahead: float, right: float) -> str:
    if abs(ahead) > abs(right):
        return "forward" if ahead > 0 else "backward"
    return "right" if right > 0 else "left"


def _main_direction_margin(ahead: float, right: float, up: float) -> float:
    """Meters by which the larger horizontal component exceeds its minimum.

    It must be at least 30 cm, and twice any other component.
    """
    smaller, larger = sorted((abs(ahead), abs(right)))
    return larger - max(
        thresholds.MIN_MOVE_DISTANCE, thresholds.MIN_DIRECTION_RATIO * max(smaller, abs(up))
    )
