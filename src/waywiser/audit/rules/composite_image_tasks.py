"""Tasks of several steps about one image, derived from the audit's own raster and boxes."""

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from waywiser.audit import thresholds
from waywiser.audit.geometry.certified_distance import certified_box_distance
from waywiser.audit.geometry.scene_raster import ImageRaster, SceneRaster, VisibleObject
from waywiser.audit.geometry.visibility_checks import (
    extent_problems,
    may_be_noticed,
    min_comparison_gap,
    naming_problems,
    require_object,
)
from waywiser.audit.judgment import DerivedAnswer, UnjudgedError
from waywiser.audit.rules.clip_tasks import meter_rounding_step
from waywiser.audit.rules.image_tasks import object_count, vertex_extents

Inputs = Mapping[str, Any]

_ORDER_SIZES = {1: 3, 2: 3, 3: 4}
"""Objects in an order by size, by the number of steps."""


def conditional_count(scene_raster: SceneRaster, inputs: Inputs) -> DerivedAnswer:
    """Count the things whose pixels and nearest points meet every condition."""
    raster = scene_raster.image(inputs["camera"])
    ids = inputs["objects"]
    conditions = list(zip(inputs["conditions"], inputs["references"], strict=True))
    problems = _group_problems(scene_raster, inputs)
    problems += naming_problems(raster, set(inputs["references"]))
    leads: list[float] = []
    count = 0

    for object_id in ids:
        found = [
            (wanted, *_relation(raster, object_id, other, _axis_of(wanted)))
            for wanted, other in conditions
        ]
        failed = [lead for wanted, word, lead in found if word != wanted]
        count += not failed
        leads.append(max(failed) if failed else min(lead for _, _, lead in found))

    return DerivedAnswer(
        count,
        margin=min(leads),
        minimum=1.0,
        margin_tolerance=_lead_tolerance(raster),
        problems=tuple(problems[:2]),
    )


def nearest_direction(scene_raster: SceneRaster, inputs: Inputs) -> DerivedAnswer:
    """Find the nearest by the certified distances of boxes, and its relation in the raster."""
    raster = scene_raster.image(inputs["camera"])
    ids = inputs["objects"]
    reference = inputs["reference"]
    anchor = inputs.get("anchor")
    problems = _group_problems(scene_raster, inputs) + naming_problems(raster, (reference,))

    if anchor is None:
        distances = [_require_visible(raster, i).distance for i in ids]
    else:
        start = require_object(raster.objects, anchor)
        distances = [certified_box_distance(start, require_object(raster.objects, i)) for i in ids]
        problems += naming_problems(raster, (anchor,)) + extent_problems(raster, (anchor,))

    order = sorted(range(len(ids)), key=lambda k: distances[k])
    nearest = ids[order[0]]
    first, second = distances[order[0]], distances[order[1]]
    leads = [(second - first) / _gap_between(first, thresholds.MIN_RELATIVE_GAP)]
    words: list[str] = []

    for axis in {"side": "s", "depth": "d", "both": "sd"}[inputs["ask"]]:
        word, lead = _relation(raster, nearest, reference, axis)
        words.append(word)
        leads.append(lead)

    return DerivedAnswer(
        " and ".join(words),
        margin=min(leads),
        minimum=1.0,
        margin_tolerance=_lead_tolerance(raster),
        problems=tuple(problems[:2]),
    )


def distance_difference(scene_raster: SceneRaster, inputs: Inputs) -> DerivedAnswer:
    """The difference of unprojected distances, of certified ones, or of ways in the plane."""
    raster = scene_raster.image(inputs["camera"])
    ids = inputs["objects"]
    objects = [require_object(raster.objects, i) for i in ids]
    problems = naming_problems(raster, ids) + extent_problems(raster, ids)
    tolerance = 2e-4

    if inputs["quantity"] == "camera":
        near, far = (_require_visible(raster, i).distance for i in ids)
        lengths = [near, far]
        value = far - near
        bounds = (thresholds.MIN_CAMERA_DISTANCE, thresholds.MAX_CAMERA_DISTANCE)
        tolerance = 2 * thresholds.DEPTH_TOLERANCE
    elif inputs["quantity"] == "objects":
        lengths = [certified_box_distance(objects[0], other) for other in objects[1:]]
        value = lengths[1] - lengths[0]
        bounds = (thresholds.MIN_BOX_DISTANCE, thresholds.MAX_OBJECT_DISTANCE)
    elif inputs["quantity"] == "detour":
        places = [complex(*obj.center[:2]) for obj in objects]
        legs = [abs(b - a) for a, b in pairwise(places)]
        lengths = [*legs, abs(places[-1] - places[0])]
        value = math.fsum(legs) - lengths[-1]
        bounds = (thresholds.MIN_DETOUR_SPACING, thresholds.MAX_OBJECT_DISTANCE)
        problems += [
            f"the {obj.category} does not stand on the floor"
            for obj in objects
            if obj.center[2] - obj.size[2] / 2 > thresholds.MAX_FLOOR_GAP + 1e-6
        ]
    else:
        raise UnjudgedError(f"there is no quantity {inputs['quantity']!r}")

    if not bounds[0] - tolerance <= min(lengths) <= max(lengths) <= bounds[1] + tolerance:
        problems.append("a distance is too small or too large to ask about")
    if value < thresholds.MIN_DISTANCE_DIFFERENCE - tolerance:
        problems.append(f"the distances differ by {value:.2f} m only")

    return DerivedAnswer(
        value, tolerance=tolerance, step=meter_rounding_step(value), problems=tuple(problems[:2])
    )


