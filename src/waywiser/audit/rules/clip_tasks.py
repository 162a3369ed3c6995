"""Tasks about static objects in a video, derived from every rasterized frame."""

import cmath
import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from waywiser.audit import thresholds
from waywiser.audit.geometry.certified_distance import certified_box_distance
from waywiser.audit.geometry.clip_raster import ClipRaster
from waywiser.audit.geometry.polygon_area import outline_area
from waywiser.audit.geometry.posed_objects import PosedObject, points_in_outline
from waywiser.audit.geometry.scene_raster import SceneRaster
from waywiser.audit.geometry.visibility_checks import require_object
from waywiser.audit.judgment import DerivedAnswer, UnjudgedError
from waywiser.audit.rules.image_pair_tasks import quadrant_answer
from waywiser.scenes.categories import are_confusable

Inputs = Mapping[str, Any]


def meter_rounding_step(exact: float) -> float:
    """What a distance in meters is rounded to: 0.1 from 1 m on, 0.01 below."""
    return 0.1 if exact >= 1 - 0.006 else 0.01


def scene_count(scene_raster: SceneRaster, inputs: Inputs) -> DerivedAnswer:
    """Count the instances of a category that are clearly visible in some frame."""
    clip_raster = ClipRaster(scene_raster, inputs["clip"])
    category = inputs["category"]
    group = [i for i, t in clip_raster.objects.items() if t.category == category]
    noticeable_ids = set(clip_raster.noticeable_ids())
    visible = [i for i in group if i in noticeable_ids]
    known = [i for i in visible if clip_raster.is_ever_clearly_visible(i)]
    problems = [f"object {i} shows, but never clearly" for i in visible if i not in known]
    problems += [
        f"a {clip_raster.objects[i].category} comes into view, which people could take for a"
        f" {category}"
        for i in noticeable_ids
        if clip_raster.objects[i].category != category
        and are_confusable(clip_raster.objects[i].category, category)
    ]

    clear = [clip_raster.max_share_bounds(i) for i in visible]
    low, minimum = map(min, zip(*clear, strict=True)) if clear else (0.0, 0.0)

    return DerivedAnswer(
        len(known),
        margin=minimum - thresholds.MIN_CLEAR_PIXEL_SHARE,
        minimum=0.0,
        margin_tolerance=thresholds.PIXEL_SHARE_TOLERANCE * thresholds.MIN_CLEAR_PIXEL_SHARE
        + 0.03 * minimum
        + (minimum - low),
        problems=tuple(problems[:2]),
    )


def absolute_distance(scene_raster: SceneRaster, inputs: Inputs) -> DerivedAnswer:
    """The certified numeric distance of two static boxes."""
    clip_raster = ClipRaster(scene_raster, inputs["clip"])
    ids = (inputs["a"], inputs["b"])
    exact = certified_box_distance(*(require_object(clip_raster.objects, i) for i in ids))
    problems = clip_raster.naming_problems(ids) + _movement_problems(clip_raster, ids)
    problems += [
        f"object {i} never shows by half"
        for i in ids
        if clip_raster.max_visible_fraction(i) < 0.5 - thresholds.VISIBLE_FRACTION_TOLERANCE
    ]

    if exact < thresholds.MIN_BOX_DISTANCE - 1e-3:
        problems.append("the two are too near one another")

    return DerivedAnswer(
        exact, tolerance=1e-4, step=meter_rounding_step(exact), problems=tuple(problems)
    )


def room_size(scene_raster: SceneRaster, inputs: Inputs) -> DerivedAnswer:
    """The floor's area by slabs; the share of it that the frames show is counted point by point."""
    clip_raster = ClipRaster(scene_raster, inputs["clip"])
    room = inputs["room"]
    if not 0 <= room < len(scene_raster.scene.rooms):
        raise UnjudgedError(f"the scene has no room {room!r}")

    outline = scene_raster.scene.rooms[room].polygon
    problems: list[str] = []

    covered = clip_raster.floor_coverage(room)
    if covered < thresholds.MIN_FLOOR_COVERAGE - 0.03:
        problems.append(
            f"the video shows {covered:.0%} of the floor, less than"
            f" {thresholds.MIN_FLOOR_COVERAGE:.0%}"
        )

    if "object" in inputs:
        anchor = require_object(clip_raster.objects, inputs["object"])
        problems += clip_raster.naming_problems((anchor.id,)) + _movement_problems(
            clip_raster, (anchor.id,)
        )

        if not points_in_outline(outline, np.array([anchor.center[:2]]))[0]:
            problems.append(f"the {anchor.category} that names the room is not in it")

    return DerivedAnswer(outline_area(outline), tolerance=1e-6, step=0.1, problems=tuple(problems))


