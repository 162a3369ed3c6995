"""The spatial tasks by name."""

import difflib
from collections.abc import Iterable

from waywiser.errors import RecipeError
from waywiser.tasks.above_below import AboveBelow
from waywiser.tasks.absolute_distance import AbsoluteDistance
from waywiser.tasks.appearance_order import AppearanceOrder
from waywiser.tasks.base import Task
from waywiser.tasks.camera_distance import CameraDistance
from waywiser.tasks.camera_motion import CameraMotion
from waywiser.tasks.camera_rotation import CameraRotation
from waywiser.tasks.correspondence import Correspondence
from waywiser.tasks.depth_order import DepthOrder
from waywiser.tasks.displacement import Displacement
from waywiser.tasks.left_right import LeftRight
from waywiser.tasks.motion_direction import MotionDirection
from waywiser.tasks.object_count import ObjectCount
from waywiser.tasks.object_size import ObjectSize
from waywiser.tasks.perspective import Perspective
from waywiser.tasks.relative_direction import RelativeDirection
from waywiser.tasks.relative_distance import RelativeDistance
from waywiser.tasks.room_size import RoomSize
from waywiser.tasks.route_plan import RoutePlan
from waywiser.tasks.scene_count import SceneCount
from waywiser.tasks.size_comparison import SizeComparison
from waywiser.tasks.who_moved import WhoMoved

_ALL_TASKS: tuple[Task, ...] = (
    ObjectCount(),
    DepthOrder(),
    LeftRight(),
    CameraDistance(),
    ObjectSize(),
    AboveBelow(),
    RelativeDistance(),
    SizeComparison(),
    Correspondence(),
    CameraMotion(),
    CameraRotation(),
    Perspective(),
    SceneCount(),
    AbsoluteDistance(),
    RoomSize(),
    RelativeDirection(),
    AppearanceOrder(),
    RoutePlan(),
    MotionDirection(),
    Displacement(),
    WhoMoved(),
)
TASKS: dict[str, Task] = {task.name: task for task in _ALL_TASKS}
"""By name. A task's number here seeds its words and choices: new ones come last."""

ROOM_TASKS = ("object_count", "depth_order", "left_right", "camera_distance", "object_size")
"""Tasks for which single rooms do; datasets of these alone are made of rooms unless homes are asked
for.
"""


def choose_tasks(names: str | Iterable[str] = "all") -> tuple[str, ...]:
    """Task names from "all", "a,b" or a list, in the registry's order and without repeats.

    Raises RecipeError for an unknown name (naming the nearest) or an empty choice.
    """
    wanted = [n.strip() for n in names.split(",")] if isinstance(names, str) else list(names)
    wanted = [name for name in wanted if name]
    if wanted == ["all"]:
        return tuple(TASKS)
    if "all" in wanted:
        raise RecipeError("'all' already means every task: leave out the other names")

    for name in wanted:
        if name not in TASKS:
            near = difflib.get_close_matches(name, TASKS, n=1, cutoff=0.3)
            hint = f"did you mean {near[0]!r}?" if near else f"choose from {', '.join(TASKS)}"
            raise RecipeError(f"unknown task {name!r}: {hint}")

    if not wanted:
        raise RecipeError(f"no task was named: choose from {', '.join(TASKS)}, or say all")

    return tuple(name for name in TASKS if name in wanted)