def size_order(scene_raster: SceneRaster, inputs: Inputs) -> DerivedAnswer:
    """The order of what the vertices span: upward, or along the longer horizontal side."""
    raster = scene_raster.image(inputs["camera"])
    ids = inputs["objects"]
    measure = {"height": lambda span: span[2], "length": lambda span: max(span[:2])}[inputs["axis"]]
    spans = {i: float(measure(vertex_extents(scene_raster, raster, i))) for i in ids}
    order = sorted(ids, key=lambda i: -spans[i])
    gaps = [(spans[a] - spans[b], spans[b]) for a, b in pairwise(order)]
    problems = naming_problems(raster, ids) + extent_problems(raster, ids)

    if len(ids) != _ORDER_SIZES[inputs["depth"]]:
        problems.append(f"{len(ids)} objects are not as many as its depth says")
    if 100 * min(spans.values()) < thresholds.MIN_SIZE_CM - 0.1:
        problems.append("one of them is too flat or too short")
    if any(gap < thresholds.ORDER_RATIOS[inputs["depth"]] * small - 1e-3 for gap, small in gaps):
        problems.append("two sizes are too much alike")

    return DerivedAnswer(
        ", ".join(require_object(raster.objects, i).category for i in order),
        margin=min(gap for gap, _ in gaps),
        minimum=thresholds.MIN_SIZE_GAP_METERS,
        margin_tolerance=1e-3,
        problems=tuple(problems[:2]),
    )


def _group_problems(scene_raster: SceneRaster, inputs: Inputs) -> list[str]:
    """Why the things that are counted, or searched for the nearest, are not known for sure.

    All instances of a kind must be surely seen and be those of the program; the words of a list
    must be unambiguous.
    """
    raster = scene_raster.image(inputs["camera"])
    ids = set(inputs["objects"])
    category = inputs.get("category")
    if category is None:
        return naming_problems(raster, ids)

    found = object_count(scene_raster, {"camera": inputs["camera"], "category": category})
    problems = list(found.problems)
    noticed = {
        obj.id
        for obj in raster.objects.values()
        if obj.category == category and may_be_noticed(raster, obj.id, slack=1)
    }

    if noticed - ids or any(require_object(raster.objects, i).category != category for i in ids):
        problems.append(f"the {category} group is not that of the picture")

    return problems


def _axis_of(word: str) -> str:
    return "s" if word in ("left", "right") else "d"


def _relation(raster: ImageRaster, object_id: int, other_id: int, axis: str) -> tuple[str, float]:
    """How an object lies to another along "s", the sides, or "d", the distance from the camera.

    Returns:
        The word, and the gap over the least one that is asked about.
    """
    one = _require_visible(raster, object_id)
    other = _require_visible(raster, other_id)

    if axis == "s":
        least = thresholds.MIN_SIDE_LEAD * raster.camera.width
        middle = (other.bounds[0] + other.bounds[2]) / 2
        to_left = min(other.bounds[0] - one.center[0], middle - one.bounds[2] + least)
        to_right = min(one.center[0] - other.bounds[2], one.bounds[0] - middle + least)
        return ("left" if one.center[0] < middle else "right"), max(to_left, to_right) / least

    leads = [
        (b - a) / _gap_between(min(a, b), thresholds.MIN_RELATIVE_DEPTH_GAP)
        for a, b in ((one.depth, other.depth), (one.distance, other.distance))
    ]
    word = "closer" if leads[0] > 0 else "farther"
    return word, min(map(abs, leads)) if leads[0] * leads[1] > 0 else 0.0


def _gap_between(smaller: float, relative: float) -> float:
    """The least gap to a larger distance, in meters."""
    return min_comparison_gap(smaller, smaller, relative)


def _lead_tolerance(raster: ImageRaster) -> float:
    """Tolerance of a gap over the least one: a few pixels, or two depths."""
    return max(
        3 / raster.camera.width / thresholds.MIN_SIDE_LEAD,
        2 * thresholds.DEPTH_TOLERANCE / thresholds.MIN_GAP_METERS,
    )


def _require_visible(raster: ImageRaster, object_id: Any) -> VisibleObject:
    visible = raster.visible(require_object(raster.objects, object_id).id)
    if visible is None:
        raise UnjudgedError(f"object {object_id} does not show in the picture")
    return visible
