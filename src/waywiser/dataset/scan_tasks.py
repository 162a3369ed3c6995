"""What each task needs of a scan, and why a scan that lacks it is not asked."""

import json
from collections.abc import Mapping
from typing import Any, Literal

from waywiser.scenes.scans.box_kinds import MEASURED_BOX
from waywiser.scenes.scans.scan_reader import Scan
from waywiser.scenes.scene import Scene

Requirement = Literal["objects", "boxes", "up", "floor", "frames", "times", "motion", "walkable"]

REQUIREMENTS: dict[str, tuple[Requirement, ...]] = {
    "object_count": ("objects",),
    "depth_order": ("objects",),
    "left_right": ("objects",),
    "above_below": ("objects",),
    "camera_distance": ("objects",),
    "object_size": ("objects", "boxes"),
    "relative_distance": ("objects", "boxes"),
    "size_comparison": ("objects", "boxes", "up"),
    "correspondence": ("objects", "frames"),
    "camera_motion": ("frames", "up"),
    "camera_rotation": ("frames", "up"),
    "perspective": ("objects", "boxes", "frames", "up"),
    "scene_count": ("objects", "frames", "times"),
    "absolute_distance": ("objects", "boxes", "frames", "times"),
    "room_size": ("objects", "boxes", "frames", "times", "floor"),
    "relative_direction": ("objects", "boxes", "frames", "times", "up"),
    "appearance_order": ("objects", "frames", "times"),
    "route_plan": ("walkable",),
    "motion_direction": ("motion",),
    "displacement": ("frames", "times"),
    "who_moved": ("motion",),
}
"""All of them need depth and poses, without which no frame is read; "boxes": every object named has
one.
"""

REFUSAL_REASONS: dict[Requirement, str] = {
    "objects": "it has no objects",
    "boxes": "no object has a box",
    "up": "its up axis is unknown",
    "floor": "it has no floor outline",
    "frames": "it has only one frame",
    "times": "its frames have no times",
    "motion": "nothing moves in a scan, so that only one answer would ever be right",
    "walkable": "a scan does not say where one can walk",
}
_ID_KEYS = ("object", "a", "b", "anchor", "stand", "face", "target")
_ID_LIST_KEYS = ("objects", "candidates")


def refusal_reason(task: str, scan: Scan) -> str | None:
    """Why this task cannot be asked of this scan, None where it can."""
    has: dict[Requirement, bool] = {
        "objects": bool(scan.objects),
        "boxes": any(obj.model == MEASURED_BOX for obj in scan.objects),
        "up": scan.is_up_known,
        "floor": scan.floor is not None,
        "frames": len(scan.frames) > 1,
        "times": scan.is_video,
        "motion": False,
        "walkable": False,
    }

    return next((REFUSAL_REASONS[need] for need in REQUIREMENTS[task] if not has[need]), None)


def object_ids_in(inputs: Mapping[str, Any]) -> set[int]:
    """Ids of the objects that a program names."""
    single = {inputs[name] for name in _ID_KEYS if isinstance(inputs.get(name), int)}
    return single.union(*(inputs[name] for name in _ID_LIST_KEYS if name in inputs))


def has_measured_boxes(row: Mapping[str, Any], scene: Scene) -> bool:
    """Whether a staged question needs no box that was not measured."""
    if "boxes" not in REQUIREMENTS[row["task"]]:
        return True
    return all(
        scene.object(i).model == MEASURED_BOX
        for i in object_ids_in(json.loads(row["program"]["inputs"]))
    )
