"""The audit's rules by task, with the kind, the unit and the options that the answers of each must have."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from waywiser.audit.rules import image, motion, route, video, views
from waywiser.audit.sight import World
from waywiser.audit.verdicts import Derived
from waywiser.sample import AnswerKind


@dataclass(frozen=True)
class Rule:
    """How a task's answers are derived again. `words` are the only options that it may offer, None for any."""

    derive: Callable[[World, Mapping[str, Any]], Derived]
    kind: AnswerKind
    unit: str | None = None
    words: frozenset[str] | None = None


_POINTS = frozenset(f"point {letter}" for letter in "ABCDEFGH")

RULES: dict[str, Rule] = {
    "object_count": Rule(image.object_count, "integer"),
    "left_right": Rule(image.left_right, "choice", words=frozenset({"left", "right"})),
    "above_below": Rule(image.above_below, "choice", words=frozenset({"above", "below"})),
    "depth_order": Rule(image.depth_order, "choice"),
    "camera_distance": Rule(image.camera_distance, "number", "m"),
    "object_size": Rule(image.object_size, "number", "cm"),
    "relative_distance": Rule(image.relative_distance, "choice"),
    "size_comparison": Rule(image.size_comparison, "choice"),
    "correspondence": Rule(views.correspondence, "choice", words=_POINTS),
    "camera_motion": Rule(views.camera_motion, "choice", words=frozenset({"forward", "backward", "left", "right"})),
    "camera_rotation": Rule(views.camera_rotation, "number", "deg"),
    "perspective": Rule(views.perspective, "choice", words=frozenset(views.QUADRANTS)),
    "scene_count": Rule(video.scene_count, "integer"),
    "absolute_distance": Rule(video.absolute_distance, "number", "m"),
    "room_size": Rule(video.room_size, "number", "m2"),
    "relative_direction": Rule(
        video.relative_direction, "choice", words=frozenset({"left", "right", "back", *views.QUADRANTS})
    ),
    "appearance_order": Rule(video.appearance_order, "choice"),
    "route_plan": Rule(route.route_plan, "choice"),
    "motion_direction": Rule(motion.motion_direction, "choice", words=frozenset(motion.WAYS)),
    "displacement": Rule(motion.displacement, "number"),
    "who_moved": Rule(motion.who_moved, "choice"),
}
