"""Routes: turns as quotients of complex steps, and obstacles checked point by point."""

import cmath
import math
from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any

import numpy as np

from waywiser.audit import thresholds
from waywiser.audit.geometry.clip_raster import ClipRaster
from waywiser.audit.geometry.pinhole import Array
from waywiser.audit.geometry.posed_objects import PosedObject, points_in_outline
from waywiser.audit.geometry.room_shell import in_doorway, wall_distance
from waywiser.audit.geometry.scene_raster import SceneRaster
from waywiser.audit.geometry.visibility_checks import require_object
from waywiser.audit.judgment import DerivedAnswer
from waywiser.scenes.scene import Scene

_PATH_SPACING = 0.04
"""Distance between the points of a path that are checked, in meters."""
_MIN_OBSTACLE_HEIGHT = 0.05
"""Height in meters below which an object is not an obstacle."""
_MAX_OBSTACLE_HEIGHT = 1.9
"""Height in meters above which an object is not an obstacle."""


def route_plan(scene_raster: SceneRaster, inputs: Mapping[str, Any]) -> DerivedAnswer:
    """The words of the hidden turns along the stored path, which must be walkable."""
    clip_raster = ClipRaster(scene_raster, inputs["clip"])
    hidden = inputs["hidden"]

    stops = [
        require_object(clip_raster.objects, i)
        for i in inputs.get("stops", (inputs["start"], inputs["end"]))
    ]

    path = [complex(x, y) for x, y in inputs["path"]]
    turns = _turn_angles(path)
    words = [turn_answer(turn) for turn in turns]
    problems = clip_raster.naming_problems([stop.id for stop in stops])

    if clip_raster.clip.motions:
        problems.append("something moves in the clip")

    if len(stops) == len(path):
        between = _turn_angles([complex(stop.center[0], stop.center[1]) for stop in stops])
        if [turn_answer(turn) for turn in between] != words:
            problems.append("the turns between the things themselves are others")

        turns = turns + between

    if any(abs(turn) < thresholds.MIN_WALK_TURN - 0.01 for turn in turns):
        problems.append("a turn is so small that one could go straight on")
    if any(abs(b - a) < thresholds.MIN_WALK_LEG - 0.01 for a, b in pairwise(path)):
        problems.append("a part of the way is too short")

    if "turn back" in words:
        problems.append("the way goes back where it came from")

    problems += _stop_problems(stops) + _retraced_leg_problems(path)
    problems += path_problems(scene_raster.scene, clip_raster.objects, path)
    hidden_words = [words[_check_turn_index(index, path)] for index in hidden]
    margins = [min(abs(turn), abs(abs(turn) - thresholds.MIN_BACK_ANGLE), 180.0) for turn in turns]

    return DerivedAnswer(
        _matching_option(hidden_words, inputs["shown"]),
        margin=min(margins),
        minimum=thresholds.MIN_ANGLE_MARGIN,
        margin_tolerance=0.1,
        problems=tuple(problems[:3]),
    )


def _stop_problems(stops: Sequence[PosedObject]) -> list[str]:
    """Whether two stops are so near one another that one would not be sent from one to the other."""
    places = [complex(*stop.center[:2]) for stop in stops]
    distances = [abs(a - b) for a, b in combinations(places, 2)]
    is_too_near = min(distances) < thresholds.MIN_STOP_DISTANCE - 0.01
    return ["two stops are too near one another"] if is_too_near else []


def _retraced_leg_problems(path: Sequence[complex]) -> list[str]:
    """Whether a leg comes near an earlier one that it does not follow directly."""
    legs = [
        np.array([a + (b - a) * share for share in _segment_fractions(abs(b - a))])
        for a, b in pairwise(path)
    ]
    pairs = [(legs[i], legs[j]) for i in range(len(legs)) for j in range(i + 2, len(legs))]
    minimum = thresholds.MIN_LEG_DISTANCE - _PATH_SPACING
    nearest = min((np.abs(a[:, None] - b[None]).min() for a, b in pairs), default=np.inf)
    return ["the way passes a place twice"] if nearest < minimum else []


def turn_answer(left: float) -> str:
    """The word for a turn by `left` degrees to the left."""
    if abs(left) >= thresholds.MIN_BACK_ANGLE:
        return "turn back"
    return "turn left" if left > 0 else "turn right"


def path_problems(
    scene: Scene, objects: Mapping[int, PosedObject], path: Sequence[complex]
) -> list[str]:
    """Why a path cannot be walked: it leaves the rooms, or comes too near a wall or furniture."""
    steps = [
        a + (b - a) * share for a, b in pairwise(path) for share in _segment_fractions(abs(b - a))
    ]
    points = np.array([(step.real, step.imag) for step in steps])
    minimum = thresholds.MIN_CLEARANCE - 0.02
    indoors = in_doorway(scene, points)

    for room in scene.rooms:
        indoors |= points_in_outline(room.polygon, points)

    problems = ["the way leaves the rooms"] if not indoors.all() else []
    if wall_distance(scene, points).min() < minimum:
        problems.append("the way comes too near a wall")

    for obj in objects.values():
        bottom = obj.center[2] - obj.size[2] / 2
        if bottom + obj.size[2] <= _MIN_OBSTACLE_HEIGHT or bottom >= _MAX_OBSTACLE_HEIGHT:
            continue
        if _clearance(obj, points).min() < minimum:
            problems.append(f"the way comes too near the {obj.category} {obj.id}")
            break

    return problems


def _segment_fractions(length: float) -> Array:
    return np.linspace(0, 1, max(2, math.ceil(length / _PATH_SPACING) + 1))


def _clearance(obj: PosedObject, points_N_2: Array) -> Array:
    """(N,) meters from floor points (N, 2) to an object's footprint, 0 inside it."""
    local = obj.to_local(np.c_[points_N_2, np.zeros(len(points_N_2))])[:, :2]
    beyond = np.abs(local) - np.array(obj.size[:2]) / 2
    return np.linalg.norm(np.maximum(beyond, 0), axis=1)


def _turn_angles(path: Sequence[complex]) -> list[float]:
    """Turns to the left at each inner point of a path, in degrees."""
    steps = [b - a for a, b in pairwise(path)]
    return [math.degrees(cmath.phase(after / before)) for before, after in pairwise(steps)]


def _check_turn_index(index: int, path: Sequence[complex]) -> int:
    """The index of a hidden turn, which must exist. Raises ValueError if it does not."""
    if not 0 <= index < len(path) - 2:
        raise ValueError(f"there is no turn {index}")
    return index


def _matching_option(words: list[str], options: Sequence[str]) -> str:
    for option in options:
        if [part.strip() for part in option.split(",")] == words:
            return option
    return ", ".join(words)
