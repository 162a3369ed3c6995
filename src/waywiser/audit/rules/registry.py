"""The audit's rules by task, with the kind, the unit and the options that the answers of each must
have.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from waywiser.audit.geometry.scene_raster import SceneRaster
from waywiser.audit.judgment import DerivedAnswer
from waywiser.audit.rules import (
    clip_tasks,
    composite_clip_tasks,
    composite_image_tasks,
    image_pair_tasks,
    image_tasks,
    motion_tasks,
    route_tasks,
)
from waywiser.sample import AnswerKind


@dataclass(frozen=True)
class Rule:
    """How a task's answers are derived again. `words` are the only options that it may offer, None
    for any.
    """

    derive: Callable[[SceneRaster, Mapping[str, Any]], DerivedAnswer]
    kind: AnswerKind
    unit: str | None = None
    words: frozenset[str] | None = None


_POINT_OPTIONS = frozenset(f"point {letter}" for letter in "ABCDEFGH")
_RELATION_OPTIONS = frozenset(
    {"left", "right", "closer", "farther"}
    | {f"{side} and {way}" for side in ("left", "right") for way in ("closer", "farther")}
)
_TURN_OPTIONS = frozenset(
    {"left", "right", "back"}
    | {f"{one}, then {two}" for one in ("left", "right") for two in ("left", "right")}
)

RULES: dict[str, Rule] = {
    "object_count": Rule(image_tasks.object_count, "integer"),
    "left_right": Rule(image_tasks.left_right, "choice", words=frozenset({"left", "right"})),
    "above_below": Rule(
        image_tasks.above_below,
        "choice",
        words=frozenset({"higher", "lower", "above", "below"}),  # the latter in older datasets
    ),
    "depth_order": Rule(image_tasks.depth_order, "choice"),
    "camera_distance": Rule(image_tasks.camera_distance, "number", "m"),
    "object_size": Rule(image_tasks.object_size, "number", "cm"),
    "relative_distance": Rule(image_tasks.relative_distance, "choice"),
    "size_comparison": Rule(image_tasks.size_comparison, "choice"),
    "correspondence": Rule(image_pair_tasks.correspondence, "choice", words=_POINT_OPTIONS),
    "camera_motion": Rule(
        image_pair_tasks.camera_motion,
        "choice",
        words=frozenset({"forward", "backward", "left", "right"}),
    ),
    "camera_rotation": Rule(image_pair_tasks.camera_rotation, "number", "deg"),
    "perspective": Rule(
        image_pair_tasks.perspective, "choice", words=frozenset(image_pair_tasks.QUADRANTS)
    ),
    "scene_count": Rule(clip_tasks.scene_count, "integer"),
    "absolute_distance": Rule(clip_tasks.absolute_distance, "number", "m"),
    "room_size": Rule(clip_tasks.room_size, "number", "m2"),
    "relative_direction": Rule(
        clip_tasks.relative_direction,
        "choice",
        words=frozenset({"left", "right", "back", *image_pair_tasks.QUADRANTS}),
    ),
    "appearance_order": Rule(clip_tasks.appearance_order, "choice"),
    "route_plan": Rule(route_tasks.route_plan, "choice"),
    "motion_direction": Rule(
        motion_tasks.motion_direction, "choice", words=frozenset(motion_tasks.MOTION_DIRECTIONS)
    ),
    "displacement": Rule(motion_tasks.displacement, "number"),
    "who_moved": Rule(motion_tasks.who_moved, "choice"),
    "conditional_count": Rule(composite_image_tasks.conditional_count, "integer"),
    "distance_difference": Rule(composite_image_tasks.distance_difference, "number", "m"),
    "nearest_direction": Rule(
        composite_image_tasks.nearest_direction, "choice", words=_RELATION_OPTIONS
    ),
    "size_order": Rule(composite_image_tasks.size_order, "choice"),
    "turn_after_move": Rule(composite_clip_tasks.turn_after_move, "choice", words=_TURN_OPTIONS),
    "room_comparison": Rule(composite_clip_tasks.room_comparison, "choice"),
}


def find_rule(task: str) -> Rule | None:
    """The rule for a task by its name, None where its answers are not independently checked."""
    return RULES.get(task)
