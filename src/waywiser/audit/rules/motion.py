"""Tasks about what moves in a video: dense sampling of the stored paths, cameras' places as null vectors."""

import cmath
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from waywiser.audit import limits
from waywiser.audit.pinhole import Array, pinhole
from waywiser.audit.reel import Reel
from waywiser.audit.rules.common import plain, thing
from waywiser.audit.rules.video import metres_step
from waywiser.audit.sight import World
from waywiser.audit.stage import moment, things
from waywiser.audit.verdicts import Derived, UnjudgedError

Inputs = Mapping[str, Any]

WAYS = ("away from the camera", "left", "towards the camera", "right")
"""Counter-clockwise from the line of sight, a right angle each, centred on 0, 90, 180 and 270 degrees."""
_STEPS = 2000
"""Steps that a path is cut into to measure its length."""


def motion_direction(world: World, inputs: Inputs) -> Derived:
    """The move from the first frame to the last over the line of sight, as complex numbers in the floor plan."""
    reel, subject = Reel(world, inputs["clip"]), inputs["object"]
    thing(reel.things, subject)
    path = _path(world, inputs["clip"], subject, reel.clip.times[0], reel.clip.times[-1])
    eye = _flat(pinhole(reel.clip.cameras[0]).place)
    move, sight = _flat(path[-1]) - _flat(path[0]), _flat(path[0]) - eye
    word, margin = way(math.degrees(cmath.phase(move / sight)))
    problems = reel.unnamed((subject,))
    if abs(move) < limits.LEAST_MOVE - 1e-3:
        problems.append(f"it moves by {abs(move):.2f} m only")
    if abs(move) < limits.STRAIGHT * _length(path) - 1e-2:
        problems.append("it does not move straight")
    if not reel.ever_plain(subject):
        problems.append("it is never plain to see")
    return Derived(word, margin=margin, least=limits.ANGLE_MARGIN, margin_tolerance=0.05, problems=tuple(problems))


def way(left: float) -> tuple[str, float]:
    """The word for a direction in degrees counter-clockwise from the line of sight, and degrees to its boundary."""
    turns, rest = divmod((left + 45.0) % 360.0, 90.0)
    return WAYS[int(turns) % 4], min(rest, 90.0 - rest)


def displacement(world: World, inputs: Inputs) -> Derived:
    """How far something is moved between two times, or its way cut into small steps over the time."""
    reel, who = Reel(world, inputs["clip"]), inputs["object"]
    t1, t2 = float(inputs["t1"]), float(inputs["t2"])
    first, last = (int(np.argmin(np.abs(np.array(reel.clip.times) - t))) for t in (t1, t2))
    problems: list[str] = []
    if max(abs(reel.clip.times[first] - t1), abs(reel.clip.times[last] - t2)) > 1e-3:
        problems.append("a time it names is that of no frame")
    if who == "camera":
        path = np.array([pinhole(camera).place for camera in reel.clip.cameras[first : last + 1]])
    else:
        path = _path(world, inputs["clip"], thing(reel.things, who).id, t1, t2)
        problems += reel.unnamed((who,))
        problems += ["it is not plain to see at a time"] * (not all(plain(reel.sights[i], who) for i in (first, last)))
    apart = float(np.linalg.norm(path[-1] - path[0]))
    if t2 - t1 < limits.LEAST_SECONDS - 1e-6:
        problems.append("the times are too near one another")
    if apart < limits.LEAST_APART - 1e-3:
        problems.append(f"it moves by {apart:.2f} m only")
    if inputs["quantity"] == "speed":
        value = _length(path) / (t2 - t1)
        return Derived(value, tolerance=2e-3 * value, step=0.01, unit="m/s", problems=tuple(problems))
    if inputs["quantity"] != "displacement":
        raise UnjudgedError(f"there is no quantity {inputs['quantity']!r}")
    return Derived(apart, tolerance=1e-4, step=metres_step(apart), unit="m", problems=tuple(problems))


def _path(world: World, clip_index: int, thing_id: int, t1: float, t2: float) -> Array:
    """(steps + 1, 3) places of the middle of a thing's box from one time to another."""
    clip = world.clip(clip_index)
    if thing_id not in {motion.object for motion in clip.motions}:
        return np.repeat([things(world.scene)[thing_id].middle], 2, axis=0)
    return np.array([moment(motion, t)[0] for motion in clip.motions if motion.object == thing_id
                     for t in np.linspace(t1, t2, _STEPS + 1)])  # fmt: skip


def _length(path_N_3: Array) -> float:
    return float(np.linalg.norm(np.diff(path_N_3, axis=0), axis=1).sum())


def _flat(point: Array) -> complex:
    return complex(point[0], point[1])
