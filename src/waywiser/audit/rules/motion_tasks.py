"""Tasks about motion in a video, derived from dense samples of the stored paths."""

import cmath
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from waywiser.audit import thresholds
from waywiser.audit.geometry.clip_raster import ClipRaster
from waywiser.audit.geometry.pinhole import Array, pinhole_from_camera
from waywiser.audit.geometry.posed_objects import interpolate_motion, posed_objects
from waywiser.audit.geometry.scene_raster import SceneRaster
from waywiser.audit.geometry.visibility_checks import may_be_clearly_visible, require_object
from waywiser.audit.judgment import DerivedAnswer, UnjudgedError
from waywiser.audit.rules.clip_tasks import meter_rounding_step

Inputs = Mapping[str, Any]

MOTION_DIRECTIONS = ("away from the camera", "left", "towards the camera", "right")
"""Counter-clockwise from the line of sight, 90 degrees each, centered on 0, 90, 180 and 270."""
_PATH_STEPS = 2000
"""Segments of a path whose length is measured."""


def motion_direction(scene_raster: SceneRaster, inputs: Inputs) -> DerivedAnswer:
    """The direction from an object's first position to its last, relative to the line of sight."""
    clip_raster = ClipRaster(scene_raster, inputs["clip"])
    object_id = inputs["object"]
    require_object(clip_raster.objects, object_id)

    path = _object_path(
        scene_raster,
        inputs["clip"],
        object_id,
        clip_raster.clip.times[0],
        clip_raster.clip.times[-1],
    )

    camera_position = _floor_position(pinhole_from_camera(clip_raster.clip.cameras[0]).center)
    move = _floor_position(path[-1]) - _floor_position(path[0])
    view = _floor_position(path[0]) - camera_position
    word, margin = motion_direction_answer(math.degrees(cmath.phase(move / view)))
    problems = clip_raster.naming_problems((object_id,))

    if abs(move) < thresholds.MIN_MOVE_DISTANCE - 1e-3:
        problems.append(f"it moves by {abs(move):.2f} m only")
    if abs(move) < thresholds.MIN_STRAIGHTNESS * _path_length(path) - 1e-2:
        problems.append("it does not move straight")
    if not clip_raster.is_ever_clearly_visible(object_id):
        problems.append("it is never clearly visible")

    return DerivedAnswer(
        word,
        margin=margin,
        minimum=thresholds.MIN_DIAGONAL_MARGIN,
        margin_tolerance=0.05,
        problems=tuple(problems),
    )


def motion_direction_answer(left: float) -> tuple[str, float]:
    """The word for a direction, and its distance to the nearest boundary in degrees.

    `left` is in degrees counter-clockwise from the line of sight.
    """
    turns, rest = divmod((left + 45.0) % 360.0, 90.0)
    return MOTION_DIRECTIONS[int(turns) % 4], min(rest, 90.0 - rest)


def displacement(scene_raster: SceneRaster, inputs: Inputs) -> DerivedAnswer:
    """The distance between positions at two times, or the speed along the path between them."""
    clip_raster = ClipRaster(scene_raster, inputs["clip"])
    object_id = inputs["object"]
    t1 = float(inputs["t1"])
    t2 = float(inputs["t2"])
    first, last = (int(np.argmin(np.abs(np.array(clip_raster.clip.times) - t))) for t in (t1, t2))
    problems: list[str] = []

    if max(abs(clip_raster.clip.times[first] - t1), abs(clip_raster.clip.times[last] - t2)) > 1e-3:
        problems.append("a time it names is that of no frame")

    if object_id == "camera":
        cameras = clip_raster.clip.cameras[first : last + 1]
        path = np.array([pinhole_from_camera(camera).center for camera in cameras])
    else:
        path = _object_path(
            scene_raster, inputs["clip"], require_object(clip_raster.objects, object_id).id, t1, t2
        )
        problems += clip_raster.naming_problems((object_id,))
        ends = (clip_raster.rasters[first], clip_raster.rasters[last])
        if not all(may_be_clearly_visible(raster, object_id) for raster in ends):
            problems.append("it is not clearly visible at one of the times")

    distance = float(np.linalg.norm(path[-1] - path[0]))
    if t2 - t1 < thresholds.MIN_SECONDS_APART - 1e-6:
        problems.append("the times are too near one another")
    if distance < thresholds.MIN_DISPLACEMENT - 1e-3:
        problems.append(f"it moves by {distance:.2f} m only")

    if inputs["quantity"] == "speed":
        value = _path_length(path) / (t2 - t1)
        return DerivedAnswer(
            value, tolerance=2e-3 * value, step=0.01, unit="m/s", problems=tuple(problems)
        )

    if inputs["quantity"] != "displacement":
        raise UnjudgedError(f"there is no quantity {inputs['quantity']!r}")

    return DerivedAnswer(
        distance,
        tolerance=1e-4,
        step=meter_rounding_step(distance),
        unit="m",
        problems=tuple(problems),
    )