def relative_direction(scene_raster: SceneRaster, inputs: Inputs) -> DerivedAnswer:
    """The direction of the target relative to the facing direction, as a quotient of complex
    numbers.
    """
    clip_raster = ClipRaster(scene_raster, inputs["clip"])
    ids = (inputs["stand"], inputs["face"], inputs["target"])
    stand, face, target = (require_object(clip_raster.objects, i) for i in ids)
    directions = [_floor_position(other) - _floor_position(stand) for other in (face, target)]
    clockwise = -math.degrees(cmath.phase(directions[1] / directions[0]))
    word, margin = direction_answer(clockwise, inputs["level"])
    problems = clip_raster.naming_problems(ids) + _movement_problems(clip_raster, ids)

    for one, two in ((stand, face), (stand, target), (face, target)):
        if abs(_floor_position(one) - _floor_position(two)) > thresholds.MAX_CENTER_DISTANCE + 1e-6:
            problems.append(f"the {one.category} and the {two.category} are too far apart")
        if certified_box_distance(one, two) < thresholds.MIN_STAND_DISTANCE - 1e-3:
            problems.append(f"the {one.category} and the {two.category} are too near one another")

    return DerivedAnswer(
        word,
        margin=margin,
        minimum=thresholds.MIN_ANGLE_MARGIN,
        margin_tolerance=0.01,
        problems=tuple(problems),
    )


def direction_answer(clockwise: float, level: str) -> tuple[str, float]:
    """The word of a level for a direction, and its distance to the nearest boundary in degrees.

    `clockwise` is in degrees from straight ahead. Raises UnjudgedError for an unknown level.
    """
    turn = (clockwise + 180.0) % 360.0 - 180.0
    side = "right" if turn > 0 else "left"

    if level == "easy":
        return side, min(abs(turn), 180.0 - abs(turn))
    if level == "medium":
        word = "back" if abs(turn) >= thresholds.MIN_BACK_ANGLE else side
        return word, min(abs(turn), abs(abs(turn) - thresholds.MIN_BACK_ANGLE))
    if level == "hard":
        return quadrant_answer(clockwise)

    raise UnjudgedError(f"there is no level {level!r}")


def appearance_order(scene_raster: SceneRaster, inputs: Inputs) -> DerivedAnswer:
    """The option that lists objects by the first frame in which every viewer sees them.

    No viewer may notice an object before the one that the answer names first has been seen.
    """
    clip_raster = ClipRaster(scene_raster, inputs["clip"])
    ids = inputs["objects"]
    problems = clip_raster.naming_problems(ids)
    seen = {i: _first_seen_time(clip_raster, i) for i in ids}
    order = sorted(ids, key=lambda i: seen[i])

    for before, after in pairwise(order):
        noticed = clip_raster.first_noticed(after, slack=1)
        if noticed is None or clip_raster.clip.times[noticed] <= seen[before]:
            problems.append(f"object {after} may be noticed before object {before} is seen")

    accepted = []
    # How far off a first frame can be if an object is within the tolerance of a threshold.
    spread = 0.0

    for slack in (-1, 1):
        times = {i: _first_seen_time(clip_raster, i, slack, default=seen[i]) for i in ids}
        spread += max(abs(times[i] - seen[i]) for i in ids)
        accepted.append(
            _matching_option(clip_raster, sorted(ids, key=lambda i: times[i]), inputs["shown"])
        )

    return DerivedAnswer(
        _matching_option(clip_raster, order, inputs["shown"]),
        accepted=tuple(accepted),
        margin=float(np.diff([seen[i] for i in order]).min()),
        minimum=thresholds.MIN_SECONDS_APART,
        margin_tolerance=spread + 1e-6,
        problems=tuple(problems),
    )


def _first_seen_time(
    clip_raster: ClipRaster, object_id: int, slack: float = 0.0, default: float | None = None
) -> float:
    """Seconds until every viewer sees an object.

    Args:
        clip_raster: The clip.
        object_id: The object's id.
        slack: Tolerances by which the thresholds are lowered.
        default: Returned if no frame shows it; None raises instead.

    Raises:
        UnjudgedError: No frame shows the object, and there is no default.
    """
    if object_id not in clip_raster.objects:
        raise UnjudgedError(f"the scene has no object {object_id!r}")

    frame = clip_raster.first_seen(object_id, slack)
    if frame is not None:
        return clip_raster.clip.times[frame]
    if default is not None:
        return default

    raise UnjudgedError(f"object {object_id} never appears")


def _matching_option(clip_raster: ClipRaster, order: list[int], options: list[str]) -> str:
    """The option that lists the objects' categories in this order."""
    words = [clip_raster.objects[i].category for i in order]
    for option in options:
        if [part.strip() for part in option.split(",")] == words:
            return option
    return ", ".join(words)


def _movement_problems(clip_raster: ClipRaster, ids: tuple[int, ...]) -> list[str]:
    return [f"object {i} moves in the clip" for i in ids if i in clip_raster.moving_ids]


def _floor_position(obj: PosedObject) -> complex:
    return complex(obj.center[0], obj.center[1])
