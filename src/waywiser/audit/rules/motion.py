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


def who_moved(world: World, inputs: Inputs) -> Derived:
    """Which of a thing and the camera leaves its place; or whether the two come nearer one another."""
    reel, subject = Reel(world, inputs["clip"]), inputs["object"]
    word = thing(reel.things, subject).category
    eyes = np.array([pinhole(camera).place for camera in reel.clip.cameras])
    spots = np.array([sight.stage[subject].corners.mean(axis=0) for sight in reel.sights])
    shown = [i for i, sight in enumerate(reel.sights) if plain(sight, subject)]
    problems = reel.unnamed((subject,))
    if len(shown) < 2:
        raise UnjudgedError("the thing is plain to see in fewer than two frames")
    if inputs.get("ask") == "approach":
        return _approach(np.linalg.norm(spots - eyes, axis=1), shown, problems)
    turns = [_turned(sight.stage[subject].turn / reel.things[subject].turn) for sight in reel.sights]
    moved, spare = [], []
    for path, turned in ((spots, max(turns)), (eyes, _camera_turn(reel))):
        reach = float(np.linalg.norm(path - path[0], axis=1).max())
        moved.append(reach >= limits.LEAST_MOVE - 1e-3)
        spare.append(reach - limits.LEAST_MOVE if moved[-1] else limits.STAYED - reach)
        if not moved[-1] and (reach > limits.STAYED + 1e-3 or turned > limits.STEADY + 0.01):
            problems.append(f"something moves by {reach:.2f} m and turns by {turned:.0f} degrees only")
    value = {(True, True): "both", (True, False): f"only the {word}", (False, True): "only the camera"}
    answer = value.get((moved[0], moved[1]), "neither")
    return Derived(answer, margin=min(spare), least=0.0, margin_tolerance=1e-3, problems=tuple(problems))


def _approach(metres: Array, shown: list[int], problems: list[str]) -> Derived:
    """From the first to the last frame that shows the thing plainly, by at least 20 %, or 5 % at most."""
    course = metres[shown[0] : shown[-1] + 1] / metres[shown[0]] - 1
    change = float(course[-1])
    if abs(change) <= limits.CHANGED / 2:
        margin = limits.SAME - float(np.abs(course).max())
        word = "about the same"
    else:
        margin = abs(change) - limits.CHANGED
        word = "closer" if change < 0 else "farther"
    # The first and the last plain frame may be one off where a share lies near its threshold.
    return Derived(word, margin=margin, least=0.0, margin_tolerance=0.1, problems=tuple(problems))


def _turned(turn: complex) -> float:
    return abs(math.degrees(cmath.phase(turn)))


def _camera_turn(reel: Reel) -> float:
    """The largest angle in degrees between the first camera's axis and a later one's."""
    axes = np.array([pinhole(camera).matrix_3_4[2, :3] for camera in reel.clip.cameras])
    return float(np.degrees(np.arccos(np.clip(axes @ axes[0], -1, 1))).max())