def _object_path(
    scene_raster: SceneRaster, clip_index: int, object_id: int, t1: float, t2: float
) -> Array:
    """(steps + 1, 3) positions of an object's center between two times, in meters."""
    clip = scene_raster.clip(clip_index)
    if object_id not in {motion.object for motion in clip.motions}:
        return np.repeat([posed_objects(scene_raster.scene)[object_id].center], 2, axis=0)

    return np.array(
        [
            interpolate_motion(motion, t)[0]
            for motion in clip.motions
            if motion.object == object_id
            for t in np.linspace(t1, t2, _PATH_STEPS + 1)
        ]
    )


def _path_length(path_N_3: Array) -> float:
    return float(np.linalg.norm(np.diff(path_N_3, axis=0), axis=1).sum())


def _floor_position(point: Array) -> complex:
    return complex(point[0], point[1])


def who_moved(scene_raster: SceneRaster, inputs: Inputs) -> DerivedAnswer:
    """Which of an object and the camera moves; or whether the two approach each other."""
    clip_raster = ClipRaster(scene_raster, inputs["clip"])
    object_id = inputs["object"]
    word = require_object(clip_raster.objects, object_id).category
    camera_positions = np.array(
        [pinhole_from_camera(camera).center for camera in clip_raster.clip.cameras]
    )
    centers = np.array(
        [view.objects[object_id].corners.mean(axis=0) for view in clip_raster.rasters]
    )
    visible = [
        i for i, view in enumerate(clip_raster.rasters) if may_be_clearly_visible(view, object_id)
    ]
    problems = clip_raster.naming_problems((object_id,))

    if len(visible) < 2:
        raise UnjudgedError("the object is clearly visible in fewer than two frames")

    if inputs.get("ask") == "approach":
        return _derive_approach(
            np.linalg.norm(centers - camera_positions, axis=1), visible, problems
        )

    turns = [
        _rotation_degrees(
            view.objects[object_id].rotation / clip_raster.objects[object_id].rotation
        )
        for view in clip_raster.rasters
    ]

    moved = []
    margins = []

    for path, turned in (
        (centers, max(turns)),
        (camera_positions, _max_camera_rotation(clip_raster)),
    ):
        reach = float(np.linalg.norm(path - path[0], axis=1).max())
        moved.append(reach >= thresholds.MIN_MOVE_DISTANCE - 1e-3)

        margins.append(
            reach - thresholds.MIN_MOVE_DISTANCE
            if moved[-1]
            else thresholds.MAX_STATIC_DISPLACEMENT - reach
        )

        if not moved[-1] and (
            reach > thresholds.MAX_STATIC_DISPLACEMENT + 1e-3
            or turned > thresholds.MAX_STATIC_ROTATION + 0.01
        ):
            problems.append(
                f"something moves by {reach:.2f} m and turns by {turned:.0f} degrees only"
            )

    value = {
        (True, True): "both",
        (True, False): f"only the {word}",
        (False, True): "only the camera",
    }

    answer = value.get((moved[0], moved[1]), "neither")
    return DerivedAnswer(
        answer, margin=min(margins), minimum=0.0, margin_tolerance=1e-3, problems=tuple(problems)
    )


def _derive_approach(distances: Array, visible: list[int], problems: list[str]) -> DerivedAnswer:
    """Whether the distance changes between the first and last frame that show the object clearly.

    It must change by at least 20 %, or by at most 5 % throughout.

    Args:
        distances: (frames,) distance from the camera, in meters.
        visible: Frames in which the object is clearly visible.
        problems: Why the question does not have exactly one answer.
    """
    relative_distances = distances[visible[0] : visible[-1] + 1] / distances[visible[0]] - 1
    change = float(relative_distances[-1])
    if abs(change) <= thresholds.MIN_DISTANCE_CHANGE / 2:
        margin = thresholds.MAX_SAME_DISTANCE_CHANGE - float(np.abs(relative_distances).max())
        word = "about the same"
    else:
        margin = abs(change) - thresholds.MIN_DISTANCE_CHANGE
        word = "closer" if change < 0 else "farther"

    # The first and last such frame may be off by one if a share is near its threshold.
    return DerivedAnswer(
        word, margin=margin, minimum=0.0, margin_tolerance=0.1, problems=tuple(problems)
    )


def _rotation_degrees(rotation: complex) -> float:
    return abs(math.degrees(cmath.phase(rotation)))


def _max_camera_rotation(clip_raster: ClipRaster) -> float:
    """The largest angle in degrees between the first camera's axis and a later one's."""
    axes = np.array(
        [pinhole_from_camera(camera).matrix_3_4[2, :3] for camera in clip_raster.clip.cameras]
    )
    return float(np.degrees(np.arccos(np.clip(axes @ axes[0], -1, 1))).max())
