"""Tasks about videos in which nothing that is asked about moves, derived from every frame drawn again."""

import cmath
import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from waywiser.audit import limits
from waywiser.audit.areas import area
from waywiser.audit.boxes import box_distance
from waywiser.audit.reel import Reel
from waywiser.audit.rules.common import thing
from waywiser.audit.rules.views import quadrant
from waywiser.audit.sight import World
from waywiser.audit.stage import Thing, inside
from waywiser.audit.verdicts import Derived, UnjudgedError
from waywiser.scenes.categories import confusable

Inputs = Mapping[str, Any]


def metres_step(exact: float) -> float:
    """What metres are rounded to: 0.1 from 1 m on, 0.01 below."""
    return 0.1 if exact >= 1 - 0.006 else 0.01


def scene_count(world: World, inputs: Inputs) -> Derived:
    """The union over all frames of the category's instances that are plain to see in one of them."""
    reel, category = Reel(world, inputs["clip"]), inputs["category"]
    group = [i for i, t in reel.things.items() if t.category == category]
    noticed = set(reel.noticed())
    shown = [i for i in group if i in noticed]
    known = [i for i in shown if reel.ever_plain(i)]
    problems = [f"object {i} shows, but never plainly" for i in shown if i not in known]
    problems += [
        f"a {reel.things[i].category} comes into view, which people could take for a {category}"
        for i in noticed
        if reel.things[i].category != category and confusable(reel.things[i].category, category)
    ]
    clear = [reel.clearest(i) for i in shown]
    low, least = map(min, zip(*clear, strict=True)) if clear else (0.0, 0.0)
    return Derived(
        len(known),
        margin=least - limits.CLEAR_SHARE,
        least=0.0,
        margin_tolerance=limits.SHARE_DOUBT * limits.CLEAR_SHARE + 0.03 * least + (least - low),
        problems=tuple(problems[:2]),
    )


def absolute_distance(world: World, inputs: Inputs) -> Derived:
    """The certified numeric distance of two boxes that stand still."""
    reel = Reel(world, inputs["clip"])
    ids = (inputs["a"], inputs["b"])
    exact = box_distance(*(thing(reel.things, i) for i in ids))
    problems = reel.unnamed(ids) + _restless(reel, ids)
    problems += [f"object {i} never shows by half" for i in ids if reel.most_unhidden(i) < 0.5 - limits.FRACTION_DOUBT]
    if exact < limits.LEAST_APART - 1e-3:
        problems.append("the two are too near one another")
    return Derived(exact, tolerance=1e-4, step=metres_step(exact), problems=tuple(problems))


def room_size(world: World, inputs: Inputs) -> Derived:
    """The floor's area by slabs; how much of the floor the frames show is counted point by point."""
    reel, room = Reel(world, inputs["clip"]), inputs["room"]
    if not 0 <= room < len(world.scene.rooms):
        raise UnjudgedError(f"the scene has no room {room!r}")
    outline = world.scene.rooms[room].polygon
    problems: list[str] = []
    if (covered := reel.coverage(room)) < limits.COVERAGE - 0.03:
        problems.append(f"the video shows {covered:.0%} of the floor, less than {limits.COVERAGE:.0%}")
    if "object" in inputs:
        named = thing(reel.things, inputs["object"])
        problems += reel.unnamed((named.id,)) + _restless(reel, (named.id,))
        if not inside(outline, np.array([named.middle[:2]]))[0]:
            problems.append(f"the {named.category} that names the room is not in it")
    return Derived(area(outline), tolerance=1e-6, step=0.1, problems=tuple(problems))


