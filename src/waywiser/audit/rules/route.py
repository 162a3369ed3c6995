"""Walks: turns as quotients of complex steps, and the way tried out point by point."""

import cmath
import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from waywiser.audit import limits
from waywiser.audit.pinhole import Array
from waywiser.audit.reel import Reel
from waywiser.audit.rules.common import thing
from waywiser.audit.shell import in_passage, wall_distance
from waywiser.audit.sight import World
from waywiser.audit.stage import Thing, inside
from waywiser.audit.verdicts import Derived
from waywiser.scenes.scene import Scene

_STRIDE = 0.04
"""Metres between the points of a way that are tried."""
_LOW, _HIGH = 0.05, 1.9
"""Metres of height between which things are in the way."""


def route_plan(world: World, inputs: Mapping[str, Any]) -> Derived:
    """The words of the hidden turns along the stored way, after walking it."""
    reel, hidden = Reel(world, inputs["clip"]), inputs["hidden"]
    stops = [thing(reel.things, i) for i in inputs.get("stops", (inputs["start"], inputs["end"]))]
    path = [complex(x, y) for x, y in inputs["path"]]
    turns = _turns(path)
    words = [turn_word(turn) for turn in turns]
    problems = reel.unnamed([stop.id for stop in stops])
    if reel.clip.motions:
        problems.append("something moves in the clip")
    if len(stops) == len(path):
        between = _turns([complex(stop.middle[0], stop.middle[1]) for stop in stops])
        if [turn_word(turn) for turn in between] != words:
            problems.append("the turns between the things themselves are others")
        turns = turns + between
    if any(abs(turn) < limits.LEAST_WALK_TURN - 0.01 for turn in turns):
        problems.append("a turn is so small that one could go straight on")
    if any(abs(b - a) < limits.LEAST_WALK - 0.01 for a, b in pairwise(path)):
        problems.append("a part of the way is too short")
    problems += blocked(world.scene, reel.things, path)
    return Derived(
        _option([words[_turn_place(place, path)] for place in hidden], inputs["shown"]),
        margin=min(min(abs(turn), abs(abs(turn) - limits.BACK_FROM), 180.0) for turn in turns),
        least=limits.ANGLE_MARGIN,
        margin_tolerance=0.1,
        problems=tuple(problems[:3]),
    )


def turn_word(left: float) -> str:
    """The word for a turn of so many degrees to the left."""
    if abs(left) >= limits.BACK_FROM:
        return "turn back"
    return "turn left" if left > 0 else "turn right"


def blocked(scene: Scene, stage: Mapping[int, Thing], path: Sequence[complex]) -> list[str]:
    """Why the way cannot be walked, at most one reason each: through furniture, through or too near a wall."""
    steps = [a + (b - a) * share for a, b in pairwise(path) for share in _shares(abs(b - a))]
    points = np.array([(step.real, step.imag) for step in steps])
    least = limits.CLEARANCE - 0.02
    indoors = in_passage(scene, points)
    for room in scene.rooms:
        indoors |= inside(room.polygon, points)
    problems = ["the way leaves the rooms"] if not indoors.all() else []
    if wall_distance(scene, points).min() < least:
        problems.append("the way comes too near a wall")
    for subject in stage.values():
        bottom = subject.middle[2] - subject.size[2] / 2
        if bottom + subject.size[2] <= _LOW or bottom >= _HIGH:
            continue
        if _clearance(subject, points).min() < least:
            problems.append(f"the way comes too near the {subject.category} {subject.id}")
            break
    return problems


def _shares(length: float) -> Array:
    return np.linspace(0, 1, max(2, math.ceil(length / _STRIDE) + 1))


def _clearance(subject: Thing, points_N_2: Array) -> Array:
    """(N,) metres from floor points to a thing's footprint, 0 inside it."""
    local = subject.unplace(np.c_[points_N_2, np.zeros(len(points_N_2))])[:, :2]
    beyond = np.abs(local) - np.array(subject.size[:2]) / 2
    return np.linalg.norm(np.maximum(beyond, 0), axis=1)


def _turns(path: Sequence[complex]) -> list[float]:
    """Degrees to the left at each inner point of a way."""
    steps = [b - a for a, b in pairwise(path)]
    return [math.degrees(cmath.phase(after / before)) for before, after in pairwise(steps)]


def _turn_place(place: int, path: Sequence[complex]) -> int:
    """The number of a hidden turn among the turns."""
    if not 0 <= place < len(path) - 2:
        raise ValueError(f"there is no turn {place}")
    return place


def _option(words: list[str], options: Sequence[str]) -> str:
    for option in options:
        if [part.strip() for part in option.split(",")] == words:
            return option
    return ", ".join(words)
