"""Which tasks a scan cannot support, and why."""

import json
from collections.abc import Mapping
from typing import Any

from waywiser.scenes.scans.box_kinds import MEASURED_BOX
from waywiser.scenes.scans.scan_reader import Scan
from waywiser.scenes.scene import Scene
from waywiser.tasks.base import ScanNeed
from waywiser.tasks.registry import TASKS

REFUSAL_REASONS: dict[ScanNeed, str] = {
    "objects": "it has no objects",
    "boxes": "no object has a box",
    "up": "its up axis is unknown",
    "floor": "it has no floor outline",
    "frames": "it has only one frame",
    "times": "its frames have no times",
    "motion": "nothing moves in a scan, so that only one answer would ever be right",
    "walkable": "a scan does not say where one can walk",
    "uses": "a scan does not say what its rooms are for",
}


def refusal_reason(task: str, scan: Scan) -> str | None:
    """Why this task cannot be asked of this scan, None where it can."""
    has: dict[ScanNeed, bool] = {
        "objects": bool(scan.objects),
        "boxes": any(obj.model == MEASURED_BOX for obj in scan.objects),
        "up": scan.is_up_known,
        "floor": scan.floor is not None,
        "frames": len(scan.frames) > 1,
        "times": scan.is_video,
        "motion": False,
        "walkable": False,
        "uses": False,
    }

    return next((REFUSAL_REASONS[need] for need in TASKS[task].scan_needs if not has[need]), None)


def has_measured_boxes(row: Mapping[str, Any], scene: Scene) -> bool:
    """Whether a staged question needs no box that was not measured."""
    task = TASKS[row["task"]]
    if "boxes" not in task.scan_needs:
        return True

    inputs = task.read_inputs(json.loads(row["program"]["inputs"]))
    return all(scene.object(i).model == MEASURED_BOX for i in inputs.object_ids())