def relative_direction(world: World, inputs: Inputs) -> Derived:
    """The quotient of two complex numbers: where the target is over where one faces."""
    reel = Reel(world, inputs["clip"])
    ids = (inputs["stand"], inputs["face"], inputs["target"])
    stand, face, target = (thing(reel.things, i) for i in ids)
    ways = [_flat(other) - _flat(stand) for other in (face, target)]
    clockwise = -math.degrees(cmath.phase(ways[1] / ways[0]))
    word, margin = direction(clockwise, inputs["level"])
    problems = reel.unnamed(ids) + _restless(reel, ids)
    for one, two in ((stand, face), (stand, target), (face, target)):
        if abs(_flat(one) - _flat(two)) > limits.MOST_APART + 1e-6:
            problems.append(f"the {one.category} and the {two.category} are too far apart")
        if box_distance(one, two) < limits.STANDING_APART - 1e-3:
            problems.append(f"the {one.category} and the {two.category} are too near one another")
    return Derived(word, margin=margin, least=limits.ANGLE_MARGIN, margin_tolerance=0.01, problems=tuple(problems))


def direction(clockwise: float, level: str) -> tuple[str, float]:
    """The word of a level for an angle in degrees clockwise from ahead, and the degrees to the nearest boundary."""
    turn = (clockwise + 180.0) % 360.0 - 180.0
    side = "right" if turn > 0 else "left"
    if level == "easy":
        return side, min(abs(turn), 180.0 - abs(turn))
    if level == "medium":
        word = "back" if abs(turn) >= limits.BACK_FROM else side
        return word, min(abs(turn), abs(abs(turn) - limits.BACK_FROM))
    if level == "hard":
        return quadrant(clockwise)
    raise UnjudgedError(f"there is no level {level!r}")


def appearance_order(world: World, inputs: Inputs) -> Derived:
    """When each thing first covers 1 % of two frames in a row; the option that names them in that order."""
    reel = Reel(world, inputs["clip"])
    ids = inputs["objects"]
    problems = reel.unnamed(ids)
    first = {i: _first(reel, i, limits.CLEAR_SHARE) for i in ids}
    order = sorted(ids, key=lambda i: first[i])
    times = [reel.clip.times[first[i]] for i in order]
    glimpsed = {i: _first(reel, i, limits.SPECK_SHARE, run=1) for i in ids}
    for before, after in pairwise(order):
        if glimpsed[after] < glimpsed[before]:
            problems.append(f"a sharper eye sees object {after} before object {before}")
    accepted = []
    for slack in (1 - limits.SHARE_DOUBT, 1 + limits.SHARE_DOUBT):
        other = {i: _first(reel, i, limits.CLEAR_SHARE * slack, default=first[i]) for i in ids}
        accepted.append(_naming(reel, sorted(ids, key=lambda i: other[i]), inputs["shown"]))
    gaps = np.diff(times)
    # A first frame can be off by one or two where a share lies within the doubt of 1 %.
    doubt = 2 / (reel.clip.fps or 2)
    unsure = any(
        (np.abs(reel.shares(i) / limits.CLEAR_SHARE - 1) < limits.SHARE_DOUBT)[: first[i] + 2].any() for i in ids
    )
    return Derived(
        _naming(reel, order, inputs["shown"]),
        accepted=tuple(accepted),
        margin=float(gaps.min()),
        least=limits.LEAST_SECONDS,
        margin_tolerance=doubt + 1e-6 if unsure else 1e-6,
        problems=tuple(problems),
    )


def _first(
    reel: Reel, thing_id: int, share: float, default: int | None = None, run: int = limits.FRAMES_IN_A_ROW
) -> int:
    """The first frame from which on a thing covers `share` of the picture for `run` frames in a row."""
    enough = reel.shares(thing_id) >= share
    for frame in range(len(enough) - run + 1):
        if enough[frame : frame + run].all():
            return frame
    if default is not None:
        return default
    raise UnjudgedError(f"object {thing_id} never appears for {run} frames in a row")


def _naming(reel: Reel, order: list[int], options: list[str]) -> str:
    """The option that names the things' categories in this order."""
    words = [reel.things[i].category for i in order]
    for option in options:
        if [part.strip() for part in option.split(",")] == words:
            return option
    return ", ".join(words)


def _restless(reel: Reel, ids: tuple[int, ...]) -> list[str]:
    return [f"object {i} moves in the clip" for i in ids if i in reel.moving]


def _flat(subject: Thing) -> complex:
    return complex(subject.middle[0], subject.middle[1])
