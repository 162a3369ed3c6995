"""Tasks about two pictures of a clip, derived from lifted pixels and from aligned clouds of landmarks."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from waywiser.audit import limits
from waywiser.audit.alignment import Relation, relation
from waywiser.audit.rules.common import plain, thing, unnamed
from waywiser.audit.sight import Sight, World
from waywiser.audit.verdicts import Derived, UnjudgedError

Inputs = Mapping[str, Any]

QUADRANTS = ("front-right", "back-right", "back-left", "front-left")
"""Clockwise from straight ahead, a right angle each."""


def correspondence(world: World, inputs: Inputs) -> Derived:
    """The pixel's world point by the z-buffer of the first picture, projected into the second one."""
    first, second = _pictures(world, inputs)
    world_point = first.point(*inputs["point"])
    (uz, vz, z) = second.camera.see(world_point[None])[0]
    if z <= 0:
        raise UnjudgedError("the point lies behind the second camera")
    true = np.array([uz / z, vz / z])
    away = np.linalg.norm(np.array(inputs["options"]) - true, axis=1)
    best, runner_up = np.sort(away)[:2]
    problems: list[str] = []
    if first.buffer.ids[int(inputs["point"][1]), int(inputs["point"][0])] != inputs["object"]:
        problems.append("the marked point is not on its object")
    if np.linalg.norm(second.point(*true) - world_point) > 0.03 + 0.03 * z:
        problems.append("the point is hidden in the second picture")
    if best > 2.5:
        problems.append(f"the right mark is {best:.1f} pixels off")
    if inputs["object"] in moving(world, inputs):
        problems.append("the object moves between the pictures")
    problems += _overlap_problems(first, second, *limits.OVERLAP)
    return Derived(
        f"point {'ABCDEFGH'[int(np.argmin(away))]}",
        margin=float(runner_up - best) / second.camera.width,
        least=limits.MARKS_APART,
        margin_tolerance=3 / second.camera.width,
        problems=tuple(problems),
    )


def camera_motion(world: World, inputs: Inputs) -> Derived:
    """The main direction of the second camera's place, as the first one's heading has it."""
    first, second = _pictures(world, inputs)
    found = _relation(world, inputs, first, second)
    ahead, right, up = (float(found.move @ axis) for axis in (found.forward, found.right, found.up))
    level = _spare(ahead, right, up)
    tilted = _spare(found.move[2], found.move[0], -found.move[1])
    word = _main(ahead, right)
    problems = _overlap_problems(first, second, limits.OVERLAP[0], 1.0)
    if word != _main(found.move[2], found.move[0]):
        problems.append("the camera's own axes say otherwise than its heading")
    return Derived(word, margin=min(level, tilted), least=0.0, margin_tolerance=1e-3, problems=tuple(problems))


def camera_rotation(world: World, inputs: Inputs) -> Derived:
    """The unsigned turn of the heading between the two cameras."""
    first, second = _pictures(world, inputs)
    found = _relation(world, inputs, first, second)
    problems = _overlap_problems(first, second, limits.OVERLAP[0], 1.0)
    if abs(found.tilts[0] - found.tilts[1]) > limits.MOST_TILT + 0.01:
        problems.append("the camera tilts too")
    if abs(found.turned) < limits.LEAST_TURN - 0.01:
        problems.append("the camera hardly turns")
    return Derived(abs(found.turned), tolerance=0.02, step=1.0, problems=tuple(problems))


def perspective(world: World, inputs: Inputs) -> Derived:
    """Where the middle of a thing's corners lies from the second camera's heading: a clockwise angle's quadrant."""
    first, second = _pictures(world, inputs)
    subject = thing(first.stage, inputs["object"])
    found = _relation(world, inputs, second, first)
    local = second.camera.local(subject.corners).mean(axis=0)
    ahead, right = local @ found.forward, local @ found.right
    problems = unnamed(first, (subject.id,))
    if not plain(first, subject.id):
        problems.append("it is not plain to see in the first picture")
    if second.share(subject.id) > limits.SPECK_SHARE:
        problems.append("the second picture shows it")
    if subject.id in moving(world, inputs):
        problems.append("it moves between the pictures")
    if np.hypot(ahead, right) < 0.5 - 1e-3:
        problems.append("it is too near the second camera to have a direction")
    problems += _overlap_problems(first, second, limits.OVERLAP[0], 1.0)
    word, margin = quadrant(float(np.degrees(np.arctan2(right, ahead))))
    return Derived(word, margin=margin, least=limits.ANGLE_MARGIN, margin_tolerance=0.05, problems=tuple(problems))


def quadrant(clockwise: float) -> tuple[str, float]:
    """The quadrant of a direction in degrees clockwise from straight ahead, and the degrees to its nearer side."""
    turns, rest = divmod(clockwise % 360.0, 90.0)
    return QUADRANTS[int(turns) % 4], min(rest, 90.0 - rest)


def moving(world: World, inputs: Inputs) -> set[int]:
    """Ids of what the clip's motions name."""
    return {motion.object for motion in world.clip(inputs["clip"]).motions}


def overlap(first: Sight, second: Sight) -> float:
    """Share of the first picture's points, on a coarse grid, that the second picture shows."""
    step = max(4, first.camera.width // 40)
    v, u = (
        grid.ravel() for grid in np.mgrid[step // 2 : first.camera.height : step, step // 2 : first.camera.width : step]
    )
    depth = first.buffer.depth[v, u]
    kept = np.isfinite(depth)
    points = first.camera.lift(u[kept] + 0.5, v[kept] + 0.5, depth[kept])
    uz, vz, z = second.camera.see(points).T
    with np.errstate(divide="ignore", invalid="ignore"):
        column, row = np.floor(uz / z), np.floor(vz / z)
    inside = (z > 0.05) & (column >= 0) & (row >= 0) & (column < second.camera.width) & (row < second.camera.height)
    there = second.buffer.depth[row[inside].astype(int), column[inside].astype(int)]
    return float((np.abs(there - z[inside]) < 0.02 + 0.03 * z[inside]).sum() / max(1, len(points)))


def _overlap_problems(first: Sight, second: Sight, least: float, most: float) -> list[str]:
    share = overlap(first, second)
    if least - limits.OVERLAP_DOUBT <= share <= most + limits.OVERLAP_DOUBT:
        return []
    return [f"the pictures share {share:.0%} of their points, not {least:.0%} to {most:.0%}"]


def _pictures(world: World, inputs: Inputs) -> tuple[Sight, Sight]:
    return world.frame(inputs["clip"], inputs["frame_a"]), world.frame(inputs["clip"], inputs["frame_b"])


def _relation(world: World, inputs: Inputs, first: Sight, second: Sight) -> Relation:
    return relation(first, second, set(first.stage) - moving(world, inputs))


def _main(ahead: float, right: float) -> str:
    if abs(ahead) > abs(right):
        return "forward" if ahead > 0 else "backward"
    return "right" if right > 0 else "left"


def _spare(ahead: float, right: float, up: float) -> float:
    """Metres by which the main one of two level components exceeds what it must: 30 cm, twice either other one."""
    smaller, larger = sorted((abs(ahead), abs(right)))
    return larger - max(limits.LEAST_MOVE, limits.DOMINANCE * max(smaller, abs(up)))
